//! Signatures (AWS Signature Version 4 in the `authorization` header).
//!
//! A request that goes on as it came keeps its signature, and the server behind the gateway verifies
//! it. Where the gateway must change a signed header, the query or the time, it verifies the client's
//! signature itself and signs anew with the same key.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningParams,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue};
use hyper::http::request::Parts;

use crate::answer::S3Error;

const DATE: &str = "x-amz-date";
const CONTENT_HASH: &str = "x-amz-content-sha256";
/// What AWS allows a request's time to differ by.
pub const ALLOWED_SKEW: Duration = Duration::from_secs(15 * 60);

/// A key that the server behind the gateway knows.
#[derive(Clone)]
pub struct Signer {
    credentials: Credentials,
    region: String,
    minutes_ahead: i64,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(redacted)")
    }
}

impl Signer {
    /// Signs for S3 in this region.
    #[must_use]
    pub fn new(access_key: &str, secret_key: &str, region: &str) -> Self {
        Self {
            credentials: Credentials::new(access_key, secret_key, None, None, "test"),
            region: region.to_owned(),
            minutes_ahead: 0,
        }
    }

    /// Signs by a clock that is ahead, or behind if negative.
    #[must_use]
    pub fn ahead(mut self, minutes: i64) -> Self {
        self.minutes_ahead = minutes;
        self
    }

    /// Whether the request carries the signature that this key gives it.
    pub(crate) fn verify(&self, request: &Parts) -> Result<(), S3Error> {
        let wrong = |code, message| S3Error::new(403, code, message);
        let claim = Claim::of(&request.headers).ok_or_else(|| {
            wrong(
                "AccessDenied",
                "The gateway needs a signature in the header.",
            )
        })?;
        if claim.access_key != self.credentials.access_key_id() {
            return Err(wrong("InvalidAccessKeyId", "The access key is not known."));
        }
        let time = claimed_time(&request.headers)
            .ok_or_else(|| wrong("AccessDenied", "The time of the request is missing."))?;
        let mut signed = request.headers.clone();
        let names: Vec<_> = request.headers.keys().cloned().collect();
        for name in names {
            if !claim.signed.contains(&name.as_str()) {
                signed.remove(name);
            }
        }
        match self.authorization(request, &signed, claim.region, time) {
            Ok((authorization, _)) if authorization.ends_with(claim.signature) => Ok(()),
            Ok(_) => Err(wrong(
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided.",
            )),
            Err(error) => Err(S3Error::new(400, "InvalidRequest", error.to_string())),
        }
    }

    /// Signs a request for this moment: `host`, `content-type`, `if-none-match` and all `x-amz-` headers.
    ///
    /// # Errors
    /// No `host`, or a header that is no text.
    pub fn sign(&self, request: &mut Parts) -> Result<()> {
        let signed: HeaderMap = request
            .headers
            .iter()
            .filter(|(name, _)| {
                name.as_str().starts_with("x-amz-")
                    || matches!(name.as_str(), "host" | "content-type" | "if-none-match")
            })
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let (authorization, date) =
            self.authorization(request, &signed, &self.region, clock(self.minutes_ahead))?;
        let headers = &mut request.headers;
        headers.insert(AUTHORIZATION, HeaderValue::from_str(&authorization)?);
        headers.insert(HeaderName::from_static(DATE), HeaderValue::from_str(&date)?);
        let hash = HeaderName::from_static(CONTENT_HASH);
        headers
            .entry(hash)
            .or_insert(HeaderValue::from_static("UNSIGNED-PAYLOAD"));
        Ok(())
    }

    /// Values of `authorization` and `x-amz-date`.
    fn authorization(
        &self,
        request: &Parts,
        signed: &HeaderMap,
        region: &str,
        time: SystemTime,
    ) -> Result<(String, String)> {
        let text = |value: &HeaderValue| -> Result<String> { Ok(value.to_str()?.to_owned()) };
        let host = request.headers.get(HOST).context("no host")?;
        let path = request.uri.path_and_query().context("no path")?;
        let url = format!("http://{}{path}", text(host)?);
        let body = match request.headers.get(CONTENT_HASH) {
            Some(hash) => SignableBody::Precomputed(text(hash)?),
            None => SignableBody::UnsignedPayload,
        };
        let mut headers = Vec::new();
        for (name, value) in signed {
            if ![HOST.as_str(), DATE, CONTENT_HASH, AUTHORIZATION.as_str()].contains(&name.as_str())
            {
                headers.push((name.as_str(), value.to_str()?));
            }
        }
        let identity = self.credentials.clone().into();
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.excluded_headers = None;
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name("s3")
            .time(time)
            .settings(settings)
            .build()
            .map(SigningParams::from)?;
        let method = request.method.as_str();
        let signable = SignableRequest::new(method, url, headers.into_iter(), body)?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let find = |wanted: &str| -> Result<String> {
            let found = instructions.headers().find(|(name, _)| *name == wanted);
            Ok(found.context("the signer left a header out")?.1.to_owned())
        };
        Ok((find("authorization")?, find(DATE)?))
    }
}

/// What the `authorization` header says.
#[derive(Debug)]
pub struct Claim<'a> {
    /// `Signature=` and 64 hex digits.
    pub signature: &'a str,
    /// Who says to have signed.
    pub access_key: &'a str,
    /// For which region.
    pub region: &'a str,
    /// For which service.
    pub service: &'a str,
    /// Names of the headers that the signature covers.
    pub signed: Vec<&'a str>,
}

impl<'a> Claim<'a> {
    /// Nothing without such a header.
    #[must_use]
    pub fn of(headers: &'a HeaderMap) -> Option<Self> {
        let whole = headers.get(AUTHORIZATION)?.to_str().ok()?;
        let fields = whole.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let signature = &fields[fields
            .rfind("Signature=")
            .filter(|at| fields.len() - at == 74)?..];
        let field = |name: &str| {
            let mut fields = fields.split(',').map(str::trim);
            fields.find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
        };
        let mut scope = field("Credential")?.split('/');
        let access_key = scope.next()?;
        let region = scope.nth(1)?;
        let service = scope.next()?;
        Some(Self {
            signature,
            access_key,
            region,
            service,
            signed: field("SignedHeaders")?.split(';').collect(),
        })
    }
}

/// The time by a clock that is ahead, or behind if negative.
pub(crate) fn clock(minutes_ahead: i64) -> SystemTime {
    let skew = Duration::from_secs(minutes_ahead.unsigned_abs() * 60);
    if minutes_ahead < 0 {
        SystemTime::now() - skew
    } else {
        SystemTime::now() + skew
    }
}

/// Whether the signature covers a header.
pub(crate) fn covers(headers: &HeaderMap, name: &str) -> bool {
    Claim::of(headers).is_some_and(|claim| claim.signed.contains(&name))
}

/// The time that a request says it was signed at.
#[must_use]
pub fn claimed_time(headers: &HeaderMap) -> Option<SystemTime> {
    parse_time(headers.get(DATE)?.to_str().ok()?)
}

/// `2026-11-24T18:15:00Z`.
pub(crate) fn long_time(time: SystemTime) -> String {
    let whole_seconds = DateTime::from_secs(DateTime::from(time).secs());
    whole_seconds
        .fmt(Format::DateTime)
        .unwrap_or_else(|_| "unknown".to_owned())
}

/// `Tue, 24 Nov 2026 18:15:00 GMT`.
pub(crate) fn http_date(time: SystemTime) -> String {
    let whole_seconds = DateTime::from_secs(DateTime::from(time).secs());
    whole_seconds
        .fmt(Format::HttpDate)
        .unwrap_or_else(|_| "unknown".to_owned())
}

/// Reads `20261124T181500Z`.
pub(crate) fn parse_time(text: &str) -> Option<SystemTime> {
    if !text.is_ascii() || text.len() != 16 {
        return None;
    }
    let (date, time) = (&text[..8], &text[9..15]);
    let long = format!(
        "{}-{}-{}T{}:{}:{}Z",
        &date[..4],
        &date[4..6],
        &date[6..],
        &time[..2],
        &time[2..4],
        &time[4..]
    );
    let time = DateTime::from_str(&long, Format::DateTime).ok()?;
    time.try_into().ok()
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn request() -> Parts {
        let request = Request::put("/b/a%20key?partNumber=1&uploadId=u%2Fv")
            .header("host", "127.0.0.1:1")
            .header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
            .header("x-amz-checksum-xxhash128", "AAAA");
        request.body(()).unwrap().into_parts().0
    }

    fn signer(secret: &str) -> Signer {
        Signer::new("AKIAIOSFODNN7EXAMPLE", secret, "us-east-1")
    }

    #[test]
    fn what_was_signed_is_verified() {
        let mut request = request();
        signer("secret").sign(&mut request).unwrap();
        assert_eq!(signer("secret").verify(&request), Ok(()));
        assert!(covers(&request.headers, "x-amz-checksum-xxhash128"));
        assert!(!covers(&request.headers, "user-agent"));
    }

    #[test]
    fn another_secret_or_another_header_does_not_match() {
        let mut request = request();
        signer("secret").sign(&mut request).unwrap();
        let error = signer("other").verify(&request).unwrap_err();
        assert_eq!(error.code, "SignatureDoesNotMatch");
        let changed = HeaderValue::from_static("AAAB");
        request.headers.insert("x-amz-checksum-xxhash128", changed);
        assert!(signer("secret").verify(&request).is_err());
    }

    #[test]
    fn the_short_form_of_a_time_is_read() {
        let time = parse_time("20130524T000000Z").unwrap();
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(since.as_secs(), 1_369_353_600);
        assert_eq!(parse_time("yesterday"), None);
    }
}
