import type { PatternFault } from "deadlinejs/common";
import * as v from "valibot";
import { pageUrl, WASM_PATH } from "../shared/browser.ts";
import { byId, make } from "../shared/dom.ts";
import { type FilePatterns, FilePatternsSchema } from "../shared/messages.ts";
import { textParts } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";

/** Somebody who types is not interrupted by every letter. */
const TYPING_MILLISECONDS = 300;

const FAULTS = {
  "pattern-bracket": "previewPatternBracket",
  "pattern-empty": "previewPatternEmpty",
  "pattern-stars": "previewPatternStars",
} as const;

/** The patterns in a text: one in a line, or several with commas. */
export function patternsIn(typed: string): string[] {
  return typed
    .split(/[\n,]/)
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== "");
}

/** The two fields for patterns: says what is wrong while it is typed, and tells what is right. */
export class PatternFields {
  readonly #include = byId("preview-include", HTMLTextAreaElement);
  readonly #exclude = byId("preview-exclude", HTMLTextAreaElement);
  readonly #tell: (patterns: FilePatterns) => void;
  #check: ((pattern: string) => PatternFault | undefined) | undefined;
  #timer = 0;

  /** `tell` gets patterns that can be read, after every change. */
  constructor(tell: (patterns: FilePatterns) => void) {
    this.#tell = tell;
    for (const field of [this.#include, this.#exclude]) {
      field.addEventListener("focus", () => void this.#loadRules());
      field.addEventListener("input", () => {
        clearTimeout(this.#timer);
        this.#timer = window.setTimeout(async () => {
          await this.#loadRules();
          this.tellNow();
        }, TYPING_MILLISECONDS);
      });
    }
  }

  /** Shows what was chosen already. */
  fill(patterns: FilePatterns | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#include.value = patterns?.include.join("\n") ?? "";
    this.#exclude.value = patterns?.exclude.join("\n") ?? "";
    for (const field of [this.#include, this.#exclude]) this.#showFault(field);
  }

  /** Tells what was changed and not told yet; `false` where that cannot be read. */
  tellNow(): boolean {
    const isRight = [this.#include, this.#exclude].map((field) => this.#showFault(field)).every(Boolean);
    if (!isRight) return false;
    if (this.#timer !== 0) {
      clearTimeout(this.#timer);
      this.#timer = 0;
      this.#tell({ include: patternsIn(this.#include.value), exclude: patternsIn(this.#exclude.value) });
    }
    return true;
  }

  async #loadRules(): Promise<void> {
    if (this.#check) return;
    const { checkPattern, init: loadWasm } = await import("deadlinejs/common");
    await loadWasm(pageUrl(WASM_PATH));
    this.#check = checkPattern;
  }

  #showFault(field: HTMLTextAreaElement): boolean {
    const error = byId(`${field.id}-error`, HTMLElement);
    const sentence = this.#faultIn(field.value);
    error.replaceChildren(...(sentence ?? []));
    if (sentence) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    return sentence === undefined;
  }

  #faultIn(typed: string): (Node | string)[] | undefined {
    const patterns = patternsIn(typed);
    for (const pattern of patterns) {
      const fault = this.#check?.(pattern);
      if (fault) return textParts(FAULTS[fault.code], codeOf(pattern), `${fault.position}`);
    }
    const fits = v.is(FilePatternsSchema, { include: patterns, exclude: [] });
    return fits ? undefined : textParts("previewPatternTooMany");
  }
}

function codeOf(pattern: string): HTMLElement {
  return make("code", {}, visibleText(pattern));
}
