//! What stops an upload for a while: a pause, credentials that expire, a wrong clock, a dead network, a
//! server that asks for time.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::{
    Action, Answer, Checksums, Engine, Event, Limits, Method, Problem, Request, Settings, Waiting,
};
use support::{
    Dropped, GUID, WALL, World, answered, complete, error, file, hashed, problems, settings,
    status, unanswered, with_headers,
};

fn shot() -> Settings {
    settings("/projects", "DC", GUID)
}

fn files(count: u8) -> Vec<Dropped> {
    (0..count)
        .map(|n| file(&format!("s/{n}"), &[n; 5]))
        .collect()
}

/// An engine with hashed files, and the first requests that it sends.
fn started(settings: Settings, files: &[Dropped]) -> (Engine, Vec<Request>) {
    let mut engine = Engine::new(settings);
    for file in files {
        let size = file.bytes.len() as u64;
        engine
            .add_file(&file.path, size, file.modified, &[])
            .unwrap();
    }
    engine.handle(0, Event::IntakeEnded);
    let mut requests = Vec::new();
    let mut ranges = Vec::new();
    loop {
        for action in std::iter::from_fn(|| engine.poll_action()) {
            match action {
                Action::Hash { ranges: more } => ranges.extend(more),
                Action::Send(request) => requests.push(request),
                _ => {}
            }
        }
        let Some(range) = ranges.pop() else {
            return (engine, requests);
        };
        engine.handle(0, hashed(range, &files[range.file.0 as usize].bytes));
    }
}

fn actions(engine: &mut Engine) -> Vec<Action> {
    std::iter::from_fn(|| engine.poll_action()).collect()
}

fn sends(actions: &[Action]) -> Vec<Request> {
    let requests = actions.iter().filter_map(|action| match action {
        Action::Send(request) => Some(request.clone()),
        _ => None,
    });
    requests.collect()
}

#[test]
fn a_pause_takes_bodies_back_and_lets_nothing_leave() {
    let (mut engine, heads) = started(shot(), &files(9));
    for head in &heads {
        engine.handle(1, answered(head, status(404)));
    }
    let puts = sends(&actions(&mut engine));
    assert!(puts.iter().any(|request| request.method == Method::Put));
    engine.handle(2, Event::Paused);
    assert_eq!(engine.progress().waiting, Some(Waiting::Paused));
    let stopped = actions(&mut engine);
    for put in puts.iter().filter(|request| request.method == Method::Put) {
        assert!(stopped.contains(&Action::AbortRequest(put.id)));
    }
    for time in 1..100 {
        engine.handle(time * 1_000, Event::TimePassed);
        assert!(sends(&actions(&mut engine)).is_empty());
    }
    engine.handle(100_000, Event::Resumed);
    assert_eq!(engine.progress().waiting, None);
    assert!(!sends(&actions(&mut engine)).is_empty());
}

/// An upload that was paused with an open multipart upload and then failed, and its problem's code.
fn failed_in_a_pause() -> Engine {
    let large = |path: &str, first: u8| {
        let mut bytes = vec![first];
        bytes.resize(33 << 20, 7);
        file(path, &bytes)
    };
    let (mut engine, heads) = started(shot(), &[large("s/a", 1), large("s/b", 2)]);
    for head in &heads {
        engine.handle(1, answered(head, status(404)));
    }
    let asked = sends(&actions(&mut engine));
    let [lists] = &asked[..] else {
        panic!("{asked:?}");
    };
    engine.handle(2, answered(lists, error(501, "NotImplemented")));
    let begun = sends(&actions(&mut engine));
    let [first, second] = &begun[..] else {
        panic!("{begun:?}");
    };
    let mut answer = status(200);
    answer.body =
        "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
            .to_owned();
    engine.handle(3, answered(first, answer));
    actions(&mut engine);
    engine.handle(4, Event::Paused);
    actions(&mut engine);
    engine.handle(5, answered(second, error(403, "AccessDenied")));
    engine
}

#[test]
fn an_upload_that_fails_in_a_pause_gives_its_open_uploads_up_after_it_and_tells_then() {
    for goes_on in [Event::Resumed, Event::Cancelled] {
        let mut engine = failed_in_a_pause();
        for time in 1..100 {
            assert!(sends(&actions(&mut engine)).is_empty());
            engine.handle(time * 1_000, Event::TimePassed);
        }
        // Nothing is left to come back for.
        let asked = actions(&mut engine);
        assert!(
            !asked
                .iter()
                .any(|action| matches!(action, Action::WaitUntil(_))),
            "{asked:?}"
        );
        assert_eq!(engine.progress().waiting, Some(Waiting::Paused));
        assert_eq!(engine.outcome(), None);
        engine.handle(100_000, goes_on);
        let deletes = sends(&actions(&mut engine));
        assert_eq!(deletes.len(), 1, "{deletes:?}");
        assert_eq!(deletes[0].method, Method::Delete);
        engine.handle(100_001, answered(&deletes[0], status(204)));
        let outcome = engine.outcome().expect("it is told").clone();
        assert_eq!(problems(outcome)[0].code, "access-denied");
    }
}

#[test]
fn a_pause_while_an_upload_ends_holds_what_has_not_left_yet() {
    let mut engine = failed_in_a_pause();
    engine.handle(10, Event::Resumed);
    engine.handle(10, Event::Paused);
    assert!(sends(&actions(&mut engine)).is_empty());
    engine.handle(20, Event::Resumed);
    // A server that says nothing is not waited for without end.
    assert_eq!(sends(&actions(&mut engine)).len(), 1);
    engine.handle(3_019, Event::TimePassed);
    assert_eq!(engine.outcome(), None);
    engine.handle(3_020, Event::TimePassed);
    assert_eq!(problems(engine.outcome().unwrap().clone()).len(), 1);
}

#[test]
fn expired_credentials_are_asked_for_once_and_nothing_is_begun_anew() {
    let (mut engine, requests) = started(shot(), &files(9));
    for request in &requests {
        engine.handle(1, answered(request, status(404)));
    }
    let puts = sends(&actions(&mut engine));
    for put in &puts {
        engine.handle(2, answered(put, error(400, "ExpiredToken")));
    }
    let asked = actions(&mut engine);
    let needs = |action: &&Action| matches!(action, Action::NeedCredentials(_));
    assert_eq!(asked.iter().filter(needs).count(), 1);
    assert!(matches!(
        engine.progress().waiting,
        Some(Waiting::Credentials(_))
    ));
    engine.handle(60_000, Event::TimePassed);
    assert!(sends(&actions(&mut engine)).is_empty());
    engine.handle(90_000, Event::CredentialsRenewed);
    let again = sends(&actions(&mut engine));
    assert_eq!(again.len(), puts.len());
    let keys = |requests: &[Request]| {
        let mut keys: Vec<_> = requests.iter().map(|request| request.key.clone()).collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(&again), keys(&puts));
}

#[test]
fn an_answer_to_a_request_of_the_old_credentials_asks_for_nothing() {
    let (mut engine, requests) = started(shot(), &files(9));
    let [first, second, ..] = &requests[..] else {
        panic!("two requests");
    };
    // A HEAD has no body: a GET asks why.
    engine.handle(1, answered(first, status(400)));
    let explain = sends(&actions(&mut engine));
    engine.handle(2, answered(&explain[0], error(400, "ExpiredToken")));
    actions(&mut engine);
    engine.handle(3, Event::CredentialsRenewed);
    let again = sends(&actions(&mut engine));
    assert!(again.iter().any(|request| request.method == Method::Get));
    engine.handle(4, answered(second, error(400, "ExpiredToken")));
    assert_eq!(engine.progress().waiting, None);
}

#[test]
fn credentials_that_are_refused_or_renewed_in_vain_end_the_upload() {
    let refused = Problem {
        code: "credentials-missing".into(),
        what: "Why.".into(),
        next: "What to do.".into(),
        file: None,
    };
    let (mut engine, requests) = started(shot(), &files(1));
    let problem = refused.clone();
    engine.handle(
        1,
        Event::Unsigned {
            request: requests[0].id,
            problem,
        },
    );
    assert!(actions(&mut engine).contains(&Action::NeedCredentials(refused.clone())));
    engine.handle(2, Event::CredentialsRefused(refused));
    assert_eq!(
        problems(engine.outcome().unwrap().clone())[0].code,
        "credentials-missing"
    );

    let (mut engine, requests) = started(shot(), &files(1));
    let mut request = requests[0].clone();
    let mut renewals = 0;
    for time in 0..20 {
        let answer = error(400, "ExpiredToken");
        engine.handle(time, answered(&request, answer));
        if engine.outcome().is_some() {
            break;
        }
        actions(&mut engine);
        engine.handle(time, Event::CredentialsRenewed);
        renewals += 1;
        request = sends(&actions(&mut engine))[0].clone();
    }
    assert_eq!(renewals, 3);
    assert_eq!(
        problems(engine.outcome().unwrap().clone())[0].code,
        "credentials-expired"
    );
}

/// As a server says it whose clock is so many milliseconds ahead of ours.
fn skewed(ahead: i64) -> Answer {
    Answer {
        headers: vec![("date".into(), "Tue, 24 Nov 2026 18:13:50 GMT".into())],
        wall: WALL.checked_add_signed(-ahead).unwrap(),
        ..error(403, "RequestTimeTooSkewed")
    }
}

#[test]
fn a_wrong_clock_is_corrected_from_the_servers_date() {
    let mut world = World::new();
    let twenty_minutes = 20 * 60 * 1_000;
    let mut offsets = Vec::new();
    complete(world.upload(shot(), &files(3), &mut |request, _| {
        offsets.push(request.clock_offset);
        (request.clock_offset == 0).then(|| match request.method {
            Method::Head => answered(request, status(403)),
            _ => answered(request, skewed(twenty_minutes)),
        })
    }));
    assert_eq!(offsets.last(), Some(&twenty_minutes));
}

#[test]
fn a_clock_that_cannot_be_corrected_ends_in_a_sentence() {
    let mut world = World::new();
    let outcome = world.upload(shot(), &files(1), &mut |request, _| {
        Some(match request.method {
            Method::Head => answered(request, status(403)),
            _ => answered(request, skewed(0)),
        })
    });
    assert_eq!(problems(outcome)[0].code, "clock-wrong");
}

#[test]
fn a_network_that_was_dead_for_minutes_costs_time_and_nothing_else() {
    let mut world = World::new();
    let mut sent_while_dead = 0;
    let mut count = 0;
    let files = files(60);
    let summary = complete(world.upload(shot(), &files, &mut |request, now| {
        count += 1;
        let is_dead = count > 20 && now < 10 * 60 * 1_000;
        is_dead.then(|| {
            sent_while_dead += 1;
            unanswered(request)
        })
    }));
    assert_eq!(summary.objects_written, 60);
    assert!(
        sent_while_dead < 60,
        "{sent_while_dead} probes in ten minutes"
    );
}

#[test]
fn a_pause_without_network_does_not_end_the_upload() {
    let (mut engine, heads) = started(shot(), &files(9));
    for head in &heads {
        engine.handle(1, unanswered(head));
    }
    for time in 1..10 {
        engine.handle(time * 1_000, Event::TimePassed);
        for request in sends(&actions(&mut engine)) {
            engine.handle(time * 1_000, unanswered(&request));
        }
    }
    assert_eq!(engine.progress().waiting, Some(Waiting::Network));
    engine.handle(10_000, Event::Paused);
    engine.handle(3_600_000, Event::TimePassed);
    assert_eq!(engine.outcome(), None, "nobody could have answered");
    engine.handle(3_600_001, Event::Resumed);
    let probe = sends(&actions(&mut engine)).remove(0);
    engine.handle(3_600_002, answered(&probe, status(404)));
    assert_eq!(engine.progress().waiting, None);
}

#[test]
fn a_body_that_takes_minutes_is_tried_as_often_as_any_other() {
    let mut engine = Engine::new(shot());
    let dropped = file("s/slow", b"slow");
    let size = dropped.bytes.len() as u64;
    engine.add_file(&dropped.path, size, 0, &[]).unwrap();
    engine.handle(0, Event::IntakeEnded);
    let mut now = 0;
    let mut tries = 0;
    while tries < 6 {
        for action in actions(&mut engine) {
            match action {
                Action::Hash { ranges } => engine.handle(now, hashed(ranges[0], &dropped.bytes)),
                Action::Send(request) if request.method == Method::Head => {
                    engine.handle(now, answered(&request, status(404)));
                }
                Action::Send(request) => {
                    tries += 1;
                    // It leaves slowly, and at its end the server is busy.
                    for bytes in 1..=size {
                        now += 29_000;
                        let id = request.id;
                        engine.handle(now, Event::SendProgress { request: id, bytes });
                    }
                    engine.handle(now, answered(&request, status(500)));
                }
                Action::WaitUntil(time) => {
                    now = now.max(time);
                    engine.handle(now, Event::TimePassed);
                }
                _ => {}
            }
        }
        assert_eq!(engine.outcome(), None, "after {tries} tries");
    }
}

#[test]
fn a_login_page_of_the_network_is_waited_out() {
    for status in [200, 403] {
        let mut world = World::new();
        let page = |request: &Request| {
            let mut answer = with_headers(status, &[("content-type", "text/html")]);
            if request.method != Method::Head {
                answer.body = "<html>Welcome to the hotel</html>".into();
            }
            answered(request, answer)
        };
        let mut count = 0;
        let summary = complete(world.upload(shot(), &files(9), &mut |request, now| {
            count += 1;
            (count > 2 && now < 60_000).then(|| page(request))
        }));
        assert_eq!(summary.objects_written, 9);

        let outcome = world.upload(
            settings("/projects", "DC", "22222222222222222222222222222222"),
            &[file("s/other", b"other")],
            &mut |request, _| Some(page(request)),
        );
        assert_eq!(problems(outcome)[0].code, "answer-not-s3");
        let explained = world
            .requests
            .iter()
            .any(|(method, _)| *method == Method::Get);
        assert!(!explained, "a page is not asked for its reasons");
    }
}

#[test]
fn a_server_that_asks_for_time_gets_it() {
    let (mut engine, requests) = started(shot(), &files(9));
    let mut busy = error(503, "SlowDown");
    busy.headers.push(("retry-after".into(), "7".into()));
    engine.handle(10, answered(&requests[0], busy));
    for request in &requests[1..] {
        engine.handle(20, answered(request, status(404)));
    }
    for time in [1_000, 5_000, 7_009] {
        engine.handle(time, Event::TimePassed);
        assert!(sends(&actions(&mut engine)).is_empty(), "{time}");
    }
    engine.handle(7_010, Event::TimePassed);
    assert!(!sends(&actions(&mut engine)).is_empty());
}

#[test]
fn a_server_that_is_overrun_gets_fewer_requests_at_once() {
    let mut world = World::new();
    let mut settings = shot();
    settings.limits.requests = 6;
    let mut count = 0;
    complete(world.upload(settings, &files(200), &mut |request, _| {
        count += 1;
        (count % 10 == 0).then(|| answered(request, error(503, "SlowDown")))
    }));
    assert!(world.most_at_once <= 6);
}

#[test]
fn a_cap_on_bytes_each_second_is_kept_on_average() {
    let mut world = World::new();
    let mut settings = shot();
    settings.limits.bandwidth = Some(1_000);
    let files: Vec<Dropped> = (0..20_u8)
        .map(|n| file(&format!("s/{n}"), &[n; 500]))
        .collect();
    let mut last = 0;
    complete(world.upload(settings, &files, &mut |_, now| {
        last = now;
        None
    }));
    assert!((9_000..12_000).contains(&last), "10,000 bytes in {last} ms");
}

#[test]
fn under_a_cap_the_speed_is_the_caps_and_the_remaining_time_does_not_jump() {
    const FILES: u32 = 40;
    const SIZE: u64 = 5_000_000;
    const CAP: u64 = 1_000_000;
    let mut settings = shot();
    settings.limits.bandwidth = Some(CAP);
    let mut engine = Engine::new(settings);
    for number in 0..FILES {
        engine
            .add_file(&format!("s/{number}"), SIZE, 0, &[])
            .unwrap();
    }
    engine.handle(0, Event::IntakeEnded);
    let mut coming: Vec<(u64, Event)> = Vec::new();
    let mut shown = Vec::new();
    let mut now = 0;
    while engine.outcome().is_none() {
        for action in actions(&mut engine) {
            match action {
                Action::Hash { ranges } => coming.extend(ranges.iter().map(|range| {
                    let (file, offset, parts) = (range.file, range.offset, Vec::new());
                    let hash = ContentHash::of(&file.0.to_be_bytes());
                    let hashed = Event::Hashed {
                        file,
                        offset,
                        hash,
                        parts,
                    };
                    (now, hashed)
                })),
                Action::Send(request) if request.method == Method::Head => {
                    coming.push((now + 10, answered(&request, status(404))));
                }
                Action::Send(request) => {
                    // Fifty times as fast as the cap.
                    let id = request.id;
                    coming.extend((1..=10).map(|step| {
                        let bytes = SIZE * step / 10;
                        let sent = Event::SendProgress { request: id, bytes };
                        (now + 10 * step, sent)
                    }));
                    let stored = support::with_checksum(&request, support::written());
                    coming.push((now + 110, answered(&request, stored)));
                }
                _ => {}
            }
        }
        now += 10;
        let (due, later) = coming.into_iter().partition(|(time, _)| *time <= now);
        coming = later;
        for (_, event) in due {
            engine.handle(now, event);
        }
        engine.handle(now, Event::TimePassed);
        shown.push((now, engine.progress()));
    }
    let end = now;
    assert!((190_000..200_000).contains(&end), "{end}");
    let steady = |time: u64| (2_000..end - 6_000).contains(&time);
    let mut before = None;
    for (time, progress) in shown.iter().filter(|(time, _)| steady(*time)) {
        let speed = progress.bytes_per_second;
        assert!((950_000..=1_050_000).contains(&speed), "{speed} at {time}");
        let remaining = progress.remaining.expect("the upload has begun");
        // What the last body leaves ahead of its time counts as if something came after it.
        let ahead = SIZE * 1_000 / CAP + 1_000;
        let truth = end - time;
        assert!(
            remaining.abs_diff(truth) <= ahead,
            "{remaining} at {time}, in truth {truth}"
        );
        let jump = before.map_or(0, |before: u64| before.abs_diff(remaining));
        assert!(jump < 1_500, "{before:?} to {remaining} at {time}");
        before = Some(remaining);
    }
}

#[test]
fn small_files_that_are_nearly_all_new_are_sent_without_asking() {
    let mut world = World::new();
    let summary = complete(world.upload(shot(), &files(200), &mut |_, _| None));
    let heads = world
        .requests
        .iter()
        .filter(|(method, _)| *method == Method::Head);
    assert!(heads.count() < 100);
    assert_eq!(summary.objects_written, 200);
}

#[test]
fn requests_spread_over_all_addresses_and_leave_one_that_is_dead() {
    let mut world = World::new();
    let mut settings = shot();
    settings.checksums = Some(Checksums::Verified);
    settings.limits = Limits::for_processors(2).with_hosts(2);
    let mut hosts = [0, 0];
    complete(
        world.upload(settings.clone(), &files(200), &mut |request, _| {
            hosts[usize::from(request.host)] += 1;
            None
        }),
    );
    assert!(hosts[1] > 0, "{hosts:?}");

    let mut world = World::new();
    let mut dead = 0;
    complete(world.upload(settings, &files(200), &mut |request, _| {
        (request.host == 1).then(|| {
            dead += 1;
            unanswered(request)
        })
    }));
    assert!(dead < 20, "{dead} requests to a dead address");
}

#[test]
fn one_address_takes_as_many_requests_as_there_are_connections_to_it() {
    let browser = Limits::for_processors(2);
    let node = browser.with_requests_per_host(50);
    for (limits, most) in [
        (browser.with_requests(20), 6),
        (node.with_requests(20), 20),
        (node.with_requests(4), 4),
    ] {
        let mut world = World::new();
        let mut settings = shot();
        settings.limits = limits;
        complete(world.upload(settings, &files(200), &mut |_, _| None));
        assert_eq!(world.most_at_once, most);
    }
}

#[test]
fn files_are_let_go_of_as_soon_as_the_store_has_them() {
    let mut world = World::new();
    complete(world.upload(shot(), &files(50), &mut |_, _| None));
    let mut released: Vec<u32> = world.released.iter().map(|file| file.0).collect();
    released.sort_unstable();
    released.dedup();
    assert_eq!(released.len(), 50);
}
