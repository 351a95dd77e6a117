//! The published test cases for AWS Signature Version 4, as the `aws-sigv4` package carries them
//! (`aws-signing-test-suite/v4`, from AWS's own C runtime), against our signer: one test for each case.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use libtest_mimic::{Arguments, Trial};
use rusty_attachments_accounts::sigv4::{Scope, Signable, sign};
use rusty_attachments_transfer::sign::Credentials;
use serde_json::Value;

/// Cases that our signer is not for, and why. Everything else must pass.
const LEFT_OUT: [(&str, &str); 11] = [
    (
        "get-relative-relative-unnormalized",
        "S3 alone takes paths as they are",
    ),
    (
        "get-relative-unnormalized",
        "S3 alone takes paths as they are",
    ),
    (
        "get-slash-dot-slash-unnormalized",
        "S3 alone takes paths as they are",
    ),
    (
        "get-slash-pointless-dot-unnormalized",
        "S3 alone takes paths as they are",
    ),
    ("get-slash-unnormalized", "S3 alone takes paths as they are"),
    (
        "get-slashes-unnormalized",
        "S3 alone takes paths as they are",
    ),
    (
        "get-space-normalized",
        "our addresses never hold a bare space",
    ),
    (
        "get-space-unnormalized",
        "our addresses never hold a bare space",
    ),
    (
        "post-sts-header-after",
        "no service of ours leaves the token unsigned",
    ),
    ("double-encode-path", "in an older form, without a context"),
    ("double-url-encode", "in an older form, without a context"),
];

fn main() {
    let arguments = Arguments::from_args();
    let suite = suite();
    let mut names: Vec<String> = fs::read_dir(&suite)
        .unwrap_or_else(|error| panic!("{}: {error}", suite.display()))
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let trials = names
        .iter()
        .filter(|name| !LEFT_OUT.iter().any(|(left_out, _)| left_out == name));
    let trials: Vec<_> = trials
        .map(|name| {
            let folder = suite.join(name);
            Trial::test(name, move || Ok(judge(&folder)?))
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

/// The folder of the package, as cargo tells it.
fn suite() -> PathBuf {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        // Not offline: it wants the crates of other systems too, which no build of this one has fetched.
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let packages = metadata["packages"].as_array().expect("packages");
    let signer = packages
        .iter()
        .find(|package| package["name"] == "aws-sigv4")
        .expect("aws-sigv4 is a dependency");
    let manifest = Path::new(signer["manifest_path"].as_str().expect("a path"));
    manifest.with_file_name("aws-signing-test-suite").join("v4")
}

fn judge(folder: &Path) -> Result<(), String> {
    let read = |name: &str| {
        fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"))
    };
    let context: Value =
        serde_json::from_str(&read("context.json")?).map_err(|error| error.to_string())?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let keys = &context["credentials"];
    let credentials = Credentials::new(
        &text(&keys["access_key_id"]),
        &text(&keys["secret_access_key"]),
        &text(&keys["token"]),
    );
    if context["timestamp"] != "2015-08-30T12:36:00Z" {
        return Err("another time".into());
    }
    let scope = Scope {
        region: &text(&context["region"]),
        service: &text(&context["service"]),
        now: 1_440_938_160_000,
    };
    let mut request = Request::parse(&read("request.txt")?);
    let signed = Request::parse(&read("header-signed-request.txt")?);
    if context["sign_body"] == true {
        // A header like any other here; its value is the body's hash, which is signed in any case.
        let hash = signed
            .headers
            .iter()
            .find(|(name, _)| name == "x-amz-content-sha256");
        request.headers.extend(hash.cloned());
    }
    let signable = Signable {
        method: &request.method,
        url: &request.url,
        headers: &request.headers,
        body: &request.body,
    };
    let added = sign(&signable, &credentials, scope).map_err(|error| error.to_string())?;
    for name in ["authorization", "x-amz-date", "x-amz-security-token"] {
        let ours = added.iter().find(|(key, _)| key == name);
        let theirs = signed.headers.iter().find(|(key, _)| key == name);
        if ours != theirs {
            return Err(format!("{name}: {ours:?} instead of {theirs:?}"));
        }
    }
    Ok(())
}

/// A request as the suite writes it.
struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Request {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let first = lines.next().expect("a first line");
        let (method, rest) = first.split_once(' ').expect("a method");
        let path = rest.strip_suffix(" HTTP/1.1").expect("a version");
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in lines {
            if line.starts_with(' ') {
                // RFC 7230, 3.2.4: a folded line is one with a space in the place of the fold.
                let (_, value) = headers.last_mut().expect("a line to be folded onto");
                value.push(' ');
                value.push_str(line.trim());
            } else if let Some((name, value)) = line.split_once(':') {
                headers.push((name.to_ascii_lowercase(), value.to_owned()));
            }
        }
        let host = headers.iter().find(|(name, _)| name == "host");
        let host = host.map_or("", |(_, value)| value.trim());
        Self {
            method: method.to_owned(),
            url: format!("https://{host}{path}"),
            headers,
            body: body.to_owned(),
        }
    }
}
