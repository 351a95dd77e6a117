/** What became of an upload: looked up in the bucket, whatever the uploader says. */
import { hashBytes } from "deadlinejs/common";
import type { Bucket } from "../s3.ts";
import type { Said } from "./sides.ts";

/** The truth about an upload. */
export interface Verdict {
  said: Said;
  /** Whether a manifest is in the bucket. */
  hasManifest: boolean;
  /** Files that the newest manifest does not name. */
  unnamed: string[];
  /** Files that it names without an object being there. */
  missing: string[];
  /** Files whose object has other bytes than its key says. */
  wrong: string[];
}

/** Looks at everything that the manifest names. `files`: names in the folder as it is now. */
export async function judge(bucket: Bucket, prefix: string, said: Said, files: string[]): Promise<Verdict> {
  const keys = await bucket.list(`${prefix}/`);
  const manifests = [...keys.keys()].filter((key) => key.includes("/Manifests/"));
  const newest = said.manifestKey ?? manifests.at(-1);
  const verdict: Verdict = { said, hasManifest: newest !== undefined, unnamed: [], missing: [], wrong: [] };
  if (newest === undefined) return verdict;
  const { paths } = JSON.parse(new TextDecoder().decode(await bucket.get(newest))) as {
    paths: { path: string; hash: string }[];
  };
  verdict.unnamed = files.filter((file) => !paths.some(({ path }) => path === file));
  for (const { path, hash } of paths) {
    const key = `${prefix}/Data/${hash}.xxh128`;
    if (!keys.has(key)) verdict.missing.push(path);
    else if (hashBytes(await bucket.get(key)) !== hash) verdict.wrong.push(path);
  }
  return verdict;
}

/** Whether a job that starts from it would find all files, or there is none. */
export function isRight({ hasManifest, unnamed, missing, wrong }: Verdict): boolean {
  return !hasManifest || unnamed.length + missing.length + wrong.length === 0;
}

/** The verdict in a few words. */
export function inWords(verdict: Verdict): string {
  const { said, hasManifest, unnamed, missing, wrong } = verdict;
  const doubt = said.unverified ? `, ${said.unverified} of 5 objects not compared` : "";
  const words = said.error ? `reports \`${said.error}\`` : `reports success${doubt}`;
  const losses = [
    ...(unnamed.length > 0 ? [`${unnamed.length} of the files not in the manifest`] : []),
    ...(missing.length > 0 ? ["**the manifest names an object that is not there**"] : []),
    ...(wrong.length > 0 ? ["**an object has other bytes than its key says**"] : []),
  ];
  if (!hasManifest) return `${words}; no manifest, nothing wrong`;
  return `${words}; ${losses.length > 0 ? losses.join(", ") : "manifest and all objects right"}`;
}
