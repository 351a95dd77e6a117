//! `cargo xtask screenshots`: a picture of every surface in every state, into `docs/screenshots/`.

use std::process::Stdio;

use anyhow::Result;

use crate::build::{self, Mode};
use crate::run::{heading, minutes, run_into, typescript_program};
use crate::{seaweed, setup, stand_in};

/// Builds the extension, brings it into each of its states and takes the pictures anew.
pub(crate) fn screenshots() -> Result<()> {
    setup::chromium()?;
    build::extension(Mode::Release)?;
    stand_in::build()?;
    seaweed::with_server(|store| {
        heading("Take the pictures");
        let mut take = typescript_program("tests/screenshots/take.ts");
        store.give_to(&mut take)?;
        run_into(&mut take, Stdio::inherit(), minutes(15))
    })
}
