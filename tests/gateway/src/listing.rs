//! Lists of parts and of uploads as S3 gives them.
//!
//! SeaweedFS 4.48 lists up to 10,000 parts at once (S3: 1,000) and knows no checksums of parts; it
//! lists uploads in the order of their ids (S3: of their keys) and pages by id alone. Both lists are
//! made anew here from what it says.

use std::collections::BTreeMap;

use anyhow::Result;
use hyper::http::uri::PathAndQuery;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use quick_xml::{de, se};
use serde::{Deserialize, Serialize};

use crate::checksum::{ALGORITHM, ChecksumType, text_of_bytes};
use crate::operation::Target;

/// S3 gives no more at once.
const MAX_AT_ONCE: usize = 1000;
const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parts {
    #[serde(rename = "@xmlns", default)]
    namespace: String,
    bucket: String,
    key: String,
    upload_id: String,
    #[serde(default)]
    part_number_marker: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_part_number_marker: Option<u32>,
    max_parts: usize,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_class: Option<String>,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    checksum_algorithm: Option<&'static str>,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    checksum_type: Option<&'static str>,
    #[serde(rename = "Part", default)]
    parts: Vec<Part>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Part {
    part_number: u32,
    last_modified: String,
    #[serde(rename = "ETag")]
    etag: String,
    size: u64,
    #[serde(rename = "ChecksumXXHASH128", skip_serializing_if = "Option::is_none")]
    checksum: Option<String>,
}

/// How many entries a page may have.
fn page_size(target: &Target, name: &str) -> usize {
    let given = target.query(name).and_then(|text| text.parse().ok());
    given.unwrap_or(MAX_AT_ONCE).min(MAX_AT_ONCE)
}

fn document(root: &str, value: &impl Serialize) -> Result<String> {
    let text = se::to_string_with_root(root, value)?;
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}"
    ))
}

/// S3's list of parts from that of the server behind the gateway. `checksums` are there for an upload
/// that has them.
pub(crate) fn parts(
    given: &str,
    target: &Target,
    checksums: Option<&BTreeMap<u32, [u8; 16]>>,
) -> Result<String> {
    let mut list: Parts = de::from_str(given)?;
    list.namespace = NAMESPACE.to_owned();
    list.max_parts = page_size(target, "max-parts");
    if list.parts.len() > list.max_parts {
        list.parts.truncate(list.max_parts);
        list.is_truncated = true;
    }
    let last = list.parts.last().map(|part| part.part_number);
    list.next_part_number_marker = last.filter(|_| list.is_truncated);
    if let Some(checksums) = checksums {
        list.checksum_algorithm = Some(ALGORITHM);
        list.checksum_type = Some(ChecksumType::Composite.name());
        for part in &mut list.parts {
            let checksum = checksums.get(&part.part_number);
            part.checksum = checksum.map(|bytes| text_of_bytes(*bytes));
        }
    }
    document("ListPartsResult", &list)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GivenUploads {
    is_truncated: bool,
    #[serde(rename = "Upload", default)]
    uploads: Vec<Upload>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Uploads<'a> {
    #[serde(rename = "@xmlns")]
    namespace: &'a str,
    bucket: &'a str,
    key_marker: &'a str,
    upload_id_marker: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_key_marker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_upload_id_marker: Option<String>,
    prefix: &'a str,
    max_uploads: usize,
    is_truncated: bool,
    #[serde(rename = "Upload")]
    uploads: Vec<Upload>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Upload {
    key: String,
    upload_id: String,
    initiated: String,
}

/// Whether [`uploads`] can answer: grouping by a delimiter is left to the server behind the gateway.
pub(crate) fn can_list_uploads(target: &Target) -> bool {
    target.query("delimiter").is_none() && target.query("encoding-type").is_none()
}

/// Where the whole list is; `None` if the request asks for it anyway.
pub(crate) fn whole_list(path: &str, target: &Target) -> Option<PathAndQuery> {
    let pages = ["max-uploads", "key-marker", "upload-id-marker"];
    if pages.iter().all(|name| target.query(name).is_none()) {
        return None;
    }
    let prefix = target.query("prefix").unwrap_or_default();
    let prefix = utf8_percent_encode(prefix, NON_ALPHANUMERIC);
    let list = format!("{path}?uploads=&prefix={prefix}");
    Some(list.parse().expect("a path and an encoded query"))
}

/// S3's page of uploads from the whole list of the server behind the gateway.
pub(crate) fn uploads(given: &str, target: &Target) -> Result<String> {
    let mut list: GivenUploads = de::from_str(given)?;
    anyhow::ensure!(!list.is_truncated, "the list of uploads is not whole");
    let given = |name| target.query(name).unwrap_or_default();
    let (key_marker, id_marker) = (given("key-marker"), given("upload-id-marker"));
    list.uploads
        .sort_by(|a, b| (&a.key, &a.upload_id).cmp(&(&b.key, &b.upload_id)));
    list.uploads.retain(|upload| {
        *upload.key > *key_marker
            || (*upload.key == *key_marker
                && !id_marker.is_empty()
                && *upload.upload_id > *id_marker)
    });
    let max_uploads = page_size(target, "max-uploads");
    let is_truncated = list.uploads.len() > max_uploads;
    list.uploads.truncate(max_uploads);
    let last = list.uploads.last().filter(|_| is_truncated).cloned();
    document(
        "ListMultipartUploadsResult",
        &Uploads {
            namespace: NAMESPACE,
            bucket: &target.bucket,
            key_marker,
            upload_id_marker: id_marker,
            next_key_marker: last.as_ref().map(|upload| upload.key.clone()),
            next_upload_id_marker: last.map(|upload| upload.upload_id),
            prefix: given("prefix"),
            max_uploads,
            is_truncated,
            uploads: list.uploads,
        },
    )
}
