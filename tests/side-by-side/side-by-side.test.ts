/** The official uploader and ours in the same faults, with the same files, on the same server. */
import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashBytes, init } from "deadlinejs/common";
import { afterAll, beforeAll, expect, it } from "vitest";
import { StrictGateway } from "../gateway/client.ts";
import { Bucket, storeFromEnvironment } from "../s3.ts";
import { contentOf, type Happening, happenings } from "./faults.ts";
import { Official, Ours } from "./sides.ts";
import { inWords, isRight, judge, type Verdict } from "./verdict.ts";

const PAGE = fileURLToPath(new URL("../../docs/side-by-side.md", import.meta.url));
const NAMES = ["a.exr", "b.exr", "c.exr", "d.exr", "e.exr"];
const VICTIM = "c.exr";

const store = storeFromEnvironment();
const bucket = new Bucket(store);
let scratch: string;
const rows: string[] = [];

beforeAll(async () => {
  await init(readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm")));
  scratch = await mkdtemp(join(tmpdir(), "side-by-side-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Both at once: a store of its own for each. */
async function outcomes(happen: Happening): Promise<Record<"official" | "ours", Verdict>> {
  const one = async (name: "official" | "ours") => {
    const gateway = await StrictGateway.open(store);
    const folder = await mkdtemp(join(scratch, `${name}-`));
    // A second ago, so that a change has another time.
    const before = new Date(Date.now() - 60_000);
    for (const file of NAMES) {
      await writeFile(join(folder, file), contentOf(file));
      await utimes(join(folder, file), before, before);
    }
    const rootPrefix = `SideBySide/${crypto.randomUUID().slice(0, 8)}`;
    const own = { ...store, endpoint: gateway.origin, rootPrefix };
    const caches = await mkdtemp(join(scratch, "caches-"));
    const side = name === "official" ? new Official(own, caches) : new Ours(own, gateway);
    const key = `${rootPrefix}/Data/${hashBytes(new TextEncoder().encode(contentOf(VICTIM)))}.xxh128`;
    try {
      const said = await happen({ side, gateway, bucket, folder, victim: VICTIM, key });
      return await judge(bucket, rootPrefix, said, await readdir(folder));
    } finally {
      side.close();
      await gateway.close();
    }
  };
  const [official, ours] = await Promise.all([one("official"), one("ours")]);
  return { official, ours };
}

const fine = { hasManifest: true, unnamed: [], missing: [], wrong: [] };
/** What the official client does today: its version is pinned, so a change is seen here. */
const OFFICIAL: Partial<Record<string, Partial<Verdict>>> = {
  "A file vanished between hashing and upload": { missing: [VICTIM] },
  "A file changed between hashing and upload": { wrong: [VICTIM] },
  "A file changed between hashing and upload, and kept its size": { wrong: [VICTIM] },
  "An object of no bytes was under the right key": { wrong: [VICTIM] },
  "An object of the right size and other bytes was under the right key": { wrong: [VICTIM] },
};
/** What ours does not promise: an object that somebody else stored without its checksum is known by its size only. */
const OURS: Partial<Record<string, Partial<Verdict>>> = {
  "An object of the right size and other bytes was under the right key": { wrong: [VICTIM] },
};

it.each(Object.entries(happenings))("%s", async (name, happen) => {
  const { official, ours } = await outcomes(happen);
  rows.push(`| ${name} | ${inWords(official)} | ${inWords(ours)} |`);
  if (OURS[name])
    expect(ours).toMatchObject({ ...fine, ...OURS[name], said: { error: null, unverified: 1 } });
  else expect(isRight(ours), inWords(ours)).toBe(true);
  expect(official).toMatchObject({ ...fine, said: { error: null }, ...OFFICIAL[name] });
});

it("the table in docs/side-by-side.md is what was measured", async () => {
  const table = ["| What happened | Official client | This project |", "|---|---|---|", ...rows].join("\n");
  const page = await readFile(PAGE, "utf8");
  const markers = /(<!-- table -->\n)[\s\S]*(<!-- end of table -->)/;
  const measured = page.replace(markers, (_, begin: string, end: string) => `${begin}${table}\n${end}`);
  if (process.env.WRITE_TABLE) await writeFile(PAGE, measured);
  else expect(page).toBe(measured);
});
