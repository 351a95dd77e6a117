//! Accepting connections, and ceasing to.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, sleep_until};

use crate::gateway::Gateway;
use crate::serve::serve;
use crate::wire::{Line, Wire};

/// Small, so that a body that is not read soon stops its sender: the default takes in megabytes.
const RECEIVE_BUFFER: u32 = 128 * 1024;
const BACKLOG: u32 = 1024;
/// Pause before another try to listen again at the same place.
const RETRY: Duration = Duration::from_millis(10);

/// Whether connections are accepted.
#[derive(Debug)]
pub(crate) struct Door {
    wanted: watch::Sender<Wanted>,
    listening: watch::Sender<bool>,
    connections: Mutex<Connections>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Wanted {
    offline: bool,
    closed_until: Option<Instant>,
}

#[derive(Debug, Default)]
struct Connections {
    open: HashMap<u64, (AbortHandle, Arc<Line>)>,
    next: u64,
}

impl Door {
    pub(crate) fn new() -> Self {
        Self {
            wanted: watch::Sender::default(),
            listening: watch::Sender::new(true),
            connections: Mutex::default(),
        }
    }

    /// Returns once it is so.
    pub(crate) async fn set_offline(&self, offline: bool) {
        self.wanted.send_modify(|wanted| {
            wanted.offline = offline;
            wanted.closed_until = None;
        });
        let mut listening = self.listening.subscribe();
        // The sender is part of `self`.
        let _ = listening.wait_for(|listening| *listening != offline).await;
    }

    /// Resets all connections, and accepts none for a time; returns once it has begun.
    pub(crate) async fn close_for(&self, time: Duration) {
        let until = Instant::now() + time;
        self.wanted
            .send_modify(|wanted| wanted.closed_until = Some(until));
        let mut listening = self.listening.subscribe();
        let _ = listening.wait_for(|listening| !listening).await;
    }

    fn reset_all(&self) {
        let mut connections = self.lock();
        for (task, line) in connections.open.drain().map(|(_, connection)| connection) {
            line.end_by_reset();
            task.abort();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Connections> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens a listening socket. Port 0 is any.
pub(crate) fn listener(address: SocketAddr) -> Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // The same port again, though connections of before linger.
    socket.set_reuseaddr(true)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket.bind(address)?;
    Ok(socket.listen(BACKLOG)?)
}

/// Accepts connections at `address` for ever, beginning with `first`.
pub(crate) async fn accept(gateway: Arc<Gateway>, first: TcpListener, address: SocketAddr) {
    let mut open = Some(first);
    let mut changes = gateway.door.wanted.subscribe();
    loop {
        let wanted = *changes.borrow_and_update();
        let until = wanted.closed_until.filter(|until| *until > Instant::now());
        if wanted.offline || until.is_some() {
            open = None;
            gateway.door.reset_all();
            gateway.door.listening.send_replace(false);
            tokio::select! {
                _ = changes.changed() => {}
                () = sleep_until(until.unwrap_or_else(Instant::now)), if !wanted.offline => {}
            }
            continue;
        }
        let Some(listening) = &open else {
            match listener(address) {
                Ok(again) => open = Some(again),
                Err(_) => sleep(RETRY).await,
            }
            continue;
        };
        gateway.door.listening.send_replace(true);
        tokio::select! {
            _ = changes.changed() => {}
            accepted = listening.accept() => match accepted {
                Ok((stream, _)) => spawn(&gateway, stream),
                // Too many open files, or a client that was gone at once.
                Err(_) => sleep(RETRY).await,
            }
        }
    }
}

fn spawn(gateway: &Arc<Gateway>, stream: TcpStream) {
    // Fails only when the client has already gone.
    let _ = stream.set_nodelay(true);
    let line = Arc::new(Line::default());
    let wire = Wire::new(stream, Arc::clone(&line), Arc::clone(&gateway.cap));
    let counted = gateway.journal.connection();
    let mut connections = gateway.door.lock();
    let number = connections.next;
    connections.next += 1;
    let task = tokio::spawn({
        let (gateway, line) = (Arc::clone(gateway), Arc::clone(&line));
        async move {
            let requests = {
                let gateway = Arc::clone(&gateway);
                service_fn(move |request| serve(Arc::clone(&gateway), Arc::clone(&line), request))
            };
            // A connection that ends early is what this program is for.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(wire), requests)
                .await;
            drop(counted);
            gateway.door.lock().open.remove(&number);
        }
    });
    connections.open.insert(number, (task.abort_handle(), line));
}
