//! What went wrong, for the person in front of the screen: what happened, and what to do next. Nothing
//! here knows where that is read: in a page of the extension, in a page that uses the library, or in Node.

use rusty_attachments_model::PathError;
use rusty_attachments_model::manifest::ManifestError;

use crate::event::ReadFailure;
use crate::not_taken::{NotTaken, WhyNotTaken};

/// A failure with everything a person needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable name, lower-case words joined by dashes.
    pub code: String,
    /// One sentence: what happened.
    pub what: String,
    /// One sentence: what to do.
    pub next: String,
    /// Path below the asset root, where one file is the cause.
    pub file: Option<String>,
}

/// The code under which the extension reports that its background did not answer.
const BACKGROUND_UNREACHABLE: &str = "background-unreachable";

const UPLOAD_AGAIN: &str = "then upload again: what is already in the store is not sent twice.";

impl Problem {
    /// Whether what failed may succeed a little later: the browser starts its background anew.
    pub(crate) fn is_passing(&self) -> bool {
        self.code == BACKGROUND_UNREACHABLE
    }

    /// Whether new credentials mend it.
    pub(crate) fn asks_for_credentials(&self) -> bool {
        matches!(
            self.code.as_str(),
            "credentials-missing" | "credentials-expired" | "queue-credentials-missing"
        )
    }

    /// Whether only another profile mends it: an upload keeps the one that it was begun with.
    pub(crate) fn is_mended_in_profile(&self) -> bool {
        matches!(self.code.as_str(), "bucket-missing" | "region-wrong")
    }

    /// Whether other objects may do better.
    pub(crate) fn is_about_one_object(&self) -> bool {
        matches!(
            self.code.as_str(),
            "server-busy" | "answer-unexpected" | "write-conflict"
        )
    }

    /// Whether a file failed for what the store did, and is itself as it was when it was chosen.
    pub(crate) fn is_about_store(&self) -> bool {
        self.is_about_one_object() || self.code == "store-contradicts"
    }

    fn new(code: &str, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            what: what.into(),
            next: next.into(),
            file: None,
        }
    }

    pub(crate) fn of_file(mut self, path: &str) -> Self {
        self.file = Some(path.to_owned());
        self
    }

    pub(crate) fn nothing_to_upload() -> Self {
        Self::new(
            "nothing-to-upload",
            "There was no file to upload.",
            "Take a folder that has at least one file in it.",
        )
    }

    pub(crate) fn all_left_out() -> Self {
        Self::new(
            "all-left-out",
            "The include and exclude patterns leave no file to upload.",
            "Change the patterns, then upload again.",
        )
    }

    pub(crate) fn all_shared(location: &str) -> Self {
        Self::new(
            "all-shared",
            format!(
                "Workers have all of these files already: they lie in the shared location {location}."
            ),
            "Submit the job without attachments, or take other files.",
        )
    }

    pub(crate) fn too_many_roots() -> Self {
        Self::new(
            "asset-roots-too-many",
            "These files belong to more than 10 asset roots, and a job may have 10.",
            "Take files of fewer locations in one upload.",
        )
    }

    pub(crate) fn intake_lost() -> Self {
        Self::new(
            "intake-lost",
            "The page that had the files was closed before it had handed over all of them.",
            format!("Open it again, {UPLOAD_AGAIN}"),
        )
    }

    pub(crate) fn bad_path(error: PathError, path: &str) -> Self {
        let what = format!("This item cannot be named in a manifest: {error}.");
        Self::new(error.code(), what, format!("Rename it, {UPLOAD_AGAIN}")).of_file(path)
    }

    pub(crate) fn duplicate_path(path: &str) -> Self {
        Self::new(
            "path-duplicate",
            "Two of the files have the same path.",
            "Take two uploads for them, or rename one of them.",
        )
        .of_file(path)
    }

    pub(crate) fn too_large(path: &str) -> Self {
        Self::new(
            "file-too-large",
            "This file is larger than 48.8 TiB, the largest object that S3 takes.",
            "Take it out of the folder.",
        )
        .of_file(path)
    }

    pub(crate) fn too_large_for_server(server: &str) -> Self {
        Self::new(
            "file-too-large",
            format!("This file is larger than 5 GiB, and {server} takes no uploads in parts."),
            "Take it out of the folder, or use a server that has multipart uploads.",
        )
    }

    pub(crate) fn store_contradicts(bucket: &str) -> Self {
        Self::new(
            "store-contradicts",
            format!(
                "Bucket {bucket} said again and again that this file's content is there, and that it is not."
            ),
            format!("Wait until nobody else changes the bucket, {UPLOAD_AGAIN}"),
        )
    }

    /// S3 answered 409 until there was no further try.
    pub(crate) fn write_conflict(bucket: &str) -> Self {
        Self::new(
            "write-conflict",
            format!(
                "Bucket {bucket} refused a write again and again (409), because others write the same object at the same time."
            ),
            format!("Wait until the other upload has ended, {UPLOAD_AGAIN}"),
        )
    }

    pub(crate) fn not_s3(server: &str, status: u16) -> Self {
        Self::new(
            "answer-not-s3",
            format!(
                "Something answered {status} in the name of {server}, but not as S3 does: a login page of the network, a proxy, or CORS rules that hide the ETag."
            ),
            format!("Open a web page to see whether the network wants a login, {UPLOAD_AGAIN}"),
        )
    }

    pub(crate) fn unread(why: ReadFailure) -> Self {
        match why {
            ReadFailure::Unreadable => Self::new(
                "file-unreadable",
                "This file could not be read: it changed or went away after it was chosen, or you may not open it.",
                format!(
                    "Check that it is there, that nothing writes to it and that you may open it, {UPLOAD_AGAIN}"
                ),
            ),
            ReadFailure::Changed => Self::new(
                "file-changed",
                "This file changed while it was being uploaded.",
                format!("Wait until nothing writes to it, {UPLOAD_AGAIN}"),
            ),
        }
    }

    /// An item that intake could not take although it holds files.
    pub(crate) fn not_taken(item: &NotTaken) -> Self {
        let next = match item.why {
            WhyNotTaken::NameNotUnicode => format!("Rename it on disk, {UPLOAD_AGAIN}"),
            _ => format!("Check that you may open it, {UPLOAD_AGAIN}"),
        };
        Self::new(item.why.code(), &*item.reason, next).of_file(&item.path)
    }

    pub(crate) fn manifest(error: &ManifestError) -> Self {
        let what = format!("The list of files cannot become a manifest: {error}.");
        Self::new(
            error.code(),
            what,
            "Upload fewer files, or report this as a defect with its code.",
        )
    }

    /// The manifest was sent, and afterwards no answer could be had about it.
    pub(crate) fn manifest_unknown(key: &str) -> Self {
        Self::new(
            "manifest-unknown",
            format!("It is not known whether the manifest was stored, as {key}."),
            "Upload again: what is already in the store is not sent twice. If that manifest is in the store it does no harm: only a job that names its key can use it.",
        )
    }

    pub(crate) fn no_network(server: &str) -> Self {
        Self::new(
            "network-unreachable",
            format!("No answer from {server}."),
            format!(
                "Check the network, the server's address and, where a web page uploads, the bucket's CORS rules, {UPLOAD_AGAIN}"
            ),
        )
    }

    pub(crate) fn server_busy(server: &str, status: u16) -> Self {
        Self::new(
            "server-busy",
            format!("{server} answered {status} (busy or broken) again and again."),
            format!("Wait a few minutes, {UPLOAD_AGAIN}"),
        )
    }

    pub(crate) fn wrong_secret() -> Self {
        Self::new(
            "credentials-wrong",
            "S3 refused the signature: the secret access key does not belong to this access key id.",
            "Give the credentials again: id and secret from the same place.",
        )
    }

    pub(crate) fn unknown_access_key() -> Self {
        Self::new(
            "credentials-unknown",
            "S3 does not know this access key id, or its session token does not belong to it.",
            "Give the credentials again: id, secret and session token from the same place.",
        )
    }

    pub(crate) fn expired() -> Self {
        Self::new(
            "credentials-expired",
            "The credentials have expired.",
            format!("Get new ones, {UPLOAD_AGAIN}"),
        )
    }

    pub(crate) fn denied(bucket: &str) -> Self {
        Self::new(
            "access-denied",
            format!("These credentials may not read or write job attachments in bucket {bucket}."),
            "Check bucket and root prefix, or ask for s3:GetObject, s3:PutObject and s3:ListBucket.",
        )
    }

    pub(crate) fn key_denied(bucket: &str) -> Self {
        Self::new(
            "encryption-key-denied",
            format!(
                "Bucket {bucket} is encrypted with a KMS key that these credentials may not use."
            ),
            "Ask for kms:GenerateDataKey, kms:Decrypt and kms:DescribeKey on that key.",
        )
    }

    pub(crate) fn no_bucket(bucket: &str) -> Self {
        Self::new(
            "bucket-missing",
            format!("There is no bucket named {bucket} on this S3 server."),
            "Compare its name with the queue's job attachments settings.",
        )
    }

    pub(crate) fn wrong_region(bucket: &str, right: Option<&str>) -> Self {
        let next = match right {
            Some(region) => format!("Set the region to {region}."),
            None => "Set the region that the bucket is in.".to_owned(),
        };
        Self::new(
            "region-wrong",
            format!("Bucket {bucket} is not in the region that was given."),
            next,
        )
    }

    pub(crate) fn clock_skewed() -> Self {
        Self::new(
            "clock-wrong",
            "S3 refused the request because this computer's clock is wrong.",
            "Let the computer set its clock automatically, then try again.",
        )
    }

    pub(crate) fn unexpected(status: u16, code: Option<&str>, message: Option<&str>) -> Self {
        let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
        let message = message
            .map(|message| format!(": {message}"))
            .unwrap_or_default();
        Self::new(
            "answer-unexpected",
            format!("S3 answered {status}{code}{message}"),
            "Try again; if it happens again, show this sentence to whoever runs the farm.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sentence_is_about_pages_of_the_extension() {
        let of_item = NotTaken {
            path: "a".to_owned(),
            why: WhyNotTaken::UnreadableFile,
            reason: "It could not be read.".to_owned(),
            location: None,
        };
        for problem in [
            Problem::nothing_to_upload(),
            Problem::all_left_out(),
            Problem::all_shared("L"),
            Problem::too_many_roots(),
            Problem::intake_lost(),
            Problem::duplicate_path("a"),
            Problem::too_large("a"),
            Problem::too_large_for_server("s3"),
            Problem::store_contradicts("b"),
            Problem::not_s3("s3", 200),
            Problem::unread(ReadFailure::Unreadable),
            Problem::unread(ReadFailure::Changed),
            Problem::not_taken(&of_item),
            Problem::manifest_unknown("k"),
            Problem::no_network("s3"),
            Problem::server_busy("s3", 503),
            Problem::wrong_secret(),
            Problem::unknown_access_key(),
            Problem::expired(),
            Problem::denied("b"),
            Problem::key_denied("b"),
            Problem::no_bucket("b"),
            Problem::wrong_region("b", None),
            Problem::wrong_region("b", Some("eu-west-1")),
            Problem::clock_skewed(),
            Problem::unexpected(418, None, None),
        ] {
            let text = format!("{} {}", problem.what, problem.next).to_lowercase();
            for word in [
                "drop",
                "workspace",
                "option",
                "profile",
                "popup",
                "extension",
            ] {
                assert!(!text.contains(word), "{text}");
            }
        }
    }
}
