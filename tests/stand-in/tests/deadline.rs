//! The Deadline Cloud of the stand-in, asked by the accounts crate.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use account_stand_in::{Fault, Operation, Running};
use rusty_attachments_accounts::deadline::{Answer, read};
use rusty_attachments_accounts::{Call, Caller, Problem};
use rusty_attachments_transfer::sign::Credentials;
use serde_json::json;
use support::{ACCOUNT, FARM, PROFILE, QUEUE, control, keys, now, send, start, studio};

fn caller(running: &Running, id: &str) -> Caller {
    Caller {
        region: "us-west-2".parse().unwrap(),
        credentials: Credentials::new(id, &format!("{id}-secret"), &format!("{id}-token/+=")),
        deadline: Some(format!("http://{}", running.listen).parse().unwrap()),
        sts: None,
    }
}

async fn ask_at(caller: &Caller, call: &Call, time: u64) -> Result<Answer, Problem> {
    let reply = send(&caller.request(call, time).unwrap()).await;
    read(call, &caller.region, &caller.host(call), &reply)
}

async fn ask(caller: &Caller, call: &Call) -> Result<Answer, Problem> {
    ask_at(caller, call, now()).await
}

fn farms(next: Option<String>) -> Call {
    Call::ListFarms {
        principal: None,
        next,
    }
}

fn get_queue(queue: &str) -> Call {
    Call::GetQueue {
        farm: FARM.parse().unwrap(),
        queue: queue.parse().unwrap(),
    }
}

fn queue_role() -> Call {
    Call::AssumeQueueRoleForUser {
        farm: FARM.parse().unwrap(),
        queue: QUEUE.parse().unwrap(),
    }
}

async fn refused(caller: &Caller, call: &Call) -> &'static str {
    ask(caller, call).await.unwrap_err().code
}

#[tokio::test]
async fn farms_come_in_pages() {
    let running = start(studio()).await;
    running.change(|settings| settings.page_size = 2);
    let caller = caller(&running, "ASIACALLER");
    let (mut names, mut next, mut pages) = (Vec::new(), None, 0);
    loop {
        let Ok(Answer::Farms(page)) = ask(&caller, &farms(next)).await else {
            panic!("farms");
        };
        names.extend(page.items.into_iter().map(|farm| farm.name));
        pages += 1;
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(
        (names, pages),
        (
            vec!["Feature film".into(), "Series".into(), "Trailer".into()],
            2
        )
    );
    assert_eq!(
        refused(&caller, &farms(Some("x".into()))).await,
        "request-invalid"
    );
}

#[tokio::test]
async fn a_queue_and_its_storage_profiles_are_told() {
    let running = start(studio()).await;
    let caller = caller(&running, "ASIACALLER");
    let list = Call::ListQueues {
        farm: FARM.parse().unwrap(),
        principal: None,
        next: None,
    };
    let Ok(Answer::Queues(queues)) = ask(&caller, &list).await else {
        panic!("queues");
    };
    assert_eq!(queues.items.len(), 2);
    let Ok(Answer::Queue(queue)) = ask(&caller, &get_queue(QUEUE)).await else {
        panic!("a queue");
    };
    assert_eq!(queue.expected_owner().unwrap().as_str(), ACCOUNT);
    assert_eq!(
        queue.attachments.as_ref().unwrap().bucket.as_str(),
        "studio"
    );
    assert_eq!(queue.problem(), None);
    let bare = get_queue("queue-00000000000000000000000000000000");
    let Ok(Answer::Queue(bare)) = ask(&caller, &bare).await else {
        panic!("a queue");
    };
    assert_eq!(bare.problem().unwrap().code, "queue-without-attachments");
    let profiles = Call::ListStorageProfilesForQueue {
        farm: FARM.parse().unwrap(),
        queue: QUEUE.parse().unwrap(),
        next: None,
    };
    let Ok(Answer::StorageProfiles(profiles)) = ask(&caller, &profiles).await else {
        panic!("storage profiles");
    };
    assert_eq!(profiles.items[0].id.as_str(), PROFILE);
    let profile = Call::GetStorageProfileForQueue {
        farm: FARM.parse().unwrap(),
        queue: QUEUE.parse().unwrap(),
        profile: PROFILE.parse().unwrap(),
    };
    let Ok(Answer::StorageProfile(profile)) = ask(&caller, &profile).await else {
        panic!("a storage profile");
    };
    assert!(profile.missing(&queue.required_locations).is_empty());
    let nowhere = get_queue("queue-33333333333333333333333333333333");
    assert_eq!(refused(&caller, &nowhere).await, "queue-missing");
}

#[tokio::test]
async fn queue_credentials_come_in_turn_with_the_chosen_life() {
    let running = start(studio()).await;
    running.change(|settings| {
        settings.queue_credentials_seconds = 60;
        settings.queue_credentials[1].seconds = Some(5);
    });
    let caller = caller(&running, "ASIACALLER");
    for (id, seconds) in [("ASIAFIRST", 60), ("ASIASECOND", 5), ("ASIASECOND", 5)] {
        let Ok(Answer::Keys(keys)) = ask(&caller, &queue_role()).await else {
            panic!("keys");
        };
        assert_eq!(keys.credentials.access_key_id(), id);
        assert_eq!(keys.credentials.secret_access_key(), format!("{id}-secret"));
        let left = keys.expires.unwrap() - now();
        assert!(
            left <= seconds * 1_000 && left + 3_000 > seconds * 1_000,
            "{left}"
        );
    }
    let (_, secrets) = control(&running, "GET", "/secrets", &json!(null)).await;
    assert!(
        secrets
            .as_array()
            .unwrap()
            .contains(&"ASIAFIRST-secret".into())
    );
}

#[tokio::test]
async fn a_signature_that_is_not_good_is_refused_as_aws_refuses_it() {
    let running = start(studio()).await;
    let good = caller(&running, "ASIACALLER");
    assert!(ask(&good, &farms(None)).await.is_ok());
    let unknown = caller(&running, "ASIANOBODY");
    assert_eq!(refused(&unknown, &farms(None)).await, "credentials-unknown");
    let changed = |secret: &str, token: &str| Caller {
        credentials: Credentials::new("ASIACALLER", secret, token),
        ..caller(&running, "ASIACALLER")
    };
    let wrong_secret = changed("other", "ASIACALLER-token/+=");
    assert_eq!(
        refused(&wrong_secret, &farms(None)).await,
        "credentials-wrong"
    );
    for token in ["", "other"] {
        let wrong_token = changed("ASIACALLER-secret", token);
        assert_eq!(
            refused(&wrong_token, &farms(None)).await,
            "credentials-unknown"
        );
    }
    let elsewhere = Caller {
        region: "eu-west-1".parse().unwrap(),
        ..caller(&running, "ASIACALLER")
    };
    assert_eq!(refused(&elsewhere, &farms(None)).await, "credentials-wrong");
    for time in [now() - 16 * 60_000, now() + 16 * 60_000] {
        let problem = ask_at(&good, &farms(None), time).await.unwrap_err();
        assert_eq!(problem.code, "clock-wrong");
    }
    assert!(
        ask_at(&good, &farms(None), now() - 14 * 60_000)
            .await
            .is_ok()
    );
    // Who changes a signed request on its way has no signature for it.
    let mut changed = good.request(&farms(None), now()).unwrap();
    changed.url.push_str("&nextToken=page%2F1");
    assert_eq!(send(&changed).await.status, 403);
    let mut unsigned = good.request(&farms(None), now()).unwrap();
    unsigned.headers.clear();
    assert_eq!(send(&unsigned).await.status, 403);
    let mut without_token = good.request(&farms(None), now()).unwrap();
    for (name, value) in &mut without_token.headers {
        if name == "authorization" {
            *value = value.replace(";x-amz-security-token", "");
        }
    }
    assert_eq!(send(&without_token).await.status, 403);
}

#[tokio::test]
async fn users_of_a_monitor_list_only_with_their_own_id() {
    let own = "01234567-89ab-cdef-0123-456789abcdef";
    let running = start(studio()).await;
    running.change(|settings| settings.principal_id = Some(own.into()));
    let caller = caller(&running, "ASIACALLER");
    let problem = ask(&caller, &farms(None)).await.unwrap_err();
    assert_eq!(problem.code, "deadline-denied");
    assert!(problem.next.contains("user id"));
    let with_id = Call::ListFarms {
        principal: Some(own.parse().unwrap()),
        next: None,
    };
    assert!(ask(&caller, &with_id).await.is_ok());
}

#[tokio::test]
async fn errors_are_injected_for_one_operation_and_so_many_times() {
    let running = start(studio()).await;
    let caller = caller(&running, "ASIACALLER");
    running.inject([Fault {
        operation: Operation::ListFarms,
        status: 429,
        kind: "ThrottlingException".into(),
        body: Some(json!({ "message": "Slow down." })),
        retry_after: Some(7),
        times: 2,
    }]);
    assert!(ask(&caller, &get_queue(QUEUE)).await.is_ok());
    for _ in 0..2 {
        let problem = ask(&caller, &farms(None)).await.unwrap_err();
        assert_eq!(
            (problem.code, problem.retry_after),
            ("service-busy", Some(7_000))
        );
    }
    assert!(ask(&caller, &farms(None)).await.is_ok());
    let seen: Vec<_> = running
        .log()
        .iter()
        .map(|entry| (entry.operation, entry.status))
        .collect();
    assert_eq!(
        seen,
        [
            (Operation::GetQueue, 200),
            (Operation::ListFarms, 429),
            (Operation::ListFarms, 429),
            (Operation::ListFarms, 200),
        ]
    );
}

#[tokio::test]
async fn keys_of_a_role_end_when_they_are_told_to() {
    let mut settings = studio();
    settings.keys.clear();
    let running = start(settings).await;
    let of_role = caller(&running, "ASIAROLE");
    assert!(ask(&of_role, &farms(None)).await.is_ok());
    assert_eq!(
        refused(&caller(&running, "ASIACALLER"), &farms(None)).await,
        "credentials-unknown"
    );
    // They begin to end once the portal has given them; see the tests of Identity Center.
    let (status, _) = control(&running, "POST", "/expire", &json!("keys")).await;
    assert_eq!(status, 200);
    assert!(ask(&of_role, &farms(None)).await.is_ok());
}

#[tokio::test]
async fn the_control_port_changes_settings_and_returns_to_the_first() {
    let running = start(studio()).await;
    let caller = caller(&running, "ASIACALLER");
    let (status, _) = control(
        &running,
        "PUT",
        "/settings",
        &json!({ "keys": [keys("ASIAOTHER")] }),
    )
    .await;
    assert_eq!(status, 200);
    assert_eq!(refused(&caller, &farms(None)).await, "credentials-unknown");
    let (_, settings) = control(&running, "GET", "/settings", &json!(null)).await;
    assert_eq!(settings["pageSize"], 100);
    control(&running, "POST", "/reset", &json!(null)).await;
    assert!(ask(&caller, &farms(None)).await.is_ok());
    for (method, path, body) in [
        ("PUT", "/settings", json!({ "pagesize": 1 })),
        (
            "POST",
            "/faults",
            json!([{ "operation": "Nothing", "status": 1 }]),
        ),
        ("POST", "/approve", json!(null)),
        ("POST", "/expire", json!("everything")),
        ("GET", "/nothing", json!(null)),
    ] {
        let (status, answer) = control(&running, method, path, &body).await;
        assert_eq!(status, 400, "{path}");
        assert!(answer["error"].is_string());
    }
}
