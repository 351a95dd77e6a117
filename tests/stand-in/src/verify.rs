//! Signatures: AWS Signature Version 4 for `deadline`, as the service itself refuses it.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SigningParams, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use hyper::header::{AUTHORIZATION, HOST};
use hyper::http::request::Parts;
use strict_gateway::{ALLOWED_SKEW, Claim, claimed_time};

use crate::answer::Refusal;
use crate::settings::Keys;

const TOKEN: &str = "x-amz-security-token";
const DATE: &str = "x-amz-date";

/// Whether the request carries the signature that one of these keys gives it; gives the key.
pub(crate) fn verify<'a>(
    request: &Parts,
    body: &[u8],
    known: impl Iterator<Item = &'a Keys>,
    region: &str,
    now: SystemTime,
) -> Result<&'a Keys, Refusal> {
    let unknown = || {
        Refusal::new(
            403,
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        )
    };
    let wrong = |message: &str| Refusal::new(403, "InvalidSignatureException", message);
    let claim = Claim::of(&request.headers).ok_or_else(|| {
        Refusal::new(
            403,
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        )
    })?;
    let mut known = known;
    let keys = known
        .find(|keys| keys.access_key_id == claim.access_key)
        .ok_or_else(unknown)?;
    let token = request.headers.get(TOKEN).map(|token| token.as_bytes());
    if token.unwrap_or_default() != keys.session_token.as_bytes() {
        return Err(unknown());
    }
    if claim.service != "deadline" || claim.region != region {
        return Err(wrong(&format!(
            "Credential should be scoped to correct service: 'deadline' and region: '{region}'."
        )));
    }
    let time = claimed_time(&request.headers).ok_or_else(|| wrong("The date is missing."))?;
    if now.duration_since(time).is_ok_and(|age| age > ALLOWED_SKEW) {
        return Err(wrong("Signature expired: it is now earlier than allowed."));
    }
    if time
        .duration_since(now)
        .is_ok_and(|ahead| ahead > ALLOWED_SKEW)
    {
        return Err(wrong(
            "Signature not yet current: it is still later than allowed.",
        ));
    }
    let must_be_signed = [HOST.as_str(), DATE]
        .into_iter()
        .chain(token.is_some().then_some(TOKEN));
    for name in must_be_signed {
        if !claim.signed.contains(&name) {
            return Err(wrong(&format!("'{name}' must be a 'SignedHeader'.")));
        }
    }
    match authorization(request, body, keys, &claim, time) {
        Some(signature) if signature.ends_with(claim.signature) => Ok(keys),
        _ => Err(wrong(
            "The request signature we calculated does not match the signature you provided.",
        )),
    }
}

/// The header that these keys give the request.
fn authorization(
    request: &Parts,
    body: &[u8],
    keys: &Keys,
    claim: &Claim<'_>,
    time: SystemTime,
) -> Option<String> {
    let host = request.headers.get(HOST)?.to_str().ok()?;
    let url = format!("http://{host}{}", request.uri.path_and_query()?);
    let made = [HOST.as_str(), DATE, TOKEN, AUTHORIZATION.as_str()];
    let mut headers = Vec::new();
    for (name, value) in &request.headers {
        if claim.signed.contains(&name.as_str()) && !made.contains(&name.as_str()) {
            headers.push((name.as_str(), value.to_str().ok()?));
        }
    }
    let token = (!keys.session_token.is_empty()).then(|| keys.session_token.clone());
    let identity = Credentials::new(
        &keys.access_key_id,
        &keys.secret_access_key,
        token,
        None,
        "test",
    )
    .into();
    let mut settings = SigningSettings::default();
    settings.excluded_headers = None;
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(claim.region)
        .name("deadline")
        .time(time)
        .settings(settings)
        .build()
        .map(SigningParams::from)
        .ok()?;
    let method = request.method.as_str();
    let body = SignableBody::Bytes(body);
    let signable = SignableRequest::new(method, url, headers.into_iter(), body).ok()?;
    let (instructions, _) = sign(signable, &params).ok()?.into_parts();
    let mut made = instructions.headers();
    let found = made.find(|(name, _)| *name == AUTHORIZATION.as_str())?;
    Some(found.1.to_owned())
}
