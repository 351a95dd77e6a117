/**
 * Starts a strict gateway (`tests/gateway/`, a program in Rust) and talks to its control port. What each rule,
 * fault and setting does stands in the documentation of that crate.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Store } from "../s3.ts";

/** S3 operations by their names in the API. */
export type Operation =
  | "HeadObject"
  | "GetObject"
  | "PutObject"
  | "DeleteObject"
  | "CreateMultipartUpload"
  | "UploadPart"
  | "CompleteMultipartUpload"
  | "AbortMultipartUpload"
  | "ListParts"
  | "ListMultipartUploads"
  | "ListObjects"
  | "Preflight"
  | "Other";

/** Which requests a fault is for: all conditions that are given must hold. */
export interface When {
  method?: string;
  operation?: Operation;
  /** Part of the key. */
  key?: string;
  /** Only from the n-th such request on; the first is 1. */
  nth?: number;
  /** Share of them, from 0 to 1. */
  probability?: number;
  /** Decides the draws. */
  seed?: number;
}

/** What happens to a request; `after` counts bytes. */
export type Fault =
  | {
      kind: "answer";
      /** 200 if not given. */
      status?: number;
      /** Code of an S3 error document, which then is the body. */
      code?: string;
      /** Further elements of that document. */
      elements?: Record<string, string>;
      /** Body, where there is no code; HTML unless the headers say otherwise. */
      body?: string;
      headers?: Record<string, string>;
      /** Answers without having read the body. */
      early?: boolean;
      /** The server handles the request first. */
      afterCommit?: boolean;
    }
  | { kind: "refuse"; ms: number }
  | { kind: "reset-request"; after: number }
  | { kind: "reset-reply"; after: number }
  | { kind: "truncate"; after: number; honest?: boolean }
  | { kind: "stall"; after?: number; ms?: number }
  | { kind: "slow"; bytesPerSecond: number }
  | { kind: "delay"; ms: number }
  | { kind: "lost-reply"; reset?: boolean };

/** A fault and whom it is for; of several the first that fits acts. */
export interface Rule {
  when?: When;
  /** One if not given. */
  times?: number | "always";
  fault: Fault;
}

/** How the gateway is as a whole; what is not given is as in S3. */
export interface Settings {
  checksum?: "enforced" | "ignored" | "not-implemented" | "invalid";
  expectedOwner?: "enforced" | "ignored";
  ifNoneMatch?: "enforced" | "ignored" | "not-implemented";
  multipart?: "served" | "not-implemented";
  offline?: boolean;
  /** In each direction, for all connections together; 0 is no cap. */
  bytesPerSecond?: number;
  /** How far the gateway's clock is ahead. */
  skewMinutes?: number;
}

/** One request in the log. */
export interface Entry {
  method: string;
  operation: Operation;
  bucket: string;
  key: string;
  /** Without the parts of a signature. */
  query: string;
  /** Without the authorization; names in small letters. */
  headers: Record<string, string>;
  /** `null`: no answer was sent (yet). */
  status: number | null;
  /** Code of the error that the gateway itself answered with. */
  error: string | null;
  /** Kind of the fault that acted. */
  fault: Fault["kind"] | null;
  /** Bytes of the body that were read. */
  bytesIn: number;
  /** Milliseconds from the gateway's start. */
  startedMs: number;
  /** Likewise; `null` while the request is under way. */
  endedMs: number | null;
}

/** Totals and peaks since the last clearing of the log. */
export interface Counters {
  connections: number;
  connectionsPeak: number;
  connectionsTotal: number;
  requests: number;
  requestsPeak: number;
  requestsTotal: number;
}

const PROGRAM = fileURLToPath(new URL("../../target/debug/strict-gateway", import.meta.url));

/** A running gateway. */
export class StrictGateway {
  private constructor(
    private readonly program: ChildProcess,
    /** Where S3 requests go: `http://host:port`. */
    readonly origin: string,
    /** Address of the control port. */
    readonly control: string,
  ) {}

  /** Starts one in front of the store; it ends with this process. `cargo xtask` builds the program first. */
  static async open(store: Store, ...more: string[]): Promise<StrictGateway> {
    const program = spawn(PROGRAM, ["--until-stdin-closes", ...more], {
      env: { ...process.env, TEST_STORE: JSON.stringify(store) },
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(program, "spawn");
    for await (const line of createInterface({ input: program.stdout })) {
      const { endpoint, control } = JSON.parse(line) as { endpoint: string; control: string };
      return new StrictGateway(program, endpoint, control);
    }
    throw new Error("The strict gateway ended before it listened.");
  }

  /** Ends the program. */
  async close(): Promise<void> {
    if (this.program.exitCode !== null || this.program.signalCode !== null) return;
    const ended = once(this.program, "exit");
    this.program.kill();
    await ended;
  }

  /** Adds faults. */
  async inject(...rules: Rule[]): Promise<void> {
    await this.#ask("POST", "/faults", rules);
  }

  /** Removes all faults. */
  async clearFaults(): Promise<void> {
    await this.#ask("DELETE", "/faults");
  }

  /** How often each fault has acted. */
  async fired(): Promise<number[]> {
    const rules = (await this.#ask("GET", "/faults")) as { fired: number }[];
    return rules.map((rule) => rule.fired);
  }

  /** Puts these settings in force, and S3's where none is given. */
  async set(settings: Settings): Promise<void> {
    await this.#ask("PUT", "/settings", settings);
  }

  /** Ends all stalls that have begun. */
  async release(): Promise<void> {
    await this.#ask("POST", "/release");
  }

  /** All requests since the last clearing, in order. */
  async log(): Promise<Entry[]> {
    return (await this.#ask("GET", "/log")) as Entry[];
  }

  /** Forgets the log and restarts the counters. */
  async clearLog(): Promise<void> {
    await this.#ask("DELETE", "/log");
  }

  async counters(): Promise<Counters> {
    return (await this.#ask("GET", "/counters")) as Counters;
  }

  /** No faults, no stalls, no log, the first settings. */
  async reset(): Promise<void> {
    await this.#ask("POST", "/reset");
  }

  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const reply = await fetch(`${this.control}${path}`, init);
    const answer: unknown = await reply.json();
    if (!reply.ok) throw new Error(`The strict gateway refused ${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }
}
