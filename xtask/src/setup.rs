//! Installs what is missing, and only that. Every function may be called any number of times.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::build::in_workspace;
use crate::paths::{root, target, venv_bin};
use crate::run::{heading, minutes, run, succeeds};
use crate::stamp::Stamp;

/// The target that the WASM module is compiled for.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// Debian's Chromium.
pub(crate) const CHROMIUM: &str = "/usr/bin/chromium";
/// Debian's ChromeDriver, of the same version as its Chromium.
pub(crate) const CHROMEDRIVER: &str = "/usr/bin/chromedriver";
/// Debian's Firefox, of the line with extended support.
const FIREFOX: &str = "/usr/bin/firefox-esr";
/// The version that is known to work with [`FIREFOX`].
const GECKODRIVER: &str = "0.37.1";

/// The standard library for [`WASM_TARGET`].
pub(crate) fn wasm_target() -> Result<()> {
    let sysroot = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()?
        .stdout;
    let sysroot = String::from_utf8(sysroot)?;
    if Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(WASM_TARGET)
        .exists()
    {
        return Ok(());
    }
    heading(&format!("Install the Rust target {WASM_TARGET}"));
    run(
        Command::new("rustup").args(["target", "add", WASM_TARGET]),
        minutes(10),
    )
}

/// rustfmt and clippy, which rustup's minimal profile leaves out.
pub(crate) fn rust_components() -> Result<()> {
    for component in ["rustfmt", "clippy"] {
        let cargo_name = component.replace("rustfmt", "fmt");
        if !succeeds(Command::new("cargo").args([&cargo_name, "--version"])) {
            heading(&format!("Install {component}"));
            run(
                Command::new("rustup").args(["component", "add", component]),
                minutes(10),
            )?;
        }
    }
    Ok(())
}

/// The compiler's own tools for coverage.
pub(crate) fn llvm_tools() -> Result<()> {
    run(
        Command::new("rustup").args(["component", "add", "llvm-tools"]),
        minutes(10),
    )
}

/// The name of this machine's own target.
pub(crate) fn rust_host() -> Result<String> {
    let host = Command::new("rustc")
        .args(["--print", "host-tuple"])
        .output()?
        .stdout;
    Ok(String::from_utf8(host)?.trim().to_owned())
}

/// For the packages whose build compiles C++.
pub(crate) fn cpp_compiler() -> Result<()> {
    if succeeds(Command::new("c++").arg("--version")) {
        return Ok(());
    }
    apt_install(&["g++"])
}

/// The npm packages of package-lock.json.
pub(crate) fn node_packages() -> Result<()> {
    let lock =
        fs::read(root().join("package-lock.json")).context("package-lock.json can't be read")?;
    let stamp = Stamp::new(root().join("node_modules/.xtask-stamp"), &[&lock]);
    if stamp.is_current() {
        return Ok(());
    }
    heading("Install the npm packages");
    run(Command::new("npm").arg("ci").current_dir(root()), minutes(15)).context(
        "The npm packages can't be installed. Node.js 20 or newer with npm and access to an npm registry are needed",
    )?;
    stamp.write()
}

/// Chromium and ChromeDriver.
pub(crate) fn chromium() -> Result<()> {
    if Path::new(CHROMIUM).exists() && Path::new(CHROMEDRIVER).exists() {
        return Ok(());
    }
    apt_install(&["chromium", "chromium-driver"])
}

/// Firefox, and the program that drives it, which Debian does not have.
pub(crate) fn firefox() -> Result<()> {
    if !Path::new(FIREFOX).exists() {
        apt_install(&["firefox-esr"])?;
    }
    // It only hands messages on. Built without optimisation it is there in a tenth of the time.
    cargo_tool("geckodriver", GECKODRIVER, &["--debug"])?;
    Ok(())
}

/// The program of a crate, in exactly this version and built once. Gives its place.
pub(crate) fn cargo_tool(name: &str, version: &str, how: &[&str]) -> Result<PathBuf> {
    let tools = target().join("tools");
    let program = tools.join("bin").join(name);
    let how_as_text = how.join(" ");
    let stamp = Stamp::new(
        tools.join("stamps").join(name),
        &[version.as_bytes(), how_as_text.as_bytes()],
    );
    if program.exists() && stamp.is_current() {
        return Ok(program);
    }
    heading(&format!("Install {name}"));
    let mut install = Command::new("cargo");
    in_workspace(&mut install)
        .args(["install", "--locked", "--quiet", "--force", name])
        .args(["--version", version])
        .args(how)
        .arg("--root")
        .arg(&tools)
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    run(&mut install, minutes(15))?;
    stamp.write()?;
    Ok(program)
}

/// The packages of a pinned requirements file, in the project's own Python environment.
pub(crate) fn python_packages(requirements: &str) -> Result<()> {
    let list = root().join(requirements);
    let wanted = fs::read(&list).with_context(|| format!("{requirements} can't be read"))?;
    let stamp = Stamp::new(
        target()
            .join("venv/stamps")
            .join(requirements.replace('/', "-")),
        &[&wanted],
    );
    if stamp.is_current() {
        return Ok(());
    }
    heading(&format!("Install the Python packages of {requirements}"));
    if !venv_bin("pip").exists() {
        // Debian ships the module that puts pip into an environment as a package of its own.
        if !succeeds(Command::new("python3").args(["-c", "import ensurepip"])) {
            apt_install(&["python3-venv"])?;
        }
        run(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(target().join("venv")),
            minutes(5),
        )?;
    }
    let mut pip = Command::new(venv_bin("pip"));
    pip.args([
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--requirement",
    ]);
    run(pip.arg(list), minutes(15))?;
    stamp.write()
}

fn apt_install(packages: &[&str]) -> Result<()> {
    let wanted = packages.join(" ");
    if !rustix::process::geteuid().is_root() {
        bail!(
            "Missing on this machine: {wanted}. Run `sudo apt-get install {wanted}` and start again."
        );
    }
    heading(&format!("Install {wanted}"));
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run(apt().arg("update"), minutes(10))?;
    run(
        apt()
            .args(["install", "-y", "--no-install-recommends"])
            .args(packages),
        minutes(30),
    )
}
