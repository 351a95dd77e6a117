/**
 * Starts the stand-in for Deadline Cloud and IAM Identity Center (`tests/stand-in/`, a program in Rust) and talks
 * to its control port. What it knows and does stands in the documentation of that crate.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The operations by their names in the APIs. */
export type Operation =
  | "ListFarms"
  | "ListQueues"
  | "GetQueue"
  | "AssumeQueueRoleForUser"
  | "ListStorageProfilesForQueue"
  | "GetStorageProfileForQueue"
  | "RegisterClient"
  | "StartDeviceAuthorization"
  | "CreateToken"
  | "ListAccounts"
  | "ListAccountRoles"
  | "GetRoleCredentials"
  | "Logout"
  | "Device"
  | "Other";

/** An access key. */
export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  /** Empty or left out for long-lived keys. */
  sessionToken?: string;
  /** How long it is good once it is given. */
  seconds?: number;
}

/** What there is; everything else is empty, or as it usually is at AWS. */
export interface Settings {
  region?: string;
  /** Who may ask Deadline Cloud, besides the roles of Identity Center. */
  keys?: Keys[];
  /** As for users of a monitor: lists are only for this id. */
  principalId?: string;
  farms?: {
    farmId: string;
    displayName: string;
    /** With everything else that `GetQueue` answers. */
    queues?: { queueId: string; displayName: string; [more: string]: unknown }[];
    /** With `fileSystemLocations`. */
    storageProfiles?: {
      storageProfileId: string;
      displayName: string;
      osFamily: "WINDOWS" | "LINUX" | "MACOS";
      [more: string]: unknown;
    }[];
  }[];
  /** Given one after the other, the last one again and again. */
  queueCredentials?: Keys[];
  queueCredentialsSeconds?: number;
  pageSize?: number;
  skewMinutes?: number;
  identityCenter?: {
    startUrl?: string;
    /** Region that every sign-in is sent to. */
    elsewhere?: string;
    accounts?: { accountId: string; accountName: string; roles?: { roleName: string; keys: Keys }[] }[];
    /** Seconds between two polls. */
    interval?: number;
    codeSeconds?: number;
    tokenSeconds?: number;
    roleCredentialsSeconds?: number;
    refreshes?: boolean;
  };
}

/** An error in the place of an answer. */
export interface Fault {
  operation: Operation;
  status: number;
  /** For `x-amzn-ErrorType`. */
  kind?: string;
  body?: unknown;
  /** Seconds. */
  retryAfter?: number;
  /** 1 if not given. */
  times?: number;
}

/** One request in the log. */
export interface Entry {
  operation: Operation;
  /** Without the query. */
  path: string;
  status: number;
  /** Who signed, where that was good. */
  accessKeyId: string | null;
}

const PROGRAM = fileURLToPath(new URL("../../target/debug/account-stand-in", import.meta.url));

/** A running stand-in. */
export class StandIn {
  private constructor(
    private readonly program: ChildProcess,
    /** Where all services are: `http://host:port`. */
    readonly origin: string,
    /** Address of the control port. */
    readonly control: string,
  ) {}

  /** Starts one; it ends with this process. `cargo xtask` builds the program first. */
  static async open(settings: Settings): Promise<StandIn> {
    const folder = await mkdtemp(join(tmpdir(), "stand-in-"));
    try {
      const file = join(folder, "settings.json");
      await writeFile(file, JSON.stringify(settings));
      const program = spawn(PROGRAM, ["--until-stdin-closes", "--settings", file], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      await once(program, "spawn");
      for await (const line of createInterface({ input: program.stdout })) {
        const { endpoint, control } = JSON.parse(line) as { endpoint: string; control: string };
        return new StandIn(program, endpoint, control);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    throw new Error("The stand-in ended before it listened.");
  }

  /** Ends the program. */
  async close(): Promise<void> {
    if (this.program.exitCode !== null || this.program.signalCode !== null) return;
    const ended = once(this.program, "exit");
    this.program.kill();
    await ended;
  }

  /** What a person says about all codes that wait. */
  async approve(): Promise<void> {
    await this.#ask("POST", "/approve");
  }

  /** The opposite. */
  async deny(): Promise<void> {
    await this.#ask("POST", "/deny");
  }

  /** Adds faults. */
  async inject(...faults: Fault[]): Promise<void> {
    await this.#ask("POST", "/faults", faults);
  }

  /** Ends what has been given. */
  async expire(what: "access-tokens" | "session" | "clients" | "keys" | "codes"): Promise<void> {
    await this.#ask("POST", "/expire", what);
  }

  /** Puts these settings in force. */
  async set(settings: Settings): Promise<void> {
    await this.#ask("PUT", "/settings", settings);
  }

  /** All requests since the last clearing, in order. */
  async log(): Promise<Entry[]> {
    return (await this.#ask("GET", "/log")) as Entry[];
  }

  /** Forgets the log. */
  async clearLog(): Promise<void> {
    await this.#ask("DELETE", "/log");
  }

  /** Every secret that was given, to look for it where it must not be. */
  async secrets(): Promise<string[]> {
    return (await this.#ask("GET", "/secrets")) as string[];
  }

  /** Forgets everything, and returns to the first settings. */
  async reset(): Promise<void> {
    await this.#ask("POST", "/reset");
  }

  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const reply = await fetch(`${this.control}${path}`, init);
    const answer: unknown = await reply.json();
    if (!reply.ok) throw new Error(`The stand-in refused ${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }
}
