/**
 * Whether an upload arrived: what is on disk, what the page claims and what is in the bucket, compared.
 */
import { xxhash128 } from "hash-wasm";
import type { ShownResult } from "../browser/workspace-page.ts";
import type { ObjectFacts } from "../s3.ts";
import type { LocalFile } from "./local-files.ts";

/** Everything that is known of an upload. */
export interface Evidence {
  /** What should have arrived. */
  files: LocalFile[];
  rootPrefix: string;
  assetRoot: string;
  /** What the page claims. */
  result: ShownResult;
  /** Keys and sizes in bytes below the root prefix, before and after. */
  before: ReadonlyMap<string, number>;
  after: ReadonlyMap<string, number>;
  /** What HEAD tells of objects that were written. */
  facts: ReadonlyMap<string, ObjectFacts>;
  /** The manifest object's bytes. */
  manifest: Uint8Array;
}

interface Manifest {
  paths: LocalFile[];
  totalSize: number;
}

/** Keys that the upload added, sorted. */
export function keysWritten({ before, after }: Pick<Evidence, "before" | "after">): string[] {
  return [...after.keys()].filter((key) => !before.has(key)).sort();
}

/** Everything that is wrong, in sentences; empty when all arrived. */
export async function judge(evidence: Evidence): Promise<string[]> {
  const manifest = JSON.parse(new TextDecoder().decode(evidence.manifest)) as Manifest;
  return [
    ...judgeFiles(evidence.files, manifest),
    ...judgeObjects(evidence),
    ...judgeFacts(evidence),
    ...judgeCounts(evidence),
    ...(await judgeAttachments(evidence)),
  ];
}

function judgeFiles(files: LocalFile[], manifest: Manifest): string[] {
  const wrong: string[] = [];
  const listed = new Map(manifest.paths.map((entry) => [entry.path, entry]));
  for (const file of files) {
    const entry = listed.get(file.path);
    if (entry === undefined) {
      wrong.push(`${file.path} is not in the manifest.`);
      continue;
    }
    for (const field of ["size", "mtime", "hash"] as const) {
      if (entry[field] !== file[field]) {
        wrong.push(`${file.path} has ${field} ${file[field]}, but ${entry[field]} in the manifest.`);
      }
    }
  }
  const known = new Set(files.map((file) => file.path));
  for (const path of listed.keys()) {
    if (!known.has(path)) wrong.push(`${path} is in the manifest, but not on disk.`);
  }
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (manifest.totalSize !== total) wrong.push(`totalSize is ${manifest.totalSize} instead of ${total}.`);
  return wrong;
}

function judgeObjects({ files, rootPrefix, result, before, after }: Evidence): string[] {
  const wrong: string[] = [];
  const expected = new Set([result.manifestKey]);
  for (const file of files) {
    const key = `${rootPrefix}/Data/${file.hash}.xxh128`;
    expected.add(key);
    const size = after.get(key);
    if (size === undefined) wrong.push(`The content of ${file.path} is not in the bucket: ${key}`);
    else if (size !== file.size) wrong.push(`${key} has ${size} bytes instead of ${file.size}.`);
  }
  for (const key of keysWritten({ before, after })) {
    if (!expected.has(key)) wrong.push(`${key} was written, but belongs to nothing that was dropped.`);
  }
  if (before.has(result.manifestKey)) wrong.push(`${result.manifestKey} was there before.`);
  return wrong;
}

function judgeFacts({ facts }: Evidence): string[] {
  return [...facts]
    .filter(([, { cacheControl }]) => cacheControl !== undefined)
    .map(([key, { cacheControl }]) => `${key} is stored with Cache-Control ${cacheControl}.`);
}

function judgeCounts({ files, rootPrefix, result, before, after }: Evidence): string[] {
  const sizes = new Map(files.map((file) => [`${rootPrefix}/Data/${file.hash}.xxh128`, file.size]));
  const written = keysWritten({ before, after }).filter((key) => sizes.has(key));
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
  const bytesWritten = sum(written.map((key) => sizes.get(key) ?? 0));
  const facts = {
    files: files.length,
    bytes: sum(files.map((file) => file.size)),
    objectsWritten: written.length,
    bytesWritten,
    objectsSkipped: sizes.size - written.length,
    bytesSkipped: sum(sizes.values()) - bytesWritten,
  };
  return Object.entries(facts)
    .filter(([name, value]) => result[name as keyof typeof facts] !== value)
    .map(
      ([name, value]) => `The page shows ${name} ${result[name as keyof typeof facts]} instead of ${value}.`,
    );
}

async function judgeAttachments({ rootPrefix, assetRoot, result, manifest }: Evidence): Promise<string[]> {
  const wrong: string[] = [];
  const hash = await xxhash128(manifest);
  if (result.manifestHash !== hash) {
    wrong.push(`The page shows manifest hash ${result.manifestHash}, but the object's is ${hash}.`);
  }
  const expected = {
    manifests: [
      {
        rootPath: assetRoot,
        rootPathFormat: "posix",
        inputManifestPath: result.manifestKey.slice(`${rootPrefix}/Manifests/`.length),
        inputManifestHash: hash,
      },
    ],
    fileSystem: "COPIED",
  };
  const sorted = (value: unknown) => JSON.stringify(sortKeys(value));
  if (sorted(JSON.parse(result.attachments)) !== sorted(expected)) {
    wrong.push(`attachments is ${result.attachments} instead of ${JSON.stringify(expected)}.`);
  }
  return wrong;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
