//! Changes to the JavaScript that wasm-bindgen generates.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use rusty_attachments_model::chunks::CHUNK_SIZE;

use crate::paths::root;

/// Places in the generated script, how often each is there, and what takes its place.
const CHANGES: [(&str, usize, &str); 3] = [
    (
        "wasm = instance.exports;",
        1,
        "wasm = guarded(instance.exports);",
    ),
    (
        "let wasmModule, wasmInstance, wasm;",
        1,
        "let wasmModule, wasmInstance, wasm = notLoaded;",
    ),
    ("(wasm !== undefined)", 2, "(wasm !== notLoaded)"),
];
/// The files of `wasm/glue/` that go into the package.
pub(crate) const GLUE: [&str; 3] = ["guard.js", "errors.js", "errors.d.ts"];

/// Puts `wasm/glue/` into the package: the guard between glue and module, the error classes, and the
/// one constant of the published API, which wasm-bindgen cannot export. `name` is that of the
/// package's files.
pub(crate) fn finish(package: &Path, name: &str) -> Result<()> {
    for file in GLUE {
        fs::copy(root().join("wasm/glue").join(file), package.join(file))
            .with_context(|| format!("wasm/glue/{file} can't be copied"))?;
    }
    let script = package.join(format!("{name}.js"));
    fs::write(&script, finished(&fs::read_to_string(&script)?)?)?;
    // The generator's own copy of errors.js: two would be two classes of the same name.
    fs::remove_dir_all(package.join("snippets"))?;
    let types = package.join(format!("{name}.d.ts"));
    fs::write(&types, typed(&fs::read_to_string(&types)?))?;
    Ok(())
}

fn finished(script: &str) -> Result<String> {
    let mut script = with_one_errors_file(script)?;
    for (from, count, to) in CHANGES {
        ensure!(
            script.matches(from).count() == count,
            "The generated JavaScript has not {count} times `{from}`: wasm-bindgen has changed, see xtask/src/glue.rs."
        );
        script = script.replace(from, to);
    }
    Ok(format!(
        "import {{ guarded, notLoaded }} from \"./guard.js\";\nexport * from \"./errors.js\";\n{script}\nexport const CHUNK_SIZE_V2 = {CHUNK_SIZE}n;\n"
    ))
}

/// Lets the script import `errors.js` beside it, instead of a copy in a folder named after a hash.
fn with_one_errors_file(script: &str) -> Result<String> {
    const END: &str = "/glue/errors.js";
    let end = script.find(END).context(
        "The generated JavaScript does not import errors.js: wasm-bindgen has changed, see xtask/src/glue.rs.",
    )?;
    let start = script[..end]
        .rfind("./snippets/")
        .context("errors.js is not in snippets/")?;
    let folder = &script[start..end + END.len()];
    Ok(script.replace(folder, "./errors.js"))
}

fn typed(types: &str) -> String {
    // Names of the glue's own, among them every function of the compiled module.
    let types = types
        .replace("export type InitInput", "type InitInput")
        .replace("export type SyncInitInput", "type SyncInitInput")
        .replace("export interface InitOutput", "interface InitOutput")
        .replace(
            "    free(): void;\n    [Symbol.dispose](): void;",
            "    /** Gives its memory back; it is of no more use then. */\n    free(): void;\n    /** As `free`, at the end of a `using` block. */\n    [Symbol.dispose](): void;",
        );
    format!(
        "export * from \"./errors.js\";\n{types}\n/** Bytes of a chunk in format 2025-12-04-beta: 256 MiB. */\nexport const CHUNK_SIZE_V2: bigint;\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exports_are_guarded_once_and_the_constant_is_there() {
        let errors = r#"import { A } from './snippets/x-0123/glue/errors.js';"#;
        let rest: String = CHANGES
            .iter()
            .map(|(from, count, _)| from.repeat(*count))
            .collect();
        let script = finished(&format!("{errors}{rest}")).unwrap();
        assert!(script.contains("import { A } from './errors.js';"));
        for (from, _, to) in CHANGES {
            assert!(script.contains(to) && !script.contains(from));
        }
        assert!(script.ends_with("export const CHUNK_SIZE_V2 = 268435456n;\n"));
        assert!(finished(errors).is_err());
        assert!(finished(&rest).is_err());
    }
}
