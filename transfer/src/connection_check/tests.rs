use rusty_attachments_model::s3_layout::S3Location;

use super::*;

const NOW: &str = "Tue, 24 Nov 2026 18:13:50 GMT";
/// The same in milliseconds since 1970.
const WALL: u64 = 1_795_544_030_000;
const OWNER: &str = "123456789012";

fn check(owner: Option<&str>) -> ConnectionCheck {
    let layout = S3Layout {
        location: S3Location::official("DeadlineCloud".parse().unwrap()),
        farm_id: "farm-0123456789abcdef0123456789abcdef".parse().unwrap(),
        queue_id: "queue-fedcba9876543210fedcba9876543210".parse().unwrap(),
    };
    ConnectionCheck::new(
        &layout,
        owner.map(str::to_owned),
        ContentHash::of(b"random"),
    )
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        headers: vec![("date".into(), NOW.into())],
        body: body.to_owned(),
        wall: WALL,
    }
}

fn error(status: u16, code: &str) -> Answer {
    answer(status, &format!("<Error><Code>{code}</Code></Error>"))
}

fn begun() -> Answer {
    let body =
        "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>";
    answer(200, body)
}

/// Gives the answers in turn and tells what was asked, as `METHOD query owner`.
fn run(check: &mut ConnectionCheck, answers: &[Option<Answer>]) -> Vec<String> {
    let mut asked = Vec::new();
    for given in answers {
        let probe = check.next().expect("something is asked");
        let query: Vec<_> = probe
            .query
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let owner = probe.headers.first().map(|(_, value)| value.as_str());
        let words = [probe.method.as_str(), &query.join("&"), owner.unwrap_or("")];
        asked.push(words.join(" ").trim_end().to_owned());
        check.answered(given.as_ref());
    }
    assert_eq!(check.next(), None, "nothing more is asked");
    asked
}

/// Verdict and code of the steps that say more than that they passed, or were not reached.
fn told(check: &ConnectionCheck) -> Vec<(&'static str, Verdict, &'static str)> {
    let findings = check.findings().into_iter();
    findings
        .filter(|found| found.verdict != Verdict::Passed && found.code != "not-reached")
        .map(|found| (found.step.name(), found.verdict, found.code))
        .collect()
}

fn passed(check: &ConnectionCheck) -> Vec<&'static str> {
    let findings = check.findings().into_iter();
    findings
        .filter(|found| found.verdict == Verdict::Passed)
        .map(|found| found.step.name())
        .collect()
}

#[test]
fn a_good_profile_passes_every_step_and_leaves_nothing_behind() {
    let mut check = check(Some(OWNER));
    let asked = run(
        &mut check,
        &[
            Some(error(404, "NoSuchKey")),
            Some(error(404, "NoSuchKey")),
            Some(begun()),
            Some(answer(204, "")),
        ],
    );
    assert_eq!(
        asked,
        [
            "GET",
            "GET  123456789012",
            "POST uploads= 123456789012",
            "DELETE uploadId=u1 123456789012"
        ]
    );
    assert_eq!(passed(&check).len(), Step::ALL.len());
}

#[test]
fn without_an_owner_none_is_asked_for() {
    let mut check = check(None);
    let absent = error(404, "NoSuchKey");
    let asked = run(
        &mut check,
        &[Some(absent), Some(begun()), Some(answer(204, ""))],
    );
    assert_eq!(asked, ["GET", "POST uploads=", "DELETE uploadId=u1"]);
    assert_eq!(
        told(&check),
        [("owner", Verdict::NotTried, "owner-unnamed")]
    );
}

#[test]
fn what_s3_refuses_at_once_ends_the_check_with_its_reason() {
    for (given, step, code) in [
        (
            error(403, "SignatureDoesNotMatch"),
            "credentials",
            "credentials-wrong",
        ),
        (
            error(403, "InvalidAccessKeyId"),
            "credentials",
            "credentials-unknown",
        ),
        (
            error(400, "ExpiredToken"),
            "credentials",
            "credentials-expired",
        ),
        (
            error(400, "AuthorizationHeaderMalformed"),
            "region",
            "region-wrong",
        ),
        (error(301, "PermanentRedirect"), "region", "region-wrong"),
        (error(404, "NoSuchBucket"), "bucket", "bucket-missing"),
        (error(400, "InvalidRequest"), "read", "answer-unexpected"),
    ] {
        let mut check = check(Some(OWNER));
        run(&mut check, &[Some(given)]);
        assert_eq!(told(&check), [(step, Verdict::Failed, code)]);
        assert_eq!(passed(&check), ["server", "clock"], "{code}");
    }
}

#[test]
fn the_right_region_is_told_where_s3_tells_it() {
    let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>";
    let mut moved = error(301, "PermanentRedirect");
    moved
        .headers
        .push(("x-amz-bucket-region".into(), "eu-west-1".into()));
    for given in [answer(400, body), moved] {
        let mut check = check(None);
        run(&mut check, &[Some(given)]);
        let region = &check.findings()[3];
        assert_eq!(
            (region.code, region.values.as_slice()),
            ("region-other", &["eu-west-1".to_owned()][..])
        );
    }
}

#[test]
fn a_wrong_owner_is_told_from_missing_permission() {
    let mut wrong = check(Some(OWNER));
    let denied = || Some(error(403, "AccessDenied"));
    run(&mut wrong, &[Some(error(404, "NoSuchKey")), denied()]);
    assert_eq!(told(&wrong), [("owner", Verdict::Failed, "owner-wrong")]);

    let mut nothing = check(Some(OWNER));
    run(&mut nothing, &[denied(), denied()]);
    assert_eq!(
        told(&nothing),
        [
            ("bucket", Verdict::NotTried, "bucket-hidden"),
            ("read", Verdict::Failed, "read-denied"),
            ("write", Verdict::Failed, "write-denied"),
        ]
    );
    assert_eq!(
        passed(&nothing),
        ["server", "clock", "credentials", "region"]
    );
}

#[test]
fn who_may_only_write_still_learns_that_bucket_and_owner_are_right() {
    let body = "<Error><Code>AccessDenied</Code><Message>not authorized to perform: s3:ListBucket on</Message></Error>";
    let mut check = check(Some(OWNER));
    run(
        &mut check,
        &[
            Some(answer(403, body)),
            Some(begun()),
            Some(error(403, "AccessDenied")),
        ],
    );
    assert_eq!(
        told(&check),
        [
            ("read", Verdict::Failed, "read-list-denied"),
            ("abort", Verdict::Failed, "abort-denied"),
        ]
    );
    let there = passed(&check);
    assert!(
        there.contains(&"bucket") && there.contains(&"owner"),
        "{there:?}"
    );
}

#[test]
fn a_key_that_may_not_be_used_is_told_from_a_bucket() {
    let body = "<Error><Code>AccessDenied</Code><Message>not authorized to perform: kms:GenerateDataKey</Message></Error>";
    let mut check = check(None);
    run(
        &mut check,
        &[Some(error(404, "NoSuchKey")), Some(answer(403, body))],
    );
    assert!(told(&check).contains(&("write", Verdict::Failed, "write-key-denied")));
}

#[test]
fn a_server_without_uploads_in_parts_is_no_fault_of_the_profile() {
    let mut check = check(None);
    run(
        &mut check,
        &[
            Some(error(404, "NoSuchKey")),
            Some(error(501, "NotImplemented")),
        ],
    );
    assert!(told(&check).contains(&("write", Verdict::NotTried, "write-no-parts")));
}

#[test]
fn with_a_wrong_clock_the_rest_is_asked_by_the_servers() {
    let minutes = 20 * 60_000;
    let mut skewed = error(403, "RequestTimeTooSkewed");
    skewed.wall = WALL - minutes;
    let mut check = check(None);
    check.answered(Some(&skewed));
    assert_eq!(check.next().unwrap().clock_offset, 1_200_000);
    run(
        &mut check,
        &[
            Some(error(404, "NoSuchKey")),
            Some(begun()),
            Some(answer(204, "")),
        ],
    );
    assert_eq!(
        told(&check),
        [
            ("clock", Verdict::Failed, "clock-behind"),
            ("owner", Verdict::NotTried, "owner-unnamed"),
        ]
    );
}

#[test]
fn a_clock_that_no_correction_mends_ends_the_check() {
    let mut check = check(None);
    run(&mut check, &[Some(error(403, "RequestTimeTooSkewed"))]);
    assert_eq!(told(&check), [("clock", Verdict::Failed, "clock-refused")]);
}

#[test]
fn who_is_silent_or_not_s3_is_told_from_who_refuses() {
    let mut silent = check(None);
    run(&mut silent, &[None]);
    assert_eq!(
        told(&silent),
        [("server", Verdict::Failed, "server-silent")]
    );

    let mut page = answer(403, "<html>Log in to the hotel</html>");
    page.headers
        .push(("content-type".into(), "text/html".into()));
    let mut hotel = check(None);
    run(&mut hotel, &[Some(page)]);
    assert_eq!(told(&hotel), [("server", Verdict::Failed, "server-not-s3")]);
}

#[test]
fn an_answer_that_stays_away_later_fails_its_step_alone() {
    let mut check = check(Some(OWNER));
    let absent = || Some(error(404, "NoSuchKey"));
    run(&mut check, &[absent(), absent(), Some(begun()), None]);
    assert_eq!(told(&check), [("abort", Verdict::Failed, "answer-missing")]);
}
