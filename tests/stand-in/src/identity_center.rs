//! IAM Identity Center: the OIDC service and the portal.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hyper::HeaderMap;
use serde_json::{Value, json};

use crate::answer::{Answer, Refusal, Reply, page as html};
use crate::deadline::{credentials, page};
use crate::operation::{Operation, Target, pairs};
use crate::state::{Device, State, Verdict};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// How long a registration is good: 90 days, as at AWS.
const REGISTRATION: Duration = Duration::from_secs(90 * 24 * 3600);

/// `origin`: where this stand-in is, for the page that asks for approval.
pub(crate) fn answer(
    state: &mut State,
    target: &Target,
    headers: &HeaderMap,
    body: &[u8],
    origin: &str,
) -> Answer {
    match target.operation {
        Operation::RegisterClient => register(state, &document(body)?),
        Operation::StartDeviceAuthorization => start(state, &document(body)?, origin),
        Operation::CreateToken => create_token(state, &document(body)?),
        _ => {
            let token = bearer(state, headers)?;
            portal(state, target, &token)
        }
    }
}

fn document(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| Refusal::oidc(400, "InvalidRequestException", "invalid_request"))
}

fn register(state: &mut State, asked: &Value) -> Answer {
    if asked["clientType"] != "public" || asked["clientName"].as_str().is_none_or(str::is_empty) {
        return Err(Refusal::oidc(
            400,
            "InvalidClientMetadataException",
            "invalid_client_metadata",
        ));
    }
    if asked["scopes"] != json!(["sso:account:access"]) {
        return Err(Refusal::oidc(400, "InvalidScopeException", "invalid_scope"));
    }
    let id = state.fresh("client");
    let secret = state.secret("client-secret");
    state.clients.insert(id.clone(), secret.clone());
    let now = state.now();
    Ok(json!({
        "clientId": id,
        "clientSecret": secret,
        "clientIdIssuedAt": seconds(now),
        "clientSecretExpiresAt": seconds(now + REGISTRATION),
    }))
}

/// The client of a request, if it is registered.
fn client(state: &State, asked: &Value) -> Result<String, Refusal> {
    let id = asked["clientId"].as_str().unwrap_or_default();
    let secret = asked["clientSecret"].as_str();
    if state.clients.get(id).map(String::as_str) == secret && secret.is_some() {
        Ok(id.to_owned())
    } else {
        Err(Refusal::oidc(
            401,
            "InvalidClientException",
            "invalid_client",
        ))
    }
}

fn start(state: &mut State, asked: &Value, origin: &str) -> Answer {
    let client = client(state, asked)?;
    let center = state.settings.identity_center.clone();
    if let Some(region) = center.elsewhere {
        let mut refusal = Refusal::oidc(400, "InvalidRequestRegionException", "invalid_request");
        refusal.body["region"] = region.as_str().into();
        refusal.body["endpoint"] = format!("https://oidc.{region}.amazonaws.com").into();
        return Err(refusal);
    }
    if asked["startUrl"] != center.start_url {
        return Err(Refusal::oidc(
            400,
            "InvalidRequestException",
            "invalid_request",
        ));
    }
    let code = state.secret("device-code");
    let user_code = format!("CODE-{:04}", state.devices.len() + 1);
    state.devices.push(Device {
        code: code.clone(),
        user_code: user_code.clone(),
        client,
        expires: state.now() + Duration::from_secs(center.code_seconds),
        last_poll: None,
        verdict: None,
    });
    Ok(json!({
        "deviceCode": code,
        "userCode": user_code,
        "verificationUri": format!("{origin}/device"),
        "verificationUriComplete": format!("{origin}/device?user_code={user_code}"),
        "expiresIn": center.code_seconds,
        "interval": center.interval,
    }))
}

fn create_token(state: &mut State, asked: &Value) -> Answer {
    let client = client(state, asked)?;
    match asked["grantType"].as_str() {
        Some(DEVICE_CODE) => {
            let code = asked["deviceCode"].as_str().unwrap_or_default();
            approved(state, &client, code)?;
            Ok(give_tokens(state))
        }
        Some("refresh_token") => {
            let token = asked["refreshToken"].as_str().unwrap_or_default();
            if state.refresh_tokens.iter().any(|known| known == token) {
                Ok(give_tokens(state))
            } else {
                Err(Refusal::oidc(400, "InvalidGrantException", "invalid_grant"))
            }
        }
        _ => Err(Refusal::oidc(
            400,
            "UnsupportedGrantTypeException",
            "unsupported_grant_type",
        )),
    }
}

/// Whether somebody has approved; the code is good once.
fn approved(state: &mut State, client: &str, code: &str) -> Result<(), Refusal> {
    let now = state.now();
    let interval = Duration::from_secs(state.settings.identity_center.interval);
    let place = state
        .devices
        .iter()
        .position(|device| device.code == code && device.client == client)
        .ok_or_else(|| Refusal::oidc(400, "InvalidGrantException", "invalid_grant"))?;
    let device = &mut state.devices[place];
    if device.expires <= now {
        return Err(Refusal::oidc(400, "ExpiredTokenException", "expired_token"));
    }
    let last = device.last_poll.replace(now);
    match device.verdict {
        Some(Verdict::Approved) => {
            state.devices.remove(place);
            Ok(())
        }
        Some(Verdict::Denied) => Err(Refusal::oidc(400, "AccessDeniedException", "access_denied")),
        // Half of the interval is leave for clocks and timers.
        None if last.is_some_and(|last| now < last + interval / 2) => {
            Err(Refusal::oidc(400, "SlowDownException", "slow_down"))
        }
        None => Err(Refusal::oidc(
            400,
            "AuthorizationPendingException",
            "authorization_pending",
        )),
    }
}

fn give_tokens(state: &mut State) -> Value {
    let center = state.settings.identity_center.clone();
    let access = state.secret("access-token");
    let end = state.now() + Duration::from_secs(center.token_seconds);
    state.tokens.insert(access.clone(), end);
    let mut answer = json!({
        "accessToken": access,
        "tokenType": "Bearer",
        "expiresIn": center.token_seconds,
    });
    if center.refreshes {
        let refresh = state.secret("refresh-token");
        // A token that has been used is good no more.
        state.refresh_tokens = vec![refresh.clone()];
        answer["refreshToken"] = refresh.into();
    }
    answer
}

/// The token of a request to the portal, if it is good.
fn bearer(state: &State, headers: &HeaderMap) -> Result<String, Refusal> {
    let token = headers
        .get("x-amz-sso_bearer_token")
        .and_then(|token| token.to_str().ok())
        .unwrap_or_default();
    match state.tokens.get(token) {
        Some(end) if *end > state.now() => Ok(token.to_owned()),
        _ => Err(Refusal::new(
            401,
            "UnauthorizedException",
            "Session token not found or invalid",
        )),
    }
}

fn portal(state: &mut State, target: &Target, token: &str) -> Answer {
    let center = &state.settings.identity_center;
    let named = |name: &str| {
        let message = format!("{name} is missing");
        let found = target.query(name).filter(|value| !value.is_empty());
        found.ok_or_else(|| Refusal::new(400, "InvalidRequestException", &message))
    };
    match target.operation {
        Operation::ListAccounts => {
            let accounts = center.accounts.iter().map(|account| {
                json!({
                    "accountId": account.account_id,
                    "accountName": account.account_name,
                    "emailAddress": "admin@studio.example",
                })
            });
            page("accountList", accounts.collect(), state, target)
        }
        Operation::ListAccountRoles => {
            let account = account(state, named("account_id")?)?;
            let roles = account
                .roles
                .iter()
                .map(|role| json!({ "roleName": role.role_name, "accountId": account.account_id }));
            page("roleList", roles.collect(), state, target)
        }
        Operation::GetRoleCredentials => {
            let wanted = named("role_name")?;
            let account = account(state, named("account_id")?)?;
            let role = account.roles.iter().find(|role| role.role_name == wanted);
            let keys = role
                .map(|role| role.keys.clone())
                .ok_or_else(|| Refusal::new(403, "ForbiddenException", "No access"))?;
            let end = state.give(
                &keys,
                state.settings.identity_center.role_credentials_seconds,
            );
            let milliseconds = seconds(end) * 1000;
            Ok(json!({ "roleCredentials": credentials(&keys, milliseconds.into()) }))
        }
        Operation::Logout => {
            state.tokens.remove(token);
            state.refresh_tokens.clear();
            Ok(json!({}))
        }
        _ => Err(Refusal::new(404, "ResourceNotFoundException", "")),
    }
}

fn account<'a>(state: &'a State, id: &str) -> Result<&'a crate::settings::Account, Refusal> {
    let mut accounts = state.settings.identity_center.accounts.iter();
    accounts
        .find(|account| account.account_id == id)
        .ok_or_else(|| Refusal::new(403, "ForbiddenException", "No access"))
}

/// Notes what a person says about the codes that wait, or about one of them; tells how many those were.
pub(crate) fn judge(state: &mut State, user_code: Option<&str>, verdict: Verdict) -> usize {
    let waiting = state.devices.iter_mut().filter(|device| {
        device.verdict.is_none() && user_code.is_none_or(|code| code == device.user_code)
    });
    waiting.map(|device| device.verdict = Some(verdict)).count()
}

/// The page where a person approves, with two buttons; the form comes back here.
pub(crate) fn device_page(state: &mut State, target: &Target, is_post: bool, body: &[u8]) -> Reply {
    if !is_post {
        let code = target.query("user_code").unwrap_or_default();
        let plain: String = code
            .chars()
            .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-')
            .collect();
        return html(&format!(
            "<h1>Allow access?</h1><p id=\"code\">{plain}</p><form method=\"post\" action=\"/device\"><input type=\"hidden\" name=\"user_code\" value=\"{plain}\"><button name=\"verdict\" value=\"approve\">Allow</button> <button name=\"verdict\" value=\"deny\">Deny</button></form>"
        ));
    }
    let form = pairs(&String::from_utf8_lossy(body));
    let value = |name: &str| {
        let found = form.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    let verdict = match value("verdict") {
        Some("approve") => Verdict::Approved,
        _ => Verdict::Denied,
    };
    let count = judge(state, value("user_code"), verdict);
    html(if count == 1 {
        "<h1>Request noted</h1><p>You can close this window.</p>"
    } else {
        "<h1>Unknown code</h1>"
    })
}

fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs()
}
