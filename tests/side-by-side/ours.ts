/** Our uploader over the file system, in Node. */
import { openAsBlob } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { MainThreadExecutor } from "deadlinejs/hash";
import { openJournal } from "deadlinejs/journal";
import { UploadDriver } from "deadlinejs/upload";
import type { Store } from "../s3.ts";
import { profileOf, storeBy } from "../stores/benches.ts";
import type { Said } from "./sides.ts";

/** Uploads all files below the folder; settles when it has ended. */
export async function uploadOurs(folder: string, store: Store): Promise<Said> {
  const journal = await openJournal({ store: `${store.endpoint} ${store.rootPrefix}`, root: folder });
  const paths = await readdir(folder);
  const { lanes } = new MainThreadExecutor();
  const files = await Promise.all(
    paths.map(async (path) => ({ file: await fileAt(folder, path), relativePath: path })),
  );
  const checksums = await journal?.checksums();
  const said = await new Promise<Said>((resolve) => {
    const driver = new UploadDriver({
      settings: {
        profile: profileOf(store),
        manifest: { guid: crypto.randomUUID(), version: "v2023-03-03" },
      },
      store: storeBy("signed fetch by SigV4Signer", store),
      lanes,
      journal,
      checksums,
      files: { getFile: (path) => fileAt(folder, path) },
      onEnd: (outcome) => {
        const problem = outcome.type === "failed" ? outcome.problems[0] : undefined;
        const error = problem ? `${problem.code}: ${problem.file ?? ""}` : null;
        if (outcome.type !== "complete") return resolve({ error, manifestKey: null });
        const { manifest, verifiedBySize, notVerified } = outcome.result;
        resolve({
          error,
          manifestKey: manifest?.key ?? null,
          unverified: Number(verifiedBySize + notVerified),
        });
      },
    });
    void driver.addFiles(files).then(() => driver.endIntake());
  });
  journal?.close();
  return said;
}

/** As a browser gives it out: a look at the file as it is now, which cannot be read once it has changed. */
async function fileAt(folder: string, path: string): Promise<File> {
  const [blob, { mtimeMs }] = await Promise.all([openAsBlob(join(folder, path)), stat(join(folder, path))]);
  return new File([blob], path, { lastModified: Math.floor(mtimeMs) });
}
