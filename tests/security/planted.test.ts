/** The search of the disk finds what is there: an object like the keys, as each store of the browser packs it. */
import { beforeAll, expect, it } from "vitest";
import { isFirefox, startExtension } from "../browser/extension-browser.ts";
import { planted, plantKeys } from "./planted.ts";
import { formsBelow } from "./secret-forms.ts";

/** What tells the files of each store. */
const PLACES = isFirefox
  ? {
      "storage.local": /\^userContextId=\d+\/idb\//,
      IndexedDB: /-extension[^^]*\/idb\//,
      "the cache": /\/cache\/morgue\//,
      "the session": /^sessionstore\.jsonlz4/,
    }
  : {
      "storage.local": /\/Local Extension Settings\/.*\.ldb/,
      IndexedDB: /\/IndexedDB\/.*\.ldb/,
      "the history": /\/History/,
    };

let found: string[] = [];
beforeAll(async () => {
  const browser = await startExtension({ headless: true });
  await plantKeys(await browser.openPage("popup/popup.html"));
  await browser.openPage(`popup/popup.html?${Object.values(planted)}`);
  await browser.close(async (profile) => {
    found = await formsBelow(profile, planted);
  });
});

it.each(Object.entries(PLACES))("%s is unpacked", (name, place) => {
  const here = found.filter((one) => place.test(one) && one.includes(", unpacked: ")).join();
  expect(here).toContain("plantedKey");
  expect(here).toContain("plantedToken");
  if (name === "IndexedDB") expect(here).toContain("plantedLarge");
});
