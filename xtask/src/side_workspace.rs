//! The workspaces beside the main one: each has a lock file and compiler flags of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::build::in_workspace;
use crate::paths::{root, target};
use crate::run::{minutes, run};

/// A workspace beside the main one.
#[derive(Clone, Copy)]
pub(crate) struct SideWorkspace {
    /// Its folder, from the repository's top.
    pub(crate) folder: &'static str,
    /// Name of its folder below `target/`.
    pub(crate) target: &'static str,
}

impl SideWorkspace {
    /// Where its `Cargo.toml` lies.
    pub(crate) fn folder(self) -> PathBuf {
        root().join(self.folder)
    }

    /// Where it is built.
    pub(crate) fn target(self) -> PathBuf {
        target().join(self.target)
    }

    /// A cargo command in it; `arguments` are separated by spaces.
    pub(crate) fn cargo(self, arguments: &str) -> Command {
        let mut cargo = Command::new("cargo");
        in_workspace(&mut cargo)
            .args(arguments.split(' '))
            .env("CARGO_TARGET_DIR", self.target())
            .current_dir(self.folder());
        cargo
    }

    /// Fails unless it is formatted and without lints.
    pub(crate) fn check(self) -> Result<()> {
        run(&mut self.cargo("fmt --check"), minutes(1))?;
        run(
            &mut self.cargo("clippy --all-targets -- -D warnings"),
            minutes(15),
        )
    }

    /// A program that [`SideWorkspace::cargo`] built into that folder of its target folder.
    pub(crate) fn program(self, folder: impl AsRef<Path>, name: &str) -> PathBuf {
        self.target().join(folder).join(name)
    }
}
