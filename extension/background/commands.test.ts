import { beforeEach, expect, it, vi } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { answerCommands } from "./commands.ts";

type Pressed = (command: string, tab?: { id?: number; windowId?: number; url?: string }) => void;

const mocks = vi.hoisted(() => ({
  press: undefined as unknown as Pressed,
  showWorkspace: vi.fn(async () => undefined),
  openPanel: vi.fn(async () => undefined),
  toggle: vi.fn(),
}));
vi.mock("../shared/browser.ts", () => ({
  browser: { commands: { onCommand: { addListener: (listener: Pressed) => (mocks.press = listener) } } },
  showWorkspace: mocks.showWorkspace,
  openPanel: mocks.openPanel,
}));
vi.mock("../shared/page-drop.ts", async (original) => ({
  ...(await original<typeof import("../shared/page-drop.ts")>()),
  togglePageDrop: mocks.toggle,
}));

const tab = { id: 3, windowId: 7 };
const did = () => [mocks.showWorkspace, mocks.openPanel, mocks.toggle].map(({ mock }) => mock.calls.length);

beforeEach(() => {
  vi.clearAllMocks();
  mocks.toggle.mockResolvedValue(undefined);
  answerCommands();
});

it("does each what its name says, for the tab that is shown", () => {
  mocks.press("open-workspace", tab);
  expect(did()).toEqual([1, 0, 0]);
  mocks.press("open-panel", tab);
  // Nothing was awaited: the key still counts.
  expect(mocks.openPanel).toHaveBeenCalledExactlyOnceWith(7);
  mocks.press("toggle-page-drop", tab);
  expect(mocks.toggle).toHaveBeenCalledExactlyOnceWith(3);
  expect(did()).toEqual([1, 1, 1]);
});

it("answers all that the manifest has", () => {
  const commands = Object.keys(manifest.commands).filter((name) => !name.startsWith("_"));
  for (const command of commands) mocks.press(command, tab);
  expect(did().reduce((sum, calls) => sum + calls)).toBe(commands.length);
});

it("switches the page drop zone only where the popup does too", () => {
  for (const url of ["http://farm.example.com/", "file:///projects/a.html", "data:text/html,x"])
    mocks.press("toggle-page-drop", { ...tab, url });
  expect(mocks.toggle).not.toHaveBeenCalled();
  for (const url of ["https://farm.example.com/", "http://localhost:8080/", ""])
    mocks.press("toggle-page-drop", { ...tab, url });
  expect(mocks.toggle).toHaveBeenCalledTimes(3);
});

it("does nothing where there is no tab, or the page takes no extension", async () => {
  mocks.press("open-panel");
  mocks.press("toggle-page-drop");
  expect(did()).toEqual([0, 0, 0]);
  mocks.toggle.mockRejectedValue(new Error("Cannot access a chrome:// URL"));
  mocks.press("toggle-page-drop", tab);
  // It would be reported as unhandled.
  await new Promise((resolve) => setTimeout(resolve));
});
