//! In front of SeaweedFS, which verifies signatures: `cargo xtask test gateway` starts it and names it
//! in `TEST_STORE`.

mod support;

use std::net::SocketAddr;
use std::process::Stdio;

use serde::Deserialize;
use strict_gateway::{IfNoneMatch, Options, Running, Settings, Signer};
use support::{Answer, Headers, checksum, completion, composite, elements, send_to};
use tokio::io::{AsyncBufReadExt, BufReader};

const CHECKSUM: &str = "x-amz-checksum-xxhash128";
const MODE: (&str, &str) = ("x-amz-checksum-mode", "ENABLED");
const CREATE: (&str, &str) = ("x-amz-checksum-algorithm", "XXHASH128");
const CONDITION: (&str, &str) = ("if-none-match", "*");
const MIB: usize = 1024 * 1024;

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Store {
    endpoint: String,
    region: String,
    bucket: String,
    access_key: String,
    secret_key: String,
}

/// SeaweedFS, reached through a gateway and around it.
struct Stage {
    store: Store,
    signer: Signer,
    gateway: Running,
    /// Keeps the keys of tests that run at once apart.
    folder: &'static str,
}

impl Stage {
    async fn strict(folder: &'static str) -> Self {
        Self::with(folder, Settings::default()).await
    }

    async fn with(folder: &'static str, settings: Settings) -> Self {
        let store = std::env::var("TEST_STORE").expect("`cargo xtask test gateway` sets it");
        let store: Store = serde_json::from_str(&store).unwrap();
        let signer = Signer::new(&store.access_key, &store.secret_key, &store.region);
        let mut options = Options::before(&store.endpoint);
        options.signer = Some(signer.clone());
        options.settings = settings;
        let gateway = Running::start(options).await.unwrap();
        Self {
            store,
            signer,
            gateway,
            folder,
        }
    }

    fn path(&self, key: &str) -> String {
        format!("/{}/gateway/{}/{key}", self.store.bucket, self.folder)
    }

    async fn send(&self, method: &str, key: &str, headers: Headers<'_>, body: &[u8]) -> Answer {
        self.send_path(method, &self.path(key), headers, body).await
    }

    async fn send_path(
        &self,
        method: &str,
        path: &str,
        headers: Headers<'_>,
        body: &[u8],
    ) -> Answer {
        let signer = Some(&self.signer);
        send_to(self.gateway.listen, method, path, headers, body, signer)
            .await
            .unwrap()
    }

    /// Around the gateway.
    async fn direct(&self, method: &str, key: &str, body: &[u8]) -> Answer {
        let address: SocketAddr = self
            .store
            .endpoint
            .trim_start_matches("http://")
            .parse()
            .unwrap();
        send_to(
            address,
            method,
            &self.path(key),
            &[],
            body,
            Some(&self.signer),
        )
        .await
        .unwrap()
    }

    async fn create(&self, key: &str, headers: Headers<'_>) -> String {
        let created = self
            .send("POST", &format!("{key}?uploads="), headers, b"")
            .await;
        created
            .element("UploadId")
            .unwrap_or_else(|| panic!("{}", created.text()))
    }

    /// Sends a part; gives its ETag.
    async fn part(
        &self,
        key: &str,
        id: &str,
        number: u32,
        sum: Option<&str>,
        body: &[u8],
    ) -> String {
        let headers: Vec<_> = sum.map(|sum| (CHECKSUM, sum)).into_iter().collect();
        let path = format!("{key}?partNumber={number}&uploadId={id}");
        let part = self.send("PUT", &path, &headers, body).await;
        assert_eq!(part.status, 200, "{}", part.text());
        part.header("etag").unwrap().to_owned()
    }
}

#[tokio::test]
#[ignore = "needs TEST_STORE"]
async fn signatures_are_verified_whether_a_request_goes_on_as_it_came_or_changed() {
    let stage = Stage::strict("signatures").await;
    let put = stage
        .send("PUT", "a%20b", &[("x-amz-meta-a", "b")], b"hello")
        .await;
    assert_eq!(put.status, 200, "{}", put.text());
    assert_eq!(stage.direct("GET", "a%20b", b"").await.text(), "hello");
    stage.create("m", &[CREATE]).await;

    let thief = Signer::new(&stage.store.access_key, "wrong", &stage.store.region);
    let stranger = Signer::new("AKIANOBODY", &stage.store.secret_key, &stage.store.region);
    for (signer, code) in [
        (&thief, "SignatureDoesNotMatch"),
        (&stranger, "InvalidAccessKeyId"),
    ] {
        for (method, key, headers) in [("PUT", "x", &[][..]), ("POST", "m?uploads=", &[CREATE])] {
            let path = stage.path(key);
            let answer = send_to(
                stage.gateway.listen,
                method,
                &path,
                headers,
                b"",
                Some(signer),
            )
            .await;
            let answer = answer.unwrap();
            assert_eq!(
                (answer.status, answer.code()),
                (403, code.into()),
                "{method}"
            );
        }
    }
    let unsigned = send_to(
        stage.gateway.listen,
        "PUT",
        &stage.path("x"),
        &[],
        b"",
        None,
    )
    .await;
    assert_eq!(unsigned.unwrap().status, 403);
    assert_eq!(stage.direct("HEAD", "x", b"").await.status, 404);
}

#[tokio::test]
#[ignore = "needs TEST_STORE"]
async fn a_put_is_checked_against_its_checksum() {
    let stage = Stage::strict("put").await;
    let body = vec![9; 6 * MIB];
    let sum = checksum(&body);
    let wrong = stage
        .send("PUT", "k", &[(CHECKSUM, &checksum(b"x"))], &body)
        .await;
    assert_eq!((wrong.status, wrong.code()), (400, "BadDigest".into()));
    assert_eq!(stage.direct("HEAD", "k", b"").await.status, 404);

    // As boto3 sends it: SeaweedFS by itself refuses the second header.
    let headers = [
        (CHECKSUM, &*sum),
        ("x-amz-sdk-checksum-algorithm", "XXHASH128"),
    ];
    assert_eq!(stage.send("PUT", "k", &headers, &body).await.status, 200);
    let head = stage.send("HEAD", "k", &[MODE], b"").await;
    assert_eq!(head.header(CHECKSUM), Some(&*sum));
    assert_eq!(stage.send("GET", "k", &[MODE], b"").await.body, body);

    stage.direct("PUT", "k", b"corrupted behind the back").await;
    assert_eq!(
        stage.send("HEAD", "k", &[MODE], b"").await.header(CHECKSUM),
        None
    );
}

#[tokio::test]
#[ignore = "needs TEST_STORE"]
async fn an_empty_object_has_its_checksum() {
    let stage = Stage::strict("empty").await;
    let sum = checksum(b"");
    assert_eq!(
        stage
            .send("PUT", "k", &[(CHECKSUM, &sum), CONDITION], b"")
            .await
            .status,
        200
    );
    let head = stage.send("HEAD", "k", &[MODE], b"").await;
    assert_eq!(
        (head.header(CHECKSUM), head.header("content-length")),
        (Some(&*sum), Some("0"))
    );
}

#[tokio::test]
#[ignore = "needs TEST_STORE"]
async fn an_upload_in_parts_with_checksums_is_completed() {
    let stage = Stage::strict("parts").await;
    let (first, last) = (vec![1; 5 * MIB], b"last".to_vec());
    let sums = [checksum(&first), checksum(&last)];
    let id = stage
        .create("k", &[CREATE, ("x-amz-checksum-type", "COMPOSITE")])
        .await;
    let etags = [
        stage.part("k", &id, 1, Some(&sums[0]), &first).await,
        stage.part("k", &id, 2, Some(&sums[1]), &last).await,
    ];
    let list = stage
        .send("GET", &format!("k?uploadId={id}"), &[], b"")
        .await
        .text();
    assert_eq!(elements(&list, "ChecksumXXHASH128"), sums);
    assert_eq!(
        elements(&list, "Size"),
        [(5 * MIB).to_string(), "4".to_owned()]
    );
    let page = stage
        .send("GET", &format!("k?uploadId={id}&max-parts=1"), &[], b"")
        .await;
    assert_eq!(page.element("NextPartNumberMarker").as_deref(), Some("1"));
    let rest = stage
        .send(
            "GET",
            &format!("k?uploadId={id}&part-number-marker=1"),
            &[],
            b"",
        )
        .await;
    assert_eq!(elements(&rest.text(), "PartNumber"), ["2"]);

    let parts = [
        (1, &*etags[0], Some(&*sums[0])),
        (2, &*etags[1], Some(&*sums[1])),
    ];
    let path = format!("k?uploadId={id}");
    let whole = composite(&[&first, &last]);
    let done = stage
        .send(
            "POST",
            &path,
            &[(CHECKSUM, &whole), CONDITION],
            &completion(&parts),
        )
        .await;
    assert_eq!(
        done.element("ChecksumXXHASH128").as_ref(),
        Some(&whole),
        "{}",
        done.text()
    );
    let head = stage.send("HEAD", "k", &[MODE], b"").await;
    assert_eq!(head.header(CHECKSUM), Some(&*whole));
    assert_eq!(stage.direct("GET", "k", b"").await.body.len(), 5 * MIB + 4);
    assert_eq!(
        stage
            .send(
                "PUT",
                &format!("k?partNumber=1&uploadId={id}"),
                &[(CHECKSUM, &sums[1])],
                &last
            )
            .await
            .code(),
        "NoSuchUpload"
    );
}

#[tokio::test]
#[ignore = "needs TEST_STORE"]
async fn part_rules_hold() {
    let stage = Stage::strict("rules").await;
    let id = stage.create("k", &[]).await;
    let etags = [
        stage.part("k", &id, 1, None, b"small").await,
        stage.part("k", &id, 2, None, b"last").await,
    ];
    let path = format!("k?uploadId={id}");
    for (parts, code) in [
        (
            vec![(1, &*etags[0], None), (2, &*etags[1], None)],
            "EntityTooSmall",
        ),
        (vec![(1, &*etags[1], None)], "InvalidPart"),
        (
            vec![(2, &*etags[1], None), (1, &*etags[0], None)],
            "InvalidPartOrder",
        ),
    ] {
        assert_eq!(
            stage
                .send("POST", &path, &[], &completion(&parts))
                .await
                .code(),
            code
        );
    }
    let unknown = stage
        .send(
            "POST",
            "k?uploadId=none",
            &[],
            &completion(&[(1, "e", None)]),
        )
        .await;
    assert_eq!(
        (unknown.status, unknown.code()),
        (404, "NoSuchUpload".into())
    );
    assert_eq!(stage.send("DELETE", &path, &[], b"").await.status, 204);
    assert_eq!(
        stage.send("GET", &path, &[], b"").await.code(),
        "NoSuchUpload"
    );
    assert_eq!(
        stage
            .send("PUT", &format!("k?partNumber=1&uploadId={id}"), &[], b"x")
            .await
            .code(),
        "NoSuchUpload"
    );
    assert_eq!(stage.direct("HEAD", "k", b"").await.status, 404);
}

#[tokio::test]
#[ignore = "needs TEST_STORE"]
async fn uploads_are_listed_by_key_in_pages() {
    let stage = Stage::strict("uploads").await;
    let mut wanted = Vec::new();
    for key in ["c", "a", "d", "b", "b"] {
        wanted.push((
            format!("gateway/uploads/{key}"),
            stage.create(key, &[]).await,
        ));
    }
    wanted.sort();
    let mut found = Vec::new();
    let mut markers = String::new();
    loop {
        let path = format!(
            "/{}?uploads=&prefix=gateway%2Fuploads%2F&max-uploads=2{markers}",
            stage.store.bucket
        );
        let list = stage.send_path("GET", &path, &[], b"").await;
        let text = list.text();
        found.extend(
            elements(&text, "Key")
                .into_iter()
                .zip(elements(&text, "UploadId")),
        );
        if list.element("IsTruncated").as_deref() != Some("true") {
            break;
        }
        let key = list.element("NextKeyMarker").unwrap().replace('/', "%2F");
        let id = list.element("NextUploadIdMarker").unwrap();
        markers = format!("&key-marker={key}&upload-id-marker={id}");
    }
    assert_eq!(found, wanted);
}

#[tokio::test]
#[ignore = "needs TEST_STORE"]
async fn of_racing_conditional_writes_one_wins_and_the_others_are_told_why() {
    let stage = Stage::strict("race").await;
    let (mut won, mut conflicts) = (0, 0);
    for round in 0..5 {
        let key = format!("k{round}");
        let bodies: Vec<Vec<u8>> = (0..8).map(|n| vec![n; MIB]).collect();
        let put = async |body: &[u8]| {
            let sum = checksum(body);
            stage
                .send("PUT", &key, &[CONDITION, (CHECKSUM, &sum)], body)
                .await
                .status
        };
        let [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map(|n: usize| put(&bodies[n]));
        let statuses = tokio::join!(a, b, c, d, e, f, g, h);
        let statuses = <[u16; 8]>::from(statuses);
        let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
        assert_eq!(
            (count(200), count(409) + count(412)),
            (1, 7),
            "{statuses:?}"
        );
        let winner = statuses.iter().position(|status| *status == 200).unwrap();
        assert_eq!(stage.direct("GET", &key, b"").await.body, bodies[winner]);
        assert_eq!(put(b"late").await, 412);
        won += count(200);
        conflicts += count(409);
    }
    assert!(won == 5 && conflicts > 0);
}

#[tokio::test]
#[ignore = "needs TEST_STORE"]
async fn with_another_clock_requests_of_that_clock_are_signed_anew() {
    let settings = Settings {
        skew_minutes: 20,
        ..Settings::default()
    };
    let stage = Stage::with("skew", settings).await;
    let refused = stage.send("PUT", "k", &[], b"x").await;
    assert_eq!(
        (refused.status, refused.code()),
        (403, "RequestTimeTooSkewed".into())
    );
    let path = stage.path("k");
    let send = async |secret: &str, minutes: i64| {
        let signer =
            Signer::new(&stage.store.access_key, secret, &stage.store.region).ahead(minutes);
        let sent = send_to(stage.gateway.listen, "PUT", &path, &[], b"x", Some(&signer)).await;
        sent.unwrap().code()
    };
    assert_eq!(send("wrong", 20).await, "SignatureDoesNotMatch");
    assert_eq!(send(&stage.store.secret_key, 20).await, "200");
    assert_eq!(stage.direct("GET", "k", b"").await.text(), "x");
}

#[tokio::test]
#[ignore = "needs TEST_STORE"]
async fn an_ignored_condition_replaces_the_object() {
    let settings = Settings {
        if_none_match: IfNoneMatch::Ignored,
        ..Settings::default()
    };
    let stage = Stage::with("ignored", settings).await;
    for body in [b"one", b"two"] {
        assert_eq!(stage.send("PUT", "k", &[CONDITION], body).await.status, 200);
    }
    assert_eq!(stage.direct("GET", "k", b"").await.text(), "two");
}

#[tokio::test]
#[ignore = "needs TEST_STORE"]
async fn the_program_prints_its_addresses_and_holds_no_large_body_in_memory() {
    let stage = Stage::strict("program").await;
    let mut program = tokio::process::Command::new(env!("CARGO_BIN_EXE_strict-gateway"))
        .arg("--until-stdin-closes")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut line = String::new();
    let output = program.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut line).await.unwrap();
    let addresses: serde_json::Value = serde_json::from_str(&line).unwrap();
    let address = |name: &str| -> SocketAddr {
        let url = addresses[name].as_str().unwrap();
        url.trim_start_matches("http://").parse().unwrap()
    };
    let body = vec![3; 256 * MIB];
    let sum = checksum(&body);
    let put = send_to(
        address("endpoint"),
        "PUT",
        &stage.path("k"),
        &[(CHECKSUM, &sum)],
        &body,
        Some(&stage.signer),
    )
    .await;
    assert_eq!(put.unwrap().status, 200);
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", program.id().unwrap())).unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let peak: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 64 * 1024, "{peak} KiB for a body of 256 MiB");

    let log = send_to(address("control"), "GET", "/log", &[], b"", None)
        .await
        .unwrap();
    assert!(log.text().contains(r#""bytesIn":268435456"#));
    drop(program.stdin.take());
    assert!(program.wait().await.unwrap().success());
}
