//! Accounts: who may upload, and to which farm and queue.
//!
//! Decides: which pasted texts are credentials, what is asked of Deadline Cloud, STS and IAM Identity
//! Center and what their answers mean, when credentials are renewed or wiped, what a refusal by S3 is
//! about. Must not know: JavaScript, sockets, clocks; time comes in as an argument, in milliseconds since
//! 1970, so that every run can be replayed.
//!
//! Start reading at [`pasted`] (credentials from a text), [`deadline`] (farms, queues, queue
//! credentials) and [`sign_in`] (IAM Identity Center).

#![warn(clippy::missing_errors_doc, clippy::missing_panics_doc)]

pub mod call;
pub mod caller;
pub mod deadline;
pub mod denied;
pub mod http;
pub mod keys;
pub mod pasted;
mod permissions;
pub mod principal_id;
pub mod problem;
pub mod renewal;
pub mod sign_in;
pub mod sigv4;
pub mod storage_choice;
mod time;

pub use call::Call;
pub use caller::Caller;
pub use http::{Reply, Request};
pub use keys::Keys;
pub use principal_id::PrincipalId;
pub use problem::{Button, Problem};
pub use sign_in::SignIn;
