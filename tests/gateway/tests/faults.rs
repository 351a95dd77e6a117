//! Each fault as a client sees it, down to the socket.

mod support;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use strict_gateway::{Always, Answer, Fault, Operation, Rule, Settings, Times, When};
use support::{
    Scene, begin_conditional_put, begin_put, completion, elements, once, read_to_end, send_to,
    until, until_read,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

const A_WHILE: Duration = Duration::from_millis(300);
const MIB: usize = 1024 * 1024;

fn answer(answer: Answer) -> Fault {
    Fault::Answer(answer)
}

fn pairs(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    of.iter().map(owned).collect()
}

#[tokio::test]
async fn any_status_and_code_can_be_answered_and_nothing_is_stored() {
    let scene = Scene::strict().await;
    for (status, code) in [
        (301, "PermanentRedirect"),
        (307, "TemporaryRedirect"),
        (400, "BadDigest"),
        (400, "ExpiredToken"),
        (400, "RequestTimeout"),
        (403, "AccessDenied"),
        (403, "SignatureDoesNotMatch"),
        (404, "NoSuchBucket"),
        (408, "RequestTimeout"),
        (409, "ConditionalRequestConflict"),
        (412, "PreconditionFailed"),
        (429, "TooManyRequests"),
        (500, "InternalError"),
        (501, "NotImplemented"),
        (503, "SlowDown"),
    ] {
        scene.inject(answer(Answer {
            status,
            code: Some(code.to_owned()),
            elements: pairs(&[("Region", "eu-west-1")]),
            headers: pairs(&[("x-amz-bucket-region", "eu-west-1"), ("retry-after", "7")]),
            ..Answer::default()
        }));
        let put = scene.put("/b/k", &[], b"x").await;
        assert_eq!((put.status, put.code()), (status, code.to_owned()));
        assert_eq!(put.element("Region").as_deref(), Some("eu-west-1"));
        assert_eq!(put.header("x-amz-bucket-region"), Some("eu-west-1"));
        assert_eq!(put.header("retry-after"), Some("7"));
        assert_eq!(put.header("content-type"), Some("application/xml"));
    }
    assert!(scene.fake.seen().is_empty());
    let entry = &scene.gateway.log()[0];
    assert_eq!((entry.status, entry.fault), (Some(301), Some("answer")));
    assert_eq!(scene.put("/b/k", &[], b"x").await.status, 200);
}

#[tokio::test]
async fn a_captive_portal_answers_200_and_html() {
    let scene = Scene::strict().await;
    let portal = Answer {
        body: "<html><p>Log in to the hotel".to_owned(),
        ..Answer::default()
    };
    scene.inject(answer(portal.clone()));
    let get = scene.get("/b/k").await;
    assert_eq!((get.status, get.text()), (200, portal.body.clone()));
    assert_eq!(get.header("content-type"), Some("text/html; charset=utf-8"));
    scene.inject(answer(portal));
    let head = scene.send("HEAD", "/b/k", &[], b"").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[tokio::test]
async fn a_completion_can_end_in_200_with_an_error_before_or_after_the_commit() {
    let scene = Scene::strict().await;
    for (path, after_commit) in [("/b/before", false), ("/b/after", true)] {
        let created = scene
            .send("POST", &format!("{path}?uploads="), &[], b"")
            .await;
        let id = created.element("UploadId").unwrap();
        let part = scene
            .put(&format!("{path}?partNumber=1&uploadId={id}"), &[], b"x")
            .await;
        scene.inject(answer(Answer {
            code: Some("InternalError".to_owned()),
            after_commit,
            ..Answer::default()
        }));
        let body = completion(&[(1, part.header("etag").unwrap(), None)]);
        let done = scene
            .send("POST", &format!("{path}?uploadId={id}"), &[], &body)
            .await;
        assert_eq!(
            (done.status, done.code()),
            (200, "InternalError".to_owned())
        );
        assert_eq!(scene.fake.object(path).is_some(), after_commit);
    }
}

#[tokio::test]
async fn an_early_answer_comes_before_the_body() {
    let scene = Scene::strict().await;
    for early in [true, false] {
        scene.inject(answer(Answer {
            status: 503,
            early,
            ..Answer::default()
        }));
        let mut stream = scene.connect().await;
        begin_put(&mut stream, "/b/k", 10 * MIB, "").await;
        let came = timeout(A_WHILE, read_to_end(&mut stream)).await;
        assert_eq!(came.is_ok(), early);
    }
}

#[tokio::test]
async fn refusing_resets_everybody_and_listens_again_after_a_time() {
    let scene = Scene::strict().await;
    let mut bystander = scene.connect().await;
    until("it is accepted", || {
        scene.gateway.counters().connections == 1
    })
    .await;
    scene.inject(Fault::Refuse { ms: 400 });
    let started = Instant::now();
    assert!(scene.try_send("PUT", "/b/k", &[], b"x").await.is_err());
    let refused = TcpStream::connect(scene.gateway.listen).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert!(
        read_to_end(&mut bystander).await.1,
        "the other connection was not reset"
    );
    while TcpStream::connect(scene.gateway.listen).await.is_err() {
        sleep(Duration::from_millis(5)).await;
    }
    assert!(started.elapsed() >= Duration::from_millis(400));
    assert_eq!(scene.put("/b/k", &[], b"x").await.status, 200);
}

#[tokio::test]
async fn a_request_is_reset_once_n_bytes_of_its_body_are_read() {
    let scene = Scene::strict().await;
    for (n, after) in [0, 1, MIB].into_iter().enumerate() {
        scene.inject(Fault::ResetRequest {
            after: after as u64,
        });
        let mut stream = scene.connect().await;
        begin_put(&mut stream, "/b/k", 2 * MIB, "").await;
        if after > 1 {
            stream.write_all(&vec![0; after - 1]).await.unwrap();
            until_read(&scene.gateway, n, after as u64 - 1).await;
            sleep(Duration::from_millis(50)).await;
            assert_eq!(scene.gateway.log()[n].ended_ms, None, "reset too early");
        }
        if after > 0 {
            stream.write_all(&[0]).await.unwrap();
        }
        let (reply, reset) = read_to_end(&mut stream).await;
        assert!(reply.is_empty() && reset, "after {after}");
        let entry = &scene.gateway.log()[n];
        assert_eq!((entry.status, entry.bytes_in), (None, after as u64));
    }
    scene.inject(Fault::ResetRequest { after: 5 });
    assert!(scene.try_send("PUT", "/b/k", &[], b"x").await.is_err());
    scene.inject(Fault::ResetRequest { after: 5 });
    let mut bodyless = scene.connect().await;
    bodyless
        .write_all(b"HEAD /b/k HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert!(read_to_end(&mut bodyless).await.1);
    assert!(scene.fake.seen().is_empty());
}

#[tokio::test]
async fn a_reply_is_reset_after_n_bytes_and_the_object_is_there() {
    let scene = Scene::strict().await;
    for (n, after) in [0, 1, 15, 40].into_iter().enumerate() {
        scene.inject(Fault::ResetReply {
            after: after as u64,
        });
        let mut stream = scene.connect().await;
        let path = format!("/b/{n}");
        begin_put(&mut stream, &path, 1, "").await;
        stream.write_all(b"x").await.unwrap();
        let (reply, reset) = read_to_end(&mut stream).await;
        assert_eq!((reply.len(), reset), (after, true));
        assert!("HTTP/1.1 200 OK".starts_with(&String::from_utf8_lossy(&reply)[..after.min(15)]));
        assert!(scene.fake.object(&path).is_some());
    }
}

#[tokio::test]
async fn a_truncated_reply_ends_before_its_promised_length() {
    let scene = Scene::strict().await;
    scene.fake.store("/b/k", b"0123456789");
    for after in [0, 4] {
        scene.inject(Fault::Truncate {
            after,
            honest: false,
        });
        let mut stream = scene.connect().await;
        stream
            .write_all(b"GET /b/k HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let (reply, reset) = read_to_end(&mut stream).await;
        let reply = String::from_utf8(reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("content-length: 10"), "{head}");
        assert_eq!(
            (body, reset),
            (&"0123456789"[..usize::try_from(after).unwrap()], false)
        );
    }
}

#[tokio::test]
async fn a_document_can_be_cut_in_a_whole_reply() {
    let scene = Scene::strict().await;
    scene.inject(Fault::Truncate {
        after: 12,
        honest: true,
    });
    let list = scene.get("/b?uploads=").await;
    assert_eq!((list.status, list.text().as_str()), (200, "<?xml versio"));
}

#[tokio::test]
async fn a_stall_reads_n_bytes_and_then_nothing_until_it_is_released() {
    let scene = Scene::strict().await;
    scene.inject(Fault::Stall {
        after: MIB as u64,
        ms: None,
    });
    let mut stream = scene.connect().await;
    let length = 64 * MIB;
    begin_put(&mut stream, "/b/void/k", length, "connection: close\r\n").await;
    let (mut reader, mut writer) = stream.into_split();
    let writing =
        tokio::spawn(async move { writer.write_all(&vec![0; length]).await.map(|()| writer) });
    until_read(&scene.gateway, 0, MIB as u64).await;
    sleep(A_WHILE).await;
    let read = scene.gateway.log()[0].bytes_in;
    assert!(read < 2 * MIB as u64, "{read} bytes were read");
    assert!(!writing.is_finished(), "the sender noticed nothing");
    scene.gateway.release();
    // Kept: a client that sends an end gives its request up.
    let _writer = writing.await.unwrap().unwrap();
    let mut reply = Vec::new();
    reader.read_to_end(&mut reply).await.unwrap();
    let reply = String::from_utf8(reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    assert_eq!(scene.gateway.log()[0].bytes_in, length as u64);
}

#[tokio::test]
async fn a_stall_can_end_by_itself_and_needs_no_body() {
    let scene = Scene::strict().await;
    scene.fake.store("/b/k", b"x");
    for (method, body) in [("GET", &b""[..]), ("PUT", b""), ("PUT", b"short")] {
        for after in [0, 100] {
            scene.inject(Fault::Stall {
                after,
                ms: Some(200),
            });
            let started = Instant::now();
            assert_eq!(scene.send(method, "/b/k", &[], body).await.status, 200);
            assert!(
                started.elapsed() >= Duration::from_millis(200),
                "{method} {after}"
            );
        }
    }
}

#[tokio::test]
async fn a_write_that_stalls_lets_its_key_go_and_comes_too_late() {
    let condition = ("if-none-match", "*");
    for after in [0, 3, 100] {
        let scene = Scene::strict().await;
        scene.inject(Fault::Stall { after, ms: None });
        let mut first = begin_conditional_put(&scene, "/b/k", 5).await;
        first.write_all(b"first").await.unwrap();
        until_read(&scene.gateway, 0, after.min(5)).await;

        assert_eq!(scene.put("/b/k", &[condition], b"x").await.status, 200);
        scene.gateway.release();
        let (reply, _) = read_to_end(&mut first).await;
        assert!(reply.starts_with(b"HTTP/1.1 412"), "{after}");
        assert_eq!(scene.fake.object("/b/k").unwrap(), "x");
    }
}

#[tokio::test]
async fn a_slow_body_is_read_at_its_rate() {
    let scene = Scene::strict().await;
    scene.inject(Fault::Slow {
        bytes_per_second: MIB as u64,
    });
    let started = Instant::now();
    let put = scene.put("/b/k", &[], &vec![0; MIB / 2]).await;
    assert_eq!(put.status, 200);
    let slow = started.elapsed();
    assert!(slow >= Duration::from_millis(450), "{slow:?}");
    let started = Instant::now();
    scene.put("/b/k", &[], &vec![0; MIB / 2]).await;
    assert!(started.elapsed() < slow);
}

#[tokio::test]
async fn a_delay_comes_before_the_body_is_read() {
    let scene = Scene::strict().await;
    scene.inject(Fault::Delay { ms: 300 });
    let started = Instant::now();
    assert_eq!(scene.put("/b/k", &[], b"x").await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_reply_is_lost_after_the_commit() {
    let scene = Scene::strict().await;
    for (path, reset) in [("/b/fin", false), ("/b/rst", true)] {
        scene.inject(Fault::LostReply { reset });
        let mut stream = scene.connect().await;
        begin_put(&mut stream, path, 5, "").await;
        stream.write_all(b"hello").await.unwrap();
        let (reply, was_reset) = read_to_end(&mut stream).await;
        assert_eq!((reply.len(), was_reset), (0, reset));
        assert_eq!(scene.fake.object(path).unwrap(), "hello");
    }
    let statuses: Vec<_> = scene
        .gateway
        .log()
        .iter()
        .map(|entry| entry.status)
        .collect();
    assert_eq!(statuses, [None, None]);
}

#[tokio::test]
async fn a_cap_holds_in_both_directions_and_for_all_connections_together() {
    let scene = Scene::strict().await;
    let half = vec![1; MIB / 2];
    scene.fake.store("/b/k", &half);
    let capped = Settings {
        bytes_per_second: MIB as u64,
        ..Settings::default()
    };
    scene.gateway.set(capped).await;
    let started = Instant::now();
    let (first, second) =
        tokio::join!(scene.put("/b/1", &[], &half), scene.put("/b/2", &[], &half));
    assert_eq!((first.status, second.status), (200, 200));
    assert!(
        started.elapsed() >= Duration::from_millis(900),
        "{:?}",
        started.elapsed()
    );
    let started = Instant::now();
    assert_eq!(scene.get("/b/k").await.body, half);
    let slow = started.elapsed();
    assert!(slow >= Duration::from_millis(450), "{slow:?}");
    scene.gateway.set(Settings::default()).await;
    let started = Instant::now();
    scene.get("/b/k").await;
    assert!(started.elapsed() < slow);
}

#[tokio::test]
async fn offline_resets_and_refuses_until_it_is_over() {
    let scene = Scene::strict().await;
    let mut stream = scene.connect().await;
    begin_put(&mut stream, "/b/k", 5, "").await;
    until("the head is in", || !scene.gateway.log().is_empty()).await;
    let offline = Settings {
        offline: true,
        ..Settings::default()
    };
    scene.gateway.set(offline).await;
    assert!(read_to_end(&mut stream).await.1);
    let refused = TcpStream::connect(scene.gateway.listen).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    scene.gateway.set(Settings::default()).await;
    assert_eq!(scene.put("/b/k", &[], b"x").await.status, 200);
}

#[tokio::test]
async fn a_clock_that_is_off_shows_in_date_and_is_compared_with() {
    let scene = Scene::strict().await;
    scene.fake.store("/b/k", b"x");
    let at = |minutes: i64| {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        let time = aws_smithy_types::DateTime::from_secs(
            i64::try_from(now.as_secs()).unwrap() + minutes * 60,
        );
        let text = time
            .fmt(aws_smithy_types::date_time::Format::DateTime)
            .unwrap();
        (time, text.replace(['-', ':'], ""))
    };
    for skew_minutes in [20, -20] {
        let settings = Settings {
            skew_minutes,
            ..Settings::default()
        };
        scene.gateway.set(settings).await;
        for (minutes, status) in [
            (0, 403),
            (skew_minutes, 200),
            (skew_minutes + 14, 200),
            (skew_minutes - 16, 403),
        ] {
            let (_, time) = at(minutes);
            let get = scene
                .send("GET", "/b/k", &[("x-amz-date", &time)], b"")
                .await;
            assert_eq!(get.status, status, "{skew_minutes} {minutes}");
            if status == 403 {
                assert_eq!(get.code(), "RequestTimeTooSkewed");
            }
            let date = get.header("date").unwrap();
            let date = aws_smithy_types::DateTime::from_str(
                date,
                aws_smithy_types::date_time::Format::HttpDate,
            )
            .unwrap();
            assert!((date.secs() - at(skew_minutes).0.secs()).abs() <= 2);
        }
    }
}

#[tokio::test]
async fn a_rule_picks_by_operation_key_and_count() {
    let scene = Scene::strict().await;
    let rule = Rule {
        when: When {
            operation: Some(Operation::PutObject),
            key: Some("Data/".to_owned()),
            nth: Some(2),
            ..When::default()
        },
        times: Times::Count(2),
        fault: answer(Answer {
            status: 500,
            ..Answer::default()
        }),
    };
    scene.gateway.inject([rule]);
    let mut statuses = Vec::new();
    for path in ["/b/Data/1", "/b/x", "/b/Data/2", "/b/Data/3", "/b/Data/4"] {
        scene.send("HEAD", path, &[], b"").await;
        statuses.push(scene.put(path, &[], b"x").await.status);
    }
    assert_eq!(statuses, [200, 200, 500, 500, 200]);
}

#[tokio::test]
async fn a_log_shows_what_came_and_no_secret() {
    let scene = Scene::strict().await;
    let secret = [
        ("authorization", "AWS4-HMAC-SHA256 x"),
        ("x-amz-security-token", "token"),
        ("x-amz-meta-a", "b"),
    ];
    scene
        .put("/b/k?x-id=PutObject&X-Amz-Signature=sig", &secret, b"hello")
        .await;
    let log = scene.gateway.log();
    let printed = serde_json::to_string(&log).unwrap();
    assert!(
        !printed.contains("HMAC") && !printed.contains("token") && !printed.contains("sig"),
        "{printed}"
    );
    let entry = &log[0];
    assert_eq!(
        (&*entry.method, entry.operation, &*entry.bucket, &*entry.key),
        ("PUT", Operation::PutObject, "b", "k")
    );
    assert_eq!((entry.status, entry.bytes_in), (Some(200), 5));
    assert_eq!(entry.headers["x-amz-meta-a"], "b");
    assert!(entry.ended_ms.unwrap() >= entry.started_ms);
}

#[tokio::test]
async fn counters_know_the_peaks() {
    let scene = Scene::strict().await;
    let stall = Rule {
        times: Times::Word(Always::Always),
        ..once(Fault::Stall { after: 0, ms: None })
    };
    scene.gateway.inject([stall]);
    let all = async {
        tokio::join!(scene.get("/b/1"), scene.get("/b/2"), scene.get("/b/3"));
    };
    let release = async {
        until("three are under way", || {
            scene.gateway.counters().requests == 3
        })
        .await;
        scene.gateway.release();
    };
    tokio::join!(all, release);
    until("all have gone", || {
        scene.gateway.counters().connections == 0
    })
    .await;
    let counters = scene.gateway.counters();
    assert_eq!((counters.connections_peak, counters.requests_peak), (3, 3));
    assert_eq!((counters.requests, counters.requests_total), (0, 3));
}

#[tokio::test]
async fn everything_is_reached_by_the_control_port() {
    let scene = Scene::strict().await;
    let control = async |method: &str, path: &str, body: &str| {
        let sent = send_to(
            scene.gateway.control,
            method,
            path,
            &[],
            body.as_bytes(),
            None,
        )
        .await;
        let answer = sent.unwrap();
        (answer.status, answer.text())
    };
    let done = (200, "{}".to_owned());
    let rule = r#"[{"when":{"operation":"PutObject"},"times":"always","fault":{"kind":"answer","status":500,"code":"InternalError"}}]"#;
    assert_eq!(control("POST", "/faults", rule).await, done);
    assert_eq!(scene.put("/b/k", &[], b"x").await.status, 500);
    assert!(
        control("GET", "/faults", "")
            .await
            .1
            .contains(r#""fired":1"#)
    );
    assert_eq!(control("DELETE", "/faults", "").await, done);
    assert_eq!(scene.put("/b/k", &[], b"x").await.status, 200);

    assert_eq!(
        control("PUT", "/settings", r#"{"multipart":"not-implemented"}"#).await,
        done
    );
    assert_eq!(
        scene.send("POST", "/b/k?uploads=", &[], b"").await.status,
        501
    );
    assert!(
        control("GET", "/settings", "")
            .await
            .1
            .contains(r#""multipart":"not-implemented""#)
    );

    let (_, log) = control("GET", "/log", "").await;
    assert_eq!(log.matches("startedMs").count(), 3);
    assert!(
        control("GET", "/counters", "")
            .await
            .1
            .contains(r#""requestsTotal":3"#)
    );
    assert_eq!(control("DELETE", "/log", "").await, done);
    assert_eq!(control("GET", "/log", "").await.1, "[]");

    control("POST", "/faults", r#"[{"fault":{"kind":"stall"}}]"#).await;
    let release = async {
        until("it stalls", || scene.gateway.counters().requests == 1).await;
        control("POST", "/release", "").await
    };
    let (stalled, released) = tokio::join!(scene.get("/b/k"), release);
    assert_eq!((stalled.status, released), (200, done.clone()));

    control("POST", "/faults", rule).await;
    assert_eq!(control("POST", "/reset", "").await, done);
    assert_eq!(
        scene.send("POST", "/b/k?uploads=", &[], b"").await.status,
        200
    );
    assert_eq!(scene.put("/b/k", &[], b"x").await.status, 200);
    assert_eq!(scene.gateway.log().len(), 2);

    for (method, path, body) in [
        ("POST", "/faults", "nonsense"),
        ("PUT", "/settings", r#"{"offlin":true}"#),
        ("GET", "/nothing", ""),
    ] {
        let (status, text) = control(method, path, body).await;
        assert!(
            status == 400 && text.contains("error"),
            "{method} {path}: {text}"
        );
    }
    assert_eq!(elements("<a>1</a><a>2</a>", "a"), ["1", "2"]);
}
