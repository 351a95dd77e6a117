//! The runs: one for each seed, all invariants after each.

use std::collections::BTreeMap;

use rusty_attachments_transfer::{Engine, FileFilter, FileId, Outcome};

use crate::disk::Handle;
use crate::faults::MATRIX;
use crate::invariants::{
    EACH_FILE_IS_TOLD, MANIFEST_IS_TRUE, Named, REPLAYS, RETRY_COMPLETES, Store,
    TRANSIENT_IS_SURVIVED, Violation, all_are_reported, manifest_is_true, no_upload_stays,
    objects_match_keys, outcome_is_true, preview_is_true, summary_is_true,
};
use crate::plan::{Class, Interruption, Plan};
use crate::server::Data;
use crate::world::{Call, Recording, World, key_of};

/// What came of a run.
struct Run {
    violations: Vec<Violation>,
    /// Events.
    steps: u32,
    happened: BTreeMap<&'static str, u64>,
    ending: &'static str,
}

fn judged(seed: u64, logs: bool, alter: impl FnOnce(&mut Plan)) -> Run {
    let mut world = World::new(seed, logs, alter);
    world.drop_files();
    world.go();
    let mut violations = std::mem::take(&mut world.violations);
    violations.append(&mut world.watch.violations);
    if violations.is_empty() {
        violations = judge(&mut world);
        violations.extend(each_file_is_told(&world));
    }
    // A wrong owner of the bucket cannot be mended in the middle.
    let has_right_owner = world.plan.kind.owner.is_none();
    if violations.is_empty() && has_right_owner && world.engine.retry(true).is_some() {
        violations = retried(&mut world);
    }
    let ending = match world.outcome() {
        Some(Outcome::Complete(_)) => "complete",
        Some(Outcome::Failed(_)) => "failed",
        Some(Outcome::Cancelled) => "cancelled",
        None => "never",
    };
    Run {
        violations,
        steps: world.steps,
        happened: world.plan.faults.happened,
        ending,
    }
}

/// What is wrong with a failed run once it is taken up again, without any faults.
fn retried(world: &mut World) -> Vec<Violation> {
    world.retry();
    let mut found = std::mem::take(&mut world.violations);
    found.append(&mut world.watch.violations);
    if !found.is_empty() {
        return found;
    }
    found.extend(each_file_is_told(world));
    let is_gone = |path: &str| {
        let files = &world.plan.files;
        files.iter().any(|file| file.is_gone && file.path == path)
    };
    // A server without a date does not tell how wrong the clock is.
    let is_clock = |code: &str| code == "clock-wrong" && world.plan.skew != 0;
    match world.outcome() {
        Some(Outcome::Complete(_)) => found.extend(judge(world)),
        // It failed before the beginning, where a file that is left out may still be chosen.
        Some(outcome) if leaves_all_out(world) && is_of(outcome, "all-left-out") => {}
        Some(Outcome::Failed(problems))
            if problems.iter().all(|problem| {
                is_clock(&problem.code) || problem.file.as_deref().is_some_and(is_gone)
            }) => {}
        other => found.push(Violation {
            invariant: RETRY_COMPLETES,
            detail: format!("{other:?}"),
        }),
    }
    found
}

/// Whether nothing that was dropped is chosen.
fn leaves_all_out(world: &World) -> bool {
    let mut handles = world.handles.iter();
    !handles.any(|handle| world.patterns.take(&world.plan.files[handle.file].path))
}

/// After the end nothing is on its way, and what is complete has every file in the store.
fn each_file_is_told(world: &World) -> Vec<Violation> {
    let counts = world.engine.file_counts();
    let under_way = counts.waiting + counts.hashing + counts.checking + counts.sending;
    let is_complete = matches!(world.outcome(), Some(Outcome::Complete(_)));
    let left_out = world.engine.left_out(0).files;
    let window = world.engine.files(FileFilter::All, 0, usize::MAX);
    let all = counts.in_store + counts.sent + counts.failed + counts.skipped + counts.not_sent;
    if under_way == 0
        && all == window.total
        && window.rows.len() == window.total
        && (!is_complete
            || (counts.failed + counts.not_sent == 0 && counts.skipped as u64 == left_out))
    {
        return Vec::new();
    }
    vec![Violation {
        invariant: EACH_FILE_IS_TOLD,
        detail: format!("{counts:?} of {}", window.total),
    }]
}

/// All invariants that are about a whole run.
fn judge(world: &mut World) -> Vec<Violation> {
    world.judge_crash();
    let mut found = std::mem::take(&mut world.violations);
    found.extend(objects_match_keys(&world.server.writes));
    let Some(outcome) = world.outcome().cloned() else {
        return found;
    };
    let is_in = |handle: &&Handle| world.patterns.take(&world.plan.files[handle.file].path);
    let named: Vec<Named> = world
        .handles
        .iter()
        .filter(is_in)
        .map(|handle| Named {
            path: world.plan.files[handle.file].path.clone(),
            size: handle.size,
            modified: handle.modified,
        })
        .collect();
    let refused = world
        .refused
        .iter()
        .filter(|path| world.patterns.take(path));
    let refused: Vec<String> = refused.cloned().collect();
    found.extend(all_are_reported(&refused, &named, &outcome));
    let manifest = world.stored_manifest();
    if let Some((_, Data::Text(text))) = manifest {
        let store = Store {
            objects: &world.server.objects,
            key: &key_of,
            is_excused: &|key| world.is_excused(key),
        };
        found.extend(manifest_is_true(text, &named, &store));
        let is_named = |(file, handle): &&(FileId, Handle)| {
            world.handles[file.0 as usize] == *handle && is_in(&handle)
        };
        found.extend(
            world
                .told_changed
                .iter()
                .filter(is_named)
                .map(|told| Violation {
                    invariant: MANIFEST_IS_TRUE,
                    detail: format!("{told:?} is named although it was seen to have changed"),
                }),
        );
    }
    if !world.manifest_was_in_limbo {
        let data = manifest.map(|(_, data)| data);
        found.extend(outcome_is_true(&outcome, true, data));
    }
    if let Outcome::Complete(summary) = &outcome
        && let Some(manifest) = &summary.manifest
    {
        found.extend(summary_is_true(manifest, &world.server.objects));
    }
    if matches!(
        world.plan.class,
        Class::Plain | Class::Transient | Class::Crash
    ) && !matches!(outcome, Outcome::Complete(_))
        && world.was_answered
        && !(named.is_empty() && is_of(&outcome, "all-left-out"))
    {
        found.push(Violation {
            invariant: TRANSIENT_IS_SURVIVED,
            detail: format!("{outcome:?}"),
        });
    }
    if let (Outcome::Complete(summary), Some(preview)) = (&outcome, &world.previewed)
        && world.plan.class == Class::Plain
        && !world.plan.skips_check
    {
        found.extend(preview_is_true(preview, summary));
    }
    let is_complete = matches!(outcome, Outcome::Complete(_));
    // Nobody goes on with what was chosen in the run before and is left out of this one.
    let is_wanted = |id: &str| {
        let files = world.handles.iter().filter(is_in);
        let mut pieces = files.flat_map(|handle| {
            let bytes = world.plan.files[handle.file].bytes();
            world.plan.pieces(bytes)
        });
        let key = world.server.uploads.get(id).map(|upload| &upload.key);
        pieces.any(|piece| key == Some(&key_of(piece.hash())))
    };
    let is_excused = |id: &str| {
        if world.is_of_killed_run(id) {
            // The next run completes it where anything tells it what there is.
            return !(is_complete && is_wanted(id) && world.can_go_on_with(id));
        }
        !world.known_uploads.contains(id)
            || world.aborted_uploads.contains(id)
            || world.was_dead_at_end
            || world.closing_took >= 3_000
    };
    found.extend(no_upload_stays(&world.server.uploads, &is_excused));
    if let Some(recording) = &world.recording {
        found.extend(replay(recording));
    }
    found
}

/// Whether this is the cause of a failure.
fn is_of(outcome: &Outcome, code: &str) -> bool {
    matches!(outcome, Outcome::Failed(problems) if problems[0].code == code)
}

/// Invariant 10.
fn replay(recording: &Recording) -> Vec<Violation> {
    let mut engine = Engine::new(recording.settings.clone());
    for (call, actions) in &recording.calls {
        match call.clone() {
            Call::AddFile(path, size, modified, known) => {
                engine.add_file(&path, size, modified, &known);
            }
            Call::Handle(now, event) => engine.handle(now, event),
        }
        let again: Vec<_> = std::iter::from_fn(|| engine.poll_action()).collect();
        if again != *actions {
            return vec![Violation {
                invariant: REPLAYS,
                detail: format!("{call:?}: {again:?}, not {actions:?}"),
            }];
        }
    }
    Vec::new()
}

/// Seeds of one test.
const SEEDS: u64 = 2_500;
/// Tests that run seeds.
const SHARES: u64 = 8;

/// Runs a share of all seeds; the first ones that fail are printed.
fn share(number: u64) {
    if let Ok(seed) = std::env::var("SIMULATION_SEED") {
        if number == 0 {
            let seed = seed.parse().expect("a seed is a number");
            let run = judged(seed, true, |_| {});
            assert!(run.violations.is_empty(), "{:#?}", run.violations);
        }
        return;
    }
    let seeds = match std::env::var("SIMULATION_SEEDS") {
        Ok(range) => part_of(&range, number),
        Err(_) => number * SEEDS..(number + 1) * SEEDS,
    };
    let mut failed = Vec::new();
    let mut happened = BTreeMap::<&'static str, u64>::new();
    let mut endings = BTreeMap::<&'static str, u64>::new();
    let runs = seeds.end - seeds.start;
    for seed in seeds {
        let run = match std::panic::catch_unwind(|| judged(seed, false, |_| {})) {
            Ok(run) => run,
            Err(_) => {
                println!("SIMULATION_SEED={seed} panics");
                failed.push(seed);
                continue;
            }
        };
        for (name, count) in run.happened {
            *happened.entry(name).or_default() += count;
        }
        *endings.entry(run.ending).or_default() += 1;
        if let Some(Violation { invariant, detail }) = run.violations.first() {
            let short: String = detail.chars().take(300).collect();
            println!("SIMULATION_SEED={seed}: not true that {invariant}: {short}");
            failed.push(seed);
        }
    }
    println!("{endings:?} {happened:?}");
    for name in MATRIX {
        let count = happened.get(name).copied().unwrap_or(0);
        assert!(count >= 5, "{name} happens {count} times in {runs} runs");
    }
    assert!(failed.is_empty(), "{} seeds fail: {failed:?}", failed.len());
}

/// Of a range of seeds, as `20000-60000`, the eighth with this number.
fn part_of(range: &str, number: u64) -> std::ops::Range<u64> {
    let (from, to) = range.split_once('-').expect("a range is from-to");
    let number_of = |text: &str| text.parse::<u64>().expect("a seed is a number");
    let (from, to) = (number_of(from), number_of(to));
    let edge = |number: u64| from + (to - from) * number / SHARES;
    edge(number)..edge(number + 1)
}

/// Interrupts the runs of some seeds after each of their events, one after the other.
fn at_every_step(interruption: Interruption) {
    let mut count = 0;
    for seed in 0..EVERY_STEP_SEEDS {
        for step in 0.. {
            let alter = |plan: &mut Plan| {
                plan.interruptions = BTreeMap::from([(step, interruption)]);
                if interruption == Interruption::Cancel {
                    plan.class = Class::Everything;
                }
                if let Interruption::Crash(_) = interruption {
                    plan.class = Class::Crash;
                    plan.forget_faults();
                }
            };
            let run = judged(seed, false, alter);
            if !run.violations.is_empty() {
                let violations = judged(seed, true, alter).violations;
                panic!("seed {seed}, {interruption:?} at {step}: {violations:#?}");
            }
            count += 1;
            if run.steps < step || step >= MOST_STEPS {
                break;
            }
        }
    }
    println!("{count} runs");
    assert!(count > 1_000);
}

/// Seeds whose runs are interrupted at every step, up to so many.
const EVERY_STEP_SEEDS: u64 = 25;
const MOST_STEPS: u32 = 200;

#[test]
fn a_run_may_be_cancelled_at_every_step() {
    at_every_step(Interruption::Cancel);
}

#[test]
fn a_run_may_be_paused_at_every_step() {
    at_every_step(Interruption::Pause(3_000));
}

#[test]
fn a_run_may_be_killed_at_every_step() {
    at_every_step(Interruption::Crash(false));
}

#[test]
fn a_run_may_be_killed_and_the_journal_lost_at_every_step() {
    at_every_step(Interruption::Crash(true));
}

/// Runs beyond the usual seeds that once broke an invariant.
#[test]
fn runs_that_once_failed_keep_all_invariants() {
    for seed in [
        121_741, 215_803, 216_711, 244_412, 258_953, 383_850, 433_159, 696_130, 732_839, 1_202_229,
        1_234_214,
    ] {
        let violations = judged(seed, false, |_| {}).violations;
        assert!(violations.is_empty(), "seed {seed}: {violations:#?}");
    }
}

macro_rules! shares {
    ($($name:ident: $number:literal,)*) => {
        $(#[test]
        fn $name() {
            share($number);
        })*
    };
}

shares! {
    share_0_of_the_seeds_keeps_all_invariants: 0,
    share_1_of_the_seeds_keeps_all_invariants: 1,
    share_2_of_the_seeds_keeps_all_invariants: 2,
    share_3_of_the_seeds_keeps_all_invariants: 3,
    share_4_of_the_seeds_keeps_all_invariants: 4,
    share_5_of_the_seeds_keeps_all_invariants: 5,
    share_6_of_the_seeds_keeps_all_invariants: 6,
    share_7_of_the_seeds_keeps_all_invariants: 7,
}
