//! The uploads suite: what an upload promises, on every store adapter, and side by side with the official
//! client.

use anyhow::Result;

use crate::build::{self, Mode};
use crate::run::{heading, minutes, run};
use crate::test::node;
use crate::{gateway, seaweed, setup};

const SIDE_BY_SIDE: &str = "tests/side-by-side/";

/// Runs it.
pub(crate) fn check() -> Result<()> {
    prepare()?;
    setup::chromium()?;
    setup::firefox()?;
    vitest("--reporter verbose", false)
}

/// `cargo xtask compare`: measures the table of `docs/side-by-side.md` and writes it there.
pub(crate) fn compare() -> Result<()> {
    prepare()?;
    vitest(SIDE_BY_SIDE, true)
}

fn prepare() -> Result<()> {
    setup::python_packages("tests/conformance/requirements.txt")?;
    gateway::build()?;
    build::wasm(Mode::Release)
}

fn vitest(arguments: &str, writes_table: bool) -> Result<()> {
    seaweed::with_server(|store| {
        heading("Upload");
        let mut vitest = node("vitest", &format!("run --project uploads {arguments}"));
        store.give_to(&mut vitest)?;
        if writes_table {
            vitest.env("WRITE_TABLE", "1");
        }
        run(&mut vitest, minutes(15))
    })
}
