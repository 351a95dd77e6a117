//! Answers in the forms of the services.

use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, DATE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

/// What is sent to the client.
pub(crate) type Reply = Response<Full<Bytes>>;

/// A success, or why not.
pub(crate) type Answer = Result<Value, Refusal>;

/// An error of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// For the header `x-amzn-ErrorType`.
    pub(crate) kind: String,
    pub(crate) body: Value,
    /// Seconds.
    pub(crate) retry_after: Option<u64>,
}

impl Refusal {
    /// Of Deadline Cloud and the portal.
    pub(crate) fn new(status: u16, kind: &str, message: &str) -> Self {
        Self {
            status,
            kind: kind.to_owned(),
            body: json!({ "message": message }),
            retry_after: None,
        }
    }

    /// Of the OIDC service.
    pub(crate) fn oidc(status: u16, kind: &str, error: &str) -> Self {
        Self {
            status,
            kind: kind.to_owned(),
            body: json!({ "error": error, "error_description": "The stand-in says so." }),
            retry_after: None,
        }
    }

    pub(crate) fn missing(what: &str) -> Self {
        Self::new(
            404,
            "ResourceNotFoundException",
            &format!("There is no such {what}."),
        )
    }
}

/// The answer as it travels.
pub(crate) fn reply(answer: &Answer) -> Reply {
    match answer {
        Ok(body) => with(200, body),
        Err(refusal) => {
            let mut reply = with(refusal.status, &refusal.body);
            let headers = reply.headers_mut();
            if let Ok(kind) = HeaderValue::from_str(&refusal.kind)
                && !refusal.kind.is_empty()
            {
                headers.insert(HeaderName::from_static("x-amzn-errortype"), kind);
            }
            if let Some(seconds) = refusal.retry_after {
                headers.insert(RETRY_AFTER, seconds.into());
            }
            reply
        }
    }
}

/// Tells the time of the service's own clock, from which clients can correct theirs.
pub(crate) fn dated(reply: &mut Reply, now: SystemTime) {
    let text = DateTime::from(now).fmt(Format::HttpDate);
    if let Some(date) = text.ok().and_then(|text| HeaderValue::from_str(&text).ok()) {
        reply.headers_mut().insert(DATE, date);
    }
}

/// A page for people.
pub(crate) fn page(text: &str) -> Reply {
    let mut reply = Response::new(Full::from(format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Stand-in</title>{text}"
    )));
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    reply.headers_mut().insert(CONTENT_TYPE, kind);
    reply
}

fn with(status: u16, body: &Value) -> Reply {
    let mut reply = Response::new(Full::from(body.to_string()));
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}
