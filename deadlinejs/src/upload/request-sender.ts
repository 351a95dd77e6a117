import type { EngineAction, EngineEvent, ReadFailure } from "../common/index.ts";
import { readFailure } from "../hash/read-failure.ts";
import type { ObjectStore, StoreRequest } from "../storage/index.ts";
import { SigningRefused } from "../storage/index.ts";
import { expectedBytes } from "./expected-bytes.ts";
import { lookAt } from "./look-at.ts";

type SendAction = Extract<EngineAction, { type: "send" }>;

/** More of an answer's body than this the engine does not look at, in characters. */
const BODY_CHARACTERS = 1 << 20;

/** What requests carry besides what stands in them. */
export interface Bodies {
  /** The file with this number. */
  file(id: number): Blob;
  /** The manifest's text. */
  manifest(): Blob;
}

/** Sends the requests that the engine asks for, and tells what came of each. */
export class RequestSender {
  /** One for each request under way. */
  private readonly aborters = new Map<number, AbortController>();

  constructor(
    private readonly store: ObjectStore,
    private readonly bodies: Bodies,
    private readonly tell: (event: EngineEvent) => void,
    private readonly onBroken: (error: unknown) => void,
  ) {}

  /** Tells of one answer, of none, or that the request could not be signed; nothing once it is aborted. */
  async send(action: SendAction): Promise<void> {
    const { request } = action;
    const aborter = new AbortController();
    this.aborters.set(request, aborter);
    const { signal } = aborter;
    const tell = (event: EngineEvent) => {
      if (!signal.aborted) this.tell(event);
    };
    try {
      const file = action.body.type === "range" ? this.bodies.file(action.body.file) : undefined;
      const body = await this.bodyOf(action);
      if (body === "changed" || body === "unreadable") {
        tell({ type: "unanswered", request, source: body });
        return;
      }
      const { method, key, query, headers, host, clockOffset } = action;
      const wanted: StoreRequest = { method, key, query, headers, body, host, clockOffset };
      const onSent = (bytes: number) => tell({ type: "send-progress", request, bytes: BigInt(bytes) });
      if (signal.aborted) return;
      const answer = await this.store.send(wanted, { signal, ...(body && { onSent }) });
      const failure = file && !signal.aborted ? await lookAt(file) : undefined;
      const about = { request, ...(failure && { source: failure }) };
      if (!answer) tell({ type: "unanswered", ...about });
      else tell({ type: "answered", ...about, ...cut(answer), wall: BigInt(Date.now()) });
    } catch (error) {
      if (error instanceof SigningRefused) tell({ type: "unsigned", request, problem: error.problem });
      else if (!signal.aborted) this.onBroken(error);
    } finally {
      this.aborters.delete(request);
    }
  }

  /** Gives up one request. */
  abort(request: number): void {
    this.aborters.get(request)?.abort();
  }

  /** Gives up all of them. */
  abortAll(): void {
    for (const aborter of this.aborters.values()) aborter.abort();
  }

  private async bodyOf({ body }: SendAction): Promise<Blob | string | null | ReadFailure> {
    switch (body.type) {
      case "none":
        return null;
      case "text":
        return body.text;
      case "manifest":
        return this.bodies.manifest();
      case "range": {
        const begin = Number(body.offset);
        const slice = this.bodies.file(body.file).slice(begin, begin + Number(body.length));
        if (body.expect === undefined) return slice;
        try {
          return (await expectedBytes(slice, body.expect)) ?? "changed";
        } catch (error) {
          return readFailure(error, true);
        }
      }
    }
  }
}

function cut({ status, headers, body }: { status: number; headers: object; body: string }) {
  return { status, headers, body: body.slice(0, BODY_CHARACTERS) };
}
