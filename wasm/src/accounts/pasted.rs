//! Pasted credentials for JavaScript.

use rusty_attachments_accounts::pasted;
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use super::keys::SessionKeys;
use super::time;
use crate::error::{attachment_error, write};

/// What was found in a pasted text.
#[derive(Serialize, Tsify)]
pub struct PastedCredentials {
    /// How it was written.
    #[tsify(
        type = "'process' | 'service' | 'env' | 'env-no-export' | 'powershell' | 'windows-cmd' | 'profile'"
    )]
    form: &'static str,
    /// Good, as far as the text tells.
    keys: SessionKeys,
}

/// Reads what `aws configure export-credentials`, `aws sts assume-role`,
/// `aws deadline assume-queue-role-for-user` or the access portal show, or one profile of
/// `~/.aws/credentials`. `now`: `Date.now()`.
///
/// # Errors
/// `AttachmentError` with code `pasted-empty`, `pasted-unrecognised`, `pasted-cut`, `pasted-several`,
/// `pasted-incomplete`, `pasted-malformed` or `credentials-expired`. The message says what to do and holds
/// nothing of the text.
#[wasm_bindgen(js_name = readPastedCredentials)]
pub fn read_pasted_credentials(text: &str, now: f64) -> Result<Ts<PastedCredentials>, JsValue> {
    let found = pasted::read(text, time(now))
        .map_err(|error| attachment_error(error.code(), &error.to_string()))?;
    write(&PastedCredentials {
        form: found.form.as_str(),
        keys: SessionKeys::from(&found.keys),
    })
}
