//! A studio, and a client that sends what the accounts crate says.

use account_stand_in::{ANY_PORT, Running, Settings};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rusty_attachments_accounts::{Reply, Request};
use serde_json::{Value, json};

pub(crate) const FARM: &str = "farm-0123456789abcdef0123456789abcdef";
pub(crate) const QUEUE: &str = "queue-fedcba9876543210fedcba9876543210";
pub(crate) const PROFILE: &str = "sp-0123456789abcdef0123456789abcdef";
pub(crate) const ACCOUNT: &str = "123456789012";

pub(crate) fn now() -> u64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

pub(crate) fn keys(id: &str) -> Value {
    json!({ "accessKeyId": id, "secretAccessKey": format!("{id}-secret"), "sessionToken": format!("{id}-token/+=") })
}

pub(crate) fn studio() -> Settings {
    serde_json::from_value(json!({
        "keys": [keys("ASIACALLER")],
        "farms": [
            {
                "farmId": FARM,
                "displayName": "Feature film",
                "queues": [
                    {
                        "queueId": QUEUE,
                        "displayName": "Lighting",
                        "jobAttachmentSettings": { "s3BucketName": "studio", "rootPrefix": "DeadlineCloud" },
                        "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/Lighting"),
                        "requiredFileSystemLocationNames": ["Assets"],
                        "allowedStorageProfileIds": [PROFILE],
                    },
                    { "queueId": "queue-00000000000000000000000000000000", "displayName": "Bare" },
                ],
                "storageProfiles": [{
                    "storageProfileId": PROFILE,
                    "displayName": "Workstations",
                    "osFamily": "LINUX",
                    "fileSystemLocations": [{ "name": "Assets", "path": "/mnt/assets", "type": "LOCAL" }],
                }],
            },
            { "farmId": "farm-11111111111111111111111111111111", "displayName": "Series" },
            { "farmId": "farm-22222222222222222222222222222222", "displayName": "Trailer" },
        ],
        "queueCredentials": [keys("ASIAFIRST"), keys("ASIASECOND")],
        "identityCenter": {
            "accounts": [{
                "accountId": ACCOUNT,
                "accountName": "Studio",
                "roles": [{ "roleName": "Artist", "keys": keys("ASIAROLE") }, { "roleName": "Admin", "keys": keys("ASIAADMIN") }],
            }],
        },
    }))
    .unwrap()
}

pub(crate) async fn start(settings: Settings) -> Running {
    Running::start(ANY_PORT, ANY_PORT, settings).await.unwrap()
}

/// Sends a request as it is.
pub(crate) async fn send(request: &Request) -> Reply {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let mut built = hyper::Request::builder()
        .method(request.method)
        .uri(&request.url);
    for (name, value) in &request.headers {
        built = built.header(name, value);
    }
    let body = Full::from(request.body.clone());
    let reply = client.request(built.body(body).unwrap()).await.unwrap();
    let (head, body) = reply.into_parts();
    let headers = head.headers.iter();
    Reply {
        status: head.status.as_u16(),
        headers: headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        body: String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap(),
    }
}

/// Asks the control port; gives status and body.
pub(crate) async fn control(
    running: &Running,
    method: &'static str,
    path: &str,
    body: &Value,
) -> (u16, Value) {
    let reply = send(&Request {
        method,
        url: format!("http://{}{path}", running.control),
        headers: Vec::new(),
        body: if body.is_null() {
            String::new()
        } else {
            body.to_string()
        },
    })
    .await;
    (reply.status, serde_json::from_str(&reply.body).unwrap())
}
