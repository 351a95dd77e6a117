//! The conformance suite: what the extension uploaded, read by the official Deadline Cloud client.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::build::{self, Mode};
use crate::demo::drive_command;
use crate::paths::{root, target, venv_bin};
use crate::run::{heading, minutes, run, run_into};
use crate::{demo_tree, seaweed, setup};

/// Uploads the demo tree by a real drop and lets tests/conformance/ judge it.
pub(crate) fn check() -> Result<()> {
    setup::chromium()?;
    setup::python_packages("tests/conformance/requirements.txt")?;
    build::extension(Mode::Release)?;
    let folder = tempfile::Builder::new()
        .prefix("conformance-")
        .tempdir_in(target())?;
    let tree = demo_tree::make(folder.path())?;
    let result = folder.path().join("result.json");
    seaweed::with_server(|store| {
        heading("Upload the demo tree");
        let mut drive = drive_command(store, &tree)?;
        run_into(
            drive.args(["--headless", "--json"]),
            Stdio::from(File::create(&result)?),
            minutes(30),
        )?;
        eprintln!(
            "{}",
            fs::read_to_string(&result).context("The upload left no result")?
        );

        heading("Compare with the official client");
        let mut pytest = Command::new(venv_bin("python"));
        pytest
            .args(["-m", "pytest", "tests/conformance"])
            .current_dir(root());
        store.give_to(&mut pytest)?;
        pytest.env("TEST_TREE", &tree).env("TEST_RESULT", &result);
        run(&mut pytest, minutes(15))
    })
}
