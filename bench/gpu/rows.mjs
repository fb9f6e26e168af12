// @ts-check
/** What the benchmarks of a GPU measure, and what is to be reached on an H200; the page names them where none was there. */
export const GPU_ROWS = /** @type {const} */ ({
  blake3: { what: 'BLAKE3 in place, 8 GiB', reach: '1.7 TB/s on an H200, then 1.9' },
  blake3Copy: { what: 'BLAKE3 in place, against a copy on the device', reach: '' },
  blake3Back: { what: 'BLAKE3 in place, against copying back and hashing', reach: '≥ 500 x' },
  fsverity: { what: 'sha256-fsverity in place, 8 GiB', reach: '0.85 TB/s on an H200' },
  background: { what: 'inference loop beside 10 GB/s of re-verification', reach: '≥ 0.99 x' },
  sealExpected: { what: 'sealing a file in the page cache, digest expected', reach: '≥ 0.9 x' },
  sealPlain: { what: 'sealing a file in the page cache, no digest expected', reach: '≥ 0.9 x' },
});
