//! One seed from the first file to the last invariant: the driver, the clock, and all that surrounds it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use fastrand::Rng;
use rusty_attachments_model::s3_layout::S3Layout;
use rusty_attachments_model::{AssetRoot, ContentHash, PathFormat};
use rusty_attachments_transfer::{
    Action, Answer, Body, Checksums, Engine, Event, FileId, HashRange, ManifestFormat,
    ManifestSettings, Outcome, Problem, ReadFailure, Record, Request, RequestId, Settings,
    StoredPart,
};

use crate::bytes::Bytes;
use crate::disk::{Change, Disk, OnDisk};
use crate::faults::{Act, Lie, Planted, Rival, Scenario, Weather};
use crate::invariants::{Broken, End, Fate, Violation, Watch, judge_end, judge_manifest};
use crate::journal::Journal;
use crate::log::{Input, Log};
use crate::network::{Fault, Kind};
use crate::server::{
    BEGINNING, Object, OfChecksums, Part, Server, Signature, Writer, checksum_text, etag, header,
};

const FARM: &str = "farm-0123456789abcdef0123456789abcdef";
const QUEUE: &str = "queue-fedcba9876543210fedcba9876543210";
const ROOT: &str = "/projects/shot";
/// Events after which a run is taken to go on for ever.
const MOST_EVENTS: u32 = 200_000;
/// A browser gives up a request of which nothing is heard, in milliseconds.
const BROWSER_PATIENCE: u64 = 400_000;
/// A disk needs so long to open a file, in milliseconds.
const OPENING: u64 = 1;

/// Something that will happen.
#[derive(Debug)]
enum Happening {
    /// The next file that is handed over.
    Intake(usize),
    IntakeEnds,
    /// The engine's own wish, with its number: a later one takes its place.
    Timer(u64),
    Reading(u64),
    Look(FileId),
    LookUp(Vec<ContentHash>),
    Flight(RequestId),
    /// A report that nobody wants any more.
    Late(Event),
    Disk(usize),
    Unlock(usize),
    Busy(usize, u8),
    Rival(usize),
    RaceEnds(String, u32),
    Renewal,
    Resume,
}

/// One reading lane.
#[derive(Debug)]
struct Reading {
    ranges: VecDeque<HashRange>,
    bytes: Bytes,
}

/// A request on its way.
#[derive(Debug)]
struct Flight {
    request: Request,
    kind: Kind,
    fault: Option<Fault>,
    stage: Stage,
    total: u64,
    body: Bytes,
    signature: Signature,
}

#[derive(Debug)]
enum Stage {
    Signing,
    /// The whole body is read before it is sent.
    Reading,
    Sending,
    /// All of it is on its way to the server.
    Arriving,
    Replying(Answer),
    /// Nothing will be heard.
    Silent,
    /// The connection will be found broken.
    Broken,
}

/// What a seed came to.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) violations: Vec<Violation>,
    pub(crate) outcome: String,
    pub(crate) requests: u64,
    pub(crate) events: u64,
    /// Names of the faults that really happened.
    pub(crate) happened: BTreeSet<String>,
    /// When the first byte of a file left, in milliseconds.
    pub(crate) first_put: Option<u64>,
}

pub(crate) struct World {
    scenario: Scenario,
    rng: Rng,
    now: u64,
    queue: BTreeMap<(u64, u64), Happening>,
    scheduled: u64,
    engine: Engine,
    watch: Watch,
    log: Log,
    server: Server,
    disk: Disk,
    journal: Journal,
    /// Records that are not safe yet.
    unsafe_records: VecDeque<(u64, Record)>,
    layout: S3Layout,
    guid: String,
    /// Files by the engine's numbers.
    taken: Vec<usize>,
    fates: Vec<Fate>,
    /// Files whose bytes changed without a trace.
    changed_unseen: BTreeSet<usize>,
    readings: BTreeMap<u64, Reading>,
    last_reading: u64,
    flights: BTreeMap<RequestId, Flight>,
    manifest: String,
    timer: u64,
    expires: u64,
    steps: u32,
    acts: VecDeque<(u32, Act)>,
    is_crashed: bool,
    was_cancelled: bool,
    manifest_was_denied: bool,
    /// Uploads that the run before knew.
    opened_before: BTreeSet<String>,
    /// When somebody else last spoilt what is under a key.
    spoilt: BTreeMap<String, u64>,
    planted_unseen: BTreeSet<String>,
    claims: usize,
    keeps_log: bool,
    stops_at_first_put: bool,
    report: Report,
}

/// Runs one seed.
pub(crate) fn run(seed: u64, prints: bool) -> Report {
    let scenario = Scenario::of_seed(seed);
    World::new(scenario, seed, prints).run()
}

impl World {
    pub(crate) fn new(scenario: Scenario, seed: u64, prints: bool) -> Self {
        let layout = S3Layout {
            root_prefix: "DC".parse().unwrap(),
            farm_id: FARM.parse().unwrap(),
            queue_id: QUEUE.parse().unwrap(),
        };
        let guid = format!("{:032x}", 1);
        let keeps_log = seed % 20 == 0;
        let settings = settings(&scenario, &layout, &guid, None);
        let next_content = 1 + scenario
            .files
            .iter()
            .map(|file| file.content)
            .max()
            .unwrap_or(0);
        let mut disk = Disk::new(next_content);
        for file in &scenario.files {
            disk.add(OnDisk {
                content: file.content,
                size: file.size,
                modified: file.modified,
                is_readable: true,
            });
        }
        if prints {
            println!("{scenario:#?}");
        }
        let mut world = Self {
            rng: Rng::with_seed(seed ^ 0x5EED),
            now: 0,
            queue: BTreeMap::new(),
            scheduled: 0,
            engine: Engine::new(settings.clone()),
            watch: Watch::new(scenario.limits),
            log: Log::new(settings, keeps_log, prints),
            server: Server::new(scenario.features.clone()),
            disk,
            journal: Journal::default(),
            unsafe_records: VecDeque::new(),
            layout,
            guid,
            taken: Vec::new(),
            fates: Vec::new(),
            changed_unseen: BTreeSet::new(),
            readings: BTreeMap::new(),
            last_reading: 0,
            flights: BTreeMap::new(),
            manifest: String::new(),
            timer: 0,
            expires: scenario.expires,
            steps: 0,
            acts: scenario.acts.clone().into(),
            is_crashed: false,
            was_cancelled: false,
            manifest_was_denied: false,
            opened_before: BTreeSet::new(),
            spoilt: BTreeMap::new(),
            planted_unseen: BTreeSet::new(),
            claims: 0,
            keeps_log,
            stops_at_first_put: false,
            report: Report::default(),
            scenario,
        };
        world.plant();
        world
    }

    /// Only until the first byte of a file leaves.
    pub(crate) fn until_first_put(mut self) -> Report {
        self.stops_at_first_put = true;
        self.run()
    }

    /// Takes the world as it is at the end, besides the report.
    pub(crate) fn run(mut self) -> Report {
        self.schedule_scenario();
        self.go();
        while self.is_crashed {
            self.drop_again();
            self.go();
        }
        self.report.requests = self.watch.requests;
        self.report
    }

    fn schedule_scenario(&mut self) {
        for index in 0..self.scenario.changes.len() {
            self.at(self.scenario.changes[index].0, Happening::Disk(index));
        }
        for index in 0..self.scenario.rivals.len() {
            self.at(self.scenario.rivals[index].0, Happening::Rival(index));
        }
        self.schedule_intake();
    }

    fn schedule_intake(&mut self) {
        let now = self.now;
        for index in 0..self.scenario.files.len() {
            self.at(
                now + self.scenario.files[index].at,
                Happening::Intake(index),
            );
        }
        self.at(now + self.scenario.intake_ends, Happening::IntakeEnds);
    }

    fn at(&mut self, time: u64, happening: Happening) {
        self.scheduled += 1;
        self.queue
            .insert((time.max(self.now), self.scheduled), happening);
    }

    fn after(&mut self, milliseconds: u64, happening: Happening) {
        self.at(self.now.saturating_add(milliseconds), happening);
    }

    /// From a drop to its end or the next crash.
    fn go(&mut self) {
        self.is_crashed = false;
        let bytes: u64 = self.scenario.files.iter().map(|file| file.size).sum();
        let speed = self
            .scenario
            .limits
            .bandwidth
            .map_or(self.scenario.speed, |cap| cap / 1_000)
            .min(self.scenario.speed);
        let longest =
            self.now.max(self.scenario.troubles_end()) + 2 * 3_600_000 + 20 * bytes / speed;
        for path in self.scenario.bad_paths.clone() {
            self.add(path, 1, 0);
        }
        self.drain();
        while self.engine.outcome().is_none() {
            if self.steps >= MOST_EVENTS || self.now > longest {
                let how = format!(
                    "{} events, {} ms; under way: {:?}",
                    self.steps,
                    self.now,
                    self.watch.uploads_under_way()
                );
                self.watch.report(Broken::TooLong, how);
                break;
            }
            if self.stops_at_first_put && self.report.first_put.is_some() {
                return;
            }
            if !self.watch.violations.is_empty() {
                break;
            }
            if self
                .acts
                .front()
                .is_some_and(|(step, _)| *step <= self.steps)
            {
                let (_, act) = self.acts.pop_front().unwrap();
                self.act(act);
                if self.is_crashed {
                    return;
                }
                continue;
            }
            let Some(((time, _), happening)) = self.queue.pop_first() else {
                self.watch
                    .report(Broken::Stuck, format!("{:?}", self.engine.progress()));
                break;
            };
            self.now = time;
            self.happen(happening);
        }
        self.finish();
    }

    fn finish(&mut self) {
        let Some(outcome) = self.engine.outcome().cloned() else {
            self.report.violations.append(&mut self.watch.violations);
            return;
        };
        let kind = match &outcome {
            Outcome::Complete(_) => "complete".to_owned(),
            Outcome::Failed(problems) => problems
                .first()
                .map_or_else(String::new, |problem| problem.code.clone()),
            Outcome::Cancelled => "cancelled".to_owned(),
        };
        self.log.note(self.now, || format!("{outcome:#?}"));
        let manifest_key = self.manifest_key();
        self.judge_again(&manifest_key, &outcome);
        let must_complete = self.scenario.must_complete() && self.hopes_hold();
        let end = End {
            engine: &self.engine,
            outcome: &outcome,
            server: &self.server,
            layout: &self.layout,
            files: &self.fates,
            is_cut: self.scenario.format == ManifestFormat::V2025_12_04Beta,
            manifest_key: &manifest_key,
            has_bad_paths: !self.scenario.bad_paths.is_empty(),
            must_complete,
            was_cancelled: self.was_cancelled,
            manifest_was_denied: self.manifest_was_denied,
            spoilt: &self.spoilt,
        };
        let mut found = judge_end(&end);
        let may_send_again = if self.resumes_exactly() {
            self.scenario.limits.requests
        } else {
            usize::MAX
        };
        self.watch.end(&self.server, may_send_again);
        self.judge_leftovers(&outcome);
        self.watch.violations.append(&mut found);
        if self.keeps_log {
            let empty = Log::new(
                settings(&self.scenario, &self.layout, &self.guid, None),
                false,
                false,
            );
            if let Err(how) = std::mem::replace(&mut self.log, empty).replay() {
                self.watch.report(Broken::NotReplayable, how);
            }
        }
        self.report.outcome = kind;
        self.report.violations.append(&mut self.watch.violations);
    }

    /// Whether an end that is not complete would be the engine's fault.
    fn hopes_hold(&self) -> bool {
        // An address that never answers is given up after a short time.
        self.watch.was_answered && self.fates.len() == self.scenario.files.len()
    }

    /// Whether a second run has all that it needs to send nothing twice.
    fn resumes_exactly(&self) -> bool {
        let scenario = &self.scenario;
        scenario.has_journal
            && scenario.crash_loses == 0
            && scenario.rules.is_empty()
            && scenario.rivals.is_empty()
            && scenario.changes.is_empty()
            && scenario.lies.is_empty()
            && scenario.planted.is_empty()
            && scenario.offline.is_empty()
            && !scenario.skip_existence_check
            && scenario.files.len() < 40
    }

    fn judge_leftovers(&mut self, outcome: &Outcome) {
        let lacks_nothing = {
            let mut full = self.scenario.features.clone();
            full.page = 1_000;
            full.checks_owner = true;
            full == crate::server::Features::of_s3()
        };
        let is_quiet = self.scenario.rules.is_empty()
            && self.scenario.offline.is_empty()
            && self
                .scenario
                .rivals
                .iter()
                .all(|(_, _, act)| *act == Rival::Writes)
            && self.scenario.changes.is_empty()
            && self.scenario.lies.is_empty()
            && self.scenario.planted.is_empty()
            && self.scenario.crash_loses == 0
            && self.scenario.has_journal;
        if !lacks_nothing || !is_quiet || !matches!(outcome, Outcome::Complete(_)) {
            return;
        }
        let left: Vec<_> = self
            .server
            .uploads
            .iter()
            .filter(|(id, _)| self.opened_before.contains(*id))
            .map(|(id, upload)| format!("{id} of {}", upload.key))
            .collect();
        if !left.is_empty() {
            self.watch.report(Broken::LeftoverOfCrash, left.join(", "));
        }
    }

    fn manifest_key(&self) -> String {
        let path = self
            .layout
            .input_manifest_path(self.guid.parse().unwrap(), ROOT);
        self.layout.manifest_key(&path)
    }

    // What is there beforehand.

    fn keys_of(&self, index: usize) -> Vec<(ContentHash, String, Bytes)> {
        let file = &self.scenario.files[index];
        let is_cut = self.scenario.format == ManifestFormat::V2025_12_04Beta;
        let cuts: Vec<(u64, u64)> = if is_cut && file.size > 0 {
            let chunks = rusty_attachments_model::chunks::chunks(file.size).unwrap();
            chunks.map(|chunk| (chunk.offset, chunk.length)).collect()
        } else {
            vec![(0, file.size)]
        };
        let bytes = cuts
            .into_iter()
            .map(|(offset, length)| Bytes::of_content(file.content, offset, length));
        bytes
            .map(|bytes| (bytes.hash(), self.layout.content_key(bytes.hash()), bytes))
            .collect()
    }

    fn plant(&mut self) {
        for (index, planted) in self.scenario.planted.clone() {
            for (hash, key, right) in self.keys_of(index) {
                let size = right.len();
                let wrong = Bytes::of_content(u32::MAX, 0, size);
                let (bytes, checksum) = match planted {
                    Planted::Right => (right, None),
                    Planted::RightWithChecksum => (right, Some(checksum_text(hash))),
                    Planted::Empty => (Bytes::default(), None),
                    Planted::Truncated => (right.slice(0, size / 2), None),
                    Planted::WrongWithChecksum => {
                        let checksum = checksum_text(wrong.hash());
                        (wrong, Some(checksum))
                    }
                    Planted::WrongUnseen => {
                        self.planted_unseen.insert(key.clone());
                        (wrong, None)
                    }
                    Planted::AbandonedUpload => {
                        let id = self.server.open(0, &key, true, Writer::Other);
                        self.server.uploads.get_mut(&id).unwrap().initiated -= 10 * 86_400_000;
                        continue;
                    }
                };
                let writer = Writer::Other;
                self.server.objects.insert(
                    key,
                    Object {
                        bytes,
                        checksum,
                        writer,
                    },
                );
            }
        }
        for (index, lie) in self.scenario.lies.clone() {
            if lie != Lie::Seen && self.scenario.features.no_multipart.is_some() {
                // Nobody can have begun one.
                continue;
            }
            for (hash, key, bytes) in self.keys_of(index) {
                self.tell_lie(hash, &key, &bytes, lie);
            }
        }
        self.claims = self
            .scenario
            .files
            .iter()
            .enumerate()
            .flat_map(|(index, _)| self.keys_of(index))
            .filter(|(hash, ..)| self.journal.claims(*hash))
            .count();
    }

    fn tell_lie(&mut self, hash: ContentHash, key: &str, bytes: &Bytes, lie: Lie) {
        const MIB: u64 = 1 << 20;
        let wall = self.wall();
        let part_size =
            rusty_attachments_transfer::parts::part_size(bytes.len()).unwrap_or(16 * MIB);
        let opened = |upload_id: String, part_size: u64| Record::UploadOpened {
            hash,
            upload_id,
            part_size,
        };
        let part = |number: u32, etag: String| Record::PartStored {
            hash,
            part: StoredPart {
                number,
                etag,
                hash: bytes.slice(0, part_size).hash(),
            },
        };
        let records = match lie {
            Lie::Seen => vec![Record::Seen(hash)],
            Lie::StaleUpload => vec![opened("gone".into(), part_size), part(1, "\"gone\"".into())],
            Lie::WrongParts => {
                let id = self.server.open(0, key, false, Writer::Other);
                let wrong = Bytes::of_content(u32::MAX, 0, part_size.min(bytes.len()));
                let etag = etag(&wrong);
                let stored = Part {
                    bytes: wrong,
                    checksum: None,
                };
                self.server
                    .uploads
                    .get_mut(&id)
                    .unwrap()
                    .parts
                    .insert(1, stored);
                // The journal means the right bytes; the store has others under another tag.
                vec![opened(id, part_size), part(1, etag.replace('"', "'"))]
            }
            Lie::OtherPartSize => {
                let id = self.server.open(0, key, false, Writer::Other);
                vec![opened(id, part_size / 2), part(1, "\"x\"".into())]
            }
        };
        for record in records {
            self.journal.write(record, wall.saturating_sub(86_400_000));
        }
    }

    // The clock of this computer.

    fn wall(&self) -> u64 {
        (BEGINNING + self.now).saturating_add_signed(self.scenario.clock_ahead)
    }

    // The engine.

    fn add(&mut self, path: String, size: u64, modified: i64) -> bool {
        let known = if self.scenario.has_journal {
            self.journal.hashes(&path, size, modified).to_vec()
        } else {
            Vec::new()
        };
        self.give(Input::File {
            path,
            size,
            modified,
            known,
        })
    }

    fn tell(&mut self, event: Event) {
        self.give(Input::Event(self.now, event));
    }

    fn give(&mut self, input: Input) -> bool {
        self.steps += 1;
        self.report.events += 1;
        self.log.input(self.now, &input);
        if let Input::Event(now, event) = &input {
            self.watch.event(*now, event);
        }
        let is_taken = input.give_to(&mut self.engine);
        self.watch.progress(self.engine.progress());
        is_taken
    }

    fn drain(&mut self) {
        while let Some(action) = self.engine.poll_action() {
            self.log.action(self.now, &action);
            self.watch.action(self.now, &action);
            self.carry_out(action);
        }
        self.watch.drained(self.now);
        self.judge_stored();
    }

    fn say(&mut self, event: Event) {
        self.tell(event);
        self.drain();
    }

    fn carry_out(&mut self, action: Action) {
        match action {
            Action::Hash { ranges } => {
                self.last_reading += 1;
                let reading = Reading {
                    ranges: ranges.into(),
                    bytes: Bytes::default(),
                };
                self.readings.insert(self.last_reading, reading);
                self.after(OPENING, Happening::Reading(self.last_reading));
            }
            Action::Refresh(file) => {
                let takes = self.rng.u64(1..200);
                self.after(takes, Happening::Look(file));
            }
            Action::Send(request) => self.take_off(request),
            Action::AbortRequest(id) => self.abort_request(id),
            Action::StopReading => self.readings.clear(),
            Action::Abort => {
                self.readings.clear();
                let all: Vec<RequestId> = self.flights.keys().copied().collect();
                all.into_iter().for_each(|id| self.abort_request(id));
            }
            Action::AppendManifest(piece) => self.manifest.push_str(&piece),
            Action::LookUp(hashes) => {
                let takes = self.rng.u64(1..30);
                self.after(takes, Happening::LookUp(hashes));
            }
            Action::Remember(records) => {
                let safe_at = self.now + self.scenario.crash_loses;
                self.unsafe_records
                    .extend(records.into_iter().map(|record| (safe_at, record)));
            }
            Action::NeedCredentials(_) => {
                let takes = self.scenario.renewal;
                self.after(takes, Happening::Renewal);
            }
            Action::WaitUntil(time) => {
                self.timer += 1;
                let timer = self.timer;
                self.at(time, Happening::Timer(timer));
            }
            Action::Release(_) | Action::Report => {}
        }
    }

    fn save_records(&mut self) {
        let wall = self.wall();
        while self
            .unsafe_records
            .front()
            .is_some_and(|(safe_at, _)| *safe_at <= self.now)
        {
            let (_, record) = self.unsafe_records.pop_front().unwrap();
            self.journal.write(record, wall);
        }
    }

    // What happens.

    fn happen(&mut self, happening: Happening) {
        self.save_records();
        match happening {
            Happening::Intake(index) => {
                let Ok((size, modified)) = self.disk.look_anew(index) else {
                    // It vanished before it was listed.
                    return;
                };
                let path = self.scenario.files[index].path.clone();
                if self.add(path.clone(), size, modified) {
                    self.taken.push(index);
                    let content = self.disk.state(index).unwrap().content;
                    self.fates.push(Fate {
                        path,
                        picture: (size, modified),
                        history: vec![(content, size, modified)],
                        changed_unseen: self.changed_unseen.contains(&index),
                    });
                }
                self.drain();
            }
            Happening::IntakeEnds if self.scenario.intake_is_lost => self.say(Event::IntakeLost),
            Happening::IntakeEnds => self.say(Event::IntakeEnded),
            Happening::Timer(timer) if timer == self.timer => self.say(Event::TimePassed),
            Happening::Timer(_) => {}
            Happening::Reading(lane) => self.read_on(lane),
            Happening::Look(file) => self.look(file),
            Happening::LookUp(hashes) => {
                let contents = hashes
                    .into_iter()
                    .map(|hash| self.journal.look_up(hash))
                    .collect();
                let wall = self.wall();
                self.say(Event::LookedUp { wall, contents });
            }
            Happening::Flight(id) => self.fly(id),
            Happening::Late(event) => self.say(event),
            Happening::Disk(index) => {
                let (_, file, change) = self.scenario.changes[index];
                self.change(file, change);
                match change {
                    Change::LockedForAWhile => self.after(5_000, Happening::Unlock(file)),
                    Change::Busy => self.after(700, Happening::Busy(file, 12)),
                    _ => {}
                }
            }
            Happening::Unlock(file) => self.disk.unlock(file),
            Happening::Busy(file, left) => {
                self.change(file, Change::Busy);
                if left > 0 {
                    self.after(700, Happening::Busy(file, left - 1));
                }
            }
            Happening::Rival(index) => self.rival(index),
            Happening::RaceEnds(key, file) => {
                self.server.racing.remove(&key);
                self.put_right(file as usize);
            }
            Happening::Renewal => self.renew(),
            Happening::Resume => self.say(Event::Resumed),
        }
    }

    fn happened(&mut self, what: String) {
        self.log.note(self.now, || what.clone());
        self.report.happened.insert(what);
    }

    fn change(&mut self, file: usize, change: Change) {
        self.happened(format!("{change:?}"));
        self.disk.change(file, change);
        if change == Change::Unseen {
            self.changed_unseen.insert(file);
        }
        let Some(fate) = self.taken.iter().position(|taken| *taken == file) else {
            return;
        };
        self.fates[fate].changed_unseen |= change == Change::Unseen;
        if let Some(now) = self.disk.state(file) {
            self.fates[fate]
                .history
                .push((now.content, now.size, now.modified));
        }
    }

    fn look(&mut self, file: FileId) {
        let index = self.taken[file.0 as usize];
        let is_same = self.disk.look(index);
        // Without a handle there is only the old picture, good as long as nothing changed.
        let look = if self.scenario.has_handles {
            self.disk.look_anew(index)
        } else {
            is_same.and_then(|()| self.disk.look_anew(index))
        };
        match look {
            Ok((size, modified)) => {
                self.fates[file.0 as usize].picture = (size, modified);
                self.say(Event::Refreshed {
                    file,
                    size,
                    modified,
                });
            }
            Err(why) => self.say(Event::RefreshFailed { file, why }),
        }
    }

    fn rival(&mut self, index: usize) {
        let (_, file, act) = self.scenario.rivals[index];
        self.happened(format!("{act:?}").split('(').next().unwrap().to_owned());
        match act {
            Rival::Writes => self.put_right(file),
            Rival::Races(length) => {
                for (_, key, _) in self.keys_of(file) {
                    self.server.racing.insert(key.clone());
                    let file = u32::try_from(file).unwrap();
                    self.after(length, Happening::RaceEnds(key, file));
                }
            }
            Rival::Deletes | Rival::Truncates => {
                for (_, key, right) in self.keys_of(file) {
                    if let Some(object) = self.server.objects.get_mut(&key) {
                        object.bytes = right.slice(0, right.len() / 2);
                        object.writer = Writer::Other;
                        object.checksum = None;
                        if act == Rival::Deletes {
                            self.server.objects.remove(&key);
                        }
                        self.spoilt.insert(key, self.now);
                    }
                }
            }
            Rival::Opens(with_part) => {
                for (_, key, right) in self.keys_of(file) {
                    let id = self.server.open(self.now, &key, true, Writer::Other);
                    if with_part && right.len() > 0 {
                        let bytes = right.slice(0, 16 << 20);
                        let checksum = (self.scenario.features.checksums == OfChecksums::Verifies)
                            .then(|| checksum_text(bytes.hash()));
                        let part = Part { bytes, checksum };
                        self.server
                            .uploads
                            .get_mut(&id)
                            .unwrap()
                            .parts
                            .insert(1, part);
                    }
                }
            }
            Rival::Aborts => {
                let keys: Vec<String> = self
                    .keys_of(file)
                    .into_iter()
                    .map(|(_, key, _)| key)
                    .collect();
                self.server
                    .uploads
                    .retain(|_, upload| !keys.contains(&upload.key));
            }
        }
    }

    fn put_right(&mut self, file: usize) {
        for (hash, key, bytes) in self.keys_of(file) {
            let checksum = (self.scenario.features.checksums == OfChecksums::Verifies)
                .then(|| checksum_text(hash));
            let writer = Writer::Other;
            self.server.objects.insert(
                key,
                Object {
                    bytes,
                    checksum,
                    writer,
                },
            );
        }
    }

    fn renew(&mut self) {
        self.happened("Renewal".into());
        if self.scenario.renewal_is_refused {
            self.say(Event::CredentialsRefused(problem("credentials-missing")));
        } else {
            self.expires = self.now.saturating_add(self.scenario.lifetime);
            self.say(Event::CredentialsRenewed);
        }
    }

    fn act(&mut self, act: Act) {
        self.happened(format!("{act:?}").split('(').next().unwrap().to_owned());
        match act {
            Act::Pause(length) => {
                self.say(Event::Paused);
                self.after(length, Happening::Resume);
            }
            Act::Cancel => {
                self.was_cancelled = true;
                self.say(Event::Cancelled);
            }
            Act::Crash => self.is_crashed = true,
        }
    }

    /// The browser is killed, started again, and the folder dropped once more.
    fn drop_again(&mut self) {
        let all: Vec<RequestId> = self.flights.keys().copied().collect();
        all.into_iter().for_each(|id| self.abort_request(id));
        self.judge_stored();
        self.save_records();
        self.unsafe_records.clear();
        self.report.violations.append(&mut self.watch.violations);
        self.queue.retain(|_, happening| {
            matches!(
                happening,
                Happening::Disk(_)
                    | Happening::Unlock(_)
                    | Happening::Busy(..)
                    | Happening::Rival(_)
                    | Happening::RaceEnds(..)
            )
        });
        self.readings.clear();
        self.manifest.clear();
        self.taken.clear();
        self.fates.clear();
        self.was_cancelled = false;
        self.server.run += 1;
        self.now += 60_000;
        self.guid = format!("{:032x}", self.server.run);
        // The expired credentials of before are asked for at the start.
        self.expires = self
            .expires
            .max(self.now.saturating_add(self.scenario.lifetime));
        let known = self.journal.server.filter(|_| self.scenario.has_journal);
        let settings = settings(&self.scenario, &self.layout, &self.guid, known);
        let confirmed = std::mem::take(&mut self.watch.confirmed);
        self.opened_before = std::mem::take(&mut self.watch.opened);
        self.watch = Watch::new(self.scenario.limits);
        self.watch.confirmed_before = confirmed;
        self.log = Log::new(settings.clone(), self.keeps_log, self.log.prints);
        self.engine = Engine::new(settings);
        self.schedule_intake();
    }

    // Reading.

    /// Every range is read in a few steps, so that it can change meanwhile.
    fn step_of(length: u64) -> u64 {
        (length / 4).max(4 << 20)
    }

    fn read_on(&mut self, lane: u64) {
        let Some(reading) = self.readings.get_mut(&lane) else {
            return;
        };
        let Some(&range) = reading.ranges.front() else {
            self.readings.remove(&lane);
            return;
        };
        let HashRange {
            file,
            offset,
            length,
            part_size,
        } = range;
        let index = self.taken[file.0 as usize];
        let done = reading.bytes.len();
        let step = Self::step_of(length).min(length - done);
        match self.disk.read(index, offset + done, step) {
            Ok(bytes) if bytes.len() == step => reading.bytes.append(&bytes),
            Ok(_) => {
                self.range_is_over(
                    lane,
                    Event::HashFailed {
                        file,
                        offset,
                        why: ReadFailure::Changed,
                    },
                );
                return;
            }
            Err(why) => {
                self.range_is_over(lane, Event::HashFailed { file, offset, why });
                return;
            }
        }
        let read = reading.bytes.len();
        if read < length {
            let takes = OPENING + step / self.scenario.hash_speed;
            self.after(takes, Happening::Reading(lane));
            self.say(Event::HashProgress {
                file,
                offset,
                bytes: read,
            });
            return;
        }
        let hash = reading.bytes.hash();
        let parts = part_size.map_or_else(Vec::new, |size| reading.bytes.part_hashes(size));
        self.range_is_over(
            lane,
            Event::Hashed {
                file,
                offset,
                hash,
                parts,
            },
        );
    }

    fn range_is_over(&mut self, lane: u64, event: Event) {
        let reading = self.readings.get_mut(&lane).unwrap();
        reading.ranges.pop_front();
        reading.bytes = Bytes::default();
        match reading.ranges.front() {
            Some(next) => {
                // A bundle of small files is read fast; each costs a little.
                let takes = next.length / self.scenario.hash_speed
                    + u64::from(reading.ranges.len() % 4 == 0);
                self.after(takes, Happening::Reading(lane));
            }
            None => {
                self.readings.remove(&lane);
            }
        }
        self.say(event);
    }

    // Sending.

    fn take_off(&mut self, request: Request) {
        let kind = Kind::of(&request);
        let has_checksum = header(&request, "x-amz-checksum-xxhash128").is_some();
        let fault = self.draw_fault(kind, has_checksum);
        let total = match &request.body {
            Body::None => 0,
            Body::Range { length, .. } => *length,
            Body::Text(text) => text.len() as u64,
            Body::Manifest => self.manifest.len() as u64,
        };
        let body = match &request.body {
            Body::Text(text) => Bytes::Text(text.clone()),
            Body::Manifest => Bytes::Text(self.manifest.clone()),
            _ => Bytes::default(),
        };
        let signature = Signature {
            begun: 0,
            time: 0,
            expires: 0,
        };
        let id = request.id;
        if matches!(kind, Kind::Put | Kind::Part) {
            self.report.first_put.get_or_insert(self.now);
        }
        self.flights.insert(
            id,
            Flight {
                request,
                kind,
                fault,
                stage: Stage::Signing,
                total,
                body,
                signature,
            },
        );
        let takes = self.rng.u64(0..5);
        self.after(takes, Happening::Flight(id));
    }

    fn draw_fault(&mut self, kind: Kind, has_checksum: bool) -> Option<Fault> {
        let verifies = has_checksum && self.scenario.features.checksums == OfChecksums::Verifies;
        for index in 0..self.scenario.rules.len() {
            let rule = &self.scenario.rules[index];
            let hits = rule.left > 0
                && rule.kind.is_none_or(|wanted| wanted == kind)
                && (rule.from..rule.until).contains(&self.now)
                // Bytes that nobody compares on their way are wrong for ever: that is what TLS is for.
                // And nobody complains of them who does not compare.
                // There is no such answer to a HEAD, which has no body that could come too late.
                && (kind != Kind::Check || !matches!(rule.fault, Fault::Refusal(400, Some("RequestTimeout"), _)))
                && (verifies || !matches!(rule.fault, Fault::Corrupted | Fault::Refusal(400, Some("BadDigest"), _)));
            if hits && self.rng.u8(0..100) < rule.percent {
                let fault = rule.fault;
                self.scenario.rules[index].left -= 1;
                self.manifest_was_denied |=
                    kind == Kind::FindManifest && matches!(fault, Fault::Refusal(404, ..));
                self.happened(format!("{fault:?}"));
                return Some(fault);
            }
        }
        None
    }

    fn is_offline(&self) -> bool {
        let now = self.now;
        self.scenario
            .offline
            .iter()
            .any(|(from, until)| (*from..*until).contains(&now))
    }

    /// What became of the file of a body.
    fn source_of(&self, request: &Request) -> Result<(), ReadFailure> {
        match &request.body {
            Body::Range { file, .. } => self.disk.look(self.taken[file.0 as usize]),
            _ => Ok(()),
        }
    }

    fn fly(&mut self, id: RequestId) {
        let Some(flight) = self.flights.get_mut(&id) else {
            return;
        };
        match std::mem::replace(&mut flight.stage, Stage::Silent) {
            Stage::Signing => self.sign(id),
            Stage::Reading => self.read_body(id),
            Stage::Sending => self.send_on(id),
            Stage::Arriving => self.arrive(id),
            Stage::Replying(answer) => self.reply(id, answer),
            Stage::Silent | Stage::Broken => self.land_unanswered(id),
        }
    }

    fn next_stage(&mut self, id: RequestId, stage: Stage, after: u64) {
        if let Some(flight) = self.flights.get_mut(&id) {
            flight.stage = stage;
            self.after(after, Happening::Flight(id));
        }
    }

    fn sign(&mut self, id: RequestId) {
        let wall = self.wall();
        let (now, expires, looks) = (self.now, self.expires, self.scenario.vault_looks);
        let flight = self.flights.get_mut(&id).unwrap();
        let code = if flight.fault == Some(Fault::Unsigned) {
            Some("background-unreachable")
        } else if looks && now >= expires {
            Some("credentials-expired")
        } else {
            None
        };
        if let Some(code) = code {
            self.flights.remove(&id);
            let problem = problem(code);
            self.say(Event::Unsigned {
                request: id,
                problem,
            });
            return;
        }
        flight.signature = Signature {
            begun: now,
            time: wall.saturating_add_signed(flight.request.clock_offset),
            expires,
        };
        let fault = flight.fault;
        let is_checked = matches!(
            flight.request.body,
            Body::Range {
                expect: Some(_),
                ..
            }
        );
        let reading = flight.total / self.scenario.hash_speed;
        if self.is_offline() {
            self.happened("Offline".into());
            let takes = self.rng.u64(1..2_000);
            self.next_stage(id, Stage::Broken, takes);
        } else if fault == Some(Fault::Refused) {
            let takes = self.rng.u64(1..100);
            self.next_stage(id, Stage::Broken, takes);
        } else if is_checked {
            self.next_stage(id, Stage::Reading, reading);
        } else {
            self.next_stage(id, Stage::Sending, self.scenario.latency / 2);
        }
    }

    /// The bytes are read, compared, and then sent as they are.
    fn read_body(&mut self, id: RequestId) {
        let flight = &self.flights[&id];
        let Body::Range {
            file,
            offset,
            length,
            expect,
        } = flight.request.body
        else {
            panic!("only bodies of files are read");
        };
        let read = self.disk.read(self.taken[file.0 as usize], offset, length);
        let read = read.and_then(|bytes| {
            if Some(bytes.hash()) == expect && bytes.len() == length {
                Ok(bytes)
            } else {
                Err(ReadFailure::Changed)
            }
        });
        match read {
            Ok(bytes) => {
                self.flights.get_mut(&id).unwrap().body = bytes;
                self.next_stage(id, Stage::Sending, self.scenario.latency / 2);
            }
            Err(why) => {
                self.flights.remove(&id);
                self.say(Event::Unanswered {
                    request: id,
                    source: Err(why),
                });
            }
        }
    }

    /// Body bytes leave in a few steps; without a comparison beforehand they are read as they leave.
    fn send_on(&mut self, id: RequestId) {
        if self.is_offline() {
            self.cut_off(id);
            return;
        }
        let (now, speed) = (self.now, self.scenario.speed);
        let flight = self.flights.get_mut(&id).unwrap();
        let slowness = if flight.fault == Some(Fault::Slow) {
            8
        } else {
            1
        };
        let Body::Range {
            file,
            offset,
            length,
            expect,
        } = flight.request.body
        else {
            let takes = flight.total / speed;
            self.next_stage(id, Stage::Arriving, takes);
            return;
        };
        let streams = expect.is_none();
        // A pre-read body has no count of its own: the signature's time is not needed for it.
        let sent = if streams {
            flight.body.len()
        } else {
            flight.total.min(length)
        };
        let border = match flight.fault {
            Some(Fault::Reset(thousandths) | Fault::Stall(thousandths)) => {
                (u128::from(length) * u128::from(thousandths) / 1_000) as u64
            }
            _ => length,
        };
        let step = Self::step_of(length).min(speed * 8_000 / slowness);
        if streams {
            let step = step.min(border.saturating_sub(sent));
            match self
                .disk
                .read(self.taken[file.0 as usize], offset + sent, step)
            {
                Ok(bytes) if bytes.len() == step => flight.body.append(&bytes),
                // The browser ends the request.
                Ok(_) => return self.cut_off(id),
                Err(_) => return self.cut_off(id),
            }
        }
        let flight = self.flights.get_mut(&id).unwrap();
        let sent = if streams { flight.body.len() } else { border };
        if sent >= border && border < length
            || matches!(flight.fault, Some(Fault::Reset(_) | Fault::Stall(_))) && sent >= border
        {
            if matches!(flight.fault, Some(Fault::Stall(_))) {
                self.next_stage(id, Stage::Silent, BROWSER_PATIENCE);
            } else {
                if !streams {
                    let flight = self.flights.get_mut(&id).unwrap();
                    flight.body = flight.body.slice(0, border);
                }
                self.cut_off(id);
            }
            return;
        }
        let takes = slowness * step / speed;
        if sent >= length {
            let takes = if streams {
                takes
            } else {
                slowness * length / speed
            };
            // Progress while a body leaves that was read beforehand.
            let mut at = 8_000;
            while !streams && at < takes {
                let bytes = length * at / takes;
                self.after(
                    at,
                    Happening::Late(Event::SendProgress { request: id, bytes }),
                );
                at += 8_000;
            }
            self.next_stage(id, Stage::Arriving, takes + self.scenario.latency / 2);
            let _ = now;
        } else {
            self.next_stage(id, Stage::Sending, takes);
        }
        if streams && sent > 0 {
            self.say(Event::SendProgress {
                request: id,
                bytes: sent,
            });
        }
    }

    /// The connection ends in the middle of the body.
    fn cut_off(&mut self, id: RequestId) {
        let Some(flight) = self.flights.get(&id) else {
            return;
        };
        let stump = flight.body.clone();
        if stump.len() < flight.total {
            let request = flight.request.clone();
            self.server.take_stump(self.now, &request, stump);
        }
        self.land_unanswered(id);
    }

    fn land_unanswered(&mut self, id: RequestId) {
        let Some(flight) = self.flights.remove(&id) else {
            return;
        };
        let source = self.source_of(&flight.request);
        self.say(Event::Unanswered {
            request: id,
            source,
        });
    }

    /// The server has all of it.
    fn arrive(&mut self, id: RequestId) {
        if self.is_offline() {
            self.land_unanswered(id);
            return;
        }
        let flight = &self.flights[&id];
        let (method, fault) = (flight.request.method, flight.fault);
        let server_time = BEGINNING + self.now;
        let mut answer = match fault {
            Some(fault) if fault.is_before_server() => fault.answer(method, server_time),
            _ => self.commit(id),
        };
        match fault {
            Some(Fault::RefusalAfterCommit(_)) => {
                answer = fault.unwrap().answer(method, server_time)
            }
            Some(Fault::CutReply) if answer.status == 200 && answer.body.len() > 2 => {
                let length = answer.body.len();
                answer.body.truncate(length - self.rng.usize(1..length));
            }
            Some(Fault::ReplyStalls) => {
                self.next_stage(id, Stage::Silent, BROWSER_PATIENCE);
                return;
            }
            Some(Fault::ReplyLost) => {
                self.next_stage(id, Stage::Broken, self.scenario.latency / 2);
                return;
            }
            _ => {}
        }
        let takes = self.scenario.latency / 2 + self.rng.u64(0..=self.scenario.latency / 4);
        self.next_stage(id, Stage::Replying(answer), takes);
    }

    /// The server carries the request out.
    fn commit(&mut self, id: RequestId) -> Answer {
        let Some(flight) = self.flights.get(&id) else {
            return Answer::default();
        };
        let mut body = flight.body.clone();
        if flight.fault == Some(Fault::Corrupted) {
            body = match body {
                Bytes::Text(text) => Bytes::Text(text.replace('"', "'")),
                segments @ Bytes::Segments(_) => Bytes::of_content(u32::MAX - 1, 0, segments.len()),
            };
        }
        let answer = self
            .server
            .serve(self.now, &flight.request, &body, flight.signature);
        self.judge_stored();
        answer
    }

    fn reply(&mut self, id: RequestId, mut answer: Answer) {
        if self.is_offline() {
            self.land_unanswered(id);
            return;
        }
        let Some(flight) = self.flights.remove(&id) else {
            return;
        };
        answer.wall = self.wall();
        let source = self.source_of(&flight.request);
        self.say(Event::Answered {
            request: id,
            answer,
            source,
        });
    }

    /// The driver gives a request up; what the server has got whole it may carry out all the same, and a
    /// report may be on its way.
    fn abort_request(&mut self, id: RequestId) {
        let is_whole = self.flights.get(&id).is_some_and(|flight| {
            let reaches_server = flight.fault.is_none_or(|fault| !fault.is_before_server());
            matches!(flight.stage, Stage::Arriving) && reaches_server
        });
        if is_whole && self.rng.bool() && !self.is_offline() {
            let mut answer = self.commit(id);
            answer.wall = self.wall();
            if self.rng.bool() && !self.is_crashed {
                let late = Event::Answered {
                    request: id,
                    answer,
                    source: Ok(()),
                };
                self.after(30, Happening::Late(late));
            }
        }
        if let Some(flight) = self.flights.remove(&id)
            && matches!(flight.stage, Stage::Sending)
            && flight.body.len() < flight.total
        {
            self.server
                .take_stump(self.now, &flight.request, flight.body);
        }
    }

    // What the engine has stored.

    fn judge_stored(&mut self) {
        for key in std::mem::take(&mut self.server.stored) {
            if !key.contains("/Manifests/") {
                let is_right =
                    self.server.holds_right_bytes(&key) || self.scenario.features.keeps_stumps;
                if !is_right {
                    let how = format!("{key} is {:?}", self.server.objects.get(&key));
                    self.watch.report(Broken::WrongObject, how);
                }
                continue;
            }
            self.judge_manifest_at(&key);
        }
    }

    fn judge_manifest_at(&mut self, key: &str) {
        let Some(Object {
            bytes: Bytes::Text(text),
            ..
        }) = self.server.objects.get(key)
        else {
            self.watch
                .report(Broken::ManifestNamesMissing, format!("{key} is no text"));
            return;
        };
        let is_excused = |key: &str| {
            let told = self.server.told_present.get(key).copied();
            let was_spoilt = self
                .spoilt
                .get(key)
                .is_some_and(|at| told.is_none_or(|told| *at >= told));
            let is_unsampled = self.claims > 30;
            self.planted_unseen.contains(key) || was_spoilt && told.is_some() || is_unsampled
        };
        let found = judge_manifest(text, &self.server, &self.layout, &self.fates, &is_excused);
        self.watch.violations.extend(found);
    }

    fn judge_again(&mut self, manifest_key: &str, outcome: &Outcome) {
        if matches!(outcome, Outcome::Complete(_)) && self.server.objects.contains_key(manifest_key)
        {
            self.judge_manifest_at(manifest_key);
        }
    }
}

fn settings(
    scenario: &Scenario,
    layout: &S3Layout,
    guid: &str,
    known: Option<Checksums>,
) -> Settings {
    let truth = match scenario.features.checksums {
        OfChecksums::Verifies => Checksums::Verified,
        OfChecksums::Ignores | OfChecksums::Echoes => Checksums::Ignored,
        OfChecksums::Refuses(_) => Checksums::Refused,
    };
    Settings {
        layout: layout.clone(),
        asset_root: AssetRoot::parse(ROOT, PathFormat::Posix).unwrap(),
        manifest: Some(ManifestSettings {
            guid: guid.parse().unwrap(),
            format: scenario.format,
        }),
        bucket: "bucket".to_owned(),
        server: "s3.example.com".to_owned(),
        expected_owner: scenario.expected_owner.clone(),
        limits: scenario.limits,
        skip_existence_check: scenario.skip_existence_check,
        has_journal: scenario.has_journal,
        checksums: known.or(scenario.knows_checksums.then_some(truth)),
        seed: scenario.engine_seed,
    }
}

fn problem(code: &str) -> Problem {
    Problem {
        code: code.to_owned(),
        what: "It is so.".to_owned(),
        next: "Wait.".to_owned(),
        file: None,
    }
}

/// What the weather is called in statistics.
pub(crate) fn weather_of(seed: u64) -> Weather {
    Scenario::of_seed(seed).weather
}
