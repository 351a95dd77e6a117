//! What others wrote: licences and sources of the crates, and what is known of weaknesses in them and in the npm packages
//! that ship.

use std::fmt;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};
use serde::Deserialize;

use crate::paths::{root, target};
use crate::run::{heading, interrupted, minutes, run, run_into};
use crate::setup;
use crate::vitest::Vitest;

/// The version that reads `deny.toml`.
const CARGO_DENY: &str = "0.20.2";
/// Every workspace of the repository; the first is the one whose crates ship.
const WORKSPACES: [&str; 3] = [
    "Cargo.toml",
    "fuzz/Cargo.toml",
    "tests/differential/Cargo.toml",
];

/// Nobody could be asked. Neither a success nor a failure: it says nothing about what was to be tried.
#[derive(Debug)]
pub(crate) struct NotReachable(Vec<&'static str>);

impl fmt::Display for NotReachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Not reachable from here, so nothing is known of new weaknesses: {}.",
            self.0.join(", ")
        )
    }
}

impl std::error::Error for NotReachable {}

/// Fails where a crate has a licence, a source or a requirement that `deny.toml` does not allow, or an npm package one that
/// the tests in `tests/security/supply/` do not.
pub(crate) fn check() -> Result<()> {
    let program = cargo_deny()?;
    heading("Licences and sources of the crates");
    for workspace in WORKSPACES {
        let mut deny = Command::new(&program);
        in_workspace(&mut deny, workspace).arg("check");
        if workspace == WORKSPACES[0] {
            deny.args(["--deny", "license-not-encountered"]);
        }
        run(deny.args(["licenses", "bans", "sources"]), minutes(5))?;
    }
    heading("Packages of npm, and whether these checks notice anything");
    Vitest::new("supply")
        .env("CARGO_DENY", &program)
        .run(minutes(5))
}

/// Asks RustSec and the npm registry for what is known of the crates and of the packages that ship. Fails with
/// [`NotReachable`] where one of them gives no answer and the other knows of nothing.
pub(crate) fn advisories() -> Result<()> {
    let program = cargo_deny()?;
    let mut silent = Vec::new();
    heading("Known weaknesses of the crates");
    let fetched = run(
        in_workspace(&mut Command::new(&program), WORKSPACES[0]).args(["fetch", "db"]),
        minutes(5),
    );
    if interrupted() {
        return fetched;
    }
    if fetched.is_ok() {
        for workspace in WORKSPACES {
            run(
                in_workspace(&mut Command::new(&program), workspace).args(["check", "advisories"]),
                minutes(5),
            )?;
        }
    } else {
        silent.push("the database of RustSec");
    }
    heading("Known weaknesses of the npm packages that ship");
    match npm_audit()? {
        Audit::Clean => {}
        Audit::Found(count) => bail!("npm knows of {count} weaknesses: `npm audit --omit=dev`."),
        Audit::NoAnswer(why) => {
            eprintln!("{why}");
            silent.push("the registry's list of weaknesses");
        }
    }
    if silent.is_empty() {
        Ok(())
    } else {
        Err(NotReachable(silent).into())
    }
}

/// Unoptimised, it is there in a fifth of the time, and answers in seconds all the same.
fn cargo_deny() -> Result<PathBuf> {
    setup::node_packages()?;
    setup::cargo_tool("cargo-deny", CARGO_DENY, &["--debug"])
}

fn in_workspace<'a>(deny: &'a mut Command, workspace: &str) -> &'a mut Command {
    deny.args(["--locked", "--config", "deny.toml"])
        .args(["--manifest-path", workspace])
        .current_dir(root())
}

/// What `npm audit` says.
#[derive(Debug, PartialEq)]
enum Audit {
    Clean,
    Found(u64),
    /// With the reason.
    NoAnswer(String),
}

fn npm_audit() -> Result<Audit> {
    let said = target().join("npm-audit.json");
    let mut npm = Command::new("npm");
    npm.args(["audit", "--omit=dev", "--json"])
        .current_dir(root());
    // It fails in every case but one; what it writes tells which.
    let _ = run_into(&mut npm, Stdio::from(File::create(&said)?), minutes(5));
    read_audit(&fs::read_to_string(said)?)
}

/// Reads what `npm audit --json` writes: a report, or why there is none.
fn read_audit(json: &str) -> Result<Audit> {
    #[derive(Deserialize)]
    struct Counts {
        total: u64,
    }
    #[derive(Deserialize)]
    struct Metadata {
        vulnerabilities: Counts,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        Report { metadata: Metadata },
        Error { message: String },
    }
    Ok(match serde_json::from_str(json)? {
        Said::Report { metadata } if metadata.vulnerabilities.total == 0 => Audit::Clean,
        Said::Report { metadata } => Audit::Found(metadata.vulnerabilities.total),
        Said::Error { message } => Audit::NoAnswer(message),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_npm_is_told_from_no_answer() {
        let report = |total: u64| {
            format!(
                r#"{{"auditReportVersion":2,"vulnerabilities":{{}},"metadata":{{"vulnerabilities":{{"high":{total},"total":{total}}}}}}}"#
            )
        };
        assert_eq!(read_audit(&report(0)).unwrap(), Audit::Clean);
        assert_eq!(read_audit(&report(2)).unwrap(), Audit::Found(2));
        // As npm 11 writes it where the registry has no such address.
        let refused = r#"{"message":"405 Method Not Allowed","statusCode":405,"error":{"summary":"","detail":""}}"#;
        assert_eq!(
            read_audit(refused).unwrap(),
            Audit::NoAnswer("405 Method Not Allowed".to_owned())
        );
    }

    #[test]
    fn what_is_neither_is_no_success() {
        assert!(read_audit("").is_err());
        assert!(read_audit("{}").is_err());
    }
}
