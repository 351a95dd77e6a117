/** The test of the connection on the options page, against SeaweedFS and the strict gateway: what each failure says. */
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { ProfileFields } from "../../extension/shared/messages.ts";
import { type AnyExtensionBrowser, startExtension } from "../browser/extension-browser.ts";
import { OptionsPage, type TypedCredentials } from "../browser/options-page.ts";
import { profileFor } from "../browser/ready-browser.ts";
import { Gate, s3Error } from "../faults/gate.ts";
import { StrictGateway } from "../gateway/client.ts";
import { Bucket, storeFromEnvironment } from "../s3.ts";

/** What the strict gateway says when nobody tells it otherwise. */
const OWNER = "111122223333";

const store = storeFromEnvironment();
const bucket = new Bucket(store);
let gateway: StrictGateway;
let gate: Gate;
let browser: AnyExtensionBrowser;

beforeAll(async () => {
  gateway = await StrictGateway.open(store, "--owner", OWNER);
  gate = await Gate.open(store.endpoint);
  const grantedOrigins = [store.endpoint, gateway.origin, gate.origin];
  browser = await startExtension({ headless: true, grantedOrigins });
  // Access to a host is given back when no profile names it any more: these do, while the tests change another one.
  const options = await OptionsPage.open(browser);
  for (const [index, endpoint] of [store.endpoint, ...grantedOrigins].entries()) {
    if (index > 0) await options.page.click("#new-profile");
    const name = index === 0 ? "Demo" : `Keeps ${endpoint}`;
    const profile = { ...profileFor(store, "/projects/shot_010"), name, endpoint };
    expect((await options.saveProfile(profile)).state).toBe("saved");
  }
  await options.page.close();
});
afterAll(async () => {
  await browser?.close();
  await gate?.close();
  await gateway?.close();
});
afterEach(async () => {
  gate.rule = () => undefined;
  gate.seen.length = 0;
  await gateway.reset();
});

/** Fills the options page and presses the button; gives `step: verdict code` of every step. */
async function test(
  changes: Partial<ProfileFields>,
  credentials: Partial<TypedCredentials> = {},
): Promise<string[]> {
  const options = await OptionsPage.open(browser);
  try {
    const good = { accessKeyId: store.accessKey, secretAccessKey: store.secretKey, sessionToken: "" };
    await options.saveCredentials({ ...good, ...credentials });
    await options.typeProfile({ ...profileFor(store, "/projects/shot_010"), ...changes });
    return (await options.testConnection()).map(({ step, verdict, code }) => `${step}: ${verdict} ${code}`);
  } finally {
    await options.page.close();
  }
}

const NOT_REACHED = (...steps: string[]) => steps.map((step) => `${step}: not-tried not-reached`);
const PASSED_TO_BUCKET = [
  "server: passed server-answers",
  "clock: passed clock-right",
  "credentials: passed credentials-taken",
  "region: passed region-right",
  "bucket: passed bucket-there",
];
const ALL_ALLOWED = [
  "read: passed read-allowed",
  "write: passed write-allowed",
  "abort: passed abort-allowed",
];

it("passes every step against SeaweedFS and leaves nothing there", async () => {
  const rootPrefix = `connection-${process.pid}-${Date.now()}`;
  expect(await test({ endpoint: gate.origin, rootPrefix })).toEqual([
    ...PASSED_TO_BUCKET,
    "owner: not-tried owner-unnamed",
    ...ALL_ALLOWED,
  ]);
  expect(gate.seen.map((request) => request.split(" ")[0])).toEqual(["GET", "POST", "DELETE"]);
  expect(gate.seen.every((request) => request.includes(`/${rootPrefix}/Data/`))).toBe(true);
  expect(await bucket.list(`${rootPrefix}/`)).toEqual(new Map());
  expect(await bucket.openUploads(`${rootPrefix}/`)).toEqual([]);
});

it("passes every step against the strict gateway, the owner included", async () => {
  expect(await test({ endpoint: gateway.origin, expectedBucketOwner: OWNER })).toEqual([
    ...PASSED_TO_BUCKET,
    "owner: passed owner-right",
    ...ALL_ALLOWED,
  ]);
});

const REST = ["bucket", "owner", "read", "write", "abort"];

it.each([
  ["a secret that does not belong to the key", { secretAccessKey: "wrong" }, "credentials-wrong"],
  ["a key that nobody knows", { accessKeyId: "AKIANOBODYKNOWSTHIS1" }, "credentials-unknown"],
])("says so of %s, on both servers", async (_what, credentials, code) => {
  for (const endpoint of [store.endpoint, gateway.origin]) {
    expect(await test({ endpoint }, credentials)).toEqual([
      "server: passed server-answers",
      "clock: passed clock-right",
      `credentials: failed ${code}`,
      ...NOT_REACHED("region", ...REST),
    ]);
  }
});

it("says so of credentials that have expired", async () => {
  gate.rule = () => s3Error(400, "ExpiredToken");
  expect(await test({ endpoint: gate.origin })).toContain("credentials: failed credentials-expired");
  expect(gate.seen).toHaveLength(1);
});

it("says so of a bucket that is not there", async () => {
  for (const endpoint of [store.endpoint, gateway.origin]) {
    expect(await test({ endpoint, bucket: "nobody-has-this-bucket" })).toContain(
      "bucket: failed bucket-missing",
    );
  }
});

it("names the right region as S3 tells it", async () => {
  const answers = [
    s3Error(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"),
    { ...s3Error(301, "PermanentRedirect"), headers: { "x-amz-bucket-region": "eu-west-1" } },
  ];
  for (const answer of answers) {
    gate.rule = () => answer;
    const options = await OptionsPage.open(browser);
    await options.typeProfile({ ...profileFor(store, "/projects/shot_010"), endpoint: gate.origin });
    const found = await options.testConnection();
    const region = found.find(({ step }) => step === "region");
    expect(region).toMatchObject({ verdict: "failed", code: "region-other" });
    expect(region?.words).toContain("Set the region to eu-west-1");
    await options.page.close();
  }
});

it("tells a wrong owner from missing permission", async () => {
  expect(await test({ endpoint: gateway.origin, expectedBucketOwner: "999999999999" })).toEqual([
    ...PASSED_TO_BUCKET,
    "owner: failed owner-wrong",
    "read: passed read-allowed",
    ...NOT_REACHED("write", "abort"),
  ]);
  await gateway.inject({ times: "always", fault: { kind: "answer", status: 403, code: "AccessDenied" } });
  expect(await test({ endpoint: gateway.origin, expectedBucketOwner: OWNER })).toEqual([
    ...PASSED_TO_BUCKET.slice(0, 4),
    "bucket: not-tried bucket-hidden",
    "owner: not-tried not-reached",
    "read: failed read-denied",
    "write: failed write-denied",
    ...NOT_REACHED("abort"),
  ]);
});

it("goes on by the server's clock where this computer's is wrong", async () => {
  await gateway.set({ skewMinutes: 20 });
  expect(await test({ endpoint: gateway.origin })).toEqual([
    "server: passed server-answers",
    "clock: failed clock-behind",
    ...PASSED_TO_BUCKET.slice(2),
    "owner: not-tried owner-unnamed",
    ...ALL_ALLOWED,
  ]);
});

it("says which permission is missing to give up an upload", async () => {
  const denied = { kind: "answer", status: 403, code: "AccessDenied" } as const;
  await gateway.inject({ when: { operation: "AbortMultipartUpload" }, times: "always", fault: denied });
  const found = await test({ endpoint: gateway.origin });
  expect(found).toContain("write: passed write-allowed");
  expect(found).toContain("abort: failed abort-denied");
});

it("says so where nobody answers", async () => {
  gate.rule = () => "hang-up";
  expect(await test({ endpoint: gate.origin })).toEqual([
    "server: failed server-silent",
    ...NOT_REACHED("clock", "credentials", "region", ...REST),
  ]);
});

it("asks for credentials where there are none", async () => {
  const options = await OptionsPage.open(browser);
  await options.page.click("#forget-credentials");
  await options.page.waitForSelector("#credentials-message[data-state=saved]");
  await options.typeProfile(profileFor(store, "/projects/shot_010"));
  await options.page.click("#test-connection");
  await options.page.waitForSelector("#connection[data-state=refused]");
  const said = await options.page.$eval("#connection-summary", (element) => element.textContent);
  expect(said).toContain("no credentials");
  await options.page.close();
});
