import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PercentReports } from "./percent-reports.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("PercentReports", () => {
  it("tells the first percent at once, and the last one of each second", () => {
    const told: number[] = [];
    const reports = new PercentReports((percent) => told.push(percent));
    for (let percent = 0; percent < 50; percent += 1) {
      reports.take(percent);
      vi.advanceTimersByTime(100);
    }
    expect(told).toEqual([0, 9, 19, 29, 39, 49]);
    vi.advanceTimersByTime(5000);
    expect(told).toHaveLength(6);
  });

  it("tells no percent twice in a row", () => {
    const told: number[] = [];
    const reports = new PercentReports((percent) => told.push(percent));
    for (let second = 0; second < 5; second += 1) {
      reports.take(7);
      vi.advanceTimersByTime(1000);
    }
    expect(told).toEqual([7]);
    reports.take(8);
    expect(told).toEqual([7, 8]);
  });

  it("tells nothing after its end", () => {
    const told: number[] = [];
    const reports = new PercentReports((percent) => told.push(percent));
    reports.take(1);
    reports.take(2);
    reports.stop();
    vi.advanceTimersByTime(5000);
    expect(told).toEqual([1]);
  });
});
