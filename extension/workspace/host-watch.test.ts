import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HostWatch } from "./host-watch.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watch(): { hostWatch: HostWatch; ask: ReturnType<typeof vi.fn>; lost: ReturnType<typeof vi.fn> } {
  const ask = vi.fn();
  const lost = vi.fn();
  return { hostWatch: new HostWatch(ask, lost), ask, lost };
}

describe("HostWatch", () => {
  it("is quiet while the host speaks", () => {
    const { hostWatch, ask } = watch();
    for (let n = 0; n < 20; n++) {
      hostWatch.alive();
      vi.advanceTimersByTime(9000);
    }
    expect(ask).not.toHaveBeenCalled();
  });

  it("asks a silent host three times, then calls it lost, once", () => {
    const { hostWatch, ask, lost } = watch();
    hostWatch.alive();
    vi.advanceTimersByTime(30_000);
    expect(ask).toHaveBeenCalledTimes(3);
    expect(lost).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(ask).toHaveBeenCalledTimes(3);
    expect(lost).toHaveBeenCalledTimes(1);
  });

  it("starts over when the host answers", () => {
    const { hostWatch, lost } = watch();
    hostWatch.alive();
    vi.advanceTimersByTime(35_000);
    hostWatch.alive();
    vi.advanceTimersByTime(35_000);
    expect(lost).not.toHaveBeenCalled();
  });

  it("expects nothing after the end", () => {
    const { hostWatch, ask, lost } = watch();
    hostWatch.alive();
    hostWatch.stop();
    vi.advanceTimersByTime(100_000);
    expect(ask).not.toHaveBeenCalled();
    expect(lost).not.toHaveBeenCalled();
  });
});
