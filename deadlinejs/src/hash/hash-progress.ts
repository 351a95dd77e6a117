import { CancelledError, type ProgressCallback } from "../common/index.ts";
import type { NumberedFile } from "./bundles.ts";
import type { HashReport } from "./hash-messages.ts";

/** Counts files and bytes, and tells a callback. */
export class HashProgress {
  private readonly begun = new Map<number, number>();
  private files = 0;
  private bytes = 0n;
  private totalFiles = 0;
  private totalBytes = 0n;

  constructor(private readonly tell: ProgressCallback | undefined) {}

  /** More files are known. */
  find(files: readonly NumberedFile[]): void {
    this.totalFiles += files.length;
    for (const { file } of files) this.totalBytes += BigInt(file.size);
  }

  /**
   * Something was read.
   *
   * @throws `CancelledError` if the callback returns `false`, and what the callback throws
   */
  take(numbered: NumberedFile, report: HashReport): void {
    if (report.type === "failed") return;
    const before = this.begun.get(report.id) ?? 0;
    const now = report.type === "read" ? report.bytes : numbered.file.size;
    this.bytes += BigInt(now - before);
    if (report.type === "read") this.begun.set(report.id, now);
    else {
      this.begun.delete(report.id);
      this.files += 1;
    }
    this.emit("hashing", numbered.relativePath);
  }

  /** All is done. */
  end(): void {
    this.emit("complete");
  }

  private emit(phase: "hashing" | "complete", currentFile?: string): void {
    const goOn = this.tell?.({
      phase,
      ...(currentFile !== undefined && { currentFile }),
      filesProcessed: this.files,
      totalFiles: this.totalFiles,
      bytesProcessed: this.bytes,
      totalBytes: this.totalBytes,
    });
    if (goOn === false && phase === "hashing") throw new CancelledError();
  }
}
