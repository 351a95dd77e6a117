//! For tests: stands in for the REST calls of Deadline Cloud and for IAM Identity Center, which no emulator
//! offers (spec `deadline-apis.md`).
//!
//! One port answers as all three services do: signatures for `deadline` are verified, tokens and codes end
//! in their time, lists have pages. What there is comes from [`Settings`]; what AWS would refuse is refused
//! with its own error.
//!
//! # Control port
//!
//! | Request | |
//! |---|---|
//! | `POST /approve`, `POST /deny` | what a person says about all codes that wait, or about `{"userCode"}` |
//! | `POST /faults` with a list of [`Fault`], `DELETE /faults` | errors in the place of answers |
//! | `POST /expire` with `"access-tokens"`, `"session"`, `"clients"`, `"keys"` or `"codes"` | ends them |
//! | `GET /settings`, `PUT /settings` with [`Settings`] | what is not given gets its default |
//! | `GET /log`, `DELETE /log` | list of [`Entry`] |
//! | `GET /secrets` | every secret that was given, to look for it where it must not be |
//! | `POST /reset` | forgets everything, and returns to the first settings |
//!
//! An error is status 400 with `{"error": "..."}`. `/device` on the first port is the page where a person
//! approves, with two buttons.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

mod answer;
mod control;
mod deadline;
mod fault;
mod identity_center;
mod operation;
mod serve;
mod settings;
mod state;
mod verify;

pub use fault::Fault;
pub use operation::Operation;
pub use settings::{Account, Farm, IdentityCenter, Keys, Queue, Role, Settings, StorageProfile};
pub use state::Entry;

use serve::{Port, StandIn};
use state::Verdict;

/// Any free port of this machine.
pub const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A stand-in at work; it ends when this is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where the services are.
    pub listen: SocketAddr,
    /// Where the control port is.
    pub control: SocketAddr,
    stand_in: Arc<StandIn>,
    tasks: [JoinHandle<()>; 2],
}

impl Running {
    /// Starts a stand-in in the current Tokio runtime.
    ///
    /// # Errors
    /// An address that is taken.
    pub async fn start(
        listen: SocketAddr,
        control: SocketAddr,
        settings: Settings,
    ) -> Result<Self> {
        let services = TcpListener::bind(listen)
            .await
            .context("the port of the services can't be opened")?;
        let commands = TcpListener::bind(control)
            .await
            .context("the control port can't be opened")?;
        let addresses = (services.local_addr()?, commands.local_addr()?);
        let stand_in = Arc::new(StandIn::new(settings, addresses.0));
        let tasks = [
            tokio::spawn(serve::accept(
                Arc::clone(&stand_in),
                services,
                Port::Services,
            )),
            tokio::spawn(serve::accept(
                Arc::clone(&stand_in),
                commands,
                Port::Control,
            )),
        ];
        Ok(Self {
            listen: addresses.0,
            control: addresses.1,
            stand_in,
            tasks,
        })
    }

    /// Approves all codes that wait; tells how many those were.
    #[must_use]
    pub fn approve(&self) -> usize {
        identity_center::judge(&mut self.stand_in.state(), None, Verdict::Approved)
    }

    /// Adds faults.
    pub fn inject(&self, faults: impl IntoIterator<Item = Fault>) {
        self.stand_in
            .state()
            .faults
            .add(faults.into_iter().collect());
    }

    /// Changes the settings.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.stand_in.state().settings);
    }

    /// All requests since the last clearing, in the order in which they came.
    #[must_use]
    pub fn log(&self) -> Vec<Entry> {
        self.stand_in.state().log.clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
