//! `cargo xtask coverage`: how much of the model its own tests reach.

use std::process::{Command, Stdio};

use anyhow::Result;

use crate::build::in_workspace;
use crate::run::{heading, minutes, run, run_into};
use crate::setup;

/// The version that is known to work with the compiler.
const CARGO_LLVM_COV: &str = "0.9.1";

/// Prints a table of the model's files, and makes an HTML report of their lines.
pub(crate) fn coverage() -> Result<()> {
    setup::llvm_tools()?;
    let program = setup::cargo_tool("cargo-llvm-cov", CARGO_LLVM_COV, &[])?;
    let llvm_cov = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        in_workspace(&mut command).arg("llvm-cov").args(arguments);
        command
    };
    let package = ["--package", "rusty-attachments-model"];
    heading("Run the model's tests");
    run(
        llvm_cov(&["--no-report", "--lib", "--tests"]).args(package),
        minutes(15),
    )?;
    run(llvm_cov(&["report", "--html"]).args(package), minutes(5))?;
    run_into(
        llvm_cov(&["report"]).args(package),
        Stdio::inherit(),
        minutes(5),
    )
}
