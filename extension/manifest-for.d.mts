/** The manifest of one browser out of the one source. */
export function manifestFor(browser: "chrome" | "firefox", source: unknown): unknown;
