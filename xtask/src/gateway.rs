//! The strict gateway of `tests/gateway/`: built for the tests that use it, and its own suite.

use anyhow::Result;

use crate::run::{minutes, run, succeeds};
use crate::seaweed;
use crate::test::cargo;
use crate::vitest::Vitest;

const PACKAGE: &str = "strict-gateway";

/// Builds the program that `tests/gateway/client.ts` starts.
pub(crate) fn build() -> Result<()> {
    run(
        &mut cargo(&format!("build --package {PACKAGE}")),
        minutes(15),
    )
}

/// Its tests: by itself, and in front of SeaweedFS.
pub(crate) fn check() -> Result<()> {
    build()?;
    let tests = if succeeds(&mut cargo("nextest --version")) {
        format!("nextest run --package {PACKAGE} --run-ignored all")
    } else {
        format!("test --package {PACKAGE} -- --include-ignored")
    };
    seaweed::with_server(|store| {
        let mut rust = cargo(&tests);
        store.give_to(&mut rust)?;
        run(&mut rust, minutes(15))?;
        Vitest::new("gateway").store(store)?.run(minutes(5))
    })
}
