/** What lies under the right key without being right, and files that change while they are on their way. */
import { appendFile, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { xxhash128 } from "hash-wasm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WorkspacePage } from "../browser/workspace-page.ts";
import { readLocalFiles } from "../demo/local-files.ts";
import { bytes } from "../e2e/scene.ts";
import type { Operation } from "../gateway/client.ts";
import { Bucket } from "../s3.ts";
import { base64, checks, Rig, UPLOAD_LIMIT_MS } from "./rig.ts";

let rig: Rig;
let workspace: WorkspacePage;
beforeAll(async () => {
  rig = await Rig.open();
  workspace = await rig.workspace();
});
afterAll(() => rig?.close());

describe("an object under the right key", () => {
  it.each(["medium.0.tx", "large.vdb"])(
    "with the right size, other bytes and their checksum is repaired: %s",
    async (path) => {
      const folder = await rig.shot();
      const key = await rig.keyOf(folder, path);
      const wrong = bytes(path === "large.vdb" ? 40 << 20 : 200_000, 77);
      const through = new Bucket({ ...rig.store, endpoint: rig.gateway.origin });
      await through.putVerified(key, wrong, base64(await xxhash128(wrong)));
      const before = await rig.look();
      await rig.inject();
      expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("complete");
      expect(await rig.judge(workspace, folder, before, [key])).toEqual([]);
    },
  );

  it("with the right bytes and their checksum is left alone, and counts as verified by the server", async () => {
    const folder = await rig.shot();
    const key = await rig.keyOf(folder, "medium.1.tx");
    const right = await readFile(join(folder, "medium.1.tx"));
    const through = new Bucket({ ...rig.store, endpoint: rig.gateway.origin });
    await through.putVerified(key, right, base64(await xxhash128(right)));
    const before = await rig.look();
    await rig.inject();
    expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("complete");
    expect((await rig.gateway.log()).filter((entry) => entry.key === key && entry.method === "PUT")).toEqual(
      [],
    );
    expect(await checks(workspace)).toMatch(/^Checked by the server: \d+ objects byte for byte/);
    expect(await rig.judge(workspace, folder, before)).toEqual([]);
  });

  it.each(["frames/f.7.exr", "medium.0.tx", "large.vdb"])(
    "without a single byte is repaired: %s",
    async (path) => {
      const folder = await rig.shot();
      const key = await rig.keyOf(folder, path);
      await rig.bucket.put(key, new Uint8Array());
      const before = await rig.look();
      await rig.inject();
      expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("complete");
      expect(await rig.judge(workspace, folder, before, [key])).toEqual([]);
    },
  );
});

describe("a file that is on its way", () => {
  const CHANGES = {
    "changed without a change of its size": (path: string, size: number) => writeFile(path, bytes(size, 123)),
    truncated: (path: string, size: number) => truncate(path, size - 4096),
    grown: (path: string) => appendFile(path, "more"),
  };
  const PLACES = [
    ["medium.1.tx", "HeadObject", 0, 200_000],
    ["medium.1.tx", "PutObject", 50_000, 200_000],
    ["large.vdb", "UploadPart", 3 << 20, 40 << 20],
  ] as const;
  const cases = Object.entries(CHANGES).flatMap(([how, change]) =>
    PLACES.map(([path, operation, after, size]) => ({ how, change, path, operation, after, size })),
  );

  it.each(cases)(
    "and is $how at $operation is read anew and sent as it is then: $path",
    async ({ change, path, operation, after, size }) => {
      const folder = await rig.shot();
      const key = await rig.keyOf(folder, path);
      const before = await rig.look();
      await rig.inject({ when: { operation, key }, times: "always", fault: { kind: "stall", after } });
      await workspace.drop([folder]);
      await rig.seen((entry) => entry.operation === operation && entry.key === key && entry.bytesIn >= after);
      await change(join(folder, path), size);
      await rig.gateway.clearFaults();
      await rig.gateway.release();
      await workspace.page.waitForFunction(
        () => ["complete", "failed"].includes(document.body.dataset.state ?? ""),
        { timeout: UPLOAD_LIMIT_MS },
      );
      expect(await workspace.state()).toBe("complete");
      const result = await workspace.result();
      const manifest = JSON.parse(new TextDecoder().decode(await rig.bucket.get(result.manifestKey)));
      const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
      expect(manifest.paths.toSorted(byPath)).toEqual((await readLocalFiles(folder)).toSorted(byPath));
      expect(await rig.audit(before)).toEqual([]);
    },
  );

  const deletes = async (folder: string, path: string, operation: Operation, after: number) => {
    const key = await rig.keyOf(folder, path);
    await rig.inject({ when: { operation, key }, times: "always", fault: { kind: "stall", after } });
    await workspace.drop([folder]);
    await rig.seen((entry) => entry.operation === operation && entry.key === key && entry.bytesIn >= after);
    await rm(join(folder, path));
    await rig.gateway.clearFaults();
    await rig.gateway.release();
  };

  it.each([
    ["before its bytes have left", "medium.1.tx", "HeadObject", 0],
    ["when some of its parts have left", "large.vdb", "UploadPart", 3 << 20],
  ] as const)("and is deleted %s is named, and no manifest comes", async (_, path, operation, after) => {
    // More parts than there are lanes.
    const folder = operation === "UploadPart" ? await rig.largeShot(208 << 20) : await rig.shot();
    const before = await rig.look();
    await deletes(folder, path, operation, after);
    await workspace.page.waitForSelector("body[data-state=failed]", { timeout: UPLOAD_LIMIT_MS });
    const problems = await workspace.problems();
    expect(problems.map(({ code, file }) => [code, file.split("/").slice(1).join("/")])).toEqual([
      ["file-unreadable", path],
    ]);
    expect(await rig.newManifests(before)).toEqual([]);
    expect(await rig.audit(before)).toEqual([]);
  });

  it("and is deleted when all of its bytes have left is in the store all the same", async () => {
    const folder = await rig.shot();
    const key = await rig.keyOf(folder, "medium.1.tx");
    const before = await rig.look();
    await deletes(folder, "medium.1.tx", "PutObject", 50_000);
    await workspace.page.waitForSelector("body[data-state=complete]", { timeout: UPLOAD_LIMIT_MS });
    expect((await workspace.result()).files).toBe(60);
    expect((await rig.look()).objects.get(key)).toBe(200_000);
    expect(await rig.audit(before)).toEqual([]);
  });
});
