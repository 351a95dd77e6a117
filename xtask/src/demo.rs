//! `cargo xtask demo`: the whole product on this machine, ready for a folder.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::build::{self, Mode};
use crate::paths::target;
use crate::run::{heading, interrupted, minutes, run_into, typescript_program};
use crate::store::Store;
use crate::{demo_tree, seaweed, setup};

#[derive(Args)]
pub(crate) struct DemoArgs {
    /// Drop DIR (or a folder made for it) in a browser without a window, print what arrived, and exit.
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    #[expect(
        clippy::option_option,
        reason = "clap's form of an option whose value may be left out"
    )]
    headless: Option<Option<PathBuf>>,
    /// Print the outcome as one JSON object.
    #[arg(long, requires = "headless")]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

/// Another S3 server than the one that the demo starts.
#[derive(Args)]
struct ServerArgs {
    /// Address of another S3 server, whose bucket exists already.
    #[arg(long, value_name = "URL", requires_all = ["bucket", "root_prefix", "access_key", "secret_key"])]
    endpoint: Option<String>,
    #[arg(long, requires = "endpoint")]
    bucket: Option<String>,
    #[arg(long, requires = "endpoint")]
    root_prefix: Option<String>,
    #[arg(long, requires = "endpoint")]
    access_key: Option<String>,
    #[arg(long, requires = "endpoint")]
    secret_key: Option<String>,
}

impl ServerArgs {
    fn store(&self) -> Option<Store> {
        Some(Store::new(
            self.endpoint.as_ref()?,
            self.bucket.as_ref()?,
            self.root_prefix.as_ref()?,
            self.access_key.as_ref()?,
            self.secret_key.as_ref()?,
        ))
    }
}

/// `cargo xtask demo`.
pub(crate) fn demo(args: &DemoArgs) -> Result<()> {
    if args.headless.is_none() && !has_display() {
        bail!(
            "There is no display to open a browser window on. Run `cargo xtask demo --headless` instead."
        );
    }
    setup::node_packages()?;
    setup::chromium()?;
    build::extension(Mode::Release)?;

    let made = tempfile::Builder::new()
        .prefix("demo-")
        .tempdir_in(target())?;
    let folder = match args.headless.clone().flatten() {
        Some(folder) => folder
            .canonicalize()
            .with_context(|| format!("{} can't be dropped", folder.display()))?,
        None => demo_tree::make(made.path())?,
    };
    let drive = |store: &Store| {
        heading("Start Chromium with the extension");
        let mut drive = drive_command(store, &folder)?;
        if args.json {
            drive.arg("--json");
        }
        if args.headless.is_some() {
            return run_into(drive.arg("--headless"), Stdio::inherit(), minutes(30));
        }
        match run_into(&mut drive, Stdio::inherit(), Duration::MAX) {
            // How a person ends a demo that has no end of its own.
            Err(_) if interrupted() => Ok(()),
            outcome => outcome,
        }
    };
    match args.server.store() {
        Some(store) => drive(&store),
        None => seaweed::with_server(drive),
    }
}

/// The program that starts the browser and uses the extension as a person would.
pub(crate) fn drive_command(store: &Store, folder: &std::path::Path) -> Result<Command> {
    let mut drive = typescript_program("tests/demo/drive.ts");
    drive.arg("--folder").arg(folder);
    store.give_to(&mut drive)?;
    Ok(drive)
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}
