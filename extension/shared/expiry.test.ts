import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ExpiryCountdown, expirySentence } from "./expiry.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("how long credentials are good", () => {
  it("is said to the second, and not at all where nobody knows", () => {
    expect(expirySentence(1_000_000 + 65_000)).toBe("Good for another 1 min 5 s.");
    expect(expirySentence(undefined)).toBe("");
  });

  it("is counted down, and its end is told once", () => {
    const element = { textContent: "" } as HTMLElement;
    const ended = vi.fn();
    const countdown = new ExpiryCountdown(element, ended);
    countdown.show(1_000_000 + 2_000);
    expect(element.textContent).toBe("Good for another 2 s.");
    vi.advanceTimersByTime(1_000);
    expect(element.textContent).toBe("Good for another 1 s.");
    expect(ended).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_000);
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it("is not counted for what has ended already, and stops where other credentials come", () => {
    const element = { textContent: "" } as HTMLElement;
    const ended = vi.fn();
    const countdown = new ExpiryCountdown(element, ended);
    countdown.show(1_000_000 - 1);
    countdown.show(1_000_000 + 2_000);
    countdown.show(undefined);
    vi.advanceTimersByTime(10_000);
    expect(ended).not.toHaveBeenCalled();
    expect(element.textContent).toBe("");
  });
});
