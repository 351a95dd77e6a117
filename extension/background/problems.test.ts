import { afterEach, describe, expect, it } from "vitest";
import { speak } from "../shared/fake-i18n.ts";
import { text } from "../shared/text.ts";
import { noFarmAccess, noHostAccess, noSignInAccess } from "./problems.ts";

afterEach(() => speak("en"));

// A profile of an administrator's cannot be saved: pressing these buttons is what everybody can do.
describe.each(["en", "de"])("access that is missing (%s)", (language) => {
  it.each([
    [noHostAccess, "S3", ["workspaceAllowAccess"]],
    [noFarmAccess, "Deadline Cloud", ["workspaceAllowAccess", "optionsChooseQueue"]],
    [noSignInAccess, "Identity Center", ["optionsSignInStart"]],
  ] as const)("is named by its host, and by the buttons that ask for it: %o", (refusal, host, buttons) => {
    speak(language);
    const { what, next } = refusal().problem;
    expect(what).toContain(host);
    for (const button of buttons) expect(next).toContain(text(button));
  });
});
