//! `cargo xtask bench`: the model beside the official client, on the same manifests in the same run, and
//! the library: its two ways to send beside each other, and the memory of uploads.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::build::in_workspace;
use crate::paths::{root, target, venv_bin};
use crate::run::{heading, minutes, run, run_into, typescript_program};
use crate::{packaging, seaweed, setup};

/// As in `bench/src/lib.rs`.
const SIZES: [usize; 2] = [100_000, 1_000_000];

/// Measures, and prints nanoseconds for each entry, ratios, and peak bytes for each entry.
pub(crate) fn bench() -> Result<()> {
    setup::python_packages("tests/conformance/requirements.txt")?;
    heading("Measure ours");
    run(&mut cargo("bench --package attachments-bench"), minutes(15))?;
    let folder = tempfile::tempdir_in(target())?;
    let mut table = String::from(
        "| entries | | ours | official | ratio | peak heap |\n|---|---|---|---|---|---|\n",
    );
    let peaks = output(cargo(
        "run --release --quiet --package attachments-bench --bin peak-heap",
    ))?;
    for entries in SIZES {
        heading(&format!("Measure the official client on {entries} entries"));
        let manifest = folder.path().join("manifest.json");
        run_into(
            cargo("run --release --quiet --package attachments-bench --bin make-manifest")
                .arg(entries.to_string()),
            Stdio::from(File::create(&manifest)?),
            minutes(15),
        )?;
        let mut python = Command::new(venv_bin("python"));
        python
            .arg("bench/official.py")
            .arg(&manifest)
            .current_dir(root());
        let official = output(python)?;
        for (what, official) in ["encode", "decode"]
            .into_iter()
            .zip(official.split_whitespace())
        {
            #[allow(clippy::cast_precision_loss)] // At most a million.
            let per_entry = 1.0 / entries as f64;
            let ours = estimate(what, entries)? * per_entry;
            let official = official.parse::<f64>()? * 1e9 * per_entry;
            let peak = peak_bytes(&peaks, what, entries)? * per_entry;
            table += &format!(
                "| {entries} | {what} | {ours:.0} ns | {official:.0} ns | {:.1} | {peak:.0} bytes |\n",
                official / ours
            );
        }
    }
    println!("For each entry:\n\n{table}");
    library()
}

/// The two adapters of the library's storage beside each other in a browser, and the memory of long uploads.
fn library() -> Result<()> {
    setup::chromium()?;
    packaging::pack()?;
    seaweed::with_server(|store| {
        heading("Measure the library's stores");
        let mut bench = typescript_program("bench/stores.ts");
        store.give_to(&mut bench)?;
        run_into(&mut bench, Stdio::inherit(), minutes(15))
    })?;
    heading("Measure the memory of uploads");
    run_into(
        &mut typescript_program("bench/upload-memory.ts"),
        Stdio::inherit(),
        minutes(30),
    )
}

/// Nanoseconds of one run, as criterion estimated it.
fn estimate(what: &str, entries: usize) -> Result<f64> {
    let path = target().join(format!(
        "criterion/manifest/{what}/{entries}/new/estimates.json"
    ));
    let text =
        fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))?;
    let estimates: serde_json::Value = serde_json::from_str(&text)?;
    estimates["median"]["point_estimate"]
        .as_f64()
        .with_context(|| format!("{} has no median", path.display()))
}

fn peak_bytes(peaks: &str, what: &str, entries: usize) -> Result<f64> {
    let line = format!("{entries} {what} ");
    let bytes = peaks.lines().find_map(|peak| peak.strip_prefix(&line));
    Ok(bytes.context("peak-heap left one out")?.parse()?)
}

fn output(mut command: Command) -> Result<String> {
    let folder = tempfile::tempdir_in(target())?;
    let path = folder.path().join("output");
    run_into(&mut command, Stdio::from(File::create(&path)?), minutes(15))?;
    Ok(fs::read_to_string(&path)?)
}

/// `arguments` are separated by spaces.
fn cargo(arguments: &str) -> Command {
    let mut command = Command::new("cargo");
    in_workspace(&mut command).args(arguments.split(' '));
    command
}
