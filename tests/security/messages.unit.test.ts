/**
 * Random and mutated messages, from every kind of sender and by every road, into the real background and the real engine
 * host: what is not declared, not well-formed or not from whom it is declared for gets no answer and changes nothing.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as v from "valibot";
import { beforeAll, expect, it, vi } from "vitest";
import { FakeStorage, goodProfile } from "../../extension/background/fake-storage.ts";
import { type Listener, SAME_PAGE, type Sender } from "../../extension/shared/message-road.ts";
import {
  drops,
  fromUploads,
  toBackground,
  toHost,
  toPages,
  toUploads,
  toVault,
} from "../../extension/shared/messages.ts";
import { readMessage } from "../../extension/shared/read-message.ts";
import { badMessage, goodMessage, noise, Random } from "./random-messages.ts";

const ROUNDS = 100_000;
const SEED = Number(process.env.MESSAGES_SEED ?? 20_240_601);
/** What a page that is told of another status does. */
const NEWS = "status has changed";
const OURS = "chrome-extension://ours/";

const fake = vi.hoisted(() => ({
  areas: {} as Record<string, FakeStorage>,
  /** Every call of an interface of the browser. */
  calls: [] as string[],
  listeners: [] as unknown[],
  vault: [] as unknown[],
  wasm: "",
}));
vi.mock("../../extension/shared/browser.ts", () => {
  /** An interface of the browser: events take listeners, calls are written down and give nothing. */
  const anything = (path: string): unknown =>
    new Proxy(() => undefined, {
      get: (_, name) => {
        if (name === "then" || typeof name === "symbol") return undefined;
        return name === "addListener" ? () => undefined : anything(`${path}.${name}`);
      },
      apply: () => {
        fake.calls.push(path);
        return Promise.resolve(path.endsWith("get") ? {} : []);
      },
    });
  const storage = (name: string) =>
    new Proxy(
      {},
      {
        get: (_, call: string) => {
          const area = fake.areas[name] as unknown as Record<string, (...args: unknown[]) => unknown>;
          if (!(call in (area ?? {}))) return anything(`storage.${name}.${call}`);
          return (...args: unknown[]) => {
            fake.calls.push(`storage.${name}.${call}`);
            return area[call]?.(...args);
          };
        },
      },
    );
  const areas = {
    local: storage("local"),
    session: storage("session"),
    managed: storage("managed"),
    onChanged: { addListener: () => undefined },
  };
  const runtime = {
    id: "ours",
    onMessage: { addListener: (listener: unknown) => fake.listeners.push(listener) },
    onInstalled: { addListener: () => undefined },
    onStartup: { addListener: () => undefined },
    sendMessage: async () => ({ ok: true, value: null }),
  };
  const parts: Record<string, unknown> = { runtime, storage: areas };
  const browser = new Proxy(parts, { get: (_, name: string) => parts[name] ?? anything(name) });
  const others = [
    "showWorkspace",
    "openPanel",
    "onHostsChanged",
    "giveBackHosts",
    "requestHosts",
    "notify",
    "onNotificationButton",
    "openHostPage",
    "openWorkspaceBehind",
    "closeStorageToContentScripts",
  ];
  return {
    ...Object.fromEntries(others.map((name) => [name, anything(name)])),
    browser,
    listenAsVault: (listener: unknown) => fake.vault.push(listener),
    pageUrl: (path: string) => (path.endsWith(".wasm") ? fake.wasm : `chrome-extension://ours/${path}`),
    mayReach: async () => false,
    isHostOpen: async () => true,
    OFFSCREEN_PATH: "offscreen/offscreen.html",
    WASM_PATH: "rusty_attachments_wasm_bg.wasm",
    HASH_WORKER_PATH: "hash-worker.js",
  };
});

// What an order sets going needs workers and a network. That it comes so far is what counts here.
vi.mock("../../extension/offscreen/upload-run.ts", () => ({
  UploadRun: {
    begin: async () => ({ isRunning: false, ended: Promise.resolve(), credentialsRenewed: () => {} }),
  },
}));
vi.mock("../../extension/offscreen/upload-resource.ts", () => ({ uploadResource: async () => undefined }));

/** Everybody who could send something, and what each of them is to the declarations. */
const senders: { who: string; sender: Sender; is: readonly string[] }[] = [
  { who: "workspace", sender: ours("workspace/workspace.html"), is: ["page"] },
  { who: "panel", sender: ours("panel/panel.html"), is: ["page"] },
  { who: "popup", sender: ours("popup/popup.html"), is: ["page"] },
  { who: "options page", sender: ours("options/options.html"), is: ["page", "options"] },
  { who: "engine host", sender: ours("offscreen/offscreen.html"), is: ["page", "host"] },
  {
    who: "overlay frame",
    sender: { ...ours("content/overlay.html"), tab: { id: 3 } },
    is: ["page", "overlay"],
  },
  { who: "background", sender: ours("background/background.js"), is: ["background"] },
  { who: "event page", sender: ours("_generated_background_page.html"), is: ["background"] },
  { who: "background without address", sender: { id: "ours" }, is: ["background"] },
  {
    who: "content script",
    sender: { id: "ours", url: "https://example.com/", tab: { id: 3 } },
    is: ["content"],
  },
  { who: "same page", sender: SAME_PAGE, is: ["page", "host", "background"] },
  ...[
    // A page that could reach us if the manifest ever let it; and other extensions, whatever they say of themselves.
    { who: "web page", sender: { url: "https://example.com/", tab: { id: 3 } } },
    {
      who: "other extension",
      sender: { id: "theirs", url: "chrome-extension://theirs/options/options.html" },
    },
    { who: "other extension, our address", sender: { id: "theirs", url: `${OURS}options/options.html` } },
    { who: "other extension, no address", sender: { id: "theirs" } },
    { who: "id like ours", sender: { id: "ours ", url: `${OURS}options/options.html` } },
    {
      who: "address like ours",
      sender: { id: "ours", url: "chrome-extension://ours.evil/options/options.html" },
    },
    { who: "address in ours", sender: { id: "ours", url: `blob:${OURS}options/options.html` } },
    { who: "nobody", sender: {} },
    { who: "like the same page", sender: { ...SAME_PAGE } },
  ].map((one) => ({ ...one, is: [] })),
];

function ours(path: string): Sender {
  return { id: "ours", url: OURS + path };
}

type Declarations = Record<string, { schema: v.GenericSchema; from?: string }>;
/** The roads: what is declared for each, and who listens at its end. */
const roads: { name: string; declarations: Declarations; listeners: () => Listener[] }[] = [
  // Background and engine host both hear it: in Firefox in one page.
  {
    name: "all pages",
    declarations: { ...toBackground, ...toHost, ...toPages },
    listeners: () => fake.listeners as Listener[],
  },
  { name: "vault", declarations: toVault, listeners: () => fake.vault as Listener[] },
];
const all: Declarations = { ...toBackground, ...toVault, ...toHost, ...toPages };
const types = Object.keys(all);

async function state(): Promise<string> {
  return JSON.stringify(Object.values(fake.areas).map(({ held }) => [...held]));
}

beforeAll(async () => {
  const wasm = resolve(import.meta.dirname, "../../wasm/pkg/rusty_attachments_wasm_bg.wasm");
  await readFile(wasm);
  fake.wasm = `file://${wasm}`;
  const uploadId = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";
  // There is something to lose: whatever is let through by mistake shows.
  fake.areas = { local: new FakeStorage(), session: new FakeStorage(), managed: new FakeStorage() };
  await fake.areas.local?.set({ "profile-first": goodProfile, defaultProfile: "first", dropSites: [] });
  await fake.areas.session?.set({
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret", sessionToken: "" },
    [`upload-${uploadId}`]: goodProfile,
    overlays: [{ token: uploadId, tabId: 3 }],
  });
  // What is for somebody may ask a server; nobody is asked here.
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("There is no network.")));
  // Node 20 has no navigator.
  vi.stubGlobal("navigator", { locks: { query: async () => ({ held: [] }) } });
  await import("../../extension/background/background.ts");
  const { EngineHost } = await import("../../extension/offscreen/engine-host.ts");
  new EngineHost().listen();
  const { onStatusChanged } = await import("../../extension/shared/status-news.ts");
  onStatusChanged(() => fake.calls.push(NEWS));
  // What the background does once at its beginning.
  await vi.waitFor(() => expect(fake.calls.length).toBeGreaterThan(0));
  await new Promise((resolve) => setTimeout(resolve, 50));
});

// A busy machine takes longer than vitest allows for a unit; nothing here waits for anything.
vi.setConfig({ testTimeout: 60_000 });

it("each declared message, well-formed and from whom it is for, does what it is for", async () => {
  const before = { ...fake.areas };
  const random = new Random(SEED);
  for (const { name, declarations, listeners } of roads)
    for (const [type, { schema, from }] of Object.entries(declarations)) {
      // Each one alone: they do what they are for.
      fake.areas = Object.fromEntries(
        Object.entries(before).map(([area, { held }]) => [
          area,
          Object.assign(new FakeStorage(), { held: new Map(held) }),
        ]),
      );
      const sender = senders.find(({ is }) => is.includes(from ?? ""));
      if (sender === undefined) throw new Error(`Nobody may send ${type}.`);
      const message = goodMessage(schema, random);
      // The background lets no other profile through to the engine host.
      if (type === "host.open") Object.assign(message, { profile: goodProfile });
      const answers = listeners().map((listener) => listener(message, sender.sender));
      const replies = await Promise.all(answers.filter((answer) => answer !== undefined));
      if (type in toPages) {
        expect(replies).toEqual([]);
        expect(fake.calls.at(-1)).toBe(NEWS);
        continue;
      }
      expect(replies, `${name}: ${type}`).toHaveLength(1);
      expect(isReply(replies[0]), `${name}: ${type}`).toBe(true);
    }
  fake.areas = before;
});

/** What a page may be answered: a value, or what happened and what to do. */
function isReply(reply: unknown): boolean {
  const { ok, problem } = reply as { ok: unknown; problem?: Record<string, unknown> };
  if (ok === true) return true;
  return ok === false && ["code", "what", "next"].every((field) => typeof problem?.[field] === "string");
}

it(`${ROUNDS} random and mutated messages from every kind of sender change nothing`, async () => {
  const random = new Random(SEED);
  const before = await state();
  fake.calls.length = 0;
  const sent: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    const { who, sender, is } = random.one(senders);
    const road = random.one(roads);
    const type = random.one(types);
    const { schema, from } = all[type] as Declarations[string];
    // Well-formed ones come too: from those who may not send them, and by roads that they are not declared for.
    const isHonest = is.includes(from ?? "") && type in road.declarations;
    const kind = random.below(isHonest ? 9 : 12);
    const message =
      kind < 6 ? badMessage(schema, random) : kind < 9 ? noise(types, random) : goodMessage(schema, random);
    // Noise may be well-formed by chance, and then of a kind that this sender may send.
    const said = road.declarations[(message as { type?: string } | null)?.type ?? ""];
    if (said && is.includes(said.from ?? "") && v.is(said.schema, message)) continue;
    const answers = road.listeners().map((listener) => listener(message, sender));
    const story = `round ${round} of seed ${SEED}: ${type} from ${who} to ${road.name}`;
    if (answers.some((answer) => answer !== undefined)) throw new Error(`Taken in ${story}.`);
    if (fake.calls.length > 0) throw new Error(`${fake.calls.join()} in ${story}.`);
    sent[who] = (sent[who] ?? 0) + 1;
  }
  // Nothing that was begun is still on its way.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(fake.calls).toEqual([]);
  expect(await state()).toBe(before);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(Object.keys(sent)).toHaveLength(senders.length);
  for (const count of Object.values(sent)) expect(count).toBeGreaterThan(ROUNDS / senders.length / 2);
});

it("nothing random or mutated is taken from a channel between pages", () => {
  const random = new Random(SEED);
  for (const declarations of [toUploads, fromUploads, drops] as Declarations[]) {
    const declared = Object.entries(declarations);
    for (const [, { schema }] of declared)
      expect(readMessage(declarations, goodMessage(schema, random))).toBeDefined();
    for (let round = 0; round < 10_000; round += 1) {
      const [type, { schema }] = random.one(declared);
      const message = random.below(2) === 0 ? badMessage(schema, random) : noise([type], random);
      const taken = readMessage(declarations, message);
      if (taken !== undefined) throw new Error(`Taken in round ${round} of seed ${SEED}: ${type}`);
    }
  }
});
