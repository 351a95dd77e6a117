import { text } from "../text.ts";
import { type Intake, type IntakeItem, isFound } from "./intake.ts";

/** What Firefox gives for each byte of a name that is not valid text. */
const LOST = "\uFFFD";

/**
 * Takes no file whose name the browser has not kept: on the farm nobody would find it. A name that really holds that
 * character looks the same.
 */
export async function* withoutLostNames(items: Intake["items"]): AsyncGenerator<IntakeItem> {
  for await (const item of items) {
    if (isFound(item) && item.relativePath.includes(LOST))
      yield { path: item.relativePath, code: "name-not-unicode", reason: text("intakeNameLost") };
    else yield item;
  }
}
