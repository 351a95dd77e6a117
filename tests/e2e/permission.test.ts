/** The one host that a profile names is asked for, and nothing else; and what the pages say when the answer is no. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { askedBy, deny } from "../browser/deny.ts";
import { type AnyExtensionBrowser, accessTo, startExtension } from "../browser/extension-browser.ts";
import { OptionsPage } from "../browser/options-page.ts";
import { profileFor } from "../browser/ready-browser.ts";
import { storeFromEnvironment } from "../s3.ts";

const store = storeFromEnvironment();
const profile = profileFor(store, "/projects/shot_010");
const origin = accessTo(store.endpoint);

let browser: AnyExtensionBrowser;
beforeAll(async () => {
  browser = await startExtension({ headless: true });
});
afterAll(() => browser?.close());

it("asks for the host of the endpoint, and says what a no means", async () => {
  const options = await OptionsPage.open(browser);
  await deny(options.page);
  const { state, message } = await options.saveProfile(profile);
  expect(await askedBy(options.page)).toEqual([{ origins: [origin] }]);
  expect(state).toBe("saved");
  expect(message).toContain("not allowed to reach");
  await options.saveCredentials({
    accessKeyId: store.accessKey,
    secretAccessKey: store.secretKey,
    sessionToken: "",
  });
  await options.page.close();
});

it("asks again from the workspace, which takes nothing until the answer is yes", async () => {
  const page = await browser.openPage("workspace/workspace.html");
  await page.waitForSelector("body[data-state=no-host-access]");
  await deny(page);
  await page.click("#allow-access");
  await page.waitForFunction(() => document.querySelector("#notice")?.textContent?.includes("not allowed"));
  expect(await askedBy(page)).toEqual([{ origins: [origin] }]);
  expect(await page.$eval("#drop-zone", (zone) => zone.hasAttribute("hidden"))).toBe(true);
  const begun = await page.evaluate(async () => {
    const { value } = await chrome.runtime.sendMessage({ type: "status.get" });
    const uploadId = crypto.randomUUID();
    const { profileId } = value;
    return chrome.runtime.sendMessage({ type: "upload.begin", uploadId, profileId, label: "shot_010" });
  });
  expect(begun.problem.code).toBe("host-access-missing");
  await page.close();
});

it("asks for the bucket's own host at AWS", async () => {
  const options = await OptionsPage.open(browser);
  await deny(options.page);
  const atAws = { ...profile, region: "us-west-2", bucket: "farm-bucket", endpoint: "", pathStyle: false };
  expect((await options.saveProfile(atAws)).state).toBe("saved");
  expect(await askedBy(options.page)).toEqual([
    { origins: ["https://farm-bucket.s3.us-west-2.amazonaws.com/*"] },
  ]);
  await options.page.close();
});
