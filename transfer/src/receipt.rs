//! What an upload leaves for the books: each file with its hash, its key and how sure it is that it is
//! there, as JSON for programs or as CSV for spreadsheets. It comes in pieces: a receipt of a million files
//! has 300 MB, which nobody needs to hold as one text.
//!
//! * JSON: one object; its members up to `files` tell of the whole upload, `files` has one file in each
//!   line. Times are UTC (RFC 3339), sizes bytes.
//! * CSV (RFC 4180, UTF-8 with a byte order mark, which Excel needs): first names and values of the
//!   whole upload, an empty line, then a table with a line for each file, or for each chunk of one that is cut.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use csv::{Terminator, Writer, WriterBuilder};
use serde::Serialize;

use crate::features::Verification;

/// How a receipt is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptFormat {
    /// For programs.
    Json,
    /// For spreadsheets. A cell that a spreadsheet would take for a formula begins with `'`.
    Csv,
}

/// What the engine does not know of its upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptFacts {
    /// Name of the profile.
    pub profile: String,
    /// When it began, in milliseconds since 1970.
    pub started: u64,
    /// When it ended, in milliseconds since 1970.
    pub ended: u64,
}

/// The version of what is written here. A reader refuses one that it does not know.
const VERSION: u32 = 1;

/// What there is to say of the whole upload.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    pub(crate) profile: String,
    pub(crate) outcome: &'static str,
    pub(crate) started_at: String,
    pub(crate) ended_at: String,
    pub(crate) server: String,
    pub(crate) bucket: String,
    pub(crate) root_prefix: String,
    pub(crate) farm_id: String,
    pub(crate) queue_id: String,
    pub(crate) asset_root: String,
    /// Full key; none where no manifest was stored.
    pub(crate) manifest_key: Option<String>,
    pub(crate) manifest_hash: Option<String>,
    /// Those of further asset roots.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) further_manifests: Vec<Further>,
    pub(crate) totals: Totals,
}

/// Another manifest of the same upload.
#[derive(Debug, Serialize)]
pub(crate) struct Further {
    /// Full key.
    pub(crate) key: String,
    pub(crate) hash: String,
}

/// Files, and distinct contents.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Totals {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) failed_files: u64,
    pub(crate) skipped_files: u64,
    pub(crate) not_sent_files: u64,
    pub(crate) objects_sent: u64,
    pub(crate) bytes_sent: u64,
    pub(crate) objects_in_store: u64,
    pub(crate) bytes_in_store: u64,
    pub(crate) verified_by_server: u64,
    pub(crate) verified_by_size: u64,
    pub(crate) not_verified: u64,
}

/// A file of the upload.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) path: String,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) status: &'static str,
    /// Its content, if it is whole and its hash is known.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) object: Option<Object>,
    /// Where it is cut.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) chunks: Vec<Chunk>,
    /// Code of the reason why it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<String>,
}

/// A content of the store.
#[derive(Debug, Serialize)]
pub(crate) struct Object {
    /// 32 hex digits.
    pub(crate) hash: String,
    /// Full key.
    pub(crate) key: String,
    /// How sure it is that the store holds it; nothing where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verified: Option<&'static str>,
}

/// A chunk of a file that is cut.
#[derive(Debug, Serialize)]
pub(crate) struct Chunk {
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) status: &'static str,
    #[serde(flatten)]
    pub(crate) object: Object,
}

pub(crate) fn verified(verification: Verification) -> &'static str {
    match verification {
        Verification::ByServer => "by-server",
        Verification::BySize => "by-size",
        Verification::NotVerified => "not-verified",
    }
}

/// A time in milliseconds since 1970, as RFC 3339 writes it.
pub(crate) fn moment(milliseconds: u64) -> String {
    let time = DateTime::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    time.fmt(Format::DateTime).unwrap_or_default()
}

/// One piece: the head if it is the first one, these lines, and the end if it is the last one.
pub(crate) fn piece(
    format: ReceiptFormat,
    head: Option<&Head>,
    lines: impl Iterator<Item = Line>,
    is_last: bool,
) -> String {
    match format {
        ReceiptFormat::Json => json(head, lines, is_last),
        ReceiptFormat::Csv => csv_text(head, lines),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    receipt_version: u32,
    #[serde(flatten)]
    head: &'a Head,
}

fn json(head: Option<&Head>, lines: impl Iterator<Item = Line>, is_last: bool) -> String {
    let mut text = String::new();
    let mut is_first = head.is_some();
    if let Some(head) = head {
        let document = Document {
            receipt_version: VERSION,
            head,
        };
        text = serde_json::to_string_pretty(&document).unwrap_or_default();
        // What follows belongs to the same object.
        text.truncate(text.len().saturating_sub("\n}".len()));
        text.push_str(",\n  \"files\": [");
    }
    for line in lines {
        text.push_str(if std::mem::take(&mut is_first) {
            "\n    "
        } else {
            ",\n    "
        });
        text.push_str(&serde_json::to_string(&line).unwrap_or_default());
    }
    if is_last {
        text.push_str("\n  ]\n}\n");
    }
    text
}

/// Writing to memory does not fail, and text stays text.
fn csv_text(head: Option<&Head>, lines: impl Iterator<Item = Line>) -> String {
    let mut writer = WriterBuilder::new()
        .flexible(true)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    if let Some(head) = head {
        write_head(&mut writer, head);
    }
    for line in lines {
        write_line(&mut writer, &line);
    }
    let text = String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default();
    if head.is_some() {
        format!("\u{feff}{text}")
    } else {
        text
    }
}

fn write_head(writer: &mut Writer<Vec<u8>>, head: &Head) {
    let totals = &head.totals;
    let optional = |value: &Option<String>| value.clone().unwrap_or_default();
    let facts = [
        ("receipt version", VERSION.to_string()),
        ("profile", head.profile.clone()),
        ("outcome", head.outcome.to_owned()),
        ("started at", head.started_at.clone()),
        ("ended at", head.ended_at.clone()),
        ("server", head.server.clone()),
        ("bucket", head.bucket.clone()),
        ("root prefix", head.root_prefix.clone()),
        ("farm id", head.farm_id.clone()),
        ("queue id", head.queue_id.clone()),
        ("asset root", head.asset_root.clone()),
        ("manifest key", optional(&head.manifest_key)),
        ("manifest hash", optional(&head.manifest_hash)),
    ];
    let further = head.further_manifests.iter().flat_map(|manifest| {
        [
            ("manifest key", manifest.key.clone()),
            ("manifest hash", manifest.hash.clone()),
        ]
    });
    let totals = [
        ("files", totals.files.to_string()),
        ("bytes", totals.bytes.to_string()),
        ("failed files", totals.failed_files.to_string()),
        ("skipped files", totals.skipped_files.to_string()),
        ("files not sent", totals.not_sent_files.to_string()),
        ("objects sent", totals.objects_sent.to_string()),
        ("bytes sent", totals.bytes_sent.to_string()),
        (
            "objects in store before",
            totals.objects_in_store.to_string(),
        ),
        ("bytes in store before", totals.bytes_in_store.to_string()),
        ("verified by server", totals.verified_by_server.to_string()),
        ("verified by size", totals.verified_by_size.to_string()),
        ("not verified", totals.not_verified.to_string()),
    ];
    for (name, value) in facts.into_iter().chain(further).chain(totals) {
        write(writer, &[name, &value]);
    }
    write(writer, &[""]);
    write(
        writer,
        &[
            "path", "size", "chunk", "status", "verified", "hash", "key", "problem",
        ],
    );
}

fn write_line(writer: &mut Writer<Vec<u8>>, line: &Line) {
    let problem = line.problem.as_deref().unwrap_or_default();
    let mut row = |size: u64, chunk: &str, status: &str, object: Option<&Object>| {
        let verified = object
            .and_then(|object| object.verified)
            .unwrap_or_default();
        let (hash, key) = object.map_or(("", ""), |object| (&object.hash, &object.key));
        let size = size.to_string();
        let cells = [
            &line.path, &*size, chunk, status, verified, hash, key, problem,
        ];
        write(writer, &cells);
    };
    if line.chunks.is_empty() {
        row(line.size, "", line.status, line.object.as_ref());
    }
    for (index, chunk) in line.chunks.iter().enumerate() {
        let index = index.to_string();
        row(chunk.size, &index, chunk.status, Some(&chunk.object));
    }
}

fn write(writer: &mut Writer<Vec<u8>>, cells: &[&str]) {
    let safe = cells.iter().map(|cell| safe_cell(cell));
    // Nothing can go wrong in memory.
    let _ = writer.write_record(safe.map(|cell| cell.into_owned()));
}

/// What begins like this is a formula to some spreadsheet, and a formula can do harm: a file may be called
/// `=HYPERLINK(...)`. An apostrophe before it makes it text (OWASP, "CSV Injection").
fn safe_cell(cell: &str) -> std::borrow::Cow<'_, str> {
    const BEGINNINGS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if cell.starts_with(BEGINNINGS) {
        format!("'{cell}").into()
    } else {
        cell.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_calculate_becomes_text() {
        for harmful in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "\n=1",
        ] {
            assert_eq!(safe_cell(harmful), format!("'{harmful}"));
        }
        for harmless in ["", "a=1", " =1", "shot_010/a.exr", "'", "日本"] {
            assert_eq!(safe_cell(harmless), harmless);
        }
    }

    #[test]
    fn times_are_utc_to_the_millisecond() {
        assert_eq!(moment(1_795_544_030_123), "2026-11-24T18:13:50.123Z");
        assert_eq!(moment(0), "1970-01-01T00:00:00Z");
    }
}
