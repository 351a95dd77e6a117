//! One request: the fault that is meant for it, and its answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::channel::Channel;
use hyper::body::{Frame, Incoming};
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::time::sleep;

use crate::answer::{Failure, Reply, S3Error, full};
use crate::cors;
use crate::fault::{Answer, Fault};
use crate::gateway::Gateway;
use crate::operation::Target;
use crate::reading::{Reading, ResetOnPurpose};
use crate::signature::http_date;
use crate::wire::Line;

/// Time for what was sent to leave before the connection ends.
const FLUSH: Duration = Duration::from_millis(20);

/// Answers one request. An error ends the connection, as its `line` says.
pub(crate) async fn serve(
    gateway: Arc<Gateway>,
    line: Arc<Line>,
    request: Request<Incoming>,
) -> Result<Reply, Failure> {
    let (request, incoming) = request.into_parts();
    let page = gateway.page_of(&request.headers);
    let target = Target::of(&request);
    let open = gateway.journal.request(&request, &target);
    let fault = gateway
        .faults
        .pick(request.method.as_str(), target.operation, &target.key);
    if let Some(fault) = &fault {
        open.note(|entry| entry.fault = Some(fault.kind()));
    }
    let to_head = request.method == Method::HEAD;
    let reading = Reading::new(
        incoming,
        open.meter(),
        fault.as_ref(),
        &line,
        &gateway.releases,
    );
    let reply = match &fault {
        Some(Fault::Answer(answer)) if !answer.after_commit => {
            if !answer.early {
                reading.drain().await?;
            }
            given(answer, to_head)?
        }
        Some(Fault::Refuse { ms }) => {
            gateway.door.close_for(Duration::from_millis(*ms)).await;
            return Err(Box::new(ResetOnPurpose));
        }
        before => {
            if let Some(Fault::Delay { ms }) = before {
                sleep(Duration::from_millis(*ms)).await;
            }
            let handled = Arc::clone(&gateway).handle(request, target, reading, &open);
            after(handled.await?, fault.as_ref(), &line, to_head).await?
        }
    };
    let mut reply = reply;
    if gateway.settings().skew_minutes != 0 {
        let date = HeaderValue::from_str(&http_date(gateway.now()))?;
        reply.headers_mut().insert(DATE, date);
    }
    if let Some(origin) = page {
        cors::allow(&mut reply, origin);
    }
    open.note(|entry| entry.status = Some(reply.status().as_u16()));
    Ok(reply)
}

/// What a fault makes of the answer.
async fn after(
    reply: Reply,
    fault: Option<&Fault>,
    line: &Line,
    to_head: bool,
) -> Result<Reply, Failure> {
    match fault {
        Some(Fault::Answer(answer)) => given(answer, to_head),
        Some(Fault::LostReply { reset }) => {
            if *reset {
                line.end_by_reset();
            }
            Err(Box::new(ResetOnPurpose))
        }
        Some(Fault::ResetReply { after }) => {
            line.end_by_reset();
            line.end_after(*after);
            Ok(closing(reply))
        }
        Some(Fault::Truncate { after, honest }) if *honest => honestly_cut(reply, *after).await,
        Some(Fault::Truncate { after, .. }) => Ok(cut(closing(reply), *after)),
        _ => Ok(reply),
    }
}

/// The answer in the server's place.
fn given(answer: &Answer, to_head: bool) -> Result<Reply, Failure> {
    let status = StatusCode::from_u16(if answer.status == 0 {
        200
    } else {
        answer.status
    })?;
    let (kind, body) = match &answer.code {
        Some(code) => {
            let mut error = S3Error::new(200, code, "A fault of the strict gateway.");
            error.more.extend(answer.elements.clone());
            ("application/xml", error.document())
        }
        None => ("text/html; charset=utf-8", answer.body.clone()),
    };
    let mut reply = Response::new(full(if to_head { String::new() } else { body }));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in &answer.headers {
        let name: HeaderName = name.parse()?;
        headers.insert(name, HeaderValue::from_str(value)?);
    }
    if answer.early {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(reply)
}

fn closing(mut reply: Reply) -> Reply {
    let close = HeaderValue::from_static("close");
    reply.headers_mut().insert(CONNECTION, close);
    reply
}

/// A whole answer with the beginning of the body.
async fn honestly_cut(reply: Reply, after: u64) -> Result<Reply, Failure> {
    let (mut head, body) = reply.into_parts();
    let mut bytes = body.collect().await?.to_bytes();
    bytes.truncate(usize::try_from(after)?);
    head.headers.remove(CONTENT_LENGTH);
    Ok(Response::from_parts(head, full(bytes)))
}

/// An answer that ends, with its connection, before its body does.
fn cut(reply: Reply, after: u64) -> Reply {
    let (head, mut body) = reply.into_parts();
    let (mut sender, short) = Channel::<Bytes, Failure>::new(2);
    tokio::spawn(async move {
        let mut left = after;
        while left > 0 {
            let Some(Ok(frame)) = body.frame().await else {
                break;
            };
            let Ok(mut data) = frame.into_data() else {
                continue;
            };
            data.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            left -= data.len() as u64;
            if sender.send(Frame::data(data)).await.is_err() {
                return;
            }
        }
        sleep(FLUSH).await;
        sender.abort(Box::new(ResetOnPurpose));
    });
    Response::from_parts(head, short.boxed_unsync())
}
