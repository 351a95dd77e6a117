/**
 * Numbers as people read them, in their language: counts, byte sizes, durations. Units are messages, since browsers
 * know no exabyte and cut the same unit short in other ways.
 */
import { language, type PluralName, text, textFor } from "./text.ts";

const UNITS = ["kB", "MB", "GB", "TB", "PB", "EB"] as const;
const GB = 3;

/** A number with separators: `10,001`. */
export function formatCount(count: number): string {
  return count.toLocaleString(language());
}

/** A count and its noun, which is a message that takes the count: `1 file`, `10,001 files`. */
export function formatCounted(count: number, noun: PluralName): string {
  return textFor(count, noun, formatCount(count));
}

/** A count out of a total and its noun, which is a message that takes both: `212 of 305 files`. */
export function formatCountedOf(done: number, total: number, noun: PluralName): string {
  return textFor(total, noun, formatCount(done), formatCount(total));
}

/** A size in decimal units, as storage is sold and billed: `1.4 GB`, `96 MB`, `512 bytes`. */
export function formatBytes(bytes: bigint): string {
  const { amount, withUnit } = scaled(bytes);
  return withUnit(amount);
}

/** A size out of a total, the unit said once where it is the same: `96 of 98 MB`, `512 kB of 98 MB`. */
export function formatBytesOf(done: bigint, total: bigint): string {
  const part = scaled(done);
  const whole = scaled(total);
  const sameUnit = part.unit === whole.unit || done === 0n;
  return text(
    "formatDone",
    sameUnit ? part.amount : part.withUnit(part.amount),
    whole.withUnit(whole.amount),
  );
}

/** Whole percent: `42 %`. */
export function formatPercent(percent: number): string {
  return text("formatPercent", formatCount(percent));
}

/** A length of time to the second: `42 s`, `3 min 5 s`, `2 h 40 min`. Less than nothing counts as nothing. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return text("formatSeconds", seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return text("formatMinutes", minutes, seconds % 60);
  return text("formatHours", formatCount(Math.floor(minutes / 60)), minutes % 60);
}

/** A speed in decimal units: `12 MB/s`. */
export function formatSpeed(bytesPerSecond: bigint): string {
  return text("formatSpeed", formatBytes(bytesPerSecond));
}

/** An estimate of what is left, no finer than anybody can know: `about 3 min`, `about 2 h 40 min`. */
export function formatRemaining(milliseconds: bigint): string {
  const minutes = Math.ceil(Number(milliseconds) / 60_000);
  if (minutes <= 1) return text("formatRemainingLittle");
  if (minutes < 60) return text("formatRemainingMinutes", minutes);
  const hours = formatCount(Math.floor(minutes / 60));
  // To five minutes: finer would only change all the time.
  const rest = Math.floor((minutes % 60) / 5) * 5;
  return rest === 0 ? text("formatRemainingHours", hours) : text("formatRemainingHoursMinutes", hours, rest);
}

/** A day and a time of day. */
export function formatMoment(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString(language(), { dateStyle: "medium", timeStyle: "short" });
}

/** Things in a row: `a, b`. */
export function formatList(things: readonly string[]): string {
  return new Intl.ListFormat(language(), { type: "unit", style: "short" }).format(things);
}

interface Scaled {
  amount: string;
  /** Equal for sizes of the same unit. */
  unit: number;
  withUnit: (amount: string) => string;
}

/** Beyond 2^53 bytes a double loses single bytes, which two or three shown digits cannot tell. */
function scaled(bytes: bigint): Scaled {
  const inBytes = (amount: string): string => textFor(bytes, "formatBytes", amount);
  if (bytes < 1000n) return { amount: formatCount(Number(bytes)), unit: 0, withUnit: inBytes };
  let value = Number(bytes);
  let unit = 0;
  // 999,950 is "1 MB", never "1,000 kB": the unit is chosen by what rounding will show.
  while (Math.round(value) >= 1000 && unit < UNITS.length) {
    value /= 1000;
    unit += 1;
  }
  // A large upload moves slowly through its gigabytes: one decimal more shows that it moves.
  const oneDecimalBelow = unit >= GB ? 99.95 : 9.95;
  const amount = value.toLocaleString(language(), { maximumFractionDigits: value < oneDecimalBelow ? 1 : 0 });
  const name = `formatBytes_${UNITS[unit - 1] ?? "EB"}` as const;
  return { amount, unit, withUnit: (shown) => text(name, shown) };
}
