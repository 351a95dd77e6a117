//! The name of a content object: the hash of its bytes, and of which algorithm (spec
//! `s3-layout.md` 1).

use crate::hash::{ContentHash, HASH_ALGORITHM};

/// `{hash}.xxh128`; the full key has the queue's content prefix before it.
#[must_use]
pub fn cas_key(hash: ContentHash) -> String {
    format!("{hash}.{HASH_ALGORITHM}")
}

/// The hash that [`cas_key`] made this name of; `None` for any other text.
///
/// Old objects without the suffix exist, and only downloads look for them (spec `s3-layout.md` 1).
#[must_use]
pub fn parse_cas_key(name: &str) -> Option<ContentHash> {
    let (hash, algorithm) = name.split_once('.')?;
    (algorithm == HASH_ALGORITHM).then(|| ContentHash::from_hex(hash.as_bytes()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_its_hash_back_and_nothing_else_is_a_name() {
        let hash = ContentHash::of(b"");
        assert_eq!(cas_key(hash), "99aa06d3014798d86001c324468d497f.xxh128");
        assert_eq!(parse_cas_key(&cas_key(hash)), Some(hash));
        for name in [
            "",
            ".xxh128",
            "99aa06d3014798d86001c324468d497f",
            "99AA06D3014798D86001C324468D497F.xxh128",
            "99aa06d3014798d86001c324468d497f.xxh64",
            "99aa06d3014798d86001c324468d497f.xxh128.xxh128",
            "99aa06d3014798d86001c324468d497f.xxh128 ",
            "Data/99aa06d3014798d86001c324468d497f.xxh128",
        ] {
            assert_eq!(parse_cas_key(name), None, "{name}");
        }
    }
}
