/**
 * What the browser has to be asked for before something at this address can be reached: a match pattern of its site, on every
 * port; `null` where nothing, `undefined` where it cannot be reached at all. HTTPS only, except this computer itself, as for
 * uploads.
 */
export function patternFor(address: string): string | null | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname } = new URL(address);
  if (protocol === "data:") return null;
  const isLocal = hostname === "localhost" || hostname === "127.0.0.1";
  if (protocol !== "https:" && !(protocol === "http:" && isLocal)) return undefined;
  return `${protocol}//${hostname}/*`;
}
