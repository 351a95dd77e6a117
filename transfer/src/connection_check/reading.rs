//! What an answer to a question about a key that nobody has says.

use crate::event::Answer;
use crate::s3_answer::{ErrorBody, Refusal, problem_of};

/// What it says, most basic first: S3 looks at these in about this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    /// Something else answers in its name.
    NotS3,
    /// The time of the signature is too far from the server's.
    Skewed,
    /// They are not taken: a code of the step.
    Credentials(&'static str),
    /// The bucket is elsewhere: where, if that is said.
    Region(Option<String>),
    NoBucket,
    /// Not allowed. `list` if it is said that `s3:ListBucket` is what is missing.
    Denied {
        list: bool,
    },
    /// There is no such key, or no such upload, and one may know that. As well where the key is there after all.
    Absent,
    Unexpected,
}

impl Reading {
    pub(super) fn of(answer: &Answer) -> Self {
        match Refusal::of(answer) {
            _ if matches!(answer.status, 200..=299) => return Self::Absent,
            Refusal::NotS3 => return Self::NotS3,
            Refusal::Skewed => return Self::Skewed,
            Refusal::Absent { .. } => return Self::Absent,
            _ => {}
        }
        // What a refusal means is decided in one place, for uploads as well.
        match problem_of(answer, "").code.as_str() {
            "credentials-wrong" => Self::Credentials("credentials-wrong"),
            "credentials-unknown" => Self::Credentials("credentials-unknown"),
            "credentials-expired" => Self::Credentials("credentials-expired"),
            "region-wrong" => Self::Region(ErrorBody::region_in(answer)),
            "bucket-missing" => Self::NoBucket,
            "access-denied" | "encryption-key-denied" => Self::Denied {
                list: ErrorBody::read(&answer.body).is_about("s3:ListBucket"),
            },
            _ => Self::Unexpected,
        }
    }
}
