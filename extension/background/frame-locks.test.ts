import { beforeEach, expect, it, vi } from "vitest";
import { intakeLockName } from "../shared/messages.ts";
import { holdLocksOfFrames } from "./frame-locks.ts";

type Connect = (port: object) => void;

const mocks = vi.hoisted(() => ({ connect: (() => undefined) as Connect, isOverlay: true }));
vi.mock("../shared/browser.ts", () => ({
  browser: { runtime: { onConnect: { addListener: (connect: Connect) => (mocks.connect = connect) } } },
}));
vi.mock("../shared/sender.ts", () => ({ isFrom: () => mocks.isOverlay }));

const NAME = intakeLockName("5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11");

/** The locks that are held, or asked for and not given. */
const locks = new Map<string, { grant: () => Promise<void> }>();

beforeEach(() => {
  locks.clear();
  mocks.isOverlay = true;
  vi.stubGlobal("navigator", {
    locks: {
      request: async (name: string, work: () => Promise<void>) => {
        locks.set(name, { grant: () => work().then(() => void locks.delete(name)) });
      },
    },
  });
  holdLocksOfFrames();
});

function connect(name: string) {
  let leave = (): void => undefined;
  const port = {
    name,
    sender: {},
    postMessage: vi.fn(),
    onDisconnect: { addListener: (listener: () => void) => (leave = listener) },
  };
  mocks.connect(port);
  return { port, leave: () => leave() };
}

it("holds the lock from when the frame is told until it is gone", async () => {
  const { port, leave } = connect(NAME);
  expect(port.postMessage).not.toHaveBeenCalled();
  const holding = locks.get(NAME)?.grant();
  expect(port.postMessage).toHaveBeenCalledWith("held");
  expect(locks.has(NAME)).toBe(true);
  leave();
  await holding;
  expect(locks.has(NAME)).toBe(false);
});

it("tells nothing to a frame that is gone by then, and does not keep the lock", async () => {
  const { port, leave } = connect(NAME);
  leave();
  await locks.get(NAME)?.grant();
  expect(port.postMessage).not.toHaveBeenCalled();
  expect(locks.has(NAME)).toBe(false);
});

it("holds no other lock, and none for anybody else", () => {
  connect("upload-5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11");
  connect("intake-");
  mocks.isOverlay = false;
  connect(NAME);
  expect(locks.size).toBe(0);
});
