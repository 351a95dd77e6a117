//! Connections and requests.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::answer::{Refusal, Reply, dated, reply};
use crate::control;
use crate::deadline;
use crate::identity_center;
use crate::operation::{Operation, Target};
use crate::settings::Settings;
use crate::state::{Entry, State};

/// The stand-in, shared by all connections.
#[derive(Debug)]
pub(crate) struct StandIn {
    state: Mutex<State>,
    first: Settings,
    origin: String,
}

/// Which of the two ports.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    Services,
    Control,
}

impl StandIn {
    pub(crate) fn new(settings: Settings, address: SocketAddr) -> Self {
        Self {
            state: Mutex::new(State::new(settings.clone())),
            first: settings,
            origin: format!("http://{address}"),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: &Parts, body: &[u8]) -> Reply {
        let target = Target::of(request);
        let mut state = self.state();
        if target.operation == Operation::Device {
            let is_post = request.method == Method::POST;
            return identity_center::device_page(&mut state, &target, is_post, body);
        }
        let mut access_key_id = None;
        let answer = match state.faults.pick(target.operation) {
            Some(fault) => Err(fault),
            None => match target.operation {
                Operation::Other => Err(Refusal::new(404, "UnknownOperationException", "")),
                Operation::RegisterClient
                | Operation::StartDeviceAuthorization
                | Operation::CreateToken
                | Operation::ListAccounts
                | Operation::ListAccountRoles
                | Operation::GetRoleCredentials
                | Operation::Logout => identity_center::answer(
                    &mut state,
                    &target,
                    &request.headers,
                    body,
                    &self.origin,
                ),
                _ => match deadline::caller(&state, request, body) {
                    Err(refusal) => Err(refusal),
                    Ok(caller) => {
                        access_key_id = Some(caller);
                        deadline::answer(&mut state, &target)
                    }
                },
            },
        };
        let mut reply = reply(&answer);
        dated(&mut reply, state.now());
        state.log.push(Entry {
            operation: target.operation,
            path: request.uri.path().to_owned(),
            status: reply.status().as_u16(),
            access_key_id,
        });
        reply
    }

    fn control(&self, request: &Parts, body: &[u8]) -> Reply {
        let mut state = self.state();
        let done = control::carry_out(
            &mut state,
            &self.first,
            &request.method,
            request.uri.path(),
            body,
        );
        let (status, text) = match done {
            Ok(value) => (StatusCode::OK, value.to_string()),
            Err(error) => (
                StatusCode::BAD_REQUEST,
                serde_json::json!({ "error": format!("{error:#}") }).to_string(),
            ),
        };
        let mut reply = Response::new(Full::<Bytes>::from(text));
        *reply.status_mut() = status;
        let kind = HeaderValue::from_static("application/json");
        reply.headers_mut().insert(CONTENT_TYPE, kind);
        reply
    }
}

/// Serves one port for ever.
pub(crate) async fn accept(stand_in: Arc<StandIn>, listener: TcpListener, port: Port) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let stand_in = Arc::clone(&stand_in);
        let requests = service_fn(move |request| serve(Arc::clone(&stand_in), request, port));
        tokio::spawn(async move {
            // The client of a test may go at any time.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), requests)
                .await;
        });
    }
}

async fn serve(
    stand_in: Arc<StandIn>,
    request: Request<Incoming>,
    port: Port,
) -> Result<Reply, Infallible> {
    let (head, body) = request.into_parts();
    // A body that breaks off has nobody left to answer to.
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => Bytes::new(),
    };
    Ok(match port {
        Port::Services => stand_in.answer(&head, &body),
        Port::Control => stand_in.control(&head, &body),
    })
}
