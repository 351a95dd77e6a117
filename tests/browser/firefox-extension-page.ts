/** A tab of Firefox, driven as a person drives it: by WebDriver. */
import { By, error, Key, type WebDriver, type WebElement } from "selenium-webdriver";
import type { Firefox } from "./firefox.ts";
import { FirefoxContent } from "./firefox-content.ts";
import { FirefoxEmbedded } from "./firefox-embedded.ts";
import { resize } from "./firefox-places.ts";

/** How often an element is pressed until it is clicked. */
const CLICK_TRIES = 5;

/** Marks an element once it is clicked. */
const LISTEN = `arguments[0].addEventListener("click", (event) => {
  event.currentTarget.setAttribute("data-clicked", "");
}, { capture: true, once: true });`;

/** Whether it has been clicked since {@link LISTEN}; an element that is gone with its page has been. */
async function isClicked(driver: WebDriver, element: WebElement): Promise<boolean> {
  const look = `const is = arguments[0].hasAttribute("data-clicked"); arguments[0].removeAttribute("data-clicked"); return is;`;
  return driver.executeScript<boolean>(look, element).catch(() => true);
}

/** An open tab. */
export class FirefoxExtensionPage extends FirefoxContent {
  readonly keyboard = {
    press: (key: string): Promise<void> =>
      this.#with(async (driver) => {
        const code = KEYS[key] ?? key;
        await driver.actions().sendKeys(code).perform();
      }),
    type: (text: string): Promise<void> => this.keyboard.press(text),
    sendCharacter: async (text: string): Promise<void> => {
      await this.run(`document.execCommand("insertText", false, args[0])`, [text]);
    },
  };

  #url = "";

  constructor(
    firefox: Firefox,
    private readonly handle: string,
  ) {
    super(firefox, { tab: handle });
  }

  /** The address that it was sent to last. */
  url(): string {
    return this.#url;
  }

  /** A frame in it, of whatever site, whose address holds `part`; nothing if there is none. */
  async frame(part: string): Promise<FirefoxEmbedded | undefined> {
    const frame = new FirefoxEmbedded(this.firefox, { tab: this.handle, frame: part });
    return (await frame.isClosed()) ? undefined : frame;
  }

  async goto(url: string): Promise<void> {
    this.#url = url;
    await this.#with((driver) => driver.get(url));
  }

  async reload(): Promise<void> {
    await this.#with((driver) => driver.navigate().refresh());
  }

  async bringToFront(): Promise<void> {
    await this.#with(async () => undefined);
  }

  clickAt(expression: string): Promise<void> {
    return this.#with(async (driver) => {
      for (let tries = 1; ; tries += 1) {
        await driver.executeScript(`${expression}.scrollIntoView({ block: "center" })`);
        const element = await driver.executeScript<WebElement>(`return ${expression}`);
        try {
          await driver.executeScript(LISTEN, element);
          await driver.actions().click(element).perform();
          // Pressed on one thing and let go on another, because the page has moved meanwhile: that is no click.
          if (tries === CLICK_TRIES || (await isClicked(driver, element))) return;
        } catch (failure) {
          // The page has put something else into view meanwhile; nothing was pressed.
          const hasMoved = failure instanceof error.MoveTargetOutOfBoundsError;
          if (!hasMoved || tries === CLICK_TRIES) throw failure;
        }
      }
    });
  }

  async type(selector: string, text: string): Promise<void> {
    if (text === "") return;
    await this.#with(async (driver) => driver.findElement(By.css(selector)).sendKeys(text));
  }

  /** As if the tab had this size, in CSS pixels. */
  async setViewport(size: { width: number; height: number }): Promise<void> {
    await this.firefox.about(this.place, resize, size.width, size.height);
    await this.waitForFunction(({ width }: { width: number }) => window.innerWidth === width, {}, size);
  }

  async screenshot({ path }: { path: string }): Promise<void> {
    const { writeFile } = await import("node:fs/promises");
    await writeFile(path, await this.#with((driver) => driver.takeScreenshot()), "base64");
  }

  /** Also when the page has done it itself. */
  async isClosed(): Promise<boolean> {
    const open = await this.firefox.alone((driver) => driver.getAllWindowHandles());
    return !open.includes(this.handle);
  }

  async close(): Promise<void> {
    if (await this.isClosed()) return;
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
}

const KEYS: Record<string, string> = {
  Backspace: Key.BACK_SPACE,
  Delete: Key.DELETE,
  End: Key.END,
  Enter: Key.ENTER,
  Escape: Key.ESCAPE,
  Home: Key.HOME,
  ArrowDown: Key.ARROW_DOWN,
  ArrowLeft: Key.ARROW_LEFT,
  ArrowRight: Key.ARROW_RIGHT,
  ArrowUp: Key.ARROW_UP,
  PageDown: Key.PAGE_DOWN,
  PageUp: Key.PAGE_UP,
  Tab: Key.TAB,
  Space: Key.SPACE,
};
