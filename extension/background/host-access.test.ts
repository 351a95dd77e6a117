import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ProfileFields } from "../shared/messages.ts";
import { enableSite, removeSite } from "./drop-sites.ts";
import { FakeStorage, goodPlace, goodProfile } from "./fake-storage.ts";
import { settled, settleHosts, watchHostAccess } from "./host-access.ts";
import { deleteProfile, saveProfile } from "./profile-store.ts";
import { borrowAccess, returnAccess } from "./resource-access.ts";
import { forgetUpload, noteUpload } from "./upload-store.ts";

const mocks = vi.hoisted(() => ({
  local: undefined as unknown as FakeStorage,
  session: undefined as unknown as FakeStorage,
  managed: undefined as unknown as FakeStorage,
  granted: new Set<string>(),
  started: [] as (() => void)[],
  canGiveBack: true,
}));
vi.mock("../shared/browser.ts", () => ({
  browser: {
    storage: {
      get local() {
        return mocks.local;
      },
      get session() {
        return mocks.session;
      },
      get managed() {
        return mocks.managed;
      },
    },
    runtime: {
      onStartup: { addListener: (listener: () => void) => mocks.started.push(listener) },
      onInstalled: { addListener: () => undefined },
    },
    scripting: { getRegisteredContentScripts: async () => [], registerContentScripts: async () => undefined },
    tabs: { query: async () => [] },
  },
  mayReach: async (patterns: string[]) => patterns.every((one) => mocks.granted.has(one)),
  requestHosts: async (patterns: string[]) => {
    for (const one of patterns) mocks.granted.add(one);
    return true;
  },
  giveBackHosts: async (patterns: string[], needed: string[]) => {
    if (!mocks.canGiveBack) throw new Error("not now");
    for (const one of patterns) if (!needed.includes(one)) mocks.granted.delete(one);
  },
}));
// The rules themselves are Rust's, and tested there.
vi.mock("./rules.ts", () => ({
  judgeProfile: async ({ bucket, endpoint, spreadHosts }: ProfileFields) => ({
    errors: [],
    originPatterns: [
      endpoint === "" ? hostOf(bucket) : `${endpoint}/*`,
      ...(spreadHosts ? [hostOf(`${bucket}.more`)] : []),
    ],
  }),
  signInOrigins: async ({ region }: { region: string }) => {
    if (region === "") throw new Error("no region");
    return [`https://oidc.${region}.amazonaws.com/*`];
  },
}));

function hostOf(bucket: string): string {
  return `https://${bucket}.s3.amazonaws.com/*`;
}

const HOST = hostOf("job-attachments");
const UPLOAD = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11";
const SECOND = "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a12";
const other = { ...goodProfile, name: "Other", bucket: "other" };
const save = async (profile: ProfileFields, id?: string) => {
  const [host, more] = [hostOf(profile.bucket), hostOf(`${profile.bucket}.more`)];
  mocks.granted.add(profile.endpoint === "" ? host : `${profile.endpoint}/*`);
  if (profile.spreadHosts) mocks.granted.add(more);
  return settled(saveProfile(profile, id));
};
const remove = (id: string) => settled(deleteProfile(id));
const granted = () => [...mocks.granted].sort();

beforeEach(() => {
  mocks.local = new FakeStorage();
  mocks.session = new FakeStorage();
  mocks.managed = new FakeStorage();
  mocks.granted = new Set();
  mocks.canGiveBack = true;
});

describe("access to a profile's host", () => {
  it("is given back when no profile names it any more", async () => {
    const { id } = await save(goodProfile);
    await save({ ...goodProfile, name: "The same host" }, id);
    expect(granted()).toEqual([HOST]);
    await save(other, id);
    expect(granted()).toEqual([hostOf("other")]);
    await remove(id);
    expect(granted()).toEqual([]);
  });

  it("stays for a host that another profile names", async () => {
    const { id } = await save(goodProfile);
    const same = await save({ ...goodProfile, name: "The same host" });
    await remove(id);
    expect(granted()).toEqual([HOST]);
    await remove(same.id);
    expect(granted()).toEqual([]);
  });

  it("is given back for hosts that it does not spread over any more, and stays for its own", async () => {
    const { id } = await save({ ...goodProfile, spreadHosts: true });
    await save(goodProfile, id);
    expect(granted()).toEqual([HOST]);
  });

  it("stays where a person granted it for nothing that is known here", async () => {
    mocks.granted.add("https://granted-by-hand.example.com/*");
    const { id } = await save(goodProfile);
    await remove(id);
    expect(granted()).toEqual(["https://granted-by-hand.example.com/*"]);
  });

  it("is tried again where it could not be given back, and hinders nothing", async () => {
    const { id } = await save(goodProfile);
    mocks.canGiveBack = false;
    await remove(id);
    expect(granted()).toEqual([HOST]);
    mocks.canGiveBack = true;
    await settleHosts();
    expect(granted()).toEqual([]);
  });
});

describe("access that a running upload needs", () => {
  it("is given back when the upload is over", async () => {
    const { id } = await save(goodProfile);
    await noteUpload(UPLOAD, goodPlace);
    await remove(id);
    expect(granted()).toEqual([HOST]);
    await settled(forgetUpload(UPLOAD));
    expect(granted()).toEqual([]);
  });

  it("holds up no other host", async () => {
    const { id } = await save(goodProfile);
    const { id: second } = await save(other);
    await noteUpload(UPLOAD, goodPlace);
    await remove(second);
    await remove(id);
    expect(granted()).toEqual([HOST]);
  });

  it("stays for another upload, and for a profile that is made anew", async () => {
    const { id } = await save(goodProfile);
    await noteUpload(UPLOAD, goodPlace);
    await noteUpload(SECOND, goodPlace);
    await remove(id);
    await settled(forgetUpload(UPLOAD));
    expect(granted()).toEqual([HOST]);
    await save(goodProfile);
    await settled(forgetUpload(SECOND));
    expect(granted()).toEqual([HOST]);
  });

  it("is given back when the browser starts after it was killed in the middle", async () => {
    const { id } = await save(goodProfile);
    await noteUpload(UPLOAD, goodPlace);
    await remove(id);
    mocks.session = new FakeStorage();
    watchHostAccess();
    for (const listener of mocks.started) listener();
    await settleHosts();
    expect(granted()).toEqual([]);
  });
});

describe("access to the site of a page drop zone", () => {
  const onPort = { ...goodProfile, endpoint: "https://store.example.com:9000" };
  const SITE = "https://store.example.com/*";
  const enable = async () => {
    mocks.granted.add(SITE);
    await settled(enableSite("https://store.example.com:8443/jobs"));
  };

  it("is given back with the site", async () => {
    await enable();
    await settled(removeSite(SITE));
    expect(granted()).toEqual([]);
  });

  it("stays when a profile or an upload on that host needs it no more", async () => {
    await enable();
    const { id } = await save(onPort);
    await noteUpload(UPLOAD, { ...goodPlace, profile: onPort });
    await remove(id);
    await settled(forgetUpload(UPLOAD));
    expect(granted()).toEqual([SITE]);
  });

  it("stays for the profile that reaches its host by it, and goes with that", async () => {
    await enable();
    const { id } = await save(onPort);
    // What the site has been granted holds for all ports: a browser notes no single one besides.
    mocks.granted.delete("https://store.example.com:9000/*");
    await settled(removeSite(SITE));
    expect(granted()).toEqual([SITE]);
    await remove(id);
    expect(granted()).toEqual([]);
  });
});

describe("access that was lent for a resource", () => {
  const CDN = "https://cdn.example.com/*";

  it("is given back after it", async () => {
    await settled(borrowAccess(CDN));
    expect(granted()).toEqual([CDN]);
    await settled(returnAccess(CDN));
    expect(granted()).toEqual([]);
  });

  it("stays where the site was enabled meanwhile", async () => {
    await settled(borrowAccess(CDN));
    await settled(enableSite("https://cdn.example.com/a"));
    await settled(returnAccess(CDN));
    expect(granted()).toEqual([CDN]);
  });
});

describe("access for the sign-in", () => {
  const signIn = (region: string) => ({ startUrl: "x", region, oidcEndpoint: "", portalEndpoint: "" });

  it("stays while its settings name it", async () => {
    const oidc = "https://oidc.us-west-2.amazonaws.com/*";
    mocks.granted.add(oidc);
    await mocks.local.set({ signInSettings: signIn("us-west-2") });
    await settleHosts();
    const { id } = await save({ ...goodProfile, endpoint: "https://oidc.us-west-2.amazonaws.com" });
    await remove(id);
    expect(granted()).toEqual([oidc]);
    await mocks.local.set({ signInSettings: signIn("") });
    await settleHosts();
    expect(granted()).toEqual([]);
  });
});
