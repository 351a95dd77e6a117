//! Runs a project of `vitest.config.ts`. Its failures are named in the error, so that the verdict at the
//! end of a long run tells them too.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::paths::{node_bin, root, target};
use crate::run::run;
use crate::store::Store;

/// More than these are not named: something is broken that all of them need.
const NAMED: usize = 12;
/// A message is cut after so many characters.
const MESSAGE: usize = 300;

/// A project with its tests.
pub(crate) struct Vitest {
    project: &'static str,
    command: Command,
}

impl Vitest {
    /// All tests of `project`.
    pub(crate) fn new(project: &'static str) -> Self {
        let mut command = Command::new(node_bin("vitest"));
        command
            .args(["run", "--project", project, "--reporter=verbose"])
            .current_dir(root());
        Self { project, command }
    }

    /// Only files whose path holds `part`.
    pub(crate) fn only(&mut self, part: &str) -> &mut Self {
        self.command.arg(part);
        self
    }

    /// With a store to upload to.
    pub(crate) fn store(&mut self, store: &Store) -> Result<&mut Self> {
        store.give_to(&mut self.command)?;
        Ok(self)
    }

    /// With an environment variable.
    pub(crate) fn env(&mut self, name: &str, value: impl AsRef<OsStr>) -> &mut Self {
        self.command.env(name, value);
        self
    }

    /// Runs them within `limit`.
    pub(crate) fn run(&mut self, limit: Duration) -> Result<()> {
        let report = target().join(format!("vitest/{}.json", self.project));
        // One of an earlier run tells nothing of this one.
        if report.exists() {
            fs::remove_file(&report)?;
        }
        self.command
            .arg("--reporter=json")
            .arg(format!("--outputFile.json={}", report.display()));
        let Err(failure) = run(&mut self.command, limit) else {
            return Ok(());
        };
        match failures(&report) {
            Ok(named) => bail!("{failure}{named}"),
            // It ended before it could write one.
            Err(_) => Err(failure),
        }
    }
}

/// What `--reporter=json` writes; only what is told here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    test_results: Vec<TestFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TestFile {
    name: String,
    status: String,
    /// Why the file itself failed, beside its tests.
    #[serde(default)]
    message: String,
    assertion_results: Vec<Test>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test {
    full_name: String,
    status: String,
    #[serde(default)]
    failure_messages: Vec<String>,
}

/// A line for each failure in `report`, each beginning with a line break.
fn failures(report: &Path) -> Result<String> {
    let text = fs::read_to_string(report)?;
    let report: Report = serde_json::from_str(&text).context("vitest wrote another report")?;
    let mut lines = Vec::new();
    for file in &report.test_results {
        let path = Path::new(&file.name);
        let path = path.strip_prefix(root()).unwrap_or(path).display();
        if file.status == "failed" && !file.message.is_empty() {
            lines.push(format!("{path}: {}", beginning(&file.message)));
        }
        for test in file
            .assertion_results
            .iter()
            .filter(|test| test.status == "failed")
        {
            let message = test.failure_messages.first().map_or("", String::as_str);
            lines.push(format!(
                "{path}: {}: {}",
                test.full_name,
                beginning(message)
            ));
        }
    }
    let more = lines.len().saturating_sub(NAMED);
    lines.truncate(NAMED);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    Ok(lines.iter().map(|line| format!("\n      {line}")).collect())
}

/// The first lines of a message, on one line.
fn beginning(message: &str) -> String {
    let words = message.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(MESSAGE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failures_of(report: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, report).unwrap();
        failures(&path).unwrap()
    }

    #[test]
    fn failed_tests_and_files_are_named_with_the_reason() {
        let report = serde_json::json!({ "testResults": [
            { "name": root().join("tests/a.test.ts"), "status": "failed", "message": "", "assertionResults": [
                { "fullName": "one fails", "status": "failed", "failureMessages": ["Error: no\n    at x"] },
                { "fullName": "one passes", "status": "passed", "failureMessages": [] },
            ]},
            { "name": root().join("tests/b.test.ts"), "status": "failed", "message": "no module", "assertionResults": [] },
        ]});
        assert_eq!(
            failures_of(&report.to_string()),
            "\n      tests/a.test.ts: one fails: Error: no at x\n      tests/b.test.ts: no module"
        );
    }

    #[test]
    fn many_failures_are_counted() {
        let test = serde_json::json!({ "fullName": "it", "status": "failed", "failureMessages": ["Error"] });
        let report = serde_json::json!({ "testResults": [
            { "name": "a", "status": "failed", "message": "", "assertionResults": vec![test; NAMED + 3] },
        ]});
        assert!(failures_of(&report.to_string()).ends_with("\n      and 3 more"));
    }
}
