//! A client's connection whose end can be forced: by a reset, by a limit of reply bytes, by a rate.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

/// How long the bytes that one read or write may carry under a cap would take to travel.
const SLICE: Duration = Duration::from_millis(50);

/// What a request's handler can do to the connection that the request came by.
#[derive(Debug, Default)]
pub(crate) struct Line {
    reset: AtomicBool,
    /// How many more bytes may be sent before the connection ends.
    budget: Mutex<Option<u64>>,
}

impl Line {
    /// The connection will end by a reset (RST), not in order (FIN).
    pub(crate) fn end_by_reset(&self) {
        self.reset.store(true, Ordering::Relaxed);
    }

    /// The connection ends after so many more bytes of replies.
    pub(crate) fn end_after(&self, bytes: u64) {
        *self.budget.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
    }

    fn allowed(&self, wanted: usize) -> usize {
        let budget = *self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        budget.map_or(wanted, |left| {
            wanted.min(usize::try_from(left).unwrap_or(usize::MAX))
        })
    }

    fn spend(&self, bytes: usize) {
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(left) = budget.as_mut() {
            *left -= bytes as u64;
        }
    }
}

/// A rate in each direction that all connections share; 0 is none.
#[derive(Debug, Default)]
pub(crate) struct Cap {
    bytes_per_second: AtomicU64,
    up: Mutex<Option<Instant>>,
    down: Mutex<Option<Instant>>,
}

impl Cap {
    pub(crate) fn set(&self, bytes_per_second: u64) {
        self.bytes_per_second
            .store(bytes_per_second, Ordering::Relaxed);
    }

    /// How many bytes may be moved at once; `None` without a cap.
    fn slice(&self, wanted: usize) -> Option<usize> {
        let rate = self.bytes_per_second.load(Ordering::Relaxed);
        (rate > 0).then(|| {
            let slice = rate * u64::try_from(SLICE.as_millis()).unwrap_or(1) / 1000;
            wanted.min(usize::try_from(slice.max(1)).unwrap_or(usize::MAX))
        })
    }

    /// Books moved bytes; gives the moment from which the next may move.
    fn book(&self, bytes: usize, direction: &Mutex<Option<Instant>>) -> Option<Instant> {
        let rate = self.bytes_per_second.load(Ordering::Relaxed);
        if rate == 0 || bytes == 0 {
            return None;
        }
        let mut free = direction.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        #[expect(clippy::cast_precision_loss, reason = "a test's rate")]
        let takes = Duration::from_secs_f64(bytes as f64 / rate as f64);
        let next = free.map_or(now, |free| free.max(now)) + takes;
        *free = Some(next);
        Some(next)
    }
}

/// The connection itself. Dropping it ends it in the way that [`Line`] says.
pub(crate) struct Wire {
    stream: TcpStream,
    line: Arc<Line>,
    cap: Arc<Cap>,
    read_wait: Option<Pin<Box<Sleep>>>,
    write_wait: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, line: Arc<Line>, cap: Arc<Cap>) -> Self {
        Self {
            stream,
            line,
            cap,
            read_wait: None,
            write_wait: None,
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.line.reset.load(Ordering::Relaxed) {
            // Fails when the client has already gone, which is as good.
            let _ = self.stream.set_zero_linger();
        }
    }
}

fn poll_wait(wait: &mut Option<Pin<Box<Sleep>>>, context: &mut Context<'_>) -> Poll<()> {
    if let Some(sleep) = wait {
        ready!(sleep.as_mut().poll(context));
        *wait = None;
    }
    Poll::Ready(())
}

fn waiting(until: Option<Instant>) -> Option<Pin<Box<Sleep>>> {
    until.map(|moment| Box::pin(sleep_until(moment)))
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        ready!(poll_wait(&mut this.read_wait, context));
        let Some(slice) = this.cap.slice(buffer.remaining()) else {
            return Pin::new(&mut this.stream).poll_read(context, buffer);
        };
        let mut some = vec![0; slice];
        let mut part = ReadBuf::new(&mut some);
        ready!(Pin::new(&mut this.stream).poll_read(context, &mut part))?;
        buffer.put_slice(part.filled());
        this.read_wait = waiting(this.cap.book(part.filled().len(), &this.cap.up));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        ready!(poll_wait(&mut this.write_wait, context));
        let allowed = this.line.allowed(bytes.len());
        if allowed == 0 && !bytes.is_empty() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let slice = this.cap.slice(allowed).unwrap_or(allowed);
        let written = ready!(Pin::new(&mut this.stream).poll_write(context, &bytes[..slice]))?;
        this.line.spend(written);
        this.write_wait = waiting(this.cap.book(written, &this.cap.down));
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.line.reset.load(Ordering::Relaxed) {
            // A FIN before the reset would look like an end in order.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
