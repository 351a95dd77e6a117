/// What the check looks at, in the order in which a request meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Somebody answers, and as S3 does.
    Server,
    /// This computer's clock.
    Clock,
    /// Known, not expired, and the secret belongs to them.
    Credentials,
    /// Of the signature.
    Region,
    /// It exists.
    Bucket,
    /// It belongs to the account that the profile names.
    Owner,
    /// `s3:GetObject`, and `s3:ListBucket` without which S3 does not say that a key is not there.
    Read,
    /// `s3:PutObject`.
    Write,
    /// `s3:AbortMultipartUpload`.
    Abort,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Server,
        Self::Clock,
        Self::Credentials,
        Self::Region,
        Self::Bucket,
        Self::Owner,
        Self::Read,
        Self::Write,
        Self::Abort,
    ];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Clock => "clock",
            Self::Credentials => "credentials",
            Self::Region => "region",
            Self::Bucket => "bucket",
            Self::Owner => "owner",
            Self::Read => "read",
            Self::Write => "write",
            Self::Abort => "abort",
        }
    }
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it should.
    Passed,
    /// Something must be put right.
    Failed,
    /// It does not apply, or what came before it failed.
    NotTried,
}

/// What is known of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The step.
    pub step: Step,
    /// How it went.
    pub verdict: Verdict,
    /// Stable name of the reason; the sentences that belong to it are the caller's.
    pub code: &'static str,
    /// What the sentences need to know: a region, minutes, an answer.
    pub values: Vec<String>,
}

impl Finding {
    pub(super) fn passed(step: Step, code: &'static str) -> Self {
        Self {
            step,
            verdict: Verdict::Passed,
            code,
            values: Vec::new(),
        }
    }

    pub(super) fn failed(step: Step, code: &'static str, values: Vec<String>) -> Self {
        Self {
            step,
            verdict: Verdict::Failed,
            code,
            values,
        }
    }

    pub(super) fn not_tried(step: Step, code: &'static str) -> Self {
        Self {
            verdict: Verdict::NotTried,
            ..Self::passed(step, code)
        }
    }
}
