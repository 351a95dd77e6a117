//! What the gateway enforces, in front of a server that enforces nothing.

mod support;

use std::time::Duration;

use strict_gateway::{OWNER, Operation};
use support::{
    Scene, begin_conditional_put, begin_put, checksum, completion, composite, elements,
    read_to_end, send_to, until, until_read,
};
use tokio::io::AsyncWriteExt;

const CHECKSUM: &str = "x-amz-checksum-xxhash128";
const MODE: (&str, &str) = ("x-amz-checksum-mode", "ENABLED");
const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn a_right_checksum_is_stored_and_told_to_who_asks() {
    let scene = Scene::strict().await;
    let sum = checksum(b"hello");
    let put = scene.put("/b/k", &[(CHECKSUM, &sum)], b"hello").await;
    assert_eq!((put.status, put.header(CHECKSUM)), (200, Some(&*sum)));
    assert_eq!(scene.fake.object("/b/k").unwrap(), "hello");
    for method in ["HEAD", "GET"] {
        let asked = scene.send(method, "/b/k", &[MODE], b"").await;
        assert_eq!(asked.header(CHECKSUM), Some(&*sum), "{method}");
        assert_eq!(asked.header("x-amz-checksum-type"), Some("FULL_OBJECT"));
        let silent = scene.send(method, "/b/k", &[], b"").await;
        assert_eq!((silent.status, silent.header(CHECKSUM)), (200, None));
        let part = scene
            .send(method, "/b/k", &[MODE, ("range", "bytes=0-1")], b"")
            .await;
        assert_eq!(part.header(CHECKSUM), None);
    }
}

#[tokio::test]
async fn a_wrong_checksum_stores_nothing_and_keeps_what_was_there() {
    let scene = Scene::strict().await;
    for length in [5, 9 * MIB] {
        let body = vec![7; length];
        let wrong = checksum(b"other");
        let put = scene.put("/b/k", &[(CHECKSUM, &wrong)], &body).await;
        assert_eq!((put.status, put.code()), (400, "BadDigest".into()));
        assert_eq!(scene.fake.object("/b/k"), None);
    }
    assert!(scene.fake.seen().is_empty(), "the body went on");
    scene.fake.store("/b/k", b"old");
    let put = scene
        .put("/b/k", &[(CHECKSUM, &checksum(b"other"))], b"new")
        .await;
    assert_eq!(put.code(), "BadDigest");
    assert_eq!(scene.fake.object("/b/k").unwrap(), "old");
}

#[tokio::test]
async fn a_large_body_arrives_as_it_was_sent() {
    let scene = Scene::strict().await;
    let body: Vec<u8> = (0..=250).cycle().take(9 * MIB).collect();
    let put = scene
        .put("/b/k", &[(CHECKSUM, &checksum(&body))], &body)
        .await;
    assert_eq!(put.status, 200);
    assert_eq!(scene.fake.object("/b/k").unwrap(), body);
}

#[tokio::test]
async fn a_malformed_checksum_is_an_invalid_request() {
    let scene = Scene::strict().await;
    for value in [
        "",
        "AAAA",
        "99aa06d3014798d86001c324468d497f",
        "maoG0wFHmNhgAcMkRo1Jfw",
    ] {
        let put = scene.put("/b/k", &[(CHECKSUM, value)], b"").await;
        assert_eq!(
            (put.status, put.code()),
            (400, "InvalidRequest".into()),
            "{value}"
        );
    }
    let lonely = [("x-amz-sdk-checksum-algorithm", "XXHASH128")];
    assert_eq!(
        scene.put("/b/k", &lonely, b"x").await.code(),
        "InvalidRequest"
    );
    assert_eq!(scene.fake.object("/b/k"), None);
}

#[tokio::test]
async fn an_object_written_without_checksum_or_behind_the_back_has_none() {
    let scene = Scene::strict().await;
    let sum = checksum(b"hello");
    let told = async || {
        let head = scene.send("HEAD", "/b/k", &[MODE], b"").await;
        head.header(CHECKSUM).map(str::to_owned)
    };
    scene.put("/b/k", &[(CHECKSUM, &sum)], b"hello").await;
    scene.fake.store("/b/k", b"jello");
    assert_eq!(told().await, None);
    scene.put("/b/k", &[(CHECKSUM, &sum)], b"hello").await;
    assert_eq!(told().await, Some(sum.clone()));
    scene.put("/b/k", &[], b"hello").await;
    assert_eq!(told().await, None);
    scene.put("/b/k", &[(CHECKSUM, &sum)], b"hello").await;
    scene.send("DELETE", "/b/k", &[], b"").await;
    scene.fake.store("/b/k", b"hello");
    assert_eq!(told().await, None);
}

#[tokio::test]
async fn another_owner_is_denied_in_every_operation() {
    let scene = Scene::strict().await;
    scene.fake.store("/b/k", b"x");
    let operations = [
        ("HEAD", "/b/k"),
        ("GET", "/b/k"),
        ("PUT", "/b/k"),
        ("DELETE", "/b/k"),
        ("POST", "/b/k?uploads="),
        ("PUT", "/b/k?partNumber=1&uploadId=u"),
        ("POST", "/b/k?uploadId=u"),
        ("DELETE", "/b/k?uploadId=u"),
        ("GET", "/b/k?uploadId=u"),
        ("GET", "/b?uploads="),
        ("GET", "/b?list-type=2"),
    ];
    for (method, path) in operations {
        let owner = ("x-amz-expected-bucket-owner", "999999999999");
        let answer = scene.send(method, path, &[owner], b"").await;
        assert_eq!(answer.status, 403, "{method} {path}");
        if method != "HEAD" {
            assert_eq!(answer.code(), "AccessDenied");
        }
    }
    assert!(scene.fake.seen().is_empty());
    let right = ("x-amz-expected-bucket-owner", OWNER);
    assert_eq!(scene.send("GET", "/b/k", &[right], b"").await.status, 200);
}

#[tokio::test]
async fn the_second_conditional_put_of_a_key_under_way_is_a_conflict() {
    let scene = Scene::strict().await;
    let condition = ("if-none-match", "*");
    let mut first = begin_conditional_put(&scene, "/b/k", 5).await;
    first.write_all(b"he").await.unwrap();
    until_read(&scene.gateway, 0, 2).await;

    let second = scene.put("/b/k", &[condition], b"other").await;
    assert_eq!(
        (second.status, second.code()),
        (409, "ConditionalRequestConflict".into())
    );
    assert_eq!(
        scene.put("/b/another", &[condition], b"x").await.status,
        200
    );

    first.write_all(b"llo").await.unwrap();
    let (reply, _) = read_to_end(&mut first).await;
    assert!(reply.starts_with(b"HTTP/1.1 200"));
    assert_eq!(scene.fake.object("/b/k").unwrap(), "hello");
    // The first is over: from now on the key is taken, not contested.
    assert_eq!(scene.put("/b/k", &[condition], b"other").await.status, 412);
}

#[tokio::test]
async fn a_conditional_write_that_fails_gives_its_key_back() {
    let scene = Scene::strict().await;
    let condition = ("if-none-match", "*");
    let wrong = checksum(b"other");
    let failed = scene
        .put("/b/k", &[condition, (CHECKSUM, &wrong)], b"x")
        .await;
    assert_eq!(failed.code(), "BadDigest");
    let mut gone = scene.connect().await;
    begin_put(&mut gone, "/b/k", 5, "if-none-match: *\r\n").await;
    until("the head is in", || scene.gateway.log().len() == 2).await;
    drop(gone);
    until("it was given up", || {
        scene.gateway.log()[1].ended_ms.is_some()
    })
    .await;
    until_put_works(&scene).await;
}

/// The write that was given up may still be on its way out.
async fn until_put_works(scene: &Scene) {
    for _ in 0..100 {
        let put = scene.put("/b/k", &[("if-none-match", "*")], b"x").await;
        if put.status == 200 {
            return;
        }
        assert_eq!(put.status, 409);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the key was never given back");
}

#[tokio::test]
async fn a_conditional_completion_conflicts_and_fails_like_a_put() {
    let scene = Scene::strict().await;
    let condition = ("if-none-match", "*");
    let (id, etag) = one_part(&scene, "/b/k").await;
    let body = completion(&[(1, &etag, None)]);
    let path = format!("/b/k?uploadId={id}");
    let mut put = begin_conditional_put(&scene, "/b/k", 5).await;
    until("the head is in", || scene.gateway.log().len() == 3).await;
    let conflict = scene.send("POST", &path, &[condition], &body).await;
    assert_eq!(
        (conflict.status, conflict.code()),
        (409, "ConditionalRequestConflict".into())
    );
    put.write_all(b"hello").await.unwrap();
    read_to_end(&mut put).await;
    assert_eq!(
        scene.send("POST", &path, &[condition], &body).await.status,
        412
    );
    assert_eq!(scene.fake.object("/b/k").unwrap(), "hello");
    assert_eq!(scene.send("POST", &path, &[], &body).await.status, 200);
    assert_eq!(scene.fake.object("/b/k").unwrap(), "part");
}

/// An upload with the part `part`: its id and the part's ETag.
async fn one_part(scene: &Scene, path: &str) -> (String, String) {
    let id = create(scene, path, &[]).await;
    let part = scene
        .put(&format!("{path}?partNumber=1&uploadId={id}"), &[], b"part")
        .await;
    (id, part.header("etag").unwrap().to_owned())
}

async fn create(scene: &Scene, path: &str, headers: support::Headers<'_>) -> String {
    let created = scene
        .send("POST", &format!("{path}?uploads="), headers, b"")
        .await;
    created.element("UploadId").unwrap()
}

#[tokio::test]
async fn metadata_over_2_kb_is_too_large() {
    let scene = Scene::strict().await;
    let put = async |length| {
        let value = "v".repeat(length);
        scene
            .put(
                "/b/k",
                &[("x-amz-meta-a", &value), ("x-amz-meta-bc", "de")],
                b"",
            )
            .await
    };
    assert_eq!(put(2048 - 5).await.status, 200);
    let answer = put(2048 - 4).await;
    assert_eq!(
        (answer.status, answer.code()),
        (400, "MetadataTooLarge".into())
    );
    let value = "v".repeat(2048);
    let created = scene
        .send("POST", "/b/k?uploads=", &[("x-amz-meta-a", &value)], b"")
        .await;
    assert_eq!(created.code(), "MetadataTooLarge");
}

#[tokio::test]
async fn a_key_over_1024_bytes_is_too_long() {
    let scene = Scene::strict().await;
    let longest = format!("/b/{}", "%C3%A9".repeat(512));
    assert_eq!(scene.put(&longest, &[], b"").await.status, 200);
    let answer = scene.put(&format!("{longest}k"), &[], b"").await;
    assert_eq!(
        (answer.status, answer.code()),
        (400, "KeyTooLongError".into())
    );
}

#[tokio::test]
async fn more_than_5_gib_is_refused_before_the_body() {
    let scene = Scene::strict().await;
    let limit: usize = 5 * 1024 * MIB;
    for path in ["/b/k", "/b/k?partNumber=1&uploadId=u"] {
        let mut stream = scene.connect().await;
        begin_put(&mut stream, path, limit + 1, "").await;
        let (reply, _) = read_to_end(&mut stream).await;
        let reply = String::from_utf8(reply).unwrap();
        assert!(reply.starts_with("HTTP/1.1 400"), "{reply}");
        assert_eq!(elements(&reply, "Code"), ["EntityTooLarge"]);
    }
    let mut stream = scene.connect().await;
    begin_put(&mut stream, "/b/void/k", limit, "").await;
    stream.write_all(&[0; 1000]).await.unwrap();
    until_read(&scene.gateway, 2, 1000).await;
    assert_eq!(scene.gateway.log()[2].status, None);
}

#[tokio::test]
async fn a_body_of_unknown_length_is_refused() {
    let scene = Scene::strict().await;
    let mut stream = scene.connect().await;
    let request = "PUT /b/k HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n0\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let (reply, _) = read_to_end(&mut stream).await;
    assert!(reply.starts_with(b"HTTP/1.1 411"));
}

#[tokio::test]
async fn part_numbers_go_from_1_to_10000() {
    let scene = Scene::strict().await;
    let id = create(&scene, "/b/k", &[]).await;
    for (number, code) in [
        ("0", "InvalidArgument"),
        ("10001", "InvalidArgument"),
        ("-1", "InvalidArgument"),
        ("x", "InvalidArgument"),
        ("1", "200"),
        ("10000", "200"),
    ] {
        let path = format!("/b/k?partNumber={number}&uploadId={id}");
        assert_eq!(scene.put(&path, &[], b"x").await.code(), code, "{number}");
    }
}

#[tokio::test]
async fn an_unknown_upload_is_not_found() {
    let scene = Scene::strict().await;
    let body = completion(&[(1, "e", None)]);
    for (method, path, body) in [
        ("PUT", "/b/k?partNumber=1&uploadId=none", &b"x"[..]),
        ("POST", "/b/k?uploadId=none", &body),
        ("GET", "/b/k?uploadId=none", b""),
        ("DELETE", "/b/k?uploadId=none", b""),
    ] {
        let answer = scene.send(method, path, &[], body).await;
        assert_eq!((answer.status, answer.code()), (404, "NoSuchUpload".into()));
    }
}

#[tokio::test]
async fn an_upload_in_parts_is_checked_from_beginning_to_end() {
    let scene = Scene::strict().await;
    let algorithm = ("x-amz-checksum-algorithm", "XXHASH128");
    let created = scene.send("POST", "/b/k?uploads=", &[algorithm], b"").await;
    assert_eq!(
        created.header("x-amz-checksum-algorithm"),
        Some("XXHASH128")
    );
    assert_eq!(created.header("x-amz-checksum-type"), Some("COMPOSITE"));
    assert!(
        !scene
            .fake
            .last()
            .headers
            .contains_key("x-amz-checksum-algorithm")
    );
    let id = created.element("UploadId").unwrap();
    let (first, last) = (vec![1; 5 * MIB], b"last".to_vec());
    let path = |number: u32| format!("/b/k?partNumber={number}&uploadId={id}");

    let wrong = scene
        .put(&path(1), &[(CHECKSUM, &checksum(b"x"))], &first)
        .await;
    assert_eq!(wrong.code(), "BadDigest");
    assert_eq!(
        scene
            .put(&path(1), &[(CHECKSUM, "AAAA")], &first)
            .await
            .code(),
        "InvalidRequest"
    );
    assert_eq!(
        scene.put(&path(1), &[], &first).await.code(),
        "InvalidRequest"
    );
    assert!(
        scene.fake.parts(&id).is_empty(),
        "a refused part was stored"
    );

    let sums = [checksum(&first), checksum(&last)];
    let mut etags = Vec::new();
    for (number, body, sum) in [(1, &first, &sums[0]), (2, &last, &sums[1])] {
        let stored = scene.put(&path(number), &[(CHECKSUM, sum)], body).await;
        assert_eq!(
            (stored.status, stored.header(CHECKSUM)),
            (200, Some(&**sum))
        );
        etags.push(stored.header("etag").unwrap().to_owned());
    }
    let list = scene.get(&format!("/b/k?uploadId={id}")).await;
    assert_eq!(elements(&list.text(), "ChecksumXXHASH128"), sums);
    assert_eq!(
        list.element("ChecksumAlgorithm").as_deref(),
        Some("XXHASH128")
    );
    assert_eq!(list.element("ChecksumType").as_deref(), Some("COMPOSITE"));

    let complete = async |headers: support::Headers<'_>, second: Option<&str>| {
        let parts = [(1, &*etags[0], Some(&*sums[0])), (2, &*etags[1], second)];
        scene
            .send(
                "POST",
                &format!("/b/k?uploadId={id}"),
                headers,
                &completion(&parts),
            )
            .await
    };
    let whole = composite(&[&first, &last]);
    assert_eq!(complete(&[], None).await.code(), "InvalidRequest");
    assert_eq!(complete(&[], Some(&sums[0])).await.code(), "InvalidPart");
    let bad = [(CHECKSUM, &*sums[0])];
    assert_eq!(complete(&bad, Some(&sums[1])).await.code(), "BadDigest");
    let full = [(CHECKSUM, &*whole), ("x-amz-checksum-type", "FULL_OBJECT")];
    assert_eq!(complete(&full, Some(&sums[1])).await.code(), "BadDigest");
    let size = [("x-amz-mp-object-size", "7")];
    assert_eq!(
        complete(&size, Some(&sums[1])).await.code(),
        "InvalidRequest"
    );
    assert_eq!(scene.fake.object("/b/k"), None);

    let right = [(CHECKSUM, &*whole), ("x-amz-checksum-type", "COMPOSITE")];
    let done = complete(&right, Some(&sums[1])).await;
    assert_eq!(done.element("ChecksumXXHASH128").as_ref(), Some(&whole));
    assert_eq!(done.element("ChecksumType").as_deref(), Some("COMPOSITE"));
    assert_eq!(scene.fake.object("/b/k").unwrap().len(), 5 * MIB + 4);
    let head = scene.send("HEAD", "/b/k", &[MODE], b"").await;
    assert_eq!(head.header(CHECKSUM), Some(&*whole));
    assert_eq!(head.header("x-amz-checksum-type"), Some("COMPOSITE"));
    scene.fake.store("/b/k", b"other");
    assert_eq!(
        scene
            .send("HEAD", "/b/k", &[MODE], b"")
            .await
            .header(CHECKSUM),
        None
    );
}

#[tokio::test]
async fn parts_are_checked_when_the_upload_has_no_checksum() {
    let scene = Scene::strict().await;
    let id = create(&scene, "/b/k", &[]).await;
    let mut etags = Vec::new();
    for number in 1..=2 {
        let part = scene
            .put(
                &format!("/b/k?partNumber={number}&uploadId={id}"),
                &[],
                b"x",
            )
            .await;
        etags.push(part.header("etag").unwrap().to_owned());
    }
    let with = [(CHECKSUM, &*checksum(b"x"))];
    let part = scene
        .put(&format!("/b/k?partNumber=3&uploadId={id}"), &with, b"x")
        .await;
    assert_eq!(part.code(), "InvalidRequest");
    for (parts, code) in [
        (
            vec![(1, &*etags[0], None), (2, &*etags[1], None)],
            "EntityTooSmall",
        ),
        (vec![(1, "wrong", None)], "InvalidPart"),
        (vec![(3, &*etags[0], None)], "InvalidPart"),
        (
            vec![(2, &*etags[1], None), (1, &*etags[0], None)],
            "InvalidPartOrder",
        ),
        (vec![], "MalformedXML"),
    ] {
        let answer = scene
            .send(
                "POST",
                &format!("/b/k?uploadId={id}"),
                &[],
                &completion(&parts),
            )
            .await;
        assert_eq!((answer.status, answer.code()), (400, code.into()));
    }
    assert_eq!(scene.fake.object("/b/k"), None);
}

#[tokio::test]
async fn only_a_composite_checksum_can_be_asked_for() {
    let scene = Scene::strict().await;
    let algorithm = ("x-amz-checksum-algorithm", "XXHASH128");
    for (headers, status) in [
        (&[algorithm, ("x-amz-checksum-type", "COMPOSITE")][..], 200),
        (&[algorithm, ("x-amz-checksum-type", "FULL_OBJECT")], 400),
        (&[algorithm, ("x-amz-checksum-type", "PARTIAL")], 400),
        (&[("x-amz-checksum-type", "COMPOSITE")], 400),
    ] {
        let created = scene.send("POST", "/b/k?uploads=", headers, b"").await;
        assert_eq!(created.status, status, "{headers:?}");
        assert!(status == 200 || created.code() == "InvalidRequest");
    }
}

#[tokio::test]
async fn an_upload_that_was_begun_elsewhere_is_left_to_the_server_but_for_its_digests() {
    let scene = Scene::strict().await;
    let id = create(&scene, "/b/k", &[]).await;
    let other = strict_gateway::Options::before(&scene.fake.endpoint());
    let other = strict_gateway::Running::start(other).await.unwrap();
    let path = format!("/b/k?partNumber=1&uploadId={id}");
    for (sum, code) in [(checksum(b"x"), "200"), (checksum(b"y"), "BadDigest")] {
        let headers = [(CHECKSUM, &*sum)];
        let part = send_to(other.listen, "PUT", &path, &headers, b"x", None)
            .await
            .unwrap();
        assert_eq!(part.code(), code);
    }
}

#[tokio::test]
async fn lists_of_parts_have_pages_of_a_thousand() {
    let scene = Scene::strict().await;
    let id = create(&scene, "/b/k", &[]).await;
    for number in 1..=1001 {
        scene
            .put(
                &format!("/b/k?partNumber={number}&uploadId={id}"),
                &[],
                b"x",
            )
            .await;
    }
    for (more, count, truncated) in [
        ("", 1000, "true"),
        ("&max-parts=2", 2, "true"),
        ("&max-parts=5000", 1000, "true"),
    ] {
        let list = scene.get(&format!("/b/k?uploadId={id}{more}")).await;
        assert_eq!(elements(&list.text(), "PartNumber").len(), count);
        assert_eq!(list.element("IsTruncated").unwrap(), truncated);
        assert_eq!(
            list.element("NextPartNumberMarker").unwrap(),
            count.to_string()
        );
    }
}

#[tokio::test]
async fn uploads_are_listed_by_key_in_pages_that_follow_each_other() {
    let scene = Scene::strict().await;
    let mut wanted = Vec::new();
    for key in ["c", "a", "b", "b"] {
        wanted.push((
            key.to_owned(),
            create(&scene, &format!("/b/{key}"), &[]).await,
        ));
    }
    wanted.sort();
    let mut found = Vec::new();
    let mut path = "/b?uploads=&max-uploads=1".to_owned();
    loop {
        let list = scene.get(&path).await;
        let text = list.text();
        found.extend(
            elements(&text, "Key")
                .into_iter()
                .zip(elements(&text, "UploadId")),
        );
        if list.element("IsTruncated").unwrap() == "false" {
            assert_eq!(list.element("NextKeyMarker"), None);
            break;
        }
        let (key, id) = (
            list.element("NextKeyMarker").unwrap(),
            list.element("NextUploadIdMarker").unwrap(),
        );
        path = format!("/b?uploads=&max-uploads=1&key-marker={key}&upload-id-marker={id}");
    }
    assert_eq!(found, wanted);
    let some = scene.get("/b?uploads=&prefix=b").await;
    assert_eq!(elements(&some.text(), "Key"), ["b", "b"]);
    let after = scene.get("/b?uploads=&key-marker=b").await;
    assert_eq!(elements(&after.text(), "Key"), ["c"]);
}

#[tokio::test]
async fn a_connection_is_kept_and_its_host_goes_on() {
    let scene = Scene::strict().await;
    let mut stream = scene.connect().await;
    for _ in 0..2 {
        let request = "PUT /b/k HTTP/1.1\r\nhost: store.example:99\r\ncontent-length: 1\r\n\r\nx";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reply = [0; 12];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut reply)
            .await
            .unwrap();
        assert_eq!(&reply, b"HTTP/1.1 200");
        let mut rest = [0; 4096];
        tokio::io::AsyncReadExt::read(&mut stream, &mut rest)
            .await
            .unwrap();
    }
    let counters = scene.gateway.counters();
    assert_eq!(
        (counters.connections_total, counters.requests_total),
        (1, 2)
    );
    assert_eq!(scene.fake.last().headers["host"], "store.example:99");
}

#[tokio::test]
async fn a_preflight_passes_through() {
    let scene = Scene::strict().await;
    let asked = [
        ("origin", "https://page.example"),
        ("access-control-request-method", "PUT"),
    ];
    assert_eq!(scene.send("OPTIONS", "/b/k", &asked, b"").await.status, 204);
    assert_eq!(scene.gateway.log()[0].operation, Operation::Preflight);
    assert_eq!(scene.fake.last().headers["origin"], "https://page.example");
}
