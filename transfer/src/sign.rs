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
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(redacted)")
    }
}

/// Signs requests for the objects of one queue.
#[derive(Debug)]
pub struct Signer {
    /// Where the bucket is.
    pub endpoint: Endpoint,
    /// Region in the signature.
    pub region: Region,
    /// Which keys may be asked for.
    pub layout: S3Layout,
    /// Who signs.
    pub credentials: Credentials,
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
    #[error("the header {0} does not belong to an upload")]
    ForeignHeader(String),
    /// The credentials or headers hold something that no request can carry.
    #[error("the request cannot be signed: {0}")]
    Impossible(#[from] SigningError),
}

/// The only headers that an upload sends besides those of the signature.
const HEADERS: [&str; 8] = [
    headers::CHECKSUM,
    headers::IF_NONE_MATCH,
    headers::ASSET_ROOT,
    headers::ASSET_ROOT_JSON,
    headers::LOCATION_NAME,
    "content-type",
    "range",
    "x-amz-checksum-mode",
];

impl Signer {
    /// Signs for this moment: `now` in milliseconds since 1970. The body is not part of the
    /// signature, so that files need not be read twice; the checksum header covers it.
    ///
    /// # Errors
    /// [`SignError`]; nothing outside the queue's objects is ever signed.
    pub fn sign(
        &self,
        method: Method,
        key: &str,
        headers: &[(String, String)],
        now: u64,
    ) -> Result<SignedRequest, SignError> {
        if !self.layout.owns(key) {
            return Err(SignError::ForeignKey(key.to_owned()));
        }
        if let Some((name, _)) = headers
            .iter()
            .find(|(name, _)| !HEADERS.contains(&name.as_str()))
        {
            return Err(SignError::ForeignHeader(name.clone()));
        }
        let url = self.endpoint.object_url(key);
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
        let pairs = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let request = SignableRequest::new(
            method.as_str(),
            url.as_str(),
            pairs,
            SignableBody::UnsignedPayload,
        )?;
        let (instructions, _) = sign(request, &params)?.into_parts();
        let added = instructions
            .headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(SignedRequest {
            headers: headers.iter().cloned().chain(added).collect(),
            url,
        })
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
    use super::*;

    const KEY: &str = "DeadlineCloud/Data/99aa06d3014798d86001c324468d497f.xxh128";

    fn signer(session_token: &str) -> Signer {
        let region: Region = "us-east-1".parse().unwrap();
        Signer {
            endpoint: Endpoint::aws(&region, &"examplebucket".parse().unwrap(), false),
            region,
            layout: S3Layout {
                root_prefix: "DeadlineCloud".parse().unwrap(),
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

    fn header<'a>(request: &'a SignedRequest, name: &str) -> &'a str {
        let found = request.headers.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .unwrap_or_else(|| panic!("no {name}"))
    }

    /// Expected value computed by botocore's `S3SigV4Auth` for the same request.
    #[test]
    fn the_signature_is_that_of_the_official_sdk() {
        let headers = [("if-none-match".to_owned(), "*".to_owned())];
        let signed = signer("")
            .sign(Method::Put, KEY, &headers, 1_369_353_600_000)
            .unwrap();
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
        let signed = signer("token").sign(Method::Head, KEY, &[], 0).unwrap();
        assert_eq!(header(&signed, "x-amz-security-token"), "token");
    }

    #[test]
    fn nothing_but_the_uploads_own_objects_is_signed() {
        let refused = signer("").sign(Method::Get, "DeadlineCloud/secret.txt", &[], 0);
        assert!(matches!(refused, Err(SignError::ForeignKey(_))));
        let acl = [("x-amz-acl".to_owned(), "public-read".to_owned())];
        assert!(matches!(
            signer("").sign(Method::Put, KEY, &acl, 0),
            Err(SignError::ForeignHeader(_))
        ));
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
