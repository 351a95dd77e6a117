import * as v from "valibot";
import { pageUrl, WASM_PATH } from "../shared/browser.ts";
import { byId, make } from "../shared/dom.ts";
import { type FilePatterns, FilePatternsSchema } from "../shared/messages.ts";
import { text, textParts } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";

/** Somebody who types is not interrupted by every letter. */
const TYPING_MILLISECONDS = 300;

const FAULTS = {
  "pattern-bracket": "previewPatternBracket",
  "pattern-empty": "previewPatternEmpty",
  "pattern-stars": "previewPatternStars",
} as const;

/** What Rust knows about patterns. */
type Rules = Pick<typeof import("deadlinejs/common"), "checkPattern" | "splitPatterns">;

const NONE: FilePatterns = { include: [], exclude: [] };

/** The two fields for patterns: says what is wrong while it is typed, and tells what is right. */
export class PatternFields {
  readonly #include = byId("preview-include", HTMLTextAreaElement);
  readonly #exclude = byId("preview-exclude", HTMLTextAreaElement);
  readonly #tell: (patterns: FilePatterns) => void;
  #rules: Promise<Rules> | undefined;
  #timer = 0;
  /** What was typed since anything was told. */
  #isUntold = false;
  /** What the upload is known to go by. */
  #told = "";

  /** `tell` gets patterns that can be read, after every change. */
  constructor(tell: (patterns: FilePatterns) => void) {
    this.#tell = tell;
    for (const field of this.#fields) {
      field.addEventListener("focus", () => void this.#loadRules().catch(() => undefined));
      field.addEventListener("input", () => {
        this.#isUntold = true;
        clearTimeout(this.#timer);
        this.#timer = window.setTimeout(() => void this.tellNow(), TYPING_MILLISECONDS);
      });
    }
  }

  /** Forgets what was typed for another upload. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#isUntold = false;
    this.#write(NONE);
  }

  /** Shows what the upload goes by, also where another page has chosen it; nobody who types is interrupted. */
  fill(patterns: FilePatterns = NONE): void {
    const isKnown = JSON.stringify(patterns) === this.#told;
    const isBusy = this.#fields.some((field) => field === document.activeElement);
    if (isKnown || this.#isUntold || isBusy) return;
    this.#write(patterns);
  }

  /** Tells what was changed and not told yet; `false` where that cannot be read, or nobody can say. */
  async tellNow(): Promise<boolean> {
    if (!this.#isUntold) return true;
    const rules = await this.#loadRules().catch(() => undefined);
    if (!rules) {
      for (const field of this.#fields) showError(field, [text("previewPatternsUnchecked")]);
      return false;
    }
    const [include, exclude] = [this.#include, this.#exclude].map((field) => patternsOf(field, rules));
    if (!include || !exclude) return false;
    clearTimeout(this.#timer);
    this.#isUntold = false;
    this.#told = JSON.stringify({ include, exclude });
    this.#tell({ include, exclude });
    return true;
  }

  /** Leads to the first field that cannot be read, also where the fields are folded away. */
  focusFault(): void {
    const field = this.#fields.find((one) => one.hasAttribute("aria-invalid"));
    const folded = field?.closest("details");
    if (folded) folded.open = true;
    field?.focus();
  }

  #write(patterns: FilePatterns): void {
    this.#told = JSON.stringify(patterns);
    this.#include.value = patterns.include.join("\n");
    this.#exclude.value = patterns.exclude.join("\n");
    for (const field of this.#fields) showError(field, undefined);
  }

  get #fields(): HTMLTextAreaElement[] {
    return [this.#exclude, this.#include];
  }

  #loadRules(): Promise<Rules> {
    this.#rules ??= loadRules();
    // Perhaps it can be loaded the next time.
    this.#rules.catch(() => {
      this.#rules = undefined;
    });
    return this.#rules;
  }
}

async function loadRules(): Promise<Rules> {
  const { checkPattern, init: loadWasm, splitPatterns } = await import("deadlinejs/common");
  await loadWasm(pageUrl(WASM_PATH));
  return { checkPattern, splitPatterns };
}

/** The patterns in a field; nothing where one cannot be read, which the field then says. */
function patternsOf(field: HTMLTextAreaElement, rules: Rules): string[] | undefined {
  const patterns = rules.splitPatterns(field.value);
  const sentence = faultIn(patterns, rules);
  showError(field, sentence);
  return sentence ? undefined : patterns;
}

function faultIn(patterns: string[], { checkPattern }: Rules): (Node | string)[] | undefined {
  for (const pattern of patterns) {
    const fault = checkPattern(pattern);
    if (fault) return textParts(FAULTS[fault.code], codeOf(pattern), `${fault.position}`);
  }
  const fits = v.is(FilePatternsSchema, { include: patterns, exclude: [] });
  return fits ? undefined : textParts("previewPatternTooMany");
}

function showError(field: HTMLTextAreaElement, sentence: (Node | string)[] | undefined): void {
  byId(`${field.id}-error`, HTMLElement).replaceChildren(...(sentence ?? []));
  if (sentence) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

function codeOf(pattern: string): HTMLElement {
  return make("code", {}, visibleText(pattern));
}
