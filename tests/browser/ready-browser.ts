/**
 * A browser in which a person has already set up a profile and typed credentials.
 */
import { dirname } from "node:path";
import type { ProfileFields } from "../../extension/shared/messages.ts";
import type { Store } from "../s3.ts";
import { type AnyExtensionBrowser, startExtension } from "./extension-browser.ts";
import { OptionsPage, type SaveOutcome } from "./options-page.ts";

/** The profile for uploads of `folder` to `store`: paths in the manifest begin with the folder's own name. */
export function profileFor(store: Store, folder: string): ProfileFields {
  return {
    name: "Demo",
    region: store.region,
    farmId: store.farmId,
    queueId: store.queueId,
    bucket: store.bucket,
    rootPrefix: store.rootPrefix,
    assetRoot: dirname(folder),
    assetRootFormat: "posix",
    endpoint: store.endpoint,
    pathStyle: true,
    expectedBucketOwner: "",
    concurrency: 0,
    bandwidthLimit: 0,
    spreadHosts: false,
    casPrefix: "",
    manifestPrefix: "",
    locationName: "",
    storageProfileId: "",
    outputDirectories: [],
    manifestVersion: "v2023-03-03",
    queueRole: false,
    deadlineEndpoint: "",
    principalId: "",
  };
}

/** Starts the browser and fills the options page. */
export async function startReadyBrowser(
  store: Store,
  profile: ProfileFields,
  headless: boolean,
  allowed: readonly string[] = [],
): Promise<AnyExtensionBrowser> {
  const grantedOrigins = [new URL(store.endpoint).origin, ...allowed];
  const browser = await startExtension({ headless, grantedOrigins });
  try {
    const options = await OptionsPage.open(browser);
    expectSaved("profile", await options.saveProfile(profile));
    const credentials = {
      accessKeyId: store.accessKey,
      secretAccessKey: store.secretKey,
      sessionToken: "",
    };
    expectSaved("credentials", await options.saveCredentials(credentials));
    await options.page.close();
    return browser;
  } catch (error) {
    await browser.close();
    throw error;
  }
}

function expectSaved(what: string, outcome: SaveOutcome): void {
  if (outcome.state !== "saved") throw new Error(`The options page refused the ${what}: ${outcome.message}`);
}
