//! A small S3 server in memory, as lax as those that the gateway is for: it knows no checksum, no
//! owner, no limit, lists uploads in no useful order and everything at once. It keeps what it was sent.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::rt::TokioIo;
use rusty_attachments_model::ContentHash;
use tokio::net::TcpListener;

/// A request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) uri: String,
    pub(crate) headers: HeaderMap,
}

#[derive(Default)]
struct Kept {
    objects: BTreeMap<String, Bytes>,
    /// By id: path and parts.
    uploads: BTreeMap<String, (String, BTreeMap<u32, Bytes>)>,
    seen: Vec<Seen>,
}

pub(crate) struct Fake {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::new(Mutex::new(Kept::default()));
        let served = Arc::clone(&kept);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let kept = Arc::clone(&served);
                let requests = service_fn(move |request| answer(Arc::clone(&kept), request));
                tokio::spawn(
                    http1::Builder::new().serve_connection(TokioIo::new(stream), requests),
                );
            }
        });
        Self { address, kept }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bytes stored at `/bucket/key`.
    pub(crate) fn object(&self, path: &str) -> Option<Bytes> {
        self.kept.lock().unwrap().objects.get(path).cloned()
    }

    /// Writes around the gateway.
    pub(crate) fn store(&self, path: &str, bytes: &[u8]) {
        let bytes = Bytes::copy_from_slice(bytes);
        self.kept
            .lock()
            .unwrap()
            .objects
            .insert(path.to_owned(), bytes);
    }

    pub(crate) fn parts(&self, id: &str) -> Vec<u32> {
        let kept = self.kept.lock().unwrap();
        kept.uploads
            .get(id)
            .into_iter()
            .flat_map(|(_, parts)| parts.keys().copied())
            .collect()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.kept.lock().unwrap().seen.clone()
    }

    pub(crate) fn last(&self) -> Seen {
        self.seen().pop().unwrap()
    }
}

fn query<'a>(uri: &'a hyper::Uri, name: &str) -> Option<&'a str> {
    let mut pairs = uri.query()?.split('&');
    pairs.find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then_some(value)
    })
}

fn reply(status: u16, body: String) -> Response<Full<Bytes>> {
    let mut reply = Response::new(Full::new(Bytes::from(body)));
    *reply.status_mut() = status.try_into().unwrap();
    reply
}

fn error(status: u16, code: &str) -> Response<Full<Bytes>> {
    reply(status, format!("<Error><Code>{code}</Code></Error>"))
}

fn tagged(bytes: &Bytes, mut reply: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
    let etag = format!("\"{}\"", ContentHash::of(bytes));
    reply.headers_mut().insert("etag", etag.parse().unwrap());
    reply
}

async fn answer(
    kept: Arc<Mutex<Kept>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    // Too much to keep: read and forgotten.
    if path.starts_with("/b/void/") {
        let mut body = body;
        while let Some(frame) = body.frame().await {
            frame?;
        }
        return Ok(tagged(&Bytes::new(), reply(200, String::new())));
    }
    let body = body.collect().await?.to_bytes();
    let mut kept = kept.lock().unwrap();
    kept.seen.push(Seen {
        method: head.method.clone(),
        uri: head.uri.to_string(),
        headers: head.headers.clone(),
    });
    let conditional = head.headers.contains_key("if-none-match");
    let taken = conditional && kept.objects.contains_key(&path);
    let upload = query(&head.uri, "uploadId");
    if upload.is_some_and(|id| !kept.uploads.contains_key(id)) {
        return Ok(error(404, "NoSuchUpload"));
    }
    Ok(match (&head.method, upload) {
        (&Method::OPTIONS, _) => reply(204, String::new()),
        (&Method::POST, None) if query(&head.uri, "uploads").is_some() => {
            // In an order that is not that of the keys.
            let id = format!("{}u", 1000 - kept.uploads.len());
            kept.uploads.insert(id.clone(), (path, BTreeMap::new()));
            reply(
                200,
                format!(
                    "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
                ),
            )
        }
        (&Method::GET, None) if query(&head.uri, "uploads").is_some() => {
            let mut list =
                String::from("<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>");
            let prefix = query(&head.uri, "prefix").unwrap_or_default();
            for (id, (path, _)) in &kept.uploads {
                let key = path.trim_start_matches("/b/");
                if key.starts_with(prefix) {
                    write!(list, "<Upload><Key>{key}</Key><UploadId>{id}</UploadId><Initiated>2026-01-01T00:00:00Z</Initiated></Upload>").unwrap();
                }
            }
            reply(200, list + "</ListMultipartUploadsResult>")
        }
        (&Method::PUT, Some(id)) => {
            let number = query(&head.uri, "partNumber").unwrap().parse().unwrap();
            let answer = tagged(&body, reply(200, String::new()));
            kept.uploads.get_mut(id).unwrap().1.insert(number, body);
            answer
        }
        (&Method::GET, Some(id)) => {
            let mut list = format!(
                "<ListPartsResult><Bucket>b</Bucket><Key>k</Key><UploadId>{id}</UploadId><IsTruncated>false</IsTruncated><MaxParts>10000</MaxParts><PartNumberMarker>0</PartNumberMarker>"
            );
            for (number, bytes) in &kept.uploads[id].1 {
                let etag = ContentHash::of(bytes);
                write!(list, "<Part><PartNumber>{number}</PartNumber><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>\"{etag}\"</ETag><Size>{}</Size></Part>", bytes.len()).unwrap();
            }
            reply(200, list + "</ListPartsResult>")
        }
        (&Method::DELETE, Some(id)) => {
            kept.uploads.remove(id);
            reply(204, String::new())
        }
        (&Method::POST, Some(_)) if taken => error(412, "PreconditionFailed"),
        (&Method::POST, Some(id)) => {
            let (_, parts) = kept.uploads.remove(id).unwrap();
            let whole: Bytes = parts.into_values().flatten().collect();
            let etag = ContentHash::of(&whole);
            kept.objects.insert(path, whole);
            reply(
                200,
                format!(
                    "<CompleteMultipartUploadResult><ETag>\"{etag}\"</ETag></CompleteMultipartUploadResult>"
                ),
            )
        }
        (&Method::PUT, None) if taken => error(412, "PreconditionFailed"),
        (&Method::PUT, None) => {
            let answer = tagged(&body, reply(200, String::new()));
            kept.objects.insert(path, body);
            answer
        }
        (&Method::DELETE, None) => {
            kept.objects.remove(&path);
            reply(204, String::new())
        }
        _ => match kept.objects.get(&path) {
            Some(bytes) => tagged(bytes, Response::new(Full::new(bytes.clone()))),
            None => error(404, "NoSuchKey"),
        },
    })
}
