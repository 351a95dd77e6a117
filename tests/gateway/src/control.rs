//! The control port: JSON over HTTP, for tests in any language.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpListener;

use crate::answer::{Failure, Reply, full};
use crate::fault::Rule;
use crate::gateway::Gateway;

/// Serves the control port for ever.
pub(crate) async fn accept(gateway: Arc<Gateway>, listener: TcpListener) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let gateway = Arc::clone(&gateway);
        let requests = service_fn(move |request| answer_to(Arc::clone(&gateway), request));
        tokio::spawn(async move {
            // The client of a test may go at any time.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), requests)
                .await;
        });
    }
}

async fn answer_to(gateway: Arc<Gateway>, request: Request<Incoming>) -> Result<Reply, Failure> {
    let (status, text) = match carried_out(&gateway, request).await {
        Ok(text) => (StatusCode::OK, text),
        Err(error) => {
            let error = serde_json::json!({ "error": format!("{error:#}") });
            (StatusCode::BAD_REQUEST, error.to_string())
        }
    };
    let mut reply = Response::new(full(text));
    *reply.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    reply.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(reply)
}

async fn carried_out(gateway: &Gateway, request: Request<Incoming>) -> Result<String> {
    let (head, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .context("the request broke off")?
        .to_bytes();
    match (&head.method, head.uri.path()) {
        (&Method::GET, "/faults") => json(&gateway.faults.standing()),
        (&Method::POST, "/faults") => {
            let rules: Vec<Rule> = serde_json::from_slice(&body).context("not a list of faults")?;
            gateway.faults.add(rules);
            done()
        }
        (&Method::DELETE, "/faults") => {
            gateway.faults.clear();
            done()
        }
        (&Method::GET, "/settings") => json(&gateway.settings()),
        (&Method::PUT, "/settings") => {
            let settings = serde_json::from_slice(&body).context("not settings")?;
            gateway.set(settings).await;
            done()
        }
        (&Method::POST, "/release") => {
            gateway.releases.release();
            done()
        }
        (&Method::GET, "/log") => json(&gateway.journal.entries()),
        (&Method::GET, "/counters") => json(&gateway.journal.counters()),
        (&Method::DELETE, "/log") => {
            gateway.journal.clear();
            done()
        }
        (&Method::POST, "/reset") => {
            gateway.reset().await;
            done()
        }
        (method, path) => bail!("there is no {method} {path}"),
    }
}

fn json(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(value)?)
}

fn done() -> Result<String> {
    Ok("{}".to_owned())
}
