//! Requests that nobody answers: given up after 30 seconds without progress, then tried again.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::{
    Action, Engine, Event, FileId, Method, Outcome, Request, RequestId,
};
use support::{GUID, World, answered, file, problems, settings, silence, status};

fn shot() -> rusty_attachments_transfer::Settings {
    settings("/projects", "DC", GUID)
}

/// An engine whose only file, of 10 bytes, was asked for at time 0, and the request that asks.
fn asking() -> (Engine, Request) {
    let mut engine = Engine::new(shot());
    engine.add_file("s/a", 10, 0).unwrap();
    engine.handle(0, Event::IntakeEnded);
    while engine.poll_action().is_some() {}
    let hash = ContentHash::of(b"0123456789");
    let file = FileId(0);
    engine.handle(0, Event::Hashed { file, hash });
    let request = next_request(&mut engine);
    (engine, request)
}

fn next_request(engine: &mut Engine) -> Request {
    match engine.poll_action() {
        Some(Action::Send(request)) => request,
        other => panic!("expected a request, got {other:?}"),
    }
}

fn rest(engine: &mut Engine) -> Vec<Action> {
    std::iter::from_fn(|| engine.poll_action()).collect()
}

fn sent(request: RequestId, bytes: u64) -> Event {
    Event::SendProgress { request, bytes }
}

#[test]
fn a_request_without_an_answer_is_given_up_after_30_seconds_and_tried_again() {
    let (mut engine, head) = asking();
    assert_eq!(rest(&mut engine), [Action::WaitUntil(30_000)]);
    engine.handle(29_999, Event::TimePassed);
    assert_eq!(rest(&mut engine), [Action::WaitUntil(30_000)]);
    engine.handle(30_000, Event::TimePassed);
    let actions = rest(&mut engine);
    let [Action::AbortRequest(given_up), Action::WaitUntil(again)] = actions[..] else {
        panic!("{actions:?}");
    };
    assert_eq!(given_up, head.id);
    engine.handle(again, Event::TimePassed);
    let second = next_request(&mut engine);
    assert_eq!((second.method, &second.key), (Method::Head, &head.key));
    assert_ne!(second.id, head.id);
}

#[test]
fn a_late_answer_to_a_request_that_was_given_up_changes_nothing() {
    let (mut engine, head) = asking();
    engine.handle(30_000, Event::TimePassed);
    rest(&mut engine);
    let before = engine.progress();
    engine.handle(30_001, answered(&head, status(404)));
    engine.handle(30_001, answered(&head, status(403)));
    let (request, source) = (head.id, Ok(()));
    engine.handle(30_001, Event::Unanswered { request, source });
    assert_eq!(rest(&mut engine), []);
    assert_eq!(engine.progress(), before);
}

#[test]
fn a_body_that_is_leaving_keeps_its_request_alive_one_that_stands_still_does_not() {
    let (mut engine, head) = asking();
    engine.handle(0, answered(&head, status(404)));
    let put = next_request(&mut engine);
    assert_eq!(put.method, Method::Put);
    engine.handle(20_000, sent(put.id, 4));
    engine.handle(40_000, sent(put.id, 8));
    // The same number again is no progress.
    engine.handle(69_999, sent(put.id, 8));
    assert!(!rest(&mut engine).contains(&Action::AbortRequest(put.id)));
    engine.handle(70_000, sent(put.id, 8));
    assert!(rest(&mut engine).contains(&Action::AbortRequest(put.id)));
}

#[test]
fn progress_does_not_set_the_alarm_clock_each_time() {
    let (mut engine, head) = asking();
    engine.handle(0, answered(&head, status(404)));
    let put = next_request(&mut engine);
    assert_eq!(rest(&mut engine), [Action::WaitUntil(30_000)]);
    for time in 1..9 {
        engine.handle(time * 100, sent(put.id, time));
        assert_eq!(rest(&mut engine), []);
    }
    engine.handle(30_000, Event::TimePassed);
    assert_eq!(rest(&mut engine), [Action::WaitUntil(30_800)]);
}

#[test]
fn a_clock_that_rings_too_early_is_set_again() {
    let (mut engine, head) = asking();
    engine.handle(0, answered(&head, status(503)));
    let actions = rest(&mut engine);
    let [Action::WaitUntil(due)] = actions[..] else {
        panic!("{actions:?}");
    };
    engine.handle(due - 1, Event::TimePassed);
    assert_eq!(rest(&mut engine), [Action::WaitUntil(due)]);
    engine.handle(due, Event::TimePassed);
    assert_eq!(next_request(&mut engine).method, Method::Head);
}

#[test]
fn a_clock_that_rings_too_late_is_not_relied_on() {
    let (mut engine, head) = asking();
    assert_eq!(rest(&mut engine), [Action::WaitUntil(30_000)]);
    let (file, bytes) = (FileId(0), 0);
    engine.handle(31_000, Event::HashProgress { file, bytes });
    let actions = rest(&mut engine);
    assert!(
        matches!(actions[..], [Action::AbortRequest(id), Action::WaitUntil(_)] if id == head.id),
        "{actions:?}"
    );
}

#[test]
fn a_server_that_never_answers_ends_in_a_sentence() {
    let mut world = World::new();
    let outcome = world.upload(shot(), &[file("s/a", b"a")], &mut |_, _| Some(silence()));
    let problems = problems(outcome);
    assert_eq!(problems[0].code, "network-unreachable");
    // The last try ends with the upload.
    assert_eq!(
        (world.requests.len(), world.given_up.len(), world.aborts),
        (5, 4, 1)
    );
}

#[test]
fn a_server_that_stays_silent_once_costs_time_and_nothing_else() {
    for method in [Method::Head, Method::Put] {
        let mut world = World::new();
        let mut first = true;
        let outcome = world.upload(shot(), &[file("s/a", b"a")], &mut |request, _| {
            let lost = request.method == method && std::mem::take(&mut first);
            lost.then(silence)
        });
        assert!(matches!(outcome, Outcome::Complete(_)), "{outcome:?}");
        assert_eq!(world.given_up.len(), 1);
    }
}
