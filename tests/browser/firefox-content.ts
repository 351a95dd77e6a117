/**
 * A document in Firefox with the methods of puppeteer's pages that the end-to-end tests use, so that each test is
 * written once: a tab, or what the driver has no window for, such as the popup, the sidebar, a frame or the event page.
 * What Firefox cannot do is not here.
 */
import { PATIENCE_MS } from "../patience.ts";
import type { Firefox } from "./firefox.ts";
import { answerFileDialogs, type Place, tellIn } from "./firefox-places.ts";

type Work = ((...args: never[]) => unknown) | string;

interface WaitOptions {
  /** Milliseconds. */
  timeout?: number;
  visible?: boolean;
  hidden?: boolean;
}

/** A point of a document, in CSS pixels. */
export interface Point {
  x: number;
  y: number;
}

const POLL_MS = 30;

/** Where the page keeps what {@link FirefoxContent.evaluateHandle} has made. */
const HANDLES = "testHandles";

/** Something in the page that later calls are about. */
export class FirefoxHandle {
  constructor(
    readonly page: FirefoxContent,
    /** JavaScript that finds it. */
    readonly expression: string,
  ) {}

  evaluate<T>(work: (element: never, ...args: never[]) => T, ...args: unknown[]): Promise<Awaited<T>> {
    return this.page.run(`(${work})(${this.expression}, ...args)`, args);
  }

  async click(): Promise<void> {
    await this.page.clickAt(this.expression);
  }

  async scrollIntoView(): Promise<void> {
    await this.page.run(`${this.expression}.scrollIntoView({ block: "center" })`);
  }

  async isVisible(): Promise<boolean> {
    return this.page.run(`${this.expression}.checkVisibility()`);
  }

  boundingBox(): Promise<Point & { width: number; height: number }> {
    return this.page.run(
      `(({ x, y, width, height }) => ({ x, y, width, height }))(${this.expression}.getBoundingClientRect())`,
    );
  }
}

/** What of the keyboard the tests use. */
export interface FirefoxKeyboard {
  press(key: string): Promise<void>;
  type(text: string): Promise<void>;
  /** Puts a text in, as a paste does. */
  sendCharacter(text: string): Promise<void>;
}

/** A document. */
export abstract class FirefoxContent {
  abstract readonly keyboard: FirefoxKeyboard;
  #handles = 0;

  constructor(
    protected readonly firefox: Firefox,
    protected readonly place: Place,
  ) {}

  /** Runs an expression; `args` are its arguments, plain JSON. What it promises is waited for. */
  run<T>(expression: string, args: unknown[] = []): Promise<T> {
    // A handle among the arguments is what it stands for.
    const plain = args.map((arg) => (arg instanceof FirefoxHandle ? null : (arg ?? null)));
    const handles = args.flatMap((arg, index) =>
      arg instanceof FirefoxHandle ? [`args[${index}] = ${arg.expression};`] : [],
    );
    // The driver's scripts have a global object of their own around the page's.
    const script = `const globalThis = window; const args = [...arguments]; ${handles.join("")} return (${expression})`;
    return this.firefox.inPlace<T>(this.place, script, plain);
  }

  evaluate<T>(work: Work, ...args: unknown[]): Promise<T> {
    return typeof work === "string" ? this.run(work) : this.run(`(${work})(...args)`, args);
  }

  async evaluateHandle(work: Work, ...args: unknown[]): Promise<FirefoxHandle> {
    this.#handles += 1;
    const place = `window.${HANDLES}[${this.#handles}]`;
    const made = typeof work === "string" ? work : `(${work})(...args)`;
    await this.run(`(window.${HANDLES} ??= {}, ${place} = ${made}, null)`, args);
    return new FirefoxHandle(this, place);
  }

  $eval<T>(selector: string, work: (element: never, ...args: never[]) => T, ...args: unknown[]): Promise<T> {
    return this.run(`(${work})(${one(selector)}, ...args)`, args);
  }

  $$eval<T>(
    selector: string,
    work: (elements: never, ...args: never[]) => T,
    ...args: unknown[]
  ): Promise<T> {
    return this.run(`(${work})([...document.querySelectorAll(${JSON.stringify(selector)})], ...args)`, args);
  }

  async $(selector: string): Promise<FirefoxHandle | null> {
    const is = await this.run(`${one(selector)} !== null`);
    return is ? new FirefoxHandle(this, one(selector)) : null;
  }

  async $$(selector: string): Promise<FirefoxHandle[]> {
    const all = `document.querySelectorAll(${JSON.stringify(selector)})`;
    const count = await this.run<number>(`${all}.length`);
    return Array.from({ length: count }, (_, index) => new FirefoxHandle(this, `${all}[${index}]`));
  }

  async waitForSelector(
    selector: string,
    { timeout, visible, hidden }: WaitOptions = {},
  ): Promise<FirefoxHandle | null> {
    const found = one(selector);
    let wanted = `${found} !== null`;
    if (visible) wanted = `${found}?.checkVisibility() === true`;
    if (hidden) wanted = `${found}?.checkVisibility() !== true`;
    await this.#until(selector, () => this.run(wanted), timeout);
    return hidden ? null : new FirefoxHandle(this, found);
  }

  async waitForFunction(work: Work, { timeout }: WaitOptions = {}, ...args: unknown[]): Promise<void> {
    await this.#until(`${work}`, () => this.evaluate(work, ...args), timeout);
  }

  /** Waits until nothing more is loaded. */
  async waitForNetworkIdle(): Promise<void> {
    await this.waitForFunction(() => document.readyState === "complete");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }

  /** The document itself, which is the only frame that a test asks for. */
  mainFrame(): this {
    return this;
  }

  title(): Promise<string> {
    return this.run("document.title");
  }

  async focus(selector: string): Promise<void> {
    await this.run(`${one(selector)}.focus()`);
  }

  async click(selector: string, { count = 1 }: { count?: number } = {}): Promise<void> {
    if (count > 1) await this.run(`${one(selector)}.select()`);
    await this.clickAt(one(selector));
    // A click puts the caret somewhere; the third one would select the line.
    if (count > 1) await this.run(`${one(selector)}.select()`);
  }

  /** A real click in the middle of what an expression gives. */
  abstract clickAt(expression: string): Promise<void>;

  abstract type(selector: string, text: string): Promise<void>;

  abstract close(): Promise<void>;

  async select(selector: string, value: string): Promise<void> {
    await this.run(
      `((select, value) => { select.value = value;
        for (const type of ["input", "change"]) select.dispatchEvent(new Event(type, { bubbles: true })); })(${one(selector)}, ...args)`,
      [value],
    );
  }

  /** Has a person choose these files. */
  async chooseFiles(selector: string, paths: string[]): Promise<void> {
    await this.firefox.inPlace(
      this.place,
      `const [selector, paths] = arguments;
       return Promise.all(paths.map((path) => File.createFromFileName(path))).then((files) => {
         const input = document.querySelector(selector);
         input.mozSetFileArray(files);
         for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
       });`,
      [selector, paths],
      "as Firefox",
    );
  }

  /** Whoever is asked for a file or a folder from now on chooses this one. */
  async answerDialogs(path: string): Promise<void> {
    await this.firefox.privileged(answerFileDialogs, path);
  }

  /** Has a person press this button and choose a folder; only the dialogs of the system are answered here. */
  async chooseFolder(button: string, path: string): Promise<void> {
    await this.answerDialogs(path);
    await this.click(button);
  }

  /** Drops files at a point. No folder: only a display has drags of those, and there is none. */
  dropFiles(at: Point, files: string[]): Promise<void> {
    return this.drag(at, { files }, ["dragenter", "dragover", "drop"]);
  }

  /** Drags files or a link over a point: these events, trusted, as from a person. */
  async drag(
    { x, y }: Point,
    what: { files: string[] } | { link: string },
    types: readonly string[],
  ): Promise<void> {
    const [files, link] = "files" in what ? [what.files, null] : [[], what.link];
    await this.firefox.inPlace(
      this.place,
      `const [paths] = arguments;
       const input = Object.assign(document.createElement("input"), { type: "file", multiple: true });
       return Promise.all(paths.map((path) => File.createFromFileName(path))).then((files) => {
         input.mozSetFileArray(files);
         window.wrappedJSObject.testFiles = input;
       });`,
      [files],
      "as Firefox",
    );
    // The page's own hands: what Firefox itself had put in, the page could not read.
    await this.run(
      `(() => {
        const dragged = new DataTransfer();
        for (const file of window.testFiles.files) dragged.items.add(file);
        if (args[0] !== null) dragged.setData("text/uri-list", args[0]);
        delete window.testFiles;
        window.testDragged = dragged;
      })()`,
      [link],
    );
    await this.firefox.inPlace(
      this.place,
      `const [x, y, types] = arguments;
       const dataTransfer = window.wrappedJSObject.testDragged;
       for (const type of types) {
         const target = document.elementFromPoint(x, y) ?? document.body;
         const init = { bubbles: true, cancelable: true, composed: true, view: window, clientX: x, clientY: y, dataTransfer };
         window.windowUtils.dispatchDOMEventViaPresShellForTesting(target, new window.DragEvent(type, init));
       }`,
      [x, y, types],
      "as Firefox",
    );
  }

  async emulateMediaFeatures(features: { name: string; value: string }[]): Promise<void> {
    for (const { name, value } of features) {
      await this.firefox.about(this.place, tellIn, name, value);
      // The page is told by another process.
      const holds = (feature: string) => matchMedia(feature).matches;
      await this.waitForFunction(holds, {}, `(${name}: ${value})`);
    }
  }

  async #until(what: string, check: () => Promise<unknown>, limitMs = PATIENCE_MS): Promise<void> {
    const end = Date.now() + limitMs;
    while (!(await check())) {
      if (Date.now() > end) throw new Error(`Not within ${limitMs} ms: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function one(selector: string): string {
  return `document.querySelector(${JSON.stringify(selector)})`;
}
