//! Signing: AWS Signature Version 4 by the `aws-sigv4` crate, for the requests of one upload and no
//! others.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as AwsCredentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningError,
    SigningParams, SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rusty_attachments_model::s3_layout::S3Layout;
use rusty_attachments_model::{Endpoint, Region};

use crate::action::Method;
use crate::headers;

/// Who signs. The secret parts are wiped from memory when this goes, and never printed.
#[derive(Clone)]
pub struct Credentials(AwsCredentials);

impl Credentials {
    /// Takes an access key; an empty session token means long-lived keys.
    #[must_use]
    pub fn new(access_key_id: &str, secret_access_key: &str, session_token: &str) -> Self {
        let token = (!session_token.is_empty()).then(|| session_token.to_owned());
        Self(AwsCredentials::new(
            access_key_id,
            secret_access_key,
            token,
            None,
            "profile",
        ))
    }

    /// The part that is no secret.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        self.0.access_key_id()
    }

    /// For whoever keeps the credentials, in memory or for the session.
    #[must_use]
    pub fn secret_access_key(&self) -> &str {
        self.0.secret_access_key()
    }

    /// As the secret; none of long-lived keys.
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.0.session_token()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(redacted)")
    }
}

/// Signs requests for the objects of one queue.
#[derive(Debug)]
pub struct Signer {
    /// Where the bucket is: at least one address.
    pub endpoints: Vec<Endpoint>,
    /// Region in the signature.
    pub region: Region,
    /// Which keys may be asked for.
    pub layout: S3Layout,
    /// Who signs.
    pub credentials: Credentials,
}

/// A request that is to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsignedRequest {
    /// What to do.
    pub method: Method,
    /// Full key of the object; empty for a question about the bucket.
    pub key: String,
    /// Names and values, not encoded; sorted by name.
    pub query: Vec<(String, String)>,
    /// Lower-case names, and values.
    pub headers: Vec<(String, String)>,
    /// Which of the equivalent addresses to use, from 0.
    pub host: u8,
}

/// A request that is ready to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRequest {
    /// Address, percent-encoded.
    pub url: String,
    /// All headers but `Host`.
    pub headers: Vec<(String, String)>,
}

/// Why a request was not signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// Not an object of this queue.
    #[error("the key {0} does not belong to this upload")]
    ForeignKey(String),
    /// Not a header that uploads send.
    #[error("a header does not belong to an upload")]
    ForeignHeader,
    /// Not something that uploads do to an object, or to the bucket, or at no address of this profile.
    #[error("this operation does not belong to an upload")]
    ForeignOperation,
    /// The credentials or headers hold something that no request can carry.
    #[error("the request cannot be signed: {0}")]
    Impossible(#[from] SigningError),
}

/// The only headers that an upload sends besides those of the signature.
const HEADERS: [&str; 10] = [
    headers::CHECKSUM,
    headers::CHECKSUM_ALGORITHM,
    headers::CHECKSUM_MODE,
    headers::IF_NONE_MATCH,
    headers::EXPECTED_OWNER,
    headers::ASSET_ROOT,
    headers::ASSET_ROOT_JSON,
    headers::LOCATION_NAME,
    "content-type",
    "range",
];

/// What an upload does with objects: the method, and the names of the query.
const OF_OBJECTS: [(Method, &[&str]); 9] = [
    (Method::Head, &[]),
    (Method::Get, &[]),
    (Method::Get, &["uploadId"]),
    (Method::Get, &["part-number-marker", "uploadId"]),
    (Method::Put, &[]),
    (Method::Put, &["partNumber", "uploadId"]),
    (Method::Post, &["uploads"]),
    (Method::Post, &["uploadId"]),
    (Method::Delete, &["uploadId"]),
];

/// What it asks of the bucket.
const OF_BUCKETS: [(Method, &[&str]); 2] = [
    (Method::Get, &["prefix", "uploads"]),
    (
        Method::Get,
        &["key-marker", "prefix", "upload-id-marker", "uploads"],
    ),
];

/// What a query may say, in SigV4's form: everything but unreserved characters escaped.
const QUERY_ESCAPES: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

impl Signer {
    /// Signs for this moment: `now` in milliseconds since 1970. The body is not part of the
    /// signature, so that files need not be read twice; the checksum header covers it.
    ///
    /// # Errors
    /// [`SignError`]; nothing outside the queue's objects is ever signed, and nothing but what an
    /// upload does.
    pub fn sign(&self, request: &UnsignedRequest, now: u64) -> Result<SignedRequest, SignError> {
        self.check(request)?;
        let endpoint = self
            .endpoints
            .get(usize::from(request.host))
            .ok_or(SignError::ForeignOperation)?;
        // The bucket itself is asked under its address and no key.
        let mut url = endpoint.object_url(&request.key);
        push_query(&mut url, &request.query);
        let identity = self.credentials.0.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region.as_str())
            .name("s3")
            .time(SystemTime::UNIX_EPOCH + Duration::from_millis(now))
            .settings(s3_settings())
            .build()
            .map(SigningParams::from)
            .expect("every field of the builder is set");
        let pairs = request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let signable = SignableRequest::new(
            request.method.as_str(),
            url.as_str(),
            pairs,
            SignableBody::UnsignedPayload,
        )?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let added = instructions
            .headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(SignedRequest {
            headers: request.headers.iter().cloned().chain(added).collect(),
            url,
        })
    }

    /// Whether an upload to this queue does that.
    fn check(&self, request: &UnsignedRequest) -> Result<(), SignError> {
        let foreign = |(name, _): &&(String, String)| !HEADERS.contains(&name.as_str());
        if request.headers.iter().any(|header| foreign(&header)) {
            return Err(SignError::ForeignHeader);
        }
        if !request.key.is_empty() && !self.layout.owns(&request.key) {
            return Err(SignError::ForeignKey(request.key.clone()));
        }
        let known = if request.key.is_empty() {
            &OF_BUCKETS[..]
        } else {
            &OF_OBJECTS[..]
        };
        let is_known = known.iter().any(|(method, names)| {
            // As many as are known, and each of them: no other one, in whatever order.
            *method == request.method
                && request.query.len() == names.len()
                && names.iter().all(|known| {
                    let mut asked = request.query.iter();
                    asked.any(|(name, _)| name == known)
                })
        });
        if is_known && (!request.key.is_empty() || self.asks_for_content(&request.query)) {
            Ok(())
        } else {
            Err(SignError::ForeignOperation)
        }
    }

    fn asks_for_content(&self, query: &[(String, String)]) -> bool {
        let prefix = query.iter().find(|(name, _)| name == "prefix");
        prefix.is_some_and(|(_, prefix)| prefix.starts_with(&self.layout.location.content_prefix()))
    }
}

/// With `?`; nothing for an empty query.
fn push_query(url: &mut String, query: &[(String, String)]) {
    let mut separator = "?";
    for (name, value) in query {
        url.push_str(separator);
        separator = "&";
        url.extend(utf8_percent_encode(name, &QUERY_ESCAPES));
        url.push('=');
        url.extend(utf8_percent_encode(value, &QUERY_ESCAPES));
    }
}

/// S3 signs paths as they are: encoded once, not normalised.
fn s3_settings() -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    settings
}

#[cfg(test)]
mod tests {
    use rusty_attachments_model::s3_layout::S3Location;

    use super::*;

    const KEY: &str = "DeadlineCloud/Data/99aa06d3014798d86001c324468d497f.xxh128";

    fn signer(session_token: &str) -> Signer {
        let region: Region = "us-east-1".parse().unwrap();
        Signer {
            endpoints: Endpoint::aws_equivalents(&region, &"examplebucket".parse().unwrap(), false),
            region,
            layout: S3Layout {
                location: S3Location::official("DeadlineCloud".parse().unwrap()),
                farm_id: "farm-0123456789abcdef0123456789abcdef".parse().unwrap(),
                queue_id: "queue-fedcba9876543210fedcba9876543210".parse().unwrap(),
            },
            credentials: Credentials::new(
                "AKIAIOSFODNN7EXAMPLE",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                session_token,
            ),
        }
    }

    fn request(method: Method, key: &str, query: &[(&str, &str)]) -> UnsignedRequest {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        UnsignedRequest {
            method,
            key: key.to_owned(),
            query: query.iter().map(owned).collect(),
            headers: Vec::new(),
            host: 0,
        }
    }

    fn header<'a>(request: &'a SignedRequest, name: &str) -> &'a str {
        let found = request.headers.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .unwrap_or_else(|| panic!("no {name}"))
    }

    /// Expected value computed by botocore's `S3SigV4Auth` for the same request.
    #[test]
    fn the_signature_is_that_of_the_official_sdk() {
        let put = UnsignedRequest {
            headers: vec![("if-none-match".to_owned(), "*".to_owned())],
            ..request(Method::Put, KEY, &[])
        };
        let signed = signer("").sign(&put, 1_369_353_600_000).unwrap();
        assert_eq!(
            signed.url,
            format!("https://examplebucket.s3.us-east-1.amazonaws.com/{KEY}")
        );
        assert_eq!(header(&signed, "x-amz-date"), "20130524T000000Z");
        assert_eq!(header(&signed, "x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
        assert_eq!(header(&signed, "if-none-match"), "*");
        assert_eq!(
            header(&signed, "authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;if-none-match;x-amz-content-sha256;x-amz-date, Signature=93577e76fc77a0d0d1a6bd5823fbe55f0b1e1897731eb5bd9991b7e47c41d75a"
        );
    }

    #[test]
    fn a_session_token_travels_with_the_request() {
        let signed = signer("token")
            .sign(&request(Method::Head, KEY, &[]), 0)
            .unwrap();
        assert_eq!(header(&signed, "x-amz-security-token"), "token");
    }

    /// Expected values computed by botocore's `S3SigV4Auth` for the same requests.
    #[test]
    fn queries_are_signed_as_the_official_sdk_signs_them() {
        for (query, expected) in [
            (
                &[("partNumber", "7"), ("uploadId", "a/b+c=d e")][..],
                "ee99397cdca4121e747702c7d333079c935d522adc250d7822b4ebb50381083d",
            ),
            (
                &[("uploads", "")][..],
                "a1d8c85c05d65969b2cdaf23dc4f3d67be34686440f293d8730685d45e396028",
            ),
        ] {
            let method = if query.len() == 2 {
                Method::Put
            } else {
                Method::Post
            };
            let signed = signer("")
                .sign(&request(method, KEY, query), 1_369_353_600_000)
                .unwrap();
            let signature = header(&signed, "authorization").rsplit('=').next();
            assert_eq!(signature, Some(expected), "{}", signed.url);
        }
    }

    #[test]
    fn every_address_is_signed_for_itself() {
        let mut urls = Vec::new();
        for host in 0..4 {
            let head = UnsignedRequest {
                host,
                ..request(Method::Head, KEY, &[])
            };
            urls.push(signer("").sign(&head, 0).unwrap().url);
        }
        assert!(urls[1].starts_with("https://s3.us-east-1.amazonaws.com/examplebucket/"));
        let none = UnsignedRequest {
            host: 4,
            ..request(Method::Head, KEY, &[])
        };
        assert!(matches!(
            signer("").sign(&none, 0),
            Err(SignError::ForeignOperation)
        ));
    }

    #[test]
    fn nothing_but_the_uploads_own_objects_is_signed() {
        let refused = signer("").sign(&request(Method::Get, "DeadlineCloud/secret.txt", &[]), 0);
        assert!(matches!(refused, Err(SignError::ForeignKey(_))));
        let acl = UnsignedRequest {
            headers: vec![("x-amz-acl".to_owned(), "public-read".to_owned())],
            ..request(Method::Put, KEY, &[])
        };
        assert!(matches!(
            signer("").sign(&acl, 0),
            Err(SignError::ForeignHeader)
        ));
    }

    #[test]
    fn nothing_but_what_uploads_do_is_signed() {
        let all = "DeadlineCloud/Data/";
        for (method, key, query) in [
            (Method::Get, "", &[("prefix", all), ("uploads", "")][..]),
            (Method::Post, KEY, &[("uploads", "")][..]),
            (Method::Delete, KEY, &[("uploadId", "u")][..]),
            (
                Method::Get,
                KEY,
                &[("part-number-marker", "1"), ("uploadId", "u")][..],
            ),
        ] {
            assert!(
                signer("").sign(&request(method, key, query), 0).is_ok(),
                "{query:?}"
            );
        }
        for (method, key, query) in [
            (Method::Delete, KEY, &[][..]),
            (Method::Get, "", &[][..]),
            (Method::Put, "", &[("policy", "")][..]),
            (Method::Get, "", &[("list-type", "2"), ("prefix", all)][..]),
            (Method::Get, "", &[("prefix", ""), ("uploads", "")][..]),
            (
                Method::Get,
                "",
                &[("prefix", "Other/"), ("uploads", "")][..],
            ),
            (Method::Put, KEY, &[("acl", "")][..]),
            (Method::Post, KEY, &[("delete", "")][..]),
            (Method::Get, KEY, &[("versionId", "v")][..]),
        ] {
            let refused = signer("").sign(&request(method, key, query), 0);
            assert!(
                matches!(refused, Err(SignError::ForeignOperation)),
                "{query:?}"
            );
        }
    }

    #[test]
    fn credentials_do_not_print() {
        let printed = format!("{:?}", signer("token"));
        assert!(
            !printed.contains("wJalr") && !printed.contains("token"),
            "{printed}"
        );
    }
}
