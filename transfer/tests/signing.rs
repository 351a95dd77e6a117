//! Requests that could not be signed.

// Each test program uses a part of it.
#[allow(dead_code)]
mod support;

use rusty_attachments_transfer::{Event, Method, Outcome, Problem, Request};
use support::{GUID, World, file, problems, settings};

fn unsigned(request: &Request, code: &str) -> Event {
    Event::Unsigned {
        request: request.id,
        problem: Problem {
            code: code.to_owned(),
            what: "Why.".to_owned(),
            next: "What to do.".to_owned(),
            file: None,
        },
    }
}

#[test]
fn a_background_that_starts_anew_is_asked_again_after_a_wait() {
    for method in [Method::Head, Method::Put] {
        let mut world = World::new();
        let mut times = Vec::new();
        let files = [file("s/a", b"a")];
        let outcome = world.upload(
            settings("/projects", "DC", GUID),
            &files,
            &mut |request, now| {
                if request.method != method {
                    return None;
                }
                times.push(now);
                (times.len() < 5).then(|| unsigned(request, "background-unreachable"))
            },
        );
        assert!(matches!(outcome, Outcome::Complete(_)), "{outcome:?}");
        assert!(times[4] > times[0], "{times:?}");
    }
}

#[test]
fn a_background_that_stays_away_ends_the_upload_with_its_own_problem() {
    let mut world = World::new();
    let files = [file("s/a", b"a")];
    let outcome = world.upload(
        settings("/projects", "DC", GUID),
        &files,
        &mut |request, _| Some(unsigned(request, "background-unreachable")),
    );
    assert_eq!(problems(outcome)[0].code, "background-unreachable");
    assert_eq!((world.requests.len(), world.aborts), (8, 1));
}

#[test]
fn a_refusal_to_sign_ends_the_upload_at_once() {
    for method in [Method::Head, Method::Put] {
        let mut world = World::new();
        let files = [file("s/a", b"a"), file("s/b", b"b")];
        let mut refused = 0;
        let outcome = world.upload(
            settings("/projects", "DC", GUID),
            &files,
            &mut |request, _| {
                (request.method == method).then(|| {
                    refused += 1;
                    unsigned(request, "request-foreign")
                })
            },
        );
        let problems = problems(outcome);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].code, "request-foreign");
        assert_eq!(world.aborts, 1);
        assert!(refused <= 2, "asked again {refused} times");
        assert!(world.manifests().is_empty());
    }
}
