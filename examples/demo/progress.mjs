// @ts-check
const WIDTH = 30;

/** Draws how far a seal has come, on a terminal only. */
export function progressBar() {
  let drawn = '';
  return {
    /** @param {import('vram-residency').SealProgress} step */
    draw({ phase, loadedBytes, totalBytes }) {
      if (process.stderr.isTTY !== true) return;
      const share = loadedBytes / totalBytes;
      const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
      const text = `   [${bar}] ${Math.floor(share * 100)} % ${phase}`;
      if (text === drawn) return;
      process.stderr.write(`\r${text.padEnd(drawn.length)}`);
      drawn = text;
    },
    /** Leaves an empty line for what is printed next. */
    clear() {
      if (drawn !== '') process.stderr.write(`\r${' '.repeat(drawn.length)}\r`);
      drawn = '';
    },
  };
}
