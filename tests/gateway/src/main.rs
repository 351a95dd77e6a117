//! The gateway as a program: prints one line of JSON with its two addresses, and works until it is
//! ended.

use std::io::Read;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use serde::Deserialize;
use strict_gateway::{ANY_PORT, OWNER, Options, Running, Settings, Signer};

/// Stands in front of an S3 server: enforces what S3 documents and local servers leave out, and injects faults.
#[derive(Parser)]
#[command(name = "strict-gateway")]
struct Arguments {
    /// Where S3 requests are taken.
    #[arg(long, default_value_t = ANY_PORT)]
    listen: SocketAddr,
    /// Where the control port is.
    #[arg(long, default_value_t = ANY_PORT)]
    control: SocketAddr,
    /// The server behind: `http://host:port`. Without it the environment's `TEST_STORE` says.
    #[arg(long)]
    upstream: Option<String>,
    /// Account id of the owner of every bucket.
    #[arg(long, default_value = OWNER)]
    owner: String,
    /// Origin of web pages that may read what the gateway itself answers, as a rule of the bucket would allow.
    #[arg(long)]
    allow_origin: Option<String>,
    /// Which server to be like.
    #[arg(long, default_value = "s3")]
    like: Like,
    /// End when standard input closes, so that the gateway does not outlive who started it.
    #[arg(long)]
    until_stdin_closes: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Like {
    /// All that S3 documents.
    S3,
    /// None of it: headers are accepted without effect.
    Plain,
}

/// The part of `TEST_STORE` that matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Store {
    endpoint: String,
    region: String,
    access_key: String,
    secret_key: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let store: Option<Store> = match std::env::var("TEST_STORE") {
        Ok(text) => Some(serde_json::from_str(&text).context("TEST_STORE is not a store")?),
        Err(_) => None,
    };
    let upstream = arguments
        .upstream
        .or_else(|| store.as_ref().map(|store| store.endpoint.clone()))
        .context("Neither --upstream nor TEST_STORE says which server to stand in front of.")?;
    let signer =
        store.map(|store| Signer::new(&store.access_key, &store.secret_key, &store.region));
    let running = Running::start(Options {
        listen: arguments.listen,
        control: arguments.control,
        upstream,
        owner: arguments.owner,
        allow_origin: arguments.allow_origin,
        signer,
        settings: match arguments.like {
            Like::S3 => Settings::default(),
            Like::Plain => Settings::plain(),
        },
    })
    .await?;
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
