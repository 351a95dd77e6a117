/** What the engine wants to be kept, and how it is given back; the shapes are those of the WASM module. */
export type { Checksums, JournalRecord, OpenUpload, Remembered, StoredPart } from "../common/index.ts";

/** A file whose hashes may be known from an earlier run. */
export interface KnownFile {
  /** Path below the asset root. */
  path: string;
  /** Bytes. */
  size: bigint;
  /** Milliseconds since 1970. */
  modified: bigint;
}
