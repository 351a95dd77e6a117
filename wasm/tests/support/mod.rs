//! The tests themselves; `node.rs` and `browser.rs` run the same ones in their own environment.

use js_sys::{JSON, JsString, Object, Reflect};
use rusty_attachments_wasm::hasher::{Xxh3Hasher, hash_bytes};
use rusty_attachments_wasm::profile::check_profile;
use rusty_attachments_wasm::signer::SigV4Signer;
use rusty_attachments_wasm::upload::UploadEngine;
use tsify::Ts;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// The vectors of the official client, read when the tests are built.
const HASHES: &str = include_str!("../../../../shared/vectors/hashes.json");

const PROFILE: &str = r#"{"name":"Test","region":"us-west-2",
    "farmId":"farm-0123456789abcdef0123456789abcdef","queueId":"queue-fedcba9876543210fedcba9876543210",
    "bucket":"bucket","rootPrefix":"DC","assetRoot":"/p","assetRootFormat":"posix","endpoint":"","pathStyle":false}"#;

fn parse(json: &str) -> JsValue {
    JSON::parse(json).expect("JSON")
}

fn get(value: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(value.clone(), |value, key| {
        Reflect::get(&value, &key.into()).expect("an object")
    })
}

fn text(value: &JsValue, path: &str) -> String {
    get(value, path)
        .as_string()
        .unwrap_or_else(|| panic!("{path} is no text"))
}

fn js_bytes(bytes: &[u8]) -> JsValue {
    js_sys::Uint8Array::from(bytes).into()
}

fn number(value: u64) -> JsValue {
    js_sys::BigInt::from(value).into()
}

fn engine() -> UploadEngine {
    let settings = Object::new();
    let manifest = r#"{"guid":"11111111-1111-1111-1111-111111111111","version":"v2023-03-03"}"#;
    for (key, value) in [
        ("profile", parse(PROFILE)),
        ("manifest", parse(manifest)),
        ("checksums", "verified".into()),
        ("processors", 1.into()),
        ("seed", number(1)),
    ] {
        Reflect::set(&settings, &key.into(), &value).expect("a fresh object");
    }
    UploadEngine::new(Ts::new_unchecked(settings.into())).expect("good settings")
}

fn event(json: &str) -> Ts<rusty_attachments_wasm::upload::EngineEvent> {
    Ts::new_unchecked(parse(json))
}

/// The next action of that kind; what comes before it is done by nobody.
fn next(engine: &mut UploadEngine, kind: &str) -> JsValue {
    loop {
        let action = engine.next_action().expect("no error");
        let action = JsValue::from(action.unwrap_or_else(|| panic!("no {kind}")));
        if text(&action, "type") == kind {
            return action;
        }
    }
}

/// S3's answer to this request: it says again which checksum it has compared.
fn answered(send: &JsValue, status: u16) -> String {
    let request = get(send, "request").as_f64().expect("a number");
    let checksum = get(send, "headers.x-amz-checksum-xxhash128");
    let compared = checksum.as_string().map_or_else(String::new, |checksum| {
        format!(r#","x-amz-checksum-xxhash128":"{checksum}""#)
    });
    format!(
        r#"{{"type":"answered","request":{request},"status":{status},"headers":{{"etag":"e"{compared}}},"body":"","wall":1}}"#
    )
}

#[wasm_bindgen_test]
fn hashes_are_those_of_the_official_client() {
    let vectors = parse(HASHES);
    let all = js_sys::Array::from(&get(&vectors, "vectors"));
    assert!(all.length() > 10);
    for vector in all.iter() {
        let length = get(&vector, "length").as_f64().expect("a length");
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let length = length as usize;
        let bytes: Vec<u8> = (0..length)
            .map(|i| u8::try_from((i * 131 + 7) % 256).expect("below 256"))
            .collect();
        assert_eq!(
            hash_bytes(js_bytes(&bytes)).expect("bytes"),
            text(&vector, "xxh128"),
            "{length} bytes"
        );
        let mut hasher = Xxh3Hasher::new();
        for piece in bytes.chunks(1000) {
            hasher.update(js_bytes(piece)).expect("bytes");
        }
        assert_eq!(
            hasher.finish_hex(),
            text(&vector, "xxh128"),
            "{length} bytes in pieces"
        );
    }
}

// Without SIMD hashing would take twice as long; this does not compile then.
const _: () = assert!(cfg!(target_feature = "simd128"));

#[wasm_bindgen_test]
fn a_profile_is_judged_field_by_field() {
    let good = JsValue::from(check_profile(Ts::new_unchecked(parse(PROFILE))).expect("no error"));
    assert_eq!(
        text(&good, "originPatterns.0"),
        "https://bucket.s3.us-west-2.amazonaws.com/*"
    );
    let bad = parse(PROFILE);
    Reflect::set(&bad, &"farmId".into(), &"farm-1".into()).expect("an object");
    let judged = JsValue::from(check_profile(Ts::new_unchecked(bad)).expect("no error"));
    assert_eq!(text(&judged, "errors.0.field"), "farmId");
    assert!(get(&judged, "originPatterns.0").is_undefined());
}

#[wasm_bindgen_test]
fn an_argument_of_the_wrong_form_is_an_error_with_a_code() {
    let error = check_profile(Ts::new_unchecked(JsValue::NULL)).expect_err("null is no profile");
    assert_eq!(text(&error, "code"), "argument-invalid");
    assert_eq!(text(&error, "name"), "ValidationError");
    assert!(error.is_instance_of::<js_sys::Error>());
}

#[wasm_bindgen_test]
fn a_signer_signs_its_own_objects_only() {
    let signer = SigV4Signer::new(
        Ts::new_unchecked(parse(PROFILE)),
        "AKIAIOSFODNN7EXAMPLE",
        "secret",
        "token",
    )
    .expect("a signer");
    let request = |key: &str| {
        Ts::new_unchecked(parse(&format!(
            r#"{{"method":"HEAD","key":"{key}","headers":{{}}}}"#
        )))
    };
    let signed = signer
        .sign(
            request("DC/Data/99aa06d3014798d86001c324468d497f.xxh128"),
            1e12,
        )
        .expect("signed");
    let signed = JsValue::from(signed);
    assert!(
        text(&signed, "headers.authorization")
            .starts_with("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/")
    );
    assert_eq!(text(&signed, "headers.x-amz-security-token"), "token");
    let error = signer
        .sign(request("secrets.txt"), 1e12)
        .expect_err("a foreign key");
    assert_eq!(text(&error, "code"), "request-foreign");
}

#[wasm_bindgen_test]
fn an_upload_runs_through_its_actions_to_the_attachments() {
    let mut engine = engine();
    assert_eq!(
        engine.add_file(&JsString::from("s/empty"), 0, 1_700_000_000_000, None),
        Some(0)
    );
    engine
        .handle(0.0, event(r#"{"type":"intake-ended"}"#))
        .expect("taken");
    let hash = next(&mut engine, "hash");
    assert!(
        get(&hash, "ranges.0.length").is_bigint(),
        "sizes are bigint"
    );
    let hashed =
        r#"{"type":"hashed","file":0,"offset":0,"hash":"99aa06d3014798d86001c324468d497f"}"#;
    engine.handle(1.0, event(hashed)).expect("taken");
    let head = next(&mut engine, "send");
    assert_eq!(
        (text(&head, "method"), text(&head, "body.type")),
        ("HEAD".into(), "none".into())
    );
    engine
        .handle(2.0, event(&answered(&head, 404)))
        .expect("taken");
    let put = next(&mut engine, "send");
    assert_eq!(text(&put, "headers.if-none-match"), "*");
    assert_eq!(text(&put, "body.type"), "range");
    engine
        .handle(3.0, event(&answered(&put, 200)))
        .expect("taken");
    next(&mut engine, "begin-manifest");
    let piece = next(&mut engine, "append-manifest");
    assert!(text(&piece, "text").contains("\"path\":\"s/empty\""));
    let manifest = next(&mut engine, "send");
    assert_eq!(text(&manifest, "body.type"), "manifest");
    engine
        .handle(4.0, event(&answered(&manifest, 200)))
        .expect("taken");
    let outcome = JsValue::from(engine.outcome().expect("no error").expect("an end"));
    assert_eq!(text(&outcome, "type"), "complete");
    assert!(text(&outcome, "result.manifest.attachments").contains("inputManifestPath"));
    assert!(
        get(&outcome, "result.bytes").is_bigint(),
        "sizes are bigint"
    );
    let progress = JsValue::from(engine.progress().expect("no error"));
    assert_eq!(text(&progress, "phase"), "complete");
    let object = JsValue::from(engine.object(0).expect("no error").expect("an object"));
    assert_eq!(text(&object, "verification"), "by-server");
}

#[wasm_bindgen_test]
fn a_name_that_is_not_unicode_is_refused_and_never_repaired() {
    let mut engine = engine();
    let lone = JsString::from_char_code(&[0x73, 0xD800]);
    assert_eq!(engine.add_file(&lone, 1, 0, None), None);
    engine
        .handle(0.0, event(r#"{"type":"intake-ended"}"#))
        .expect("taken");
    let outcome = JsValue::from(engine.outcome().expect("no error").expect("an end"));
    assert_eq!(text(&outcome, "problems.0.code"), "path-not-unicode");
}
