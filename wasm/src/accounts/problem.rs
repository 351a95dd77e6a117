//! What went wrong with an account, in the words of a person.

use rusty_attachments_accounts as accounts;
use serde::Serialize;
use tsify::Tsify;

use super::number;

/// What happened, what to do next, and one button that does it.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct AccountProblem {
    /// Stable, lower-case words joined by dashes.
    code: &'static str,
    /// One sentence.
    what: String,
    /// One sentence.
    next: String,
    /// The one thing to offer.
    button: ProblemButton,
    /// Milliseconds after which the same may succeed, where that can be said.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<f64>,
}

/// What a press of the button does.
#[derive(Serialize, Tsify)]
pub struct ProblemButton {
    /// `enter-credentials`: open the form for credentials. `renew-credentials`: get new queue credentials.
    /// `sign-in`: sign in anew. `try-again`: do the same again. `choose-queue`: open the lists of farms and
    /// queues. `copy-permissions`: put the IAM statement in `value` into the clipboard. `use-region`: put the
    /// region in `value` into the profile. `use-sign-in-region`: the same for the sign-in.
    /// `open-sign-in-settings`. `open-profile`: at the field in `value`, a name of `ProfileFields`.
    #[tsify(
        type = "'enter-credentials' | 'renew-credentials' | 'sign-in' | 'try-again' | 'choose-queue' | 'copy-permissions' | 'use-region' | 'use-sign-in-region' | 'open-sign-in-settings' | 'open-profile'"
    )]
    action: &'static str,
    /// What the action needs to know.
    #[tsify(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

impl From<accounts::Problem> for AccountProblem {
    fn from(problem: accounts::Problem) -> Self {
        Self {
            code: problem.code,
            what: problem.what,
            next: problem.next,
            button: ProblemButton {
                action: problem.button.action(),
                value: problem.button.value().map(str::to_owned),
            },
            retry_after: problem.retry_after.map(number),
        }
    }
}
