//! Project automation: `cargo xtask build`, `compare`, `demo`, `test`, `bench`, `coverage`, `example`,
//! `fuzz`, `package`, `reference`, `screenshots`, `size`, `weigh`.
//!
//! Each command first installs what it needs and finds missing (see [`setup`]), so it also works
//! on a fresh machine. Standard output carries results only (a table, one JSON object); the way
//! there goes to standard error. What xtask starts, it also ends: see [`run`] and [`seaweed`].

mod bench;
mod build;
mod conformance;
mod coverage;
mod demo;
mod demo_tree;
mod differential;
mod example;
mod faults;
mod fuzz;
mod gateway;
mod glue;
mod package;
mod packaging;
mod paths;
mod reference;
mod run;
mod screenshots;
mod seaweed;
mod setup;
mod side_workspace;
mod size;
mod stamp;
mod stand_in;
mod store;
mod supply;
mod test;
mod uploads;
mod vitest;
mod weigh;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Builds, demonstrates and tests the project."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compare speed and memory with the official client.
    Bench,
    /// Build the WASM module and the extension into target/extension/.
    Build(build::BuildArgs),
    /// Measure who loses what, beside the official client, and write the table of docs/side-by-side.md.
    Compare,
    /// Report how much of the model its own tests reach.
    Coverage,
    /// Start an S3 server and Chromium with the extension, ready for a folder to be dropped.
    Demo(demo::DemoArgs),
    /// Serve the example page of deadlinejs, with an S3 server to upload to.
    Example,
    /// Give a fuzz target random inputs for a while.
    Fuzz(fuzz::FuzzArgs),
    /// Build the extension for both browsers and pack it, with its sources, into target/package/.
    Package,
    /// Make the API reference of deadlinejs.
    Reference,
    /// Take a picture of every surface in every state, into docs/screenshots/.
    Screenshots,
    /// Print what each part of the WASM module costs, in bytes.
    Size,
    /// Run the test suites: all of them, or the ones named.
    Test(test::TestArgs),
    /// Print what each dependency weighs in the extension, in bytes.
    Weigh,
}

fn main() -> ExitCode {
    run::watch_for_interrupt();
    let outcome = match Cli::parse().command {
        Command::Bench => bench::bench().map(|()| ExitCode::SUCCESS),
        Command::Build(args) => build::build(&args).map(|()| ExitCode::SUCCESS),
        Command::Compare => uploads::compare().map(|()| ExitCode::SUCCESS),
        Command::Coverage => coverage::coverage().map(|()| ExitCode::SUCCESS),
        Command::Demo(args) => demo::demo(&args).map(|()| ExitCode::SUCCESS),
        Command::Example => example::example().map(|()| ExitCode::SUCCESS),
        Command::Fuzz(args) => fuzz::fuzz(&args).map(|()| ExitCode::SUCCESS),
        Command::Package => package::package().map(|()| ExitCode::SUCCESS),
        Command::Reference => reference::reference().map(|()| ExitCode::SUCCESS),
        Command::Screenshots => screenshots::screenshots().map(|()| ExitCode::SUCCESS),
        Command::Size => size::size().map(|()| ExitCode::SUCCESS),
        Command::Test(args) => test::test(&args),
        Command::Weigh => weigh::weigh().map(|()| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("\n{error:#}");
        ExitCode::FAILURE
    })
}
