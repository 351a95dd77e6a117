/**
 * File names are data from elsewhere: what they hold must be seen, not obeyed.
 */

/** First of Unicode's pictures for the control characters U+0000 to U+001F. */
const CONTROL_PICTURES = 0x2400;
const DELETE = 0x7f;
const DELETE_PICTURE = "\u2421";

/** Characters that are invisible or that change how their neighbours are laid out. */
const HIDDEN_RANGES: readonly (readonly [number, number])[] = [
  [0x80, 0x9f], // second set of control characters
  [0xad, 0xad], // soft hyphen
  [0x61c, 0x61c], // Arabic letter mark
  [0x200b, 0x200b], // zero width space; the joiners after it belong to scripts and emoji
  [0x200e, 0x200f], // direction marks
  [0x2028, 0x202e], // line and paragraph separators, direction embeddings and overrides
  [0x2060, 0x206f], // word joiner, direction isolates and other format characters
  [0xfeff, 0xfeff], // byte order mark
  [0xfff9, 0xfffb], // annotations
  [0xe0000, 0xe007f], // tags
];

/**
 * The text with every control character, invisible character and direction override replaced by
 * something visible, and each lone surrogate by U+FFFD. For showing only: never for comparing or sending.
 */
export function visibleText(text: string): string {
  let visible = "";
  for (const character of text.toWellFormed()) visible += visibleCharacter(character);
  return visible;
}

function visibleCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
  if (code === DELETE) return DELETE_PICTURE;
  if (HIDDEN_RANGES.some(([first, last]) => code >= first && code <= last)) {
    return `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  }
  return character;
}
