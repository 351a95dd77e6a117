import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { beforeEach, describe, expect, it, vi } from "vitest";

const path = createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm");
const bytes = readFileSync(path);
const EMPTY = "99aa06d3014798d86001c324468d497f";

/** The package in a state where nothing is loaded. */
let common: typeof import("./index.ts");
beforeEach(async () => {
  vi.resetModules();
  common = await import("./index.ts");
});

const works = () => common.hashBytes(new Uint8Array()) === EMPTY;

describe("before the module is loaded", () => {
  it("a call says what to do", () => {
    const notLoaded = expect.objectContaining({ code: "module-not-loaded" });
    expect(() => common.hashBytes(new Uint8Array())).toThrow(notLoaded);
    expect(() => new common.Xxh3Hasher()).toThrow(common.AttachmentError);
  });
});

describe("init", () => {
  it.each([
    ["bytes", () => new Uint8Array(bytes)],
    ["a buffer", () => new Uint8Array(bytes).buffer],
    ["a compiled module", () => new WebAssembly.Module(bytes)],
    ["the address of a file", () => pathToFileURL(path)],
    ["the address of a file as text", () => pathToFileURL(path).href],
  ])("takes %s", async (_, source) => {
    await common.init(source());
    expect(works()).toBe(true);
  });

  it.each(["application/wasm", "application/octet-stream"])("takes an address of type %s", async (type) => {
    const server = createServer((_, response) =>
      response.writeHead(200, { "content-type": type }).end(bytes),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await common.init(`http://127.0.0.1:${port}/module.wasm`);
    server.close();
    server.closeAllConnections();
    expect(works()).toBe(true);
  });

  it("loads once, whatever comes later", async () => {
    const compile = vi.spyOn(WebAssembly, "compile");
    await Promise.all([common.init(bytes), common.init(bytes)]);
    await common.init("http://127.0.0.1:9/never-asked-for");
    expect(compile).toHaveBeenCalledTimes(1);
    compile.mockRestore();
  });

  it("says why it failed, and tries again", async () => {
    const wrong = common.init(new Uint8Array([1, 2, 3]));
    await expect(wrong).rejects.toMatchObject({ code: "module-unavailable" });
    await expect(wrong).rejects.toBeInstanceOf(common.AttachmentError);
    const missing = common.init(new URL("missing.wasm", pathToFileURL(path)));
    await expect(missing).rejects.toMatchObject({ code: "module-unavailable" });
    await common.init(bytes);
    expect(works()).toBe(true);
  });

  it("has a form that does not wait", async () => {
    common.initSync(bytes);
    expect(works()).toBe(true);
    await common.init("http://127.0.0.1:9/never-asked-for");
  });
});

describe("errors of the module", () => {
  it("are instances of the classes of this package", async () => {
    await common.init(bytes);
    const { AttachmentError, ValidationError } = common;
    const refusal = (() => {
      try {
        return common.createManifestPath("a/../b", EMPTY, 0n, 0n);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(ValidationError);
    expect(refusal).toBeInstanceOf(AttachmentError);
    expect(refusal).toBeInstanceOf(Error);
    expect(refusal).toMatchObject({
      name: "ValidationError",
      code: "path-dot-name",
      location: { field: "path" },
    });
  });

  it("have the names, codes and fields of their classes", () => {
    const { CancelledError, StorageError, ValidationError, AttachmentError } = common;
    const cause = new Error("why");
    expect(new CancelledError()).toMatchObject({ name: "CancelledError", code: "cancelled" });
    expect(new CancelledError("x", { cause }).cause).toBe(cause);
    const storage = new StorageError("x", "access-denied", 403, { cause });
    expect(storage).toMatchObject({ name: "StorageError", code: "access-denied", statusCode: 403, cause });
    expect("statusCode" in new StorageError("x", "y")).toBe(false);
    expect(new ValidationError("x")).toMatchObject({ name: "ValidationError", code: "invalid" });
    for (const error of [new CancelledError(), storage, new ValidationError("x")])
      expect(error).toBeInstanceOf(AttachmentError);
  });
});
