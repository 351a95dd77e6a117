/**
 * Every word that a person reads comes from `_locales/`: scripts ask for it by name with {@link text}, markup names it in
 * `data-text` (the content) or `data-text-<attribute>` (an attribute), filled by {@link fillTexts}.
 */
import type messages from "../_locales/en/messages.json";
import { browser } from "./browser.ts";

/** Name of a message. English has all of them. */
export type MessageName = keyof typeof messages;

/** Names of messages that exist as `<name>_one` and `<name>_other`. */
export type PluralName = {
  [Name in MessageName]: Name extends `${infer Stem}_other` ? Stem : never;
}[MessageName];

/** The message in the browser's language; `values` take the place of `$1`, `$2`, … or of named placeholders in their order. */
export function text(name: MessageName, ...values: (string | number)[]): string {
  return browser.i18n.getMessage(name, values.map(String));
}

/** The message in the form that the language has for this count. The count itself is no value unless it is given as one. */
export function textFor(count: number | bigint, name: PluralName, ...values: (string | number)[]): string {
  const form =
    new Intl.PluralRules(browser.i18n.getUILanguage()).select(Number(count)) === "one" ? "one" : "other";
  return text(`${name}_${form}` as MessageName, ...values);
}

const FILLED_ATTRIBUTES = ["aria-label", "placeholder", "title"] as const;

/** Puts the messages into the markup, and the language and its direction onto the page. Called once, by each page's script. */
export function fillTexts(page: Document = document): void {
  page.documentElement.lang = browser.i18n.getUILanguage();
  page.documentElement.dir = browser.i18n.getMessage("@@bidi_dir");
  for (const element of page.querySelectorAll<HTMLElement>("[data-text]"))
    element.textContent = text(element.dataset.text as MessageName);
  for (const attribute of FILLED_ATTRIBUTES)
    for (const element of page.querySelectorAll(`[data-text-${attribute}]`))
      element.setAttribute(attribute, text(element.getAttribute(`data-text-${attribute}`) as MessageName));
}
