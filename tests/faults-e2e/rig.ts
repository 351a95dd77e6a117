/**
 * What the tests of faults share: the extension in Chromium, the strict gateway in front of the store, folders to
 * drop, and the look at everything that an upload left behind.
 */
import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { xxhash128 } from "hash-wasm";
import { ExtensionBrowser } from "../browser/chromium.ts";
import { OptionsPage, type TypedCredentials } from "../browser/options-page.ts";
import { profileFor } from "../browser/ready-browser.ts";
import { WorkspacePage } from "../browser/workspace-page.ts";
import { judge, keysWritten } from "../demo/judge.ts";
import { readLocalFiles } from "../demo/local-files.ts";
import { bytes } from "../e2e/scene.ts";
import { until } from "../e2e/stage.ts";
import { type Entry, type Rule, StrictGateway } from "../gateway/client.ts";
import { PATIENCE_MS } from "../patience.ts";
import { Bucket, type Store, storeFromEnvironment } from "../s3.ts";

/** Long enough for anything these tests drop, a request that is waited for in vain included. */
export const UPLOAD_LIMIT_MS = 100_000;
/** `OWNER` in `tests/gateway/src/lib.rs`. */
const OWNER = "123456789012";
const MIB = 1 << 20;

let rigs = 0;

/** What was in the profile's part of the bucket at some time. */
export interface Seen {
  /** Keys and sizes of everything. */
  objects: Map<string, number>;
  /** Keys of uploads in parts that are open. */
  open: string[];
}

interface RigOptions {
  /** See `ChromiumOptions`. */
  leavesWorkersAlone?: boolean;
  /** Which server the gateway is like; `plain` takes the headers of S3's checks without effect. */
  like?: "s3" | "plain";
}

/** See the head of this file. */
export class Rig {
  /** Anew after each crash. */
  browser: ExtensionBrowser;
  /** The store itself, with a root prefix that nobody else uses. */
  store: Store;
  bucket: Bucket;
  readonly credentials: TypedCredentials;
  #seed = 0;

  private constructor(
    readonly gateway: StrictGateway,
    browser: ExtensionBrowser,
    store: Store,
    private readonly scratch: string,
  ) {
    this.browser = browser;
    this.store = store;
    this.bucket = new Bucket(store);
    this.credentials = { accessKeyId: store.accessKey, secretAccessKey: store.secretKey, sessionToken: "" };
  }

  static async open({ leavesWorkersAlone = false, like = "s3" }: RigOptions = {}): Promise<Rig> {
    rigs += 1;
    const store = { ...storeFromEnvironment(), rootPrefix: `faults-${process.pid}-${Date.now()}-${rigs}` };
    const gateway = await StrictGateway.open(store, "--like", like);
    const browser = await ExtensionBrowser.start({
      headless: true,
      grantedOrigins: [gateway.origin],
      leavesWorkersAlone,
    });
    const scratch = await mkdtemp(join(tmpdir(), "faults-"));
    const rig = new Rig(gateway, browser, store, scratch);
    await rig.signIn();
    return rig;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.gateway.close();
    await rm(this.scratch, { recursive: true, force: true });
  }

  /** Makes another part of the bucket the profile's: nothing is known yet of what the server can do. */
  async moveOn(): Promise<void> {
    this.store = { ...this.store, rootPrefix: `${this.store.rootPrefix}-` };
    await this.signIn();
  }

  /** Saves profile and credentials on the options page. */
  private async signIn(): Promise<void> {
    const options = await OptionsPage.open(this.browser);
    const profile = profileFor(this.store, this.folderNamed("any"));
    const ours = { endpoint: this.gateway.origin, expectedBucketOwner: OWNER };
    const saved = await options.saveProfile({ ...profile, ...ours });
    if (saved.state !== "saved") throw new Error(saved.message);
    await options.saveCredentials(this.credentials);
    await options.page.close();
  }

  /** Types the credentials anew. */
  async renewCredentials(): Promise<void> {
    const options = await OptionsPage.open(this.browser);
    await options.saveCredentials(this.credentials);
    await options.page.close();
  }

  /** All folders lie below the same asset root, so that one profile fits all. */
  private folderNamed(name: string): string {
    return join(this.scratch, name);
  }

  /**
   * A folder of 60 files: small ones that nobody has seen, some of them equal, an empty one, three of 200 KB and
   * `large`, which goes in parts.
   */
  async shot(large = 40 * MIB): Promise<string> {
    this.#seed += 1;
    const seed = this.#seed * 1000;
    const folder = this.folderNamed(`shot_${`${this.#seed}`.padStart(3, "0")}`);
    const files: Record<string, Uint8Array> = { "empty.log": new Uint8Array() };
    for (let n = 0; n < 50; n += 1) files[`frames/f.${n}.exr`] = bytes(1000 + 37 * n, seed + n);
    for (let n = 0; n < 5; n += 1) files[`copies/c.${n}.exr`] = bytes(5000, seed + 100);
    for (let n = 0; n < 3; n += 1) files[`medium.${n}.tx`] = bytes(200_000, seed + 200 + n);
    if (large > 0) files["large.vdb"] = bytes(large, seed + 300);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return folder;
  }

  /** A folder with one large file, nearly all of it a hole, in which no two parts are equal. */
  async largeShot(size: number): Promise<string> {
    const folder = await this.shot(0);
    const file = await open(join(folder, "large.vdb"), "w");
    try {
      await file.truncate(size);
      for (let at = 0; at < size; at += MIB) await file.write(`${folder} ${at}`, at);
    } finally {
      await file.close();
    }
    return folder;
  }

  /** Looks at everything below the root prefix, past the gateway. */
  async look(): Promise<Seen> {
    const prefix = `${this.store.rootPrefix}/`;
    return { objects: await this.bucket.list(prefix), open: await this.bucket.openUploads(prefix) };
  }

  dataKey(hash: string): string {
    return `${this.store.rootPrefix}/Data/${hash}.xxh128`;
  }

  /** Key of the content of one file of a folder. */
  async keyOf(folder: string, path: string): Promise<string> {
    const files = await readLocalFiles(folder);
    const file = files.find((one) => one.path === `${basename(folder)}/${path}`);
    if (file === undefined) throw new Error(`there is no ${path}`);
    return this.dataKey(file.hash);
  }

  workspace(): Promise<WorkspacePage> {
    return WorkspacePage.open(this.browser);
  }

  /** Waits until the gateway has seen such a request. */
  async seen(isIt: (entry: Entry) => boolean, limitMs = PATIENCE_MS): Promise<void> {
    await until(async () => (await this.gateway.log()).some(isIt), limitMs);
  }

  /**
   * What is wrong, in sentences, with what the bucket holds since `before`: content under a key that is not its
   * hash, manifests that name what is not there, uploads in parts that are still open. `also`: keys that were
   * there before and may have been written since.
   */
  async audit(before: Seen, also: readonly string[] = []): Promise<string[]> {
    const wrong: string[] = [];
    const after = await this.look();
    for (const key of [...written(before, after), ...also]) {
      const content = await this.bucket.get(key);
      const hash = await xxhash128(content);
      if (key.includes("/Data/")) {
        if (key !== this.dataKey(hash)) wrong.push(`${key} holds ${content.length} bytes of hash ${hash}.`);
        continue;
      }
      const manifest = JSON.parse(new TextDecoder().decode(content));
      for (const { path, hash, size } of manifest.paths) {
        if (after.objects.get(this.dataKey(hash)) !== size)
          wrong.push(`${key} names ${path}, which is not there.`);
      }
    }
    for (const key of after.open) {
      if (!before.open.includes(key)) wrong.push(`An upload in parts of ${key} is still open.`);
    }
    return wrong;
  }

  /** {@link audit}, and whether the folder is there as the page says, with one manifest more than before. */
  async judge(
    workspace: WorkspacePage,
    folder: string,
    before: Seen,
    also: readonly string[] = [],
  ): Promise<string[]> {
    const result = await workspace.result();
    const { objects } = await this.look();
    const wrong = await judge({
      files: await readLocalFiles(folder),
      rootPrefix: this.store.rootPrefix,
      assetRoot: this.scratch,
      result,
      before: new Map([...before.objects].filter(([key]) => !also.includes(key))),
      after: objects,
      facts: new Map(),
      manifest: await this.bucket.get(result.manifestKey),
    });
    return [...wrong, ...(await this.audit(before, also))];
  }

  /** Manifests that are there now and were not before. */
  async newManifests(before: Seen): Promise<string[]> {
    return written(before, await this.look()).filter((key) => key.includes("/Manifests/"));
  }

  /** Forgets the log, and lets these faults act from now on. */
  async inject(...rules: Rule[]): Promise<void> {
    await this.gateway.reset();
    await this.gateway.inject(...rules);
  }
}

function written(before: Seen, after: Seen): string[] {
  return keysWritten({ before: before.objects, after: after.objects });
}

/** What the page says about how sure it is of the objects. */
export function checks({ page }: WorkspacePage): Promise<string> {
  return page.$eval("#checks", (element) => element.textContent ?? "");
}

/** Base64 of a hash that is given in hexadecimal. */
export function base64(hash: string): string {
  return Buffer.from(hash, "hex").toString("base64");
}

/** Numbers of the parts that the server has confirmed. */
export function partsStored(log: readonly Entry[]): string[] {
  const parts = log.filter(({ operation, status }) => operation === "UploadPart" && status === 200);
  return parts.map(({ query }) => new URLSearchParams(query).get("partNumber") ?? "");
}

/** Requests that carry bytes of content. */
export function isBody({ operation, key }: Entry): boolean {
  return operation === "UploadPart" || (operation === "PutObject" && key.includes("/Data/"));
}
