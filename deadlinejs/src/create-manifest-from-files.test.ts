import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import { type HashedFile, init } from "./common/index.ts";
import { createManifestFromFiles } from "./create-manifest-from-files.ts";
import { hashFilesOnly } from "./hash-files-only.ts";

beforeAll(() =>
  init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm"))),
);

const EMPTY = "99aa06d3014798d86001c324468d497f";
const hashed = (relativePath: string, more: Partial<HashedFile> = {}): HashedFile => ({
  file: new Blob(),
  relativePath,
  hash: EMPTY,
  size: 0n,
  mtime: 1n,
  ...more,
});

describe("createManifestFromFiles", () => {
  it("makes what the official client reads, when it is asked for", async () => {
    const manifest = await createManifestFromFiles([hashed("b/c"), hashed("a")], "v2023-03-03");
    expect(manifest.encode()).toBe(
      `{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[{"hash":"${EMPTY}","mtime":1,"path":"a","size":0},{"hash":"${EMPTY}","mtime":1,"path":"b/c","size":0}],"totalSize":0}`,
    );
  });

  it("makes the draft format by default, with every folder listed once", async () => {
    const manifest = await createManifestFromFiles([hashed("a/b/c/d"), hashed("a/b/e"), hashed("f")]);
    expect(manifest.version).toBe("v2025-12-04-beta");
    expect(manifest.getDirectories()).toEqual([{ name: "a" }, { name: "a/b" }, { name: "a/b/c" }]);
    expect(manifest.encode()).toContain('{"name":"$1/c"}');
  });

  it("cuts large files in the draft format only", async () => {
    const large = hashed("large", { size: 268435457n, chunkHashes: ["aa", "bb"] });
    const draft = await createManifestFromFiles([large]);
    expect(draft.getFiles()).toEqual([
      { name: "large", chunkhashes: ["aa", "bb"], size: 268435457n, mtime: 1n },
    ]);
    const stable = await createManifestFromFiles([large], "v2023-03-03");
    expect(stable.getPaths()).toEqual([{ path: "large", hash: EMPTY, size: 268435457n, mtime: 1n }]);
  });

  it("refuses what no manifest can hold, and says where it is", async () => {
    const twice = createManifestFromFiles([hashed("a"), hashed("a")], "v2023-03-03");
    await expect(twice).rejects.toMatchObject({ name: "ValidationError", code: "path-duplicate" });
    await expect(createManifestFromFiles([hashed("../a")])).rejects.toMatchObject({
      code: "path-dot-name",
    });
    const unknown = createManifestFromFiles([], "2023-03-03" as never);
    await expect(unknown).rejects.toMatchObject({ code: "manifest-version-unknown" });
  });
});

describe("hashFilesOnly", () => {
  it("hashes with an executor of its own, or with the one that it is given", async () => {
    const files = [new File([], "empty", { lastModified: 7 })];
    const [own] = await hashFilesOnly(files);
    expect(own).toMatchObject({ relativePath: "empty", hash: EMPTY, size: 0n, mtime: 7000n });
    const hashExecutor = {
      hashFile: async () => ({ hash: "" }),
      hashFiles: async () => [],
      dispose: () => undefined,
    };
    expect(await hashFilesOnly(files, { hashExecutor })).toEqual([]);
  });
});
