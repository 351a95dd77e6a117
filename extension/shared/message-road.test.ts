import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Listener, listen, SAME_PAGE, send } from "./message-road.ts";

const runtime = vi.hoisted(() => ({
  onMessage: { addListener: vi.fn() },
  sendMessage: vi.fn(),
}));
vi.mock("./browser.ts", () => ({ browser: { runtime } }));

beforeEach(() => vi.clearAllMocks());

describe("send", () => {
  it("goes to other contexts where nobody here takes it", async () => {
    runtime.sendMessage.mockResolvedValue("theirs");
    listen(() => undefined);
    expect(await send({ type: "a" })).toBe("theirs");
    expect(runtime.sendMessage).toHaveBeenCalledWith({ type: "a" });
  });

  it("stays in this page where somebody here takes it", async () => {
    const listener = vi.fn<Listener>(async () => "ours");
    listen(listener);
    expect(await send({ type: "a" })).toBe("ours");
    expect(listener).toHaveBeenCalledWith({ type: "a" }, SAME_PAGE);
    expect(runtime.sendMessage).not.toHaveBeenCalled();
    expect(runtime.onMessage.addListener).toHaveBeenCalledWith(listener);
  });
});
