//! Headers of the requests that write (design, "S3"; spec `s3-layout.md` 2, decision S2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusty_attachments_model::ContentHash;
use rusty_attachments_model::manifest::v2023_03_03::CONTENT_TYPE;
use rusty_attachments_model::s3_layout::ManifestMetadata;

pub(crate) type Headers = Vec<(&'static str, String)>;

/// The hash in the key is the checksum that S3 compares with the bytes it gets.
pub(crate) const CHECKSUM: &str = "x-amz-checksum-xxhash128";
/// With `*`: write only if there is no such object yet.
pub(crate) const IF_NONE_MATCH: &str = "if-none-match";
pub(crate) const ASSET_ROOT: &str = "x-amz-meta-asset-root";
pub(crate) const ASSET_ROOT_JSON: &str = "x-amz-meta-asset-root-json";
pub(crate) const LOCATION_NAME: &str = "x-amz-meta-file-system-location-name";

fn checksum(hash: ContentHash) -> (&'static str, String) {
    (CHECKSUM, STANDARD.encode(hash.to_be_bytes()))
}

/// Headers of a content object; `replace` repairs one that is there but has the wrong size.
pub(crate) fn of_content(hash: ContentHash, replace: bool) -> Headers {
    let mut headers = vec![checksum(hash)];
    if !replace {
        headers.push((IF_NONE_MATCH, "*".to_owned()));
    }
    headers
}

/// Headers of an input manifest.
pub(crate) fn of_manifest(hash: ContentHash, metadata: &ManifestMetadata) -> Headers {
    let mut headers = vec![checksum(hash), ("content-type", CONTENT_TYPE.to_owned())];
    headers.extend(metadata.entries().into_iter().map(|(name, value)| {
        let header = match name {
            ManifestMetadata::ASSET_ROOT => ASSET_ROOT,
            ManifestMetadata::ASSET_ROOT_JSON => ASSET_ROOT_JSON,
            _ => LOCATION_NAME,
        };
        (header, value)
    }));
    headers
}
