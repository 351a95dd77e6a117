//! `cargo xtask size`: what the parts of the WASM module cost.

use std::fmt::Write;
use std::process::Command;

use anyhow::{Result, bail};

use crate::build::{self, Mode, WASM_NAME, WASM_PACKAGE, in_workspace};
use crate::paths::target;
use crate::run::{heading, minutes, run};
use crate::setup::{self, WASM_TARGET};

/// The parts, as the features of `wasm/` name them, each added to those before it. Hashing is always there.
const PARTS: [&str; 6] = [
    "manifests",
    "signing",
    "storage",
    "engine",
    "connection",
    "accounts",
];

/// The parts that the limits are set for: hashing, manifests, signing.
const LIMITED: usize = 2;
/// Most bytes of the module with these parts.
const MOST_BYTES: usize = 400_000;
/// Most bytes of it as it travels.
const MOST_GZIPPED: usize = 160_000;

/// Prints the size of the module with one part after the other.
pub(crate) fn size() -> Result<()> {
    let mut table =
        String::from("| part | raw | gzipped | with all before it |\n|---|---|---|---|\n");
    let mut before = (0, 0);
    for count in 0..=PARTS.len() {
        let (raw, gzipped) = sizes_with(&PARTS[..count])?;
        let part = count.checked_sub(1).map_or("hashing", |last| PARTS[last]);
        writeln!(
            table,
            "| {part} | {} | {} | {raw}, {gzipped} gzipped |",
            raw - before.0,
            gzipped - before.1
        )?;
        before = (raw, gzipped);
    }
    println!("Bytes of the WASM module:\n\n{table}");
    Ok(())
}

/// Fails if the module with hashing, manifests and signing is larger than it may be.
pub(crate) fn check() -> Result<()> {
    let (raw, gzipped) = sizes_with(&PARTS[..LIMITED])?;
    eprintln!(
        "Hashing, manifests and signing: {raw} of {MOST_BYTES} bytes, gzipped {gzipped} of {MOST_GZIPPED}"
    );
    if raw > MOST_BYTES || gzipped > MOST_GZIPPED {
        bail!("The WASM module is larger than it may be; `cargo xtask size` shows its parts.");
    }
    Ok(())
}

/// Builds the module as it ships, but with these parts only. Raw bytes, and gzipped.
fn sizes_with(parts: &[&str]) -> Result<(usize, usize)> {
    setup::wasm_target()?;
    setup::node_packages()?;
    heading(&format!(
        "Measure the WASM module: hashing {}",
        parts.join(" ")
    ));
    // Apart from the module that ships, which would otherwise be compiled anew after each of these.
    let folder = target()
        .join("size")
        .join(parts.last().unwrap_or(&"hashing"));
    let mut cargo = Command::new("cargo");
    in_workspace(&mut cargo)
        .args(["build", "--quiet", "--package", WASM_PACKAGE])
        .args(["--target", WASM_TARGET, "--profile", "wasm-release"])
        .args(["--no-default-features", "--features", &parts.join(",")])
        .args(["--config", &build::without_machine_paths()?])
        .env("CARGO_TARGET_DIR", &folder);
    run(&mut cargo, minutes(15))?;
    let compiled = folder
        .join(WASM_TARGET)
        .join("wasm-release")
        .join(format!("{WASM_NAME}.wasm"));
    let package = folder.join("pkg");
    build::generate(&compiled, &package, Mode::Release)?;
    build::sizes(&package.join(format!("{WASM_NAME}_bg.wasm")))
}
