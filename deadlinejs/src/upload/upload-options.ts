import type { ManifestVersion, ProgressCallback } from "../common/index.ts";
import type { HashExecutor } from "../hash/index.ts";
import type { Journal } from "../journal/index.ts";

/** How to upload. */
export interface UploadOptions {
  /** Most requests at once, 1 to 64; 4 by default. Browsers open no more than 6 connections to a host, Node 50. */
  readonly concurrency?: number | undefined;
  /**
   * Whether to send everything without asking what the store holds; `false` by default. What it holds is
   * still not overwritten.
   */
  readonly skipExistenceCheck?: boolean | undefined;
  /** Told where the work is, at most ten times a second and at the end; returning `false` ends the work. */
  readonly onProgress?: ProgressCallback | undefined;
  /**
   * Ends the work, within some seconds: uploads in parts that were begun are given up in the store too. Once
   * the manifest is on its way it may be too late; then the work ends as if nothing had happened.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Where files are read and hashed; by default what `createHashExecutor` makes, for this one call. One
   * without `lanes` is asked for the hashes of all files before anything is sent.
   */
  readonly hashExecutor?: HashExecutor | undefined;
  /**
   * What is remembered of earlier uploads: hashes, what the store holds, parts that were sent. `true` opens
   * the one of this asset root in IndexedDB, where there is one (not in Node), and closes it in the end. None
   * by default: nothing is then left on the disk.
   */
  readonly journal?: boolean | Journal | undefined;
}

/** How to upload files with a manifest. */
export interface UploadAttachmentsOptions extends UploadOptions {
  /**
   * Format of the manifest. The default, `v2025-12-04-beta`, is what the design of this package says, and
   * **no released worker reads it**: for a job pass `"v2023-03-03"`.
   */
  readonly manifestVersion?: ManifestVersion | undefined;
}
