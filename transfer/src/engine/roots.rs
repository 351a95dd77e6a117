//! Which asset root each file goes to, and what is left out because workers have it: the places of a storage
//! profile shape an upload (spec `s3-layout.md` 7). Each asset root has a manifest of its own, one after the other.

use std::collections::VecDeque;

use rusty_attachments_model::attachments::{
    AttachedRoot, Attachments, FileSystem, MAX_ROOTS, OutputDirectory, StoredManifest,
};
use rusty_attachments_model::grouping::{Grouping, Place};
use rusty_attachments_model::s3_layout::ManifestGuid;
use rusty_attachments_model::{AssetRoot, LocationName, PathFormat, RelativePath};

use super::{Engine, FileId};
use crate::files::{FileState, RootId};
use crate::outcome::StoredObject;
use crate::problem::Problem;
use crate::settings::Settings;

/// The asset roots of one upload.
#[derive(Debug)]
pub(super) struct Roots {
    grouping: Grouping,
    /// All that is added lies below the asset root of the settings.
    tree: usize,
    /// Of that asset root, where no place names it.
    location_name: Option<LocationName>,
    /// What jobs write to.
    outputs: Vec<(RootId, OutputDirectory)>,
    /// A job may not have as many as would be needed.
    are_too_many: bool,
    /// Whose manifests are still to be written.
    waiting: VecDeque<RootId>,
    stored: Vec<Stored>,
}

/// A manifest in the store.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) root: RootId,
    pub(super) object: StoredObject,
    pub(super) input: StoredManifest,
}

impl Roots {
    pub(super) fn new(settings: &Settings) -> Self {
        let mut grouping = Grouping::new(&settings.locations);
        let tree = grouping.add_tree(&settings.asset_root);
        let mut roots = Self {
            grouping,
            tree,
            location_name: None,
            outputs: Vec::new(),
            are_too_many: false,
            waiting: VecDeque::new(),
            stored: Vec::new(),
        };
        if let Some(manifest) = &settings.manifest {
            roots.location_name.clone_from(&manifest.location_name);
            for folder in manifest.output_directories.as_slice() {
                roots.place_output(folder, settings.asset_root.format());
            }
        }
        roots
    }

    fn place_output(&mut self, folder: &OutputDirectory, format: PathFormat) {
        let slashed = match folder.as_str() {
            "." => String::new(),
            path => path.replace(format.separator(), "/"),
        };
        let root = match self.grouping.place_folder(self.tree, &slashed) {
            // Workers write there by themselves.
            Ok(Place::Shared(_)) => return,
            Ok(Place::In { group, path }) => {
                let path = path.replace('/', &format.separator().to_string());
                let path = if path.is_empty() { "." } else { &path };
                // What is below a folder of good names has good names.
                OutputDirectory::parse(path, format)
                    .ok()
                    .map(|folder| (root_id(group), folder))
            }
            Err(_) => {
                self.are_too_many = true;
                return;
            }
        };
        self.outputs.extend(root);
    }

    /// The SHARED place that holds this file, if there is one.
    pub(super) fn shared(&self, path: &str) -> Option<&LocationName> {
        self.grouping.shared(self.tree, path)
    }

    /// The asset root of a file or of an empty folder; none for a folder that workers have.
    fn claim(&mut self, path: &RelativePath) -> Option<RootId> {
        match self.grouping.place(self.tree, path) {
            Ok(Place::In { group, .. }) => Some(root_id(group)),
            Ok(Place::Shared(_)) => None,
            Err(_) => {
                self.are_too_many = true;
                None
            }
        }
    }

    /// Whether a job could not have as many as are needed.
    pub(super) fn are_too_many(&self) -> bool {
        self.are_too_many
    }

    /// As it goes into `rootPath`.
    pub(super) fn folder(&self, root: RootId) -> &AssetRoot {
        &self.grouping.groups()[usize::from(root)].root
    }

    /// As it goes into `fileSystemLocationName`.
    pub(super) fn name(&self, root: RootId) -> Option<&LocationName> {
        let group = &self.grouping.groups()[usize::from(root)];
        group.location_name.as_ref().or(self.location_name.as_ref())
    }

    /// The path of a file below its asset root: what all have there, and the rest. The first part is empty or
    /// ends in a slash.
    pub(super) fn path_in<'a, 'p: 'a>(&'a self, root: RootId, path: &'p str) -> (&'a str, &'p str) {
        self.grouping.path_in(self.tree, usize::from(root), path)
    }

    /// The next one whose manifest is to be written.
    pub(super) fn next(&mut self) -> Option<RootId> {
        self.waiting.pop_front()
    }

    pub(super) fn has_more(&self) -> bool {
        !self.waiting.is_empty()
    }

    pub(super) fn note_stored(&mut self, stored: Stored) {
        self.stored.push(stored);
    }

    /// What is in the store, in the order of the attachments.
    pub(super) fn stored(&self) -> &[Stored] {
        &self.stored
    }

    /// A guid for the manifest of this one: no two manifests have the same.
    pub(super) fn guid(&self, first: &ManifestGuid) -> ManifestGuid {
        first.nth(self.stored.len())
    }

    /// For CreateJob, in the order of the official client: by path, then by name.
    pub(super) fn attachments(&self) -> Option<Attachments> {
        let roots = self.in_order().into_iter().filter_map(|root| {
            let stored = self.stored.iter().find(|stored| stored.root == root);
            let outputs = self.outputs.iter().filter(|(of, _)| *of == root);
            let attached = AttachedRoot {
                root: self.folder(root).clone(),
                location_name: self.name(root).cloned(),
                input: stored.map(|stored| stored.input.clone()),
                output_directories: outputs.map(|(_, folder)| folder.clone()).collect(),
            };
            let is_needed = attached.input.is_some() || !attached.output_directories.is_empty();
            is_needed.then_some(attached)
        });
        Attachments::new(roots.collect(), FileSystem::default()).ok()
    }

    fn in_order(&self) -> Vec<RootId> {
        let mut all: Vec<RootId> = (0..self.grouping.groups().len()).map(root_id).collect();
        let name = |root: &RootId| self.name(*root).map(LocationName::as_str);
        all.sort_by_key(|root| (self.folder(*root).as_str(), name(root)));
        all
    }
}

/// A job has [`MAX_ROOTS`] at most.
fn root_id(group: usize) -> RootId {
    debug_assert!(group < MAX_ROOTS);
    RootId::try_from(group).unwrap_or(RootId::MAX)
}

impl Engine {
    /// Finds the asset root of a file that will be uploaded; `false` where the upload has failed for it.
    pub(super) fn claim_root(&mut self, id: FileId) -> bool {
        if self.settings.manifest.is_none() {
            return true;
        }
        let file = self.files.get_mut(id);
        if let Some(root) = self.roots.claim(&file.path) {
            file.root = root;
        }
        if self.roots.are_too_many() {
            self.fail(Problem::too_many_roots());
            return false;
        }
        true
    }

    /// As [`Engine::claim_root`] for all files that were added, at the beginning.
    pub(super) fn claim_roots(&mut self) {
        for id in self.file_ids() {
            if self.files.get(id).state != FileState::LeftOut && !self.claim_root(id) {
                return;
            }
        }
    }

    /// Begins with the manifests: of asset roots that have files, or empty folders that can be named.
    pub(super) fn start_manifests(&mut self) {
        let mut has_entries = [false; MAX_ROOTS];
        let mut note = |root: RootId| {
            if let Some(has) = has_entries.get_mut(usize::from(root)) {
                *has = true;
            }
        };
        for file in self.files.iter() {
            if Self::is_in_manifest(file.state) {
                note(file.root);
            }
        }
        for folder in &self.empty_folders {
            if let Some(root) = self.roots.claim(folder) {
                note(root);
            }
        }
        if self.roots.are_too_many() {
            self.fail(Problem::too_many_roots());
            return;
        }
        let order = self.roots.in_order().into_iter();
        self.roots.waiting = order
            .filter(|root| has_entries[usize::from(*root)])
            .collect();
        self.roots.stored.clear();
        self.next_manifest();
    }

    /// The empty folders of an asset root, by their paths below it.
    pub(super) fn empty_folders_of(&mut self, root: RootId) -> Vec<RelativePath> {
        let folders: Vec<_> = self.empty_folders.iter().cloned().collect();
        let mut own = Vec::new();
        for folder in folders {
            if self.roots.claim(&folder) == Some(root) {
                own.extend(self.relative_path(root, &folder));
            }
        }
        own
    }

    /// The path of an entry below its asset root.
    pub(super) fn relative_path(&self, root: RootId, path: &RelativePath) -> Option<RelativePath> {
        let (before, rest) = self.roots.path_in(root, path.as_str());
        if before.is_empty() && rest.len() == path.as_str().len() {
            return Some(path.clone());
        }
        RelativePath::parse(format!("{before}{rest}")).ok()
    }
}
