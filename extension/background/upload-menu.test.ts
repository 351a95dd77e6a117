import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStorage, goodProfile } from "./fake-storage.ts";
import { lentHosts } from "./resource-access.ts";
import { answerMenu, endResource } from "./upload-menu.ts";

const mocks = vi.hoisted(() => ({
  clicked: undefined as unknown as (click: object) => void,
  installed: undefined as unknown as () => void,
  stored: undefined as unknown as () => void,
  create: vi.fn(),
  update: vi.fn(),
  contains: vi.fn(),
  request: vi.fn(),
  settled: vi.fn(),
  openHost: vi.fn(),
  order: vi.fn(),
  notify: vi.fn(),
  session: undefined as unknown as object,
  profile: { name: "Farm" } as { name: string } | undefined,
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    contextMenus: {
      create: mocks.create,
      update: mocks.update,
      removeAll: async () => undefined,
      onClicked: { addListener: (listener: (click: object) => void) => (mocks.clicked = listener) },
    },
    runtime: { onInstalled: { addListener: (listener: () => void) => (mocks.installed = listener) } },
    storage: {
      onChanged: { addListener: (listener: () => void) => (mocks.stored = listener) },
      get session() {
        return mocks.session;
      },
    },
  },
  mayReach: mocks.contains,
  requestHosts: mocks.request,
  notify: mocks.notify,
}));
vi.mock("./host-access.ts", () => ({
  settled: async (change: Promise<unknown>) => {
    const value = await change;
    mocks.settled(await lentHosts());
    return value;
  },
}));
vi.mock("./host-client.ts", () => ({ openHost: mocks.openHost, orderHost: mocks.order }));
vi.mock("./profile-store.ts", () => ({
  readProfiles: async () => ({ chosen: mocks.profile && { fields: mocks.profile } }),
}));

const IMAGE = "https://cdn.example.com/a.png";
const SITE = "https://cdn.example.com/*";
const settle = () => new Promise((resolve) => setTimeout(resolve));
const clickOnImage = () => mocks.clicked({ menuItemId: "upload-media", srcUrl: IMAGE });

beforeEach(() => {
  vi.clearAllMocks();
  mocks.session = new FakeStorage();
  mocks.profile = goodProfile;
  mocks.contains.mockResolvedValue(false);
  mocks.request.mockResolvedValue(true);
  mocks.openHost.mockResolvedValue(undefined);
  mocks.order.mockResolvedValue({ ok: true, value: null });
  answerMenu();
});

describe("the menu", () => {
  it("names the profile, and again when that changes", async () => {
    mocks.installed();
    await settle();
    expect(mocks.create.mock.calls.map(([item]) => item)).toEqual([
      { id: "upload-media", title: "Upload to Farm", contexts: ["image", "video", "audio"] },
      { id: "upload-link", title: "Upload link target to Farm", contexts: ["link"] },
      { id: "upload-selection", title: "Upload the selected text to Farm", contexts: ["selection"] },
      { id: "upload-page", title: "Upload this page to Farm", contexts: ["page"] },
    ]);
    mocks.update.mockClear();
    mocks.profile = { name: "R&D 100%s\u202E" };
    mocks.stored();
    await settle();
    expect(mocks.update).toHaveBeenCalledWith("upload-media", {
      title: "Upload to R&&D 100% s[U+202E]",
    });
    expect(mocks.update).toHaveBeenCalledTimes(4);
    // Much is stored that is no profile.
    mocks.stored();
    await settle();
    expect(mocks.update).toHaveBeenCalledTimes(4);
  });

  it("does not keep the name of the browser session before", async () => {
    mocks.profile = { name: "Another farm" };
    answerMenu();
    await settle();
    expect(mocks.update).toHaveBeenCalledWith("upload-media", { title: "Upload to Another farm" });
  });
});

describe("a choice", () => {
  it("asks for the resource's host at once, and has the engine host fetch it", async () => {
    clickOnImage();
    // Nothing was awaited: the click still counts.
    expect(mocks.request).toHaveBeenCalledExactlyOnceWith([SITE]);
    await settle();
    expect(mocks.order).toHaveBeenCalledExactlyOnceWith({
      type: "host.fetch",
      source: { type: "address", address: IMAGE },
    });
  });

  it("says so where no engine host can be opened, and gives the access back", async () => {
    mocks.openHost.mockRejectedValue(new Error("Only a single offscreen document may be created."));
    clickOnImage();
    await settle();
    expect(mocks.order).not.toHaveBeenCalled();
    expect(mocks.notify.mock.calls[0]?.[1].message).toContain("did not answer");
    expect(await lentHosts()).toEqual([]);
    expect(mocks.settled).toHaveBeenLastCalledWith([]);
  });

  it("fetches nothing after a no, and says what that means", async () => {
    mocks.request.mockResolvedValue(false);
    clickOnImage();
    await settle();
    expect(mocks.order).not.toHaveBeenCalled();
    expect(mocks.notify.mock.calls[0]?.[1].message).toContain(
      "The browser was not allowed to fetch from cdn.example.com.",
    );
  });

  it("asks for no host where there is none to ask for", async () => {
    mocks.clicked({ menuItemId: "upload-selection", selectionText: "words" });
    await settle();
    expect(mocks.request).not.toHaveBeenCalled();
    expect(mocks.order.mock.calls[0]?.[0].source).toEqual({ type: "text", text: "words" });
  });

  it("takes no address that is neither https nor on this computer", async () => {
    mocks.clicked({ menuItemId: "upload-page", pageUrl: "http://example.com/" });
    await settle();
    expect(mocks.request).not.toHaveBeenCalled();
    expect(mocks.order).not.toHaveBeenCalled();
    expect(mocks.notify).toHaveBeenCalledOnce();
  });

  it("of something else does nothing", () => {
    mocks.clicked({ menuItemId: "other", srcUrl: IMAGE });
    expect(mocks.request).not.toHaveBeenCalled();
  });
});

describe("endResource", () => {
  const source = { type: "address" as const, address: IMAGE };

  it("gives the access back, and tells nothing where nothing went wrong", async () => {
    clickOnImage();
    await settle();
    await endResource({ type: "resource.done", source });
    expect(mocks.settled.mock.calls).toEqual([[[SITE]], [[]]]);
    expect(mocks.notify).not.toHaveBeenCalled();
  });

  it("tells why nothing was fetched", async () => {
    await endResource({ type: "resource.done", source, failure: { type: "status", status: 403 } });
    expect(mocks.notify.mock.calls[0]?.[1].message).toContain("cdn.example.com answered with status 403.");
  });
});
