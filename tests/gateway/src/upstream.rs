//! The server behind the gateway.

use anyhow::{Context, Result};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, EXPECT, HeaderName, TRANSFER_ENCODING};
use hyper::http::request::Parts;
use hyper::http::uri::{Authority, PathAndQuery};
use hyper::{Request, Response, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::answer::{Body, S3Error};
use crate::gateway::Stop;
use crate::reading::ResetOnPurpose;
use crate::signature::{self, Signer};

/// Its address, and a key to sign anew with.
#[derive(Debug)]
pub(crate) struct Upstream {
    client: Client<HttpConnector, Body>,
    authority: Authority,
    signer: Option<Signer>,
}

/// What must be changed in a request before it goes on.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub(crate) without: Vec<&'static str>,
    pub(crate) path: Option<PathAndQuery>,
    /// The time of the request is by another clock.
    pub(crate) time: bool,
}

impl Upstream {
    /// `endpoint` is `http://host:port`.
    pub(crate) fn new(endpoint: &str, signer: Option<Signer>) -> Result<Self> {
        let uri: Uri = endpoint.parse().context("not an address")?;
        anyhow::ensure!(
            uri.scheme_str() == Some("http"),
            "the server must speak plain HTTP: {endpoint}"
        );
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            authority: uri.authority().context("no host")?.clone(),
            signer,
        })
    }

    /// Changes a request; its signature is verified and made anew where the change would break it.
    /// Without a key it is changed all the same: fine for a server that verifies nothing.
    pub(crate) fn prepare(&self, request: &mut Parts, change: Change) -> Result<(), S3Error> {
        let breaks = change.path.is_some()
            || change.time
            || change
                .without
                .iter()
                .any(|name| signature::covers(&request.headers, name));
        let signer = self
            .signer
            .as_ref()
            .filter(|_| breaks && request.headers.contains_key(hyper::header::AUTHORIZATION));
        if let Some(signer) = signer {
            signer.verify(request)?;
        }
        for name in change.without {
            request.headers.remove(name);
        }
        if let Some(path) = change.path {
            let mut uri = std::mem::take(&mut request.uri).into_parts();
            uri.path_and_query = Some(path);
            request.uri = Uri::from_parts(uri).expect("only the path was replaced");
        }
        match signer {
            Some(signer) => signer
                .sign(request)
                .map_err(|error| S3Error::invalid_request(error.to_string())),
            None => Ok(()),
        }
    }

    /// Hands a request on. Its `Host` stays the client's: it is part of the signature.
    pub(crate) async fn send(
        &self,
        request: Parts,
        body: Body,
    ) -> Result<Response<Incoming>, Stop> {
        let failed = |error: &(dyn std::error::Error + 'static)| {
            if ResetOnPurpose::caused(error) {
                return Stop::Ended(Box::new(ResetOnPurpose));
            }
            S3Error::new(502, "NoAnswerBehindGateway", error.to_string()).into()
        };
        let path = request
            .uri
            .path_and_query()
            .map_or("/", PathAndQuery::as_str);
        let uri = Uri::builder()
            .scheme("http")
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()
            .map_err(|error| failed(&error))?;
        let mut onward = Request::new(body);
        *onward.method_mut() = request.method;
        *onward.uri_mut() = uri;
        *onward.headers_mut() = request.headers;
        for name in HOP_BY_HOP {
            onward.headers_mut().remove(name);
        }
        onward.headers_mut().remove(EXPECT);
        let mut answer = self
            .client
            .request(onward)
            .await
            .map_err(|error| failed(&error))?;
        for name in HOP_BY_HOP {
            answer.headers_mut().remove(name);
        }
        Ok(answer)
    }
}

/// Of one connection, not of the request.
const HOP_BY_HOP: [HeaderName; 2] = [CONNECTION, TRANSFER_ENCODING];
