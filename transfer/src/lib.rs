//! The upload engine: a state machine that is told what happened and says what to do next.
//!
//! Decides: what is read, checked and sent, in which order, how many at once, what is tried again,
//! what an answer of S3 means, how a request is signed. Must not know: JavaScript, files, sockets,
//! clocks, randomness; time and seeds come in as arguments, so that every run can be replayed.
//!
//! Start reading at [`Engine`]; its border is [`event`] (in) and [`action`] (out).

pub mod action;
mod content;
mod engine;
pub mod event;
mod headers;
pub mod lanes;
pub mod not_taken;
pub mod outcome;
pub mod problem;
pub mod progress;
mod retry;
mod s3_answer;
pub mod sign;

pub use action::{Action, Body, Method, Request, RequestId};
pub use engine::{Engine, FileId, Settings};
pub use event::{Answer, Event, ReadFailure};
pub use lanes::Lanes;
pub use not_taken::{NotTaken, WhyNotTaken};
pub use outcome::{Outcome, Summary};
pub use problem::Problem;
pub use progress::{Phase, PhaseProgress, Progress};
