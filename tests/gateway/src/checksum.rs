//! `x-amz-checksum-xxhash128`: how it is written, and what it is of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusty_attachments_model::ContentHash;

use crate::answer::S3Error;

/// Carries the checksum of an object or part.
pub(crate) const HEADER: &str = "x-amz-checksum-xxhash128";
/// Whether the checksum is of the whole object or of its parts' checksums.
pub(crate) const TYPE_HEADER: &str = "x-amz-checksum-type";
/// How requests name the algorithm.
pub(crate) const ALGORITHM: &str = "XXHASH128";
/// Asks for checksums in the answer to HEAD and GET.
pub(crate) const MODE_HEADER: &str = "x-amz-checksum-mode";
/// Names an upload's algorithm when it is created.
pub(crate) const ALGORITHM_HEADER: &str = "x-amz-checksum-algorithm";
/// Names the algorithm of the checksum in this request.
pub(crate) const SDK_ALGORITHM_HEADER: &str = "x-amz-sdk-checksum-algorithm";

/// What an object-level checksum is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChecksumType {
    FullObject,
    Composite,
}

impl ChecksumType {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::FullObject => "FULL_OBJECT",
            Self::Composite => "COMPOSITE",
        }
    }
}

/// Base64 of the 16 bytes, most significant first.
pub(crate) fn text_of(hash: ContentHash) -> String {
    text_of_bytes(hash.to_be_bytes())
}

/// [`text_of`] the bytes of a hash.
pub(crate) fn text_of_bytes(hash: [u8; 16]) -> String {
    STANDARD.encode(hash)
}

/// Reads the text form; the error names the header as S3 does.
pub(crate) fn parse(text: &str) -> Result<[u8; 16], S3Error> {
    let bytes = STANDARD.decode(text).ok();
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| S3Error::invalid_request(format!("Value for {HEADER} header is invalid.")))
}

/// Checksum of an object made of parts: the hash of the parts' 16-byte hashes, `-`, and their number.
pub(crate) fn composite(parts: &[[u8; 16]]) -> String {
    let hash = ContentHash::of(parts.as_flattened());
    format!("{}-{}", text_of(hash), parts.len())
}

/// The bytes are not those of the checksum.
pub(crate) fn bad_digest() -> S3Error {
    S3Error::new(
        400,
        "BadDigest",
        format!("The {ALGORITHM} you specified did not match the calculated checksum."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// XXH3-128 of nothing, as in the model's tests, its hex digits turned to Base64 by hand.
    const EMPTY: &str = "maoG0wFHmNhgAcMkRo1Jfw==";

    #[test]
    fn the_text_form_is_base64_of_the_most_significant_byte_first() {
        assert_eq!(text_of(ContentHash::of(b"")), EMPTY);
        assert_eq!(parse(EMPTY).unwrap(), ContentHash::of(b"").to_be_bytes());
    }

    #[test]
    fn anything_but_16_bytes_is_an_invalid_request() {
        for text in [
            "",
            "AAAA",
            "maoG0wFHmNhgAcMkRo1Jfw",
            "99aa06d3014798d86001c324468d497f",
        ] {
            assert_eq!(parse(text).unwrap_err().code, "InvalidRequest", "{text}");
        }
    }

    #[test]
    fn a_composite_names_its_number_of_parts() {
        let parts = [ContentHash::of(b"a"), ContentHash::of(b"b")].map(ContentHash::to_be_bytes);
        let mut bytes = parts[0].to_vec();
        bytes.extend(parts[1]);
        assert_eq!(
            composite(&parts),
            format!("{}-2", text_of(ContentHash::of(&bytes)))
        );
    }
}
