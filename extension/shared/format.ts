/**
 * Numbers as people read them: counts, byte sizes, durations. Pure functions, English for now.
 */

const LOCALE = "en";
const UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"] as const;
const GB = 3;
const counts = new Intl.NumberFormat(LOCALE);

/** A number with thousands separators: `10,001`. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** A count and its noun: `1 file`, `10,001 files`. */
export function formatCounted(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** A count out of a total and its noun: `212 of 305 files`. */
export function formatCountedOf(
  done: number,
  total: number,
  singular: string,
  plural = `${singular}s`,
): string {
  return `${formatCount(done)} of ${formatCounted(total, singular, plural)}`;
}

/** A size in decimal units, as storage is sold and billed: `1.4 GB`, `96 MB`, `512 bytes`. */
export function formatBytes(bytes: bigint): string {
  const { amount, unit } = scaled(bytes);
  return `${amount} ${unit}`;
}

/** A size out of a total, the unit said once where it is the same: `96 of 98 MB`, `512 kB of 98 MB`. */
export function formatBytesOf(done: bigint, total: bigint): string {
  const part = scaled(done);
  const whole = scaled(total);
  const sameUnit = part.unit === whole.unit || done === 0n;
  return sameUnit
    ? `${part.amount} of ${whole.amount} ${whole.unit}`
    : `${part.amount} ${part.unit} of ${whole.amount} ${whole.unit}`;
}

/** A length of time to the second: `42 s`, `3 min 5 s`, `2 h 40 min`. Less than nothing counts as nothing. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** A speed in decimal units: `12 MB/s`. */
export function formatSpeed(bytesPerSecond: bigint): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** An estimate of what is left, no finer than anybody can know: `about 3 min`, `about 2 h 40 min`. */
export function formatRemaining(milliseconds: bigint): string {
  const minutes = Math.ceil(Number(milliseconds) / 60_000);
  if (minutes <= 1) return "less than a minute";
  if (minutes < 60) return `about ${minutes} min`;
  const hours = Math.floor(minutes / 60);
  // To five minutes: finer would only change all the time.
  const rest = Math.floor((minutes % 60) / 5) * 5;
  return rest === 0 ? `about ${formatCount(hours)} h` : `about ${formatCount(hours)} h ${rest} min`;
}

/** Beyond 2^53 bytes a double loses single bytes, which two or three shown digits cannot tell. */
function scaled(bytes: bigint): { amount: string; unit: string } {
  if (bytes < 1000n) return { amount: bytes.toString(), unit: bytes === 1n ? "byte" : "bytes" };
  let value = Number(bytes);
  let unit = 0;
  // 999,950 is "1 MB", never "1,000 kB": the unit is chosen by what rounding will show.
  while (Math.round(value) >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  // A large upload moves slowly through its gigabytes: one decimal more shows that it moves.
  const oneDecimalBelow = unit >= GB ? 99.95 : 9.95;
  const amount = value.toLocaleString(LOCALE, { maximumFractionDigits: value < oneDecimalBelow ? 1 : 0 });
  return { amount, unit: UNITS[unit] ?? "EB" };
}
