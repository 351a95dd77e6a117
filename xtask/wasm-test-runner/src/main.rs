//! Runs one compiled WASM test in Node or, where the test asks for it, in a headless browser.
//!
//! Cargo calls it in place of the test itself (`CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER`). It
//! is `wasm-bindgen-test-runner` built here, because an installed one of another version than the
//! crate refuses to work.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
