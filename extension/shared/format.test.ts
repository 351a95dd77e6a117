import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { speak } from "./fake-i18n.ts";
import {
  formatBytes,
  formatBytesOf,
  formatCount,
  formatCounted,
  formatCountedOf,
  formatDuration,
  formatMoment,
  formatRemaining,
  formatSpeed,
} from "./format.ts";

describe("formatBytes", () => {
  it.each([
    [0n, "0 bytes"],
    [1n, "1 byte"],
    [999n, "999 bytes"],
    [1000n, "1 kB"],
    [1450n, "1.5 kB"],
    [9_949n, "9.9 kB"],
    [9_950n, "10 kB"],
    [999_499n, "999 kB"],
    [999_950n, "1 MB"],
    [96_400_000n, "96 MB"],
    [1_400_000_000n, "1.4 GB"],
    [60_140_000_000n, "60.1 GB"],
    [123_456_000_000n, "123 GB"],
    [5_000_000_000_000n, "5 TB"],
    [18_446_744_073_709_551_615n, "18.4 EB"],
  ])("%s is %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("formatBytesOf", () => {
  it("says a shared unit once", () => {
    expect(formatBytesOf(96_000_000n, 98_000_000n)).toBe("96 of 98 MB");
  });
  it("says both units where they differ", () => {
    expect(formatBytesOf(512_000n, 98_000_000n)).toBe("512 kB of 98 MB");
  });
  it("has no unit for nothing", () => {
    expect(formatBytesOf(0n, 98_000_000n)).toBe("0 of 98 MB");
  });
});

describe("counts", () => {
  it("separates thousands", () => {
    expect(formatCount(10_001)).toBe("10,001");
  });
  it("agrees in number", () => {
    expect(formatCounted(1, "sharedFiles")).toBe("1 file");
    expect(formatCounted(0, "sharedFiles")).toBe("0 files");
    expect(formatCounted(10_001, "sharedObjects")).toBe("10,001 objects");
    expect(formatCountedOf(212, 305, "sharedFilesOf")).toBe("212 of 305 files");
    expect(formatCountedOf(0, 1, "sharedFilesOf")).toBe("0 of 1 file");
  });
});

describe("formatDuration", () => {
  it.each([
    [-5, "0 s"],
    [999, "0 s"],
    [42_000, "42 s"],
    [60_000, "1 min 0 s"],
    [185_900, "3 min 5 s"],
    [3_600_000, "1 h 0 min"],
    [9_600_000, "2 h 40 min"],
  ])("%s ms is %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe("formatSpeed", () => {
  it("is bytes in decimal units each second", () => {
    expect(formatSpeed(12_300_000n)).toBe("12 MB/s");
  });
});

describe("formatRemaining", () => {
  it.each([
    [0n, "less than a minute"],
    [60_000n, "less than a minute"],
    [60_001n, "about 2 min"],
    [3_540_000n, "about 59 min"],
    [3_600_000n, "about 1 h"],
    [9_600_000n, "about 2 h 40 min"],
    [9_780_000n, "about 2 h 40 min"],
    [1_000_000_000_000n, "about 277,777 h 45 min"],
  ])("%s ms are %s", (milliseconds, text) => {
    expect(formatRemaining(milliseconds)).toBe(text);
  });
});

describe("in German", () => {
  beforeEach(() => speak("de-AT"));
  afterEach(() => speak("en"));
  it("writes numbers and units as people there do", () => {
    expect(formatBytes(1_450n)).toBe("1,5 kB");
    expect(formatBytes(999n)).toBe("999 Byte");
    expect(formatBytesOf(512_000n, 1_400_000_000n)).toBe("512 kB von 1,4 GB");
    expect(formatCountedOf(1, 2, "sharedObjectsOf")).toBe("1 von 2 Objekten");
    expect(formatRemaining(9_600_000n)).toBe("etwa 2 h 40 min");
    expect(formatMoment(Date.UTC(2026, 10, 24, 12))).toMatch(/^24\.11\.2026, \d{2}:00$/);
  });
});
