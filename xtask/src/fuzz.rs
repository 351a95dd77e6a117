//! `cargo xtask fuzz`: the fuzz targets of `fuzz/` under libFuzzer, with the stable compiler. The folder
//! has the layout of cargo-fuzz, which works on it too and is not needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::paths::root;
use crate::run::{heading, minutes, run};
use crate::setup;
use crate::side_workspace::SideWorkspace;

const WORKSPACE: SideWorkspace = SideWorkspace {
    folder: "fuzz",
    target: "fuzz",
};

/// What cargo-fuzz gives the compiler, without the sanitizer, which the stable one does not have: code
/// without `unsafe` has little for it to find.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions -Ccodegen-units=1";

/// An input that takes longer is a fault, in seconds.
const SLOWEST: u32 = 10;
/// So is one that needs more memory, in MiB.
const MOST_MEMORY: u32 = 1024;
/// Inputs of the short run that is part of the tests: some seconds.
const SHORT_RUN: u32 = 1_000_000;

#[derive(Args)]
pub(crate) struct FuzzArgs {
    /// What to fuzz.
    #[arg(value_enum)]
    target: Target,
    /// How long, in seconds; it ends earlier when it finds something.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// Try only this input, such as a file that a run left in fuzz/artifacts/.
    #[arg(long)]
    input: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// Manifests of any kind.
    Decode,
    /// Paths, targets of symlinks, and their order.
    Path,
}

/// A long run, which keeps what it learns in `fuzz/corpus/` and what it finds in `fuzz/artifacts/`.
pub(crate) fn fuzz(args: &FuzzArgs) -> Result<()> {
    let mut fuzzer = args.target.build()?;
    if let Some(input) = &args.input {
        return run(fuzzer.arg(std::path::absolute(input)?), minutes(5));
    }
    fuzzer
        .arg(format!("-max_total_time={}", args.seconds))
        .arg(args.target.kept("corpus")?)
        .arg(args.target.seeds());
    run(&mut fuzzer, minutes(u64::from(args.seconds) / 60 + 5))
}

/// A short run of every target, the same each time.
pub(crate) fn check() -> Result<()> {
    WORKSPACE.check()?;
    for target in Target::value_variants() {
        let mut fuzzer = target.build()?;
        heading(&format!("Fuzz {} for a moment", target.name()));
        let learned = tempfile::tempdir()?;
        fuzzer
            // Tells the end only; what is found is told all the same.
            .args(["-verbosity=0", "-print_final_stats=1"])
            .arg("-seed=1")
            .arg(format!("-runs={SHORT_RUN}"))
            .arg(learned.path())
            .arg(target.seeds());
        run(&mut fuzzer, minutes(10))?;
    }
    Ok(())
}

impl Target {
    fn name(self) -> String {
        self.to_possible_value()
            .expect("no target is hidden")
            .get_name()
            .to_owned()
    }

    fn seeds(self) -> PathBuf {
        WORKSPACE.folder().join("seeds").join(self.name())
    }

    /// A folder that git ignores.
    fn kept(self, what: &str) -> Result<PathBuf> {
        let folder = WORKSPACE.folder().join(what).join(self.name());
        fs::create_dir_all(&folder)
            .with_context(|| format!("{} can't be made", folder.display()))?;
        Ok(folder)
    }

    /// Compiles the target; the command that runs it and keeps the input that it fails on.
    fn build(self) -> Result<Command> {
        setup::cpp_compiler()?;
        let host = setup::rust_host()?;
        let name = self.name();
        let mut cargo = WORKSPACE.cargo(&format!("build --release --bin {name} --target {host}"));
        // With a target, cargo keeps the flags away from build scripts.
        run(cargo.env("RUSTFLAGS", FLAGS), minutes(10))?;
        let mut fuzzer = Command::new(WORKSPACE.program(Path::new(&host).join("release"), &name));
        fuzzer
            .arg(format!(
                "-artifact_prefix={}/",
                self.kept("artifacts")?.display()
            ))
            .arg(format!("-timeout={SLOWEST}"))
            .arg(format!("-rss_limit_mb={MOST_MEMORY}"))
            .arg(format!(
                "-dict={}",
                WORKSPACE.folder().join(format!("{name}.dict")).display()
            ))
            .current_dir(root());
        Ok(fuzzer)
    }
}
