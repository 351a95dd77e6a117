/** A file and what its manifest entry says. */
export interface HashedFile {
  /** The file itself, by reference; its bytes are not held. */
  readonly file: Blob;
  /** Path below the asset root, `/` between names. */
  readonly relativePath: string;
  /** XXH3-128 of all bytes: 32 lower-case hex digits. */
  readonly hash: string;
  /** Bytes. */
  readonly size: bigint;
  /** Last change, in microseconds since 1970-01-01 UTC. Browsers tell whole milliseconds. */
  readonly mtime: bigint;
  /** Of a file of more than 256 MiB: the hashes of its pieces of 256 MiB, in file order (manifests v2025-12-04-beta). */
  readonly chunkHashes?: readonly string[];
}
