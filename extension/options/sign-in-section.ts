import type { SignInSettings, SignInView } from "deadlinejs/common";
import { askBackground } from "../shared/background-client.ts";
import { browser, pageUrl, requestHosts, WASM_PATH } from "../shared/browser.ts";
import { byId, make } from "../shared/dom.ts";
import type { Reply } from "../shared/messages.ts";
import { problemButton } from "../shared/problem-button.ts";
import { fieldErrorText } from "../shared/problem-text.ts";
import { keepSignInSettings, keptSignInSettings } from "../shared/sign-in-settings.ts";
import { text } from "../shared/text.ts";
import { showFieldError } from "./field-error.ts";
import { fillList } from "./fill-list.ts";
import { problemSentence, showFormMessage } from "./form-message.ts";
import { LoadedLater } from "./loaded-later.ts";

const FIELDS = {
  startUrl: "start-url",
  region: "sign-in-region",
  oidcEndpoint: "oidc-endpoint",
  portalEndpoint: "portal-endpoint",
} as const;
type Name = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as Name[];

/** Match patterns of the hosts of a sign-in; throws what Rust says of settings that are none. */
type Judge = (settings: SignInSettings) => string[];

/** Sign-in at IAM Identity Center: the settings, the code to compare, and the choice of account and role. */
export class SignInSection {
  readonly #message = byId("sign-in-message", HTMLElement);
  readonly #accounts = byId("account-choice", HTMLSelectElement);
  readonly #roles = byId("role-choice", HTMLSelectElement);
  /** Settles when the fields hold what was last signed in with. */
  readonly recalled: Promise<void>;
  readonly #rules = new LoadedLater(loadRules());
  #shown = "";
  #page = "";

  /** Connects the form. */
  constructor() {
    const form = byId("sign-in-form", HTMLFormElement);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start();
    });
    form.addEventListener("input", () => this.#clearErrors());
    this.#accounts.addEventListener("change", () => {
      if (this.#accounts.value !== "")
        void this.#choose(askBackground("signIn.account", { accountId: this.#accounts.value }));
    });
    this.#roles.addEventListener("change", () => {
      if (this.#roles.value !== "")
        void this.#choose(askBackground("signIn.role", { roleName: this.#roles.value }));
    });
    byId("sign-in-page", HTMLButtonElement).addEventListener("click", () => {
      if (this.#page !== "") void browser.tabs.create({ url: this.#page });
    });
    this.recalled = this.#recall();
  }

  /** Shows where the sign-in is. */
  show(view: SignInView | null): void {
    // The choice that somebody is making is not taken from under their hands.
    const said = JSON.stringify(view);
    if (said === this.#shown) return;
    const isNews = this.#shown !== "";
    this.#shown = said;
    const type = view?.type;
    byId("sign-in-steps", HTMLElement).hidden = type === undefined || !/^(code|choose-)/.test(type);
    byId("sign-in-code", HTMLElement).hidden = type !== "code";
    byId("sign-in-account", HTMLElement).hidden = type !== "choose-account";
    byId("sign-in-role", HTMLElement).hidden = type !== "choose-role";
    this.#message.dataset.view = type ?? "";
    // Nobody's focus moves because this page was opened.
    const focus = (element: HTMLElement): void => (isNews ? element.focus() : undefined);
    if (view?.type === "working") this.#say(text("optionsSignInWorking"));
    else if (view?.type === "code") {
      byId("user-code", HTMLElement).textContent = view.userCode;
      this.#page = view.page;
      this.#say(text("optionsSignInWaits", view.userCode));
      focus(byId("sign-in-page", HTMLElement));
    } else if (view?.type === "choose-account") {
      const named = view.accounts.map(({ accountId, name }): [string, string] => [
        accountId,
        name === "" ? accountId : `${name} (${accountId})`,
      ]);
      fillList(this.#accounts, named);
      this.#say(text("optionsChooseAccount"));
      focus(this.#accounts);
    } else if (view?.type === "choose-role") {
      fillList(
        this.#roles,
        view.roles.map((role) => [role, role]),
      );
      this.#say(text("optionsChooseRole", view.accountId));
      focus(this.#roles);
    } else if (view?.type === "signed-in") {
      showFormMessage(this.#message, "saved", text("optionsSignedIn", view.roleName, view.accountId));
    } else if (view?.problem) {
      showFormMessage(this.#message, "refused", problemSentence(view.problem));
      this.#message.append(problemButton(view.problem.button, { tryAgain: () => this.#startAgain() }));
    } else this.#say("");
  }

  async #choose(asking: Promise<Reply<null>>): Promise<void> {
    const reply = await asking;
    if (!reply.ok) showFormMessage(this.#message, "refused", problemSentence(reply.problem));
  }

  #say(sentence: string): void {
    delete this.#message.dataset.state;
    delete this.#message.dataset.tone;
    this.#message.replaceChildren(...(sentence === "" ? [] : [make("p", {}, sentence)]));
  }

  #field(name: Name): HTMLInputElement {
    return byId(FIELDS[name], HTMLInputElement);
  }

  #settings(): Record<Name, string> {
    return Object.fromEntries(NAMES.map((name) => [name, this.#field(name).value.trim()])) as Record<
      Name,
      string
    >;
  }

  async #recall(): Promise<void> {
    const kept = await keptSignInSettings();
    if (kept) for (const name of NAMES) this.#field(name).value = kept[name];
    const details = byId("sign-in-addresses", HTMLDetailsElement);
    details.open = this.#field("oidcEndpoint").value !== "" || this.#field("portalEndpoint").value !== "";
  }

  #clearErrors(): void {
    for (const name of NAMES) showFieldError(this.#field(name), null);
  }

  /** The button that was pressed goes with what it was about; the other one for the same stays. */
  #startAgain(): void {
    byId("start-sign-in", HTMLButtonElement).focus();
    this.#start();
  }

  #start(): void {
    this.#rules.use(
      (judge) => void this.#startBy(judge),
      () => showFormMessage(this.#message, "refused", text("optionsNoRulesHere")),
    );
  }

  async #startBy(judge: Judge): Promise<void> {
    const settings = this.#settings();
    let origins: string[];
    try {
      origins = judge({ ...settings, clientName: "any" });
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      // Rust begins with the name of the field.
      const [, named = "startUrl", message = error.message] = /^(\w+): (.*)$/s.exec(error.message) ?? [];
      const field = this.#field(NAMES.find((name) => name === named) ?? "startUrl");
      const folded = field.closest("details");
      if (folded) folded.open = true;
      showFieldError(field, fieldErrorText({ code: String(error.code), message }));
      field.focus();
      return;
    }
    const asking = requestHosts(origins).catch(() => false);
    await keepSignInSettings(settings);
    if (!(await asking)) {
      showFormMessage(this.#message, "refused", text("optionsSignInDenied"));
      return;
    }
    // How an earlier one ended is no news of this one.
    this.show({ type: "working" });
    const reply = await askBackground("signIn.start", settings);
    if (!reply.ok) showFormMessage(this.#message, "refused", problemSentence(reply.problem));
  }
}

async function loadRules(): Promise<Judge> {
  const { init: loadWasm, signInOriginPatterns } = await import("deadlinejs/common");
  await loadWasm(pageUrl(WASM_PATH));
  return signInOriginPatterns;
}
