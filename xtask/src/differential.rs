//! The differential suite: manifests nobody would write by hand, judged by the official client.

use std::process::Command;

use anyhow::Result;

use crate::paths::{root, venv_bin};
use crate::run::{heading, minutes, run};
use crate::setup;
use crate::side_workspace::SideWorkspace;

const WORKSPACE: SideWorkspace = SideWorkspace {
    folder: "tests/differential",
    target: "differential",
};

/// Compares the model with the official client and with openjd-snapshots.
pub(crate) fn check() -> Result<()> {
    setup::python_packages("tests/conformance/requirements.txt")?;
    WORKSPACE.check()?;
    run(&mut WORKSPACE.cargo("build"), minutes(15))?;
    heading("Compare with the official client");
    let mut judge = Command::new(venv_bin("python"));
    judge
        .arg("tests/differential/judge.py")
        .arg(WORKSPACE.program("debug", "attachments-differential"))
        .current_dir(root());
    run(&mut judge, minutes(10))
}
