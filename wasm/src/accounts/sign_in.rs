//! Sign-in at IAM Identity Center for JavaScript.

use rusty_attachments_accounts as accounts;
use rusty_attachments_accounts::SignIn;
use rusty_attachments_accounts::sign_in::{Action, Settings, View};
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use super::http::{AccountReply, AccountRequest};
use super::keys::SessionKeys;
use super::problem::AccountProblem;
use super::{judged, number, server, time};
use crate::error::{attachment_error, read, write};

/// A sign-in: tell it what happened, then take actions until there are none, and show its view. Free it when
/// it is over.
#[wasm_bindgen]
pub struct DeviceSignIn(SignIn);

/// Where somebody signs in, and what they chose the last time.
#[derive(Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct SignInSettings {
    /// The access portal, `https://my-studio.awsapps.com/start`.
    start_url: String,
    /// Of the Identity Center, which need not be the farm's.
    region: String,
    /// Shown by the page that asks for approval.
    client_name: String,
    /// What answers in the place of the OIDC service; empty or left out for AWS.
    #[tsify(optional)]
    oidc_endpoint: Option<String>,
    /// What answers in the place of the portal; empty or left out for AWS.
    #[tsify(optional)]
    portal_endpoint: Option<String>,
    /// Taken without asking, if it is there.
    #[tsify(optional)]
    account_id: Option<String>,
    /// Taken without asking, if it is there.
    #[tsify(optional)]
    role_name: Option<String>,
}

/// What the driver has to do.
#[derive(Serialize, Tsify)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum SignInAction {
    /// Send it, and tell the reply with its number.
    Send {
        /// Its number.
        number: u32,
        /// As it is.
        request: AccountRequest,
    },
    /// Open this page in a tab.
    OpenPage {
        /// Its address: https, or http on this computer.
        page: String,
    },
    /// Call `timePassed` when this time has come; the last one asked for counts.
    WaitUntil {
        /// As `Date.now()` gives it.
        time: f64,
    },
    /// Keep these for the session, in place of any before.
    UseKeys {
        /// The credentials of the role.
        keys: SessionKeys,
    },
    /// Wipe what this sign-in gave.
    Wipe,
}

/// What is to be shown. There are no secrets in it.
#[derive(Serialize, Tsify)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum SignInView {
    /// Something is under way.
    Working,
    /// Somebody has to approve.
    Code {
        /// To be compared with the page's.
        user_code: String,
        /// The page.
        page: String,
        /// Until when.
        expires: f64,
    },
    /// `chooseAccount` is waited for.
    ChooseAccount {
        /// At least two.
        accounts: Vec<SignInAccount>,
    },
    /// `chooseRole` is waited for.
    ChooseRole {
        /// Whose roles.
        account_id: String,
        /// At least two.
        roles: Vec<String>,
    },
    /// Done; keys have been given, and `renew` gets new ones.
    SignedIn {
        /// Whose.
        account_id: String,
        /// Which.
        role_name: String,
    },
    /// Over; without a problem if somebody signed out.
    Ended {
        /// For the person.
        #[tsify(optional)]
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<AccountProblem>,
    },
}

/// An account that somebody may use.
#[derive(Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct SignInAccount {
    /// 12 digits.
    account_id: String,
    /// Shown to people; may be empty.
    name: String,
}

/// The match patterns of the hosts that a sign-in with these settings talks to.
///
/// # Errors
/// As for `new DeviceSignIn`.
#[wasm_bindgen(js_name = signInOriginPatterns)]
pub fn sign_in_origin_patterns(settings: Ts<SignInSettings>) -> Result<Vec<String>, JsValue> {
    Ok(SignIn::origin_patterns(&read(&settings)?.judge()?))
}

#[wasm_bindgen]
impl DeviceSignIn {
    /// Begins.
    ///
    /// # Errors
    /// `AttachmentError` with code `start-url-malformed`, `region-malformed`, `account-id-malformed`,
    /// `endpoint-malformed`, `endpoint-not-bare`, `endpoint-unencrypted` or `argument-invalid`.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: Ts<SignInSettings>) -> Result<Self, JsValue> {
        Ok(Self(SignIn::begin(read(&settings)?.judge()?)))
    }

    /// Goes on from what `keep` gave; a request that was under way is sent anew.
    ///
    /// # Errors
    /// `AttachmentError` with code `sign-in-not-kept` for any other text, which is not repeated.
    pub fn resume(kept: &str) -> Result<Self, JsValue> {
        SignIn::resume(kept).map(Self).ok_or_else(|| {
            attachment_error("sign-in-not-kept", "this is not a sign-in that was kept")
        })
    }

    /// What `resume` goes on from; nothing once it is over. Holds secrets: for `storage.session` only.
    #[must_use]
    pub fn keep(&self) -> Option<String> {
        self.0.keep()
    }

    /// The next thing to do; call it until it gives nothing.
    ///
    /// # Errors
    /// None in practice: every action has a JavaScript form.
    #[wasm_bindgen(js_name = nextAction)]
    pub fn next_action(&mut self) -> Result<Option<Ts<SignInAction>>, JsValue> {
        self.0
            .next_action()
            .map(|action| write(&SignInAction::from(action)))
            .transpose()
    }

    /// What is to be shown.
    ///
    /// # Errors
    /// None in practice, as for `nextAction`.
    pub fn view(&self) -> Result<Ts<SignInView>, JsValue> {
        write(&SignInView::from(self.0.view()))
    }

    /// Takes the reply to a request; status 0 if none came.
    ///
    /// # Errors
    /// `AttachmentError` with code `argument-invalid`.
    pub fn replied(
        &mut self,
        number: u32,
        reply: Ts<AccountReply>,
        now: f64,
    ) -> Result<(), JsValue> {
        let reply = accounts::Reply::from(read(&reply)?);
        self.0.replied(number, &reply, time(now));
        Ok(())
    }

    /// The time of `wait-until` has come, or any other.
    #[wasm_bindgen(js_name = timePassed)]
    pub fn time_passed(&mut self, now: f64) {
        self.0.time_passed(time(now));
    }

    /// One of the accounts of the view; anything else is ignored.
    #[wasm_bindgen(js_name = chooseAccount)]
    pub fn choose_account(&mut self, account_id: &str) {
        if let Ok(id) = account_id.parse() {
            self.0.choose_account(&id);
        }
    }

    /// One of the roles of the view; anything else is ignored.
    #[wasm_bindgen(js_name = chooseRole)]
    pub fn choose_role(&mut self, role_name: &str, now: f64) {
        self.0.choose_role(role_name, time(now));
    }

    /// Gets new keys of the same role; does nothing unless signed in.
    pub fn renew(&mut self, now: f64) {
        self.0.renew(time(now));
    }

    /// Ends it: what it gave is to be wiped, and the portal forgets the session.
    #[wasm_bindgen(js_name = signOut)]
    pub fn sign_out(&mut self) {
        self.0.sign_out();
    }
}

impl SignInSettings {
    fn judge(self) -> Result<Settings, JsValue> {
        let account = self.account_id.filter(|id| !id.is_empty());
        Ok(Settings {
            start_url: judged("startUrl", "start-url-malformed", &self.start_url)?,
            region: judged("region", "region-malformed", &self.region)?,
            client_name: self.client_name,
            oidc: server("oidcEndpoint", self.oidc_endpoint.as_deref())?,
            portal: server("portalEndpoint", self.portal_endpoint.as_deref())?,
            account: account
                .map(|id| judged("accountId", "account-id-malformed", &id))
                .transpose()?,
            role: self.role_name.filter(|name| !name.is_empty()),
        })
    }
}

impl From<Action> for SignInAction {
    fn from(action: Action) -> Self {
        match action {
            Action::Send { number, request } => Self::Send {
                number,
                request: request.into(),
            },
            Action::OpenPage(page) => Self::OpenPage { page },
            Action::WaitUntil(time) => Self::WaitUntil { time: number(time) },
            Action::UseKeys(keys) => Self::UseKeys {
                keys: SessionKeys::from(&keys),
            },
            Action::Wipe => Self::Wipe,
        }
    }
}

impl From<View> for SignInView {
    fn from(view: View) -> Self {
        match view {
            View::Working => Self::Working,
            View::Code {
                user_code,
                page,
                expires,
            } => Self::Code {
                user_code,
                page,
                expires: number(expires),
            },
            View::ChooseAccount(accounts) => Self::ChooseAccount {
                accounts: accounts
                    .into_iter()
                    .map(|account| SignInAccount {
                        account_id: account.id.to_string(),
                        name: account.name,
                    })
                    .collect(),
            },
            View::ChooseRole { account, roles } => Self::ChooseRole {
                account_id: account.to_string(),
                roles,
            },
            View::SignedIn { account, role } => Self::SignedIn {
                account_id: account.to_string(),
                role_name: role,
            },
            View::Ended(problem) => Self::Ended {
                problem: problem.map(AccountProblem::from),
            },
        }
    }
}
