/**
 * Problems and field errors in the browser's language. They come with a stable code and an English sentence: the code
 * names the message. What has no message, because somebody else made it or it is in the right language already, stays as
 * it is.
 */
import { ACCOUNT_SENTENCES } from "./account-sentences.ts";
import type { Problem } from "./messages.ts";
import { textIfAny } from "./text.ts";

/**
 * Sentences that hold values (`{}`), as their makers write them, by the name of the message that takes the values; and
 * those that share their code with another one. A test compares them with the Rust source.
 */
const SENTENCES: Readonly<Record<string, string>> = {
  ...ACCOUNT_SENTENCES,
  field_asset_root_malformed_control: "an asset root has no control characters",
  field_asset_root_not_absolute_posix: "a posix asset root is an absolute path such as /projects/shot_010",
  field_asset_root_not_absolute_windows:
    "a windows asset root is an absolute path such as C:\\projects or \\\\server\\share",
  field_output_directories_too_many: "at most {} output folders, not {}",
  field_output_directory_malformed:
    "{}: an output folder is written as a path below the asset root, such as {}",
  field_output_directory_twice: "{} is there twice",
  problem_access_denied_what: "These credentials may not read or write job attachments in bucket {}.",
  problem_answer_not_s3_what:
    "Something answered {} in the name of {}, but not as S3 does: a login page of the network, a proxy, or CORS rules that hide the ETag.",
  problem_answer_unexpected_what: "S3 answered {}",
  problem_all_shared_what: "Workers have all of these files already: they lie in the shared location {}.",
  problem_bucket_missing_what: "There is no bucket named {} on this S3 server.",
  problem_encryption_key_denied_what:
    "Bucket {} is encrypted with a KMS key that these credentials may not use.",
  problem_engine_broken_what: "The upload engine stopped: {}.",
  problem_file_too_large_next_server:
    "Take it out of the folder, or use a server that has multipart uploads.",
  problem_file_too_large_what_server: "This file is larger than 5 GiB, and {} takes no uploads in parts.",
  problem_manifest_unknown_what: "It is not known whether the manifest was stored, as {}.",
  problem_network_unreachable_what: "No answer from {}.",
  problem_preview_open_what: "A preview of {} is open in the workspace.",
  problem_region_wrong_next_known: "Set the region to {}.",
  problem_region_wrong_what: "Bucket {} is not in the region that was given.",
  problem_server_busy_what: "{} answered {} (busy or broken) again and again.",
  problem_store_contradicts_what:
    "Bucket {} said again and again that this file's content is there, and that it is not.",
  problem_write_conflict_what:
    "Bucket {} refused a write again and again (409), because others write the same object at the same time.",
};

/** One for every code that a manifest's rules have, most of which nobody can meet. */
const MANIFEST_REFUSED = "The list of files cannot become a manifest: {}.";

/** The problem in the browser's language. */
export function localProblem(problem: Problem): Problem {
  const { code, what, next } = problem;
  const [reason] = valuesIn(what, MANIFEST_REFUSED) ?? [];
  if (reason !== undefined) {
    const refused = "problem_manifest_refused";
    return {
      ...problem,
      what: textIfAny(`${refused}_what`, reason) ?? what,
      next: textIfAny(`${refused}_next`) ?? next,
    };
  }
  const name = `problem_${wordsOf(code)}`;
  return { ...problem, what: local(`${name}_what`, what), next: local(`${name}_next`, next) };
}

/** What is wrong with a field of a profile, in the browser's language. */
export function fieldErrorText({ code, message }: { code: string; message: string }): string {
  return local(`field_${wordsOf(code)}`, message);
}

function local(name: string, sentence: string): string {
  for (const [special, written] of Object.entries(SENTENCES)) {
    if (special !== name && !special.startsWith(`${name}_`)) continue;
    const values = valuesIn(sentence, written);
    if (values !== undefined) return textIfAny(special, ...values) ?? sentence;
  }
  // Without its values the message would say less than the sentence.
  if (name in SENTENCES) return sentence;
  return textIfAny(name) ?? sentence;
}

/** A message's name takes no dashes. */
function wordsOf(code: string): string {
  return code.replaceAll("-", "_");
}

/** What stands at each `{}`, which may be nothing; `undefined` where the sentence is another one. */
function valuesIn(sentence: string, written: string): string[] | undefined {
  const pieces = written.split("{}").map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${pieces.join("(.*)")}$`, "s").exec(sentence)?.slice(1);
}
