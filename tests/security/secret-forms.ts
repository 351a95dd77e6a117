/** A secret as it may lie in storage, in memory or in a file: the bytes to look for. */
import { createReadStream, type Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { unpacked } from "./unpacked.ts";

/** Every form of a text of ASCII characters. Each is specific enough not to be met by chance. */
export function formsOf(secret: string): Map<string, Buffer> {
  const bytes = Buffer.from(secret);
  const forms = new Map([
    ["UTF-8", bytes],
    ["UTF-16", Buffer.from(secret, "utf16le")],
    ["hex", Buffer.from(bytes.toString("hex"))],
    ["HEX", Buffer.from(bytes.toString("hex").toUpperCase())],
  ]);
  const escaped = encodeURIComponent(secret);
  if (escaped !== secret) forms.set("escaped", Buffer.from(escaped));
  const json = secret.replaceAll("/", "\\/");
  if (json !== secret) forms.set("JSON", Buffer.from(json));
  // Firefox adds one to each character of a key of IndexedDB, and `storage.local` is one.
  forms.set("key of IndexedDB", Buffer.from(bytes.map((byte) => byte + 1)));
  // In the middle of other bytes base64 has three forms, whose ends depend on what stands beside.
  for (const before of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const sure = text.slice(before === 0 ? 0 : before + 1, -2);
    forms.set(`base64, ${before} bytes in`, Buffer.from(sure));
    forms.set(`base64 as UTF-16, ${before} bytes in`, Buffer.from(sure, "utf16le"));
  }
  return forms;
}

/** Which forms of which secrets are in these bytes: `name (form)`. */
export function formsIn(bytes: Uint8Array, secrets: Record<string, string>): string[] {
  const hay = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Object.entries(secrets).flatMap(([name, secret]) =>
    [...formsOf(secret)].filter(([, form]) => hay.includes(form)).map(([form]) => `${name} (${form})`),
  );
}

/**
 * Where in all files below a folder: `path: name (form)`, and in names of files. What a browser has packed is searched too, as
 * `path, unpacked: name (form)`; the browser must have ended.
 */
export async function formsBelow(folder: string, secrets: Record<string, string>): Promise<string[]> {
  const found: string[] = [];
  const entries: Dirent[] = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const shown = path.slice(folder.length + 1);
    for (const form of formsIn(Buffer.from(entry.name), secrets)) found.push(`name of ${shown}: ${form}`);
    if (!entry.isFile()) continue;
    for (const form of await formsInFile(path, secrets)) found.push(`${shown}: ${form}`);
  }
  // Afterwards: it can remove files.
  const files = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const inValues = new Set<string>();
  for await (const { path, value } of unpacked(files))
    for (const form of formsIn(value, secrets))
      inValues.add(`${path.slice(folder.length + 1)}, unpacked: ${form}`);
  found.push(...inValues);
  return found;
}

/** Which of these places hold one of the secrets with these names, and which hold another one. */
export function partedBy(
  found: readonly string[],
  names: readonly string[],
): { these: string[]; others: string[] } {
  const isOne = (place: string) => names.some((name) => place.includes(`: ${name} (`));
  return { these: found.filter(isOne), others: found.filter((place) => !isOne(place)) };
}

/** Which forms are in a file of any size. */
export async function formsInFile(path: string, secrets: Record<string, string>): Promise<string[]> {
  const longest = Math.max(
    ...Object.values(secrets).flatMap((secret) => [...formsOf(secret).values()].map(({ length }) => length)),
  );
  const found = new Set<string>();
  let tail = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 8 * 1024 * 1024 })) {
    const piece = Buffer.concat([tail, chunk as Buffer]);
    for (const form of formsIn(piece, secrets)) found.add(form);
    // A form that lies across two chunks.
    tail = piece.subarray(Math.max(0, piece.length - longest));
  }
  return [...found];
}
