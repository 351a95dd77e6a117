//! How a sign-in can fail, in the words of a person.

use rusty_attachments_model::AccountId;

use super::settings::Settings;
use crate::problem::{Button, Problem};

pub(super) fn timed_out() -> Problem {
    Problem::new(
        "sign-in-timed-out",
        "Nobody approved the sign-in in time.",
        "Sign in again, and approve the code on the page that opens.",
        Button::SignIn,
    )
}

pub(super) fn denied() -> Problem {
    Problem::new(
        "sign-in-denied",
        "The sign-in was denied on the approval page.",
        "If that was a mistake, sign in again.",
        Button::SignIn,
    )
}

pub(super) fn session_expired() -> Problem {
    Problem::new(
        "session-expired",
        "The session at the access portal has ended.",
        "Sign in again: uploads that wait go on by themselves.",
        Button::SignIn,
    )
}

pub(super) fn start_url_unknown(settings: &Settings) -> Problem {
    Problem::new(
        "start-url-unknown",
        format!(
            "There is no Identity Center with start URL {} in region {}.",
            settings.start_url, settings.region
        ),
        "Compare start URL and region with what your administrator gave you: the region is the Identity Center's, not the farm's.",
        Button::OpenSignInSettings,
    )
}

pub(super) fn wrong_region(settings: &Settings, right: &str) -> Problem {
    Problem::new(
        "sign-in-region-wrong",
        format!(
            "This Identity Center is in region {right}, not in {}.",
            settings.region
        ),
        format!("Sign in with region {right}."),
        Button::UseSignInRegion(right.to_owned()),
    )
}

pub(super) fn no_accounts() -> Problem {
    Problem::new(
        "no-accounts",
        "You may not use any AWS account of this access portal.",
        "Ask your administrator for a permission set in the farm's account.",
        Button::SignIn,
    )
}

pub(super) fn no_role(account: &AccountId, role: Option<&str>) -> Problem {
    let what = match role {
        None => format!("You may not use any role in account {account}."),
        Some(role) => format!("You may not use role {role} in account {account}."),
    };
    Problem::new(
        "no-role",
        what,
        "Sign in again and choose another, or ask your administrator for a permission set.",
        Button::SignIn,
    )
}

pub(super) fn failed(host: &str, error: &str) -> Problem {
    Problem::new(
        "sign-in-failed",
        format!("{host} refused the sign-in ({error})."),
        "Sign in again; if it happens again, show this sentence to whoever runs the farm.",
        Button::SignIn,
    )
}
