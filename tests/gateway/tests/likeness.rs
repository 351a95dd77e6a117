//! The gateway as a server that lacks a feature.

mod support;

use strict_gateway::{Checksum, ExpectedOwner, IfNoneMatch, Multipart, Settings};
use support::{Scene, begin_conditional_put, checksum, completion, read_to_end, until};
use tokio::io::AsyncWriteExt;

const CHECKSUM: &str = "x-amz-checksum-xxhash128";
const MODE: (&str, &str) = ("x-amz-checksum-mode", "ENABLED");
const CREATE: (&str, &str) = ("x-amz-checksum-algorithm", "XXHASH128");

fn with_checksum(checksum: Checksum) -> Settings {
    Settings {
        checksum,
        ..Settings::default()
    }
}

#[tokio::test]
async fn checksums_can_be_ignored() {
    let scene = Scene::with(with_checksum(Checksum::Ignored)).await;
    let wrong = checksum(b"other");
    for value in [&*wrong, "AAAA"] {
        let put = scene.put("/b/k", &[(CHECKSUM, value)], b"x").await;
        assert_eq!((put.status, put.header(CHECKSUM)), (200, None));
    }
    assert_eq!(
        scene
            .send("HEAD", "/b/k", &[MODE], b"")
            .await
            .header(CHECKSUM),
        None
    );
    let created = scene
        .send(
            "POST",
            "/b/m?uploads=",
            &[CREATE, ("x-amz-checksum-type", "FULL_OBJECT")],
            b"",
        )
        .await;
    assert_eq!(
        (created.status, created.header("x-amz-checksum-algorithm")),
        (200, None)
    );
    let seen = scene.fake.last().headers;
    assert!(
        !seen.contains_key("x-amz-checksum-algorithm") && !seen.contains_key("x-amz-checksum-type")
    );
    let id = created.element("UploadId").unwrap();
    let part = scene
        .put(
            &format!("/b/m?partNumber=1&uploadId={id}"),
            &[(CHECKSUM, &wrong)],
            b"x",
        )
        .await;
    assert_eq!(part.status, 200);
    let body = completion(&[(1, part.header("etag").unwrap(), Some(&wrong))]);
    let done = scene
        .send(
            "POST",
            &format!("/b/m?uploadId={id}"),
            &[(CHECKSUM, &wrong)],
            &body,
        )
        .await;
    assert_eq!(
        (done.status, done.element("ChecksumXXHASH128")),
        (200, None)
    );
    assert_eq!(scene.fake.object("/b/m").unwrap(), "x");
}

#[tokio::test]
async fn checksums_can_be_refused_as_unknown() {
    for (likeness, status, code) in [
        (Checksum::NotImplemented, 501, "NotImplemented"),
        (Checksum::Invalid, 400, "InvalidRequest"),
    ] {
        let scene = Scene::with(with_checksum(likeness)).await;
        let right = checksum(b"x");
        let put = scene.put("/b/k", &[(CHECKSUM, &right)], b"x").await;
        assert_eq!((put.status, put.code()), (status, code.to_owned()));
        let created = scene.send("POST", "/b/k?uploads=", &[CREATE], b"").await;
        assert_eq!((created.status, created.code()), (status, code.to_owned()));
        assert!(scene.fake.seen().is_empty());
        assert_eq!(scene.put("/b/k", &[], b"x").await.status, 200);
    }
}

#[tokio::test]
async fn the_expected_owner_can_be_ignored() {
    let settings = Settings {
        expected_owner: ExpectedOwner::Ignored,
        ..Settings::default()
    };
    let scene = Scene::with(settings).await;
    let other = ("x-amz-expected-bucket-owner", "999999999999");
    assert_eq!(scene.put("/b/k", &[other], b"x").await.status, 200);
}

#[tokio::test]
async fn conditions_can_be_ignored() {
    let settings = Settings {
        if_none_match: IfNoneMatch::Ignored,
        ..Settings::default()
    };
    let scene = Scene::with(settings).await;
    scene.fake.store("/b/k", b"old");
    let condition = ("if-none-match", "*");
    let mut first = begin_conditional_put(&scene, "/b/k", 5).await;
    until("the head is in", || !scene.gateway.log().is_empty()).await;
    assert_eq!(scene.put("/b/k", &[condition], b"new").await.status, 200);
    assert_eq!(scene.fake.object("/b/k").unwrap(), "new");
    first.write_all(b"first").await.unwrap();
    assert!(read_to_end(&mut first).await.0.starts_with(b"HTTP/1.1 200"));
    assert_eq!(scene.fake.object("/b/k").unwrap(), "first");
    assert!(!scene.fake.last().headers.contains_key("if-none-match"));
}

#[tokio::test]
async fn conditions_can_be_not_implemented() {
    let settings = Settings {
        if_none_match: IfNoneMatch::NotImplemented,
        ..Settings::default()
    };
    let scene = Scene::with(settings).await;
    let condition = ("if-none-match", "*");
    let body = completion(&[(1, "e", None)]);
    for answer in [
        scene.put("/b/k", &[condition], b"x").await,
        scene
            .send("POST", "/b/k?uploadId=u", &[condition], &body)
            .await,
    ] {
        assert_eq!(
            (answer.status, answer.code()),
            (501, "NotImplemented".to_owned())
        );
    }
    assert!(scene.fake.seen().is_empty());
    assert_eq!(scene.put("/b/k", &[], b"x").await.status, 200);
}

#[tokio::test]
async fn uploads_in_parts_can_be_missing() {
    let settings = Settings {
        multipart: Multipart::NotImplemented,
        ..Settings::default()
    };
    let scene = Scene::with(settings).await;
    for (method, path) in [
        ("POST", "/b/k?uploads="),
        ("PUT", "/b/k?partNumber=1&uploadId=u"),
        ("POST", "/b/k?uploadId=u"),
        ("DELETE", "/b/k?uploadId=u"),
        ("GET", "/b/k?uploadId=u"),
        ("GET", "/b?uploads="),
    ] {
        let answer = scene.send(method, path, &[], b"").await;
        assert_eq!(
            (answer.status, answer.code()),
            (501, "NotImplemented".to_owned()),
            "{method} {path}"
        );
    }
    assert!(scene.fake.seen().is_empty());
    assert_eq!(scene.put("/b/k", &[], b"x").await.status, 200);
}

#[tokio::test]
async fn a_plain_server_accepts_everything() {
    let scene = Scene::with(Settings::plain()).await;
    scene.fake.store("/b/k", b"old");
    let wrong = checksum(b"other");
    let headers = [
        (CHECKSUM, &*wrong),
        ("if-none-match", "*"),
        ("x-amz-expected-bucket-owner", "9"),
    ];
    assert_eq!(scene.put("/b/k", &headers, b"new").await.status, 200);
    assert_eq!(scene.fake.object("/b/k").unwrap(), "new");
}
