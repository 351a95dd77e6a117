/** Two uploaders that do the same in steps: hash, then upload. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { StrictGateway } from "../gateway/client.ts";
import type { Store } from "../s3.ts";
import { uploadOurs } from "./ours.ts";

/** What an uploader says at the end. */
export interface Said {
  /** Why there is no manifest; `null` when it says that all is well. */
  error: string | null;
  manifestKey: string | null;
  /** Objects of which it says that nobody has compared the bytes. */
  unverified?: number;
}

/** An uploader. */
export interface Side {
  readonly store: Store;
  /**
   * Uploads all files of the folder.
   *
   * @param between happens when all of them have been hashed and none has been sent
   */
  upload(folder: string, between?: () => Promise<void>): Promise<Said>;
  close(): void;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The official client, in a process of its own. */
export class Official implements Side {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #answers: Interface;

  constructor(
    readonly store: Store,
    /** Where it keeps its caches. */
    private readonly caches: string,
  ) {
    this.#process = spawn(`${root}target/venv/bin/python`, ["tests/side-by-side/official.py"], {
      cwd: root,
      env: { ...process.env, TEST_STORE: JSON.stringify(store) },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#answers = createInterface({ input: this.#process.stdout ?? process.stdin });
    this.#lines = this.#answers[Symbol.asyncIterator]();
  }

  async upload(folder: string, between?: () => Promise<void>): Promise<Said> {
    await this.#ask({ do: "hash", folder, caches: this.caches });
    await between?.();
    return (await this.#ask({ do: "upload" })) as Said;
  }

  close(): void {
    this.#process.stdin?.end();
    this.#answers.close();
  }

  async #ask(command: object): Promise<unknown> {
    this.#process.stdin?.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("The official client ended before it answered.");
    return JSON.parse(value);
  }
}

/** Ours. */
export class Ours implements Side {
  constructor(
    readonly store: Store,
    private readonly gateway: StrictGateway,
  ) {}

  async upload(folder: string, between?: () => Promise<void>): Promise<Said> {
    if (!between) return uploadOurs(folder, this.store);
    // Hashing and sending overlap, so the first question is held back until all is hashed.
    await this.gateway.inject({
      when: { operation: "HeadObject" },
      times: "always",
      fault: { kind: "stall" },
    });
    const said = uploadOurs(folder, this.store);
    await this.#untilAsked();
    await between();
    await this.gateway.clearFaults();
    await this.gateway.release();
    return said;
  }

  close(): void {}

  /** The first questions are under way, and no more of them came for half a second: the files are small. */
  async #untilAsked(): Promise<void> {
    let asked = 0;
    for (const began = Date.now(); Date.now() - began < 20_000; ) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      const heads = (await this.gateway.log()).filter(({ operation }) => operation === "HeadObject");
      if (heads.length > 0 && heads.length === asked) return;
      asked = heads.length;
    }
    throw new Error("nothing was asked for within 20 s");
  }
}
