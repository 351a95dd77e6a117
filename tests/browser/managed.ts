/**
 * What an administrator sets for the extension. Chromium reads it from a folder of the system, which only root may write:
 * as `cargo xtask test` is run where it installs Chromium. The policy names the id of the test's own extension, so no other
 * browser of the machine heeds it. Firefox also reads it below the home folder, which every test's Firefox has of its own.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AnyExtensionBrowser, chromiumOf } from "./extension-browser.ts";
import { ADDON_ID, FirefoxExtension } from "./firefox-extension.ts";

const CHROMIUM_POLICIES = "/etc/chromium/policies/managed";
let policyFile: string | undefined;

/** Sets it and starts the browser again. */
export async function administer(browser: AnyExtensionBrowser, data: object): Promise<AnyExtensionBrowser> {
  const again = await write(browser, data).then(() => browser.restart());
  // Chromium reads policies some seconds after its start.
  const page = await again.openPage("options/options.html");
  const isThere = () => chrome.storage.managed.get(null).then((policy) => "profiles" in policy);
  await page.waitForFunction(isThere, { timeout: 60_000, polling: 200 });
  await page.close();
  return again;
}

/** Sets it for a Chromium that goes on; Firefox reads it at its start only. */
export const administerRunning = (browser: AnyExtensionBrowser, data: object): Promise<void> =>
  write(browser, data);

/** Takes away what was set outside of the browser's own folder. */
export async function endAdministration(): Promise<void> {
  if (policyFile) await rm(policyFile, { force: true });
}

async function write(browser: AnyExtensionBrowser, data: object): Promise<void> {
  const any: unknown = browser;
  if (any instanceof FirefoxExtension) {
    const folder = join(any.firefox.folder, ".mozilla/managed-storage");
    await mkdir(folder, { recursive: true });
    const manifest = { name: ADDON_ID, description: "Set by a test", type: "storage", data };
    await writeFile(join(folder, `${ADDON_ID}.json`), JSON.stringify(manifest));
    return;
  }
  await mkdir(CHROMIUM_POLICIES, { recursive: true });
  policyFile = join(CHROMIUM_POLICIES, `attachments-test-${process.pid}.json`);
  const extensions = { [chromiumOf(browser).extensionId]: data };
  await writeFile(policyFile, JSON.stringify({ "3rdparty": { extensions } }));
}
