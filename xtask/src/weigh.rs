//! `cargo xtask weigh`: what each dependency weighs in the extension, for `docs/dependencies.md`.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use wasmparser::{KnownCustom, Name, Parser, Payload};

use crate::build::{self, Mode, WASM_NAME};
use crate::paths::{node_bin, root, target};
use crate::run::{heading, minutes, run};
use crate::setup::WASM_TARGET;

/// What is smaller is summed up.
const LEAST_BYTES: usize = 200;

/// Prints how many bytes of the module come from each crate, and of the scripts from each npm package.
pub(crate) fn weigh() -> Result<()> {
    build::extension(Mode::Release)?;
    module()?;
    scripts()
}

/// By the names of the module's functions: what was built into a caller counts for the caller's crate.
fn module() -> Result<()> {
    heading("Build the module once more, with the names of its functions");
    let package = target().join("weigh");
    let compiled = target()
        .join(WASM_TARGET)
        .join("wasm-release")
        .join(format!("{WASM_NAME}.wasm"));
    // Without optimising: that is done here, and must not lose the names.
    build::generate(&compiled, &package, Mode::Dev)?;
    let named = package.join("named.wasm");
    let mut wasm_opt = Command::new(node_bin("wasm-opt"));
    wasm_opt
        .args(build::WASM_OPT)
        .arg("--debuginfo")
        .arg(package.join(format!("{WASM_NAME}_bg.wasm")))
        .arg("-o")
        .arg(&named);
    run(&mut wasm_opt, minutes(10))?;

    let (code, data) = bytes_by_crate(&fs::read(&named)?)?;
    let (raw, gzipped) = build::sizes(&root().join(format!("wasm/pkg/{WASM_NAME}_bg.wasm")))?;
    println!("The module: {raw} bytes, {gzipped} gzipped. By crate:\n");
    let mut weights: BTreeMap<String, Weight> = code
        .into_iter()
        .map(|(name, bytes)| (name, Weight::share(bytes, raw, gzipped)))
        .collect();
    let texts = "texts and tables of all crates".to_owned();
    weights.insert(texts, Weight::share(data, raw, gzipped));
    table(weights);
    Ok(())
}

/// Bytes of functions for each crate, and of data.
fn bytes_by_crate(module: &[u8]) -> Result<(BTreeMap<String, usize>, usize)> {
    let mut names = BTreeMap::new();
    let mut sizes = Vec::new();
    let (mut imported, mut data) = (0, 0);
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    if matches!(import?.ty, wasmparser::TypeRef::Func(_)) {
                        imported += 1;
                    }
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.range().len()),
            Payload::DataSection(section) => data = section.range().len(),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(parts) = section.as_known() else {
                    continue;
                };
                for part in parts {
                    let Name::Function(functions) = part? else {
                        continue;
                    };
                    for function in functions {
                        let function = function?;
                        names.insert(function.index, function.name);
                    }
                }
            }
            _ => {}
        }
    }
    let mut code: BTreeMap<String, usize> = BTreeMap::new();
    for (index, size) in (imported..).zip(sizes) {
        let name = names.get(&index).copied().unwrap_or_default();
        *code.entry(crate_of(name)).or_default() += size;
    }
    Ok((code, data))
}

/// The crate in a function's name: the first word of its path, also of `<crate::Type as other::Trait>::function`. What is
/// built into what the module exports has lost its own.
fn crate_of(name: &str) -> String {
    if name.ends_with(" shim") {
        return "exports of the module, with what is built into them".to_owned();
    }
    let demangled = format!("{:#}", rustc_demangle::demangle(name));
    let path = demangled.trim_start_matches(['<', '&', '[', '*', '(']);
    let path = path
        .strip_prefix("mut ")
        .or_else(|| path.strip_prefix("dyn "))
        .unwrap_or(path)
        .trim_start_matches('<');
    let end = path
        .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .unwrap_or(path.len());
    let (word, rest) = path.split_at(end);
    if rest.starts_with("::") || rest.starts_with('[') {
        word.to_owned()
    } else if rest.starts_with([' ', '>'])
        && word.starts_with(|first: char| first.is_ascii_lowercase())
    {
        // A type of the language itself, such as `f64`.
        "core".to_owned()
    } else {
        "no crate's name".to_owned()
    }
}

/// By what esbuild tells of each file that it writes.
fn scripts() -> Result<()> {
    let told = target().join("weigh/scripts.json");
    let mut bundle = Command::new("node");
    bundle
        .args(["extension/build.mjs", "--metafile"])
        .arg(&told)
        .current_dir(root());
    run(&mut bundle, minutes(5))?;
    let told: serde_json::Value = serde_json::from_slice(&fs::read(&told)?)?;
    let outputs = told["outputs"]
        .as_object()
        .context("esbuild tells of no outputs")?;
    let mut packages: BTreeMap<String, Weight> = BTreeMap::new();
    let mut all = Weight::default();
    for (path, output) in outputs {
        let file = root().join(path);
        // What no script imports any more is not in the package.
        if !file.exists() {
            continue;
        }
        let (raw, gzipped) = build::sizes(&file)?;
        all.add(Weight { raw, gzipped });
        for (path, input) in output["inputs"].as_object().into_iter().flatten() {
            let weight = Weight::share(bytes(&input["bytesInOutput"]), raw, gzipped);
            packages.entry(package_of(path)).or_default().add(weight);
        }
    }
    println!(
        "\nThe scripts for Chrome: {} bytes, {} gzipped. By package:\n",
        all.raw, all.gzipped
    );
    table(packages);
    Ok(())
}

/// Bytes, and what they are of the compressed file: their share of it, because they are not compressed apart.
#[derive(Default, Clone, Copy)]
struct Weight {
    raw: usize,
    gzipped: usize,
}

impl Weight {
    /// Of `of` bytes, which have `of_gzipped` compressed.
    fn share(raw: usize, of: usize, of_gzipped: usize) -> Self {
        Self {
            raw,
            gzipped: raw * of_gzipped / of.max(1),
        }
    }

    fn add(&mut self, other: Self) {
        self.raw += other.raw;
        self.gzipped += other.gzipped;
    }
}

fn bytes(number: &serde_json::Value) -> usize {
    number
        .as_u64()
        .and_then(|bytes| usize::try_from(bytes).ok())
        .unwrap_or_default()
}

/// The npm package that a file belongs to, or the folder of ours.
fn package_of(path: &str) -> String {
    let Some((_, inside)) = path.rsplit_once("node_modules/") else {
        return path.split('/').next().unwrap_or_default().to_owned() + "/";
    };
    let names = if inside.starts_with('@') { 2 } else { 1 };
    inside.split('/').take(names).collect::<Vec<_>>().join("/")
}

fn table(weights: BTreeMap<String, Weight>) {
    println!("| part | bytes | share of the gzipped |\n|---|---|---|");
    let mut weights: Vec<(String, Weight)> = weights.into_iter().collect();
    weights.sort_by_key(|&(_, weight)| std::cmp::Reverse(weight.raw));
    let (shown, small): (Vec<_>, Vec<_>) = weights
        .into_iter()
        .partition(|(_, weight)| weight.raw >= LEAST_BYTES);
    for (name, weight) in shown {
        println!("| {name} | {} | {} |", weight.raw, weight.gzipped);
    }
    let mut rest = Weight::default();
    for &(_, weight) in &small {
        rest.add(weight);
    }
    println!(
        "| {} smaller ones | {} | {} |",
        small.len(),
        rest.raw,
        rest.gzipped
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_found_in_every_kind_of_name() {
        for (name, krate) in [
            ("core::fmt::write", "core"),
            (
                "<alloc::string::String as core::fmt::Write>::write_str",
                "alloc",
            ),
            ("<&T as core::fmt::Debug>::fmt", "no crate's name"),
            (
                "<&mut serde_json::de::Deserializer<R> as serde_core::de::Deserializer>::x",
                "serde_json",
            ),
            ("_ZN4core3fmt5write17h0123456789abcdefE", "core"),
            ("<f64 as core::fmt::Display>::fmt", "core"),
            (
                "sigv4signer_sign externref shim multivalue shim",
                "exports of the module, with what is built into them",
            ),
            ("", "no crate's name"),
        ] {
            assert_eq!(crate_of(name), krate, "{name}");
        }
    }

    #[test]
    fn a_package_is_found_in_a_path() {
        assert_eq!(package_of("node_modules/valibot/dist/index.mjs"), "valibot");
        assert_eq!(
            package_of("node_modules/@aws-sdk/core/dist/a.js"),
            "@aws-sdk/core"
        );
        assert_eq!(package_of("extension/shared/dom.ts"), "extension/");
    }
}
