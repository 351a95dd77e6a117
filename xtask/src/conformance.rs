//! The conformance suite: what the extension and the library uploaded, read by the official Deadline Cloud
//! client.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::build::{self, Mode};
use crate::demo::drive_command;
use crate::paths::{root, target, venv_bin};
use crate::run::{heading, minutes, run, run_into, typescript_program};
use crate::store::Store;
use crate::{demo_tree, packaging, seaweed, setup};

/// Who uploads.
#[derive(Clone, Copy)]
enum Uploader {
    /// The extension, by a real drop.
    Extension,
    /// The library in Node.
    LibraryInNode,
    /// The library's example page.
    LibraryInChromium,
}

/// Uploads the demo tree in every way and lets tests/conformance/ judge each.
pub(crate) fn check() -> Result<()> {
    setup::chromium()?;
    setup::firefox()?;
    setup::python_packages("tests/conformance/requirements.txt")?;
    build::extension(Mode::Release)?;
    packaging::pack()?;
    let folder = tempfile::Builder::new()
        .prefix("conformance-")
        .tempdir_in(target())?;
    let tree = demo_tree::make(folder.path())?;
    let result = folder.path().join("result.json");
    for uploader in [
        Uploader::Extension,
        Uploader::LibraryInNode,
        Uploader::LibraryInChromium,
    ] {
        // A server for each: what another one has sent would not be sent again.
        seaweed::with_server(|store| {
            heading(&format!("Upload the demo tree by {}", uploader.name()));
            run_into(
                &mut uploader.command(store, &tree)?,
                Stdio::from(File::create(&result)?),
                minutes(30),
            )?;
            eprintln!(
                "{}",
                fs::read_to_string(&result).context("The upload left no result")?
            );
            judge(store, &tree, &result)
        })?;
    }
    Ok(())
}

impl Uploader {
    fn name(self) -> &'static str {
        match self {
            Self::Extension => "the extension",
            Self::LibraryInNode => "the library in Node",
            Self::LibraryInChromium => "the library in Chromium",
        }
    }

    fn command(self, store: &Store, tree: &Path) -> Result<Command> {
        let place = match self {
            Self::Extension => {
                let mut drive = drive_command(store, tree)?;
                drive.args(["--headless", "--json"]);
                return Ok(drive);
            }
            Self::LibraryInNode => "node",
            Self::LibraryInChromium => "chromium",
        };
        let mut upload = typescript_program("tests/conformance/upload-by-library.ts");
        upload.arg(place).arg(tree);
        store.give_to(&mut upload)?;
        Ok(upload)
    }
}

fn judge(store: &Store, tree: &Path, result: &Path) -> Result<()> {
    heading("Compare with the official client");
    let mut pytest = Command::new(venv_bin("python"));
    pytest
        .args(["-m", "pytest", "tests/conformance"])
        .current_dir(root());
    store.give_to(&mut pytest)?;
    pytest.env("TEST_TREE", tree).env("TEST_RESULT", result);
    run(&mut pytest, minutes(15))
}
