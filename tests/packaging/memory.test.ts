/** Hashing in Chromium takes the same memory for any file, and nothing piles up. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, ElementHandle, Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchPlain } from "../browser/chromium.ts";
import { pageOf, type Served, serve } from "./serve.ts";
import { unpack } from "./unpacked.ts";

declare const hashChosen: (rounds: number) => Promise<string>;

const MIB = 2 ** 20;
const LIMIT_MS = 240_000;

let folder: string;
let served: Served;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  folder = await unpack("memory");
  const installed = join(folder, "node_modules/deadlinejs");
  served = await serve({ "/deadlinejs/": installed, "/": folder }, { "/page.html": pageOf("/memory.js") });
  browser = await launchPlain();
  page = await browser.newPage();
  await page.goto(`${served.origin}/page.html`);
  await page.waitForFunction("globalThis.hashChosen !== undefined");
});
afterAll(async () => {
  await browser?.close();
  served?.close();
});

/** Private memory of the browser and all its processes, in bytes: pages of files that are cached do not count. */
function memory(): number {
  const parents = new Map<number, number>();
  for (const line of execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).split("\n")) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (pid !== undefined && parent !== undefined) parents.set(pid, parent);
  }
  const top = browser.process()?.pid;
  let bytes = 0;
  for (const pid of parents.keys()) {
    let above: number | undefined = pid;
    while (above !== undefined && above !== top) above = parents.get(above);
    if (above === top) bytes += privateBytes(pid);
  }
  return bytes;
}

function privateBytes(pid: number): number {
  try {
    const [, kib] = /^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kib ?? 0) * 1024;
  } catch {
    // It has ended since it was listed.
    return 0;
  }
}

async function choose(size: number): Promise<void> {
  const path = join(folder, `sparse-${size}`);
  const file = await open(path, "w");
  await file.truncate(size);
  await file.close();
  const input = (await page.$("input")) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(path);
}

/** The most memory there was, looked at all the time, while a file is hashed so often. */
async function peakWhile(rounds: number): Promise<number> {
  let peak = memory();
  const watch = setInterval(() => {
    peak = Math.max(peak, memory());
  }, 200);
  await page.evaluate((rounds) => hashChosen(rounds), rounds);
  clearInterval(watch);
  return peak;
}

it(
  "a file of 20 GB takes no more memory than one of 200 MB",
  async () => {
    await choose(200e6);
    const small = await peakWhile(3);
    await choose(20e9);
    const large = await peakWhile(1);
    console.log(`peak: ${Math.round(small / MIB)} MiB for 200 MB, ${Math.round(large / MIB)} MiB for 20 GB`);
    expect((large - small) / MIB).toBeLessThan(150);
    await rm(join(folder, "sparse-20000000000"));
  },
  LIMIT_MS,
);

it(
  "nothing is left of 200 files of 100 MB",
  async () => {
    await choose(100e6);
    await peakWhile(20);
    const early = memory();
    await peakWhile(180);
    const late = memory();
    console.log(`after 20 rounds ${Math.round(early / MIB)} MiB, after 200 ${Math.round(late / MIB)} MiB`);
    expect((late - early) / MIB).toBeLessThan(100);
  },
  LIMIT_MS,
);
