/** What the job of every project gives, worked out by other people's code. */
import { xxhash128 } from "hash-wasm";

const [small, large] = await Promise.all(["hello", "x".repeat(3_000_000)].map((text) => xxhash128(text)));

export const smallHash = small;

/** Of a place with workers, or without. */
export const expected = (executor: "pool" | "main") => ({
  executor,
  hashes: [small, large],
  again: large,
  key: `${small}.xxh128`,
  manifest: `{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[{"hash":"${large}","mtime":2000000,"path":"a/large","size":3000000},{"hash":"${small}","mtime":1000000,"path":"b.txt","size":5}],"totalSize":3000005}`,
  phases: ["hashing", "complete"],
  refusal: { isValidationError: true, code: "hash-invalid" },
});

/** Of `projects/app.js`, which also asks a store that is not there. */
export const expectedApp = {
  ...expected("pool"),
  storage: "network-unreachable",
  answer: null,
  files: 1,
};
