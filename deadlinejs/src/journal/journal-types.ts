/** A file whose hashes may be known from an earlier run. */
export interface KnownFile {
  /** Path below the asset root. */
  path: string;
  /** Bytes. */
  size: bigint;
  /** Milliseconds since 1970. */
  modified: bigint;
}

/** A part that S3 has confirmed. */
export interface StoredPart {
  /** From 1 to 10,000. */
  number: number;
  /** As S3 gave it, quotes included. */
  etag: string;
  /** Hash of its bytes, 32 hex digits. */
  hash: string;
}

/** A multipart upload of an earlier run. */
export interface OpenUpload {
  /** S3's name of the upload. */
  uploadId: string;
  /** Bytes of each part but the last. */
  partSize: bigint;
  /** The parts that were confirmed, in any order. */
  parts: StoredPart[];
}

/** What the journal knows of a content. */
export interface Remembered {
  /** The content, 32 hex digits. */
  hash: string;
  /** When the store was last seen to hold it, in milliseconds since 1970. */
  seen?: bigint;
  /** A multipart upload that was begun and not completed. */
  upload?: OpenUpload;
}

/** What a server does with `x-amz-checksum-xxhash128`. */
export type Checksums = "verified" | "ignored" | "refused";

/**
 * Something to write down. None of its kinds has room for a secret, a signed address or the bytes of a
 * file: hashes, S3's names for uploads and parts, relative paths, sizes and times are all there is.
 */
export type JournalRecord =
  /** A file's hashes: one, or one for each chunk. `modified` is in milliseconds since 1970. */
  | { type: "hashed"; path: string; size: bigint; modified: bigint; hashes: string[] }
  /** The store holds this content, now. */
  | { type: "seen"; hash: string }
  /** The store does not hold this content although the journal says so. */
  | { type: "gone"; hash: string }
  /** A multipart upload of this content was begun. */
  | { type: "upload-opened"; hash: string; uploadId: string; partSize: bigint }
  /** A part of it was stored. */
  | { type: "part-stored"; hash: string; part: StoredPart }
  /** The upload was completed or given up. */
  | { type: "upload-closed"; hash: string }
  /** What the server does with checksums. */
  | { type: "server"; checksums: Checksums };
