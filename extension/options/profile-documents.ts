/** Profiles as a JSON document that people pass on: without credentials, which no profile holds. */
import * as v from "valibot";
import { ProfileDocumentSchema, type ProfileFields } from "../shared/messages.ts";
import { fieldErrorText } from "../shared/problem-text.ts";
import { profileLabel } from "../shared/profile-labels.ts";
import type { Judgement } from "../shared/profile-rules.ts";
import { text } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";

const FORMAT = "deadline-cloud-attachments-profiles";
/** Raised when an older version could not read a document any more. */
const VERSION = 1;

const DocumentSchema = v.object({
  format: v.literal(FORMAT),
  version: v.number(),
  profiles: v.array(v.unknown()),
});
const NameSchema = v.object({ name: v.string() });

/** What is in a document. */
export interface ReadProfiles {
  taken: ProfileFields[];
  refused: { name: string; reason: string }[];
}

/** Writes a document. */
export function writeProfiles(profiles: readonly ProfileFields[]): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, profiles }, null, 2)}\n`;
}

/**
 * Reads a document and judges each profile; `names` are those that there are already. Gives a sentence where it is no
 * such document at all.
 */
export function readProfiles(
  document: string,
  check: (fields: ProfileFields) => Judgement,
  names: readonly string[],
): ReadProfiles | string {
  const read = v.safeParse(DocumentSchema, parseJson(document));
  if (!read.success) return text("optionsImportNoDocument");
  if (read.output.version !== VERSION) return text("optionsImportVersion", read.output.version);
  const result: ReadProfiles = { taken: [], refused: [] };
  const taken = new Set(names);
  read.output.profiles.forEach((value, index) => {
    const profile = v.safeParse(ProfileDocumentSchema, value);
    const named = v.safeParse(NameSchema, value);
    const name = named.success ? named.output.name.trim() : text("optionsImportUnnamed", index + 1);
    const reason = profile.success ? refusalOf(profile.output, check, taken) : formFaults(profile.issues);
    if (reason === null && profile.success) {
      taken.add(name);
      result.taken.push(profile.output);
    } else {
      result.refused.push({ name, reason: reason ?? "" });
    }
  });
  return result;
}

function refusalOf(
  fields: ProfileFields,
  check: (fields: ProfileFields) => Judgement,
  names: ReadonlySet<string>,
): string | null {
  const { errors } = check(fields);
  const sentences = errors.map((error) => `${profileLabel(error.field)}: ${fieldErrorText(error)}.`);
  const name = fields.name.trim();
  if (names.has(name)) sentences.push(text("profileNameTaken", name));
  return sentences.length === 0 ? null : sentences.join(" ");
}

/** What is wrong with the form of a profile: fields by the names that they have in the document. */
function formFaults(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues.map(formFault).join(" ");
}

function formFault(issue: v.BaseIssue<unknown>): string {
  const field = visibleText(v.getDotPath(issue) ?? "");
  if (field === "") return text("optionsImportNoProfile");
  if (issue.expected === "never") return text("optionsImportFieldUnknown", field);
  return text(issue.received === "undefined" ? "optionsImportFieldMissing" : "optionsImportFieldForm", field);
}

function parseJson(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    return undefined;
  }
}
