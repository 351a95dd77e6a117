//! The npm package `deadlinejs`: packed, and tried in every kind of project that may use it.

use std::process::Command;

use anyhow::Result;

use crate::build::{self, Mode};
use crate::paths::{node_bin, root};
use crate::run::{heading, minutes, run};
use crate::setup;

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
    let mut vitest = Command::new(node_bin("vitest"));
    vitest
        .args(["run", "--project", "packaging", "--reporter", "verbose"])
        // Here a snapshot that is missing is a failure, and none is written.
        .env("CI", "true")
        .current_dir(root());
    run(&mut vitest, minutes(10))
}
