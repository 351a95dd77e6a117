//! The uploads suite: what an upload promises, on every store adapter, and side by side with the official
//! client.

use anyhow::Result;

use crate::build::{self, Mode};
use crate::run::{heading, minutes};
use crate::vitest::Vitest;
use crate::{gateway, seaweed, setup};

const SIDE_BY_SIDE: &str = "tests/side-by-side/";

/// Runs it.
pub(crate) fn check() -> Result<()> {
    prepare()?;
    setup::chromium()?;
    setup::firefox()?;
    upload(&mut Vitest::new("uploads"))
}

/// `cargo xtask compare`: measures the table of `docs/side-by-side.md` and writes it there.
pub(crate) fn compare() -> Result<()> {
    prepare()?;
    upload(
        Vitest::new("uploads")
            .only(SIDE_BY_SIDE)
            .env("WRITE_TABLE", "1"),
    )
}

fn prepare() -> Result<()> {
    setup::python_packages("tests/conformance/requirements.txt")?;
    gateway::build()?;
    build::wasm(Mode::Release)
}

fn upload(tests: &mut Vitest) -> Result<()> {
    seaweed::with_server(|store| {
        heading("Upload");
        tests.store(store)?.run(minutes(15))
    })
}
