import { expect, it, vi } from "vitest";
import { ProfileChoice } from "./profile-choice.ts";

const mocks = vi.hoisted(() => ({ askBackground: vi.fn() }));
vi.mock("./background-client.ts", () => ({ askBackground: mocks.askBackground }));

it("tells why another profile could not be chosen", async () => {
  const problem = { code: "profile-missing", what: "It is gone.", next: "Choose another one." };
  const select = Object.assign(new EventTarget(), { value: "other" });
  const changed = vi.fn(async () => undefined);
  new ProfileChoice(select as unknown as HTMLSelectElement, changed);
  mocks.askBackground.mockResolvedValueOnce({ ok: false, problem });
  select.dispatchEvent(new Event("change"));
  await vi.waitFor(() => expect(changed).toHaveBeenLastCalledWith(problem));
  mocks.askBackground.mockResolvedValueOnce({ ok: true, value: null });
  select.dispatchEvent(new Event("change"));
  await vi.waitFor(() => expect(changed).toHaveBeenLastCalledWith(undefined));
});
