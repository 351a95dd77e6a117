/**
 * A gate in front of the S3 server: lets requests through unchanged, holds some of them back until told, or
 * answers in the server's place as S3 documents it, where no local server does.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** An answer given in the server's place. */
export interface GivenAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** What to do with a request; `undefined` lets it through, `hang-up` gives no answer. */
export type Rule = (
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
) => GivenAnswer | "hang-up" | undefined | Promise<undefined>;

/** A running gate. */
export class Gate {
  /** `METHOD /bucket/key` of every request that came, in order. */
  readonly seen: string[] = [];
  rule: Rule = () => undefined;
  /** Bytes of request bodies that are let through each second, all requests together; as fast as it goes if not set. */
  bytesPerSecond: number | undefined;
  /** When the next bytes may pass, as `performance.now()`. */
  #passesAt = 0;
  readonly #server: Server;

  private constructor(private readonly upstream: URL) {
    this.#server = createServer((incoming, outgoing) => void this.#serve(incoming, outgoing));
  }

  /** Opens a gate on a free port of this machine. */
  static async open(upstream: string): Promise<Gate> {
    const gate = new Gate(new URL(upstream));
    await new Promise<void>((resolve) => gate.#server.listen(0, "127.0.0.1", resolve));
    return gate;
  }

  /** Its own address. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = incoming;
    this.seen.push(`${method} ${url}`);
    const given = await this.rule(method, url, headers);
    if (given === "hang-up") {
      incoming.destroy();
      return;
    }
    if (given) {
      incoming.resume();
      outgoing.writeHead(given.status, given.headers).end(method === "HEAD" ? undefined : given.body);
      return;
    }
    // The Host header stays ours: it is part of the signature.
    const { hostname, port } = this.upstream;
    const forward = request({ hostname, port, method, path: url, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    forward.on("error", () => outgoing.destroy());
    // The browser gave up: so does the gate, or the server would keep half a body.
    outgoing.on("close", () => forward.destroy());
    incoming.pipe(this.#pace()).pipe(forward);
  }

  #pace(): Transform {
    return new Transform({
      transform: async (chunk: Buffer, _encoding, done) => {
        const now = performance.now();
        this.#passesAt = Math.max(this.#passesAt, now);
        if (this.bytesPerSecond) this.#passesAt += (chunk.length / this.bytesPerSecond) * 1000;
        await sleep(this.#passesAt - now);
        done(null, chunk);
      },
    });
  }
}

/** S3's error document. */
export function s3Error(status: number, code: string, more = ""): GivenAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code>${more}</Error>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}
