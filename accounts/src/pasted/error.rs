//! Why a text gives no credentials.

use std::fmt;

/// One of the things that a text may tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Begins with `ASIA` or `AKIA` at AWS.
    AccessKeyId,
    /// Belongs to the id.
    SecretAccessKey,
    /// Comes with temporary credentials.
    SessionToken,
    /// When temporary credentials end.
    Expiration,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKeyId => "access key id",
            Self::SecretAccessKey => "secret access key",
            Self::SessionToken => "session token",
            Self::Expiration => "expiration",
        })
    }
}

/// What is wrong with a pasted text. Says what to do, and nothing of the text itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PastedError {
    /// Nothing was pasted.
    #[error("there is no text: paste the output of aws configure export-credentials")]
    Empty,
    /// None of the known forms.
    #[error(
        "no credentials were found in this text: paste all that aws configure export-credentials prints"
    )]
    Unrecognised,
    /// JSON without its end.
    #[error("this JSON is damaged or cut off: copy it again, from the first brace to the last")]
    Cut,
    /// More than one profile.
    #[error("these are the credentials of several profiles: paste one of them")]
    Several,
    /// A form was recognised, but not all is there.
    #[error("the text has no {}: copy all of it again", list(.0))]
    Missing(Vec<Field>),
    /// Something that no request can carry.
    #[error("the {0} is damaged: copy it again, with no spaces or line breaks in it")]
    Malformed(Field),
    /// Too late.
    #[error("these credentials have expired: get new ones and paste them at once")]
    Expired,
}

impl PastedError {
    /// Stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "pasted-empty",
            Self::Unrecognised => "pasted-unrecognised",
            Self::Cut => "pasted-cut",
            Self::Several => "pasted-several",
            Self::Missing(_) => "pasted-incomplete",
            Self::Malformed(_) => "pasted-malformed",
            Self::Expired => "credentials-expired",
        }
    }
}

fn list(fields: &[Field]) -> String {
    let names: Vec<_> = fields.iter().map(ToString::to_string).collect();
    names.join(" and ")
}
