import type { EngineAction, EngineEvent } from "../common/index.ts";
import { CancelledError } from "../common/index.ts";
import type { HashJob, HashLanes, HashReport } from "../hash/index.ts";

type HashAction = Extract<EngineAction, { type: "hash" }>;

/** Reads and hashes the ranges that the engine asks for, on lanes that somebody else owns. */
export class RangeReader {
  private stopper = new AbortController();

  constructor(
    private readonly lanes: HashLanes,
    private readonly tell: (event: EngineEvent) => void,
    private readonly onBroken: (error: unknown) => void,
  ) {}

  /** Reports every range, unless it is stopped before. */
  async read({ ranges }: HashAction, file: (id: number) => Blob): Promise<void> {
    const { signal } = this.stopper;
    try {
      const job: HashJob = {
        files: ranges.map((range, id) => ({
          id,
          file: rangeOf(file(range.file), range),
          ...(range.partSize !== undefined && { pieceSize: Number(range.partSize) }),
        })),
      };
      const report = (report: HashReport): void => {
        const range = ranges[report.id];
        if (range && !signal.aborted) this.tell(eventOf(report, range));
      };
      await this.lanes.run(job, report, signal);
    } catch (error) {
      if (!(error instanceof CancelledError) && !signal.aborted) this.onBroken(error);
    }
  }

  /** Gives up all readings, in the middle of a file if need be. */
  stop(): void {
    this.stopper.abort();
    this.stopper = new AbortController();
  }
}

/** A whole file stays what it is: a slice is a call to another process, which counts with many small files. */
function rangeOf(file: Blob, { offset, length }: HashAction["ranges"][number]): Blob {
  const [begin, end] = [Number(offset), Number(offset + length)];
  return begin === 0 && end === file.size ? file : file.slice(begin, end);
}

function eventOf(report: HashReport, { file, offset }: HashAction["ranges"][number]): EngineEvent {
  switch (report.type) {
    case "read":
      return { type: "hash-progress", file, offset, bytes: BigInt(report.bytes) };
    case "hashed":
      return {
        type: "hashed",
        file,
        offset,
        hash: report.hash,
        ...(report.pieces && { parts: report.pieces }),
      };
    case "failed":
      return { type: "hash-failed", file, offset, why: report.why };
  }
}
