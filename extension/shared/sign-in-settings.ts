/** What was last typed for the sign-in at IAM Identity Center: no secret, so it is kept. */
import { browser } from "./browser.ts";

const KEY = "signInSettings";
const NAMES = ["startUrl", "region", "oidcEndpoint", "portalEndpoint"] as const;

/** Where to sign in, as it was typed. */
export type TypedSignIn = Record<(typeof NAMES)[number], string>;

/** Keeps it. */
export async function keepSignInSettings(settings: TypedSignIn): Promise<void> {
  await browser.storage.local.set({ [KEY]: settings });
}

/** What was kept, empty where nothing was; nothing where nobody has signed in yet. */
export async function keptSignInSettings(): Promise<TypedSignIn | undefined> {
  const { [KEY]: kept } = await browser.storage.local.get(KEY);
  if (typeof kept !== "object" || kept === null) return undefined;
  const textOf = (value: unknown) => (typeof value === "string" ? value : "");
  const entries = NAMES.map((name) => [name, textOf((kept as Record<string, unknown>)[name])]);
  return Object.fromEntries(entries) as TypedSignIn;
}
