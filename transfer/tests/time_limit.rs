//! Requests that nobody answers: given up after 30 seconds without progress, or later where a body may still be
//! on its way unseen, then tried again.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::{
    Action, Engine, Event, FileId, Method, Outcome, Request, RequestId, Waiting,
};
use support::{
    GUID, World, answered, error, file, problems, settings, silence, status, with_checksum, written,
};

fn shot() -> rusty_attachments_transfer::Settings {
    settings("/projects", "DC", GUID)
}

/// An engine whose only file, of 10 bytes, was asked for at time 0, and the request that asks.
fn asking() -> (Engine, Request) {
    asking_for(10)
}

fn asking_for(size: u64) -> (Engine, Request) {
    let mut engine = Engine::new(shot());
    engine.add_file("s/a", size, 0, &[]).unwrap();
    engine.handle(0, Event::IntakeEnded);
    while engine.poll_action().is_some() {}
    engine.handle(
        0,
        Event::Hashed {
            file: FileId(0),
            offset: 0,
            hash: ContentHash::of(b"0123456789"),
            parts: Vec::new(),
        },
    );
    let request = next_request(&mut engine);
    (engine, request)
}

fn next_request(engine: &mut Engine) -> Request {
    match rest(engine).into_iter().next() {
        Some(Action::Send(request)) => request,
        other => panic!("expected a request, got {other:?}"),
    }
}

/// What is asked for, without reports and alarm clocks.
fn rest(engine: &mut Engine) -> Vec<Action> {
    let mut actions: Vec<Action> = std::iter::from_fn(|| engine.poll_action()).collect();
    actions.retain(|action| !matches!(action, Action::Report | Action::WaitUntil(_)));
    actions
}

/// Lets the alarm clock ring whenever it is set, up to a time; gives what is asked for, and when.
fn run(engine: &mut Engine, until: u64) -> Vec<(u64, Action)> {
    run_from(engine, 0, until)
}

/// The same from that time on, whatever the alarm clock was set to before.
fn run_from(engine: &mut Engine, mut now: u64, until: u64) -> Vec<(u64, Action)> {
    engine.handle(now, Event::TimePassed);
    let mut alarm = None;
    let mut found = Vec::new();
    loop {
        while let Some(action) = engine.poll_action() {
            match action {
                Action::WaitUntil(time) => alarm = Some(time),
                Action::Report => {}
                other => found.push((now, other)),
            }
        }
        match alarm.take() {
            Some(time) if time <= until => now = time.max(now),
            _ => return found,
        }
        engine.handle(now, Event::TimePassed);
    }
}

fn sent(request: RequestId, bytes: u64) -> Event {
    Event::SendProgress { request, bytes }
}

#[test]
fn a_request_without_an_answer_is_given_up_after_30_seconds_and_tried_again() {
    let (mut engine, head) = asking();
    assert_eq!(run(&mut engine, 29_999), []);
    engine.handle(29_999, Event::TimePassed);
    let actions = run(&mut engine, 31_000);
    let [
        (30_000, Action::AbortRequest(given_up)),
        (again, Action::Send(second)),
    ] = &actions[..]
    else {
        panic!("{actions:?}");
    };
    assert_eq!(*given_up, head.id);
    assert!(*again <= 30_500);
    assert_eq!((second.method, &second.key), (Method::Head, &head.key));
    assert_ne!(second.id, head.id);
}

#[test]
fn a_late_answer_to_a_request_that_was_given_up_changes_nothing() {
    let (mut engine, head) = asking();
    engine.handle(30_000, Event::TimePassed);
    assert!(rest(&mut engine).contains(&Action::AbortRequest(head.id)));
    let before = engine.progress();
    engine.handle(30_001, answered(&head, status(404)));
    engine.handle(30_001, answered(&head, status(403)));
    let (request, source) = (head.id, Ok(()));
    engine.handle(30_001, Event::Unanswered { request, source });
    assert_eq!(engine.outcome(), None);
    assert_eq!(engine.progress().checking, before.checking);
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

/// When a body of so many bytes is given up, of which so many leave at time 1.
fn given_up_at(size: u64, left: &[u64]) -> u64 {
    let (mut engine, head) = asking_for(size);
    engine.handle(0, answered(&head, status(404)));
    let put = next_request(&mut engine);
    for bytes in left {
        engine.handle(1, sent(put.id, *bytes));
    }
    let actions = run_from(&mut engine, 1, 3_600_000);
    let abort = actions
        .iter()
        .find(|(_, action)| *action == Action::AbortRequest(put.id));
    abort.expect("it is given up").0
}

#[test]
fn a_body_that_vanished_in_buffers_is_waited_for_as_long_as_it_takes_on_a_slow_line() {
    // A megabyte at 10 kB/s.
    assert_eq!(given_up_at(1_000_000, &[1_000_000]), 130_001);
    // While there is more to leave, the line shows by itself that it goes on.
    assert_eq!(given_up_at(1_000_000, &[400_000]), 30_001);
    assert_eq!(given_up_at(1_000_000, &[400_000, 1_000_000]), 130_001);
    // A driver that cannot tell says nothing until the answer is there.
    assert_eq!(given_up_at(1_000_000, &[]), 130_000);
    // Nothing is waited for without end.
    assert_eq!(given_up_at(30_000_000, &[30_000_000]), 300_001);

    let (mut engine, head) = asking_for(1_000_000);
    engine.handle(0, answered(&head, status(404)));
    let put = next_request(&mut engine);
    engine.handle(1, sent(put.id, 1_000_000));
    run_from(&mut engine, 1, 99_999);
    engine.handle(100_000, answered(&put, with_checksum(&put, written())));
    assert_eq!(engine.progress().uploading.files_done, 1);
}

#[test]
fn a_driver_that_tells_of_progress_is_believed_that_nothing_leaves() {
    let (mut engine, head) = asking_for(1_000_000);
    engine.handle(0, answered(&head, status(404)));
    let put = next_request(&mut engine);
    engine.handle(1, sent(put.id, 1));
    engine.handle(2, answered(&put, error(500, "InternalError")));
    let again = run_from(&mut engine, 2, 1_000);
    let [(began, Action::Send(second))] = &again[..] else {
        panic!("{again:?}");
    };
    let given_up = run_from(&mut engine, 1_000, began + 31_000);
    assert_eq!(
        given_up.first(),
        Some(&(began + 30_000, Action::AbortRequest(second.id)))
    );
}

#[test]
fn a_probe_has_as_much_time_as_any_request_before_a_server_is_given_up() {
    let (mut engine, _) = asking();
    let mut now = 0;
    let mut probe = None;
    while probe.is_none() {
        now += 1_000;
        engine.handle(now, Event::TimePassed);
        let waits_for_network = engine.progress().waiting == Some(Waiting::Network);
        let requests = rest(&mut engine)
            .into_iter()
            .find_map(|action| match action {
                Action::Send(request) => Some(request),
                _ => None,
            });
        probe = requests.filter(|_| waits_for_network);
    }
    for _ in 0..29 {
        now += 1_000;
        engine.handle(now, Event::TimePassed);
        assert_eq!(engine.outcome(), None, "at {now}");
    }
    engine.handle(now, answered(&probe.unwrap(), status(404)));
    assert_eq!(engine.progress().waiting, None);
    assert_eq!(next_request(&mut engine).method, Method::Put);
}

#[test]
fn an_alarm_clock_that_rings_too_early_or_too_late_is_not_relied_on() {
    let (mut engine, head) = asking();
    run(&mut engine, 200);
    engine.handle(12_000, Event::TimePassed);
    assert_eq!(rest(&mut engine), []);
    let nothing = Event::HashProgress {
        file: FileId(0),
        offset: 0,
        bytes: 0,
    };
    engine.handle(31_000, nothing);
    assert!(rest(&mut engine).contains(&Action::AbortRequest(head.id)));
}

#[test]
fn progress_sets_the_alarm_clock_for_reports_only() {
    let (mut engine, head) = asking();
    engine.handle(0, answered(&head, status(404)));
    let put = next_request(&mut engine);
    let mut alarms = 0;
    for time in 1..1_000 {
        engine.handle(time * 10, sent(put.id, time));
        while let Some(action) = engine.poll_action() {
            alarms += usize::from(matches!(action, Action::WaitUntil(_)));
        }
    }
    // One for the next report, one for what comes after it.
    assert!(alarms <= 200, "{alarms} in ten seconds");
}

#[test]
fn a_server_that_never_answers_ends_in_a_sentence() {
    let mut world = World::new();
    let outcome = world.upload(shot(), &[file("s/a", b"a")], &mut |_, _| Some(silence()));
    let problems = problems(outcome);
    assert_eq!(problems[0].code, "network-unreachable");
    assert!(world.requests.len() < 10);
    assert_eq!(world.given_up.len(), world.requests.len());
    assert_eq!(world.aborts, 1);
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
