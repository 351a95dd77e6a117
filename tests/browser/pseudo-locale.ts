/**
 * A language that nobody speaks: every message is accented, longer than in English, and in brackets. What a page shows
 * outside of the brackets does not come from `_locales/`.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Frame, Page } from "puppeteer-core";

const ACCENTED = new Map(
  [..."áƀçđéƒĝĥíĵķłɱñóƥɋŕšťúṽŵẋýžÁƁÇĐÉƑĜĤÍĴĶŁṀÑÓƤɊŔŠŤÚṼŴẊÝŽ"].map((letter, at) => [
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[at] ?? "",
    letter,
  ]),
);
/** Other languages say the same in up to this many times as many letters. */
const LONGER = 1.4;
const FILLER = "łóŕéɱ íƥšúɱ đółóŕ šíť áɱéť çóñšéçťéťúŕ ";
/** Read by scripts, not by people. */
const NOT_SHOWN = "language";

const OPEN = "[!!";
const CLOSE = "!!]";

/** The message as the pseudo-locale has it: `Drop files` is `[!!Đŕóƥ ƒíłéš łóŕé!!]`. Placeholders stay. */
export function pseudo(message: string): string {
  const accented = message.replace(/(\$\w+\$)|[A-Za-z]/g, (found, placeholder?: string) =>
    placeholder === undefined ? (ACCENTED.get(found) ?? found) : placeholder,
  );
  const more = Math.ceil(message.length * (LONGER - 1));
  const filler = FILLER.repeat(Math.ceil(more / FILLER.length))
    .slice(0, more)
    .trim();
  return `${OPEN}${accented} ${filler}${CLOSE}`;
}

/** Makes English the pseudo-locale in a copy of the built extension. */
export async function speakPseudo(extension: string): Promise<void> {
  const path = join(extension, "_locales/en/messages.json");
  const messages: Record<string, { message: string }> = JSON.parse(await readFile(path, "utf8"));
  for (const [name, message] of Object.entries(messages))
    if (name !== NOT_SHOWN) message.message = pseudo(message.message);
  await writeFile(path, JSON.stringify(messages));
}

/** What is data by the element that holds it: paths, names, and what says so of itself. */
const DATA = ".path, bdi, [data-data], script, style";
const ATTRIBUTES = ["aria-label", "aria-description", "aria-valuetext", "title", "placeholder", "alt"];

/**
 * Everything in the page that a person may read and that is in no brackets, with where it is. Looks at hidden parts too:
 * they are shown in another state.
 */
export async function literalsOn(page: Page | Frame): Promise<string[]> {
  // No named function in here: the page would not have the helper that the compiler wraps it in.
  const { title, texts, attributes } = await page.evaluate(
    (data, names) => {
      const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found: { at: string; text: string }[] = [];
      for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
        const parent = node.parentElement;
        if (parent === null || parent.closest(data) !== null) continue;
        found.push({ at: parent.id || parent.className || parent.tagName, text: node.textContent ?? "" });
      }
      const selector = names.map((name) => `[${name}]`).join();
      const elements = [...document.querySelectorAll(selector)].filter((one) => one.closest(data) === null);
      return {
        title: document.title,
        texts: found,
        attributes: elements.flatMap((one) =>
          names
            .filter((name) => one.hasAttribute(name))
            .map((name) => ({ at: `${one.id || one.tagName} ${name}`, text: one.getAttribute(name) ?? "" })),
        ),
      };
    },
    DATA,
    ATTRIBUTES,
  );
  // A message may be spread over several text nodes, as code in a sentence is.
  return [texts, [{ at: "title of the page", text: title }], ...attributes.map((one) => [one])].flatMap(
    outsideBrackets,
  );
}

function outsideBrackets(pieces: readonly { at: string; text: string }[]): string[] {
  let depth = 0;
  const outside: string[] = [];
  for (const { at, text } of pieces) {
    for (const part of text.split(/(\[!!|!!\])/)) {
      if (part === OPEN) depth += 1;
      else if (part === CLOSE) depth -= 1;
      else if (depth === 0 && /\p{L}/u.test(part)) outside.push(`${at}: ${part.trim()}`);
    }
  }
  if (depth !== 0) outside.push(`${pieces[0]?.at}: brackets that do not close`);
  return outside;
}
