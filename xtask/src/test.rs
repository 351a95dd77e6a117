//! `cargo xtask test`: every suite, one verdict.

use std::fmt::Write;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::build::{self, Mode, WASM_PACKAGE, in_workspace};
use crate::paths::{node_bin, root, target};
use crate::run::{heading, interrupted, minutes, run, succeeds};
use crate::setup::{CHROMEDRIVER, WASM_TARGET};
use crate::vitest::Vitest;
use crate::{
    conformance, differential, faults, fuzz, gateway, package, packaging, seaweed, setup, size,
    stand_in, supply, uploads,
};

#[derive(Args)]
pub(crate) struct TestArgs {
    /// Suites to run; all when none is named.
    #[arg(value_enum)]
    suites: Vec<Suite>,
}

/// A set of tests that passes or fails as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// Formatting, lints and tests of the Rust crates.
    Rust,
    /// The WASM bindings, in Node, headless Chromium and headless Firefox.
    Wasm,
    /// Formatting, lints, types and unit tests of everything in TypeScript.
    Typescript,
    /// The strict gateway that tests put in front of SeaweedFS.
    Gateway,
    /// The stand-in for Deadline Cloud and Identity Center, asked by the official SDK.
    StandIn,
    /// What an upload promises, on every store adapter, and side by side with the official client.
    Uploads,
    /// The built extension in headless Chromium and headless Firefox against SeaweedFS.
    E2e,
    /// The built extension in headless Chromium behind the strict gateway: faults, and parts of the browser that end.
    Faults,
    /// The npm package, packed and tried in every kind of web project and in Node.
    Packaging,
    /// The zips of the extension: linted, and the same again from the sources in them.
    Package,
    /// Odd manifests: the model beside the official client and openjd-snapshots.
    Differential,
    /// An upload by the extension, judged by the official Deadline Cloud client.
    Conformance,
    /// A short run of every fuzz target.
    Fuzz,
    /// Licences and sources of everything that others wrote.
    Supply,
    /// Known weaknesses of it, as RustSec and npm tell them; where they can't be asked, the verdict says so.
    Advisories,
}

/// Those that run beside the one before them: neither has anything to do with time, they share no file that one of them
/// writes, and each leaves a processor idle most of the time.
const BESIDE: [(Suite, Suite); 2] = [
    (Suite::Package, Suite::Differential),
    (Suite::Fuzz, Suite::Supply),
];

/// `cargo xtask test`.
pub(crate) fn test(args: &TestArgs) -> Result<ExitCode> {
    let suites = if args.suites.is_empty() {
        Suite::value_variants()
    } else {
        &args.suites
    };
    let mut table = String::new();
    let (mut passed, mut failed, mut unknown) = (0, 0, 0);
    for side_by_side in suites.chunk_by(|one, next| BESIDE.contains(&(*one, *next))) {
        let outcomes: Vec<_> = thread::scope(|scope| {
            let running: Vec<_> = side_by_side
                .iter()
                .map(|suite| scope.spawn(|| suite.timed()))
                .collect();
            running
                .into_iter()
                .map(|suite| suite.join().expect("a suite returns its failure"))
                .collect()
        });
        if interrupted() {
            bail!("Stopped on request.");
        }
        for (suite, (outcome, took)) in side_by_side.iter().zip(outcomes) {
            let (verdict, count) = match &outcome {
                Ok(()) => ("passed", &mut passed),
                Err(error) if error.is::<supply::NotReachable>() => ("not reachable", &mut unknown),
                Err(_) => ("failed", &mut failed),
            };
            *count += 1;
            writeln!(
                table,
                "{:<12} {verdict} {:>7.1} s",
                suite.name(),
                took.as_secs_f64()
            )?;
            if let Err(error) = outcome {
                eprintln!("\n{error:#}");
                writeln!(table, "    {error:#}")?;
            }
        }
    }
    print!("\n{table}\n{passed} passed, {failed} failed");
    if unknown > 0 {
        print!(", {unknown} not reachable and so without a verdict");
    }
    println!();
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Suite {
    fn name(self) -> String {
        self.to_possible_value()
            .expect("no suite is hidden")
            .get_name()
            .to_owned()
    }

    /// Runs it, and tells how long that took.
    fn timed(self) -> (Result<()>, Duration) {
        heading(&format!("Suite {}", self.name()));
        let started = Instant::now();
        (self.run(), started.elapsed())
    }

    fn run(self) -> Result<()> {
        match self {
            Self::Rust => rust(),
            Self::Wasm => wasm(),
            Self::Typescript => typescript(),
            Self::Gateway => gateway::check(),
            Self::StandIn => stand_in::check(),
            Self::Uploads => uploads::check(),
            Self::E2e => e2e(),
            Self::Faults => faults::check(),
            Self::Packaging => packaging::check(),
            Self::Package => package::check(),
            Self::Differential => differential::check(),
            Self::Conformance => conformance::check(),
            Self::Fuzz => fuzz::check(),
            Self::Supply => supply::check(),
            Self::Advisories => supply::advisories(),
        }
    }
}

fn rust() -> Result<()> {
    setup::rust_components()?;
    setup::wasm_target()?;
    let tests = if succeeds(&mut cargo("nextest --version")) {
        "nextest run"
    } else {
        "test --lib --bins --tests"
    };
    let strictly = "--all-targets -- -D warnings";
    all([
        cargo("fmt --all --check"),
        cargo(&format!(
            "clippy --workspace --exclude {WASM_PACKAGE} {strictly}"
        )),
        // Linted as it is compiled: whether a cast can lose bits depends on the target.
        cargo(&format!(
            "clippy --package {WASM_PACKAGE} --target {WASM_TARGET} {strictly}"
        )),
        cargo(tests),
        cargo("test --doc"),
    ])
}

fn wasm() -> Result<()> {
    setup::wasm_target()?;
    setup::chromium()?;
    setup::firefox()?;
    let runner = "wasm-test-runner";
    run(
        &mut cargo(&format!("build --package {runner}")),
        minutes(15),
    )?;
    // A failure in the browser says nothing about Node, and the other way round.
    let every = "--lib --tests --no-fail-fast";
    let mut tests = cargo(&format!(
        "test --package {WASM_PACKAGE} --target {WASM_TARGET} {every}"
    ));
    let runner = target().join("debug").join(runner);
    tests
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", CHROMEDRIVER);
    run(&mut tests, minutes(15))?;
    build::wasm(Mode::Release)?;
    Vitest::new("wasm").run(minutes(5))?;
    size::check()
}

fn typescript() -> Result<()> {
    // The types of the module are made by its build.
    build::wasm(Mode::Release)?;
    let checked = all([
        node("biome", "check ."),
        node("tsc", "--noEmit"),
        node("tsc", "--noEmit -p tests/wasm"),
    ]);
    let tested = Vitest::new("unit").run(minutes(5));
    both(checked, tested)
}

fn e2e() -> Result<()> {
    setup::chromium()?;
    setup::firefox()?;
    build::extension(Mode::Release)?;
    gateway::build()?;
    stand_in::build()?;
    packaging::pack()?;
    setup::python_packages("tests/moto-requirements.txt")?;
    seaweed::prepare()?;
    // What one browser has uploaded would be in the store already for the other.
    let in_browser = |browser, project| {
        seaweed::with_server(|store| {
            Vitest::new(project)
                .store(store)?
                .env("TEST_BROWSER", browser)
                .run(minutes(55))
        })
    };
    let alone = both(
        in_browser("chromium", "e2e-alone"),
        in_browser("firefox", "e2e-alone"),
    );
    // They wait most of the time. The one for idle time takes ten minutes and next to no work.
    let beside = thread::scope(|scope| {
        let idle = scope.spawn(|| in_browser("firefox", "e2e-idle"));
        let in_firefox = scope.spawn(|| in_browser("firefox", "e2e-firefox"));
        let in_chromium = in_browser("chromium", "e2e");
        let [idle, in_firefox] =
            [idle, in_firefox].map(|run| run.join().expect("a suite returns its failure"));
        both(in_chromium, both(in_firefox, idle))
    });
    both(alone, beside)
}

/// Runs every command, also after one that failed, and names those that did.
fn all<const N: usize>(commands: [Command; N]) -> Result<()> {
    let mut failures = Vec::new();
    for mut command in commands {
        if let Err(error) = run(&mut command, minutes(15)) {
            if interrupted() {
                return Err(error);
            }
            failures.push(error.to_string());
        }
    }
    if failures.is_empty() {
        Ok(())
    } else {
        bail!(failures.join(" "))
    }
}

/// Names what failed of two.
fn both(one: Result<()>, other: Result<()>) -> Result<()> {
    match (one, other) {
        (Err(one), Err(other)) => bail!("{one:#}\n    {other:#}"),
        (one, other) => one.and(other),
    }
}

/// `arguments` are separated by spaces.
pub(crate) fn cargo(arguments: &str) -> Command {
    let mut command = Command::new("cargo");
    in_workspace(&mut command).args(arguments.split(' '));
    command
}

/// `arguments` are separated by spaces.
pub(crate) fn node(program: &str, arguments: &str) -> Command {
    let mut command = Command::new(node_bin(program));
    command.args(arguments.split(' ')).current_dir(root());
    command
}
