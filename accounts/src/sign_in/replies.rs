//! The answers of a sign-in (spec `deadline-apis.md` 3).

use rusty_attachments_model::{AccountId, Region};
use rusty_attachments_transfer::sign::Credentials;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Account, Device, Registration, Tokens};
use crate::deadline::retry_after;
use crate::http::Reply;
use crate::keys::Keys;

/// Between two polls where the service does not say it, in seconds.
const USUAL_INTERVAL: u64 = 5;
/// Longest names and codes that are shown.
const LONGEST_SHOWN: usize = 256;

/// What a refusal means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nobody has approved yet.
    Pending,
    /// Ask less often.
    SlowDown,
    /// The code, or the token, is good no more.
    Expired,
    /// Somebody has said no.
    Denied,
    /// The registration is good no more.
    InvalidClient,
    /// The token, or the start URL, is not known here; the name of the error.
    Invalid(String),
    /// The Identity Center is in another region.
    WrongRegion(String),
    /// The same may succeed a little later; milliseconds that the service asks to wait.
    Passing(Option<u64>),
    /// Of the portal: the token is good no more.
    Unauthorized,
    /// Of the portal: there is no such role for this person.
    NoSuchRole,
    /// Something between here and the service has answered.
    NotAws,
    /// Anything else, by its name.
    Other(String),
}

#[derive(Deserialize, Default)]
struct ErrorBody {
    error: Option<String>,
    region: Option<String>,
}

impl Refusal {
    pub(super) fn of(reply: &Reply) -> Self {
        let body: Option<ErrorBody> = serde_json::from_str(&reply.body).ok();
        let kind = reply.header("x-amzn-errortype").unwrap_or_default();
        let kind = kind.split(':').next().unwrap_or_default();
        let is_page = body.is_none() && kind.is_empty() && !reply.body.is_empty();
        let body = body.unwrap_or_default();
        let region = body
            .region
            .filter(|region| region.parse::<Region>().is_ok());
        if let Some(region) = region {
            return Self::WrongRegion(region);
        }
        match (body.error.as_deref(), kind, reply.status) {
            (Some("authorization_pending"), ..) => Self::Pending,
            (Some("slow_down"), ..) => Self::SlowDown,
            (Some("expired_token"), ..) => Self::Expired,
            (Some("access_denied"), ..) => Self::Denied,
            (Some("invalid_client"), ..) => Self::InvalidClient,
            (Some(error @ ("invalid_grant" | "invalid_request")), ..) => {
                Self::Invalid(error.to_owned())
            }
            (Some("server_error"), ..) | (_, _, 408 | 429 | 500 | 502 | 503 | 504) => {
                Self::Passing(retry_after(reply))
            }
            (Some(other), ..) => Self::Other(name(other)),
            (None, "UnauthorizedException", _) => Self::Unauthorized,
            (None, "ResourceNotFoundException" | "ForbiddenException", _) => Self::NoSuchRole,
            (None, "", 0) => Self::Passing(None),
            (None, "", _) if is_page => Self::NotAws,
            (None, "", 401) => Self::Unauthorized,
            (None, "", 403 | 404) => Self::NoSuchRole,
            (None, "", status) => Self::Other(status.to_string()),
            (None, other, _) => Self::Other(name(other)),
        }
    }
}

/// The name of an error, as far as it can be shown.
fn name(text: &str) -> String {
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '_';
    text.chars().filter(is_plain).take(64).collect()
}

fn document<T: DeserializeOwned>(reply: &Reply) -> Option<T> {
    serde_json::from_str(&reply.body).ok()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Client {
    client_id: String,
    client_secret: SecretString,
    #[serde(default)]
    client_secret_expires_at: u64,
}

pub(super) fn registration(reply: &Reply) -> Option<Registration> {
    let client: Client = document(reply)?;
    Some(Registration {
        id: client.client_id,
        secret: client.client_secret,
        expires: client.client_secret_expires_at.saturating_mul(1_000),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authorization {
    device_code: SecretString,
    user_code: String,
    verification_uri: Option<String>,
    verification_uri_complete: Option<String>,
    expires_in: u64,
    interval: Option<u64>,
}

/// `may_be_http`: the service is a stand-in on this computer, and so is its page.
pub(super) fn device(reply: &Reply, now: u64, may_be_http: bool) -> Option<Device> {
    let found: Authorization = document(reply)?;
    let page = found.verification_uri_complete.or(found.verification_uri)?;
    // It is opened in a tab.
    let is_safe = page.starts_with("https://")
        || may_be_http
            && (page.starts_with("http://127.0.0.1:") || page.starts_with("http://localhost:"));
    if !is_safe
        || page
            .chars()
            .any(|letter| letter.is_control() || letter == ' ')
    {
        return None;
    }
    let is_plain = |letter: &char| letter.is_ascii_graphic();
    Some(Device {
        code: found.device_code,
        user_code: found.user_code.chars().filter(is_plain).take(32).collect(),
        page,
        expires: now.saturating_add(found.expires_in.saturating_mul(1_000)),
        interval: match found.interval {
            None | Some(0) => USUAL_INTERVAL * 1_000,
            Some(seconds) => seconds.saturating_mul(1_000),
        },
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    access_token: SecretString,
    expires_in: u64,
    refresh_token: Option<SecretString>,
}

pub(super) fn tokens(reply: &Reply, now: u64) -> Option<Tokens> {
    let found: Token = document(reply)?;
    Some(Tokens {
        access: found.access_token,
        refresh: found.refresh_token,
        expires: now.saturating_add(found.expires_in.saturating_mul(1_000)),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Accounts {
    account_list: Vec<AccountDocument>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountDocument {
    account_id: String,
    #[serde(default)]
    account_name: String,
}

pub(super) fn accounts(reply: &Reply) -> Option<(Vec<Account>, Option<String>)> {
    let found: Accounts = document(reply)?;
    let accounts = found.account_list.into_iter().map(|account| {
        let id: AccountId = account.account_id.parse().ok()?;
        Some(Account {
            id,
            name: account.account_name.chars().take(LONGEST_SHOWN).collect(),
        })
    });
    Some((
        accounts.collect::<Option<_>>()?,
        found.next_token.filter(|token| !token.is_empty()),
    ))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Roles {
    role_list: Vec<RoleDocument>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoleDocument {
    role_name: String,
}

pub(super) fn roles(reply: &Reply) -> Option<(Vec<String>, Option<String>)> {
    let found: Roles = document(reply)?;
    let names = found.role_list.into_iter().map(|role| role.role_name);
    Some((
        names.collect(),
        found.next_token.filter(|token| !token.is_empty()),
    ))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoleCredentials {
    role_credentials: CredentialsDocument,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CredentialsDocument {
    access_key_id: String,
    secret_access_key: SecretString,
    session_token: SecretString,
    /// Milliseconds, unlike everywhere else.
    expiration: u64,
}

pub(super) fn keys(reply: &Reply) -> Option<Keys> {
    let found = document::<RoleCredentials>(reply)?.role_credentials;
    Some(Keys {
        credentials: Credentials::new(
            &found.access_key_id,
            found.secret_access_key.expose_secret(),
            found.session_token.expose_secret(),
        ),
        expires: Some(found.expiration),
    })
}
