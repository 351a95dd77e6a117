//! Time, network and the driver around one engine after the other.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use rusty_attachments_model::attachments::OutputDirectories;
use rusty_attachments_model::s3_layout::{S3Layout, S3Location};
use rusty_attachments_model::{AssetRoot, ContentHash, PathFormat};
use rusty_attachments_transfer::{
    Action, Answer, Body, Checksums, Engine, Event, FileId, HashRange, ManifestSettings, Method,
    Outcome, Patterns, Preview, Problem, ReadFailure, Record, Request, RequestId, Settings,
    StoredPart,
};

use crate::bytes::Bytes;
use crate::disk::Handle;
use crate::faults::{Fault, RetryAfter, target};
use crate::invariants::{NOTHING_TWICE, RUN_ENDS, Violation, Watch};
use crate::journal::Journal;
use crate::plan::{Class, Deed, Interruption, Lie, Plan, Planted};
use crate::random::Random;
use crate::server::{ChecksumHabit, ConditionHabit, Data, Server, Writer, error, query, status};

/// The true time at the simulation's time 0, in milliseconds since 1970.
pub(crate) const EPOCH: u64 = 1_795_544_030_000;
const DAY: u64 = 24 * 60 * 60 * 1_000;
/// No run may take so many events.
const MOST_STEPS: u32 = 60_000;
/// Time that a run may take after the last fault, in milliseconds: five minutes of tries for a request,
/// and five more for one that joins parts and hangs.
const PATIENCE: u64 = 30 * 60 * 1_000;

/// A call of the engine, to be made again.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Call {
    AddFile(String, u64, i64, Vec<ContentHash>),
    Handle(u64, Event),
}

/// What an engine did, from its first call to its last.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) settings: Settings,
    /// Each call with the actions that followed.
    pub(crate) calls: Vec<(Call, Vec<Action>)>,
}

/// What is to happen.
#[derive(Debug, Clone)]
enum Happening {
    /// The engine is told, if it still waits for that.
    Tell(Waiting, Event),
    /// A request with all its bytes is with the server.
    Arrives(RequestId),
    /// A range was read to its end.
    Read {
        reading: u64,
        range: HashRange,
        begun: u64,
    },
    /// A body of a file ends after so many bytes.
    Breaks(RequestId, u64),
    Refresh(FileId),
    LookUp(Vec<ContentHash>),
    Timer(u64),
    Deed(Deed),
    Unlock(usize),
    Resume,
    Renewal,
    /// A person says which files belong to the upload.
    Select(&'static [&'static str], &'static [&'static str]),
    /// A person says that it may begin.
    Begin,
}

/// What people type: include and exclude patterns.
const CHOICES: [(&[&str], &[&str]); 8] = [
    (&[], &[]),
    (&[], &["0"]),
    (&[], &["*[13579]"]),
    (&["f/[0-4]"], &[]),
    (&["*[02468]"], &["f/2"]),
    (&[], &["f/?"]),
    (&["f"], &["**/1", "..", "a"]),
    (&[], &["f/"]),
];

/// On what it depends whether an event still matters.
#[derive(Debug, Clone, Copy)]
enum Waiting {
    Request(RequestId),
    /// Readings since they were last stopped.
    Reading(u64),
}

/// A request that has left.
#[derive(Debug)]
struct Flight {
    request: Request,
    begun: u64,
    /// When all bytes of it have left.
    left_at: u64,
    /// The file it reads, as it was handed out.
    handle: Option<Handle>,
    /// Bytes that were read before it left.
    read: Option<Bytes>,
    /// Signed with the credentials of this number.
    credentials: u32,
    fault: Option<Fault>,
    /// Nobody waits for it any more.
    is_given_up: bool,
}

/// Everything.
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) server: Server,
    pub(crate) journal: Journal,
    pub(crate) random: Random,
    pub(crate) now: u64,
    pub(crate) engine: Engine,
    pub(crate) watch: Watch,
    /// From 0; a crash begins the next one.
    pub(crate) run: u32,
    pub(crate) recording: Option<Recording>,
    pub(crate) violations: Vec<Violation>,
    pub(crate) manifest: String,
    pub(crate) handles: Vec<Handle>,
    /// Paths that the engine did not take.
    pub(crate) refused: Vec<String>,
    /// What was chosen last before the beginning.
    pub(crate) patterns: Patterns,
    /// No choice counts any more.
    has_begun: bool,
    /// What was told at the beginning, if everything was known by then.
    pub(crate) previewed: Option<Preview>,
    /// Objects that somebody else changed, and when.
    pub(crate) spoiled: BTreeMap<String, u64>,
    /// When the engine was last told of an object that is there.
    pub(crate) confirmed: BTreeMap<String, u64>,
    /// Uploads whose names the engine knows.
    pub(crate) known_uploads: BTreeSet<String>,
    /// Uploads that the engine has asked to be aborted.
    pub(crate) aborted_uploads: BTreeSet<String>,
    /// When the engine began to end, and whether it could still ask then.
    pub(crate) was_dead_at_end: bool,
    pub(crate) ended_at: u64,
    closing_since: Option<u64>,
    pub(crate) closing_took: u64,
    /// Bodies that were confirmed to the engine of the run before, by target.
    confirmed_bodies: BTreeSet<String>,
    /// Bodies sent although they were.
    sent_twice: BTreeSet<String>,
    /// After a crash: the journal, or the store, tells which parts are stored.
    keeps_parts: bool,
    tells_parts: bool,
    /// Nobody can say truly what became of the manifest: it was given up with all its bytes on the way,
    /// or the server denies what it holds.
    pub(crate) manifest_was_in_limbo: bool,
    pub(crate) steps: u32,
    heap: BinaryHeap<Reverse<(u64, u64, u32)>>,
    happenings: BTreeMap<u64, Happening>,
    flights: BTreeMap<RequestId, Flight>,
    last_happening: u64,
    readings: u64,
    /// When each lane is done with what it reads.
    timer: Option<u64>,
    credentials: u32,
    credentials_end: Option<u64>,
    /// When those of each number expire.
    credential_ends: BTreeMap<u32, u64>,
    is_refused: Option<(u16, &'static str)>,
    last_fault: u64,
    /// Files, as they were handed out, of which the engine was told that they are not so any more.
    pub(crate) told_changed: Vec<(FileId, Handle)>,
    /// The server has said something to the engine.
    pub(crate) was_answered: bool,
    logs: bool,
}

const FARM: &str = "farm-0123456789abcdef0123456789abcdef";
const QUEUE: &str = "queue-fedcba9876543210fedcba9876543210";

fn layout() -> S3Layout {
    S3Layout {
        location: S3Location::official("DC".parse().expect("a root prefix")),
        farm_id: FARM.parse().expect("a farm id"),
        queue_id: QUEUE.parse().expect("a queue id"),
    }
}

/// The key of a content.
pub(crate) fn key_of(hash: ContentHash) -> String {
    layout().location.content_key(hash)
}

fn settings(
    plan: &Plan,
    run: u32,
    seed: u64,
    checksums: Option<Checksums>,
    speed: Option<u64>,
) -> Settings {
    Settings {
        layout: layout(),
        asset_root: AssetRoot::parse("/projects/shot", PathFormat::Posix).expect("an asset root"),
        locations: Vec::new(),
        manifest: Some(ManifestSettings {
            guid: format!("{run:032x}").parse().expect("a guid"),
            format: plan.format,
            location_name: None,
            output_directories: OutputDirectories::default(),
        }),
        bucket: "bucket".to_owned(),
        server: "s3.example.com".to_owned(),
        expected_owner: plan.expected_owner.map(str::to_owned),
        limits: plan.limits,
        skip_existence_check: plan.skips_check,
        has_journal: plan.has_journal,
        checksums,
        earlier_speed: speed,
        hold_until_begin: plan.holds,
        seed,
    }
}

impl World {
    /// All that a seed stands for, before its first step.
    pub(crate) fn new(seed: u64, logs: bool, alter: impl FnOnce(&mut Plan)) -> Self {
        let mut random = Random::new(seed);
        let mut plan = Plan::draw(&mut random);
        alter(&mut plan);
        let server = Server::new(plan.kind.clone(), EPOCH.saturating_add_signed(plan.skew));
        let believed = plan.is_believed_to_compare.then_some(Checksums::Verified);
        let settings = settings(&plan, 0, random.next(), believed, None);
        let mut world = Self {
            engine: Engine::new(settings.clone()),
            watch: Watch::new(plan.limits, plan.holds),
            recording: None,
            server,
            journal: Journal::believing(believed),
            now: 0,
            run: 0,
            violations: Vec::new(),
            manifest: String::new(),
            handles: Vec::new(),
            refused: Vec::new(),
            patterns: Patterns::default(),
            has_begun: false,
            previewed: None,
            spoiled: BTreeMap::new(),
            confirmed: BTreeMap::new(),
            known_uploads: BTreeSet::new(),
            aborted_uploads: BTreeSet::new(),
            was_dead_at_end: false,
            ended_at: 0,
            closing_since: None,
            closing_took: 0,
            confirmed_bodies: BTreeSet::new(),
            sent_twice: BTreeSet::new(),
            keeps_parts: false,
            tells_parts: false,
            manifest_was_in_limbo: false,
            steps: 0,
            heap: BinaryHeap::new(),
            happenings: BTreeMap::new(),
            flights: BTreeMap::new(),
            last_happening: 0,
            readings: 0,
            timer: None,
            credentials: 0,
            credentials_end: plan.credentials_last,
            credential_ends: plan
                .credentials_last
                .map(|end| (0, end))
                .into_iter()
                .collect(),
            is_refused: None,
            last_fault: 0,
            told_changed: Vec::new(),
            was_answered: false,
            logs,
            random,
            plan,
        };
        if world.random.chance(5) {
            world.recording = Some(Recording {
                settings,
                calls: Vec::new(),
            });
        }
        world.log(|| format!("seed {seed}"));
        world.prepare();
        world
    }

    fn log(&self, text: impl FnOnce() -> String) {
        if self.logs {
            println!("{:>8} {}", self.now, text());
        }
    }

    fn prepare(&mut self) {
        if self.logs {
            let plan = &self.plan;
            println!("{:?} {:?} {:?}", plan.class, plan.format, plan.kind);
            println!(
                "{:?} planted {:?} lies {:?}",
                plan.limits, plan.planted, plan.lies
            );
            println!("deeds {:?} {:?}", plan.deeds, plan.interruptions);
            println!("{:?} {}%", plan.faults.families, plan.faults.percent);
            println!(
                "offline {:?} skew {} credentials {:?} journal {} skips check {}",
                plan.offline, plan.skew, plan.credentials_last, plan.has_journal, plan.skips_check
            );
            for file in &plan.files {
                println!("{} {:?}", file.path, file.bytes());
            }
        }
        for (file, planted) in self.plan.planted.clone() {
            self.plant(file, planted);
        }
        for (file, lie) in self.plan.lies.clone() {
            self.lie(file, lie);
        }
        let deeds = std::mem::take(&mut self.plan.deeds);
        for (time, deed) in deeds {
            self.last_fault = self.last_fault.max(time);
            self.at(time, Happening::Deed(deed));
        }
        if self.plan.skew != 0 {
            self.plan.faults.count("clock off");
        }
        let offline_end = self.plan.offline.map_or(0, |(_, end)| end);
        let faults_end = if self.plan.faults.families.is_empty() {
            0
        } else {
            self.plan.faults.until
        };
        self.last_fault = self.last_fault.max(offline_end).max(faults_end);
    }

    fn pieces(&self, file: usize) -> Vec<Bytes> {
        self.plan.pieces(self.plan.files[file].bytes())
    }

    fn plant(&mut self, file: usize, planted: Planted) {
        for piece in self.pieces(file) {
            let key = key_of(piece.hash());
            let size = piece.len();
            let wrong = |size| Data::Symbols(Bytes::of(u32::MAX, 0, size));
            self.plan.faults.count(match planted {
                Planted::Right { .. } => "object right beforehand",
                Planted::Wrong { .. } => "object wrong beforehand",
                Planted::Empty => "object empty beforehand",
                Planted::Truncated => "object truncated beforehand",
                Planted::OpenUpload { .. } => "upload open beforehand",
            });
            match planted {
                Planted::Right { has_checksum } => {
                    self.server.plant(&key, Data::Symbols(piece), has_checksum);
                }
                Planted::Wrong { has_checksum } if size > 0 => {
                    self.server.plant(&key, wrong(size), has_checksum);
                    if !has_checksum {
                        self.spoiled.insert(key, u64::MAX);
                    }
                }
                Planted::Empty if size > 0 => self.server.plant(&key, wrong(0), true),
                Planted::Truncated if size > 1 => {
                    let cut = piece.cut(0, size / 2);
                    self.server.plant(&key, Data::Symbols(cut), false);
                }
                Planted::OpenUpload { days } => {
                    self.server.open(&key, EPOCH - days * DAY, Writer::Other);
                }
                _ => {}
            }
        }
    }

    fn lie(&mut self, file: usize, lie: Lie) {
        for piece in self.pieces(file) {
            let hash = piece.hash();
            match lie {
                Lie::Seen => {
                    self.journal.seen.insert(hash, EPOCH - 1_000);
                }
                Lie::Upload => {
                    let upload_id = "gone".to_owned();
                    let part_size = 16 << 20;
                    let opened = Record::UploadOpened {
                        hash,
                        upload_id,
                        part_size,
                    };
                    self.journal.write(EPOCH, opened);
                    let part = StoredPart {
                        number: 1,
                        etag: "\"foreign\"".to_owned(),
                        hash: piece.cut(0, part_size).hash(),
                    };
                    self.journal.write(EPOCH, Record::PartStored { hash, part });
                }
            }
        }
    }

    fn at(&mut self, time: u64, happening: Happening) {
        self.last_happening += 1;
        let number = self.last_happening;
        self.happenings.insert(number, happening);
        self.heap
            .push(Reverse((time.max(self.now), number, self.run)));
    }

    fn after(&mut self, wait: u64, happening: Happening) {
        self.at(self.now + wait, happening);
    }

    /// Hands the files over.
    pub(crate) fn drop_files(&mut self) {
        self.choose();
        let mut taken = Vec::new();
        for place in 0..self.plan.files.len() {
            let file = &self.plan.files[place];
            if file.is_gone {
                continue;
            }
            let handle = file.handle(place);
            let (path, size, modified) = (file.path.clone(), handle.size, handle.modified);
            taken.push((path, size, modified, Some(handle)));
        }
        let files = &self.plan.files;
        // The second of two files with one path is no bad name any more once the first one is gone.
        let is_alone = |path: &str| files.iter().any(|file| file.is_gone && file.path == path);
        for path in self.plan.bad_names.clone() {
            if !is_alone(path) {
                taken.push((path.to_owned(), 5, 0, None));
            }
        }
        for (path, size, modified, handle) in taken {
            let known = if self.plan.has_journal {
                self.journal.hashes(&path, size, modified)
            } else {
                Vec::new()
            };
            match self.engine.add_file(&path, size, modified, &known) {
                Some(id) => {
                    let handle = handle.expect("a bad name is not taken");
                    assert_eq!(id.0 as usize, self.handles.len());
                    self.watch.names(id, &path);
                    self.handles.push(handle);
                }
                None => self.refused.push(path.clone()),
            }
            self.drain(Call::AddFile(path, size, modified, known));
            self.watch.shows(self.engine.progress());
        }
        self.tell(Event::IntakeEnded);
    }

    /// Plans what a person chooses, and when the upload may begin: perhaps before any file is there, perhaps long
    /// after everything is known.
    fn choose(&mut self) {
        if !self.plan.holds {
            return;
        }
        let begin = self.random.pick(&[0, 50, 500, 5_000, 100_000]);
        for _ in 0..self.random.between(0, 3) {
            let (include, exclude) = self.random.pick(&CHOICES);
            // Some come too late.
            let time = self.random.between(0, begin + begin / 10);
            self.after(time, Happening::Select(include, exclude));
        }
        self.after(begin, Happening::Begin);
        self.last_fault = self.last_fault.max(self.now + begin);
        if self.random.chance(30) {
            let (include, exclude) = self.random.pick(&CHOICES);
            self.select(include, exclude);
        }
    }

    fn select(&mut self, include: &[&str], exclude: &[&str]) {
        let patterns = Patterns::parse(include, exclude).expect("good patterns");
        if !self.has_begun && self.engine.outcome().is_none() {
            self.patterns = patterns.clone();
        }
        self.plan.faults.count("files chosen");
        self.tell(Event::Select(patterns));
    }

    /// Goes on until the engine has an outcome and the network is quiet.
    pub(crate) fn go(&mut self) {
        while self.violations.is_empty() && self.watch.violations.is_empty() {
            self.interrupt();
            let Some(Reverse((time, number, run))) = self.heap.pop() else {
                if self.engine.outcome().is_none() {
                    self.trip(
                        RUN_ENDS,
                        "nothing is awaited and nothing happens".to_owned(),
                    );
                }
                break;
            };
            let Some(happening) = self.happenings.remove(&number) else {
                continue;
            };
            self.now = time;
            let is_old = run != self.run;
            self.happen(happening, is_old);
            if self.engine.outcome().is_some() && self.ended_at == 0 {
                self.ended_at = self.now;
                self.log(|| format!("ended: {:?}", self.engine.outcome()));
            }
            if self.engine.outcome().is_none()
                && (self.steps > MOST_STEPS
                    || self.now > self.last_fault + PATIENCE + self.fair_time())
            {
                let detail = format!("{} steps, {} ms", self.steps, self.now);
                self.trip(RUN_ENDS, detail);
            }
        }
    }

    /// Everything that was wrong is mended, but files that are gone stay so; then the upload, which has failed, is
    /// taken up again.
    pub(crate) fn retry(&mut self) {
        self.log(|| "taken up again".to_owned());
        let skew = self.plan.skew;
        self.plan.forget_faults();
        self.plan.skew = skew;
        self.plan.interruptions.clear();
        self.plan.renewal_is_refused = false;
        for file in &mut self.plan.files {
            file.is_locked = false;
        }
        self.is_refused = None;
        self.credentials_end = None;
        self.credential_ends.clear();
        self.heap.clear();
        self.happenings.clear();
        self.flights.clear();
        self.timer = None;
        self.closing_since = None;
        self.ended_at = 0;
        self.steps = 0;
        self.last_fault = self.now;
        self.manifest_was_in_limbo = false;
        self.manifest.clear();
        self.readings += 1;
        self.watch.begin_again();
        self.take_up(Event::RetryFailed);
        if self.plan.holds && !self.has_begun {
            // It failed while nothing might leave, so somebody has to say it once more.
            self.after(500, Happening::Begin);
        }
        self.go();
    }

    /// Time that sending everything a few times takes, in milliseconds.
    fn fair_time(&self) -> u64 {
        let bytes: u64 = self.plan.files.iter().map(|file| file.bytes().len()).sum();
        let slowest = self
            .plan
            .limits
            .bandwidth
            .map_or(u64::MAX, |cap| cap / 1_000);
        20 * bytes / self.plan.speed.min(slowest)
    }

    fn trip(&mut self, invariant: &'static str, detail: String) {
        self.violations.push(Violation { invariant, detail });
    }

    fn interrupt(&mut self) {
        let due = self.plan.interruptions.first_key_value();
        let Some((&step, &interruption)) = due else {
            return;
        };
        if step > self.steps {
            return;
        }
        self.plan.interruptions.remove(&step);
        if self.engine.outcome().is_some() {
            return;
        }
        self.last_fault = self.last_fault.max(self.now);
        match interruption {
            Interruption::Pause(time) => {
                self.plan.faults.count("pause");
                self.last_fault = self.last_fault.max(self.now + time);
                self.after(time, Happening::Resume);
                self.tell(Event::Paused);
            }
            Interruption::Cancel => {
                self.plan.faults.count("cancel");
                self.tell(Event::Cancelled);
            }
            Interruption::Crash(loses_journal) => self.crash(loses_journal),
        }
    }

    /// The engine is gone, and with it all it knew. What has left already may still arrive.
    fn crash(&mut self, loses_journal: bool) {
        self.log(|| format!("crash, journal lost: {loses_journal}"));
        self.plan.faults.count("crash");
        if loses_journal {
            self.plan.faults.count("journal lost");
            self.journal = Journal::default();
        }
        for flight in self.flights.values_mut() {
            flight.is_given_up = true;
        }
        let (now, random) = (self.now, &mut self.random);
        self.flights
            .retain(|_, flight| now >= flight.left_at && random.chance(50));
        let orphans = std::mem::take(&mut self.flights);
        for (_, flight) in orphans {
            self.carry_out(flight);
        }
        if self.plan.class == Class::Crash {
            self.plan.faults.families.clear();
        }
        self.keeps_parts = !loses_journal && self.plan.has_journal;
        // A 501 to a condition is taken for one to a checksum, so such a server gets none.
        self.tells_parts = self.plan.kind.checksums == ChecksumHabit::Verifies
            && self.plan.kind.conditions != ConditionHabit::Refuses
            && self.plan.kind.list_parts == 200
            && self.plan.kind.list_uploads == 200;
        let asks = !self.plan.skips_check;
        if !asks || (!self.keeps_parts && !self.tells_parts) {
            self.confirmed_bodies.clear();
        }
        self.run += 1;
        let checksums = self.journal.server.filter(|_| self.plan.has_journal);
        let settings = settings(
            &self.plan,
            self.run,
            self.random.next(),
            checksums,
            self.journal.speed,
        );
        self.engine = Engine::new(settings.clone());
        if let Some(recording) = &mut self.recording {
            *recording = Recording {
                settings,
                calls: Vec::new(),
            };
        }
        let violations = std::mem::take(&mut self.watch.violations);
        self.violations.extend(violations);
        self.watch = Watch::new(self.plan.limits, self.plan.holds);
        self.patterns = Patterns::default();
        self.has_begun = false;
        self.previewed = None;
        self.handles.clear();
        self.told_changed.clear();
        self.refused.clear();
        self.manifest.clear();
        self.timer = None;
        self.readings += 1;
        self.now += 1_000;
        self.closing_since = None;
        self.was_answered = false;
        self.drop_files();
    }

    /// Bodies that were confirmed before the crash and sent again after it.
    pub(crate) fn judge_crash(&mut self) {
        if self.plan.class == Class::Crash && self.sent_twice.len() > self.plan.limits.requests {
            let detail = format!("{:?}", self.sent_twice);
            self.trip(NOTHING_TWICE, detail);
        }
    }

    /// Tells the engine, and does what it asks for.
    fn tell(&mut self, event: Event) {
        if self.engine.outcome().is_none() {
            self.take_up(event);
        }
    }

    /// Tells also an engine that has ended.
    fn take_up(&mut self, event: Event) {
        self.steps += 1;
        self.log(|| format!("-> {event:?}"));
        self.watch.told(&event);
        self.note_confirmed(&event);
        if matches!(event, Event::Resumed | Event::Cancelled) && self.closing_since.is_some() {
            // An end that waited in a pause begins now.
            self.closing_since = Some(self.now);
        }
        let before = self.engine.progress().waiting;
        self.engine.handle(self.now, event.clone());
        self.drain(Call::Handle(self.now, event));
        self.watch.shows(self.engine.progress());
        if self.engine.outcome().is_some() {
            use rusty_attachments_transfer::Waiting::{Credentials, Network};
            self.was_dead_at_end |= matches!(before, Some(Credentials(_) | Network));
        }
    }

    fn note_confirmed(&mut self, event: &Event) {
        let Event::Answered {
            request, answer, ..
        } = event
        else {
            return;
        };
        let Some(flight) = self.flights.get(request) else {
            return;
        };
        if let (
            Body::Range { file, .. },
            Some(handle),
            Event::Answered {
                source: Err(ReadFailure::Changed),
                ..
            },
        ) = (&flight.request.body, flight.handle, event)
        {
            self.told_changed.push((*file, handle));
        }
        self.was_answered |= answer
            .headers
            .iter()
            .all(|(_, value)| !value.contains("html"));
        let request = &flight.request;
        if answer.body.contains("InvalidPart") {
            // The store does not take what it has confirmed.
            let refused = format!("PUT {} of an upload ", request.key);
            self.confirmed_bodies
                .retain(|body| !body.starts_with(&refused));
        }
        if !(200..300).contains(&answer.status) {
            return;
        }
        if matches!(request.body, Body::Range { .. }) && !answer.headers.is_empty() {
            let is_portal = answer.body.contains("<html");
            if !is_portal && self.run == 0 {
                self.confirmed_bodies.insert(target(request));
            }
        }
        if request.method == Method::Post && query(request, "uploads").is_some() {
            let id = answer.body.split_once("<UploadId>");
            let id = id.and_then(|(_, rest)| rest.split_once("</UploadId>"));
            if let Some((id, _)) = id {
                self.known_uploads.insert(id.to_owned());
            }
        }
    }

    fn drain(&mut self, call: Call) {
        let mut actions = Vec::new();
        while let Some(action) = self.engine.poll_action() {
            self.watch.asked(self.now, &action);
            if self.logs {
                self.log(|| format!("<- {action:?}"));
            }
            if self.recording.is_some() {
                actions.push(action.clone());
            }
            self.act(action);
        }
        if let Some(recording) = &mut self.recording {
            recording.calls.push((call, actions));
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Hash { ranges } => self.read(ranges),
            Action::Refresh(file) => self.after(1, Happening::Refresh(file)),
            Action::Send(request) => self.send(request),
            Action::AbortRequest(id) => self.give_up(id),
            Action::StopReading => {
                self.readings += 1;
                self.closing_since = Some(self.now);
            }
            Action::Abort => {
                self.readings += 1;
                self.timer = None;
                let all: Vec<RequestId> = self.flights.keys().copied().collect();
                for id in all {
                    self.give_up(id);
                }
                self.closing_took = self.now - self.closing_since.unwrap_or(self.now);
            }
            Action::BeginManifest => self.manifest.clear(),
            Action::AppendManifest(piece) => self.manifest.push_str(&piece),
            Action::LookUp(hashes) => self.after(1, Happening::LookUp(hashes)),
            Action::Remember(records) => {
                for record in records {
                    if let Record::Speed(_) = record {
                        self.plan.faults.count("speed remembered");
                    }
                    self.journal.write(EPOCH + self.now, record);
                }
            }
            Action::NeedCredentials(_) => {
                let wait = self.random.pick(&[0, 500, 20_000]);
                self.last_fault = self.last_fault.max(self.now + wait);
                self.after(wait, Happening::Renewal);
            }
            Action::WaitUntil(time) => {
                self.timer = Some(time);
                self.at(time, Happening::Timer(time));
            }
            Action::Release(_) | Action::Report => {}
        }
    }

    fn read(&mut self, ranges: Vec<HashRange>) {
        let mut begun = self.now;
        let reading = self.readings;
        for range in ranges {
            let takes = 1 + range.length / 1_000_000;
            if range.length > 8 << 20 {
                let progress = Event::HashProgress {
                    file: range.file,
                    offset: range.offset,
                    bytes: range.length / 2,
                };
                let tell = Happening::Tell(Waiting::Reading(reading), progress);
                self.at(begun + takes / 2, tell);
            }
            let happening = Happening::Read {
                reading,
                range,
                begun,
            };
            begun += takes;
            self.at(begun, happening);
        }
    }

    fn finish_reading(&mut self, range: HashRange, begun: u64) {
        let handle = self.handles[range.file.0 as usize];
        let disk = &self.plan.files[handle.file];
        let event = match disk.look(handle) {
            Err(why) => Event::HashFailed {
                file: range.file,
                offset: range.offset,
                why,
            },
            Ok(()) => {
                let bytes = disk.read(range.offset, range.length, begun);
                let parts = range.part_size.map(|size| {
                    let parts = 0..range.length.div_ceil(size);
                    parts
                        .map(|part| bytes.cut(part * size, size).hash())
                        .collect()
                });
                Event::Hashed {
                    file: range.file,
                    offset: range.offset,
                    hash: bytes.hash(),
                    parts: parts.unwrap_or_default(),
                }
            }
        };
        self.tell(event);
    }

    fn is_offline(&self) -> bool {
        self.plan
            .offline
            .is_some_and(|(begin, end)| (begin..end).contains(&self.now))
    }

    /// A request leaves, or does not.
    fn send(&mut self, request: Request) {
        let id = request.id;
        if request.method == Method::Delete
            && let Some(upload) = query(&request, "uploadId")
        {
            self.aborted_uploads.insert(upload.to_owned());
        }
        if self.run > 0 && self.confirmed_bodies.contains(&target(&request)) {
            self.sent_twice.insert(target(&request));
        }
        let mut fault = self.plan.faults.draw(&mut self.random, self.now, &request);
        if self.is_offline() {
            self.plan.faults.count("offline");
            fault = Some(self.random.pick(&[true, true, false])).map(|is_quick| {
                if is_quick {
                    Fault::Refused
                } else {
                    Fault::Stall(0)
                }
            });
        }
        if self.plan.second_host_is_dead && request.host == 1 {
            fault = Some(Fault::Refused);
        }
        if fault == Some(Fault::Unsigned) {
            return self.unsigned(id, "background-unreachable");
        }
        let is_expired = self.credentials_end.is_some_and(|end| end <= self.now);
        if is_expired && self.random.chance(30) {
            return self.unsigned(id, "credentials-expired");
        }
        let mut handle = None;
        let mut read = None;
        if let Body::Range {
            file,
            offset,
            length,
            expect,
        } = &request.body
        {
            let held = self.handles[file.0 as usize];
            handle = Some(held);
            let disk = &self.plan.files[held.file];
            if let Err(why) = disk.look(held) {
                self.flights
                    .insert(id, self.flight(request, None, None, None));
                return self.unanswered(id, 1, Err(why));
            }
            if let Some(expected) = expect {
                let bytes = disk.read(*offset, *length, self.now);
                if bytes.hash() != *expected {
                    self.flights
                        .insert(id, self.flight(request, None, None, None));
                    return self.unanswered(id, 2, Err(ReadFailure::Changed));
                }
                read = Some(bytes);
            }
        }
        let length = match &request.body {
            Body::Range { length, .. } => *length,
            Body::Text(text) => text.len() as u64,
            Body::Manifest => self.manifest.len() as u64,
            Body::None => 0,
        };
        let slow = if fault == Some(Fault::Slow) { 10 } else { 1 };
        let takes = slow * length / self.plan.speed;
        let cut = match fault {
            Some(Fault::Refused) => {
                let wait = self.plan.latency;
                self.flights
                    .insert(id, self.flight(request, handle, None, None));
                return self.unanswered(id, wait, Ok(()));
            }
            Some(Fault::Reset(permille) | Fault::Stall(permille)) => Some(permille),
            _ => None,
        };
        let sent = cut.map_or(takes, |permille| takes * permille / 1_000);
        let sends_file = handle.is_some();
        let mut flight = self.flight(request, handle, read, fault.clone());
        flight.left_at = self.now + takes;
        self.flights.insert(id, flight);
        if sends_file {
            let steps = (sent / 5_000).max(1);
            for step in 1..=steps {
                let time = sent * step / steps;
                let bytes = (length * time).checked_div(takes).unwrap_or(length);
                let progress = Event::SendProgress { request: id, bytes };
                self.after(time, Happening::Tell(Waiting::Request(id), progress));
            }
        }
        match fault {
            Some(Fault::Reset(permille)) => {
                if sends_file && self.plan.kind.stores_stumps {
                    self.after(sent, Happening::Breaks(id, length * permille / 1_000));
                }
                self.unanswered(id, sent + self.plan.latency, Ok(()));
            }
            Some(Fault::Stall(_)) => {}
            _ => self.after(takes + self.plan.latency, Happening::Arrives(id)),
        }
    }

    fn flight(
        &self,
        request: Request,
        handle: Option<Handle>,
        read: Option<Bytes>,
        fault: Option<Fault>,
    ) -> Flight {
        Flight {
            request,
            begun: self.now,
            left_at: u64::MAX,
            handle,
            read,
            credentials: self.credentials,
            fault,
            is_given_up: false,
        }
    }

    fn unanswered(&mut self, id: RequestId, wait: u64, source: Result<(), ReadFailure>) {
        let event = Event::Unanswered {
            request: id,
            source,
        };
        self.after(wait, Happening::Tell(Waiting::Request(id), event));
    }

    fn unsigned(&mut self, id: RequestId, code: &str) {
        let problem = Problem {
            code: code.to_owned(),
            what: "It could not be signed.".to_owned(),
            next: "Try again.".to_owned(),
            file: None,
        };
        let event = Event::Unsigned {
            request: id,
            problem,
        };
        // Nothing of it ever left.
        let request = Request {
            id,
            method: Method::Head,
            key: String::new(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::None,
            host: 0,
            clock_offset: 0,
        };
        self.flights
            .insert(id, self.flight(request, None, None, None));
        self.after(1, Happening::Tell(Waiting::Request(id), event));
    }

    /// Nobody waits for it any more; but what has left may still arrive.
    fn give_up(&mut self, id: RequestId) {
        let is_late = self.random.chance(30);
        if let Some(flight) = self.flights.get_mut(&id) {
            if is_late && self.now >= flight.left_at {
                flight.is_given_up = true;
                let is_manifest = flight.request.key.contains("/Manifests/");
                self.manifest_was_in_limbo |= is_manifest;
            } else {
                self.flights.remove(&id);
            }
        }
    }

    /// A request is with the server: it is carried out, and an answer is on its way.
    fn arrives(&mut self, id: RequestId) {
        let Some(flight) = self.flights.get(&id) else {
            return;
        };
        if flight.is_given_up {
            if let Some(flight) = self.flights.remove(&id) {
                self.log(|| {
                    format!(
                        "late: {} {}",
                        flight.request.method.as_str(),
                        flight.request.key
                    )
                });
                self.carry_out(flight);
            }
            return;
        }
        if self.is_offline() {
            self.plan.faults.count("offline");
            return;
        }
        let source = self.source(flight);
        if source.is_err() && self.random.chance(50) {
            return self.unanswered(id, 0, source);
        }
        let fault = self.flights[&id].fault.clone();
        if let Some(Fault::Says { status: 404, .. }) = fault {
            // A server that denies what it holds.
            self.manifest_was_in_limbo |= self.flights[&id].request.key.contains("/Manifests/");
        }
        if let Some(Fault::Says { status: 404, .. }) = fault
            && let Some(upload) = query(&self.flights[&id].request, "uploadId")
        {
            // Who is told that it is gone does not abort it.
            self.aborted_uploads.insert(upload.to_owned());
        }
        if let Some(Fault::Portal(status)) = fault {
            let is_head = self.flights[&id].request.method == Method::Head;
            return self.answer(id, portal(status, is_head));
        }
        if let Some(Fault::Says { is_done: false, .. }) = fault {
            let said = self.said(&self.flights[&id]);
            return self.answer(id, said);
        }
        if fault == Some(Fault::ErrorIn200 { is_done: false }) {
            return self.answer(id, error(200, "InternalError"));
        }
        let Some(flight) = self.flights.remove(&id) else {
            return;
        };
        let (answer, flight) = self.carry_out(flight);
        self.log(|| format!("served {id:?}: {} {}", answer.status, answer.body));
        let said = self.said(&flight);
        self.flights.insert(id, flight);
        match fault {
            Some(Fault::ReplyLost) => self.unanswered(id, self.plan.latency, Ok(())),
            Some(Fault::Silence) => {}
            Some(Fault::CutReply) => {
                let mut cut = answer;
                cut.body.truncate(cut.body.len() / 2);
                self.answer(id, cut);
            }
            Some(Fault::Says { .. }) => self.answer(id, said),
            Some(Fault::ErrorIn200 { .. }) => self.answer(id, error(200, "InternalError")),
            _ => self.answer(id, answer),
        }
    }

    fn source(&self, flight: &Flight) -> Result<(), ReadFailure> {
        match flight.handle {
            Some(handle) => self.plan.files[handle.file].look(handle),
            None => Ok(()),
        }
    }

    /// The answer that a fault gives.
    fn said(&self, flight: &Flight) -> Answer {
        let Some(Fault::Says {
            status: number,
            code,
            retry_after,
            ..
        }) = &flight.fault
        else {
            return status(500);
        };
        let mut answer = match code {
            Some(code) => error(*number, code),
            None => status(*number),
        };
        if flight.request.method == Method::Head {
            answer.body.clear();
        }
        self.server.stamp(self.now, &mut answer);
        match retry_after {
            Some(RetryAfter::Seconds(seconds)) => {
                let header = ("retry-after".to_owned(), seconds.to_string());
                answer.headers.push(header);
            }
            Some(RetryAfter::Date(seconds)) => {
                let mut later = status(503);
                self.server.stamp(self.now + seconds * 1_000, &mut later);
                let date = later.headers.into_iter().map(|(_, date)| date);
                answer
                    .headers
                    .extend(date.map(|date| ("retry-after".to_owned(), date)));
            }
            None => {}
        }
        answer
    }

    fn answer(&mut self, id: RequestId, mut answer: Answer) {
        answer.wall = EPOCH + self.now + self.plan.latency;
        // What becomes of the file until then is looked at when the answer is there.
        let event = Event::Answered {
            request: id,
            answer,
            source: Ok(()),
        };
        let wait = self.plan.latency;
        self.after(wait, Happening::Tell(Waiting::Request(id), event));
    }

    /// The server does what it is asked to do.
    fn carry_out(&mut self, flight: Flight) -> (Answer, Flight) {
        let answer = self.judge(&flight);
        if let Some(mut answer) = answer {
            if flight.request.method == Method::Head {
                answer.body.clear();
            }
            self.server.stamp(self.now, &mut answer);
            return (answer, flight);
        }
        let request = &flight.request;
        let data = match &request.body {
            Body::Range { offset, length, .. } => {
                let streamed = || {
                    let handle = flight.handle.expect("a file is sent");
                    self.plan.files[handle.file].read(*offset, *length, flight.begun)
                };
                let bytes = flight.read.clone().unwrap_or_else(streamed);
                (bytes.len() == *length).then_some(Data::Symbols(bytes))
            }
            Body::Manifest => Some(Data::Text(self.manifest.clone())),
            Body::Text(_) | Body::None => None,
        };
        let writer = Writer::Us(self.run);
        let answer = self.server.serve(self.now, request, data, writer);
        let is_good = (200..300).contains(&answer.status) && !answer.body.contains("<Error>");
        let tells_of_object = match request.method {
            Method::Head => true,
            Method::Put => query(request, "uploadId").is_none(),
            Method::Post => query(request, "uploadId").is_some(),
            Method::Get | Method::Delete => false,
        };
        if is_good && tells_of_object {
            self.confirmed.insert(request.key.clone(), self.now);
            if request.method != Method::Head {
                self.spoiled.remove(&request.key);
            }
        }
        (answer, flight)
    }

    /// The server stores a body as far as it came.
    fn keep_stump(&mut self, id: RequestId, bytes: u64) {
        let Some(flight) = self.flights.get(&id) else {
            return;
        };
        let (Body::Range { offset, .. }, Some(handle)) = (&flight.request.body, flight.handle)
        else {
            return;
        };
        let is_part = !flight.request.query.is_empty();
        let is_there = self.server.objects.contains_key(&flight.request.key);
        if is_part || is_there || self.judge(flight).is_some() {
            return;
        }
        let stump = self.plan.files[handle.file].read(*offset, bytes, flight.begun);
        let key = flight.request.key.clone();
        self.plan.faults.count("stump stored");
        self.server.plant(&key, Data::Symbols(stump), false);
    }

    /// Why the server does not even look at it.
    fn judge(&self, flight: &Flight) -> Option<Answer> {
        if let Some((status, code)) = self.is_refused {
            let mut answer = error(status, code);
            if status == 301 {
                let region = ("x-amz-bucket-region".to_owned(), "eu-west-1".to_owned());
                answer.headers.push(region);
            }
            return Some(answer);
        }
        let off = self.plan.skew - flight.request.clock_offset;
        if off.unsigned_abs() > 15 * 60_000 {
            return Some(error(403, "RequestTimeTooSkewed"));
        }
        // Looked at when a request begins, not when its body ends.
        let end = self.credential_ends.get(&flight.credentials).copied();
        let is_expired = end.is_some_and(|end| end <= flight.begun);
        is_expired.then(|| error(400, "ExpiredToken"))
    }

    fn happen(&mut self, happening: Happening, is_old: bool) {
        match happening {
            Happening::Deed(deed) => self.deed(deed),
            Happening::Unlock(file) => self.plan.files[file].is_locked = false,
            _ if is_old => {}
            Happening::Tell(Waiting::Request(id), event) => self.tell_of_request(id, event),
            Happening::Tell(Waiting::Reading(reading), event) => {
                if reading == self.readings {
                    self.tell(event);
                }
            }
            Happening::Arrives(id) => self.arrives(id),
            Happening::Read {
                reading,
                range,
                begun,
            } => {
                if reading == self.readings {
                    self.finish_reading(range, begun);
                }
            }
            Happening::Breaks(id, bytes) => self.keep_stump(id, bytes),
            Happening::Refresh(file) => self.refresh(file),
            Happening::LookUp(hashes) => {
                let wall = EPOCH + self.now;
                let known = hashes.into_iter().map(|hash| self.journal.look_up(hash));
                let contents = known.collect();
                self.tell(Event::LookedUp { wall, contents });
            }
            Happening::Timer(time) => {
                if self.timer == Some(time) {
                    self.timer = None;
                    self.tell(Event::TimePassed);
                }
            }
            Happening::Resume => self.tell(Event::Resumed),
            Happening::Renewal => self.renew(),
            Happening::Select(include, exclude) => self.select(include, exclude),
            // Nobody can begin what has ended; if it is taken up again, it is to be begun then.
            Happening::Begin if self.engine.outcome().is_some() => {}
            Happening::Begin => {
                self.plan.faults.count("held and begun");
                self.has_begun = true;
                let preview = self.engine.progress().preview;
                self.previewed = preview.filter(|preview| preview.is_ready);
                self.tell(Event::Begin);
            }
        }
    }

    fn tell_of_request(&mut self, id: RequestId, mut event: Event) {
        let Some(flight) = self.flights.get(&id) else {
            return;
        };
        if flight.is_given_up {
            return;
        }
        let is_end = !matches!(event, Event::SendProgress { .. });
        if let Event::Answered { source, answer, .. } = &mut event {
            if self.is_offline() {
                self.plan.faults.count("offline");
                return;
            }
            *source = self.source(flight);
            answer.wall = EPOCH + self.now;
        }
        self.tell(event);
        if is_end {
            self.flights.remove(&id);
        }
    }

    fn refresh(&mut self, file: FileId) {
        let place = self.handles[file.0 as usize].file;
        let disk = &self.plan.files[place];
        let event = if disk.is_gone || disk.is_locked || !self.plan.can_refresh {
            let why = if disk.is_gone {
                ReadFailure::Unreadable
            } else {
                ReadFailure::Changed
            };
            Event::RefreshFailed { file, why }
        } else {
            let handle = disk.handle(place);
            self.handles[file.0 as usize] = handle;
            Event::Refreshed {
                file,
                size: handle.size,
                modified: handle.modified,
            }
        };
        self.tell(event);
    }

    fn renew(&mut self) {
        if self.plan.renewal_is_refused {
            let problem = Problem {
                code: "credentials-missing".to_owned(),
                what: "Nobody signed in.".to_owned(),
                next: "Sign in.".to_owned(),
                file: None,
            };
            self.plan.faults.count("credentials refused");
            self.was_dead_at_end = true;
            return self.tell(Event::CredentialsRefused(problem));
        }
        self.plan.faults.count("credentials renewed");
        self.credentials += 1;
        self.credentials_end = self
            .plan
            .credentials_last
            .map(|time| self.now + time.max(60_000));
        if let Some(end) = self.credentials_end {
            self.credential_ends.insert(self.credentials, end);
        }
        self.tell(Event::CredentialsRenewed);
    }

    fn deed(&mut self, deed: Deed) {
        self.log(|| format!("{deed:?}"));
        let now = self.now;
        match deed {
            Deed::Delete(file) => {
                self.plan.faults.count("file deleted");
                self.plan.files[file].is_gone = true;
                self.plan.files[file].was_touched = true;
            }
            Deed::Lock(file, time) => {
                self.plan.faults.count("file unreadable");
                self.plan.files[file].is_locked = true;
                self.plan.files[file].was_touched = true;
                self.after(time, Happening::Unlock(file));
            }
            Deed::Change(file, shows) => {
                let name = if shows {
                    "file changed"
                } else {
                    "file changed with the same size and time"
                };
                self.plan.faults.count(name);
                let size = self.plan.files[file].bytes().len();
                self.write(file, size, now, shows);
            }
            Deed::Truncate(file) => {
                self.plan.faults.count("file truncated");
                let bytes = self.plan.files[file].bytes();
                let bytes = bytes.cut(0, bytes.len() / 2);
                self.plan.files[file].write(now, bytes, true);
            }
            Deed::Grow(file) => {
                self.plan.faults.count("file grown");
                let mut bytes = self.plan.files[file].bytes().clone();
                bytes.append(&Bytes::of(2_000_000, 0, 777));
                self.plan.files[file].write(now, bytes, true);
            }
            Deed::OtherWrites(file) => {
                self.plan.faults.count("another uploader writes");
                for piece in self.pieces(file) {
                    let has_checksum = self.random.chance(50);
                    let key = key_of(piece.hash());
                    self.server.plant(&key, Data::Symbols(piece), has_checksum);
                }
            }
            Deed::DeleteObjects(file) => {
                self.plan.faults.count("object deleted in between");
                for piece in self.pieces(file) {
                    let key = key_of(piece.hash());
                    if self.server.objects.remove(&key).is_some() {
                        self.spoiled.insert(key, now);
                    }
                }
            }
            Deed::OtherOpens(file) => {
                self.plan.faults.count("another uploader opens an upload");
                for piece in self.pieces(file) {
                    let key = key_of(piece.hash());
                    self.server.open(&key, EPOCH + now, Writer::Other);
                }
            }
            Deed::OtherAborts(file) => {
                self.plan.faults.count("another uploader aborts uploads");
                for piece in self.pieces(file) {
                    let key = key_of(piece.hash());
                    self.server.uploads.retain(|_, upload| upload.key != key);
                }
            }
            Deed::RefuseAll(status, code) => {
                self.plan.faults.count(code);
                self.is_refused = Some((status, code));
                // With the bucket all is gone, and to a question that looks like a missing object.
                self.manifest_was_in_limbo |= code == "NoSuchBucket";
            }
        }
    }

    fn write(&mut self, file: usize, size: u64, now: u64, shows: bool) {
        let content = 1_000_000 + u32::try_from(file).unwrap_or(0);
        let version = u32::try_from(now).unwrap_or(u32::MAX);
        let bytes = Bytes::of(content, version, size);
        self.plan.files[file].write(now, bytes, shows);
    }

    /// Whether nobody could know that this object is gone or wrong: it was spoiled after the engine had
    /// last looked, or has the right size and no checksum.
    pub(crate) fn is_excused(&self, key: &str) -> bool {
        let spoiled = self.spoiled.get(key);
        let confirmed = self.confirmed.get(key);
        match (spoiled, confirmed) {
            (Some(spoiled), Some(confirmed)) => spoiled >= confirmed,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// Whether an engine that was killed began this upload.
    pub(crate) fn is_of_killed_run(&self, id: &str) -> bool {
        let upload = self.server.uploads.get(id);
        upload.is_some_and(|upload| matches!(upload.writer, Writer::Us(run) if run < self.run))
    }

    /// Whether the next run could know enough of this upload to complete it, if nothing else went wrong.
    pub(crate) fn can_go_on_with(&self, id: &str) -> bool {
        let has_parts = self
            .server
            .uploads
            .get(id)
            .is_some_and(|upload| !upload.parts.is_empty());
        self.plan.class == Class::Crash
            && self.known_uploads.contains(id)
            && !self.aborted_uploads.contains(id)
            && (self.keeps_parts || (self.tells_parts && has_parts))
    }

    /// How it ended.
    pub(crate) fn outcome(&self) -> Option<&Outcome> {
        self.engine.outcome()
    }

    /// The manifest of the last run in the store.
    pub(crate) fn stored_manifest(&self) -> Option<(&String, &Data)> {
        let guid = format!("{:032x}", self.run);
        self.server
            .objects
            .iter()
            .find(|(key, _)| key.contains("/Manifests/") && key.contains(&guid))
            .map(|(key, object)| (key, &object.data))
    }
}

/// A login page of a network.
fn portal(number: u16, is_head: bool) -> Answer {
    let mut answer = status(number);
    let kind = (
        "content-type".to_owned(),
        "text/html; charset=utf-8".to_owned(),
    );
    answer.headers.push(kind);
    if !is_head {
        answer.body = "<html><p>Log in to the hotel</html>".to_owned();
    }
    answer
}
