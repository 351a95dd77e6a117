/**
 * What every end-to-end test needs: a browser that is set up, a part of the bucket of its own, files to drop.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { ProfileFields } from "../../extension/shared/messages.ts";
import type { AnyExtensionBrowser } from "../browser/extension-browser.ts";
import { OptionsPage } from "../browser/options-page.ts";
import { profileFor, startReadyBrowser } from "../browser/ready-browser.ts";
import { WorkspacePage } from "../browser/workspace-page.ts";
import { judge, keysWritten } from "../demo/judge.ts";
import { readLocalFiles } from "../demo/local-files.ts";
import { Bucket, type Store, storeFromEnvironment } from "../s3.ts";

/** Long enough for anything these tests drop. */
export const UPLOAD_LIMIT_MS = 90_000;

let scenes = 0;

/** A browser with a profile, and a folder whose files can be dropped. */
export class Scene {
  readonly browser: AnyExtensionBrowser;
  /** The store, with a root prefix that nobody else uses. */
  readonly store: Store;
  readonly bucket: Bucket;
  readonly profile: ProfileFields;
  /** The folder to drop. */
  readonly folder: string;

  private constructor(browser: AnyExtensionBrowser, store: Store, profile: ProfileFields, folder: string) {
    this.browser = browser;
    this.store = store;
    this.bucket = new Bucket(store);
    this.profile = profile;
    this.folder = folder;
  }

  /** `allowed`: origins that a person has already allowed, besides the store's. */
  static async open(allowed: readonly string[] = []): Promise<Scene> {
    scenes += 1;
    const store = { ...storeFromEnvironment(), rootPrefix: `e2e-${process.pid}-${Date.now()}-${scenes}` };
    const folder = join(await mkdtemp(join(tmpdir(), "drop-")), "shot_010");
    await mkdir(folder);
    const profile = profileFor(store, folder);
    return new Scene(await startReadyBrowser(store, profile, true, allowed), store, profile, folder);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await rm(dirname(this.folder), { recursive: true, force: true });
  }

  /** Writes files below {@link folder}. */
  async write(files: Record<string, string | Uint8Array>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      const target = join(this.folder, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
    }
  }

  /** Empties {@link folder}. */
  async clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder);
  }

  workspace(): Promise<WorkspacePage> {
    return WorkspacePage.open(this.browser);
  }

  /** Changes the profile or the credentials on the options page. */
  async reconfigure(change: Partial<ProfileFields>, secretAccessKey = this.store.secretKey): Promise<void> {
    const options = await OptionsPage.open(this.browser);
    await options.saveProfile({ ...this.profile, ...change });
    await options.saveCredentials({ accessKeyId: this.store.accessKey, secretAccessKey, sessionToken: "" });
    await options.page.close();
  }

  /** Keys and sizes of everything below the root prefix. */
  objects(): Promise<Map<string, number>> {
    return this.bucket.list(`${this.store.rootPrefix}/`);
  }

  /** Keys of all manifests below the root prefix. */
  async manifests(): Promise<string[]> {
    return [...(await this.bucket.list(`${this.store.rootPrefix}/Manifests/`)).keys()];
  }

  /** What did not arrive of {@link folder}, after an upload that the page calls complete. `what` was dropped. */
  async judge(
    workspace: WorkspacePage,
    before: ReadonlyMap<string, number>,
    what: "the folder" | "its files" = "the folder",
  ): Promise<string[]> {
    const result = await workspace.result();
    const after = await this.objects();
    const files = await readLocalFiles(this.folder);
    const below = `${basename(this.folder)}/`;
    const loose = files
      .map((file) => ({ ...file, path: file.path.slice(below.length) }))
      .filter(({ path }) => !path.includes("/"));
    return judge({
      files: what === "the folder" ? files : loose,
      rootPrefix: this.store.rootPrefix,
      assetRoot: this.profile.assetRoot,
      result,
      before,
      after,
      facts: await this.bucket.headSome(keysWritten({ before, after })),
      manifest: await this.bucket.get(result.manifestKey),
    });
  }
}

/** Bytes that don't repeat, the same for the same `seed`. */
export function bytes(size: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed >>> 0;
  for (let index = 0; index < words.length; index += 1) {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, size);
}
