import { beforeEach, describe, expect, it, vi } from "vitest";
import { leadsToProfile, problemButton } from "./problem-button.ts";

const mocks = vi.hoisted(() => ({ askBackground: vi.fn(), showOptions: vi.fn() }));
vi.mock("./background-client.ts", () => ({ askBackground: mocks.askBackground }));
vi.mock("./browser.ts", () => ({ showOptions: mocks.showOptions }));
vi.mock("./dom.ts", () => ({
  make: (_tag: string, _attributes: unknown, words: string) =>
    Object.assign(new EventTarget(), { textContent: words }),
}));

const UPLOAD = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";
const tryAgain = vi.fn();

beforeEach(() => {
  vi.resetAllMocks();
});

it("tells what is mended in the profile from what may succeed as it is", () => {
  const leading = ["open-profile", "use-region"] as const;
  const others = [
    "copy-permissions",
    "enter-credentials",
    "renew-credentials",
    "sign-in",
    "try-again",
  ] as const;
  for (const action of leading) expect(leadsToProfile({ action })).toBe(true);
  for (const action of others) expect(leadsToProfile({ action })).toBe(false);
});

describe("the button that renews credentials", () => {
  const press = (refused = vi.fn()) => {
    const place = { tryAgain, uploadId: UPLOAD, refused };
    const button = problemButton({ action: "renew-credentials" }, place);
    button.dispatchEvent(new Event("click"));
    return { button, refused };
  };

  it("asks for those of its upload, and says that they are there", async () => {
    mocks.askBackground.mockResolvedValue({ ok: true, value: null });
    const { button, refused } = press();
    await vi.waitFor(() => expect(button.textContent).toBe("Renewed"));
    expect(mocks.askBackground).toHaveBeenCalledWith("credentials.renew", { uploadId: UPLOAD });
    expect(refused).not.toHaveBeenCalled();
  });

  it("says why there are none", async () => {
    const problem = { code: "farm-denied", what: "The farm refused.", next: "Ask." };
    mocks.askBackground.mockResolvedValue({ ok: false, problem });
    const { button, refused } = press();
    await vi.waitFor(() => expect(refused).toHaveBeenCalledWith(problem));
    expect(button.textContent).not.toBe("Renewed");
  });
});

it.each([
  [
    { action: "use-region", value: "eu-west-1" },
    { id: "region", value: "eu-west-1", profileId: "film" },
  ],
  [
    { action: "open-profile", value: "bucket" },
    { id: "bucket", profileId: "film" },
  ],
] as const)("leads to the profile that the problem is about: $action", (button, wish) => {
  problemButton(button, { tryAgain, uploadId: UPLOAD, profileId: "film" }).dispatchEvent(new Event("click"));
  expect(mocks.showOptions).toHaveBeenCalledWith(wish);
});

describe("the button that copies the missing permissions", () => {
  const press = (writeText: () => Promise<void>) => {
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    const button = problemButton({ action: "copy-permissions", value: "s3:PutObject" }, { tryAgain });
    button.dispatchEvent(new Event("click"));
    return button;
  };

  it("says that they are copied, or that the browser refused", async () => {
    const copied = press(async () => undefined);
    await vi.waitFor(() => expect(copied.textContent).toBe("Copied"));
    const refused = press(() => Promise.reject(new Error("not allowed")));
    await vi.waitFor(() => expect(refused.textContent).toBe("Not copied"));
  });
});
