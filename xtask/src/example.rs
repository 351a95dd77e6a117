//! `cargo xtask example`: the example page of deadlinejs, served beside an S3 server.

use std::process::Stdio;
use std::time::Duration;

use anyhow::Result;

use crate::run::{heading, interrupted, run_into, typescript_program};
use crate::{packaging, seaweed};

/// Packs the package, starts the server, writes its bucket's CORS rules and serves the page.
pub(crate) fn example() -> Result<()> {
    packaging::pack()?;
    seaweed::with_server(|store| {
        heading("Serve the example");
        let mut serve = typescript_program("tests/example/serve.ts");
        store.give_to(&mut serve)?;
        match run_into(&mut serve, Stdio::inherit(), Duration::MAX) {
            // How a person ends it.
            Err(_) if interrupted() => Ok(()),
            outcome => outcome,
        }
    })
}
