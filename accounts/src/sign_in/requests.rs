//! The calls of a sign-in (spec `deadline-apis.md` 3). None of them is signed.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rusty_attachments_model::AccountId;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::settings::Settings;
use super::{Registration, Tokens};
use crate::http::Request;

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const REFRESH_TOKEN: &str = "refresh_token";
/// What a client may do that lists accounts and gets credentials of roles.
const SCOPE: &str = "sso:account:access";

pub(super) fn register(settings: &Settings) -> Request {
    post(
        settings,
        "/client/register",
        &json!({
            "clientName": settings.client_name,
            "clientType": "public",
            "scopes": [SCOPE],
            "grantTypes": [DEVICE_CODE, REFRESH_TOKEN],
        }),
    )
}

pub(super) fn start(settings: &Settings, client: &Registration) -> Request {
    post(
        settings,
        "/device_authorization",
        &json!({
            "clientId": client.id,
            "clientSecret": client.secret.expose_secret(),
            "startUrl": settings.start_url.as_str(),
        }),
    )
}

pub(super) fn poll(
    settings: &Settings,
    client: &Registration,
    device_code: &SecretString,
) -> Request {
    post(
        settings,
        "/token",
        &json!({
            "clientId": client.id,
            "clientSecret": client.secret.expose_secret(),
            "grantType": DEVICE_CODE,
            "deviceCode": device_code.expose_secret(),
        }),
    )
}

pub(super) fn refresh(settings: &Settings, client: &Registration, token: &SecretString) -> Request {
    post(
        settings,
        "/token",
        &json!({
            "clientId": client.id,
            "clientSecret": client.secret.expose_secret(),
            "grantType": REFRESH_TOKEN,
            "refreshToken": token.expose_secret(),
        }),
    )
}

pub(super) fn accounts(settings: &Settings, tokens: &Tokens, next: Option<&str>) -> Request {
    let query = [("max_result", Some("100")), ("next_token", next)];
    portal(settings, tokens, "GET", "/assignment/accounts", &query)
}

pub(super) fn roles(
    settings: &Settings,
    tokens: &Tokens,
    account: &AccountId,
    next: Option<&str>,
) -> Request {
    let query = [
        ("account_id", Some(account.as_str())),
        ("max_result", Some("100")),
        ("next_token", next),
    ];
    portal(settings, tokens, "GET", "/assignment/roles", &query)
}

pub(super) fn credentials(
    settings: &Settings,
    tokens: &Tokens,
    account: &AccountId,
    role: &str,
) -> Request {
    let query = [
        ("account_id", Some(account.as_str())),
        ("role_name", Some(role)),
    ];
    portal(settings, tokens, "GET", "/federation/credentials", &query)
}

pub(super) fn log_out(settings: &Settings, tokens: &Tokens) -> Request {
    portal(settings, tokens, "POST", "/logout", &[])
}

fn post(settings: &Settings, path: &str, body: &Value) -> Request {
    Request {
        method: "POST",
        url: format!("{}{path}", settings.oidc_origin()),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string(),
    }
}

fn portal(
    settings: &Settings,
    tokens: &Tokens,
    method: &'static str,
    path: &str,
    query: &[(&str, Option<&str>)],
) -> Request {
    let mut url = format!("{}{path}", settings.portal_origin());
    let mut separator = '?';
    for (name, value) in query {
        if let Some(value) = value {
            url.push(separator);
            url.push_str(name);
            url.push('=');
            url.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
            separator = '&';
        }
    }
    Request {
        method,
        url,
        headers: vec![(
            "x-amz-sso_bearer_token".to_owned(),
            tokens.access.expose_secret().to_owned(),
        )],
        body: String::new(),
    }
}
