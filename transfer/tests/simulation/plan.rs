//! What a seed stands for: files, a server, settings, and all that will go wrong.

use std::collections::BTreeMap;

use rusty_attachments_model::chunks::{CHUNK_SIZE, needs_chunking};
use rusty_attachments_transfer::{Limits, ManifestFormat};

use crate::bytes::Bytes;
use crate::disk::DiskFile;
use crate::faults::{Family, Faults, TRANSIENT};
use crate::random::Random;
use crate::server::{ChecksumHabit, ConditionHabit, Kind, OWNER};

/// What a run is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Nothing goes wrong.
    Plain,
    /// Only what passes: the upload has to be complete in the end.
    Transient,
    /// Anything.
    Everything,
    /// The engine is killed, and another one goes on without any further fault.
    Crash,
    /// The engine is killed, and anything else may happen before and after.
    CrashAndEverything,
}

/// Something that happens at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deed {
    /// The file at this place is gone.
    Delete(usize),
    /// It may not be opened for so many milliseconds.
    Lock(usize, u64),
    /// It holds something else; the flag says whether size or time show it.
    Change(usize, bool),
    /// It is cut to half its size.
    Truncate(usize),
    /// It has more bytes.
    Grow(usize),
    /// Another uploader stores the content of this file.
    OtherWrites(usize),
    /// Somebody deletes the objects of this file.
    DeleteObjects(usize),
    /// Another uploader opens a multipart upload of this file's content.
    OtherOpens(usize),
    /// Somebody aborts all multipart uploads of this file's content.
    OtherAborts(usize),
    /// From now on every request is refused for good.
    RefuseAll(u16, &'static str),
}

/// What a person, or fate, does after so many events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interruption {
    /// For so many milliseconds.
    Pause(u64),
    Cancel,
    /// The flag says whether the journal is lost, too.
    Crash(bool),
}

/// What is in the store beforehand under the keys of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planted {
    Right {
        has_checksum: bool,
    },
    Wrong {
        has_checksum: bool,
    },
    Empty,
    Truncated,
    /// A multipart upload that somebody began so many days ago.
    OpenUpload {
        days: u64,
    },
}

/// What the journal says that is not so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    /// The store was seen to hold the file's content.
    Seen,
    /// There is an upload of it, under a name that nobody knows.
    Upload,
}

/// All of it.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) class: Class,
    pub(crate) kind: Kind,
    pub(crate) files: Vec<DiskFile>,
    pub(crate) format: ManifestFormat,
    pub(crate) limits: Limits,
    pub(crate) has_journal: bool,
    /// The journal says that the server compares checksums, whatever it does now.
    pub(crate) is_believed_to_compare: bool,
    pub(crate) expected_owner: Option<&'static str>,
    pub(crate) skips_check: bool,
    /// A fresh look at a file can be had.
    pub(crate) can_refresh: bool,
    /// Nothing may leave before somebody says so.
    pub(crate) holds: bool,
    /// Milliseconds of one way to the server.
    pub(crate) latency: u64,
    /// Bytes of a body that leave each millisecond.
    pub(crate) speed: u64,
    /// Milliseconds that this computer's clock is behind the server's.
    pub(crate) skew: i64,
    pub(crate) faults: Faults,
    /// A time without network.
    pub(crate) offline: Option<(u64, u64)>,
    /// The store's second address does not answer.
    pub(crate) second_host_is_dead: bool,
    /// How long credentials are good, in milliseconds.
    pub(crate) credentials_last: Option<u64>,
    /// There are no new ones.
    pub(crate) renewal_is_refused: bool,
    pub(crate) deeds: Vec<(u64, Deed)>,
    pub(crate) interruptions: BTreeMap<u32, Interruption>,
    pub(crate) planted: Vec<(usize, Planted)>,
    pub(crate) lies: Vec<(usize, Lie)>,
    /// Names of files cannot all be taken.
    pub(crate) bad_names: Vec<&'static str>,
}

const MIB: u64 = 1 << 20;

impl Plan {
    pub(crate) fn draw(random: &mut Random) -> Self {
        let class = match random.between(0, 99) {
            0..5 => Class::Plain,
            5..45 => Class::Transient,
            45..75 => Class::Everything,
            75..88 => Class::Crash,
            _ => Class::CrashAndEverything,
        };
        let everything = matches!(class, Class::Everything | Class::CrashAndEverything);
        let format = if random.chance(50) {
            ManifestFormat::V2023_03_03
        } else {
            ManifestFormat::V2025_12_04Beta
        };
        let files = files(random);
        let count = files.len();
        let kind = kind(random);
        let until = random.pick(&[2_000, 10_000, 60_000]);
        let faults = faults(random, class, until);
        let hosts = random.pick(&[1, 1, 1, 2, 3]);
        let mut limits = Limits::for_processors(random.pick(&[1, 2, 4]))
            .with_requests_per_host(random.pick(&[6, 6, 6, 2, 20]))
            .with_hosts(hosts);
        limits.requests = usize::try_from(random.between(1, limits.requests as u64)).unwrap_or(1);
        if random.chance(20) {
            limits.bytes_in_flight = random.pick(&[1, 16 * MIB, 40 * MIB]);
        }
        if random.chance(10) {
            limits.bandwidth = Some(random.pick(&[20_000_000, 500_000_000]));
        }
        let faulty = class != Class::Plain && class != Class::Crash;
        let mut plan = Self {
            class,
            format,
            limits,
            has_journal: random.chance(70),
            is_believed_to_compare: false,
            expected_owner: random.chance(50).then_some(OWNER),
            skips_check: random.chance(10),
            // Without one, a single refusal of the bytes is the end.
            can_refresh: random.chance(80) || !everything,
            holds: random.chance(40),
            latency: random.pick(&[1, 5, 20, 80]),
            speed: random.pick(&[5_000, 20_000, 200_000]),
            skew: 0,
            faults,
            offline: None,
            second_host_is_dead: faulty && random.chance(10),
            credentials_last: None,
            renewal_is_refused: false,
            deeds: Vec::new(),
            interruptions: BTreeMap::new(),
            planted: Vec::new(),
            lies: Vec::new(),
            bad_names: Vec::new(),
            files,
            kind,
        };
        plan.plant(random, count, everything);
        if faulty {
            plan.pass(random, until);
        }
        if everything {
            plan.spoil(random, count, until);
        }
        plan.interrupt(random, class);
        // A copy throws these, so that all the rest of a seed is as it was.
        let mut copy = random.clone();
        plan.kind.tells_checksums = copy.chance(85);
        // One that gives back what it never looked at cannot be found out by its answers.
        let can_show = plan.kind.checksums != ChecksumHabit::Echoes;
        plan.is_believed_to_compare = plan.has_journal && can_show && copy.chance(30);
        plan.faults.server_verifies = plan.kind.checksums == ChecksumHabit::Verifies;
        plan
    }

    /// What passes.
    fn pass(&mut self, random: &mut Random, until: u64) {
        if random.chance(15) {
            // Somebody must have answered before: an address that never did is given up soon.
            let begin = random.between(500, until);
            self.offline = Some((begin, begin + random.pick(&[500, 5_000, 60_000, 600_000])));
        }
        if random.chance(15) && self.kind.has_date {
            self.skew = random.pick(&[20 * 60_000, -20 * 60_000, 14 * 60_000, 3_600_000]);
        }
        if random.chance(15) {
            self.credentials_last = Some(random.pick(&[1_000, 20_000, 60_000]));
        }
        for _ in 0..random.between(0, 2) {
            let file = random.index(self.files.len());
            let time = random.between(0, until);
            let deed = match random.between(0, 3) {
                0 | 1 => Deed::OtherWrites(file),
                2 => Deed::OtherOpens(file),
                _ => Deed::OtherAborts(file),
            };
            self.deeds.push((time, deed));
        }
    }

    /// What does not pass.
    fn spoil(&mut self, random: &mut Random, count: usize, until: u64) {
        for _ in 0..random.between(0, 3) {
            let file = random.index(count);
            let time = random.between(0, until.min(5_000));
            let deed = match random.between(0, 9) {
                0 => Deed::Delete(file),
                1 => Deed::Lock(file, random.pick(&[500, 5_000, 1_000_000])),
                2..=3 => Deed::Change(file, true),
                4..=6 => Deed::Change(file, false),
                7 => Deed::Truncate(file),
                8 => Deed::Grow(file),
                _ => Deed::DeleteObjects(file),
            };
            self.deeds.push((time, deed));
        }
        if random.chance(12) {
            let (status, code) = random.pick(&[
                (301, "PermanentRedirect"),
                (307, "TemporaryRedirect"),
                (403, "AccessDenied"),
                (403, "SignatureDoesNotMatch"),
                (403, "InvalidAccessKeyId"),
                (404, "NoSuchBucket"),
                (503, "SlowDown"),
                (500, "InternalError"),
            ]);
            let time = random.between(0, 3_000);
            self.deeds.push((time, Deed::RefuseAll(status, code)));
        }
        if random.chance(5) {
            self.renewal_is_refused = true;
            self.credentials_last = Some(random.between(0, 2_000));
        }
        if random.chance(4) {
            self.expected_owner = Some("999999999999");
        }
        if random.chance(10) {
            self.kind.has_date = false;
        }
        if random.chance(8) {
            let start = random.between(0, 500);
            self.offline = Some((start, start + random.pick(&[30_000, 5_000_000])));
        }
        if random.chance(6) {
            self.bad_names = vec!["", "../x", "a//b", "f/0"];
        }
    }

    fn plant(&mut self, random: &mut Random, count: usize, everything: bool) {
        for _ in 0..random.between(0, 3) {
            let planted = match random.between(0, 5) {
                0 | 1 => Planted::Right {
                    has_checksum: random.chance(50),
                },
                2 if everything || self.kind.checksums == ChecksumHabit::Verifies => {
                    Planted::Wrong {
                        has_checksum: !everything || random.chance(70),
                    }
                }
                3 => Planted::Empty,
                4 => Planted::Truncated,
                // Nobody can have begun an upload where there are none.
                _ if !self.kind.has_multipart => Planted::Empty,
                _ => Planted::OpenUpload {
                    days: random.pick(&[0, 8]),
                },
            };
            self.planted.push((random.index(count), planted));
        }
        if self.has_journal {
            for _ in 0..random.between(0, 2) {
                // Nobody can have begun an upload where there are none.
                let lie = if self.kind.has_multipart {
                    random.pick(&[Lie::Seen, Lie::Upload])
                } else {
                    Lie::Seen
                };
                self.lies.push((random.index(count), lie));
            }
        }
    }

    fn interrupt(&mut self, random: &mut Random, class: Class) {
        let step = |random: &mut Random| {
            let most = random.pick(&[5_u32, 30, 150]);
            u32::try_from(random.between(0, u64::from(most))).unwrap_or(0)
        };
        if random.chance(20) {
            let time = random.pick(&[0, 50, 3_000, 60_000]);
            let step = step(random);
            self.interruptions.insert(step, Interruption::Pause(time));
        }
        if class == Class::Everything && random.chance(25) {
            let step = step(random);
            self.interruptions.insert(step, Interruption::Cancel);
        }
        if matches!(class, Class::Crash | Class::CrashAndEverything) {
            let loses_journal = random.chance(25);
            let step = step(random);
            let crash = Interruption::Crash(loses_journal);
            self.interruptions.insert(step, crash);
        }
    }

    /// Nothing goes wrong by itself any more.
    pub(crate) fn forget_faults(&mut self) {
        self.faults.families.clear();
        self.deeds.clear();
        self.offline = None;
        self.second_host_is_dead = false;
        self.credentials_last = None;
        self.skew = 0;
        self.bad_names.clear();
        self.can_refresh = true;
        if self.kind.owner.is_some() {
            self.expected_owner = Some(OWNER);
        }
    }

    /// The pieces of a file that have a hash of their own.
    pub(crate) fn pieces(&self, bytes: &Bytes) -> Vec<Bytes> {
        let size = bytes.len();
        if self.format == ManifestFormat::V2023_03_03 || !needs_chunking(size) {
            return vec![bytes.clone()];
        }
        let chunks = 0..size.div_ceil(CHUNK_SIZE);
        chunks
            .map(|chunk| bytes.cut(chunk * CHUNK_SIZE, CHUNK_SIZE))
            .collect()
    }
}

fn files(random: &mut Random) -> Vec<DiskFile> {
    let count = random.pick(&[1_u32, 2, 3, 5, 8, 30]);
    let mut files: Vec<DiskFile> = Vec::new();
    for number in 0..count {
        let bytes = if number > 0 && random.chance(25) {
            let other = random.index(files.len());
            files[other].bytes().clone()
        } else {
            let is_few = count <= 8;
            let size = match random.between(0, 19) {
                0 => 0,
                1 => 1,
                2..=7 => random.between(1, 64 << 10),
                8..=9 => random.between(64 << 10, 8 * MIB),
                10 => random.pick(&[16 * MIB, 32 * MIB - 1, 32 * MIB]),
                11..=12 if is_few => random.pick(&[32 * MIB + 1, 48 * MIB, 48 * MIB + 1, 64 * MIB]),
                13..=14 if is_few => random.between(32 * MIB, 150 * MIB),
                15 if count <= 3 => random.pick(&[CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1]),
                16 if count <= 3 => random.between(CHUNK_SIZE, 3 * CHUNK_SIZE),
                _ => random.between(1, 1_000),
            };
            Bytes::of(number, 0, size)
        };
        let path = format!("f/{number}");
        files.push(DiskFile::new(path, bytes, 1_700_000_000_000));
    }
    files
}

fn kind(random: &mut Random) -> Kind {
    let mut kind = Kind::s3();
    if random.chance(15) {
        kind.page = random.pick(&[1, 2]);
    }
    if random.chance(60) {
        return kind;
    }
    kind.owner = None;
    kind.checksums = random.pick(&[
        ChecksumHabit::Verifies,
        ChecksumHabit::Ignores,
        ChecksumHabit::Echoes,
        ChecksumHabit::Refuses(501),
        ChecksumHabit::Refuses(400),
    ]);
    kind.conditions = random.pick(&[
        ConditionHabit::Takes,
        ConditionHabit::Ignores,
        ConditionHabit::Refuses,
    ]);
    kind.has_multipart = random.chance(80);
    kind.list_uploads = random.pick(&[200, 200, 501, 403, 405]);
    kind.list_parts = random.pick(&[200, 200, 501, 403, 405]);
    kind.aborts = random.chance(80);
    kind.stores_stumps = random.chance(15);
    kind
}

fn faults(random: &mut Random, class: Class, until: u64) -> Faults {
    let mut families: Vec<Family> = Vec::new();
    if !matches!(class, Class::Plain | Class::Crash) {
        for family in TRANSIENT {
            if random.chance(40) {
                families.push(family);
            }
        }
        if class != Class::Transient && random.chance(40) {
            families.push(Family::Wrong);
        }
    }
    let percent = random.pick(&[5, 15, 40]);
    Faults::new(families, percent, until)
}
