//! The engine against a simulated S3, network, disk and clock, with all that can go wrong. A seed stands
//! for a run; `SIMULATION_SEED=n cargo test --test simulation` replays one with all that happens in it,
//! `SIMULATION_SEEDS=20000-60000 cargo test --release --test simulation share` runs others than usual.

mod bytes;
mod disk;
mod faults;
mod invariants;
mod journal;
mod plan;
mod random;
mod runs;
mod server;
mod trips;
mod world;
