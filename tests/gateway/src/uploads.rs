//! Uploads in parts that were begun through the gateway: what S3 checks when they are completed.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use quick_xml::de;
use serde::Deserialize;

use crate::answer::S3Error;
use crate::checksum::{self, ChecksumType};

/// Every part but the last has at least so many bytes.
const MIN_PART: u64 = 5 * 1024 * 1024;

/// One upload.
#[derive(Debug, Default)]
struct Upload {
    has_checksum: bool,
    parts: BTreeMap<u32, Part>,
}

/// A part that the server behind the gateway has stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Without quotes.
    pub(crate) etag: String,
    pub(crate) size: u64,
    pub(crate) checksum: Option<[u8; 16]>,
}

/// The request body that completes an upload.
#[derive(Debug, Deserialize)]
pub(crate) struct Completion {
    #[serde(rename = "Part", default)]
    parts: Vec<NamedPart>,
}

#[derive(Debug, Deserialize)]
struct NamedPart {
    #[serde(rename = "PartNumber")]
    number: u32,
    #[serde(rename = "ETag")]
    etag: String,
    #[serde(rename = "ChecksumXXHASH128")]
    checksum: Option<String>,
}

impl Completion {
    pub(crate) fn read(body: &[u8]) -> Result<Self, S3Error> {
        let text = std::str::from_utf8(body).ok();
        let read: Option<Self> = text.and_then(|text| de::from_str(text).ok());
        read.filter(|read| !read.parts.is_empty()).ok_or_else(|| {
            S3Error::new(
                400,
                "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our \
                 published schema",
            )
        })
    }
}

/// What the headers of the completing request claim.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Claims<'a> {
    pub(crate) checksum: Option<&'a str>,
    pub(crate) checksum_type: Option<&'a str>,
    /// `x-amz-mp-object-size`, in bytes.
    pub(crate) size: Option<u64>,
}

/// All uploads, by upload id.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Mutex<HashMap<String, Upload>>);

impl Uploads {
    pub(crate) fn created(&self, id: String, has_checksum: bool) {
        let upload = Upload {
            has_checksum,
            parts: BTreeMap::new(),
        };
        self.lock().insert(id, upload);
    }

    pub(crate) fn aborted(&self, id: &str) {
        self.lock().remove(id);
    }

    /// Whether the upload has XXH128 checksums; `None` if it was not begun through this gateway.
    pub(crate) fn has_checksum(&self, id: &str) -> Option<bool> {
        self.lock().get(id).map(|upload| upload.has_checksum)
    }

    /// A part must have a checksum just when its upload has.
    pub(crate) fn check_part(&self, id: &str, has_checksum: bool) -> Result<(), S3Error> {
        let name = |has| if has { "xxhash128" } else { "null" };
        match self.has_checksum(id) {
            Some(wanted) if wanted != has_checksum => Err(S3Error::invalid_request(format!(
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum \
                 Type: {}",
                name(wanted),
                name(has_checksum)
            ))),
            _ => Ok(()),
        }
    }

    pub(crate) fn part_stored(&self, id: &str, number: u32, part: Part) {
        if let Some(upload) = self.lock().get_mut(id) {
            upload.parts.insert(number, part);
        }
    }

    /// Checksums of the parts by number, for a list of parts.
    pub(crate) fn checksums(&self, id: &str) -> BTreeMap<u32, [u8; 16]> {
        let uploads = self.lock();
        let parts = uploads.get(id).into_iter().flat_map(|upload| &upload.parts);
        parts
            .filter_map(|(number, part)| Some((*number, part.checksum?)))
            .collect()
    }

    /// Checks a completion; gives the checksum of the object to be, where the upload has checksums.
    /// One of an upload that was not begun through this gateway is left to the server behind it.
    pub(crate) fn check_completion(
        &self,
        id: &str,
        completion: &Completion,
        claims: Claims<'_>,
    ) -> Result<Option<String>, S3Error> {
        let uploads = self.lock();
        let Some(upload) = uploads.get(id) else {
            return Ok(None);
        };
        let named = &completion.parts;
        if !named.is_sorted_by(|a, b| a.number < b.number) {
            return Err(S3Error::new(
                400,
                "InvalidPartOrder",
                "The list of parts was not in ascending order. The parts list must be specified \
                 in order by part number.",
            ));
        }
        let mut checksums = Vec::new();
        let mut size = 0;
        for (index, part) in named.iter().enumerate() {
            let stored = upload.part(part)?;
            if index + 1 < named.len() && stored.size < MIN_PART {
                return Err(too_small(part, stored));
            }
            size += stored.size;
            checksums.extend(stored.checksum);
        }
        if claims.size.is_some_and(|claimed| claimed != size) {
            return Err(S3Error::invalid_request(format!(
                "The provided 'x-amz-mp-object-size' header does not match the object size {size}."
            )));
        }
        upload.object_checksum(&checksums, claims)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Upload>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Upload {
    fn part(&self, named: &NamedPart) -> Result<&Part, S3Error> {
        let stored = self
            .parts
            .get(&named.number)
            .filter(|stored| stored.etag == named.etag.trim_matches('"'))
            .ok_or_else(|| invalid_part(named))?;
        if !self.has_checksum {
            return Ok(stored);
        }
        let Some(claimed) = &named.checksum else {
            return Err(S3Error::invalid_request(format!(
                "The upload was created using a xxhash128 checksum. The complete request must \
                 include the checksum for each part. It was missing for part {} in the request.",
                named.number
            )));
        };
        let claimed = checksum::parse(claimed)?;
        Some(stored)
            .filter(|stored| stored.checksum == Some(claimed))
            .ok_or_else(|| invalid_part(named))
    }

    fn object_checksum(
        &self,
        parts: &[[u8; 16]],
        claims: Claims<'_>,
    ) -> Result<Option<String>, S3Error> {
        if !self.has_checksum {
            return match claims.checksum {
                Some(_) => Err(S3Error::invalid_request(
                    "The upload was created without an xxhash128 checksum.",
                )),
                None => Ok(None),
            };
        }
        let kind = ChecksumType::Composite.name();
        if claims
            .checksum_type
            .is_some_and(|claimed| !claimed.eq_ignore_ascii_case(kind))
        {
            return Err(checksum::bad_digest());
        }
        let object = checksum::composite(parts);
        // The number of parts may be left out.
        let bare = object.split('-').next();
        if claims
            .checksum
            .is_some_and(|claimed| claimed != object && Some(claimed) != bare)
        {
            return Err(checksum::bad_digest());
        }
        Ok(Some(object))
    }
}

fn invalid_part(named: &NamedPart) -> S3Error {
    S3Error::new(
        400,
        "InvalidPart",
        "One or more of the specified parts could not be found. The part may not have been \
         uploaded, or the specified entity tag may not match the part's entity tag.",
    )
    .with("PartNumber", named.number.to_string())
    .with("ETag", named.etag.trim_matches('"'))
}

fn too_small(named: &NamedPart, stored: &Part) -> S3Error {
    S3Error::new(
        400,
        "EntityTooSmall",
        "Your proposed upload is smaller than the minimum allowed size",
    )
    .with("ProposedSize", stored.size.to_string())
    .with("MinSizeAllowed", MIN_PART.to_string())
    .with("PartNumber", named.number.to_string())
    .with("ETag", stored.etag.as_str())
}

#[cfg(test)]
mod tests {
    use rusty_attachments_model::ContentHash;

    use super::*;

    fn hash(text: &str) -> [u8; 16] {
        ContentHash::of(text.as_bytes()).to_be_bytes()
    }

    fn uploads(has_checksum: bool) -> Uploads {
        let uploads = Uploads::default();
        uploads.created("u".to_owned(), has_checksum);
        for (number, size) in [(1, MIN_PART), (2, MIN_PART), (3, 1)] {
            let part = Part {
                etag: format!("e{number}"),
                size,
                checksum: has_checksum.then(|| hash(&number.to_string())),
            };
            uploads.part_stored("u", number, part);
        }
        uploads
    }

    fn completion(parts: &[(u32, &str, Option<&str>)]) -> Completion {
        let parts = parts.iter().map(|(number, etag, of)| NamedPart {
            number: *number,
            etag: format!("\"{etag}\""),
            checksum: of.map(|of| checksum::text_of(ContentHash::of(of.as_bytes()))),
        });
        Completion {
            parts: parts.collect(),
        }
    }

    fn code(uploads: &Uploads, parts: &[(u32, &str, Option<&str>)], claims: Claims<'_>) -> String {
        let checked = uploads.check_completion("u", &completion(parts), claims);
        checked.map_or_else(|error| error.code, |_| "fine".to_owned())
    }

    #[test]
    fn parts_must_exist_match_ascend_and_be_large_enough() {
        let uploads = uploads(false);
        let check = |parts: &[(u32, &str, Option<&str>)]| code(&uploads, parts, Claims::default());
        assert_eq!(
            check(&[(1, "e1", None), (2, "e2", None), (3, "e3", None)]),
            "fine"
        );
        assert_eq!(check(&[(1, "e1", None), (3, "e3", None)]), "fine");
        assert_eq!(check(&[(3, "e3", None)]), "fine");
        assert_eq!(check(&[(1, "e2", None)]), "InvalidPart");
        assert_eq!(check(&[(4, "e4", None)]), "InvalidPart");
        assert_eq!(
            check(&[(2, "e2", None), (1, "e1", None)]),
            "InvalidPartOrder"
        );
        assert_eq!(
            check(&[(1, "e1", None), (1, "e1", None)]),
            "InvalidPartOrder"
        );
        let small = [(1, 5), (2, 1)].map(|(number, size)| (number, MIN_PART - 6 + size));
        for (number, size) in small {
            let etag = format!("s{number}");
            let checksum = None;
            uploads.part_stored(
                "u",
                number,
                Part {
                    etag,
                    size,
                    checksum,
                },
            );
        }
        assert_eq!(check(&[(1, "s1", None), (2, "s2", None)]), "EntityTooSmall");
        assert_eq!(check(&[(1, "s1", None)]), "fine");
    }

    #[test]
    fn a_claimed_size_must_be_that_of_the_parts() {
        let uploads = uploads(false);
        let parts = [(1, "e1", None), (3, "e3", None)];
        let with = |size| Claims {
            size: Some(size),
            ..Claims::default()
        };
        assert_eq!(code(&uploads, &parts, with(MIN_PART + 1)), "fine");
        assert_eq!(code(&uploads, &parts, with(MIN_PART)), "InvalidRequest");
    }

    #[test]
    fn an_upload_with_checksums_needs_each_of_them_right() {
        let uploads = uploads(true);
        let check = |parts: &[(u32, &str, Option<&str>)]| code(&uploads, parts, Claims::default());
        assert_eq!(check(&[(1, "e1", Some("1")), (2, "e2", Some("2"))]), "fine");
        assert_eq!(
            check(&[(1, "e1", Some("1")), (2, "e2", None)]),
            "InvalidRequest"
        );
        assert_eq!(
            check(&[(1, "e1", Some("1")), (2, "e2", Some("x"))]),
            "InvalidPart"
        );
    }

    #[test]
    fn the_object_has_a_composite_checksum_and_claims_about_it_are_checked() {
        let uploads = uploads(true);
        let parts = [(1, "e1", Some("1")), (2, "e2", Some("2"))];
        let object = checksum::composite(&[hash("1"), hash("2")]);
        let found = uploads.check_completion("u", &completion(&parts), Claims::default());
        assert_eq!(found.unwrap(), Some(object.clone()));
        let claim = |checksum: &str, checksum_type| {
            let claims = Claims {
                checksum: Some(checksum),
                checksum_type,
                size: None,
            };
            code(&uploads, &parts, claims)
        };
        assert_eq!(claim(&object, Some("COMPOSITE")), "fine");
        assert_eq!(claim(object.trim_end_matches("-2"), None), "fine");
        assert_eq!(claim(&object, Some("FULL_OBJECT")), "BadDigest");
        let other_count = object.replace("-2", "-3");
        assert_eq!(claim(&other_count, None), "BadDigest");
        assert_eq!(claim("maoG0wFHmNhgAcMkRo1Jfw==", None), "BadDigest");
    }

    #[test]
    fn a_part_has_a_checksum_just_when_its_upload_has() {
        for (upload, part, fine) in [
            (true, true, true),
            (true, false, false),
            (false, true, false),
            (false, false, true),
        ] {
            assert_eq!(uploads(upload).check_part("u", part).is_ok(), fine);
        }
    }

    #[test]
    fn a_completion_without_parts_is_malformed() {
        for body in [
            "",
            "<CompleteMultipartUpload/>",
            "<CompleteMultipartUpload><Part>",
        ] {
            assert_eq!(
                Completion::read(body.as_bytes()).unwrap_err().code,
                "MalformedXML"
            );
        }
    }
}
