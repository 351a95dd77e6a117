//! How a request's body is read: counted, and slowed, stalled or reset where a fault says so.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::answer::{Body, Failure, full};
use crate::fault::Fault;
use crate::journal::Meter;
use crate::wire::Line;
use crate::writes::Writing;

/// Ends all stalls that have begun.
#[derive(Debug, Clone)]
pub(crate) struct Releases(watch::Sender<u64>);

impl Releases {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    pub(crate) fn release(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    async fn wait(self, ms: Option<u64>) {
        let mut seen = self.0.subscribe();
        let released = async {
            // The sender is `self`: it cannot go away.
            let _ = seen.changed().await;
        };
        match ms {
            Some(ms) => {
                let _ = tokio::time::timeout(Duration::from_millis(ms), released).await;
            }
            None => released.await,
        }
    }
}

/// The connection was reset on purpose.
#[derive(Debug)]
pub(crate) struct ResetOnPurpose;

impl std::fmt::Display for ResetOnPurpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is reset on purpose")
    }
}

impl std::error::Error for ResetOnPurpose {}

impl ResetOnPurpose {
    /// Whether it is behind another error.
    pub(crate) fn caused(error: &(dyn std::error::Error + 'static)) -> bool {
        error.is::<Self>() || error.source().is_some_and(Self::caused)
    }
}

type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A body on its way in.
pub(crate) struct Reading {
    inner: Incoming,
    meter: Meter,
    seen: u64,
    rate: Option<u64>,
    reset: Option<(u64, Arc<Line>)>,
    stall: Option<(u64, Wait)>,
    waiting: Option<Wait>,
    /// What was read while a wait began; it is handed on after it.
    held: Option<Bytes>,
    /// The key that this body is for.
    writing: Option<Arc<Writing>>,
}

impl Reading {
    pub(crate) fn new(
        inner: Incoming,
        meter: Meter,
        fault: Option<&Fault>,
        line: &Arc<Line>,
        releases: &Releases,
    ) -> Self {
        let mut reading = Self {
            inner,
            meter,
            seen: 0,
            rate: None,
            reset: None,
            stall: None,
            waiting: None,
            held: None,
            writing: None,
        };
        match fault {
            Some(Fault::Slow { bytes_per_second }) => reading.rate = Some(*bytes_per_second),
            Some(Fault::ResetRequest { after }) => reading.reset = Some((*after, Arc::clone(line))),
            Some(Fault::Stall { after, ms }) => {
                let wait: Wait = Box::pin(releases.clone().wait(*ms));
                // One that nothing can reach begins with the first look at the body.
                if *after == 0 {
                    reading.waiting = Some(wait);
                } else {
                    reading.stall = Some((*after, wait));
                }
            }
            _ => {}
        }
        reading
    }

    /// This body is for a key that is taken. A stall lets it go: whoever gave the request up writes it anew,
    /// and nobody here learns of that while nothing is read.
    pub(crate) fn writes(&mut self, writing: &Arc<Writing>) {
        if self.waiting.is_some() {
            writing.let_go();
        }
        self.writing = Some(Arc::clone(writing));
    }

    /// The wait of a stall, which begins now.
    fn begin_stall(&mut self) -> Option<Wait> {
        let (_, wait) = self.stall.take()?;
        if let Some(writing) = &self.writing {
            writing.let_go();
        }
        Some(wait)
    }

    /// A body that can be sent on while it comes. An empty one is read first: nobody else would look
    /// at it, and a fault would have no effect.
    pub(crate) async fn streamed(self) -> Result<Body, Failure> {
        if self.inner.size_hint().exact() == Some(0) {
            self.drain().await?;
            return Ok(full(""));
        }
        Ok(self.boxed_unsync())
    }

    /// Reads to the end and throws away.
    pub(crate) async fn drain(mut self) -> Result<(), Failure> {
        while let Some(frame) = self.frame().await {
            frame?;
        }
        Ok(())
    }

    fn reset_is_due(&self, at_end: bool) -> bool {
        self.reset
            .as_ref()
            .is_some_and(|(after, _)| at_end || self.seen >= *after)
    }

    fn reset_now(&self) -> Failure {
        if let Some((_, line)) = &self.reset {
            line.end_by_reset();
        }
        Box::new(ResetOnPurpose)
    }
}

impl hyper::body::Body for Reading {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        loop {
            if let Some(wait) = &mut self.waiting {
                ready!(wait.as_mut().poll(context));
                self.waiting = None;
            }
            if let Some(held) = self.held.take() {
                return Poll::Ready(Some(Ok(Frame::data(held))));
            }
            if self.reset_is_due(false) {
                return Poll::Ready(Some(Err(self.reset_now())));
            }
            let data = match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                None if self.reset_is_due(true) => {
                    return Poll::Ready(Some(Err(self.reset_now())));
                }
                // A stall that the body was too short for is due at its end.
                None => match self.begin_stall() {
                    Some(wait) => {
                        self.waiting = Some(wait);
                        continue;
                    }
                    None => return Poll::Ready(None),
                },
            };
            let length = data.len() as u64;
            self.seen += length;
            self.meter.add(length);
            // Who knows the length looks no further than the last byte.
            let last = self.inner.is_end_stream();
            if self
                .stall
                .as_ref()
                .is_some_and(|(after, _)| last || self.seen >= *after)
            {
                self.waiting = self.begin_stall();
            } else if let Some(rate) = self.rate.filter(|rate| *rate > 0) {
                let wait = Duration::from_millis(length * 1000 / rate);
                self.waiting = Some(Box::pin(sleep(wait)));
            }
            if self.reset_is_due(last) {
                return Poll::Ready(Some(Err(self.reset_now())));
            }
            if self.waiting.is_none() {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
            self.held = Some(data);
        }
    }

    fn is_end_stream(&self) -> bool {
        self.waiting.is_none()
            && self.held.is_none()
            && self.stall.is_none()
            && self.reset.is_none()
            && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
