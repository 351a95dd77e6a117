/** The dialog of the system in which a person chooses files or a folder. */
import type { Page } from "puppeteer-core";
import { FirefoxContent } from "./firefox-content.ts";

/** The dialog that is opened next will choose this path; gives what has to be waited for once it is asked to open. */
export async function readyToChoose(page: Page, path: string): Promise<() => Promise<void>> {
  const document: unknown = page;
  if (document instanceof FirefoxContent) {
    await document.answerDialogs(path);
    return async () => undefined;
  }
  const opens = page.waitForFileChooser();
  // The driver catches choosers only some time after it was asked to.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return async () => (await opens).accept([path]);
}
