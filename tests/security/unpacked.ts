/**
 * What lies in the files of a browser's profile in another shape than it was given to the browser: packed, so that a text is
 * torn to pieces of a few characters, or split over blocks.
 */
import { execFileSync } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { Reader, unlz4, unsnap } from "./packing.ts";

const SQLITE = Buffer.from("SQLite format 3\0");
/** Firefox's own files, such as those of its sessions: LZ4. */
const MOZ_LZ4 = Buffer.from("mozLz40\0");
/** Snappy with frames: Firefox's `caches`, and large values of its IndexedDB. */
const FRAMES = Buffer.from("\xff\x06\0\0sNaPpY", "latin1");
/** Large values of Chromium's IndexedDB: what follows is snappy. */
const BLINK_PACKED = Buffer.from("\xff\x11\x02", "latin1");
/** The last bytes of a table of LevelDB. */
const TABLE = Buffer.from("57fb808b247547db", "hex");
/** A log of LevelDB; its file begins with a checksum. */
const LOG = /^\d{6}\.log$/;
const LOG_BLOCK = 32_768;

/** A value as it was before it was packed. */
interface Unpacked {
  path: string;
  value: Buffer;
}

/**
 * The values in files as they were before they were packed; none for a file that packs nothing. The browser must have ended.
 * Databases are put in order, which can remove files beside them.
 */
export async function* unpacked(paths: readonly string[]): AsyncGenerator<Unpacked> {
  const databases: string[] = [];
  for (const path of paths) {
    const { head, tail } = await endsOf(path);
    if (head.equals(SQLITE)) databases.push(path);
    else for (const value of await valuesIn(path, head, tail)) yield { path, value };
  }
  for (const { path, value } of sqliteValues(databases)) {
    yield { path, value };
    for (const one of unsnapped(value)) yield { path, value: one };
  }
}

async function valuesIn(path: string, head: Buffer, tail: Buffer): Promise<Buffer[]> {
  const begins = (mark: Buffer) => head.subarray(0, mark.length).equals(mark);
  if (begins(MOZ_LZ4)) return [unlz4((await readFile(path)).subarray(MOZ_LZ4.length))];
  if (begins(FRAMES)) return [frames(await readFile(path))];
  if (begins(BLINK_PACKED)) return blink(await readFile(path));
  if (tail.equals(TABLE)) return tableValues(await readFile(path)).flatMap((one) => [one, ...blink(one)]);
  if (LOG.test(basename(path))) return logValues(await readFile(path)).flatMap((one) => [one, ...blink(one)]);
  return [];
}

async function endsOf(path: string): Promise<{ head: Buffer; tail: Buffer }> {
  await using file = await open(path);
  const { size } = await file.stat();
  const read = async (length: number, at: number) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, Math.max(0, at));
    return buffer.subarray(0, bytesRead);
  };
  return { head: await read(SQLITE.length, 0), tail: await read(TABLE.length, size - TABLE.length) };
}

/** The same without snappy, if it was packed with it. */
function unsnapped(value: Buffer): Buffer[] {
  const whole = unsnap(value);
  return whole === undefined ? [] : [whole];
}

/** What must be packed with snappy, without it. */
function surely(packed: Buffer): Buffer {
  const whole = unsnap(packed);
  if (whole === undefined) throw new Error("This should be snappy, and is not.");
  return whole;
}

const ALL_VALUES = `
import sqlite3, struct, sys
for at, path in enumerate(sys.argv[1:]):
    database = sqlite3.connect(path)
    database.text_factory = bytes
    tables = "select name from sqlite_master where type = 'table' and sql not like 'create virtual%'"
    for (table,) in database.execute(tables).fetchall():
        for row in database.execute('select * from "%s"' % table.decode()):
            for value in row:
                if isinstance(value, bytes):
                    sys.stdout.buffer.write(struct.pack("<II", at, len(value)) + value)
`;

/** All texts and blobs of all tables. */
function* sqliteValues(paths: readonly string[]): Generator<Unpacked> {
  const all = execFileSync("python3", ["-I", "-S", "-c", ALL_VALUES, ...paths], { maxBuffer: 1024 ** 3 });
  for (let at = 0; at < all.length; ) {
    const end = at + 8 + all.readUInt32LE(at + 4);
    yield { path: paths[all.readUInt32LE(at)] ?? "", value: all.subarray(at + 8, end) };
    at = end;
  }
}

/** Keys and values of a table of LevelDB. */
function tableValues(file: Buffer): Buffer[] {
  const footer = new Reader(file, file.length - 48);
  // The first two numbers are those of a block about blocks.
  footer.varint();
  footer.varint();
  const index = blockEntries(file, footer.varint(), footer.varint());
  return index.flatMap(({ value }) => {
    const place = new Reader(value);
    return blockEntries(file, place.varint(), place.varint()).flatMap((one) => [one.key, one.value]);
  });
}

function blockEntries(file: Buffer, at: number, length: number): { key: Buffer; value: Buffer }[] {
  const stored = file.subarray(at, at + length);
  const kind = file[at + length];
  if (kind !== 0 && kind !== 1)
    throw new Error(`A block of LevelDB is packed in a way that is not known: ${kind}`);
  const block = kind === 1 ? surely(stored) : stored;
  // At its end are the places of entries whose keys are whole.
  const reader = new Reader(block.subarray(0, block.length - 4 * (block.readUInt32LE(block.length - 4) + 1)));
  const entries: { key: Buffer; value: Buffer }[] = [];
  let key = Buffer.alloc(0);
  while (!reader.isAtEnd) {
    const [shared, own, size] = [reader.varint(), reader.varint(), reader.varint()];
    key = Buffer.concat([key.subarray(0, shared), reader.take(own)]);
    entries.push({ key, value: reader.take(size) });
  }
  return entries;
}

/** Keys and values of a log of LevelDB. */
function logValues(file: Buffer): Buffer[] {
  const values: Buffer[] = [];
  for (const record of logRecords(file)) {
    const reader = new Reader(record, 12);
    while (!reader.isAtEnd) {
      const isPut = reader.byte() === 1;
      values.push(reader.take(reader.varint()));
      if (isPut) values.push(reader.take(reader.varint()));
    }
  }
  return values;
}

/** A record is split where a block ends. */
function logRecords(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  let parts: Buffer[] = [];
  for (let block = 0; block < file.length; block += LOG_BLOCK) {
    const bytes = file.subarray(block, block + LOG_BLOCK);
    for (let at = 0; at + 7 <= bytes.length; ) {
      const [length, kind] = [bytes.readUInt16LE(at + 4), bytes[at + 6]];
      // The rest of the file is empty, or of the block.
      if (kind === 0) break;
      parts.push(bytes.subarray(at + 7, at + 7 + length));
      at += 7 + length;
      // Whole, or the last part.
      if (kind === 1 || kind === 4) {
        records.push(Buffer.concat(parts));
        parts = [];
      }
    }
  }
  return records;
}

/** A value of Chromium's IndexedDB, which has a number of its own before the mark. */
function blink(value: Buffer): Buffer[] {
  const at = value.subarray(0, 16).indexOf(BLINK_PACKED);
  return at === -1 ? [] : unsnapped(value.subarray(at + BLINK_PACKED.length));
}

function frames(file: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + 4 <= file.length; ) {
    const end = at + 4 + file.readUIntLE(at + 1, 3);
    // After the checksum: packed, or as it was.
    if (file[at] === 0) parts.push(surely(file.subarray(at + 8, end)));
    if (file[at] === 1) parts.push(file.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts);
}
