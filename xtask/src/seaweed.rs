//! SeaweedFS's S3 gateway on 127.0.0.1, with an empty bucket and keys of its own for each start.
//!
//! It verifies signatures, and its answers carry no CORS headers that could help the extension.

use std::fs::{self, File};
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::paths::{target, venv_bin};
use crate::run::{Group, heading, interrupted, minutes, pause, run, typescript_program};
use crate::setup;
use crate::store::Store;

/// SeaweedFS also opens each port plus this number, for gRPC.
const GRPC_OFFSET: u16 = 10_000;
/// Candidates for ports: these and those above by [`GRPC_OFFSET`] lie below the range that Linux
/// hands out by itself (from 32768), so no outgoing connection takes one between search and start.
const PORTS: std::ops::Range<u16> = 20_000..22_768;
/// How long the gateway may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Another process may take a port between our search and SeaweedFS's start.
const START_ATTEMPTS: u32 = 3;

/// Installs what a server needs. Two servers that start at the same time must not both do it.
pub(crate) fn prepare() -> Result<()> {
    setup::python_packages("tests/requirements.txt")?;
    setup::node_packages()
}

/// Starts a server, waits until it stores objects, runs `work`, and ends the server whatever happens.
pub(crate) fn with_server<T>(work: impl FnOnce(&Store) -> Result<T>) -> Result<T> {
    prepare()?;
    heading("Start SeaweedFS");
    fs::create_dir_all(target())?;
    // Not in /tmp: that may be memory, and the objects may be many.
    let folder = tempfile::Builder::new()
        .prefix("seaweedfs-")
        .tempdir_in(target())?;
    let log = target().join(format!(
        "{}.log",
        folder.path().file_name().unwrap_or_default().display()
    ));
    let outcome = Server::start(&folder, &log).and_then(|server| work(&server.store));
    if outcome.is_ok() || interrupted() {
        fs::remove_file(&log)?;
    } else {
        eprintln!("SeaweedFS's own messages are in {}", log.display());
    }
    outcome
}

struct Server {
    process: Group,
    ports: Ports,
    store: Store,
}

impl Server {
    fn start(folder: &TempDir, log: &Path) -> Result<Self> {
        let secret: String = random_bytes::<20>()?
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        for attempt in 1..=START_ATTEMPTS {
            let data = folder.path().join(format!("data-{attempt}"));
            fs::create_dir(&data)?;
            let mut server = Self::spawn(&data, log, &secret)?;
            if server.listens()? {
                let mut put = typescript_program("tests/make-bucket.ts");
                server.store.give_to(&mut put)?;
                run(&mut put, minutes(2)).context("SeaweedFS listens, but stores nothing")?;
                return Ok(server);
            }
        }
        bail!("SeaweedFS ended {START_ATTEMPTS} times before it listened.");
    }

    fn spawn(data: &Path, log: &Path, secret: &str) -> Result<Self> {
        let ports = Ports::find()?;
        let endpoint = format!("http://127.0.0.1:{}", ports.s3);
        let store = Store::new(
            &endpoint,
            "job-attachments",
            "DeadlineCloud",
            "AKIAIOSFODNN7EXAMPLE",
            secret,
        );
        let identities = data.join("s3.json");
        fs::write(
            &identities,
            serde_json::to_vec(&serde_json::json!({ "identities": [{
                "name": "demo",
                "credentials": [{ "accessKey": store.access_key, "secretKey": store.secret_key }],
                "actions": ["Admin"],
            }]}))?,
        )?;
        let mut weed = Command::new(venv_bin("weed"));
        weed.args([
            "-logtostderr",
            "server",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
        ])
        .arg(format!("-dir={}", data.display()))
        .args([
            format!("-master.port={}", ports.master),
            format!("-volume.port={}", ports.volume),
        ])
        .args([
            "-volume.max=50",
            "-master.volumeSizeLimitMB=1024",
            "-master.telemetry=false",
        ])
        .args(["-filer".to_owned(), format!("-filer.port={}", ports.filer)])
        .args(["-s3".to_owned(), format!("-s3.port={}", ports.s3)])
        .arg(format!("-s3.config={}", identities.display()))
        // Two more services that would open fixed ports.
        .args(["-s3.port.iceberg=0", "-s3.port.lance=0"])
        // Without this any origin is allowed, and a missing host permission would go unnoticed.
        .arg("-s3.allowedOrigins=http://nobody.invalid")
        .current_dir(data)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(log)?);
        Ok(Self {
            process: Group::spawn(&mut weed)?,
            ports,
            store,
        })
    }

    /// Waits until the gateway accepts connections; false if the process ended instead.
    fn listens(&mut self) -> Result<bool> {
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if self.process.status()?.is_some() {
                return Ok(false);
            }
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.ports.s3)).is_ok() {
                return Ok(true);
            }
            pause()?;
        }
        bail!(
            "SeaweedFS didn't listen within {} s.",
            START_LIMIT.as_secs()
        );
    }
}

impl Drop for Server {
    /// The [`Group`] then kills the process and waits for it. Asking first would take up to 27 s,
    /// for data that is thrown away.
    fn drop(&mut self) {
        self.ports.remove_sockets();
    }
}

struct Ports {
    master: u16,
    volume: u16,
    filer: u16,
    s3: u16,
}

impl Ports {
    fn find() -> Result<Self> {
        // Held until all are found, so that no two are the same.
        let mut held = Vec::new();
        let mut next = || -> Result<u16> {
            for _ in 0..1000 {
                let [high, low] = random_bytes()?;
                let port =
                    PORTS.start + u16::from_be_bytes([high, low]) % (PORTS.end - PORTS.start);
                let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
                if let (Ok(http), Ok(grpc)) = (bind(port), bind(port + GRPC_OFFSET)) {
                    held.extend([http, grpc]);
                    return Ok(port);
                }
            }
            bail!(
                "No free port was found on 127.0.0.1 between {} and {}.",
                PORTS.start,
                PORTS.end
            );
        };
        Ok(Self {
            master: next()?,
            volume: next()?,
            filer: next()?,
            s3: next()?,
        })
    }

    /// SeaweedFS opens sockets at fixed places and leaves them behind when it is killed.
    fn remove_sockets(&self) {
        let names = [
            ("master", self.master),
            ("volume", self.volume),
            ("filer", self.filer),
            ("s3", self.s3),
        ];
        for (name, port) in names {
            let _ = fs::remove_file(format!("/tmp/seaweedfs-{name}-{port}.sock"));
            let _ = fs::remove_file(format!(
                "/tmp/seaweedfs-{name}-grpc-{}.sock",
                port + GRPC_OFFSET
            ));
        }
    }
}

fn random_bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}
