//! Builds the WASM module and the extension.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;
use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_bindgen_cli_support::Bindgen;

use crate::glue;
use crate::paths::{chrome_extension, node_bin, root, target};
use crate::run::{heading, minutes, run};
use crate::setup::{self, WASM_TARGET};
use crate::stamp::Stamp;

/// The package that becomes the module.
pub(crate) const WASM_PACKAGE: &str = "rusty-attachments-wasm";
/// Its name as a file.
pub(crate) const WASM_NAME: &str = "rusty_attachments_wasm";

/// How wasm-opt is called. The features are those that the compiler uses, one by one: a module
/// optimised for every feature that wasm-opt knows may hold import forms that browsers refuse.
pub(crate) const WASM_OPT: [&str; 10] = [
    "-Oz",
    "--converge",
    "--mvp-features",
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

#[derive(Args)]
pub(crate) struct BuildArgs {
    /// Build fast for development: not optimised.
    #[arg(long)]
    dev: bool,
}

/// Which of the two builds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// What ships.
    Release,
    /// Quick to make, slow to run.
    Dev,
}

/// `cargo xtask build`.
pub(crate) fn build(args: &BuildArgs) -> Result<()> {
    extension(if args.dev { Mode::Dev } else { Mode::Release })?;
    println!("{}", chrome_extension().display());
    Ok(())
}

/// Builds everything into [`chrome_extension`].
pub(crate) fn extension(mode: Mode) -> Result<()> {
    wasm(mode)?;
    heading("Build the extension");
    let mut bundle = Command::new("node");
    bundle.arg("extension/build.mjs").current_dir(root());
    if mode == Mode::Dev {
        bundle.arg("--dev");
    }
    run(&mut bundle, minutes(5))
}

/// Builds the module and its JavaScript into wasm/pkg/.
pub(crate) fn wasm(mode: Mode) -> Result<()> {
    setup::wasm_target()?;
    setup::node_packages()?;
    heading("Build the WASM module");
    let (profile, folder) = match mode {
        Mode::Release => ("wasm-release", "wasm-release"),
        Mode::Dev => ("dev", "debug"),
    };
    let mut cargo = Command::new("cargo");
    cargo.args([
        "build",
        "--package",
        WASM_PACKAGE,
        "--target",
        WASM_TARGET,
        "--profile",
        profile,
        "--config",
        &without_machine_paths()?,
    ]);
    run(in_workspace(&mut cargo), minutes(15))?;
    let compiled = target()
        .join(WASM_TARGET)
        .join(folder)
        .join(format!("{WASM_NAME}.wasm"));

    // Generating and optimising takes longer than all the rest of a build where nothing changed.
    let package = root().join("wasm/pkg");
    let stamp = {
        let module =
            fs::read(&compiled).with_context(|| format!("{} can't be read", compiled.display()))?;
        let tools = fs::read(root().join("node_modules/binaryen/package.json"))?;
        let flags = WASM_OPT.join(" ");
        let mut inputs = Vec::new();
        for file in glue::GLUE {
            inputs.push(fs::read(root().join("wasm/glue").join(file))?);
        }
        inputs.extend([
            profile.as_bytes().to_vec(),
            tools,
            flags.into_bytes(),
            module,
        ]);
        let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
        Stamp::new(package.join(".xtask-stamp"), &inputs)
    };
    if !stamp.is_current() {
        generate(&compiled, &package, mode)?;
        stamp.write()?;
    }
    report_size(&package.join(format!("{WASM_NAME}_bg.wasm")))
}

/// Compiler flags, added to those of `.cargo/config.toml`, that keep this machine's folders out of the
/// messages in the module: the same source gives the same module everywhere.
pub(crate) fn without_machine_paths() -> Result<String> {
    let cargo_home = match env::var_os("CARGO_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => {
            PathBuf::from(env::var_os("HOME").context("there is no home folder")?).join(".cargo")
        }
    };
    let mut flags = vec![format!("--remap-path-prefix={}=", root().display())];
    // Not there where packages are vendored.
    for registry in fs::read_dir(cargo_home.join("registry/src"))
        .into_iter()
        .flatten()
    {
        flags.push(format!(
            "--remap-path-prefix={}=",
            registry?.path().display()
        ));
    }
    Ok(format!(
        "target.{WASM_TARGET}.rustflags={}",
        serde_json::to_string(&flags)?
    ))
}

/// Lets the repository's own compiler flags decide: flags from the environment would replace
/// those of `.cargo/config.toml`, and the module would silently lose SIMD.
pub(crate) fn in_workspace(cargo: &mut Command) -> &mut Command {
    cargo
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .current_dir(root())
}

/// Makes the package of a compiled module: JavaScript, types, and the module, optimised if it ships.
pub(crate) fn generate(compiled: &Path, package: &Path, mode: Mode) -> Result<()> {
    if package.exists() {
        fs::remove_dir_all(package)?;
    }
    // Where the module is, is for deadlinejs to know: bundlers would act upon an address in the glue.
    Bindgen::new()
        .input_path(compiled)
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .generate(package)?;
    glue::finish(package, WASM_NAME)?;
    if mode == Mode::Dev {
        return Ok(());
    }
    let module = package.join(format!("{WASM_NAME}_bg.wasm"));
    let optimised = package.join("optimised.wasm");
    let mut wasm_opt = Command::new(node_bin("wasm-opt"));
    run(
        wasm_opt
            .args(WASM_OPT)
            .arg(&module)
            .arg("-o")
            .arg(&optimised),
        minutes(10),
    )?;
    fs::rename(&optimised, &module)?;
    Ok(())
}

fn report_size(module: &Path) -> Result<()> {
    let (raw, gzipped) = sizes(module)?;
    eprintln!("{}: {raw} bytes, {gzipped} gzipped", module.display());
    Ok(())
}

/// Bytes of a file, and of the same compressed as servers do.
pub(crate) fn sizes(file: &Path) -> Result<(usize, usize)> {
    let bytes = fs::read(file)?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&bytes)?;
    Ok((bytes.len(), gzip.finish()?.len()))
}
