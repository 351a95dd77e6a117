//! Rules that the simulation taught: each was broken once, in some run among thousands.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use rusty_attachments_transfer::{
    Action, Body, Checksums, Engine, Event, Limits, Method, ReadFailure, Request, Settings,
};
use support::{
    Dropped, GUID, World, answered, complete, error, file, has, settings, source_failed, status,
    unanswered,
};

fn shot() -> Settings {
    settings("/projects", "DC", GUID)
}

const MIB: usize = 1 << 20;

/// A file that goes up in parts.
fn large(path: &str, first: u8) -> Dropped {
    let mut bytes = vec![first];
    bytes.resize(33 * MIB, 7);
    file(path, &bytes)
}

fn is_manifest(request: &Request) -> bool {
    request.key.contains("/Manifests/")
}

#[test]
fn an_object_without_bytes_has_no_first_one_to_explain_a_refusal_with() {
    let mut world = World::new();
    world.hold(&shot(), b"");
    let mut refused = false;
    let outcome = world.upload(shot(), &[file("s/a", b"")], &mut |request, _| {
        if request.method == Method::Get {
            return Some(answered(request, error(416, "InvalidRange")));
        }
        let is_first = request.method == Method::Head && !std::mem::replace(&mut refused, true);
        is_first.then(|| answered(request, status(403)))
    });
    assert_eq!(complete(outcome).objects_skipped, 1);
}

#[test]
fn a_body_that_was_cut_off_tells_nothing_about_checksums() {
    let mut world = World::new();
    world.verifies = false;
    let mut probes = 0;
    let settings = Settings {
        checksums: None,
        ..shot()
    };
    let files = [file("s/a", b"a"), file("s/b", b"b")];
    let outcome = world.upload(settings, &files, &mut |request, _| {
        let Body::Range { expect, .. } = request.body else {
            return None;
        };
        assert!(expect.is_some(), "nobody but the driver compares");
        probes += 1;
        (probes == 1).then(|| answered(request, error(400, "IncompleteBody")))
    });
    assert_eq!(complete(outcome).not_verified, 2);
}

#[test]
fn a_refused_question_about_the_manifest_is_explained_and_asked_again() {
    let mut world = World::new();
    let (mut puts, mut heads, mut explained) = (0, 0, 0);
    let outcome = world.upload(shot(), &[file("s/a", b"a")], &mut |request, _| {
        if !is_manifest(request) {
            return None;
        }
        match request.method {
            Method::Put => {
                puts += 1;
                (puts == 1).then(|| unanswered(request))
            }
            Method::Head => {
                heads += 1;
                // Credentials that have expired look like this in the answer to a HEAD.
                (heads == 1).then(|| answered(request, status(400)))
            }
            _ => {
                explained += 1;
                None
            }
        }
    });
    complete(outcome);
    assert_eq!((puts, heads, explained), (2, 2, 1));
}

#[test]
fn a_file_that_changed_while_its_last_byte_left_is_still_there_to_be_looked_at() {
    let mut world = World::new();
    world.fresh.insert(0, b"newer".to_vec());
    let mut sent = false;
    let mut engine = Engine::new(shot());
    let dropped = file("s/a", b"old");
    engine.add_file(&dropped.path, 3, dropped.modified, &[]);
    engine.handle(0, Event::IntakeEnded);
    let (mut hashed_old, mut released_early) = (false, false);
    let mut requests = Vec::new();
    for now in 1..100 {
        for action in std::iter::from_fn(|| engine.poll_action()).collect::<Vec<_>>() {
            match action {
                Action::Hash { ranges } if !hashed_old => {
                    hashed_old = true;
                    engine.handle(now, support::hashed(ranges[0], b"old"));
                }
                Action::Send(request) => requests.push(request),
                Action::Release(files) => released_early |= !files.is_empty(),
                Action::Refresh(_) => {
                    assert!(sent && !released_early);
                    return;
                }
                _ => {}
            }
        }
        if let Some(request) = requests.pop() {
            let event = match request.method {
                Method::Head => answered(&request, status(404)),
                _ => {
                    sent = true;
                    source_failed(&request, support::written(), ReadFailure::Changed)
                }
            };
            engine.handle(now, event);
        }
    }
    panic!("nobody looked again");
}

#[test]
fn two_uploads_that_are_refused_for_their_checksums_at_once_are_both_begun_anew() {
    let files = [large("s/a", 1), large("s/b", 2)];
    let mut world = World::new();
    let settings = Settings {
        limits: Limits {
            requests: 6,
            ..shot().limits
        },
        ..shot()
    };
    let outcome = world.upload(settings, &files, &mut |request, _| {
        has(request, "x-amz-checksum-algorithm")
            .then(|| answered(request, error(400, "InvalidArgument")))
    });
    assert_eq!(complete(outcome).objects_written, 2);
}

#[test]
fn an_upload_ends_although_the_last_thing_that_waited_is_not_wanted_any_more() {
    let mut world = World::new();
    let mut begun = 0;
    // The second upload is not wanted any more once the first one shows that there are none, but its
    // own request failed for another reason and waits for its time.
    let files = [large("s/a", 1), large("s/b", 2)];
    let outcome = world.upload(shot(), &files, &mut |request, _| {
        if request.method != Method::Post {
            return None;
        }
        if has(request, "x-amz-checksum-algorithm") {
            return Some(answered(request, error(501, "NotImplemented")));
        }
        begun += 1;
        Some(answered(
            request,
            match begun {
                1 => error(501, "NotImplemented"),
                _ => error(500, "InternalError"),
            },
        ))
    });
    assert_eq!(complete(outcome).objects_written, 2);
    assert_eq!(begun, 2);
}

/// What became of requests to two addresses, of which the first one takes its time, and the second one answers at
/// once or never.
#[derive(Default)]
struct TwoAddresses {
    answered_by_first: usize,
    /// Tries that the second one left unanswered, by method and key.
    in_vain: BTreeMap<String, u32>,
}

fn with_two_addresses(second_answers: impl Fn(&Request) -> bool) -> TwoAddresses {
    let mut engine = Engine::new(Settings {
        limits: Limits::for_processors(2).with_hosts(2),
        checksums: Some(Checksums::Verified),
        ..shot()
    });
    for number in 0..60_u8 {
        engine.add_file(&format!("s/{number}"), 1, 0, &[]);
    }
    engine.handle(0, Event::IntakeEnded);
    let mut under_way: BTreeSet<(u8, u32)> = BTreeSet::new();
    let mut requests: Vec<Request> = Vec::new();
    let mut seen = TwoAddresses::default();
    for now in 1..4_000 {
        for action in std::iter::from_fn(|| engine.poll_action()).collect::<Vec<_>>() {
            match action {
                Action::Hash { ranges } => {
                    for range in ranges {
                        let byte = u8::try_from(range.file.0).unwrap();
                        engine.handle(now, support::hashed(range, &[byte]));
                    }
                }
                Action::Send(request) => {
                    under_way.insert((request.host, request.id.0));
                    requests.push(request);
                }
                _ => {}
            }
        }
        let to_first = under_way.iter().filter(|(host, _)| *host == 0).count();
        assert!(to_first <= 6, "{to_first}");
        let to_second = requests.iter().position(|request| request.host == 1);
        let answered_now =
            to_second.or_else(|| (now % 20 == 0 && !requests.is_empty()).then_some(0));
        let Some(index) = answered_now else {
            engine.handle(now, Event::TimePassed);
            continue;
        };
        let request = requests.remove(index);
        under_way.remove(&(request.host, request.id.0));
        let event = match (request.host, request.method) {
            (1, _) if !second_answers(&request) => {
                let asked = format!("{:?} {}", request.method, request.key);
                *seen.in_vain.entry(asked).or_default() += 1;
                unanswered(&request)
            }
            (_, Method::Head) => answered(&request, status(404)),
            _ => answered(&request, support::written()),
        };
        seen.answered_by_first += usize::from(request.host == 0);
        engine.handle(now, event);
    }
    seen
}

#[test]
fn no_host_gets_more_than_six_requests_when_another_one_is_dead() {
    assert!(with_two_addresses(|_| false).answered_by_first > 50);
}

#[test]
fn what_a_second_address_leaves_unanswered_goes_to_the_first_one() {
    // It answers about some contents, so that it is not avoided.
    let seen = with_two_addresses(|request| request.key.as_str() < "DC/Data/8");
    assert!(seen.in_vain.len() > 3, "{:?}", seen.in_vain);
    assert!(
        seen.in_vain.values().all(|tries| *tries == 1),
        "{:?}",
        seen.in_vain
    );
}

#[test]
fn a_long_time_without_network_is_not_held_against_a_request_that_failed_before_it() {
    let mut world = World::new();
    let mut failed = 0;
    let hour = 50 * 60 * 1_000;
    let outcome = world.upload(shot(), &[file("s/a", b"a")], &mut |request, now| {
        if request.method != Method::Put || is_manifest(request) {
            return None;
        }
        failed += 1;
        match failed {
            1 => Some(answered(request, status(500))),
            _ if now < hour => Some(unanswered(request)),
            _ if failed % 2 == 0 => Some(answered(request, status(500))),
            _ => None,
        }
    });
    complete(outcome);
}
