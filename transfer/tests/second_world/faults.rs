//! What one seed means: files, a server, and everything that goes wrong.

use fastrand::Rng;
use rusty_attachments_transfer::{Limits, ManifestFormat};

use crate::disk::{CHANGES, Change};
use crate::network::{Fault, Kind, NETWORK, ODD, PASSING, PERMANENT};
use crate::server::{Features, OWNER, OfChecksums, OfConditions};

/// How bad it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weather {
    /// Everything passes, and no more than an upload must endure: it has to be complete in the end.
    Fair,
    /// Anything; the end may be a failure, but never a lie.
    Foul,
    /// One answer that no retry mends, from some time on.
    Hopeless,
}

/// A fault, which requests it hits, and when.
#[derive(Debug, Clone)]
pub(crate) struct FaultRule {
    pub(crate) fault: Fault,
    /// None: any.
    pub(crate) kind: Option<Kind>,
    /// Milliseconds.
    pub(crate) from: u64,
    pub(crate) until: u64,
    /// How often, at most.
    pub(crate) left: u32,
    pub(crate) percent: u8,
}

#[derive(Debug, Clone)]
pub(crate) struct PlannedFile {
    pub(crate) path: String,
    pub(crate) content: u32,
    pub(crate) size: u64,
    pub(crate) modified: i64,
    /// When it is handed over, in milliseconds.
    pub(crate) at: u64,
}

/// What the person does, after so many events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// And goes on after so many milliseconds.
    Pause(u64),
    Cancel,
    /// The browser is killed, and the folder dropped again.
    Crash,
}

/// What somebody else does to the store, to the content of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rival {
    /// Writes the right bytes.
    Writes,
    /// Begins to write them, and is done so many milliseconds later.
    Races(u64),
    /// Deletes the object.
    Deletes,
    /// Cuts the object short.
    Truncates,
    /// Begins a multipart upload and leaves it open, with or without its first part.
    Opens(bool),
    /// Gives up all multipart uploads of it.
    Aborts,
}

/// What is in the store beforehand, under the key of a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Planted {
    Right,
    RightWithChecksum,
    Empty,
    Truncated,
    /// Other bytes of the right size; only its checksum tells.
    WrongWithChecksum,
    /// Other bytes of the right size, and nothing tells: the one thing that cannot be noticed.
    WrongUnseen,
    /// An upload that was begun ten days ago.
    AbandonedUpload,
}

/// What is wrong in the journal about a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lie {
    /// The store holds it.
    Seen,
    /// There is an upload of that name, with parts.
    StaleUpload,
    /// An upload of somebody else, with entity tags that are none.
    WrongParts,
    /// An upload of another part size.
    OtherPartSize,
}

#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) weather: Weather,
    pub(crate) files: Vec<PlannedFile>,
    /// When the last one has been handed over; or the page goes away then.
    pub(crate) intake_ends: u64,
    pub(crate) intake_is_lost: bool,
    /// Names that cannot be taken, besides.
    pub(crate) bad_paths: Vec<String>,
    pub(crate) format: ManifestFormat,
    pub(crate) limits: Limits,
    pub(crate) features: Features,
    pub(crate) expected_owner: Option<String>,
    pub(crate) skip_existence_check: bool,
    pub(crate) has_journal: bool,
    pub(crate) knows_checksums: bool,
    pub(crate) rules: Vec<FaultRule>,
    /// From and until, in milliseconds.
    pub(crate) offline: Vec<(u64, u64)>,
    /// Milliseconds by which this computer's clock is ahead.
    pub(crate) clock_ahead: i64,
    /// When the first credentials expire.
    pub(crate) expires: u64,
    /// How long until there are new ones, and how long these last.
    pub(crate) renewal: u64,
    pub(crate) lifetime: u64,
    pub(crate) renewal_is_refused: bool,
    /// The vault looks at the time before it signs.
    pub(crate) vault_looks: bool,
    pub(crate) changes: Vec<(u64, usize, Change)>,
    /// A changed file can be looked at anew.
    pub(crate) has_handles: bool,
    pub(crate) planted: Vec<(usize, Planted)>,
    pub(crate) lies: Vec<(usize, Lie)>,
    pub(crate) rivals: Vec<(u64, usize, Rival)>,
    pub(crate) acts: Vec<(u32, Act)>,
    /// The journal's last milliseconds are lost in a crash.
    pub(crate) crash_loses: u64,
    /// Milliseconds of a small request, there and back.
    pub(crate) latency: u64,
    /// Bytes each millisecond and connection.
    pub(crate) speed: u64,
    /// Bytes each millisecond and lane.
    pub(crate) hash_speed: u64,
    pub(crate) engine_seed: u64,
}

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Borders of everything that cuts files, and what lies beside them.
const SIZES: [u64; 26] = [
    0,
    1,
    100,
    5_000,
    64 * KIB,
    64 * KIB + 1,
    MIB,
    2 * MIB - 1,
    2 * MIB,
    5 * MIB,
    8 * MIB,
    8 * MIB + 1,
    16 * MIB,
    16 * MIB + 1,
    32 * MIB - 1,
    32 * MIB,
    32 * MIB + 1,
    48 * MIB,
    48 * MIB + 1,
    100 * MIB + 3,
    128 * MIB,
    256 * MIB - 1,
    256 * MIB,
    256 * MIB + 1,
    288 * MIB + 1,
    600 * MIB,
];

/// A time that is sooner more likely than later, up to about two minutes.
fn some_time(rng: &mut Rng) -> u64 {
    let magnitude = rng.u32(0..17);
    rng.u64(0..=(1 << magnitude))
}

fn chance(rng: &mut Rng, percent: u8) -> bool {
    rng.u8(0..100) < percent
}

impl Scenario {
    /// Files of these sizes on a day when nothing happens.
    pub(crate) fn calm(sizes: &[u64]) -> Self {
        let files = (0_u32..).zip(sizes).map(|(index, size)| PlannedFile {
            path: format!("shot/{index}.exr"),
            content: index,
            size: *size,
            modified: 1_700_000_000_000,
            at: 0,
        });
        Self {
            weather: Weather::Fair,
            files: files.collect(),
            intake_ends: 1,
            intake_is_lost: false,
            bad_paths: Vec::new(),
            format: ManifestFormat::V2023_03_03,
            limits: Limits::for_processors(2),
            features: Features::of_s3(),
            expected_owner: None,
            skip_existence_check: false,
            has_journal: true,
            knows_checksums: false,
            rules: Vec::new(),
            offline: Vec::new(),
            clock_ahead: 0,
            expires: u64::MAX,
            renewal: 1_000,
            lifetime: u64::MAX / 2,
            renewal_is_refused: false,
            vault_looks: true,
            changes: Vec::new(),
            has_handles: true,
            planted: Vec::new(),
            lies: Vec::new(),
            rivals: Vec::new(),
            acts: Vec::new(),
            crash_loses: 0,
            latency: 40,
            speed: 20_000,
            hash_speed: 500_000,
            engine_seed: 1,
        }
    }

    /// What this seed means.
    pub(crate) fn of_seed(seed: u64) -> Self {
        let rng = &mut Rng::with_seed(seed);
        let weather = match rng.u8(0..100) {
            0..55 => Weather::Fair,
            55..88 => Weather::Foul,
            _ => Weather::Hopeless,
        };
        let mut scenario = Self::calm(&[]);
        scenario.weather = weather;
        scenario.draw_files(rng);
        scenario.draw_machine(rng);
        scenario.draw_server(rng);
        scenario.draw_faults(rng);
        scenario.draw_store(rng);
        scenario.draw_disk(rng);
        scenario.draw_person(rng);
        scenario
    }

    fn draw_files(&mut self, rng: &mut Rng) {
        let count = match rng.u8(0..100) {
            0..3 => 0,
            3..30 => rng.usize(1..3),
            30..95 => rng.usize(2..9),
            // More than a sample of the journal, and than a bundle of small files.
            _ => rng.usize(40..90),
        };
        let distinct = rng.usize(1..=count.max(1));
        let largest = if count >= 40 { 5 } else { SIZES.len() };
        let mut contents: Vec<u64> = (0..distinct)
            .map(|_| SIZES[rng.usize(0..largest)])
            .collect();
        if count < 40 && chance(rng, 1) {
            contents[0] = 6 * GIB;
        }
        let span = if chance(rng, 50) { 0 } else { some_time(rng) };
        self.files = (0..count)
            .map(|index| {
                let content = rng.usize(0..distinct);
                PlannedFile {
                    path: format!(
                        "{}/{index}.exr",
                        ["shot", "tex/a b", "ünïcode"][rng.usize(0..3)]
                    ),
                    content: u32::try_from(content).unwrap(),
                    size: contents[content],
                    modified: 1_700_000_000_000 + rng.i64(-1_000_000..1_000_000),
                    at: rng.u64(0..=span),
                }
            })
            .collect();
        self.files.sort_by_key(|file| file.at);
        self.intake_ends = span + rng.u64(0..100);
        self.format = if chance(rng, 40) {
            ManifestFormat::V2025_12_04Beta
        } else {
            ManifestFormat::V2023_03_03
        };
        if chance(rng, 2) {
            self.bad_paths = vec!["a/../b".into(), "shot/0.exr/".into()];
        }
        self.intake_is_lost = chance(rng, 1);
    }

    fn draw_machine(&mut self, rng: &mut Rng) {
        self.limits = Limits::for_processors(rng.u32(1..5));
        match rng.u8(0..10) {
            0 => self.limits.requests = 1,
            1 => self.limits.requests = rng.usize(2..6),
            2 | 3 => self.limits = self.limits.with_hosts(rng.u8(2..4)),
            _ => {}
        }
        if chance(rng, 15) {
            self.limits.bytes_in_flight = rng.u64(MIB..=40 * MIB);
        }
        if chance(rng, 5) {
            self.limits.bandwidth = Some(rng.u64(2 * MIB..200 * MIB));
        }
        self.has_journal = chance(rng, 85);
        self.skip_existence_check = chance(rng, 5);
        self.latency = rng.u64(2..300);
        self.speed = 1_000 << rng.u32(2..9);
        self.hash_speed = 1_000 << rng.u32(5..11);
        self.has_handles = chance(rng, 80);
        self.engine_seed = rng.u64(..);
        self.clock_ahead = match rng.u8(0..10) {
            0 => 20 * 60 * 1_000,
            1 => -20 * 60 * 1_000,
            2 => rng.i64(-86_400_000..86_400_000),
            _ => 0,
        };
    }

    fn draw_server(&mut self, rng: &mut Rng) {
        let features = &mut self.features;
        features.page = *rng.choice(&[1, 2, 1_000, 1_000]).unwrap();
        if chance(rng, 40) {
            features.checks_owner = false;
            features.checksums = *rng
                .choice(&[
                    OfChecksums::Ignores,
                    OfChecksums::Echoes,
                    OfChecksums::Refuses(501),
                    OfChecksums::Refuses(400),
                    OfChecksums::Verifies,
                ])
                .unwrap();
            features.conditions = *rng
                .choice(&[
                    OfConditions::Keeps,
                    OfConditions::Keeps,
                    OfConditions::Ignores,
                    OfConditions::Refuses(501),
                    OfConditions::Refuses(400),
                ])
                .unwrap();
            let mut lack =
                |percent: u8, of: &[u16]| chance(rng, percent).then(|| *rng.choice(of).unwrap());
            features.no_multipart = lack(15, &[501]);
            features.no_algorithm = lack(25, &[501, 400]);
            features.no_list_parts = lack(30, &[501, 403, 405]);
            features.no_list_uploads = lack(30, &[501, 403, 405]);
            features.no_abort = lack(20, &[403, 501]);
            features.keeps_stumps = lack(10, &[1]).is_some();
        }
        if self.weather != Weather::Fair {
            features.hides_missing = chance(rng, 3);
            features.hides_date = chance(rng, 3);
        }
        self.knows_checksums = chance(rng, 30);
        self.expected_owner = match rng.u8(0..20) {
            0 if self.weather != Weather::Fair => Some("999999999999".into()),
            0..10 => Some(OWNER.into()),
            _ => None,
        };
    }

    fn draw_faults(&mut self, rng: &mut Rng) {
        match self.weather {
            Weather::Fair => {
                if chance(rng, 12) {
                    self.draw_offline(rng);
                }
                self.draw_passing_faults(rng);
            }
            Weather::Foul => {
                for _ in 0..rng.usize(0..5) {
                    let fault = any_fault(rng);
                    let kind = any_kind(rng, fault);
                    let from = if chance(rng, 40) { 0 } else { some_time(rng) };
                    self.rules.push(FaultRule {
                        fault,
                        kind,
                        from,
                        until: from + 10 * some_time(rng),
                        left: rng.u32(1..60),
                        percent: rng.u8(10..=100),
                    });
                }
                if chance(rng, 12) {
                    self.draw_offline(rng);
                }
                if chance(rng, 5) {
                    self.offline = vec![(some_time(rng), u64::MAX)];
                }
                self.renewal_is_refused = chance(rng, 10);
            }
            Weather::Hopeless => self.rules.push(FaultRule {
                fault: *rng.choice(&PERMANENT).unwrap(),
                kind: chance(rng, 50).then(|| *rng.choice(&WRITING).unwrap()),
                from: if chance(rng, 40) { 0 } else { some_time(rng) },
                until: u64::MAX,
                left: u32::MAX,
                percent: 100,
            }),
        }
        if chance(rng, 12) {
            self.expires = some_time(rng);
            self.renewal = some_time(rng);
            self.lifetime = 60_000 + 10 * some_time(rng);
            self.vault_looks = chance(rng, 50);
        }
    }

    fn draw_offline(&mut self, rng: &mut Rng) {
        for _ in 0..rng.usize(1..3) {
            // For a server that never answered there is less patience.
            let is_first = self.offline.is_empty();
            let from = if is_first { some_time(rng) } else { 3_600_000 };
            let longest = if from < 10_000 {
                14_000
            } else {
                30 * 60 * 1_000
            };
            self.offline.push((from, from + rng.u64(500..longest)));
        }
    }

    /// No more than one request must endure even if all of it hits this one.
    fn draw_passing_faults(&mut self, rng: &mut Rng) {
        // Tries are lost to a dead network, too, until it is known to be dead.
        let mut left = rng.u32(0..if self.offline.is_empty() { 8 } else { 3 });
        let mut odd = 0;
        while left > 0 {
            let fault = match rng.u8(0..10) {
                0..4 => *rng.choice(&PASSING).unwrap(),
                4..8 => *rng.choice(&NETWORK).unwrap(),
                _ => *rng.choice(&ODD).unwrap(),
            };
            // After a conflict a multipart upload begins anew, which it does not for ever; and a HEAD does
            // not tell a login page from a refusal.
            let is_odd = ODD.contains(&fault)
                || matches!(fault, Fault::Refusal(409, ..) | Fault::Portal(403));
            if is_odd && odd == 2 {
                continue;
            }
            odd += u32::from(is_odd);
            let times = if is_odd { 1 } else { rng.u32(1..=left) };
            left -= times;
            self.rules.push(FaultRule {
                fault,
                kind: any_kind(rng, fault),
                from: if chance(rng, 50) { 0 } else { some_time(rng) },
                until: u64::MAX,
                left: times,
                percent: rng.u8(20..=100),
            });
        }
    }

    fn draw_store(&mut self, rng: &mut Rng) {
        for index in 0..self.files.len() {
            if chance(rng, 20) {
                let kinds = [
                    Planted::Right,
                    Planted::RightWithChecksum,
                    Planted::Empty,
                    Planted::Truncated,
                    Planted::WrongWithChecksum,
                    Planted::WrongUnseen,
                    Planted::AbandonedUpload,
                ];
                self.planted.push((index, *rng.choice(&kinds).unwrap()));
            }
            if self.has_journal && chance(rng, 8) {
                let kinds = [
                    Lie::Seen,
                    Lie::Seen,
                    Lie::StaleUpload,
                    Lie::WrongParts,
                    Lie::OtherPartSize,
                ];
                self.lies.push((index, *rng.choice(&kinds).unwrap()));
            }
        }
        if !self.files.is_empty() && chance(rng, 20) {
            // One content begins anew only so often.
            let most = if self.weather == Weather::Fair { 2 } else { 3 };
            for _ in 0..rng.usize(1..=most) {
                let act = match rng.u8(0..8) {
                    0 | 1 => Rival::Writes,
                    2 => Rival::Races(rng.u64(10..3_000)),
                    3 => Rival::Deletes,
                    4 => Rival::Truncates,
                    5 => Rival::Opens(rng.bool()),
                    _ => Rival::Aborts,
                };
                self.rivals
                    .push((some_time(rng), rng.usize(0..self.files.len()), act));
            }
        }
    }

    fn draw_disk(&mut self, rng: &mut Rng) {
        if self.files.is_empty() || !chance(rng, 18) {
            return;
        }
        for _ in 0..rng.usize(1..4) {
            let change = *rng.choice(&CHANGES).unwrap();
            self.changes
                .push((some_time(rng), rng.usize(0..self.files.len()), change));
        }
    }

    fn draw_person(&mut self, rng: &mut Rng) {
        let mut step = || 1_u32 << rng.u32(0..10);
        let mut steps: Vec<u32> = (0..4).map(|_| step()).collect();
        for at in &mut steps {
            *at += rng.u32(0..=*at);
        }
        if chance(rng, 12) {
            for at in &steps[..rng.usize(1..3)] {
                let pause = if chance(rng, 20) {
                    3_600_000
                } else {
                    some_time(rng)
                };
                self.acts.push((*at, Act::Pause(pause)));
            }
        }
        if chance(rng, 10) {
            self.acts.push((steps[2], Act::Cancel));
        } else if chance(rng, 18) {
            self.acts.push((steps[3], Act::Crash));
            self.crash_loses = if chance(rng, 30) { rng.u64(1..500) } else { 0 };
        }
        self.acts.sort_by_key(|(step, _)| *step);
    }

    /// Whether everything passes, so that the upload must be complete in the end.
    pub(crate) fn must_complete(&self) -> bool {
        let is_cancelled = self.acts.iter().any(|(_, act)| *act == Act::Cancel);
        let is_too_large = self.features.no_multipart.is_some()
            && self.files.iter().any(|file| file.size > 5 * GIB);
        self.weather == Weather::Fair
            && !self.files.is_empty()
            && !is_cancelled
            && !is_too_large
            && !self.intake_is_lost
            && self.bad_paths.is_empty()
            && self.changes.is_empty()
            && self
                .expected_owner
                .as_deref()
                .is_none_or(|owner| owner == OWNER)
    }

    /// When the last trouble is over, in milliseconds; those that end with the run do not count.
    pub(crate) fn troubles_end(&self) -> u64 {
        let rules = self.rules.iter().map(|rule| rule.until);
        let offline = self.offline.iter().map(|(_, until)| *until);
        let ends = rules.chain(offline).filter(|end| *end < u64::MAX);
        let pauses: u64 = self
            .acts
            .iter()
            .map(|(_, act)| match act {
                Act::Pause(length) => *length,
                Act::Cancel | Act::Crash => 0,
            })
            .sum();
        ends.max().unwrap_or(0).max(self.intake_ends) + pauses + self.renewal * 20
    }
}

const WRITING: [Kind; 6] = [
    Kind::Check,
    Kind::Put,
    Kind::Create,
    Kind::Part,
    Kind::Complete,
    Kind::Manifest,
];

fn any_fault(rng: &mut Rng) -> Fault {
    match rng.u8(0..10) {
        0..4 => *rng.choice(&PASSING).unwrap(),
        4..8 => *rng.choice(&NETWORK).unwrap(),
        8 => *rng.choice(&ODD).unwrap(),
        _ => *rng.choice(&PERMANENT).unwrap(),
    }
}

fn any_kind(rng: &mut Rng, fault: Fault) -> Option<Kind> {
    const ALL: [Kind; 11] = [
        Kind::Check,
        Kind::Explain,
        Kind::Put,
        Kind::Create,
        Kind::Part,
        Kind::Complete,
        Kind::Abort,
        Kind::ListParts,
        Kind::ListUploads,
        Kind::Manifest,
        Kind::FindManifest,
    ];
    match fault {
        // Only these answers have a body that matters.
        Fault::OkWithError(_) => Some(Kind::Complete),
        Fault::CutReply => Some(
            *rng.choice(&[
                Kind::Create,
                Kind::Complete,
                Kind::ListParts,
                Kind::ListUploads,
            ])
            .unwrap(),
        ),
        Fault::Corrupted | Fault::Refusal(400, Some("BadDigest"), _) => Some(
            *rng.choice(&[Kind::Put, Kind::Part, Kind::Manifest])
                .unwrap(),
        ),
        Fault::Refusal(412, ..) => Some(*rng.choice(&[Kind::Put, Kind::Complete]).unwrap()),
        Fault::Refusal(404, Some("NoSuchUpload"), _) => Some(
            *rng.choice(&[Kind::Part, Kind::Complete, Kind::ListParts])
                .unwrap(),
        ),
        Fault::Refusal(409, ..) => Some(
            *rng.choice(&[Kind::Put, Kind::Complete, Kind::Part])
                .unwrap(),
        ),
        _ => chance(rng, 50).then(|| *rng.choice(&ALL).unwrap()),
    }
}
