import { describe, expect, it } from "vitest";
import { MEMORY_LIMIT, spool } from "./spool.ts";

/** The little of a folder that is needed; writing fails after `room` bytes, as a full disk does. */
class FakeFolder {
  readonly files = new Map<string, Uint8Array[]>();
  opened = 0;

  constructor(private readonly room = Number.POSITIVE_INFINITY) {}

  open = async () => {
    this.opened += 1;
    return this as unknown as FileSystemDirectoryHandle;
  };

  getFileHandle = async (name: string) => {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    this.files.set(name, chunks);
    let left = this.room;
    return {
      createWritable: async () => ({
        write: async (chunk: Uint8Array<ArrayBuffer>) => {
          left -= chunk.byteLength;
          if (left < 0) throw new DOMException("full", "QuotaExceededError");
          chunks.push(chunk);
        },
        close: async () => undefined,
      }),
      getFile: async () => new File(chunks, name),
    };
  };

  removeEntry = async (name: string) => {
    this.files.delete(name);
  };
}

const CHUNK = 1024 * 1024;

function stream(chunks: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent === chunks) controller.close();
      else controller.enqueue(new Uint8Array(CHUNK).fill(sent));
      sent += 1;
    },
  });
}

describe("spool", () => {
  it("keeps a small thing in memory", async () => {
    const folder = new FakeFolder();
    const { content } = await spool(stream(3), folder.open);
    expect(content.size).toBe(3 * CHUNK);
    expect(folder.opened).toBe(0);
  });

  it("puts a large thing on disk, whole and in its order, until it is removed", async () => {
    const folder = new FakeFolder();
    const chunks = MEMORY_LIMIT / CHUNK + 3;
    const { content, remove } = await spool(stream(chunks), folder.open);
    expect(content.size).toBe(chunks * CHUNK);
    const bytes = new Uint8Array(await content.arrayBuffer());
    const firsts = Array.from({ length: chunks }, (_, n) => bytes[n * CHUNK]);
    expect(firsts).toEqual(Array.from({ length: chunks }, (_, n) => n));
    expect(folder.files.size).toBe(1);
    await remove();
    expect(folder.files.size).toBe(0);
  });

  it("leaves nothing on a full disk", async () => {
    const folder = new FakeFolder(MEMORY_LIMIT + 2 * CHUNK);
    const chunks = MEMORY_LIMIT / CHUNK + 9;
    await expect(spool(stream(chunks), folder.open)).rejects.toThrow("full");
    expect(folder.files.size).toBe(0);
  });

  it("rejects when the stream breaks, and leaves nothing", async () => {
    const folder = new FakeFolder();
    let sent = 0;
    const breaking = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        if (sent > MEMORY_LIMIT / CHUNK + 2) controller.error(new TypeError("network"));
        else controller.enqueue(new Uint8Array(CHUNK));
      },
    });
    await expect(spool(breaking, folder.open)).rejects.toThrow("network");
    expect(folder.files.size).toBe(0);
  });
});
