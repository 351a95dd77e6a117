//! Headers of the requests (design, "S3"; spec `s3-layout.md` 2 and 5, decisions S2 and S7).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusty_attachments_model::ContentHash;
use rusty_attachments_model::s3_layout::ManifestMetadata;

pub(crate) type Headers = Vec<(&'static str, String)>;

/// The hash in the key is the checksum that S3 compares with the bytes it gets.
pub(crate) const CHECKSUM: &str = "x-amz-checksum-xxhash128";
/// Of a multipart upload: how its parts will be checked.
pub(crate) const CHECKSUM_ALGORITHM: &str = "x-amz-checksum-algorithm";
/// Of a question: the stored checksum is wanted.
pub(crate) const CHECKSUM_MODE: &str = "x-amz-checksum-mode";
/// With `*`: write only if there is no such object yet.
pub(crate) const IF_NONE_MATCH: &str = "if-none-match";
/// S3 refuses a bucket of any other account.
pub(crate) const EXPECTED_OWNER: &str = "x-amz-expected-bucket-owner";
pub(crate) const ASSET_ROOT: &str = "x-amz-meta-asset-root";
pub(crate) const ASSET_ROOT_JSON: &str = "x-amz-meta-asset-root-json";
pub(crate) const LOCATION_NAME: &str = "x-amz-meta-file-system-location-name";

/// How S3 writes a hash.
pub(crate) fn checksum_text(hash: ContentHash) -> String {
    STANDARD.encode(hash.to_be_bytes())
}

/// The checksum that S3 keeps for an object of these parts: the hash of their hashes, and how many
/// they are (S3 user guide, "composite checksums").
pub(crate) fn composite_checksum(parts: &[ContentHash]) -> String {
    let hashes: Vec<u8> = parts.iter().flat_map(|hash| hash.to_be_bytes()).collect();
    format!(
        "{}-{}",
        checksum_text(ContentHash::of(&hashes)),
        parts.len()
    )
}

/// The metadata of an input manifest.
pub(crate) fn of_metadata(metadata: &ManifestMetadata) -> Headers {
    let entries = metadata.entries().into_iter();
    entries
        .map(|(name, value)| {
            let header = match name {
                ManifestMetadata::ASSET_ROOT => ASSET_ROOT,
                ManifestMetadata::ASSET_ROOT_JSON => ASSET_ROOT_JSON,
                _ => LOCATION_NAME,
            };
            (header, value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_written_as_s3_writes_them() {
        let empty = ContentHash::of(b"");
        assert_eq!(checksum_text(empty), "maoG0wFHmNhgAcMkRo1Jfw==");
        let both = composite_checksum(&[empty, empty]);
        assert!(both.ends_with("==-2"), "{both}");
        assert_ne!(both, composite_checksum(&[empty]));
    }
}
