//! The stand-in for Deadline Cloud and Identity Center of `tests/stand-in/`: built for the tests that use it,
//! and judged by the official SDK. Its own tests are among those of the Rust crates.

use std::process::Command;

use anyhow::Result;

use crate::paths::{root, target, venv_bin};
use crate::run::{minutes, run};
use crate::setup;
use crate::test::cargo;

const PACKAGE: &str = "account-stand-in";

/// Builds the program that `tests/stand-in/client.ts` starts.
pub(crate) fn build() -> Result<()> {
    run(
        &mut cargo(&format!("build --package {PACKAGE}")),
        minutes(15),
    )
}

/// Asks it by the official SDK.
pub(crate) fn check() -> Result<()> {
    setup::python_packages("tests/conformance/requirements.txt")?;
    build()?;
    let mut pytest = Command::new(venv_bin("python"));
    pytest
        .args(["-m", "pytest", "tests/stand-in"])
        .current_dir(root())
        .env("STAND_IN", target().join("debug").join(PACKAGE));
    run(&mut pytest, minutes(5))
}
