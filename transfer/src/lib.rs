//! The upload engine: a state machine that is told what happened and says what to do next.
//!
//! Decides: what is read, checked and sent, in which order, how many at once, what is tried again,
//! what an answer of S3 means, how a request is signed. Must not know: JavaScript, files, sockets,
//! clocks, randomness; time and seeds come in as arguments, so that every run can be replayed.
//!
//! Start reading at [`Engine`]; its border is [`event`] (in) and [`action`] (out).

pub mod action;
mod bandwidth;
mod breaker;
pub mod connection_check;
mod content;
mod engine;
pub mod event;
pub mod features;
pub mod file_list;
mod files;
mod headers;
pub mod journal;
mod meter;
pub mod not_taken;
pub mod outcome;
pub mod parts;
pub mod patterns;
pub mod problem;
pub mod progress;
pub mod receipt;
mod retry;
mod s3_answer;
mod s3_lists;
pub mod settings;
pub mod sign;
mod window;
pub mod xml;

pub use action::{Action, Body, HashRange, Method, Request, RequestId};
pub use engine::{Basis, Engine, Estimate, FileId, LeftOut, Preview};
pub use event::{ANSWER_BODY_BYTES, ANSWER_HEADERS, Answer, Event, ReadFailure};
pub use features::{Checksums, Verification};
pub use file_list::{FileCounts, FileFilter, FileRow, FileStatus, FileWindow};
pub use journal::{OpenUpload, Record, Remembered, StoredPart};
pub use not_taken::{NotTaken, WhyNotTaken};
pub use outcome::{ManifestSummary, ObjectResult, Outcome, Retry, StoredObject, Summary};
pub use patterns::{PatternError, PatternFault, Patterns};
pub use problem::Problem;
pub use progress::{Phase, PhaseProgress, Progress, Waiting};
pub use receipt::{ReceiptFacts, ReceiptFormat};
pub use s3_answer::{ErrorBody, problem_of};
pub use settings::{Limits, ManifestFormat, ManifestSettings, Settings};
