import { throwIfCancelled } from "../common/cancellation.ts";
import {
  AttachmentError,
  describeInputManifest,
  fullCasKey,
  type HashedFile,
  init,
  type Manifest,
  type ManifestLocation,
  type ManifestVersion,
  parseAttachments,
  type S3Location,
} from "../common/index.ts";
import { type RequestOptions, S3Client, type StorageSettings } from "../storage/index.ts";
import { contents } from "./placed-files.ts";
import { completeUpdate } from "./progress-update.ts";
import { randomGuid } from "./random-guid.ts";
import { runUpload } from "./run-upload.ts";
import { checkSamePlace } from "./same-place.ts";
import { statisticsOf } from "./statistics-of.ts";
import type { UploadOptions } from "./upload-options.ts";
import { CONCURRENCY, uploadPlace } from "./upload-place.ts";
import type { UploadedFiles, UploadedManifest } from "./upload-result.ts";
import { withTools } from "./with-tools.ts";

/** What the store holds of some files. */
export interface Existence {
  /** Files whose content is there, with its size, in the order they were given. */
  readonly existing: readonly HashedFile[];
  /** All others, likewise. */
  readonly missing: readonly HashedFile[];
}

/** How to ask. */
export interface ExistenceOptions extends RequestOptions {
  /** Most requests at once; 4 by default. */
  readonly concurrency?: number | undefined;
}

/** How to send contents of files that were hashed. */
export interface UploadFilesOptions extends UploadOptions {
  /**
   * The format of the manifest that will name them: `v2025-12-04-beta` wants files of more than 256 MiB in
   * chunks. By default `v2023-03-03`, in which every file is one object.
   */
  readonly manifestVersion?: ManifestVersion | undefined;
}

/**
 * The steps of an upload one by one, for programs that put something of their own between them. Whoever does
 * not, takes `uploadAttachments`: it does more at once and remembers more.
 */
export class UploadOrchestrator {
  readonly #settings: StorageSettings;
  readonly #location: S3Location;

  /**
   * Sends nothing yet.
   *
   * @param settings how to reach the bucket
   * @param location where contents go, from `createS3Location`
   */
  constructor(settings: StorageSettings, location: S3Location) {
    this.#settings = settings;
    this.#location = location;
  }

  /**
   * Asks which files the store holds already, as whole objects; equal contents once. An object of another
   * size counts as missing (spec `s3-layout.md` 3).
   *
   * @throws as `S3Client.headObject`
   */
  async checkExistence(files: readonly HashedFile[], options: ExistenceOptions = {}): Promise<Existence> {
    const { concurrency = CONCURRENCY, signal } = options;
    throwIfCancelled(signal);
    await init();
    const sizes = new Map(files.map(({ hash, size }) => [hash, size]));
    const held = new Set<string>();
    const client = new S3Client(this.#settings);
    const queue = sizes.entries();
    const ask = async () => {
      for (const [hash, size] of queue) {
        const key = fullCasKey(this.#location, hash);
        const object = await client.headObject(this.#location.bucket, key, { signal });
        if (object?.size === size) held.add(hash);
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.max(1, concurrency) }, ask));
    } finally {
      client.dispose();
    }
    const isHeld = ({ hash }: HashedFile) => held.has(hash);
    return { existing: files.filter(isHeld), missing: files.filter((file) => !isHeld(file)) };
  }

  /**
   * Sends the contents of files that were hashed, as far as the store does not hold them. A file that does not
   * have its hash any more fails the upload.
   *
   * @param files what `hashFilesOnly` or a `HashExecutor` gave; each path once
   * @throws as `uploadAttachments`
   */
  async uploadFiles(files: readonly HashedFile[], options: UploadFilesOptions = {}): Promise<UploadedFiles> {
    const { manifestVersion = "v2023-03-03", onProgress, signal } = options;
    return withTools(this.#settings, { contents: this.#location, rootPath: "" }, options, async (tools) => {
      const wanted = [...contents(files, manifestVersion)];
      const { summary, objects } = await runUpload({
        settings: {
          place: uploadPlace(this.#settings, this.#location, options.concurrency),
          skipExistenceCheck: options.skipExistenceCheck ?? false,
        },
        files: wanted,
        onProgress,
        signal,
        ...tools,
      });
      const keys = new Set(objects.map(({ key }) => key));
      // Of such a file the engine has sent what it holds now, under the name of that.
      const changed = wanted.find(
        ({ known: [hash = ""] = [] }) => !keys.has(fullCasKey(this.#location, hash)),
      );
      if (changed)
        throw new AttachmentError(
          `${changed.relativePath}: this file is not what was hashed any more. Hash it again, then upload it.`,
          "file-changed",
        );
      const statistics = { ...statisticsOf(summary), filesProcessed: files.length };
      onProgress?.(completeUpdate(statistics, summary.bytes));
      return { statistics, objects };
    });
  }

  /**
   * Writes a manifest, under a key of its own, after the contents that it names.
   *
   * @param manifest any manifest
   * @param rootPath the asset root as the submitting machine spells it: absolute, native separators, none at
   * its end
   * @param location whose manifest it is
   * @throws `ValidationError` for a root path or location that cannot be; as `S3Client.putObject`
   */
  async uploadManifest(
    manifest: Manifest,
    rootPath: string,
    location: ManifestLocation,
    { signal }: RequestOptions = {},
  ): Promise<UploadedManifest> {
    throwIfCancelled(signal);
    await init();
    checkSamePlace(this.#location, location);
    const { manifestPrefix } = this.#location;
    const described = describeInputManifest(
      manifest,
      { ...location, manifestPrefix },
      rootPath,
      randomGuid(),
    );
    const { key, text, hash, contentType, metadata, attachments } = described;
    const client = new S3Client(this.#settings);
    try {
      await client.putObject(location.bucket, key, text, { contentType, metadata, hash, signal });
    } finally {
      client.dispose();
    }
    return { manifestS3Key: key, manifestHash: hash, attachments: parseAttachments(attachments) };
  }
}
