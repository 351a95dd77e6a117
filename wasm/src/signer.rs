//! Signing requests for JavaScript. Only the context that holds the credentials makes one of these.

use rusty_attachments_transfer::Method;
use rusty_attachments_transfer::sign::{self, Credentials, SignError, Signer};
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::error::{attachment_error, read, write};
use crate::headers::Headers;
use crate::store_place::StoreFields;

/// Signs the S3 requests of one profile's queue, and no others.
#[wasm_bindgen]
pub struct SigV4Signer(Signer);

/// An S3 request that is not signed yet.
#[derive(Serialize, Deserialize, Tsify)]
#[tsify(hashmap_as_object)]
pub struct UnsignedRequest {
    /// What to do.
    #[tsify(type = "'HEAD' | 'GET' | 'PUT' | 'POST' | 'DELETE'")]
    pub(crate) method: String,
    /// Full key of the object; empty for a question about the bucket.
    pub(crate) key: String,
    /// Names and values, not encoded; a name alone has an empty value.
    #[tsify(optional, type = "Record<string, string>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) query: Option<Headers>,
    /// Lower-case names, and values.
    #[tsify(type = "Record<string, string>")]
    pub(crate) headers: Headers,
    /// Which of the bucket's equivalent addresses to use, from 0; the profile's own when left out.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) host: Option<u8>,
}

/// A request that is ready to leave.
#[derive(Serialize, Tsify)]
#[tsify(hashmap_as_object)]
pub struct SignedRequest {
    /// Where it goes, percent-encoded.
    url: String,
    /// All headers but `Host`.
    #[tsify(type = "Record<string, string>")]
    headers: Headers,
}

#[wasm_bindgen]
impl SigV4Signer {
    /// Takes the fields of a good profile and the credentials; an empty session token means long-lived keys.
    ///
    /// # Errors
    /// `AttachmentError` with code `profile-invalid` or `argument-invalid`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        store: Ts<StoreFields>,
        access_key_id: &str,
        secret_access_key: &str,
        session_token: &str,
    ) -> Result<Self, JsValue> {
        let place = read(&store)?.parse()?;
        Ok(Self(Signer {
            endpoints: place.endpoints,
            region: place.region,
            layout: place.layout,
            credentials: Credentials::new(access_key_id, secret_access_key, session_token),
        }))
    }

    /// Signs for this moment: milliseconds since 1970, as `Date.now()` gives them.
    ///
    /// # Errors
    /// `AttachmentError` with code `request-foreign` for anything that an upload to this queue does
    /// not send, `request-unsignable` if the credentials hold characters that no header can carry.
    pub fn sign(
        &self,
        request: Ts<UnsignedRequest>,
        now: f64,
    ) -> Result<Ts<SignedRequest>, JsValue> {
        let request = read(&request)?;
        let method = Method::parse(&request.method)
            .ok_or_else(|| attachment_error("request-foreign", "uploads send no such request"))?;
        let unsigned = sign::UnsignedRequest {
            method,
            key: request.key,
            query: request.query.map_or_else(Vec::new, |query| query.0),
            headers: request.headers.0,
            host: request.host.unwrap_or(0),
        };
        // A date is a whole number far below 2^53.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let now = now as u64;
        let signed = self.0.sign(&unsigned, now).map_err(|error| {
            let code = match error {
                SignError::Impossible(_) => "request-unsignable",
                _ => "request-foreign",
            };
            attachment_error(code, &error.to_string())
        })?;
        write(&SignedRequest {
            url: signed.url,
            headers: Headers(signed.headers),
        })
    }
}
