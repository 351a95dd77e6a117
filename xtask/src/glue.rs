//! Changes to the JavaScript that wasm-bindgen generates.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use rusty_attachments_model::chunks::CHUNK_SIZE;

use crate::paths::root;

/// Where the glue takes the module's exports.
const TAKES_EXPORTS: &str = "wasm = instance.exports;";

/// Puts `wasm/glue/guard.js` between glue and module, and adds the one constant of the published
/// API, which wasm-bindgen cannot export. `name` is that of the package's files.
pub(crate) fn finish(package: &Path, name: &str) -> Result<()> {
    fs::copy(root().join("wasm/glue/guard.js"), package.join("guard.js"))
        .context("wasm/glue/guard.js can't be copied")?;
    let script = package.join(format!("{name}.js"));
    fs::write(&script, guarded(&fs::read_to_string(&script)?)?)?;
    let types = package.join(format!("{name}.d.ts"));
    fs::write(&types, typed(&fs::read_to_string(&types)?))?;
    Ok(())
}

fn guarded(script: &str) -> Result<String> {
    ensure!(
        script.matches(TAKES_EXPORTS).count() == 1,
        "The generated JavaScript has no `{TAKES_EXPORTS}`: wasm-bindgen has changed, see xtask/src/glue.rs."
    );
    let script = script.replace(TAKES_EXPORTS, "wasm = guarded(instance.exports);");
    Ok(format!(
        "import {{ guarded }} from \"./guard.js\";\n{script}\nexport const CHUNK_SIZE_V2 = {CHUNK_SIZE}n;\n"
    ))
}

fn typed(types: &str) -> String {
    format!(
        "{types}\n/** Bytes of a chunk in format 2025-12-04-beta: 256 MiB. */\nexport const CHUNK_SIZE_V2: bigint;\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exports_are_guarded_once_and_the_constant_is_there() {
        let script = guarded("a;\n    wasm = instance.exports;\nb;").unwrap();
        assert!(script.contains("wasm = guarded(instance.exports);"));
        assert!(script.ends_with("export const CHUNK_SIZE_V2 = 268435456n;\n"));
        assert!(guarded("wasm = instance;").is_err());
    }
}
