//! `cargo xtask reference`: the API reference of deadlinejs, made of its doc comments.

use std::process::Command;

use anyhow::Result;

use crate::packaging;
use crate::paths::{root, target};
use crate::run::{heading, minutes, run};

/// Packs the package and lets typedoc read its declarations.
pub(crate) fn reference() -> Result<()> {
    packaging::pack()?;
    heading("Make the reference");
    let mut typedoc = Command::new(root().join("tests/node_modules/.bin/typedoc"));
    typedoc
        .args(["--options", "deadlinejs/typedoc.json"])
        // What it warns of is judged by tests/packaging/reference.test.ts.
        .args(["--logLevel", "Error"])
        .current_dir(root());
    run(&mut typedoc, minutes(5))?;
    println!(
        "{}",
        target().join("deadlinejs/reference/index.html").display()
    );
    Ok(())
}
