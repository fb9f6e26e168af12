/** Has the browser save a file. */
export function save(name: string, parts: BlobPart[], type = 'text/plain'): void {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: the browser reads it after this task.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
