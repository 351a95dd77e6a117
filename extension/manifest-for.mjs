/**
 * The manifest of one browser out of the one source: what begins with a browser's name and a colon, a key or a text in a
 * list, is for that browser only, and stands there without the name.
 */

const PREFIX = /^(chrome|firefox):/;

/**
 * @param {string} browser `chrome` or `firefox`
 * @param {unknown} source of the manifest, or of a part of it
 * @returns {unknown} the same as that browser reads it
 */
export function manifestFor(browser, source) {
  if (Array.isArray(source)) {
    return source
      .filter((item) => typeof item !== "string" || isFor(browser, item))
      .map((item) => (typeof item === "string" ? item.replace(PREFIX, "") : manifestFor(browser, item)));
  }
  if (typeof source !== "object" || source === null) return source;
  const kept = Object.entries(source).filter(([key]) => isFor(browser, key));
  return Object.fromEntries(
    kept.map(([key, value]) => [key.replace(PREFIX, ""), manifestFor(browser, value)]),
  );
}

/** @param {string} browser @param {string} text */
function isFor(browser, text) {
  return (PREFIX.exec(text)?.[1] ?? browser) === browser;
}
