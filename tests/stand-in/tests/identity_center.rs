//! The Identity Center of the stand-in, signed in to by the accounts crate.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use account_stand_in::{Fault, Operation, Running, Settings};
use rusty_attachments_accounts::sign_in::{Action, View};
use rusty_attachments_accounts::{Call, Caller, Keys, Request, SignIn, sign_in};
use serde_json::json;
use support::{ACCOUNT, control, now, send, start, studio};

/// A sign-in with a driver that sends for real. Waits are not waited for: the clock that it is told runs
/// ahead.
struct Driver {
    sign_in: SignIn,
    ahead: u64,
    keys: Option<Keys>,
    opened: Vec<String>,
    polls: usize,
}

impl Driver {
    fn new(running: &Running) -> Self {
        let address = format!("http://{}", running.listen);
        Self {
            sign_in: SignIn::begin(sign_in::Settings {
                start_url: "https://studio.awsapps.com/start".parse().unwrap(),
                region: "eu-west-1".parse().unwrap(),
                client_name: "Test".into(),
                oidc: Some(address.parse().unwrap()),
                portal: Some(address.parse().unwrap()),
                account: None,
                role: Some("Artist".into()),
            }),
            ahead: 0,
            keys: None,
            opened: Vec::new(),
            polls: 0,
        }
    }

    /// Goes on until there is nothing to do, or until it waits.
    async fn run(&mut self) -> Option<u64> {
        let mut wait = None;
        while let Some(action) = self.sign_in.next_action() {
            match action {
                Action::Send { number, request } => {
                    self.polls += usize::from(request.url.ends_with("/token"));
                    let reply = send(&request).await;
                    self.sign_in.replied(number, &reply, now() + self.ahead);
                }
                Action::OpenPage(page) => self.opened.push(page),
                Action::WaitUntil(time) => wait = Some(time),
                Action::UseKeys(keys) => self.keys = Some(keys),
                Action::Wipe => self.keys = None,
            }
        }
        wait
    }

    /// As far as the code; somebody has to approve now.
    async fn until_code(&mut self) {
        self.run().await;
        assert!(
            matches!(self.sign_in.view(), View::Code { .. }),
            "{:?}",
            self.sign_in.view()
        );
    }

    async fn poll(&mut self) {
        self.ahead += 60_000;
        self.sign_in.time_passed(now() + self.ahead);
        self.run().await;
    }

    fn problem(&self) -> &'static str {
        match self.sign_in.view() {
            View::Ended(Some(problem)) => problem.code,
            view => panic!("still at {view:?}"),
        }
    }
}

async fn signed_in(running: &Running) -> Driver {
    let mut driver = Driver::new(running);
    driver.until_code().await;
    assert_eq!(running.approve(), 1);
    driver.poll().await;
    assert!(
        matches!(driver.sign_in.view(), View::SignedIn { .. }),
        "{:?}",
        driver.sign_in.view()
    );
    driver
}

/// The stand-in with codes that outlive the clock of the driver.
fn patient() -> Settings {
    let mut settings = studio();
    settings.identity_center.code_seconds = 24 * 3600;
    settings
}

#[tokio::test]
async fn a_sign_in_ends_with_keys_that_deadline_cloud_takes() {
    let running = start(patient()).await;
    let driver = signed_in(&running).await;
    let page = format!("http://{}/device?user_code=CODE-0001", running.listen);
    assert_eq!(driver.opened, [page]);
    let keys = driver.keys.as_ref().unwrap();
    assert_eq!(keys.credentials.access_key_id(), "ASIAROLE");
    let caller = Caller {
        region: "us-west-2".parse().unwrap(),
        credentials: keys.credentials.clone(),
        deadline: Some(format!("http://{}", running.listen).parse().unwrap()),
        sts: None,
    };
    let farms = Call::ListFarms {
        principal: None,
        next: None,
    };
    let ask = async || send(&caller.request(&farms, now()).unwrap()).await;
    assert_eq!(ask().await.status, 200);
    control(&running, "POST", "/expire", &json!("keys")).await;
    let refused = ask().await;
    assert_eq!(refused.status, 403);
    assert_eq!(
        refused.header("x-amzn-errortype"),
        Some("ExpiredTokenException")
    );
}

#[tokio::test]
async fn somebody_approves_on_the_page_or_denies() {
    for (verdict, is_good) in [("approve", true), ("deny", false)] {
        let running = start(patient()).await;
        let mut driver = Driver::new(&running);
        driver.until_code().await;
        driver.poll().await;
        assert!(matches!(driver.sign_in.view(), View::Code { .. }));
        let shown = send(&Request {
            method: "GET",
            url: driver.opened[0].clone(),
            headers: Vec::new(),
            body: String::new(),
        })
        .await;
        assert!(shown.body.contains("CODE-0001"), "{}", shown.body);
        let said = send(&Request {
            method: "POST",
            url: format!("http://{}/device", running.listen),
            headers: Vec::new(),
            body: format!("user_code=CODE-0001&verdict={verdict}"),
        })
        .await;
        assert!(said.body.contains("Request noted"));
        driver.poll().await;
        if is_good {
            assert!(driver.keys.is_some());
        } else {
            assert_eq!(driver.problem(), "sign-in-denied");
        }
    }
}

#[tokio::test]
async fn codes_end_and_are_good_once() {
    let running = start(patient()).await;
    let mut driver = Driver::new(&running);
    driver.until_code().await;
    control(&running, "POST", "/expire", &json!("codes")).await;
    driver.poll().await;
    assert_eq!(driver.problem(), "sign-in-timed-out");
    let running = start(patient()).await;
    let mut driver = Driver::new(&running);
    driver.until_code().await;
    let kept = driver.sign_in.keep().unwrap();
    assert_eq!(running.approve(), 1);
    driver.poll().await;
    assert!(driver.keys.is_some());
    driver.sign_in = SignIn::resume(&kept).unwrap();
    driver.poll().await;
    assert_eq!(driver.problem(), "sign-in-failed");
}

#[tokio::test]
async fn whoever_polls_too_often_is_told_to_slow_down() {
    let mut settings = patient();
    settings.identity_center.interval = 3600;
    let running = start(settings).await;
    let mut driver = Driver::new(&running);
    driver.until_code().await;
    // The driver's clock runs ahead of the stand-in's: an hour for it is no time at all there.
    driver.ahead = 3_600_000;
    driver.sign_in.time_passed(now() + driver.ahead);
    let first = driver.run().await.unwrap();
    driver.ahead = first - now() + 1_000;
    driver.sign_in.time_passed(now() + driver.ahead);
    let second = driver.run().await.unwrap();
    assert_eq!(driver.polls, 2);
    let waits = second - (now() + driver.ahead);
    assert!((3_604_000..=3_605_000).contains(&waits), "{waits}");
}

#[tokio::test]
async fn tokens_are_refreshed_until_the_session_ends() {
    let running = start(patient()).await;
    let mut driver = signed_in(&running).await;
    let renew = async |driver: &mut Driver| {
        driver.keys = None;
        driver.sign_in.renew(now());
        driver.run().await;
    };
    renew(&mut driver).await;
    assert!(driver.keys.is_some());
    control(&running, "POST", "/expire", &json!("access-tokens")).await;
    renew(&mut driver).await;
    assert!(driver.keys.is_some());
    control(&running, "POST", "/expire", &json!("session")).await;
    renew(&mut driver).await;
    assert_eq!(driver.problem(), "session-expired");
}

#[tokio::test]
async fn a_client_that_is_forgotten_registers_again() {
    let running = start(patient()).await;
    let mut driver = Driver::new(&running);
    driver.until_code().await;
    control(&running, "POST", "/expire", &json!("clients")).await;
    driver.poll().await;
    assert!(
        matches!(driver.sign_in.view(), View::Code { user_code, .. } if user_code == "CODE-0002")
    );
    assert_eq!(running.approve(), 2);
    driver.poll().await;
    assert!(driver.keys.is_some());
}

#[tokio::test]
async fn another_start_url_or_region_is_refused() {
    let mut settings = patient();
    settings.identity_center.start_url = "https://other.awsapps.com/start".into();
    let running = start(settings).await;
    let mut driver = Driver::new(&running);
    driver.run().await;
    assert_eq!(driver.problem(), "start-url-unknown");
    let mut settings = patient();
    settings.identity_center.elsewhere = Some("us-east-1".into());
    let running = start(settings).await;
    let mut driver = Driver::new(&running);
    driver.run().await;
    assert_eq!(driver.problem(), "sign-in-region-wrong");
}

#[tokio::test]
async fn a_role_that_is_taken_away_says_so() {
    let running = start(patient()).await;
    let mut driver = signed_in(&running).await;
    running.change(|settings| {
        settings.identity_center.accounts[0].roles.remove(0);
    });
    driver.sign_in.renew(now());
    driver.run().await;
    assert_eq!(driver.problem(), "no-role");
}

#[tokio::test]
async fn signing_out_ends_the_session_at_the_portal() {
    let running = start(patient()).await;
    let mut driver = signed_in(&running).await;
    let kept = driver.sign_in.keep().unwrap();
    driver.sign_in.sign_out();
    driver.run().await;
    assert_eq!(driver.sign_in.view(), View::Ended(None));
    assert!(driver.keys.is_none());
    let last = running.log().pop().unwrap();
    assert_eq!((last.operation, last.status), (Operation::Logout, 200));
    // A copy of the session is worth nothing any more.
    driver.sign_in = SignIn::resume(&kept).unwrap();
    driver.sign_in.renew(now());
    driver.run().await;
    assert_eq!(driver.problem(), "session-expired");
}

#[tokio::test]
async fn an_error_in_the_middle_is_survived() {
    let running = start(patient()).await;
    running.inject([Fault {
        operation: Operation::ListAccounts,
        status: 429,
        kind: "TooManyRequestsException".into(),
        body: None,
        retry_after: None,
        times: 1,
    }]);
    let mut driver = Driver::new(&running);
    driver.until_code().await;
    assert_eq!(running.approve(), 1);
    driver.poll().await;
    assert_eq!(driver.sign_in.view(), View::Working);
    driver.poll().await;
    assert!(driver.keys.is_some());
    assert!(
        matches!(driver.sign_in.view(), View::SignedIn { account, .. } if account.as_str() == ACCOUNT)
    );
}
