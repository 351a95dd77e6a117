//! The device sign-in, played through reply by reply.

use rusty_attachments_accounts::sign_in::{Action, Settings, View};
use rusty_attachments_accounts::{Keys, Reply, Request, SignIn};
use serde_json::{Value, json};

const START: u64 = 1_795_544_100_000;
const ACCOUNT: &str = "123456789012";
const SECRETS: [&str; 6] = [
    "client-secret",
    "device-code",
    "access-token",
    "refresh-token",
    "wJalr",
    "IQoJ",
];

fn settings() -> Settings {
    Settings {
        start_url: "https://studio.awsapps.com/start".parse().unwrap(),
        region: "eu-west-1".parse().unwrap(),
        client_name: "Deadline Cloud Attachments".into(),
        oidc: None,
        portal: None,
        account: None,
        role: None,
    }
}

/// A sign-in with its driver: keeps what was asked for last.
struct Play {
    sign_in: SignIn,
    now: u64,
    sent: Option<(u32, Request)>,
    opened: Vec<String>,
    wait_until: Option<u64>,
    keys: Option<Keys>,
    wiped: usize,
}

impl Play {
    fn with(settings: Settings) -> Self {
        let mut play = Self {
            sign_in: SignIn::begin(settings),
            now: START,
            sent: None,
            opened: Vec::new(),
            wait_until: None,
            keys: None,
            wiped: 0,
        };
        play.act();
        play
    }

    fn new() -> Self {
        Self::with(settings())
    }

    fn act(&mut self) {
        while let Some(action) = self.sign_in.next_action() {
            self.assert_silent(&format!("{action:?}"));
            match action {
                Action::Send { number, request } => self.sent = Some((number, request)),
                Action::OpenPage(page) => self.opened.push(page),
                Action::WaitUntil(time) => self.wait_until = Some(time),
                Action::UseKeys(keys) => self.keys = Some(keys),
                Action::Wipe => {
                    self.wiped += 1;
                    self.keys = None;
                }
            }
        }
        self.assert_silent(&format!("{:?} {:?}", self.sign_in, self.sign_in.view()));
    }

    fn assert_silent(&self, printed: &str) {
        for secret in SECRETS {
            assert!(!printed.contains(secret), "{secret} in {printed}");
        }
    }

    /// Answers the request under way, which must go to that path.
    fn reply(&mut self, path: &str, status: u16, body: &Value) -> Request {
        let (number, request) = self.sent.take().expect("a request is under way");
        assert!(request.url.contains(path), "{request:?}");
        let reply = Reply {
            status,
            headers: Vec::new(),
            body: if body.is_null() {
                String::new()
            } else {
                body.to_string()
            },
        };
        self.sign_in.replied(number, &reply, self.now);
        self.act();
        request
    }

    /// Lets the time pass that was asked for.
    fn wait(&mut self) -> u64 {
        let time = self.wait_until.take().expect("a wait was asked for");
        let waited = time.saturating_sub(self.now);
        self.now = self.now.max(time);
        self.sign_in.time_passed(self.now);
        self.act();
        waited
    }

    fn register(&mut self) -> Request {
        self.reply(
            "https://oidc.eu-west-1.amazonaws.com/client/register",
            200,
            &json!({"clientId": "client", "clientSecret": "client-secret", "clientIdIssuedAt": 1, "clientSecretExpiresAt": 1_900_000_000}),
        )
    }

    fn start(&mut self) -> Request {
        self.reply(
            "https://oidc.eu-west-1.amazonaws.com/device_authorization",
            200,
            &json!({"deviceCode": "device-code", "userCode": "ABCD-EFGH", "verificationUri": "https://device.sso.eu-west-1.amazonaws.com/", "verificationUriComplete": "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH", "expiresIn": 600, "interval": 1}),
        )
    }

    fn poll(&mut self, status: u16, body: &Value) -> (u64, Request) {
        let waited = self.wait();
        (waited, self.reply("/token", status, body))
    }

    fn approve(&mut self) {
        self.poll(200, &tokens("access-token"));
    }

    fn accounts(&mut self, ids: &[&str]) -> Request {
        let list: Vec<_> = ids
            .iter()
            .map(|id| json!({"accountId": id, "accountName": "Studio", "emailAddress": "a@b"}))
            .collect();
        self.reply(
            "https://portal.sso.eu-west-1.amazonaws.com/assignment/accounts",
            200,
            &json!({"accountList": list}),
        )
    }

    fn roles(&mut self, names: &[&str]) -> Request {
        let list: Vec<_> = names
            .iter()
            .map(|name| json!({"roleName": name, "accountId": ACCOUNT}))
            .collect();
        self.reply("/assignment/roles", 200, &json!({"roleList": list}))
    }

    fn credentials(&mut self) -> Request {
        self.reply(
            "/federation/credentials",
            200,
            &json!({"roleCredentials": {"accessKeyId": "ASIA1", "secretAccessKey": "wJalr", "sessionToken": "IQoJ", "expiration": START + 3_600_000}}),
        )
    }

    /// As far as somebody who is signed in.
    fn signed_in() -> Self {
        let mut play = Self::new();
        play.register();
        play.start();
        play.approve();
        play.accounts(&[ACCOUNT]);
        play.roles(&["Artist"]);
        play.credentials();
        play
    }

    fn problem(&self) -> &'static str {
        match self.sign_in.view() {
            View::Ended(Some(problem)) => {
                assert!(
                    problem.what.ends_with('.') && problem.next.ends_with('.'),
                    "{problem:?}"
                );
                problem.code
            }
            view => panic!("still at {view:?}"),
        }
    }
}

fn tokens(access: &str) -> Value {
    json!({"accessToken": access, "tokenType": "Bearer", "expiresIn": 28_800, "refreshToken": "refresh-token"})
}

fn error(name: &str) -> Value {
    json!({"error": name, "error_description": "why"})
}

fn body(request: &Request) -> Value {
    serde_json::from_str(&request.body).unwrap()
}

fn bearer(request: &Request) -> &str {
    let found = request
        .headers
        .iter()
        .find(|(name, _)| name == "x-amz-sso_bearer_token");
    &found.expect("a token").1
}

#[test]
fn a_sign_in_goes_from_the_registration_to_the_keys_of_a_role() {
    let mut play = Play::new();
    let register = body(&play.register());
    assert_eq!(register["clientType"], "public");
    assert_eq!(register["scopes"], json!(["sso:account:access"]));
    let start = body(&play.start());
    assert_eq!(start["startUrl"], "https://studio.awsapps.com/start");
    assert_eq!(start["clientSecret"], "client-secret");
    assert_eq!(
        play.opened,
        ["https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH"]
    );
    let code = View::Code {
        user_code: "ABCD-EFGH".into(),
        page: "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH".into(),
        expires: START + 600_000,
    };
    assert_eq!(play.sign_in.view(), code);
    let (waited, poll) = play.poll(400, &error("authorization_pending"));
    assert_eq!(waited, 1_000);
    assert_eq!(
        body(&poll)["grantType"],
        "urn:ietf:params:oauth:grant-type:device_code"
    );
    assert_eq!(body(&poll)["deviceCode"], "device-code");
    assert_eq!(play.sign_in.view(), code);
    play.approve();
    assert_eq!(bearer(&play.accounts(&[ACCOUNT])), "access-token");
    assert!(
        play.roles(&["Artist"])
            .url
            .contains("account_id=123456789012")
    );
    assert!(
        play.credentials()
            .url
            .ends_with("?account_id=123456789012&role_name=Artist")
    );
    let keys = play.keys.as_ref().expect("keys");
    assert_eq!(keys.credentials.secret_access_key(), "wJalr");
    assert_eq!(keys.expires, Some(START + 3_600_000));
    assert!(matches!(play.sign_in.view(), View::SignedIn { role, .. } if role == "Artist"));
    assert_eq!(play.opened.len(), 1);
}

#[test]
fn polls_slow_down_by_five_seconds_and_stay_slow() {
    let mut play = Play::new();
    play.register();
    play.start();
    assert_eq!(play.poll(400, &error("slow_down")).0, 1_000);
    assert_eq!(play.poll(400, &error("authorization_pending")).0, 6_000);
    assert_eq!(play.poll(400, &error("slow_down")).0, 6_000);
    assert_eq!(play.wait(), 11_000);
}

#[test]
fn an_interval_that_is_not_said_is_five_seconds() {
    let mut play = Play::new();
    play.register();
    play.reply("/device_authorization", 200, &json!({"deviceCode": "device-code", "userCode": "A", "verificationUri": "https://d.example/", "expiresIn": 600}));
    assert_eq!(play.wait(), 5_000);
}

#[test]
fn each_error_of_a_poll_ends_it_or_goes_on() {
    for (name, status, problem) in [
        ("expired_token", 400, Some("sign-in-timed-out")),
        ("access_denied", 400, Some("sign-in-denied")),
        ("invalid_grant", 400, Some("sign-in-failed")),
        ("invalid_scope", 400, Some("sign-in-failed")),
        ("unauthorized_client", 400, Some("sign-in-failed")),
        ("unsupported_grant_type", 400, Some("sign-in-failed")),
        ("authorization_pending", 400, None),
        ("server_error", 500, None),
    ] {
        let mut play = Play::new();
        play.register();
        play.start();
        play.poll(status, &error(name));
        match problem {
            Some(problem) => {
                assert_eq!(play.problem(), problem, "{name}");
                assert!(play.sent.is_none() && play.wiped > 0);
            }
            None => {
                play.approve();
                play.accounts(&[ACCOUNT]);
            }
        }
    }
}

#[test]
fn a_network_that_goes_away_while_somebody_approves_does_not_end_it() {
    let mut play = Play::new();
    play.register();
    play.start();
    for _ in 0..20 {
        play.poll(0, &Value::Null);
    }
    play.approve();
    play.accounts(&[ACCOUNT]);
}

#[test]
fn nobody_who_never_approves_is_polled_for_after_the_code_has_ended() {
    let mut play = Play::new();
    play.register();
    play.start();
    let mut polls = 0;
    while matches!(play.sign_in.view(), View::Code { .. }) {
        play.wait();
        if play.sent.is_some() {
            play.reply("/token", 400, &error("authorization_pending"));
            polls += 1;
        }
    }
    assert_eq!(play.problem(), "sign-in-timed-out");
    assert_eq!((polls, play.now - START), (599, 600_000));
}

#[test]
fn a_client_that_the_service_has_forgotten_registers_again_once() {
    let mut play = Play::new();
    play.register();
    play.start();
    play.poll(401, &error("invalid_client"));
    play.register();
    play.start();
    play.poll(401, &error("invalid_client"));
    assert_eq!(play.problem(), "sign-in-failed");
}

#[test]
fn a_wrong_start_url_and_a_wrong_region_say_so() {
    let mut play = Play::new();
    play.register();
    play.reply("/device_authorization", 400, &error("invalid_request"));
    assert_eq!(play.problem(), "start-url-unknown");
    let mut play = Play::new();
    play.register();
    let elsewhere = json!({"error": "invalid_request", "region": "us-east-1", "endpoint": "https://oidc.us-east-1.amazonaws.com"});
    play.reply("/device_authorization", 400, &elsewhere);
    assert_eq!(play.problem(), "sign-in-region-wrong");
    let View::Ended(Some(problem)) = play.sign_in.view() else {
        panic!("ended");
    };
    assert_eq!(
        (problem.button.action(), problem.button.value()),
        ("use-sign-in-region", Some("us-east-1"))
    );
}

#[test]
fn a_page_that_is_not_https_is_never_opened() {
    for page in [
        "http://127.0.0.1:1/",
        "javascript:alert(1)",
        "https://a.example/\u{7}",
        "data:text/html,x",
    ] {
        let mut play = Play::new();
        play.register();
        play.reply("/device_authorization", 200, &json!({"deviceCode": "device-code", "userCode": "A", "verificationUri": page, "expiresIn": 600}));
        assert_eq!(play.problem(), "answer-not-aws", "{page}");
        assert!(play.opened.is_empty());
    }
    let mut play = Play::with(Settings {
        oidc: Some("http://127.0.0.1:7000".parse().unwrap()),
        ..settings()
    });
    play.reply(
        "http://127.0.0.1:7000/client/register",
        200,
        &json!({"clientId": "c", "clientSecret": "s"}),
    );
    play.reply("/device_authorization", 200, &json!({"deviceCode": "device-code", "userCode": "A", "verificationUri": "http://127.0.0.1:7000/device", "expiresIn": 600}));
    assert_eq!(play.opened, ["http://127.0.0.1:7000/device"]);
}

#[test]
fn several_accounts_and_roles_are_asked_about_unless_they_are_settled() {
    let other = "999999999999";
    let mut play = Play::new();
    play.register();
    play.start();
    play.approve();
    play.reply(
        "/assignment/accounts",
        200,
        &json!({"accountList": [{"accountId": ACCOUNT}], "nextToken": "more/1"}),
    );
    let page = play.reply(
        "next_token=more%2F1",
        200,
        &json!({"accountList": [{"accountId": other, "accountName": "Other"}]}),
    );
    assert!(page.url.contains("/assignment/accounts?max_result=100"));
    assert!(matches!(play.sign_in.view(), View::ChooseAccount(accounts) if accounts.len() == 2));
    play.sign_in
        .choose_account(&"111111111111".parse().unwrap());
    assert!(matches!(play.sign_in.view(), View::ChooseAccount(_)));
    play.sign_in.choose_account(&other.parse().unwrap());
    play.act();
    play.roles(&["Artist", "Admin"]);
    assert!(
        matches!(play.sign_in.view(), View::ChooseRole { roles, .. } if roles == ["Artist", "Admin"])
    );
    play.sign_in.choose_role("Root", play.now);
    play.sign_in.choose_role("Admin", play.now);
    play.act();
    assert!(
        play.credentials()
            .url
            .contains("account_id=999999999999&role_name=Admin")
    );

    let mut play = Play::with(Settings {
        account: Some(other.parse().unwrap()),
        role: Some("Admin".into()),
        ..settings()
    });
    play.register();
    play.start();
    play.approve();
    play.accounts(&[ACCOUNT, other]);
    play.roles(&["Artist", "Admin"]);
    assert!(
        play.credentials()
            .url
            .contains("account_id=999999999999&role_name=Admin")
    );
}

#[test]
fn nothing_to_choose_from_says_so() {
    let mut play = Play::new();
    play.register();
    play.start();
    play.approve();
    play.accounts(&[]);
    assert_eq!(play.problem(), "no-accounts");
    let mut play = Play::new();
    play.register();
    play.start();
    play.approve();
    play.accounts(&[ACCOUNT]);
    play.roles(&[]);
    assert_eq!(play.problem(), "no-role");
    let mut play = Play::new();
    play.register();
    play.start();
    play.approve();
    play.accounts(&[ACCOUNT]);
    play.roles(&["Artist"]);
    play.reply(
        "/federation/credentials",
        403,
        &json!({"message": "No access"}),
    );
    assert_eq!(play.problem(), "no-role");
}

#[test]
fn keys_are_renewed_without_anybody_and_with_a_new_token_when_the_old_one_ends() {
    let mut play = Play::signed_in();
    play.now += 3_000_000;
    play.sign_in.renew(play.now);
    play.act();
    assert!(matches!(play.sign_in.view(), View::SignedIn { .. }));
    assert_eq!(bearer(&play.credentials()), "access-token");
    // The token has ended meanwhile.
    play.now += 28_800_000;
    play.sign_in.renew(play.now);
    play.act();
    let refresh = play.reply(
        "/token",
        200,
        &json!({"accessToken": "second", "expiresIn": 28_800}),
    );
    assert_eq!(body(&refresh)["grantType"], "refresh_token");
    assert_eq!(body(&refresh)["refreshToken"], "refresh-token");
    assert_eq!(bearer(&play.credentials()), "second");
    // The portal ends it early; the old refresh token goes on where there was no new one.
    play.sign_in.renew(play.now);
    play.act();
    play.reply(
        "/federation/credentials",
        401,
        &json!({"message": "Session token not found or invalid"}),
    );
    let refresh = play.reply("/token", 200, &tokens("third"));
    assert_eq!(body(&refresh)["refreshToken"], "refresh-token");
    assert_eq!(bearer(&play.credentials()), "third");
}

#[test]
fn a_session_that_has_ended_is_not_refreshed_for_ever() {
    let mut play = Play::signed_in();
    play.sign_in.renew(play.now);
    play.act();
    play.reply("/federation/credentials", 401, &Value::Null);
    play.reply("/token", 200, &tokens("second"));
    play.reply("/federation/credentials", 401, &json!({}));
    assert_eq!(play.problem(), "session-expired");
    assert!(play.keys.is_none());
    for name in ["invalid_grant", "expired_token", "invalid_client"] {
        let mut play = Play::signed_in();
        play.now += 28_800_000;
        play.sign_in.renew(play.now);
        play.act();
        play.reply("/token", 400, &error(name));
        assert_eq!(play.problem(), "session-expired", "{name}");
    }
}

#[test]
fn a_busy_service_is_asked_again_a_few_times() {
    let mut play = Play::new();
    for wait in [1_000, 2_000, 4_000, 8_000, 16_000] {
        play.reply("/client/register", 503, &Value::Null);
        assert_eq!(play.wait(), wait);
    }
    play.reply("/client/register", 503, &Value::Null);
    assert_eq!(play.problem(), "service-busy");
    let mut play = Play::new();
    play.reply("/client/register", 0, &Value::Null);
    play.wait();
    play.register();
    for _ in 0..5 {
        play.reply("/device_authorization", 0, &Value::Null);
        play.wait();
    }
    play.reply("/device_authorization", 0, &Value::Null);
    assert_eq!(play.problem(), "network-unreachable");
}

#[test]
fn a_renewal_that_fails_in_passing_goes_on_while_the_keys_are_good() {
    let mut play = Play::signed_in();
    play.sign_in.renew(play.now);
    play.act();
    for _ in 0..50 {
        play.reply("/federation/credentials", 0, &Value::Null);
        assert!(matches!(play.sign_in.view(), View::SignedIn { .. }));
        assert!(play.wait() <= 32_000);
    }
    play.credentials();
    assert_eq!(play.wiped, 0);
}

#[test]
fn signing_out_wipes_everything_and_tells_the_portal() {
    let mut play = Play::signed_in();
    play.sign_in.sign_out();
    play.act();
    assert_eq!((play.wiped, play.keys.is_none()), (1, true));
    assert_eq!(play.sign_in.keep(), None);
    let request = play.reply(
        "https://portal.sso.eu-west-1.amazonaws.com/logout",
        200,
        &Value::Null,
    );
    assert_eq!((request.method, bearer(&request)), ("POST", "access-token"));
    assert_eq!(play.sign_in.view(), View::Ended(None));
    // Before there is a token there is nothing to tell.
    let mut play = Play::new();
    play.register();
    let (number, _) = play.sent.take().unwrap();
    play.sign_in.sign_out();
    play.act();
    assert!(play.sent.is_none());
    let late = Reply {
        status: 200,
        ..Reply::default()
    };
    play.sign_in.replied(number, &late, play.now);
    play.act();
    assert_eq!(play.sign_in.view(), View::Ended(None));
}

#[test]
fn a_sign_in_goes_on_from_what_was_kept_at_every_step() {
    /// Lets the driver be killed and come back.
    fn again(play: &mut Play) {
        let view = play.sign_in.view();
        let kept = play.sign_in.keep().expect("not over");
        play.sign_in = SignIn::resume(&kept).expect("its own text");
        play.sent = None;
        play.wait_until = None;
        assert_eq!(play.sign_in.view(), view);
        play.act();
    }
    let mut play = Play::new();
    again(&mut play);
    play.register();
    again(&mut play);
    play.start();
    again(&mut play);
    play.poll(400, &error("slow_down"));
    again(&mut play);
    assert_eq!(play.wait(), 6_000);
    again(&mut play);
    play.reply("/token", 200, &tokens("access-token"));
    again(&mut play);
    play.reply("/assignment/accounts", 503, &Value::Null);
    again(&mut play);
    play.wait();
    play.accounts(&[ACCOUNT, "999999999999"]);
    again(&mut play);
    play.sign_in.choose_account(&ACCOUNT.parse().unwrap());
    play.act();
    again(&mut play);
    play.roles(&["Artist", "Admin"]);
    again(&mut play);
    play.sign_in.choose_role("Artist", play.now);
    play.act();
    again(&mut play);
    play.credentials();
    again(&mut play);
    assert!(play.sent.is_none());
    play.now += 28_800_000;
    play.sign_in.renew(play.now);
    play.act();
    again(&mut play);
    play.reply("/token", 200, &tokens("second"));
    assert_eq!(bearer(&play.credentials()), "second");
    // The page was opened once.
    assert_eq!(play.opened.len(), 1);
    for text in ["", "{}", "[]", "null"] {
        assert!(SignIn::resume(text).is_none(), "{text}");
    }
}

#[test]
fn an_answer_that_is_not_the_services_ends_it_without_a_print_of_it() {
    for body in [
        json!({"clientSecret": "client-secret"}),
        json!([]),
        json!({"clientId": 1}),
    ] {
        let mut play = Play::new();
        play.reply("/client/register", 200, &body);
        assert_eq!(play.problem(), "answer-not-aws");
    }
}

#[test]
fn the_hosts_are_those_of_the_region() {
    assert_eq!(
        SignIn::origin_patterns(&settings()),
        [
            "https://oidc.eu-west-1.amazonaws.com/*",
            "https://portal.sso.eu-west-1.amazonaws.com/*"
        ]
    );
    let stand_in = Settings {
        oidc: Some("http://127.0.0.1:7000".parse().unwrap()),
        portal: Some("http://127.0.0.1:7000".parse().unwrap()),
        ..settings()
    };
    assert_eq!(
        SignIn::origin_patterns(&stand_in),
        ["http://127.0.0.1:7000/*"]
    );
}
