//! Accounts for JavaScript: pasted credentials, sign-in, farms and queues, refusals explained.
//!
//! Times are milliseconds since 1970 as numbers, as `Date.now()` gives them: what the session keeps goes
//! through JSON, which has no `bigint`.

pub mod deadline;
pub mod denied;
pub mod http;
pub mod keys;
pub mod pasted;
pub mod problem;
pub mod renewal;
pub mod sign_in;
pub mod storage_profile;

use std::str::FromStr;

use rusty_attachments_model::ServerAddress;
use rusty_attachments_model::server_address::AddressError;
use wasm_bindgen::prelude::*;

use crate::error::attachment_error;

/// A time that JavaScript tells.
// A whole number far below 2^53; what is below 0 or no number becomes 0.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn time(milliseconds: f64) -> u64 {
    milliseconds as u64
}

/// A time for JavaScript.
#[allow(clippy::cast_precision_loss)] // Far below 2^53.
fn number(milliseconds: u64) -> f64 {
    milliseconds as f64
}

/// Reads a text that is judged at this border; the message begins with the name of the field.
fn judged<T: FromStr<Err: ToString>>(field: &str, code: &str, text: &str) -> Result<T, JsValue> {
    text.trim()
        .parse()
        .map_err(|error: T::Err| attachment_error(code, &format!("{field}: {}", error.to_string())))
}

/// Reads the address of a server; nothing for an empty text.
fn server(field: &str, text: Option<&str>) -> Result<Option<ServerAddress>, JsValue> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(|text| {
        text.parse().map_err(|error: AddressError| {
            let code = match error {
                AddressError::NotAnAddress => "endpoint-malformed",
                AddressError::MoreThanAddress => "endpoint-not-bare",
                AddressError::Unencrypted => "endpoint-unencrypted",
            };
            attachment_error(code, &format!("{field}: {error}"))
        })
    })
    .transpose()
}
