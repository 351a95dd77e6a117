/**
 * What the end-to-end tests share: one browser, the real store behind a gate, folders to drop.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Page } from "puppeteer-core";
import type { ProfileFields } from "../../extension/shared/messages.ts";
import type { ChromiumOptions } from "../browser/chromium.ts";
import { type AnyExtensionBrowser, isFirefox, startExtension } from "../browser/extension-browser.ts";
import { OptionsPage, type TypedCredentials } from "../browser/options-page.ts";
import { profileFor } from "../browser/ready-browser.ts";
import { WorkspacePage } from "../browser/workspace-page.ts";
import { Gate } from "../faults/gate.ts";
import { PATIENCE_MS } from "../patience.ts";
import { Bucket, type Store, storeFromEnvironment } from "../s3.ts";
import { journalOf } from "./journal-of.ts";

/** Everything set up; see {@link setStage}. */
export interface Stage {
  store: Store;
  bucket: Bucket;
  gate: Gate;
  browser: AnyExtensionBrowser;
  credentials: TypedCredentials;
  /** Makes a folder with these files below a fresh parent and gives its path. */
  folder(name: string, files: Record<string, string | Uint8Array>): Promise<string>;
  /** Saves the profile for that folder (through the gate) and good credentials, both unless told otherwise. */
  prepare(
    folder: string,
    changes?: Partial<ProfileFields>,
    credentials?: Partial<TypedCredentials>,
  ): Promise<void>;
  openWorkspace(): Promise<WorkspacePage>;
  /** Drops the folder in a new workspace, and lets no request of the upload through before `goOn`. */
  holdUpload(folder: string): Promise<{ workspace: WorkspacePage; goOn: () => void }>;
  /** Keys of all manifests in the store. */
  manifests(): Promise<string[]>;
  close(): Promise<void>;
}

/** Starts browser and gate. `allowed`: origins that a person has already allowed, besides the gate's. */
export async function setStage(
  { change }: Pick<ChromiumOptions, "change"> = {},
  allowed: readonly string[] = [],
): Promise<Stage> {
  const store = storeFromEnvironment();
  const gate = await Gate.open(store.endpoint);
  const browser = await startExtension({
    headless: true,
    grantedOrigins: [gate.origin, ...allowed],
    ...(change && { change }),
  });
  const scratch = await mkdtemp(join(tmpdir(), "e2e-"));
  const credentials = { accessKeyId: store.accessKey, secretAccessKey: store.secretKey, sessionToken: "" };
  const bucket = new Bucket(store);
  return {
    store,
    bucket,
    gate,
    browser,
    credentials,
    async folder(name, files) {
      const folder = join(await mkdtemp(join(scratch, "drop-")), name);
      await mkdir(folder);
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content);
      }
      return folder;
    },
    async prepare(folder, changes = {}, other = {}) {
      gate.rule = () => undefined;
      gate.seen.length = 0;
      const options = await OptionsPage.open(browser);
      await options.saveProfile({ ...profileFor(store, folder), endpoint: gate.origin, ...changes });
      await options.saveCredentials({ ...credentials, ...other });
      await options.page.close();
    },
    openWorkspace: () => WorkspacePage.open(browser),
    async holdUpload(folder) {
      const through = signal();
      gate.rule = () => through.done;
      const workspace = await WorkspacePage.open(browser);
      await workspace.drop([folder]);
      await until(() => gate.seen.length > 0);
      // With what was dropped, where the browser gives lasting access to it.
      const kept = isFirefox ? /"unfinished",\[\{/ : /"unfinished",\[\{.*"roots":\[\{/;
      await until(async () => kept.test(await journalOf(workspace.page)));
      return { workspace, goOn: through.fire };
    },
    async manifests() {
      return [...(await bucket.list(`${store.rootPrefix}/Manifests/`)).keys()];
    },
    async close() {
      await browser.close();
      await gate.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** A promise that is settled from outside. */
export function signal(): { done: Promise<undefined>; fire: () => void } {
  let fire = (): void => undefined;
  const done = new Promise<undefined>((resolve) => {
    fire = () => resolve(undefined);
  });
  return { done, fire };
}

/** Asks the background until it answers: one that is just being stopped does not. */
export async function wake(page: Page, message: { type: string; unasked?: true }): Promise<void> {
  const ask = (asked: typeof message) =>
    chrome.runtime.sendMessage(asked).then(
      () => true,
      () => false,
    );
  await until(() => page.evaluate(ask, message));
}

/** Waits until the check holds, looking ten times a second. */
export async function until(check: () => boolean | Promise<boolean>, limitMs = PATIENCE_MS): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
