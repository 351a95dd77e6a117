/**
 * Every word that a person reads comes from `_locales/`: scripts ask for it by name with {@link text}, markup names it in
 * `data-text` (the content) or `data-text-<attribute>` (an attribute), filled by {@link fillTexts}.
 *
 * `chrome.i18n` has this name in every browser and answers at once, so nothing has to stand between; content scripts
 * have it too. Chrome's offscreen document has not: what comes from there is told by its code, see `problem-text.ts`.
 */
import type messages from "../_locales/en/messages.json";

/** Name of a message. English has all of them. */
export type MessageName = keyof typeof messages;

/** Names of messages that exist as `<name>_one` and `<name>_other`. */
export type PluralName = {
  [Name in MessageName]: Name extends `${infer Stem}_other` ? Stem : never;
}[MessageName];

/** The message in the browser's language; `values` take the place of its placeholders, in the order of their numbers. */
export function text(name: MessageName, ...values: (string | number)[]): string {
  return chrome.i18n.getMessage(name, values.map(String));
}

/** As {@link text}, for a name that was put together: nothing where there is no such message. */
export function textIfAny(name: string, ...values: string[]): string | undefined {
  return chrome.i18n.getMessage(name, values) || undefined;
}

/** The message in the form that the language has for this count. The count itself is no value unless it is given as one. */
export function textFor(count: number | bigint, name: PluralName, ...values: (string | number)[]): string {
  return text(formFor(count, name), ...values);
}

/** Name of the form that {@link textFor} chooses. */
export function formFor(count: number | bigint, name: PluralName): MessageName {
  const form = new Intl.PluralRules(language()).select(Number(count)) === "one" ? "one" : "other";
  return `${name}_${form}` as MessageName;
}

/** Stands in a message for a value that is no text; no message holds this character. */
const MARK = "\uE000";

/**
 * The message as nodes: its values may be elements, as a path in the middle of a sentence is, and what stands between
 * backticks becomes `code`. What stands in a value is never read as markup.
 */
export function textParts(name: MessageName, ...values: (Node | string)[]): (Node | string)[] {
  const marked = text(name, ...values.map((_, at) => `${MARK}${at}${MARK}`));
  const parts = marked.split(/(`[^`]*`|\uE000\d\uE000)/).filter((part) => part !== "");
  return parts.map((part) => {
    if (part.startsWith(MARK)) return values[Number(part[1])] ?? "";
    return part.startsWith("`") ? code(part.slice(1, -1)) : part;
  });
}

/**
 * The language that the person reads, as a BCP 47 tag: for numbers, dates and plurals. It is the browser's, with its
 * region, where there are messages in it; otherwise that of the messages which stand in.
 */
export function language(): string {
  const spoken = text("language");
  const ofBrowser = chrome.i18n.getUILanguage();
  return ofBrowser === spoken || ofBrowser.startsWith(`${spoken}-`) ? ofBrowser : spoken;
}

const FILLED_ATTRIBUTES = ["aria-label", "placeholder", "title"] as const;

/** Puts the messages into the markup, and the language and its direction onto the page. Called once, by each page's script. */
export function fillTexts(page: Document = document): void {
  page.documentElement.lang = language();
  // The browser's direction is that of its own language, in which there may be no messages.
  page.documentElement.dir =
    language() === chrome.i18n.getUILanguage() ? chrome.i18n.getMessage("@@bidi_dir") : "ltr";
  for (const element of page.querySelectorAll<HTMLElement>("[data-text]"))
    element.replaceChildren(...textParts(element.dataset.text as MessageName));
  for (const attribute of FILLED_ATTRIBUTES)
    for (const element of page.querySelectorAll(`[data-text-${attribute}]`))
      element.setAttribute(attribute, text(element.getAttribute(`data-text-${attribute}`) as MessageName));
}

function code(content: string): HTMLElement {
  const element = document.createElement("code");
  element.textContent = content;
  return element;
}
