//! The engine in a simulated world: a store, a network, a disk, a clock and a person, all of them seeded,
//! all of them with faults (issue "nothing lost, nothing wrong, nothing stuck").
//!
//! `SIMULATION_SEED=n cargo test -p rusty-attachments-transfer --test simulation one_seed -- --nocapture`
//! replays one run with all that went into the engine and came out of it.

mod bytes;
mod disk;
mod faults;
mod invariants;
mod journal;
mod log;
mod network;
mod server;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use faults::{Act, Rival, Scenario};
use invariants::{Broken, Violation};

/// Runs in each of the tests; there are as many tests as threads would use.
const RUNS: u64 = 2_500;
/// Failing seeds that are printed.
const PRINTED: usize = 12;

fn run(seed: u64, prints: bool) -> world::Report {
    catch_unwind(AssertUnwindSafe(|| world::run(seed, prints))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        world::Report {
            violations: vec![Violation {
                broken: Broken::Panic,
                how: text.unwrap_or_default(),
            }],
            ..world::Report::default()
        }
    })
}

fn run_seeds(seeds: std::ops::Range<u64>) {
    let mut outcomes: BTreeMap<String, u32> = BTreeMap::new();
    let mut happened: BTreeSet<String> = BTreeSet::new();
    let mut failures: BTreeMap<Broken, Vec<(u64, String)>> = BTreeMap::new();
    let (mut events, mut requests) = (0, 0);
    for seed in seeds {
        let report = run(seed, false);
        *outcomes
            .entry(format!("{:?} {}", world::weather_of(seed), report.outcome))
            .or_default() += 1;
        happened.extend(report.happened);
        events += report.events;
        requests += report.requests;
        for violation in report.violations {
            failures
                .entry(violation.broken)
                .or_default()
                .push((seed, violation.how));
        }
    }
    println!("{events} events, {requests} requests");
    println!("{outcomes:#?}\n{happened:?}");
    for (broken, seeds) in &failures {
        println!("{broken:?} in {} runs", seeds.len());
        for (seed, how) in seeds.iter().take(PRINTED) {
            println!(
                "  SIMULATION_SEED={seed}: {}",
                how.chars().take(400).collect::<String>()
            );
        }
    }
    assert!(
        failures.is_empty(),
        "broken: {:?}",
        failures.keys().collect::<Vec<_>>()
    );
}

#[test]
fn a_quarter_of_all_runs_keeps_every_rule() {
    run_seeds(0..RUNS);
}

#[test]
fn another_quarter_of_all_runs_keeps_every_rule() {
    run_seeds(RUNS..2 * RUNS);
}

#[test]
fn a_third_quarter_of_all_runs_keeps_every_rule() {
    run_seeds(2 * RUNS..3 * RUNS);
}

#[test]
fn the_last_quarter_of_all_runs_keeps_every_rule() {
    run_seeds(3 * RUNS..4 * RUNS);
}

/// A run of one file in parts, killed after so many events; then somebody else stores its content.
#[test]
fn an_upload_of_a_killed_run_is_given_up_when_somebody_else_has_stored_its_content() {
    for step in 1..60 {
        let mut scenario = Scenario::calm(&[100 << 20]);
        scenario.acts = vec![(step, Act::Crash)];
        scenario.rivals = vec![(30_000, 0, Rival::Writes)];
        let report = world::World::new(scenario, step.into(), false).run();
        assert!(
            report.violations.is_empty(),
            "{step}: {:?}",
            report.violations
        );
    }
}

#[test]
fn the_first_byte_of_a_hundred_thousand_files_leaves_within_two_seconds() {
    let mut rng = fastrand::Rng::with_seed(1);
    let sizes: Vec<u64> = (0..100_000).map(|_| rng.u64(1..2 << 20)).collect();
    let mut scenario = Scenario::calm(&sizes);
    // A browser lists some ten thousand files each second, and reads a gigabyte.
    for (file, at) in scenario.files.iter_mut().zip(0_u64..) {
        file.at = at / 10;
    }
    scenario.intake_ends = 10_001;
    scenario.hash_speed = 1_000_000;
    let report = world::World::new(scenario, 1, false).until_first_put();
    let first = report.first_put.expect("something is sent");
    println!("the first byte leaves after {first} ms");
    assert!(report.violations.is_empty() && first <= 2_000);
}

#[test]
fn more_runs() {
    if let Some(first) = std::env::var("SIMULATION_FIRST")
        .ok()
        .and_then(|text| text.parse().ok())
    {
        run_seeds(first..first + 50_000);
    }
}

#[test]
fn one_seed_replays_with_its_log() {
    let seed = std::env::var("SIMULATION_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    if let Some(seed) = seed {
        let report = run(seed, true);
        println!("{:#?}", report.violations);
        assert!(report.violations.is_empty());
    }
}
