/** Faults that last: the upload waits for who can mend them, or ends with a sentence and leaves nothing half done. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ShownItem, WorkspacePage } from "../browser/workspace-page.ts";
import type { Entry, Rule, Settings } from "../gateway/client.ts";
import { checks, isBody, Rig, UPLOAD_LIMIT_MS } from "./rig.ts";

let rig: Rig;
let workspace: WorkspacePage;
beforeAll(async () => {
  rig = await Rig.open();
  workspace = await rig.workspace();
});
afterAll(() => rig?.close());

const complete = () =>
  workspace.page.waitForSelector("body[data-state=complete]", { timeout: UPLOAD_LIMIT_MS });

describe("an upload that waits", () => {
  it("for a network that is gone in the middle of it goes on by itself", async () => {
    const folder = await rig.shot();
    const before = await rig.look();
    await rig.inject({
      when: { operation: "UploadPart" },
      times: "always",
      fault: { kind: "stall", after: 1 << 20 },
    });
    await workspace.drop([folder]);
    await rig.seen(({ operation, bytesIn }) => operation === "UploadPart" && bytesIn >= 1 << 20);
    await rig.gateway.set({ offline: true });
    await rig.gateway.release();
    await rig.gateway.clearFaults();
    expect(await workspace.waiting()).toMatch(/network/i);
    await rig.gateway.set({});
    await complete();
    expect(await rig.judge(workspace, folder, before)).toEqual([]);
  });

  it("for new credentials after ExpiredToken goes on with them, and sends nothing twice", async () => {
    const folder = await rig.shot();
    const before = await rig.look();
    await rig.inject({
      when: { operation: "UploadPart", nth: 2 },
      times: "always",
      fault: { kind: "answer", status: 400, code: "ExpiredToken" },
    });
    await workspace.drop([folder]);
    expect(await workspace.waiting()).toContain("The credentials have expired");
    await rig.gateway.clearFaults();
    const stored = (await rig.gateway.log()).filter((entry) => isBody(entry) && entry.status === 200);
    await rig.renewCredentials();
    await workspace.page.bringToFront();
    await complete();
    const all = (await rig.gateway.log()).filter((entry) => isBody(entry) && entry.status === 200);
    const names = all.map(({ key, query }) => `${key}?${query}`);
    expect(stored.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    expect(await rig.judge(workspace, folder, before)).toEqual([]);
  });
});

describe("an upload ends with a sentence", () => {
  const refusal = (status: number, code: string, more: object = {}): Rule["fault"] => ({
    kind: "answer",
    status,
    code,
    ...more,
  });
  const region = { headers: { "x-amz-bucket-region": "eu-west-1" } };

  it.each<[string, string, Rule["fault"]]>([
    ["301 PermanentRedirect", "region-wrong", refusal(301, "PermanentRedirect", region)],
    ["307 TemporaryRedirect", "region-wrong", refusal(307, "TemporaryRedirect", region)],
    ["403 AccessDenied", "access-denied", refusal(403, "AccessDenied")],
    ["403 SignatureDoesNotMatch", "credentials-wrong", refusal(403, "SignatureDoesNotMatch")],
    ["404 NoSuchBucket", "bucket-missing", refusal(404, "NoSuchBucket")],
  ])("at %s in the middle of it, and the next drop goes on", async (_, code, fault) => {
    const folder = await rig.shot();
    const before = await rig.look();
    await rig.inject({ when: { operation: "UploadPart", nth: 2 }, times: "always", fault });
    expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("failed");
    const problems = await workspace.problems();
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    if (code === "region-wrong") expect(problems[0]?.text).toContain("eu-west-1");
    expect(await rig.newManifests(before)).toEqual([]);
    expect(await rig.audit(before)).toEqual([]);

    const between = await rig.look();
    await rig.inject();
    expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("complete");
    expect(await rig.judge(workspace, folder, between)).toEqual([]);
  });

  it.each<[string, string, Rule["fault"]]>([
    ["301 PermanentRedirect", "region-wrong", refusal(301, "PermanentRedirect", region)],
    ["403 AccessDenied", "access-denied", refusal(403, "AccessDenied")],
    ["404 NoSuchBucket", "bucket-missing", refusal(404, "NoSuchBucket")],
  ])("at %s from the first request on", async (_, code, fault) => {
    const folder = await rig.shot(0);
    const before = await rig.look();
    await rig.inject({ times: "always", fault });
    expect(await workspace.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("failed");
    expect((await workspace.problems()).map((problem: ShownItem) => problem.code)).toEqual([code]);
    await rig.gateway.reset();
    expect(await rig.look()).toEqual(before);
  });
});

describe("everything arrives, and the result says what was verified, where the server", () => {
  const dropTwice = async (on: Rig, page: WorkspacePage, settings: Settings): Promise<[string, Entry[]]> => {
    await on.gateway.reset();
    const folder = await on.shot();
    const before = await on.look();
    await on.gateway.set(settings);
    expect(await page.dropAndWait([folder], UPLOAD_LIMIT_MS)).toBe("complete");
    const said = await checks(page);
    expect(await on.judge(page, folder, before)).toEqual([]);
    // What was learned of the server holds in the next run too.
    const [next, between] = [await on.shot(0), await on.look()];
    await on.gateway.clearLog();
    expect(await page.dropAndWait([next], UPLOAD_LIMIT_MS)).toBe("complete");
    expect(await on.judge(page, next, between)).toEqual([]);
    return [said, await on.gateway.log()];
  };

  it("takes checksums, conditions and owners without effect", async () => {
    const plain = await Rig.open({ like: "plain" });
    try {
      const page = await plain.workspace();
      const [said, log] = await dropTwice(plain, page, {
        checksum: "ignored",
        expectedOwner: "ignored",
        ifNoneMatch: "ignored",
      });
      expect(said).toMatch(/^Not checked by the server: \d+ objects\.$/);
      expect(log.filter(({ status }) => status !== 200 && status !== 404)).toEqual([]);
    } finally {
      await plain.close();
    }
  });

  it.each<[string, Settings, RegExp]>([
    [
      "knows no checksums, by 501",
      { checksum: "not-implemented" },
      /^Not checked by the server: \d+ objects\.$/,
    ],
    ["knows no checksums, by 400", { checksum: "invalid" }, /^Not checked by the server: \d+ objects\.$/],
    [
      "knows no conditional writes, by 501",
      { ifNoneMatch: "not-implemented" },
      /^Checked by the server: \d+ objects byte for byte\.$/,
    ],
    [
      "knows no uploads in parts, by 501",
      { multipart: "not-implemented" },
      /^Checked by the server: \d+ objects byte for byte\.$/,
    ],
  ])("%s", async (_, settings, sentence) => {
    await rig.moveOn();
    await workspace.page.bringToFront();
    try {
      const [said] = await dropTwice(rig, workspace, settings);
      expect(said).toMatch(sentence);
    } finally {
      await rig.gateway.reset();
    }
  });
});
