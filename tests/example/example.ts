/** The example page of deadlinejs, made of the packed package and served to a bucket that lets it in. */
import { copyFile, cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { serve } from "../packaging/serve.ts";
import { unpack } from "../packaging/unpacked.ts";
import { Bucket, type Store } from "../s3.ts";

const EXAMPLES = fileURLToPath(new URL("../../deadlinejs/examples", import.meta.url));
const ASSETS = ["hash/hash-worker.js", "common/rusty_attachments_wasm_bg.wasm"];

/** The page, until it is closed. */
export interface Example extends AsyncDisposable {
  /** Address of the page, with everything filled in but the secret. */
  readonly url: string;
}

/** Bundles the page, serves it, and writes the bucket's CORS rules as docs/deadlinejs-cors.md says. */
export async function startExample(store: Store): Promise<Example> {
  const folder = await unpack("example");
  const built = join(folder, "built");
  await cp(EXAMPLES, folder, { recursive: true });
  await build({
    absWorkingDir: folder,
    entryPoints: ["upload-demo.ts"],
    bundle: true,
    format: "esm",
    platform: "browser",
    outdir: built,
    logLevel: "error",
  });
  await copyFile(join(EXAMPLES, "upload-demo.html"), join(built, "upload-demo.html"));
  const dist = join(folder, "node_modules/deadlinejs/dist");
  for (const asset of ASSETS) await copyFile(join(dist, asset), join(built, asset.split("/").at(-1) ?? ""));
  const served = await serve({ "/": built }, {});
  const bucket = new Bucket(store);
  await bucket.allowOrigin(served.origin);
  const { region, endpoint, rootPrefix, farmId, queueId, accessKey: accessKeyId } = store;
  const known = { region, endpoint, bucket: store.bucket, rootPrefix, farmId, queueId, accessKeyId };
  const query = new URLSearchParams({ ...known, rootPath: "/projects" });
  return {
    url: `${served.origin}/upload-demo.html?${query}`,
    async [Symbol.asyncDispose]() {
      served.close();
      await bucket.allowNoOrigin();
    },
  };
}
