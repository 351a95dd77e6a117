//! Runs other programs: with a heading, a time limit, and an end on every way out.
//!
//! Each program leads a process group of its own, so that what it starts in turn ends with it.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::paths::root;

/// How long a program may take to end by itself once it was asked to.
const GRACE: Duration = Duration::from_secs(10);
/// How often a running program is looked at.
const POLL: Duration = Duration::from_millis(20);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Turns Ctrl-C and a request to terminate into [`interrupted`]; call once, first.
pub(crate) fn watch_for_interrupt() {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))
        .expect("no other handler is set");
}

/// Whether the person wants an end. Every wait in this program must look at it.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Waits a moment, or fails at once when the person wants an end.
pub(crate) fn pause() -> Result<()> {
    if interrupted() {
        bail!("Stopped on request.");
    }
    thread::sleep(POLL);
    Ok(())
}

/// Prints the heading of a step.
pub(crate) fn heading(text: &str) {
    eprintln!("\n== {text}");
}

/// Minutes as a time limit.
pub(crate) const fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

/// Runs `command` to its end; fails unless it succeeds within `limit`.
///
/// Its standard output goes to our standard error, because ours is for results.
pub(crate) fn run(command: &mut Command, limit: Duration) -> Result<()> {
    run_into(command, Stdio::from(io::stderr()), limit)
}

/// Like [`run`], with the standard output of `command` going to `stdout`.
pub(crate) fn run_into(command: &mut Command, stdout: Stdio, limit: Duration) -> Result<()> {
    let shown = describe(command);
    let started = Instant::now();
    let mut child = Group::spawn(command.stdin(Stdio::null()).stdout(stdout))?;
    let status = loop {
        if let Some(status) = child.status()? {
            break status;
        }
        if started.elapsed() > limit {
            child.end(GRACE);
            bail!(
                "`{shown}` was ended after {} s without a result.",
                limit.as_secs()
            );
        }
        if let Err(stop) = pause() {
            child.end(GRACE);
            return Err(stop);
        }
    };
    if !status.success() {
        bail!("`{shown}` failed ({status}).");
    }
    Ok(())
}

/// Whether `command` can be started and succeeds; its output is thrown away.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stderr(Stdio::null());
    run_into(command, Stdio::null(), minutes(1)).is_ok()
}

/// A TypeScript program of this repository. It gets no process between itself and us, as the
/// command `tsx` would be: asked to end, it may take its time to clean up.
pub(crate) fn typescript_program(path: &str) -> Command {
    let mut command = Command::new("node");
    command.args(["--import", "tsx", path]).current_dir(root());
    command
}

/// Program and arguments on one line, for messages. Environment variables stay out: they may hold secrets.
fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A program and everything it starts. Dropping it ends all of them and waits for the program.
pub(crate) struct Group(Child);

impl Group {
    /// Starts `command` as the leader of a new process group.
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        let child = command.process_group(0).spawn();
        child
            .map(Self)
            .with_context(|| format!("`{}` can't be started", describe(command)))
    }

    /// Exit status of the program, or `None` while it runs.
    pub(crate) fn status(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.0.try_wait()?)
    }

    /// Asks for an end, waits up to `grace`, and insists.
    pub(crate) fn end(&mut self, grace: Duration) {
        self.signal(Signal::TERM);
        let asked = Instant::now();
        while asked.elapsed() < grace && matches!(self.0.try_wait(), Ok(None)) {
            thread::sleep(POLL);
        }
    }

    fn signal(&self, signal: Signal) {
        // Fails when nobody of the group is left, which is what is wanted.
        let _ = kill_process_group(Pid::from_child(&self.0), signal);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failing_program_is_named_with_its_status() {
        let error = run(&mut sh("exit 3"), minutes(1)).unwrap_err().to_string();
        assert_eq!(error, "`sh -c exit 3` failed (exit status: 3).");
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_all_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let pid_file = folder.path().join("pid");
        let script = format!("sleep 100 & echo $! > '{}'; wait", pid_file.display());
        let started = Instant::now();
        let error = run(&mut sh(&script), Duration::from_millis(500))
            .unwrap_err()
            .to_string();
        assert!(error.contains("was ended after"), "{error}");
        assert!(started.elapsed() < GRACE);
        let pid: i32 = std::fs::read_to_string(pid_file)
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let pid = Pid::from_raw(pid).unwrap();
        while started.elapsed() < GRACE && rustix::process::test_kill_process(pid).is_ok() {
            thread::sleep(POLL);
        }
        assert!(
            rustix::process::test_kill_process(pid).is_err(),
            "the inner process still runs"
        );
    }
}
