import type { PastedCredentials } from "deadlinejs/common";
import { pageUrl, WASM_PATH } from "../shared/browser.ts";
import { formatList } from "../shared/format.ts";
import { fieldErrorText } from "../shared/problem-text.ts";
import { type MessageName, text } from "../shared/text.ts";

/** What is known of a pasted text: nothing that is secret. */
export type Recognised =
  | { form: PastedCredentials["form"]; expires?: number; longLived: boolean }
  | { error: { code: string; message: string } };

/** Looks at a pasted text. The rules are in Rust. */
export type ReadPasted = (pasted: string) => Recognised;

const FORMS: Record<PastedCredentials["form"], MessageName> = {
  process: "optionsPastedProcess",
  service: "optionsPastedService",
  env: "optionsPastedEnv",
  "env-no-export": "optionsPastedEnvNoExport",
  powershell: "optionsPastedPowershell",
  "windows-cmd": "optionsPastedWindowsCmd",
  profile: "optionsPastedProfile",
};

/** How Rust names what is missing or damaged. */
const PARTS: Readonly<Record<string, MessageName>> = {
  "access key id": "optionsAccessKeyId",
  "secret access key": "optionsSecretAccessKey",
  "session token": "optionsSessionToken",
  expiration: "optionsExpiration",
};

/** Loads the rules. */
export async function loadPastedReader(): Promise<ReadPasted> {
  const { init: loadWasm, readPastedCredentials } = await import("deadlinejs/common");
  await loadWasm(pageUrl(WASM_PATH));
  return (pasted) => {
    try {
      const { form, keys } = readPastedCredentials(pasted, Date.now());
      return {
        form,
        longLived: keys.longLived,
        ...(keys.expires !== undefined && { expires: keys.expires }),
      };
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      return { error: { code: String(error.code), message: error.message } };
    }
  };
}

/** What was recognised, in one line. */
export function formSentence(form: PastedCredentials["form"]): string {
  return text("optionsPastedFound", text(FORMS[form]));
}

/** Why a text gives no credentials, with the missing parts named as the form names them. */
export function pastedErrorText({ code, message }: { code: string; message: string }): string {
  const incomplete = /^the text has no (.+): copy all of it again$/.exec(message)?.[1];
  if (incomplete !== undefined)
    return text("optionsPastedIncomplete", formatList(incomplete.split(" and ").map(partName)));
  const damaged = /^the (.+) is damaged: copy it again/.exec(message)?.[1];
  if (damaged !== undefined) return text("optionsPastedMalformed", partName(damaged));
  return fieldErrorText({ code, message });
}

function partName(name: string): string {
  const known = PARTS[name];
  return known === undefined ? name : text(known);
}
