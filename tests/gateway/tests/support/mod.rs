//! What the tests share: a client, and a small S3 server that is as lax as those the gateway is for.

// Each test program uses another part of it.
#![allow(dead_code)]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use rusty_attachments_model::ContentHash;
use strict_gateway::{Fault, Options, Rule, Running, Settings, Signer, Times, When};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(crate) mod fake;

use fake::Fake;

/// Nothing that a test waits for takes as long.
const LONG: Duration = Duration::from_secs(20);

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text of the first element of that name.
    pub(crate) fn element(&self, name: &str) -> Option<String> {
        elements(&self.text(), name).into_iter().next()
    }

    /// Code of an S3 error, or the status where there is none.
    pub(crate) fn code(&self) -> String {
        self.element("Code")
            .unwrap_or_else(|| self.status.to_string())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// The texts of all elements of that name.
pub(crate) fn elements(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&open)
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(&close)?.0.to_owned()))
        .collect()
}

pub(crate) type Headers<'a> = &'a [(&'a str, &'a str)];

/// A gateway in front of a fake.
pub(crate) struct Scene {
    pub(crate) gateway: Running,
    pub(crate) fake: Fake,
}

impl Scene {
    pub(crate) async fn strict() -> Self {
        Self::with(Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let fake = Fake::start().await;
        let mut options = Options::before(&fake.endpoint());
        options.settings = settings;
        let gateway = Running::start(options).await.unwrap();
        Self { gateway, fake }
    }

    /// Sends over a connection of its own.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: Headers<'_>,
        body: &[u8],
    ) -> Answer {
        self.try_send(method, path, headers, body).await.unwrap()
    }

    pub(crate) async fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: Headers<'_>,
        body: &[u8],
    ) -> Result<Answer, hyper::Error> {
        send_to(self.gateway.listen, method, path, headers, body, None).await
    }

    pub(crate) async fn put(&self, path: &str, headers: Headers<'_>, body: &[u8]) -> Answer {
        self.send("PUT", path, headers, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"").await
    }

    pub(crate) fn inject(&self, fault: Fault) {
        self.gateway.inject([once(fault)]);
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.gateway.listen).await.unwrap()
    }
}

/// A rule for the next request.
pub(crate) fn once(fault: Fault) -> Rule {
    Rule {
        when: When::default(),
        times: Times::default(),
        fault,
    }
}

/// Sends one request over a connection of its own, signed if there is a key.
pub(crate) async fn send_to(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: Headers<'_>,
    body: &[u8],
    signer: Option<&Signer>,
) -> Result<Answer, hyper::Error> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", address.to_string());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Full::new(Bytes::copy_from_slice(body)))
        .unwrap();
    let (mut head, body) = request.into_parts();
    if let Some(signer) = signer {
        let hash = hyper::header::HeaderValue::from_static("UNSIGNED-PAYLOAD");
        head.headers.insert("x-amz-content-sha256", hash);
        signer.sign(&mut head).unwrap();
    }
    let reply = sender.send_request(Request::from_parts(head, body)).await?;
    let (head, body) = reply.into_parts();
    let body = body.collect().await?.to_bytes();
    connection.abort();
    Ok(Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body,
    })
}

/// The checksum header's value for these bytes.
pub(crate) fn checksum(bytes: &[u8]) -> String {
    STANDARD.encode(ContentHash::of(bytes).to_be_bytes())
}

/// The composite checksum of parts.
pub(crate) fn composite(parts: &[&[u8]]) -> String {
    let hashes: Vec<u8> = parts
        .iter()
        .flat_map(|part| ContentHash::of(part).to_be_bytes())
        .collect();
    format!("{}-{}", checksum(&hashes), parts.len())
}

/// The body that completes an upload: number, ETag, checksum.
pub(crate) fn completion(parts: &[(u32, &str, Option<&str>)]) -> Vec<u8> {
    let parts: String = parts
        .iter()
        .map(|(number, etag, checksum)| {
            let checksum = checksum.map_or(String::new(), |checksum| {
                format!("<ChecksumXXHASH128>{checksum}</ChecksumXXHASH128>")
            });
            format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag>{checksum}</Part>")
        })
        .collect();
    format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>").into_bytes()
}

/// Reads until the connection ends; says whether it was reset.
pub(crate) async fn read_to_end(stream: &mut TcpStream) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let mut piece = [0; 64 * 1024];
    loop {
        let read = timeout(LONG, stream.read(&mut piece)).await;
        match read.expect("the connection did not end") {
            Ok(0) => return (bytes, false),
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
            Err(error) => {
                assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
                return (bytes, true);
            }
        }
    }
}

/// The head of a PUT, for tests that send the body as they like.
pub(crate) async fn begin_put(stream: &mut TcpStream, path: &str, length: usize, more: &str) {
    let head = format!("PUT {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n{more}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
}

/// The head of a PUT on the condition that nothing is there, on a connection that closes with its answer.
pub(crate) async fn begin_conditional_put(scene: &Scene, path: &str, length: usize) -> TcpStream {
    let mut stream = scene.connect().await;
    let more = "if-none-match: *\r\nconnection: close\r\n";
    begin_put(&mut stream, path, length, more).await;
    stream
}

/// Waits until so many bytes of the n-th request's body have been read; the first is 0.
pub(crate) async fn until_read(gateway: &Running, n: usize, bytes: u64) {
    let read = || {
        gateway
            .log()
            .get(n)
            .is_some_and(|entry| entry.bytes_in >= bytes)
    };
    until("the bytes are in", read).await;
}

/// Waits until the check holds.
pub(crate) async fn until(what: &str, check: impl Fn() -> bool) {
    let started = Instant::now();
    while !check() {
        assert!(started.elapsed() < LONG, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
