//! Sign-in by device authorisation at IAM Identity Center (spec `deadline-apis.md` 3), as a state machine:
//! replies and time in, actions out.
//!
//! It outlives the worker that drives it: [`SignIn::keep`] gives a text for the session's memory, and
//! [`SignIn::resume`] goes on from there.

mod kept;
mod problems;
mod replies;
mod requests;
mod settings;
mod start_url;

pub use settings::Settings;
pub use start_url::{StartUrl, StartUrlError};

use std::collections::VecDeque;
use std::fmt;

use rusty_attachments_model::AccountId;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::http::{Reply, Request};
use crate::keys::Keys;
use crate::problem::Problem;
use replies::Refusal;

/// What the driver has to do; take actions until there are none.
#[derive(Debug, Clone)]
pub enum Action {
    /// Send it, and tell the reply with its number. A reply to another number is too late and ignored.
    Send {
        /// Its number.
        number: u32,
        /// As it is.
        request: Request,
    },
    /// Open this page, where a person approves.
    OpenPage(String),
    /// Tell the time when it has come; the last one asked for counts.
    WaitUntil(u64),
    /// Take these in place of any before.
    UseKeys(Keys),
    /// Wipe what this sign-in gave: it is over.
    Wipe,
}

/// What is to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// Something is under way.
    Working,
    /// Somebody has to approve.
    Code {
        /// To be compared with the page's.
        user_code: String,
        /// The page.
        page: String,
        /// Milliseconds since 1970.
        expires: u64,
    },
    /// One of these accounts has to be chosen.
    ChooseAccount(Vec<Account>),
    /// One of these roles has to be chosen.
    ChooseRole {
        /// Whose roles.
        account: AccountId,
        /// Names of permission sets.
        roles: Vec<String>,
    },
    /// Done; keys have been given.
    SignedIn {
        /// Whose.
        account: AccountId,
        /// Which.
        role: String,
    },
    /// Over; without a problem if somebody signed out.
    Ended(Option<Problem>),
}

/// An account that somebody may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// 12 digits.
    #[serde(with = "kept::text")]
    pub id: AccountId,
    /// Shown to people; may be empty.
    pub name: String,
}

/// This client, as the OIDC service knows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Registration {
    id: String,
    #[serde(serialize_with = "kept::secret")]
    secret: SecretString,
    /// Milliseconds since 1970.
    expires: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Device {
    #[serde(serialize_with = "kept::secret")]
    code: SecretString,
    user_code: String,
    page: String,
    expires: u64,
    /// Milliseconds between two polls.
    interval: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Tokens {
    #[serde(serialize_with = "kept::secret")]
    access: SecretString,
    #[serde(serialize_with = "kept::secret_or_none")]
    refresh: Option<SecretString>,
    /// Milliseconds since 1970.
    expires: u64,
}

/// Where the sign-in is; those with a request send it when they are entered.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Stage {
    Registering,
    Starting,
    Waiting {
        device: Device,
        poll_at: u64,
    },
    Polling {
        device: Device,
    },
    ListingAccounts {
        found: Vec<Account>,
        next: Option<String>,
    },
    ChoosingAccount {
        accounts: Vec<Account>,
    },
    ListingRoles {
        #[serde(with = "kept::text")]
        account: AccountId,
        found: Vec<String>,
        next: Option<String>,
    },
    ChoosingRole {
        #[serde(with = "kept::text")]
        account: AccountId,
        roles: Vec<String>,
    },
    GettingKeys {
        #[serde(with = "kept::text")]
        account: AccountId,
        role: String,
    },
    SignedIn {
        #[serde(with = "kept::text")]
        account: AccountId,
        role: String,
    },
    Refreshing {
        then: Box<Stage>,
    },
    SigningOut,
    #[serde(skip)]
    Ended(Option<Problem>),
}

/// A sign-in, from the first request to the last.
#[derive(Serialize, Deserialize)]
pub struct SignIn {
    settings: Settings,
    client: Option<Registration>,
    tokens: Option<Tokens>,
    stage: Stage,
    /// Number of the request under way, or of the last one.
    number: u32,
    is_waited_for: bool,
    /// How often this request has failed in passing.
    failures: u32,
    /// When it is sent again.
    again_at: Option<u64>,
    /// Whether the client has been registered anew because the service had forgotten it.
    registered_again: bool,
    /// Whether the token has been refreshed since it was last taken: another one would not help.
    has_refreshed: bool,
    /// Whether keys have been given, which are still in use.
    has_given_keys: bool,
    #[serde(skip)]
    actions: VecDeque<Action>,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn")
            .field("stage", &self.stage)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// RFC 8628, 3.5: what `slow_down` adds to the time between two polls.
const SLOW_DOWN: u64 = 5_000;
/// How often a request is sent again after a passing failure.
const MOST_FAILURES: u32 = 5;
/// A token, or a registration, that ends sooner than this is not used any more.
const TOO_SOON: u64 = 60 * 1_000;

impl SignIn {
    /// Begins; `now` in milliseconds since 1970, here and everywhere.
    #[must_use]
    pub fn begin(settings: Settings) -> Self {
        let mut sign_in = Self {
            settings,
            client: None,
            tokens: None,
            stage: Stage::Registering,
            number: 0,
            is_waited_for: false,
            failures: 0,
            again_at: None,
            registered_again: false,
            has_refreshed: false,
            has_given_keys: false,
            actions: VecDeque::new(),
        };
        sign_in.send();
        sign_in
    }

    /// A text from which [`SignIn::resume`] goes on; nothing once it is over. **Holds secrets**: only for
    /// memory and `storage.session`.
    ///
    /// # Panics
    /// Never: all of it has a JSON form.
    #[must_use]
    pub fn keep(&self) -> Option<String> {
        match self.stage {
            // On its way out it has no more secrets, and nothing to go on with.
            Stage::Ended(_) | Stage::SigningOut => None,
            _ => Some(serde_json::to_string(self).expect("all of it has a JSON form")),
        }
    }

    /// Goes on from what was kept. A request that was under way is sent anew, because its answer is lost.
    /// Nothing for a text that is none of ours.
    #[must_use]
    pub fn resume(kept: &str) -> Option<Self> {
        let mut sign_in: Self = serde_json::from_str(kept).ok()?;
        match (&sign_in.stage, sign_in.again_at) {
            (_, Some(time)) => sign_in.actions.push_back(Action::WaitUntil(time)),
            (Stage::Waiting { poll_at, .. }, _) => {
                let time = *poll_at;
                sign_in.actions.push_back(Action::WaitUntil(time));
            }
            _ => sign_in.send(),
        }
        Some(sign_in)
    }

    /// The next thing to do; call it until it gives nothing.
    pub fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// What is to be shown.
    #[must_use]
    pub fn view(&self) -> View {
        match &self.stage {
            Stage::Waiting { device, .. } | Stage::Polling { device } => View::Code {
                user_code: device.user_code.clone(),
                page: device.page.clone(),
                expires: device.expires,
            },
            Stage::ChoosingAccount { accounts } => View::ChooseAccount(accounts.clone()),
            Stage::ChoosingRole { account, roles } => View::ChooseRole {
                account: account.clone(),
                roles: roles.clone(),
            },
            Stage::SignedIn { account, role } => View::SignedIn {
                account: account.clone(),
                role: role.clone(),
            },
            // The keys from before are still good.
            Stage::GettingKeys { account, role } if self.has_given_keys => View::SignedIn {
                account: account.clone(),
                role: role.clone(),
            },
            Stage::Refreshing { then } => match &**then {
                Stage::GettingKeys { account, role } if self.has_given_keys => View::SignedIn {
                    account: account.clone(),
                    role: role.clone(),
                },
                _ => View::Working,
            },
            Stage::Ended(problem) => View::Ended(problem.clone()),
            _ => View::Working,
        }
    }

    /// Takes the reply to a request; status 0 if none came.
    pub fn replied(&mut self, number: u32, reply: &Reply, now: u64) {
        if number != self.number || !self.is_waited_for {
            return;
        }
        self.is_waited_for = false;
        if matches!(self.stage, Stage::SigningOut) {
            // The tokens are gone from here, whatever the portal says.
            return self.end(None);
        }
        if reply.is_success() {
            if self.took(reply, now) {
                self.failures = 0;
            } else {
                self.end(Some(Problem::not_aws(&self.host(), reply.status)));
            }
        } else {
            self.refused(Refusal::of(reply), reply.status, now);
        }
    }

    /// The time of `WaitUntil` has come, or any other.
    pub fn time_passed(&mut self, now: u64) {
        if let Some(time) = self.again_at {
            if time <= now {
                self.again_at = None;
                self.send();
            } else {
                self.actions.push_back(Action::WaitUntil(time));
            }
            return;
        }
        if let Stage::Waiting { device, poll_at } = &self.stage {
            if device.expires <= now {
                self.end(Some(problems::timed_out()));
            } else if *poll_at <= now {
                let device = device.clone();
                self.enter(Stage::Polling { device });
            } else {
                let time = *poll_at;
                self.actions.push_back(Action::WaitUntil(time));
            }
        }
    }

    /// One of the accounts of `ChooseAccount`; anything else is ignored.
    pub fn choose_account(&mut self, id: &AccountId) {
        if let Stage::ChoosingAccount { accounts } = &self.stage
            && accounts.iter().any(|account| account.id == *id)
        {
            self.list_roles(id.clone());
        }
    }

    /// One of the roles of `ChooseRole`; anything else is ignored.
    pub fn choose_role(&mut self, role: &str, now: u64) {
        if let Stage::ChoosingRole { account, roles } = &self.stage
            && roles.iter().any(|known| known == role)
        {
            self.get_keys(account.clone(), role.to_owned(), now);
        }
    }

    /// Gets new keys of the same role; does nothing unless signed in.
    pub fn renew(&mut self, now: u64) {
        if let Stage::SignedIn { account, role } = &self.stage {
            self.get_keys(account.clone(), role.clone(), now);
        }
    }

    /// Ends it: everything that it gave is to be wiped, and the portal forgets the session.
    pub fn sign_out(&mut self) {
        if matches!(self.stage, Stage::Ended(_) | Stage::SigningOut) {
            return;
        }
        self.again_at = None;
        self.actions.clear();
        if self.tokens.is_some() {
            self.actions.push_back(Action::Wipe);
            self.enter(Stage::SigningOut);
            // The request has them.
            self.tokens = None;
        } else {
            self.end(None);
        }
    }

    /// The match patterns of the hosts that this sign-in talks to.
    #[must_use]
    pub fn origin_patterns(settings: &Settings) -> Vec<String> {
        let mut patterns = vec![format!("{}/*", settings.oidc_origin())];
        let portal = format!("{}/*", settings.portal_origin());
        if !patterns.contains(&portal) {
            patterns.push(portal);
        }
        patterns
    }

    /// Takes what was asked for; `false` if it is not that.
    fn took(&mut self, reply: &Reply, now: u64) -> bool {
        match self.stage.clone() {
            Stage::Registering => {
                let Some(client) = replies::registration(reply) else {
                    return false;
                };
                self.client = Some(client);
                self.enter(Stage::Starting);
            }
            Stage::Starting => {
                let may_be_http = self.settings.oidc.is_some();
                let Some(device) = replies::device(reply, now, may_be_http) else {
                    return false;
                };
                self.actions
                    .push_back(Action::OpenPage(device.page.clone()));
                self.wait_for_approval(device, now);
            }
            Stage::Polling { .. } => {
                let Some(tokens) = replies::tokens(reply, now) else {
                    return false;
                };
                self.tokens = Some(tokens);
                self.enter(Stage::ListingAccounts {
                    found: Vec::new(),
                    next: None,
                });
            }
            Stage::Refreshing { then } => {
                let Some(tokens) = replies::tokens(reply, now) else {
                    return false;
                };
                let before = self.tokens.take();
                self.tokens = Some(Tokens {
                    // A service that gives no new one goes on with the old one.
                    refresh: tokens.refresh.or(before.and_then(|tokens| tokens.refresh)),
                    ..tokens
                });
                self.has_refreshed = true;
                self.enter(*then);
                return true;
            }
            Stage::ListingAccounts { mut found, .. } => {
                let Some((accounts, next)) = replies::accounts(reply) else {
                    return false;
                };
                found.extend(accounts);
                if next.is_some() {
                    self.enter(Stage::ListingAccounts { found, next });
                } else {
                    self.pick_account(found);
                }
            }
            Stage::ListingRoles {
                account, mut found, ..
            } => {
                let Some((roles, next)) = replies::roles(reply) else {
                    return false;
                };
                found.extend(roles);
                if next.is_some() {
                    self.enter(Stage::ListingRoles {
                        account,
                        found,
                        next,
                    });
                } else {
                    self.pick_role(account, found, now);
                }
            }
            Stage::GettingKeys { account, role } => {
                let Some(keys) = replies::keys(reply) else {
                    return false;
                };
                self.actions.push_back(Action::UseKeys(keys));
                self.has_given_keys = true;
                self.stage = Stage::SignedIn { account, role };
            }
            // None of these sends anything that has come this far.
            Stage::Waiting { .. }
            | Stage::ChoosingAccount { .. }
            | Stage::ChoosingRole { .. }
            | Stage::SignedIn { .. }
            | Stage::SigningOut
            | Stage::Ended(_) => {}
        }
        self.has_refreshed = false;
        true
    }

    fn refused(&mut self, refusal: Refusal, status: u16, now: u64) {
        match (refusal, self.stage.clone()) {
            (Refusal::Pending, Stage::Polling { device }) => self.wait_for_approval(device, now),
            (Refusal::SlowDown, Stage::Polling { mut device }) => {
                device.interval = device.interval.saturating_add(SLOW_DOWN);
                self.wait_for_approval(device, now);
            }
            // The code itself ends, so nothing else has to.
            (Refusal::Passing(_), Stage::Polling { device }) => self.wait_for_approval(device, now),
            (Refusal::Expired, Stage::Polling { .. }) => self.end(Some(problems::timed_out())),
            (Refusal::Denied, _) => self.end(Some(problems::denied())),
            (Refusal::InvalidClient, Stage::Starting | Stage::Polling { .. })
                if !self.registered_again =>
            {
                self.registered_again = true;
                self.client = None;
                self.enter(Stage::Registering);
            }
            (Refusal::WrongRegion(right), _) => {
                self.end(Some(problems::wrong_region(&self.settings, &right)));
            }
            (Refusal::Invalid(_), Stage::Starting) => {
                self.end(Some(problems::start_url_unknown(&self.settings)));
            }
            (
                Refusal::Expired
                | Refusal::Invalid(_)
                | Refusal::InvalidClient
                | Refusal::Unauthorized,
                Stage::Refreshing { .. },
            ) => self.end(Some(problems::session_expired())),
            (Refusal::Unauthorized, stage) if self.tokens.is_some() => {
                self.refresh_and_then(stage, now)
            }
            (Refusal::NoSuchRole, Stage::GettingKeys { account, role }) => {
                self.end(Some(problems::no_role(&account, Some(&role))));
            }
            (Refusal::SlowDown, _) => self.fail_in_passing(status, Some(SLOW_DOWN), now),
            (Refusal::Passing(wait), _) => self.fail_in_passing(status, wait, now),
            (Refusal::NotAws, _) => self.end(Some(Problem::not_aws(&self.host(), status))),
            (other, _) => {
                let error = match other {
                    Refusal::Invalid(name) | Refusal::Other(name) => name,
                    other => format!("{other:?}"),
                };
                self.end(Some(problems::failed(&self.host(), &error)));
            }
        }
    }

    fn wait_for_approval(&mut self, device: Device, now: u64) {
        let poll_at = now.saturating_add(device.interval);
        self.stage = Stage::Waiting { device, poll_at };
        self.actions.push_back(Action::WaitUntil(poll_at));
    }

    /// Sends the same again a little later: after 1, 2, 4, 8 and 16 seconds. While there are keys that
    /// are still good, it goes on every 32 seconds.
    fn fail_in_passing(&mut self, status: u16, wait: Option<u64>, now: u64) {
        if self.failures == MOST_FAILURES && !self.has_given_keys {
            let host = self.host();
            self.end(Some(match status {
                0 => Problem::unreachable(&host),
                status => Problem::busy(&host, status, wait),
            }));
            return;
        }
        let usual = 1_000 << self.failures;
        self.failures = (self.failures + 1).min(MOST_FAILURES);
        let time = now.saturating_add(wait.unwrap_or(usual).max(usual));
        self.again_at = Some(time);
        self.actions.push_back(Action::WaitUntil(time));
    }

    /// Gets a new token, if that may help, and goes on.
    fn refresh_and_then(&mut self, stage: Stage, now: u64) {
        let tokens = self.tokens.as_ref();
        let can_refresh = tokens.is_some_and(|tokens| tokens.refresh.is_some());
        let client_is_good = self
            .client
            .as_ref()
            .is_some_and(|client| client.expires == 0 || client.expires > now + TOO_SOON);
        if can_refresh && client_is_good && !self.has_refreshed {
            self.enter(Stage::Refreshing {
                then: Box::new(stage),
            });
        } else {
            self.end(Some(problems::session_expired()));
        }
    }

    fn pick_account(&mut self, accounts: Vec<Account>) {
        let wanted = self.settings.account.as_ref();
        let known = accounts.iter().find(|account| Some(&account.id) == wanted);
        match (&accounts[..], known) {
            ([], _) => self.end(Some(problems::no_accounts())),
            ([only], _) | (_, Some(only)) => {
                let id = only.id.clone();
                self.list_roles(id);
            }
            _ => self.stage = Stage::ChoosingAccount { accounts },
        }
    }

    fn list_roles(&mut self, account: AccountId) {
        self.enter(Stage::ListingRoles {
            account,
            found: Vec::new(),
            next: None,
        });
    }

    fn pick_role(&mut self, account: AccountId, roles: Vec<String>, now: u64) {
        let wanted = self.settings.role.as_ref();
        let known = roles.iter().find(|role| Some(*role) == wanted);
        match (&roles[..], known) {
            ([], _) => self.end(Some(problems::no_role(&account, None))),
            ([only], _) | (_, Some(only)) => {
                let role = only.clone();
                self.get_keys(account, role, now);
            }
            _ => self.stage = Stage::ChoosingRole { account, roles },
        }
    }

    fn get_keys(&mut self, account: AccountId, role: String, now: u64) {
        let stage = Stage::GettingKeys { account, role };
        let is_ending = self
            .tokens
            .as_ref()
            .is_none_or(|tokens| tokens.expires <= now.saturating_add(TOO_SOON));
        if is_ending {
            self.refresh_and_then(stage, now);
        } else {
            self.enter(stage);
        }
    }

    fn enter(&mut self, stage: Stage) {
        self.stage = stage;
        self.send();
    }

    /// Sends the request of this stage, if it has one.
    fn send(&mut self) {
        if let Some(request) = self.request() {
            self.number = self.number.wrapping_add(1);
            self.is_waited_for = true;
            self.actions.push_back(Action::Send {
                number: self.number,
                request,
            });
        }
    }

    fn request(&self) -> Option<Request> {
        let settings = &self.settings;
        let client = self.client.as_ref();
        let tokens = self.tokens.as_ref();
        Some(match &self.stage {
            Stage::Registering => requests::register(settings),
            Stage::Starting => requests::start(settings, client?),
            Stage::Polling { device } => requests::poll(settings, client?, &device.code),
            Stage::Refreshing { .. } => {
                requests::refresh(settings, client?, tokens?.refresh.as_ref()?)
            }
            Stage::ListingAccounts { next, .. } => {
                requests::accounts(settings, tokens?, next.as_deref())
            }
            Stage::ListingRoles { account, next, .. } => {
                requests::roles(settings, tokens?, account, next.as_deref())
            }
            Stage::GettingKeys { account, role } => {
                requests::credentials(settings, tokens?, account, role)
            }
            Stage::SigningOut => requests::log_out(settings, tokens?),
            Stage::Waiting { .. }
            | Stage::ChoosingAccount { .. }
            | Stage::ChoosingRole { .. }
            | Stage::SignedIn { .. }
            | Stage::Ended(_) => return None,
        })
    }

    /// The host of the request under way, for messages to people.
    fn host(&self) -> String {
        let origin = match self.stage {
            Stage::Registering
            | Stage::Starting
            | Stage::Polling { .. }
            | Stage::Refreshing { .. } => self.settings.oidc_origin(),
            _ => self.settings.portal_origin(),
        };
        origin.split("://").nth(1).unwrap_or_default().to_owned()
    }

    fn end(&mut self, problem: Option<Problem>) {
        self.client = None;
        self.tokens = None;
        self.again_at = None;
        self.is_waited_for = false;
        self.actions.clear();
        self.actions.push_back(Action::Wipe);
        self.stage = Stage::Ended(problem);
    }
}
