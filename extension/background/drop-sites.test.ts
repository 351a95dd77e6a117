import { beforeEach, describe, expect, it, vi } from "vitest";
import { dropSites, enableSite, removeSite, wantedSites, watchDropSites } from "./drop-sites.ts";
import { FakeStorage } from "./fake-storage.ts";
import { borrowAccess, lentHosts } from "./resource-access.ts";

const mocks = vi.hoisted(() => ({
  local: undefined as unknown as object,
  session: undefined as unknown as object,
  hostsChanged: (): void => undefined,
  granted: new Set<string>(),
  request: vi.fn(),
  registered: [] as { id: string; matches: string[] }[],
  executed: vi.fn(async (_: { target: { tabId: number }; files?: string[]; func?: () => void }) => []),
  tabs: [] as { id: number }[],
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    scripting: {
      getRegisteredContentScripts: async () => mocks.registered,
      registerContentScripts: async (scripts: typeof mocks.registered) => {
        mocks.registered = scripts;
      },
      updateContentScripts: async (scripts: typeof mocks.registered) => {
        mocks.registered = scripts;
      },
      unregisterContentScripts: async () => {
        mocks.registered = [];
      },
      executeScript: mocks.executed,
    },
    // A browser names no tab that there is no access to.
    tabs: {
      query: async ({ url }: { url: string[] }) =>
        url.every((site) => mocks.granted.has(site)) ? mocks.tabs : [],
    },
    storage: {
      get local() {
        return mocks.local;
      },
      get session() {
        return mocks.session;
      },
    },
  },
  onHostsChanged: (listener: () => void) => {
    mocks.hostsChanged = listener;
  },
  requestHosts: mocks.request,
  mayReach: async (origins: string[]) => origins.every((one) => mocks.granted.has(one)),
}));

const SITE = "https://monitor.example.com/*";
const ADDRESS = "https://monitor.example.com:8443/farm?x=1";

beforeEach(() => {
  vi.clearAllMocks();
  vi.useRealTimers();
  mocks.local = new FakeStorage();
  mocks.session = new FakeStorage();
  mocks.granted = new Set([SITE]);
  mocks.registered = [];
  mocks.tabs = [];
});

const matches = () => mocks.registered.flatMap((script) => script.matches);

describe("enableSite", () => {
  it("registers the script for the site, and brings it to its open tabs", async () => {
    mocks.tabs = [{ id: 3 }];
    expect(await enableSite(ADDRESS)).toEqual([SITE]);
    expect(matches()).toEqual([SITE]);
    expect(mocks.executed).toHaveBeenCalledOnce();
    await enableSite(ADDRESS);
    expect(mocks.executed).toHaveBeenCalledOnce();
  });

  it("counts no site to which the browser gives no access", async () => {
    mocks.granted.clear();
    expect(await enableSite(ADDRESS)).toEqual([]);
    expect(await dropSites()).toEqual([]);
    expect(matches()).toEqual([]);
  });

  it("takes no address that cannot be granted", async () => {
    expect(await enableSite("http://monitor.example.com/")).toEqual([]);
    expect(await enableSite("data:text/html,x")).toEqual([]);
  });
});

describe("a person who is asked", () => {
  beforeEach(async () => {
    mocks.granted.clear();
    watchDropSites();
    await enableSite(ADDRESS);
    expect(await wantedSites()).toEqual([SITE]);
  });

  const grant = async () => {
    mocks.granted.add(SITE);
    mocks.hostsChanged();
    await new Promise((resolve) => setTimeout(resolve, 10));
  };

  it("says yes", async () => {
    await grant();
    expect(await dropSites()).toEqual([SITE]);
    expect(matches()).toEqual([SITE]);
  });

  it("says no: access that comes for another reason brings nothing to the site", async () => {
    await removeSite(SITE);
    await grant();
    expect(await dropSites()).toEqual([]);
    expect(matches()).toEqual([]);
  });

  it("says no, and the popup is closed by then: access that is lent to a resource of the site is no yes", async () => {
    mocks.request.mockImplementation(async () => {
      await grant();
      return true;
    });
    expect(await borrowAccess(SITE)).toBe(true);
    expect(matches()).toEqual([]);
    expect(await wantedSites()).toEqual([]);
    expect(await lentHosts()).toEqual([SITE]);
  });

  it("does not answer: access that comes later brings nothing to the site", async () => {
    vi.useFakeTimers({ now: Date.now() + 121_000, toFake: ["Date"] });
    await grant();
    expect(await wantedSites()).toEqual([]);
    expect(matches()).toEqual([]);
  });

  it("takes the access away later, and lends it again: the site stays out", async () => {
    await grant();
    mocks.granted.clear();
    mocks.tabs = [{ id: 3 }];
    mocks.hostsChanged();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(matches()).toEqual([]);
    expect(mocks.executed).not.toHaveBeenCalled();
    await grant();
    expect(matches()).toEqual([]);
    expect(await wantedSites()).toEqual([]);
  });
});

describe("removeSite", () => {
  it("unregisters the script, and the site is wanted no more", async () => {
    await enableSite(ADDRESS);
    expect(await wantedSites()).toEqual([SITE]);
    expect(await removeSite(SITE)).toEqual([]);
    expect(matches()).toEqual([]);
    expect(await wantedSites()).toEqual([]);
  });

  it("stops the script in the site's open tabs, also beside one where nothing can be run", async () => {
    await enableSite(ADDRESS);
    mocks.tabs = [{ id: 3 }, { id: 4 }];
    mocks.executed.mockRejectedValueOnce(new Error("an error page"));
    await removeSite(SITE);
    expect(mocks.executed.mock.calls.map(([{ target }]) => target.tabId)).toEqual([3, 4]);
    const stop = vi.fn();
    globalThis.dropZone = { show: () => undefined, stop };
    mocks.executed.mock.lastCall?.[0].func?.();
    globalThis.dropZone = undefined;
    expect(stop).toHaveBeenCalledOnce();
  });
});
