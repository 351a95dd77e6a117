//! The npm package `deadlinejs`: packed, and tried in every kind of project that may use it.

use std::process::Command;

use anyhow::Result;

use crate::build::{self, Mode};
use crate::paths::root;
use crate::run::{heading, minutes, run};
use crate::setup;
use crate::vitest::Vitest;

/// Makes the package and its tarball in target/deadlinejs/.
pub(crate) fn pack() -> Result<()> {
    build::wasm(Mode::Release)?;
    heading("Pack deadlinejs");
    let mut pack = Command::new("node");
    run(
        pack.arg("deadlinejs/build.mjs").current_dir(root()),
        minutes(5),
    )
}

/// Runs the projects of tests/packaging/ from the tarball.
pub(crate) fn check() -> Result<()> {
    setup::chromium()?;
    setup::firefox()?;
    pack()?;
    // Here a snapshot that is missing is a failure, and none is written.
    Vitest::new("packaging").env("CI", "true").run(minutes(10))
}
