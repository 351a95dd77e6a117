/**
 * `chrome.i18n` for tests without a browser, with the real messages. English unless {@link speak} says otherwise. Vitest
 * runs this before every test file.
 */
import de from "../_locales/de/messages.json" with { type: "json" };
import en from "../_locales/en/messages.json" with { type: "json" };

interface Message {
  message: string;
  placeholders?: Record<string, { content: string }>;
}

const languages: Record<string, Record<string, Message>> = { de, en };
let spoken = "en";

/** Makes this the browser's language, for example `de-AT`; what there are no messages in is answered in English. */
export function speak(language: string): void {
  spoken = language;
}

function getMessage(name: string, values: readonly string[] = []): string {
  if (name === "@@bidi_dir") return /^(ar|fa|he)\b/.test(spoken) ? "rtl" : "ltr";
  const found = languages[spoken.split("-", 1)[0] ?? ""]?.[name] ?? languages.en?.[name];
  if (found === undefined) return "";
  const inserted = found.message.replace(/\$(\$|\w+\$)/g, (whole, what: string) =>
    what === "$" ? "$" : (found.placeholders?.[what.slice(0, -1).toLowerCase()]?.content ?? whole),
  );
  return inserted.replace(/\$(\d)/g, (_, digit: string) => values[Number(digit) - 1] ?? "");
}

Object.assign(globalThis, { chrome: { i18n: { getMessage, getUILanguage: () => spoken } } });
