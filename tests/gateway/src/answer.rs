//! Answers in S3's form.

use std::fmt::Write;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

/// Why a body or a connection ended early.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
/// A body on its way, in either direction.
pub(crate) type Body = UnsyncBoxBody<Bytes, Failure>;
/// What is sent to the client.
pub(crate) type Reply = Response<Body>;

/// A body that is all at hand.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// An error as S3 answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct S3Error {
    pub(crate) status: StatusCode,
    pub(crate) code: String,
    pub(crate) message: String,
    /// Further elements of the document.
    pub(crate) more: Vec<(String, String)>,
}

impl S3Error {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::from_u16(status).expect("a status of this file"),
            code: code.to_owned(),
            message: message.into(),
            more: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, element: &str, text: impl Into<String>) -> Self {
        self.more.push((element.to_owned(), text.into()));
        self
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidRequest", message)
    }

    pub(crate) fn not_implemented(header: &str) -> Self {
        Self::new(
            501,
            "NotImplemented",
            "A header you provided implies functionality that is not implemented.",
        )
        .with("Header", header)
    }

    /// The document.
    pub(crate) fn document(&self) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>");
        element(&mut text, "Code", &self.code);
        element(&mut text, "Message", &self.message);
        for (name, value) in &self.more {
            element(&mut text, name, value);
        }
        element(&mut text, "RequestId", "STRICTGATEWAY");
        text.push_str("</Error>");
        text
    }

    /// The answer; one to HEAD has no body.
    pub(crate) fn reply(&self, to_head: bool) -> Reply {
        xml(
            self.status,
            if to_head {
                String::new()
            } else {
                self.document()
            },
        )
    }
}

/// An answer with an XML document.
pub(crate) fn xml(status: StatusCode, document: String) -> Reply {
    let mut reply = Response::new(full(document));
    *reply.status_mut() = status;
    let kind = HeaderValue::from_static("application/xml");
    reply.headers_mut().insert(CONTENT_TYPE, kind);
    reply
}

fn element(text: &mut String, name: &str, value: &str) {
    let escaped = quick_xml::escape::escape(value);
    write!(text, "<{name}>{escaped}</{name}>").expect("writing to a string does not fail");
}
