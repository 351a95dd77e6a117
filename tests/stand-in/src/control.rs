//! The control port: JSON over HTTP, for tests in any language.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use hyper::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::identity_center::judge;
use crate::settings::Settings;
use crate::state::{State, Verdict};

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Codes {
    user_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Expiry {
    /// Of the portal; refresh tokens stay good.
    AccessTokens,
    /// All tokens: nothing but a new sign-in helps.
    Session,
    /// Registered clients.
    Clients,
    /// Keys that were given, for Deadline Cloud.
    Keys,
    /// Device codes.
    Codes,
}

/// Carries out one request. `first`: the settings to return to on a reset.
pub(crate) fn carry_out(
    state: &mut State,
    first: &Settings,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Result<Value> {
    match (method, path) {
        (&Method::POST, "/approve") => said(state, body, Verdict::Approved),
        (&Method::POST, "/deny") => said(state, body, Verdict::Denied),
        (&Method::POST, "/faults") => {
            let faults = serde_json::from_slice(body).context("not a list of faults")?;
            state.faults.add(faults);
            Ok(json!({}))
        }
        (&Method::DELETE, "/faults") => {
            state.faults.clear();
            Ok(json!({}))
        }
        (&Method::POST, "/expire") => {
            let what: Expiry =
                serde_json::from_slice(body).context("not something that expires")?;
            expire(state, &what);
            Ok(json!({}))
        }
        (&Method::GET, "/settings") => Ok(serde_json::to_value(&state.settings)?),
        (&Method::PUT, "/settings") => {
            state.settings = serde_json::from_slice(body).context("not settings")?;
            state.queue_credentials = 0;
            Ok(json!({}))
        }
        (&Method::GET, "/log") => Ok(serde_json::to_value(&state.log)?),
        (&Method::DELETE, "/log") => {
            state.log.clear();
            Ok(json!({}))
        }
        (&Method::GET, "/secrets") => Ok(serde_json::to_value(&state.secrets)?),
        (&Method::POST, "/reset") => {
            *state = State::new(first.clone());
            Ok(json!({}))
        }
        (method, path) => bail!("there is no {method} {path}"),
    }
}

fn said(state: &mut State, body: &[u8], verdict: Verdict) -> Result<Value> {
    let codes = if body.is_empty() {
        Codes::default()
    } else {
        serde_json::from_slice(body).context("not a user code")?
    };
    let count = judge(state, codes.user_code.as_deref(), verdict);
    if count == 0 {
        bail!("nobody waits for that");
    }
    Ok(json!({ "codes": count }))
}

fn expire(state: &mut State, what: &Expiry) {
    let now = state.now();
    match what {
        Expiry::AccessTokens => state.tokens = HashMap::new(),
        Expiry::Session => {
            state.tokens = HashMap::new();
            state.refresh_tokens.clear();
        }
        Expiry::Clients => state.clients = HashMap::new(),
        Expiry::Keys => state.given.values_mut().for_each(|end| *end = now),
        Expiry::Codes => state
            .devices
            .iter_mut()
            .for_each(|device| device.expires = now),
    }
}
