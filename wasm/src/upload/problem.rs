//! What went wrong, and what was not taken, in the words of a person.

use rusty_attachments_transfer as transfer;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// What happened, to which file, and what to do next.
#[derive(Serialize, Deserialize, Tsify, Clone)]
pub struct Problem {
    /// Stable, lower-case words joined by dashes.
    code: String,
    /// One sentence.
    what: String,
    /// One sentence.
    next: String,
    /// Path below the asset root.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

impl From<transfer::Problem> for Problem {
    fn from(problem: transfer::Problem) -> Self {
        Self {
            code: problem.code,
            what: problem.what,
            next: problem.next,
            file: problem.file,
        }
    }
}

impl From<Problem> for transfer::Problem {
    fn from(problem: Problem) -> Self {
        Self {
            code: problem.code,
            what: problem.what,
            next: problem.next,
            file: problem.file,
        }
    }
}

/// Something that was dropped but is not in the manifest.
#[derive(Serialize, Deserialize, Tsify)]
pub struct NotTaken {
    /// Path below the asset root.
    path: String,
    /// Why, for programs.
    code: WhyNotTaken,
    /// Why, as a sentence.
    reason: String,
    /// Name of the SHARED location that workers have it at, if that is why.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
}

/// Why something that was dropped is not in the manifest; only the ones that are not
/// `unreadable-...` or `name-not-unicode` harm nothing.
#[derive(Serialize, Deserialize, Tsify, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub enum WhyNotTaken {
    /// Nothing is in it, and a manifest of format 2023-03-03 cannot name it.
    EmptyFolder,
    /// The browser could not list it.
    UnreadableFolder,
    /// The browser could not make a file of it.
    UnreadableFile,
    /// Its name on disk is not valid text.
    NameNotUnicode,
    /// An exclude pattern matches its path.
    Excluded,
    /// There are include patterns, and none of them matches its path.
    NotIncluded,
    /// Workers have it too: it lies in a SHARED location of the storage profile.
    Shared,
}

impl From<transfer::NotTaken> for NotTaken {
    fn from(item: transfer::NotTaken) -> Self {
        Self {
            path: item.path,
            code: match item.why {
                transfer::WhyNotTaken::EmptyFolder => WhyNotTaken::EmptyFolder,
                transfer::WhyNotTaken::UnreadableFolder => WhyNotTaken::UnreadableFolder,
                transfer::WhyNotTaken::UnreadableFile => WhyNotTaken::UnreadableFile,
                transfer::WhyNotTaken::NameNotUnicode => WhyNotTaken::NameNotUnicode,
                transfer::WhyNotTaken::Excluded => WhyNotTaken::Excluded,
                transfer::WhyNotTaken::NotIncluded => WhyNotTaken::NotIncluded,
                transfer::WhyNotTaken::Shared => WhyNotTaken::Shared,
            },
            reason: item.reason,
            location: item.location,
        }
    }
}

impl From<NotTaken> for transfer::NotTaken {
    fn from(item: NotTaken) -> Self {
        Self {
            path: item.path,
            why: match item.code {
                WhyNotTaken::EmptyFolder => transfer::WhyNotTaken::EmptyFolder,
                WhyNotTaken::UnreadableFolder => transfer::WhyNotTaken::UnreadableFolder,
                WhyNotTaken::UnreadableFile => transfer::WhyNotTaken::UnreadableFile,
                WhyNotTaken::NameNotUnicode => transfer::WhyNotTaken::NameNotUnicode,
                WhyNotTaken::Excluded => transfer::WhyNotTaken::Excluded,
                WhyNotTaken::NotIncluded => transfer::WhyNotTaken::NotIncluded,
                WhyNotTaken::Shared => transfer::WhyNotTaken::Shared,
            },
            reason: item.reason,
            location: item.location,
        }
    }
}
