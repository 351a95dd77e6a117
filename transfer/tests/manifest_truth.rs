//! Whatever happens to the manifest on its way: what is said about it afterwards is true.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::{Action, Body, Engine, Event, FileId, Method, Outcome, Request};
use support::{
    GUID, World, answered, error, file, found_answer as found, manifest_of, problems, settings,
    silence, status, unanswered, written,
};

fn shot() -> rusty_attachments_transfer::Settings {
    settings("/projects", "DC", GUID)
}

fn is_manifest(request: &Request) -> bool {
    request.key.contains("/Manifests/")
}

/// An engine whose only content is in the store, and the request that sends the manifest.
fn sending_the_manifest() -> (Engine, Request, u64) {
    let mut engine = Engine::new(shot());
    engine.add_file("s/a", 1, 0, &[]).unwrap();
    engine.handle(0, Event::IntakeEnded);
    engine.poll_action();
    engine.handle(
        0,
        Event::Hashed {
            file: FileId(0),
            offset: 0,
            hash: ContentHash::of(b"a"),
            parts: Vec::new(),
        },
    );
    let (head, _) = next_request(&mut engine);
    engine.handle(0, answered(&head, found(1)));
    let (put, size) = next_request(&mut engine);
    assert!(is_manifest(&put) && put.method == Method::Put);
    assert_eq!(put.body, Body::Manifest);
    (engine, put, size)
}

/// The next request, and bytes of the manifest that came before it; waits for it if need be.
fn next_request(engine: &mut Engine) -> (Request, u64) {
    let mut now = 0;
    let mut size = 0;
    for _ in 0..20 {
        match engine.poll_action() {
            Some(Action::Send(request)) => return (request, size),
            Some(Action::AppendManifest(piece)) => size += piece.len() as u64,
            Some(Action::WaitUntil(time)) => now = time,
            Some(Action::Release(_) | Action::Report | Action::BeginManifest) => {}
            Some(other) => panic!("expected a request, got {other:?}"),
            None => engine.handle(now, Event::TimePassed),
        }
    }
    panic!("no request");
}

#[test]
fn a_manifest_whose_bytes_changed_on_their_way_is_sent_again() {
    let (mut engine, put, _) = sending_the_manifest();
    engine.handle(1, answered(&put, error(400, "BadDigest")));
    let (again, _) = next_request(&mut engine);
    assert_eq!((again.method, &again.key), (Method::Put, &put.key));
    engine.handle(100_000, answered(&again, written()));
    assert!(matches!(engine.outcome(), Some(Outcome::Complete(_))));
}

#[test]
fn a_cancelled_upload_whose_manifest_was_stored_is_complete() {
    let (mut engine, put, _) = sending_the_manifest();
    engine.handle(1, Event::Cancelled);
    assert_eq!(engine.outcome(), None);
    engine.handle(2, answered(&put, written()));
    assert!(matches!(engine.outcome(), Some(Outcome::Complete(_))));
}

#[test]
fn a_cancelled_upload_whose_manifest_was_refused_is_cancelled() {
    let (mut engine, put, _) = sending_the_manifest();
    engine.handle(1, Event::Cancelled);
    engine.handle(2, answered(&put, error(403, "AccessDenied")));
    assert_eq!(engine.outcome(), Some(&Outcome::Cancelled));
}

#[test]
fn after_cancel_the_store_is_asked_once_about_a_manifest_without_an_answer() {
    for (answer, expected) in [
        (None, "unknown"),
        (Some(found(0)), "unknown"),
        (Some(status(403)), "unknown"),
        (Some(status(503)), "unknown"),
        (Some(status(404)), "cancelled"),
    ] {
        let (mut engine, put, _) = sending_the_manifest();
        engine.handle(1, Event::Cancelled);
        engine.handle(2, unanswered(&put));
        let (head, _) = next_request(&mut engine);
        assert_eq!((head.method, &head.key), (Method::Head, &put.key));
        let event = match &answer {
            Some(answer) => answered(&head, answer.clone()),
            None => unanswered(&head),
        };
        engine.handle(3, event);
        match engine.outcome().expect("an end") {
            Outcome::Cancelled => assert_eq!(expected, "cancelled", "{answer:?}"),
            Outcome::Failed(problems) => {
                assert_eq!(expected, "unknown", "{answer:?}");
                assert_eq!(problems[0].code, "manifest-unknown");
                assert!(problems[0].what.contains(&put.key));
            }
            Outcome::Complete(_) => panic!("complete after {answer:?}"),
        }
    }
}

#[test]
fn after_cancel_a_manifest_that_is_found_makes_the_upload_complete() {
    let (mut engine, put, size) = sending_the_manifest();
    engine.handle(1, Event::Cancelled);
    engine.handle(2, answered(&put, status(500)));
    let (head, _) = next_request(&mut engine);
    assert_eq!(head.method, Method::Head);
    engine.handle(3, answered(&head, found(size)));
    assert!(matches!(engine.outcome(), Some(Outcome::Complete(_))));
}

#[test]
fn cancel_between_two_tries_of_the_manifest_asks_before_it_ends() {
    let (mut engine, put, _) = sending_the_manifest();
    engine.handle(1, unanswered(&put));
    engine.handle(2, Event::Cancelled);
    assert_eq!(engine.outcome(), None);
    let (head, _) = next_request(&mut engine);
    assert_eq!(head.method, Method::Head);
    engine.handle(3, answered(&head, status(404)));
    assert_eq!(engine.outcome(), Some(&Outcome::Cancelled));
}

#[test]
fn a_manifest_that_was_stored_without_an_answer_is_found() {
    let mut world = World::new();
    let settings = shot();
    world.hold(&settings, b"a");
    world.lose = (Method::Put, 8);
    let outcome = world.upload(settings, &[file("s/a", b"a")], &mut |_, _| None);
    let Outcome::Complete(summary) = outcome else {
        panic!("{outcome:?}");
    };
    let key = manifest_of(&summary).key.clone();
    assert_eq!(world.manifests(), [&key]);
    let last = world.requests.last().unwrap();
    assert_eq!(*last, (Method::Head, key));
}

#[test]
fn a_manifest_that_never_arrived_is_not_there_and_the_cause_is_named() {
    for (answer, code) in [
        (None, "network-unreachable"),
        (Some(status(503)), "server-busy"),
    ] {
        let mut world = World::new();
        let outcome = world.upload(shot(), &[file("s/a", b"a")], &mut |request, _| {
            let meddle = is_manifest(request) && request.method == Method::Put;
            meddle.then(|| match &answer {
                Some(answer) => answered(request, answer.clone()),
                None => unanswered(request),
            })
        });
        let problems = problems(outcome);
        assert_eq!((problems.len(), problems[0].code.as_str()), (1, code));
        assert!(world.manifests().is_empty());
    }
}

#[test]
fn when_nobody_tells_the_problem_says_that_it_is_not_known() {
    let mut world = World::new();
    let mut key = String::new();
    let outcome = world.upload(shot(), &[file("s/a", b"a")], &mut |request, _| {
        is_manifest(request).then(|| {
            key.clone_from(&request.key);
            silence()
        })
    });
    let problems = problems(outcome);
    let codes: Vec<_> = problems.iter().map(|problem| &problem.code).collect();
    assert_eq!(codes, ["manifest-unknown", "network-unreachable"]);
    assert!(problems[0].what.contains(&key), "{}", problems[0].what);
}

#[test]
fn a_refusal_after_a_try_without_an_answer_is_not_the_last_word() {
    for (stored, code) in [(true, ""), (false, "access-denied")] {
        let (mut engine, put, size) = sending_the_manifest();
        engine.handle(1, answered(&put, status(500)));
        let (again, _) = next_request(&mut engine);
        assert_eq!(again.method, Method::Put);
        engine.handle(9000, answered(&again, error(403, "AccessDenied")));
        let (head, _) = next_request(&mut engine);
        assert_eq!(head.method, Method::Head);
        let answer = if stored { found(size) } else { status(404) };
        engine.handle(9001, answered(&head, answer));
        match engine.outcome().expect("an end") {
            Outcome::Complete(_) => assert!(stored),
            Outcome::Failed(problems) => assert_eq!(problems[0].code, code),
            Outcome::Cancelled => panic!("nobody cancelled"),
        }
    }
}

#[test]
fn a_refusal_of_the_first_try_ends_the_upload_without_a_question() {
    let (mut engine, put, _) = sending_the_manifest();
    engine.handle(1, answered(&put, error(403, "AccessDenied")));
    let outcome = engine.outcome().expect("an end").clone();
    assert_eq!(problems(outcome)[0].code, "access-denied");
}
