/**
 * What runs in Firefox's own window, with its rights: finds a document wherever it is, runs scripts in it, gives it a
 * size and a look, answers the dialogs of the system.
 */

/** Where a document is. */
export type Place =
  /** The driver's handle of a tab. */
  | { tab: string }
  /** A document of an add-on in no tab: the toolbar button's popup, the sidebar, the event page. */
  | { addOn: string; view: "popup" | "sidebar" | "background" }
  /** A document in a frame of a tab, whose address holds `frame`. */
  | { tab: string; frame: string };

// What exists in Firefox's own window only.
declare const WebExtensionPolicy: {
  getByID(id: string): { extension: { wakeupBackground?(): Promise<void>; views: Set<View> } };
};
interface View {
  viewType: string;
  active: boolean;
  xulBrowser: { browsingContext: Context };
}
export interface Context {
  currentWindowGlobal: {
    documentURI: { spec: string };
    getActor(name: string): {
      executeScript(script: string, args: unknown[], opts: object): Promise<unknown>;
    } & {
      dispatchEvent(name: string, details: object): Promise<void>;
    };
  } | null;
  top: Context;
  prefersColorSchemeOverride: string;
  getAllBrowsingContextsInSubtree(): Context[];
  embedderElement: HTMLElement;
}
declare const ChromeUtils: { generateQI(names: string[]): unknown; importESModule(url: string): Modules };
interface Modules {
  NavigableManager: { getBrowserById(id: string): (HTMLElement & { browsingContext: Context }) | null };
}
declare const Components: { manager: { QueryInterface(of: unknown): Registrar } };
declare const Cc: Record<string, { createInstance(of: unknown): { initWithPath(path: string): void } }>;
declare const Ci: Record<string, Record<string, number>>;
declare const Services: {
  uuid: { generateUUID(): unknown };
  prefs: { setIntPref(name: string, value: number): void };
  tm: { dispatchToMainThread(work: () => void): void };
  ppmm: { loadProcessScript(url: string, isForNewOnes: boolean): void };
};
interface Registrar {
  registerFactory(id: unknown, name: string, contract: string, factory: unknown): void;
}

/** The document's context. An event page that has stopped is woken. */
export async function contextOf(place: Place): Promise<Context> {
  const managed = "chrome://remote/content/shared/NavigableManager.sys.mjs";
  let context: Context | undefined;
  if ("view" in place) {
    const { extension } = WebExtensionPolicy.getByID(place.addOn);
    if (place.view === "background") await extension.wakeupBackground?.();
    const views = [...extension.views].filter((one) => one.viewType === place.view && one.active);
    context = views.at(-1)?.xulBrowser.browsingContext;
  } else {
    const tab = ChromeUtils.importESModule(managed).NavigableManager.getBrowserById(place.tab);
    context = tab?.browsingContext;
    if ("frame" in place)
      context = context
        ?.getAllBrowsingContextsInSubtree()
        .find((one) => one.currentWindowGlobal?.documentURI.spec.includes(place.frame));
  }
  if (context?.currentWindowGlobal == null) throw new Error(`There is no document: ${JSON.stringify(place)}`);
  return context;
}

/** Runs a script in a document, with Firefox's rights or the document's own, and gives what it promises. */
export function runIn(context: Context, script: string, args: unknown[], asFirefox: boolean): unknown {
  const options = { timeout: 600_000, sandboxName: asFirefox ? "system" : null };
  return context.currentWindowGlobal?.getActor("MarionetteCommands").executeScript(script, args, options);
}

/** A press of the mouse at a point, and its release. */
export async function clickIn(context: Context, x: number, y: number): Promise<void> {
  const actor = context.currentWindowGlobal?.getActor("MarionetteCommands");
  const rest = { button: 0, clickCount: 1 };
  const press = (type: string) =>
    actor?.dispatchEvent("synthesizeMouseAtPoint", { x, y, eventData: { ...rest, type } });
  await press("mousemove");
  await press("mousedown");
  await press("mouseup");
}

/** A press of a key, named as in `KeyboardEvent.key`, and its release. */
export async function pressIn(context: Context, key: string): Promise<void> {
  const actor = context.currentWindowGlobal?.getActor("MarionetteCommands");
  const eventData = { key, code: key.length === 1 ? "" : key, location: 0 };
  await actor?.dispatchEvent("synthesizeKeyDown", { eventData });
  await actor?.dispatchEvent("synthesizeKeyUp", { eventData });
}

/** What the document is told of a person's wishes: `prefers-color-scheme` or `prefers-reduced-motion`. */
export function tellIn(context: Context, feature: string, value: string): void {
  if (feature === "prefers-color-scheme") context.top.prefersColorSchemeOverride = value;
  else Services.prefs.setIntPref("ui.prefersReducedMotion", value === "reduce" ? 1 : 0);
}

/** Gives a document this size, in CSS pixels. */
export function resize(context: Context, width: number, height: number): void {
  const { style } = context.top.embedderElement;
  for (const [name, size] of Object.entries({ width, height }))
    for (const property of [name, `min-${name}`, `max-${name}`]) style.setProperty(property, `${size}px`);
}

/** Whoever is asked for files or a folder from now on chooses this path, and is sure of it. */
export function answerFileDialogs(path: string): void {
  const fileOf = () => {
    const file = Cc["@mozilla.org/file/local;1"]?.createInstance(Ci.nsIFile);
    file?.initWithPath(path);
    return file;
  };
  const picker = {
    QueryInterface: ChromeUtils.generateQI(["nsIFilePicker"]),
    init: () => undefined,
    appendFilters: () => undefined,
    appendFilter: () => undefined,
    appendRawFilter: () => undefined,
    get file() {
      return fileOf();
    },
    get files() {
      const left = [fileOf()];
      return {
        QueryInterface: ChromeUtils.generateQI(["nsISimpleEnumerator"]),
        hasMoreElements: () => left.length > 0,
        getNext: () => left.pop(),
      };
    },
    open: (callback: { done(result: number | undefined): void }) =>
      Services.tm.dispatchToMainThread(() => callback.done(Ci.nsIFilePicker?.returnOK)),
  };
  const registrar = Components.manager.QueryInterface(Ci.nsIComponentRegistrar);
  const factory = { createInstance: () => picker };
  registrar.registerFactory(Services.uuid.generateUUID(), "", "@mozilla.org/filepicker;1", factory);
  const module = "resource:///modules/PromptCollection.sys.mjs";
  const sure = `ChromeUtils.importESModule("${module}").PromptCollection.prototype.confirmFolderUpload = () => true`;
  Services.ppmm.loadProcessScript(`data:,${encodeURIComponent(sure)}`, true);
}
