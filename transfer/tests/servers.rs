//! Servers that lack something of S3: recognised by their answers, once, and told in the result.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::{
    Body, Checksums, Event, Method, ReadFailure, Record, Request, Settings, Verification,
};
use support::{
    Dropped, GUID, World, answered, complete, error, file, has, settings, status, with_headers,
};

/// Nothing is known of the server.
fn shot() -> Settings {
    Settings {
        checksums: None,
        has_journal: true,
        ..settings("/projects", "DC", GUID)
    }
}

fn files() -> Vec<Dropped> {
    (0..9_u8)
        .map(|n| file(&format!("s/{n}"), &[n; 5]))
        .collect()
}

fn is_content(request: &Request) -> bool {
    request.method == Method::Put && request.key.contains("/Data/")
}

fn expects(request: &Request) -> bool {
    matches!(
        request.body,
        Body::Range {
            expect: Some(_),
            ..
        }
    )
}

#[test]
fn a_server_that_compares_checksums_is_found_out_by_one_wrong_one_which_stores_nothing() {
    let mut world = World::new();
    let mut sends = Vec::new();
    let summary = complete(world.upload(shot(), &files(), &mut |request, _| {
        if is_content(request) {
            sends.push(expects(request));
        }
        None
    }));
    assert_eq!(
        (summary.objects_written, summary.verified_by_server),
        (9, 9)
    );
    assert_eq!(sends.len(), 10, "one is sent twice");
    assert!(sends[0], "the first one is compared before it is sent");
    assert!(sends[1..].iter().all(|expects| !expects));
    assert!(world.records.contains(&Record::Server(Checksums::Verified)));
    for (key, object) in &world.objects {
        if let Some(name) = key.strip_prefix("DC/Data/") {
            let hash = ContentHash::of(&object.bytes).to_string();
            assert_eq!(name, format!("{hash}.xxh128"));
        }
    }
}

#[test]
fn to_a_server_that_ignores_checksums_only_bytes_that_were_compared_here_are_sent() {
    let mut world = World::new();
    world.verifies = false;
    let mut unexpected = 0;
    let summary = complete(world.upload(shot(), &files(), &mut |request, _| {
        unexpected += usize::from(is_content(request) && !expects(request));
        None
    }));
    assert_eq!(unexpected, 0);
    assert_eq!((summary.objects_written, summary.not_verified), (9, 9));
    assert!(world.records.contains(&Record::Server(Checksums::Ignored)));
    // The wrong checksum of the first one did not stay.
    for object in world.objects.values() {
        let stated = object
            .headers
            .iter()
            .find(|(name, _)| *name == "x-amz-checksum-xxhash128");
        let right = checksum_of(&object.bytes);
        assert_eq!(
            stated.map(|(_, value)| value.as_str()),
            Some(right.as_str())
        );
    }
}

fn checksum_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(ContentHash::of(bytes).to_be_bytes())
}

#[test]
fn a_server_that_refuses_the_checksum_header_gets_none() {
    for refusal in [error(501, "NotImplemented"), error(400, "InvalidRequest")] {
        let mut world = World::new();
        let summary = complete(world.upload(shot(), &files(), &mut |request, _| {
            has(request, "x-amz-checksum-xxhash128").then(|| answered(request, refusal.clone()))
        }));
        assert_eq!((summary.objects_written, summary.not_verified), (9, 9));
        assert!(world.records.contains(&Record::Server(Checksums::Refused)));
    }
}

/// As the journal says, it compares checksums. That was days ago.
fn believed() -> Settings {
    Settings {
        checksums: Some(Checksums::Verified),
        ..shot()
    }
}

#[test]
fn a_server_that_once_compared_checksums_and_refuses_them_now_is_asked_anew() {
    for refusal in [error(501, "NotImplemented"), error(400, "InvalidRequest")] {
        for (files, written) in [(files(), 9), (large(), 1)] {
            let mut world = World::new();
            let mut unexpected = 0;
            let summary = complete(world.upload(believed(), &files, &mut |request, _| {
                if has(request, "x-amz-checksum-xxhash128") {
                    return Some(answered(request, refusal.clone()));
                }
                let is_bytes = matches!(request.body, Body::Range { .. });
                unexpected += usize::from(is_bytes && !expects(request));
                None
            }));
            assert_eq!(
                (summary.objects_written, summary.not_verified),
                (written, written)
            );
            assert_eq!(unexpected, 0, "nobody compares, so it is compared here");
            assert_eq!(told(&world), [Checksums::Refused]);
        }
    }
}

/// A file of 33 MiB, which goes up in parts.
fn large() -> Vec<Dropped> {
    let mut bytes = Vec::new();
    for mebibyte in 0..33 {
        bytes.resize(bytes.len() + (1 << 20), mebibyte);
    }
    vec![file("s/large", &bytes)]
}

fn told(world: &World) -> Vec<Checksums> {
    let told = world.records.iter().filter_map(|record| match record {
        Record::Server(checksums) => Some(*checksums),
        _ => None,
    });
    told.collect()
}

#[test]
fn a_server_that_once_compared_checksums_and_ignores_them_now_is_found_out() {
    for (files, written) in [(files(), 9), (large(), 1)] {
        let mut world = World::new();
        world.verifies = false;
        let mut unexpected = 0;
        let summary = complete(world.upload(believed(), &files, &mut |request, _| {
            let is_bytes = matches!(request.body, Body::Range { .. });
            unexpected += usize::from(is_bytes && !expects(request));
            None
        }));
        assert_eq!(summary.objects_written, written);
        assert_eq!(
            (summary.verified_by_server, summary.not_verified),
            (0, written)
        );
        assert_eq!(unexpected, 0, "what finds out is compared here as well");
        assert_eq!(told(&world), [Checksums::Ignored]);
    }
}

#[test]
fn a_server_that_refuses_checksums_now_gets_a_manifest_without_where_nothing_else_is_sent() {
    for refusal in [error(501, "NotImplemented"), error(400, "InvalidRequest")] {
        let mut world = World::new();
        for file in files() {
            world.hold(&believed(), &file.bytes);
        }
        let summary = complete(world.upload(believed(), &files(), &mut |request, _| {
            has(request, "x-amz-checksum-xxhash128").then(|| answered(request, refusal.clone()))
        }));
        assert_eq!((summary.objects_written, summary.verified_by_size), (0, 9));
    }
}

#[test]
fn a_server_that_still_compares_checksums_gets_each_body_once() {
    for (files, bodies) in [(files(), 9), (large(), 3)] {
        let mut world = World::new();
        let mut sent = 0;
        let summary = complete(world.upload(believed(), &files, &mut |request, _| {
            sent += usize::from(matches!(request.body, Body::Range { .. }));
            None
        }));
        assert_eq!(sent, bodies);
        assert_eq!(summary.verified_by_server, summary.objects_written);
        assert_eq!(told(&world), []);
    }
}

#[test]
fn a_server_whose_answers_do_not_show_that_it_compares_is_asked_by_a_wrong_checksum() {
    let mut world = World::new();
    world.tells_checksums = false;
    let mut sent = 0;
    let summary = complete(world.upload(believed(), &files(), &mut |request, _| {
        sent += usize::from(is_content(request));
        None
    }));
    assert_eq!(
        (summary.objects_written, summary.verified_by_server),
        (9, 9)
    );
    assert_eq!(sent, 11, "one body goes three times");
    assert_eq!(told(&world), [Checksums::Verified]);
}

#[test]
fn a_server_that_stops_comparing_in_the_middle_is_not_said_to_have_compared() {
    let mut world = World::new();
    let mut bodies = 0;
    let summary = complete(world.upload(believed(), &files(), &mut |request, _| {
        bodies += usize::from(is_content(request));
        (is_content(request) && bodies > 4).then(|| answered(request, support::written()))
    }));
    assert_eq!((summary.verified_by_server, summary.not_verified), (4, 5));
    assert_eq!(told(&world), [Checksums::Ignored]);
}

#[test]
fn a_refusal_that_is_not_about_checksums_is_told_also_where_checksums_were_believed_in() {
    let mut world = World::new();
    let outcome = world.upload(believed(), &files(), &mut |request, _| {
        // The wrong checksum of the probe is found, the right one is no good either.
        let stated = request
            .headers
            .iter()
            .find_map(|(name, value)| (*name == "x-amz-checksum-xxhash128").then_some(value));
        let is_right = |stated: &String| {
            files()
                .iter()
                .any(|file| checksum_of(&file.bytes) == *stated)
        };
        let is_refused = is_content(request) && stated.is_some_and(is_right);
        is_refused.then(|| answered(request, error(400, "InvalidRequest")))
    });
    let problems = support::problems(outcome);
    assert!(!problems.is_empty());
    assert!(
        problems
            .iter()
            .all(|problem| problem.code == "answer-unexpected")
    );
    assert!(world.records.contains(&Record::Server(Checksums::Verified)));
}

#[test]
fn a_server_that_does_not_know_conditional_writes_gets_plain_ones() {
    let mut world = World::new();
    let known = Settings {
        checksums: Some(Checksums::Verified),
        ..shot()
    };
    let mut refused = 0;
    complete(world.upload(known, &files(), &mut |request, _| {
        has(request, "if-none-match").then(|| {
            refused += 1;
            answered(request, error(501, "NotImplemented"))
        })
    }));
    assert!(refused <= support::LANES, "{refused}");
}

#[test]
fn a_server_that_refuses_the_condition_by_name_is_still_asked_what_it_does_with_checksums() {
    let mut world = World::new();
    let summary = complete(world.upload(shot(), &files(), &mut |request, _| {
        let mut refusal = error(501, "NotImplemented");
        refusal.body = refusal
            .body
            .replace("</Error>", "<Header>If-None-Match</Header></Error>");
        has(request, "if-none-match").then(|| answered(request, refusal))
    }));
    assert_eq!(
        (summary.objects_written, summary.verified_by_server),
        (9, 9)
    );
    assert_eq!(
        world.records.iter().find_map(|record| match record {
            Record::Server(checksums) => Some(*checksums),
            _ => None,
        }),
        Some(Checksums::Verified)
    );
}

#[test]
fn checksums_are_not_blamed_for_a_condition_that_the_server_does_not_know() {
    for knows_checksums in [true, false] {
        let mut world = World::new();
        let mut refused = 0;
        let summary = complete(world.upload(shot(), &files(), &mut |request, _| {
            let is_refused = has(request, "if-none-match")
                || (!knows_checksums && has(request, "x-amz-checksum-xxhash128"));
            is_refused.then(|| {
                refused += 1;
                answered(request, error(501, "NotImplemented"))
            })
        }));
        let found_out = if knows_checksums {
            Checksums::Verified
        } else {
            Checksums::Refused
        };
        let last = world.records.iter().rev().find_map(|record| match record {
            Record::Server(checksums) => Some(*checksums),
            _ => None,
        });
        assert_eq!(last, Some(found_out));
        let verified = if knows_checksums { 9 } else { 0 };
        assert_eq!(
            (summary.objects_written, summary.verified_by_server),
            (9, verified)
        );
        assert!(refused <= support::LANES + 3, "{refused}");
    }
}

#[test]
fn what_is_there_is_compared_by_size_and_by_its_checksum() {
    let files = [file("s/a", b"right")];
    let hash = ContentHash::of(b"right");
    let right = checksum_of(b"right");
    let wrong = checksum_of(b"wrong");
    // As moto answers for an object made of parts: 32 bytes; and what is no hash at all.
    let longer = "A".repeat(43) + "=";
    let composite = format!("{longer}-2");
    let nonsense = "?".to_owned();
    for (checksum, verification, written) in [
        (None, Verification::BySize, false),
        (Some(&longer), Verification::BySize, false),
        (Some(&composite), Verification::BySize, false),
        (Some(&nonsense), Verification::BySize, false),
        (Some(&right), Verification::ByServer, false),
        (Some(&wrong), Verification::ByServer, true),
    ] {
        let mut world = World::new();
        let settings = Settings {
            checksums: Some(Checksums::Verified),
            ..shot()
        };
        world.hold(&settings, b"wrong");
        let key = settings.layout.location.content_key(hash);
        let held = world.objects.pop_first().unwrap().1;
        world.objects.insert(key, held);
        let summary = complete(world.upload(settings, &files, &mut |request, _| {
            (request.method == Method::Head).then(|| {
                let mut headers = vec![("content-length", "5"), ("etag", "\"e\"")];
                headers.extend(checksum.map(|sum| ("x-amz-checksum-xxhash128", sum.as_str())));
                answered(request, with_headers(200, &headers))
            })
        }));
        assert_eq!(summary.objects_written, u64::from(written));
        let by_size = u64::from(verification == Verification::BySize);
        assert_eq!(summary.verified_by_size, by_size);
    }
}

#[test]
fn a_probe_that_is_answered_by_something_else_is_sent_again() {
    let mut world = World::new();
    let mut troubles = vec![status(412), status(503), error(500, "InternalError")];
    let summary = complete(world.upload(shot(), &files(), &mut |request, _| {
        let trouble = is_content(request).then(|| troubles.pop()).flatten();
        trouble.map(|answer| answered(request, answer))
    }));
    assert_eq!(summary.verified_by_server, 9);
}

#[test]
fn the_owner_goes_with_every_request_where_it_is_known() {
    let mut world = World::new();
    let settings = Settings {
        expected_owner: Some("123456789012".into()),
        ..shot()
    };
    let mut without = 0;
    complete(world.upload(settings, &files(), &mut |request, _| {
        without += usize::from(!has(request, "x-amz-expected-bucket-owner"));
        None
    }));
    assert_eq!(without, 0);
}

#[test]
fn bytes_that_are_not_the_expected_ones_are_not_sent_and_the_file_is_read_anew() {
    let mut world = World::new();
    world.verifies = false;
    world.fresh.insert(0, b"after".to_vec());
    let mut first = true;
    let summary = complete(
        world.upload(shot(), &[file("s/a", b"befor")], &mut |request, _| {
            (is_content(request) && std::mem::take(&mut first)).then_some(Event::Unanswered {
                request: request.id,
                source: Err(ReadFailure::Changed),
            })
        }),
    );
    assert_eq!(summary.objects_written, 1);
    let key = shot()
        .layout
        .location
        .content_key(ContentHash::of(b"after"));
    assert!(world.objects.contains_key(&key));
    assert!(
        world
            .manifest
            .contains(&ContentHash::of(b"after").to_string())
    );
}
