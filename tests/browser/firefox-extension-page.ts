/**
 * A tab of Firefox with the methods of puppeteer's pages that the end-to-end tests use, so that each test is written
 * once. What the driver of Firefox cannot do is not here.
 */
import { By, Key } from "selenium-webdriver";
import { answerFolderDialogs, type Firefox } from "./firefox.ts";

type Work = ((...args: never[]) => unknown) | string;

interface WaitOptions {
  /** Milliseconds. */
  timeout?: number;
  visible?: boolean;
  hidden?: boolean;
}

const WAIT_LIMIT_MS = 30_000;
const POLL_MS = 30;

/** Where the page keeps what {@link FirefoxExtensionPage.evaluateHandle} has made. */
const HANDLES = "testHandles";

/** Something in the page that later calls are about. */
export class FirefoxHandle {
  constructor(
    readonly page: FirefoxExtensionPage,
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
}

/** An open tab. */
export class FirefoxExtensionPage {
  #handles = 0;
  readonly keyboard = {
    press: (key: string): Promise<void> =>
      this.#with(async (driver) => {
        const code = KEYS[key] ?? key;
        await driver.actions().sendKeys(code).perform();
      }),
  };

  constructor(
    private readonly firefox: Firefox,
    private readonly handle: string,
  ) {}

  /** Runs an expression; `args` are its arguments, plain JSON. What it promises is waited for. */
  run<T>(expression: string, args: unknown[] = []): Promise<T> {
    // A handle among the arguments is what it stands for.
    const plain = args.map((arg) => (arg instanceof FirefoxHandle ? null : arg));
    const handles = args.flatMap((arg, index) =>
      arg instanceof FirefoxHandle ? [`args[${index}] = ${arg.expression};`] : [],
    );
    const script = `const args = [...arguments]; ${handles.join("")} return (${expression})`;
    return this.#with((driver) => driver.executeScript<T>(script, ...plain));
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

  async goto(url: string): Promise<void> {
    await this.#with((driver) => driver.get(url));
  }

  async reload(): Promise<void> {
    await this.#with((driver) => driver.navigate().refresh());
  }

  async bringToFront(): Promise<void> {
    await this.#with(async () => undefined);
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

  /** A real click in the middle of it. */
  clickAt(expression: string): Promise<void> {
    return this.#with(async (driver) => {
      await driver.executeScript(`${expression}.scrollIntoView({ block: "center" })`);
      const element = await driver.executeScript<never>(`return ${expression}`);
      await driver.actions().click(element).perform();
    });
  }

  async type(selector: string, text: string): Promise<void> {
    if (text === "") return;
    await this.#with(async (driver) => driver.findElement(By.css(selector)).sendKeys(text));
  }

  async select(selector: string, value: string): Promise<void> {
    await this.run(
      `((select, value) => { select.value = value;
        for (const type of ["input", "change"]) select.dispatchEvent(new Event(type, { bubbles: true })); })(${one(selector)}, ...args)`,
      [value],
    );
  }

  /** Has a person choose these files. */
  chooseFiles(selector: string, paths: string[]): Promise<void> {
    return this.#with(async (driver) => driver.findElement(By.css(selector)).sendKeys(paths.join("\n")));
  }

  /** Whoever is asked for a folder from now on chooses this one. */
  async answerDialogs(path: string): Promise<void> {
    await this.#with(() => this.firefox.inChrome(answerFolderDialogs, path));
  }

  /** Has a person press this button and choose a folder; only the dialogs of the system are answered here. */
  async chooseFolder(button: string, path: string): Promise<void> {
    await this.answerDialogs(path);
    await this.click(button);
  }

  async screenshot({ path }: { path: string }): Promise<void> {
    const { writeFile } = await import("node:fs/promises");
    await writeFile(path, await this.#with((driver) => driver.takeScreenshot()), "base64");
  }

  async close(): Promise<void> {
    await this.#with(async (driver) => {
      await driver.close();
      // The driver must look at some window, or it opens no other.
      const [first = ""] = await driver.getAllWindowHandles();
      await driver.switchTo().window(first);
    });
  }

  /** Work with the driver, looking at this tab; nothing else is done with it meanwhile. */
  #with<T>(work: (driver: Firefox["driver"]) => Promise<T>): Promise<T> {
    return this.firefox.alone(async (driver) => {
      await driver.switchTo().window(this.handle);
      return work(driver);
    });
  }

  async #until(what: string, check: () => Promise<unknown>, limitMs = WAIT_LIMIT_MS): Promise<void> {
    const end = Date.now() + limitMs;
    while (!(await check())) {
      if (Date.now() > end) throw new Error(`Not within ${limitMs} ms: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

const KEYS: Record<string, string> = {
  Delete: Key.DELETE,
  Enter: Key.ENTER,
  Escape: Key.ESCAPE,
  Tab: Key.TAB,
  Space: Key.SPACE,
};

function one(selector: string): string {
  return `document.querySelector(${JSON.stringify(selector)})`;
}
