/** Most files that are taken of one drop; a log has a segment for each day or 64 MiB. */
const MAX_FILES = 100_000;

/** The files of a drop, those in folders included. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  // Entries have to be asked for before anything is awaited: the drop ends with its event.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...transfer.files];
  const files: File[] = [];
  for (
    let entry = entries.shift();
    entry !== undefined && files.length < MAX_FILES;
    entry = entries.shift()
  ) {
    if (entry.isFile) files.push(await fileOf(entry as FileSystemFileEntry));
    else entries.push(...(await childrenOf(entry as FileSystemDirectoryEntry)));
  }
  return files;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function childrenOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    // A reader gives a hundred at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return children;
    children.push(...some);
  }
}
