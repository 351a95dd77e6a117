//! Times of renewal and of wiping for JavaScript.

use rusty_attachments_accounts::renewal;
use wasm_bindgen::prelude::*;

use super::{number, time};

/// When to renew credentials that were got at `obtained` and end at `expires`: 15 minutes before their end,
/// or after half of their life if that is later.
#[wasm_bindgen(js_name = renewAt)]
#[must_use]
pub fn renew_at(obtained: f64, expires: f64) -> f64 {
    number(renewal::renew_at(time(obtained), time(expires)))
}

/// When to try a renewal again that has failed in passing; nothing once the credentials have ended.
#[wasm_bindgen(js_name = tryRenewalAgainAt)]
#[must_use]
pub fn try_renewal_again_at(now: f64, expires: f64) -> Option<f64> {
    renewal::try_again_at(time(now), time(expires)).map(number)
}

/// When the session's secrets are wiped because nobody has used them since `last_use`, for an idle time of
/// so many minutes (at most 720); nothing for 0 minutes, which switches it off.
#[wasm_bindgen(js_name = wipeAt)]
#[must_use]
pub fn wipe_at(last_use: f64, minutes: u32) -> Option<f64> {
    renewal::wipe_at(time(last_use), minutes).map(number)
}
