/**
 * The options page, used as a person uses it: by filling in fields and pressing buttons.
 */
import type { Page } from "puppeteer-core";
import type { ProfileFields } from "../../extension/shared/messages.ts";
import type { StandIn } from "../stand-in/client.ts";
import type { AnyExtensionBrowser } from "./extension-browser.ts";

/** What a person types to sign requests. */
export interface TypedCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Empty for long-lived keys. */
  sessionToken: string;
}

/** What the page answered to a press of a save button. */
export interface SaveOutcome {
  state: "saved" | "refused";
  message: string;
}

/** What the page shows of one step of a test of the connection. */
export interface ShownFinding {
  step: string;
  verdict: string;
  code: string;
  words: string;
}

/** What `aws configure export-credentials` prints for keys that end then, in milliseconds since 1970. */
export function pastedJson(
  { accessKeyId, secretAccessKey, sessionToken }: TypedCredentials,
  end: number,
): string {
  const keys = {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken === "" ? "a-token" : sessionToken,
    Expiration: new Date(end).toISOString(),
  };
  return JSON.stringify(keys, null, 2);
}

/** An open options page. */
export class OptionsPage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(browser: AnyExtensionBrowser): Promise<OptionsPage> {
    const page = await browser.openPage("options/options.html");
    await page.waitForSelector("#save-profile:enabled");
    return new OptionsPage(page);
  }

  async saveProfile(profile: ProfileFields): Promise<SaveOutcome> {
    await this.typeProfile(profile);
    return this.#press("#save-profile", "#profile-message");
  }

  /** Fills the form and saves nothing. */
  async typeProfile(profile: ProfileFields): Promise<void> {
    const { assetRootFormat, manifestVersion, ...others } = profile;
    await this.#unfold();
    for (const [name, value] of Object.entries(others)) {
      if (typeof value === "boolean") await this.#tick(name, value);
      else if (Array.isArray(value)) await this.#fill(`[name=${name}]`, value.join("\n"));
      // An empty field is how a person writes that there is no limit.
      else await this.#fill(`[name=${name}]`, value === 0 ? "" : `${value}`);
    }
    await this.page.select("[name=assetRootFormat]", assetRootFormat);
    await this.page.select("[name=manifestVersion]", manifestVersion);
  }

  /** Names in the list of profiles. */
  names(): Promise<string[]> {
    return this.page.$$eval("#profile-list bdi", (names) => names.map((name) => name.textContent ?? ""));
  }

  /** Opens a profile of the list. */
  async choose(name: string): Promise<void> {
    const list = await this.names();
    await this.page.click(`#profile-list li:nth-child(${list.indexOf(name) + 1}) button`);
  }

  /** Tests the connection and gives what the page shows of each step. */
  async testConnection(): Promise<ShownFinding[]> {
    // What stands there of an earlier test is taken away only when the browser has given access.
    await this.page.$eval("#connection", (outcome) => outcome.removeAttribute("data-state"));
    await this.page.click("#test-connection");
    await this.page.waitForSelector("#connection[data-state]");
    return this.page.$$eval("#connection-steps > li", (items) =>
      items.map((item) => {
        const { step = "", verdict = "", code = "" } = item.dataset;
        return { step, verdict, code, words: item.textContent ?? "" };
      }),
    );
  }

  /** Signs in at IAM Identity Center, which has one role of one account to give. */
  async signIn(identityCenter: StandIn, startUrl: string): Promise<void> {
    const { page } = this;
    await page.$eval("#sign-in-addresses", (details) => details.setAttribute("open", ""));
    await page.type("#start-url", startUrl);
    await page.type("#sign-in-region", "eu-west-1");
    await page.type("#oidc-endpoint", identityCenter.origin);
    await page.type("#portal-endpoint", identityCenter.origin);
    await page.click("#start-sign-in");
    await page.waitForSelector('#sign-in-message[data-view="code"]');
    await identityCenter.approve();
    await page.waitForSelector('#sign-in-message[data-view="signed-in"]');
    // The page where a person approves has come to the front.
    await page.bringToFront();
  }

  async saveCredentials(credentials: TypedCredentials): Promise<SaveOutcome> {
    if (!(await this.page.$eval("#one-by-one", (details) => (details as HTMLDetailsElement).open)))
      await this.page.click("#one-by-one summary");
    for (const [name, text] of Object.entries(credentials)) await this.#fill(`[name=${name}]`, text);
    return this.#press("#save-credentials", "#credentials-message");
  }

  /** Puts a text into the field for pasted credentials, and nothing more. */
  paste(text: string): Promise<void> {
    return this.#fill("#pasted", text);
  }

  /** Pastes credentials and has them used. */
  async savePasted(text: string): Promise<SaveOutcome> {
    await this.paste(text);
    return this.#press("#save-credentials", "#credentials-message");
  }

  /** Opens the fields that few people need. */
  async #unfold(): Promise<void> {
    const isOpen = await this.page.$eval("#advanced", (details) => (details as HTMLDetailsElement).open);
    if (!isOpen) await this.page.click("#advanced summary");
  }

  async #tick(name: string, wanted: boolean): Promise<void> {
    const box = await this.page.waitForSelector(`input[name=${name}]`);
    if ((await box?.evaluate((element) => (element as HTMLInputElement).checked)) !== wanted)
      await box?.click();
  }

  /** Replaces what is in a field, at once: each character that is typed has the whole form looked at. */
  async #fill(selector: string, text: string): Promise<void> {
    const isThere = await this.page.$eval(
      selector,
      (field, wanted) => (field as HTMLInputElement).value === wanted,
      text,
    );
    if (isThere) return;
    await this.page.focus(selector);
    await this.page.$eval(selector, (field) => (field as HTMLInputElement).select());
    await this.page.keyboard.press("Delete");
    if (text !== "") await this.page.keyboard.sendCharacter(text);
  }

  async #press(button: string, message: string): Promise<SaveOutcome> {
    // What an earlier press left must not be taken for the answer to this one.
    await this.page.$eval(message, (element) => element.removeAttribute("data-state"));
    // By the keyboard: a mouse misses a button that a message above has just moved.
    await this.page.focus(button);
    await this.page.keyboard.press("Enter");
    const answer = await this.page.waitForSelector(`${message}[data-state]`);
    if (answer === null) throw new Error(`${message} is gone.`);
    return answer.evaluate((element): SaveOutcome => {
      const state = element.getAttribute("data-state") === "saved" ? "saved" : "refused";
      return { state, message: element.textContent?.trim() ?? "" };
    });
  }
}
