//! The stand-in as a program: prints one line of JSON with its two addresses, and works until it is ended.

use std::io::Read;
use std::net::SocketAddr;
use std::path::PathBuf;

use account_stand_in::{ANY_PORT, Running, Settings};
use anyhow::{Context, Result};
use clap::Parser;

/// Stands in for Deadline Cloud's REST calls and for IAM Identity Center: checks signatures, and injects errors.
#[derive(Parser)]
#[command(name = "account-stand-in")]
struct Arguments {
    /// Where the services are.
    #[arg(long, default_value_t = ANY_PORT)]
    listen: SocketAddr,
    /// Where the control port is.
    #[arg(long, default_value_t = ANY_PORT)]
    control: SocketAddr,
    /// JSON file with farms, queues, people and keys; empty without it.
    #[arg(long)]
    settings: Option<PathBuf>,
    /// End when standard input closes, so that the stand-in does not outlive who started it.
    #[arg(long)]
    until_stdin_closes: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let settings: Settings = match &arguments.settings {
        None => Settings::default(),
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{} can't be read", file.display()))?;
            serde_json::from_str(&text)
                .with_context(|| format!("{} has no settings", file.display()))?
        }
    };
    let running = Running::start(arguments.listen, arguments.control, settings).await?;
    println!(
        "{}",
        serde_json::json!({
            "endpoint": format!("http://{}", running.listen),
            "control": format!("http://{}", running.control),
        })
    );
    if arguments.until_stdin_closes {
        let input = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
        input.await??;
        return Ok(());
    }
    std::future::pending().await
}
