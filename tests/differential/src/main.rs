//! Answers the judge (`judge.py`): one question a line on standard input, one answer a line on
//! standard output, both JSON. The answers are those of the model and of openjd-snapshots.

use std::io::{self, BufWriter, Write};

use openjd_snapshots::{decode_v2023, encode_snapshot_v2023};
use rusty_attachments_model::RelativePath;
use rusty_attachments_model::manifest::v2023_03_03::{self, Entry};
use rusty_attachments_model::manifest::{EntryHash, Fault, Manifest, ManifestError};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Question {
    /// Path, hash, size in bytes, mtime in microseconds of each file.
    Encode(Vec<(String, String, u64, i64)>),
    /// The text of a document.
    Decode(String),
}

#[derive(Serialize)]
struct Answer {
    ours: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    openjd: Option<Verdict>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    /// Taken; what is written for it.
    Text(String),
    /// Not taken; the code, or the message of a library that has none.
    Refused(String),
}

impl<E: ToString> From<Result<String, E>> for Verdict {
    fn from(result: Result<String, E>) -> Self {
        match result {
            Ok(text) => Self::Text(text),
            Err(error) => Self::Refused(error.to_string()),
        }
    }
}

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lines() {
        let answer = match serde_json::from_str(&line?)? {
            Question::Encode(files) => Answer {
                ours: encoded(files).map_err(|error| error.code()).into(),
                openjd: None,
            },
            Question::Decode(text) => {
                let ours = Manifest::decode(&text);
                Answer {
                    openjd: second_opinion(&ours, &text),
                    ours: ours
                        .map(|manifest| manifest.encode())
                        .map_err(|error| error.code())
                        .into(),
                }
            }
        };
        serde_json::to_writer(&mut out, &answer)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Only of what the model takes: openjd-snapshots panics on some paths that the model refuses, and on
/// sizes that add up to more than 64 bits.
fn second_opinion(ours: &Result<Manifest, ManifestError>, text: &str) -> Option<Verdict> {
    let sum = ours.as_ref().ok()?.validate();
    if sum.is_err_and(|error| error.fault == Fault::TotalTooLarge) {
        return None;
    }
    let theirs = decode_v2023(text).and_then(|manifest| encode_snapshot_v2023(&manifest));
    Some(theirs.into())
}

fn encoded(files: Vec<(String, String, u64, i64)>) -> Result<String, ManifestError> {
    let entries = files.into_iter().map(|(path, hash, size, mtime)| {
        Ok(Entry {
            path: RelativePath::parse(path).map_err(Fault::Path)?,
            hash: EntryHash::parse(&hash).ok_or(Fault::Hash)?,
            size,
            mtime,
        })
    });
    let entries = entries.collect::<Result<_, ManifestError>>()?;
    Ok(v2023_03_03::Manifest::new(entries)?.encode())
}
