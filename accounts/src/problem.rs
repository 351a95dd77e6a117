//! What went wrong with an account, for the person in front of the screen: what happened, what to do
//! next, and one button that does it.

/// A failure with everything a person needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable name, lower-case words joined by dashes.
    pub code: &'static str,
    /// One sentence: what happened.
    pub what: String,
    /// One sentence: what to do.
    pub next: String,
    /// The one thing to offer.
    pub button: Button,
    /// Milliseconds after which the same may succeed, where that can be said.
    pub retry_after: Option<u64>,
}

/// What a press of the button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Button {
    /// Open the form for credentials.
    EnterCredentials,
    /// Get new queue credentials with what the session holds.
    RenewCredentials,
    /// Begin the sign-in anew.
    SignIn,
    /// Do the same again.
    TryAgain,
    /// Open the lists of farms and queues.
    ChooseQueue,
    /// Put this statement of an IAM policy into the clipboard, for whoever grants permissions.
    CopyPermissions(String),
    /// Put this region into the profile.
    UseRegion(String),
    /// Put this region into the settings of the sign-in.
    UseSignInRegion(String),
    /// Open the settings of the sign-in.
    OpenSignInSettings,
    /// Open the profile at this field, named as in the model's `ProfileFields`.
    OpenProfile(&'static str),
}

impl Button {
    /// Stable name of the action.
    #[must_use]
    pub fn action(&self) -> &'static str {
        match self {
            Self::EnterCredentials => "enter-credentials",
            Self::RenewCredentials => "renew-credentials",
            Self::SignIn => "sign-in",
            Self::TryAgain => "try-again",
            Self::ChooseQueue => "choose-queue",
            Self::CopyPermissions(_) => "copy-permissions",
            Self::UseRegion(_) => "use-region",
            Self::UseSignInRegion(_) => "use-sign-in-region",
            Self::OpenSignInSettings => "open-sign-in-settings",
            Self::OpenProfile(_) => "open-profile",
        }
    }

    /// What the action needs to know: the statement, the region, the field.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::CopyPermissions(value)
            | Self::UseRegion(value)
            | Self::UseSignInRegion(value) => Some(value),
            Self::OpenProfile(field) => Some(field),
            _ => None,
        }
    }
}

impl Problem {
    pub(crate) fn new(
        code: &'static str,
        what: impl Into<String>,
        next: impl Into<String>,
        button: Button,
    ) -> Self {
        Self {
            code,
            what: what.into(),
            next: next.into(),
            button,
            retry_after: None,
        }
    }

    /// No answer came from that host.
    #[must_use]
    pub fn unreachable(host: &str) -> Self {
        Self::new(
            "network-unreachable",
            format!("No answer from {host}."),
            "Check the network and that the browser may talk to this host, then try again.",
            Button::TryAgain,
        )
    }

    /// Something between here and the service has answered.
    pub(crate) fn not_aws(host: &str, status: u16) -> Self {
        Self::new(
            "answer-not-aws",
            format!(
                "Something answered {status} in the name of {host}, but not as AWS does: a login page of the network, or a proxy."
            ),
            "Open a web page to see whether the network wants a login, then try again.",
            Button::TryAgain,
        )
    }

    pub(crate) fn unexpected(host: &str, status: u16, kind: &str) -> Self {
        let kind = if kind.is_empty() {
            String::new()
        } else {
            format!(" ({kind})")
        };
        Self::new(
            "answer-unexpected",
            format!("{host} answered {status}{kind}."),
            "Try again; if it happens again, show this sentence to whoever runs the farm.",
            Button::TryAgain,
        )
    }

    pub(crate) fn busy(host: &str, status: u16, retry_after: Option<u64>) -> Self {
        Self {
            retry_after,
            ..Self::new(
                "service-busy",
                format!("{host} answered {status} (busy or broken)."),
                "Wait a moment, then try again.",
                Button::TryAgain,
            )
        }
    }

    pub(crate) fn expired() -> Self {
        Self::new(
            "credentials-expired",
            "The credentials have expired.",
            "Enter new ones.",
            Button::EnterCredentials,
        )
    }

    pub(crate) fn unknown_access_key() -> Self {
        Self::new(
            "credentials-unknown",
            "AWS does not know this access key id, or its session token does not belong to it.",
            "Enter id, secret and session token again, all from the same place.",
            Button::EnterCredentials,
        )
    }

    pub(crate) fn wrong_secret() -> Self {
        Self::new(
            "credentials-wrong",
            "The signature was refused: the secret access key does not belong to this access key id.",
            "Enter the credentials again, all from the same place.",
            Button::EnterCredentials,
        )
    }

    pub(crate) fn clock_skewed() -> Self {
        Self::new(
            "clock-wrong",
            "The request was refused because this computer's clock is wrong.",
            "Let the computer set its clock automatically, then try again.",
            Button::TryAgain,
        )
    }
}
