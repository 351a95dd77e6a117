//! AWS Signature Version 4 in the headers, as all services but S3 want it: paths escaped once more and
//! normalised, the body covered. By the `aws-sigv4` crate.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as AwsCredentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SigningError, SigningParams, SigningSettings,
    sign as sign_request,
};
use aws_sigv4::sign::v4;
use rusty_attachments_transfer::sign::Credentials;

/// What is signed.
#[derive(Debug, Clone, Copy)]
pub struct Signable<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Address, percent-encoded.
    pub url: &'a str,
    /// Names and values; all but those of the signature are signed as well.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a str,
}

/// What the signature is for.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// AWS region.
    pub region: &'a str,
    /// Name of the service for signatures.
    pub service: &'a str,
    /// Milliseconds since 1970.
    pub now: u64,
}

/// The credentials or headers hold characters that no request can carry.
#[derive(Debug, thiserror::Error)]
#[error("the request cannot be signed: {0}")]
pub struct SignError(#[from] SigningError);

/// The headers to be added: `authorization`, `x-amz-date`, `x-amz-security-token`.
///
/// # Errors
/// [`SignError`].
///
/// # Panics
/// Never: every field of the signature is given.
pub fn sign(
    request: &Signable<'_>,
    credentials: &Credentials,
    scope: Scope<'_>,
) -> Result<Vec<(String, String)>, SignError> {
    let identity = AwsCredentials::new(
        credentials.access_key_id(),
        credentials.secret_access_key(),
        credentials.session_token().map(str::to_owned),
        None,
        "session",
    )
    .into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(SystemTime::UNIX_EPOCH + Duration::from_millis(scope.now))
        .settings(SigningSettings::default())
        .build()
        .map(SigningParams::from)
        .expect("every field of the builder is set");
    let pairs = request.headers.iter();
    let signable = SignableRequest::new(
        request.method,
        request.url,
        pairs.map(|(name, value)| (name.as_str(), value.as_str())),
        SignableBody::Bytes(request.body.as_bytes()),
    )?;
    let (instructions, _) = sign_request(signable, &params)?.into_parts();
    let added = instructions.headers();
    Ok(added
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}
