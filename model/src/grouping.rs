//! Which asset root each file of an upload belongs to, by the places of a storage profile (spec
//! `s3-layout.md` 7).
//!
//! As in the official client nothing of a SHARED place is uploaded, and each LOCAL place has an asset root of
//! its own that carries its name. Unlike there, roots are not deepened (decision S9): files of a LOCAL place
//! are below the place's own folder, the text that workers map, and all others below the folder that the
//! person states for the tree that was dropped.

use std::borrow::Cow;

use crate::asset_root::{AssetRoot, PathFormat};
use crate::attachments::{CountError, MAX_ROOTS};
use crate::location_name::LocationName;
use crate::relative_path::RelativePath;
use crate::storage_profile::{FileSystemLocation, LocationKind};

/// Sorts the files of one upload, one after the other.
#[derive(Debug)]
pub struct Grouping {
    locations: Vec<FileSystemLocation>,
    trees: Vec<Tree>,
    groups: Vec<Group>,
}

/// An asset root of the upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// As it goes into `rootPath`.
    pub root: AssetRoot,
    /// Of the LOCAL place that it is.
    pub location_name: Option<LocationName>,
}

/// Where a file goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place<'p> {
    /// Into this group, from 0, below whose root it has this path.
    In {
        /// Its place in [`Grouping::groups`].
        group: usize,
        /// With slashes; empty for a folder that is the root itself.
        path: Cow<'p, str>,
    },
    /// Nowhere: the workers have it at the SHARED place of that name.
    Shared(LocationName),
}

/// A tree that was dropped, and what it has to do with each place.
#[derive(Debug)]
struct Tree {
    root: AssetRoot,
    /// The places that hold all of it or a part of it; those first that are deeper.
    related: Vec<Related>,
    /// Its own group, once it has one.
    group: Option<usize>,
}

#[derive(Debug)]
struct Related {
    /// Position of the place.
    location: usize,
    reach: Reach,
}

#[derive(Debug)]
enum Reach {
    /// All of the tree is in the place, below this path, which is empty or ends in a slash.
    Whole(String),
    /// What is below this path in the tree is in the place.
    Part(String),
}

impl Grouping {
    /// Begins with the places of the chosen storage profile; none without one.
    #[must_use]
    pub fn new(locations: &[FileSystemLocation]) -> Self {
        Self {
            locations: locations.to_vec(),
            trees: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// Adds a tree that was dropped, with the folder that holds it; gives its number for
    /// [`Grouping::place`].
    pub fn add_tree(&mut self, root: &AssetRoot) -> usize {
        let mut related: Vec<_> = self
            .locations
            .iter()
            .enumerate()
            .filter_map(|(location, place)| {
                let reach = Reach::of(root, &place.folder)?;
                Some(Related { location, reach })
            })
            .collect();
        let depth = |related: &Related| self.locations[related.location].folder.as_str().len();
        related.sort_by_key(|related| std::cmp::Reverse(depth(related)));
        self.trees.push(Tree {
            root: root.clone(),
            related,
            group: None,
        });
        self.trees.len() - 1
    }

    /// How many trees have been added.
    #[must_use]
    pub fn tree_count(&self) -> usize {
        self.trees.len()
    }

    /// Where a file of that tree goes.
    ///
    /// # Errors
    /// [`CountError::Roots`] if it would need one more asset root than a job may have.
    ///
    /// # Panics
    /// If there is no such tree.
    pub fn place<'p>(
        &mut self,
        tree: usize,
        path: &'p RelativePath,
    ) -> Result<Place<'p>, CountError> {
        // A place is a folder: what has its very path is no file in it.
        self.place_below(tree, path.as_str(), |inside| inside.is_below())
    }

    /// As [`Grouping::place`] for a folder that the job writes to, with slashes; empty for the root of the tree.
    ///
    /// # Errors
    /// As for [`Grouping::place`].
    ///
    /// # Panics
    /// If there is no such tree.
    pub fn place_folder<'p>(
        &mut self,
        tree: usize,
        path: &'p str,
    ) -> Result<Place<'p>, CountError> {
        self.place_below(tree, path, |_| true)
    }

    fn place_below<'p>(
        &mut self,
        tree: usize,
        path: &'p str,
        may_be_at: impl Fn(&Inside) -> bool,
    ) -> Result<Place<'p>, CountError> {
        let mut local = None;
        for inside in self.trees[tree].locations_of(path).filter(may_be_at) {
            let place = &self.locations[inside.location];
            match place.kind {
                LocationKind::Shared => return Ok(Place::Shared(place.name.clone())),
                LocationKind::Local => {
                    local = local.or_else(|| Some((inside.location, inside.path())));
                }
            }
        }
        let (group, path) = match local {
            Some((location, inside)) => (self.group_of_location(location)?, inside),
            None => (self.group_of_tree(tree)?, path.into()),
        };
        Ok(Place::In { group, path })
    }

    /// The SHARED place that holds a file of that tree, if there is one: it is not uploaded.
    ///
    /// # Panics
    /// If there is no such tree.
    #[must_use]
    pub fn shared(&self, tree: usize, path: &str) -> Option<&LocationName> {
        let places = self.trees[tree].locations_of(path).filter(Inside::is_below);
        places
            .map(|inside| &self.locations[inside.location])
            .find(|place| place.kind == LocationKind::Shared)
            .map(|place| &place.name)
    }

    /// The path below its root of a file of that tree that [`Grouping::place`] has put into this group, in two
    /// parts: what is before all paths of the tree there (empty, or it ends in a slash), and the rest of this one.
    ///
    /// # Panics
    /// If there is no such tree or group.
    #[must_use]
    pub fn path_in<'a, 'p: 'a>(
        &'a self,
        tree: usize,
        group: usize,
        path: &'p str,
    ) -> (&'a str, &'p str) {
        let name = self.groups[group].location_name.as_ref();
        let mut places = self.trees[tree].locations_of(path);
        let found = places.find(|inside| Some(&self.locations[inside.location].name) == name);
        found.map_or(("", path), |inside| (inside.before, inside.rest))
    }

    /// The asset roots so far, in the order in which they were needed.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    fn group_of_location(&mut self, location: usize) -> Result<usize, CountError> {
        let place = &self.locations[location];
        let group = Group {
            root: place.folder.clone(),
            location_name: Some(place.name.clone()),
        };
        self.group(group)
    }

    fn group_of_tree(&mut self, tree: usize) -> Result<usize, CountError> {
        if let Some(group) = self.trees[tree].group {
            return Ok(group);
        }
        let number = self.group(Group {
            root: self.trees[tree].root.clone(),
            location_name: None,
        })?;
        self.trees[tree].group = Some(number);
        Ok(number)
    }

    /// Trees of one root share a group.
    fn group(&mut self, group: Group) -> Result<usize, CountError> {
        if let Some(known) = self.groups.iter().position(|known| *known == group) {
            return Ok(known);
        }
        if self.groups.len() == MAX_ROOTS {
            return Err(CountError::Roots(MAX_ROOTS + 1));
        }
        self.groups.push(group);
        Ok(self.groups.len() - 1)
    }
}

impl Tree {
    /// The places that hold this path, deepest first.
    fn locations_of<'a, 'p: 'a>(&'a self, path: &'p str) -> impl Iterator<Item = Inside<'a, 'p>> {
        let format = self.root.format();
        self.related.iter().filter_map(move |related| {
            let (before, rest) = match &related.reach {
                Reach::Whole(before) => (before.as_str(), path),
                Reach::Part(folder) => ("", below(path, folder, format, '/')?),
            };
            Some(Inside {
                location: related.location,
                before,
                rest,
            })
        })
    }
}

/// A path in a place.
struct Inside<'a, 'p> {
    /// Position of the place.
    location: usize,
    /// Of the tree in the place; empty, or it ends in a slash.
    before: &'a str,
    rest: &'p str,
}

impl<'p> Inside<'_, 'p> {
    /// Whether it is not the place itself.
    fn is_below(&self) -> bool {
        !self.before.is_empty() || !self.rest.is_empty()
    }

    fn path(&self) -> Cow<'p, str> {
        if self.before.is_empty() {
            return self.rest.into();
        }
        format!("{}{}", self.before, self.rest)
            .trim_end_matches('/')
            .to_owned()
            .into()
    }
}

impl Reach {
    fn of(root: &AssetRoot, location: &AssetRoot) -> Option<Self> {
        let format = root.format();
        if format != location.format() {
            return None;
        }
        let separator = format.separator();
        if let Some(inside) = below(root.as_str(), location.as_str(), format, separator) {
            let mut before = slashed(inside, format);
            if !before.is_empty() {
                before.push('/');
            }
            return Some(Self::Whole(before));
        }
        let inside = below(location.as_str(), root.as_str(), format, separator)?;
        Some(Self::Part(slashed(inside, format)))
    }
}

/// With the separators of manifests.
fn slashed(path: &str, format: PathFormat) -> String {
    match format {
        PathFormat::Posix => path.to_owned(),
        PathFormat::Windows => path.replace('\\', "/"),
    }
}

/// What of the path is below the folder: empty for the folder itself, nothing outside. On Windows the case
/// of letters does not count.
fn below<'a>(path: &'a str, folder: &str, format: PathFormat, separator: char) -> Option<&'a str> {
    // A bare root is written with its separator.
    let folder = folder.trim_end_matches(separator);
    let mut rest = path.chars();
    for wanted in folder.chars() {
        let letter = rest.next()?;
        let is_same = letter == wanted
            || format == PathFormat::Windows && letter.to_lowercase().eq(wanted.to_lowercase());
        if !is_same {
            return None;
        }
    }
    let rest = rest.as_str();
    if rest.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(name: &str, folder: &str, kind: LocationKind) -> FileSystemLocation {
        FileSystemLocation {
            name: name.parse().unwrap(),
            folder: root(folder),
            kind,
        }
    }

    fn root(path: &str) -> AssetRoot {
        AssetRoot::parse(path, PathFormat::of(path)).unwrap()
    }

    use LocationKind::{Local, Shared};

    /// Places one file of one tree; gives root, name and path, or `shared NAME`.
    fn placed(locations: &[FileSystemLocation], tree: &str, path: &str) -> String {
        let mut grouping = Grouping::new(locations);
        let tree = grouping.add_tree(&root(tree));
        match grouping
            .place(tree, &RelativePath::parse(path).unwrap())
            .unwrap()
        {
            Place::Shared(name) => format!("shared {name}"),
            Place::In { group, path } => {
                let group = &grouping.groups()[group];
                let name = group
                    .location_name
                    .as_ref()
                    .map_or("-", LocationName::as_str);
                format!("{} {name} {path}", group.root)
            }
        }
    }

    #[test]
    fn without_places_everything_is_below_the_stated_root() {
        assert_eq!(placed(&[], "/projects", "shot/a"), "/projects - shot/a");
    }

    #[test]
    fn a_local_place_has_its_own_root_wherever_the_tree_begins() {
        let places = [location("Assets", "/mnt/assets", Local)];
        for (tree, path, expected) in [
            ("/mnt/assets", "a/b", "/mnt/assets Assets a/b"),
            ("/mnt/assets/lib/x", "b", "/mnt/assets Assets lib/x/b"),
            ("/mnt", "assets/a", "/mnt/assets Assets a"),
            ("/", "mnt/assets/a", "/mnt/assets Assets a"),
            ("/mnt", "assets2/a", "/mnt - assets2/a"),
            ("/mnt", "other", "/mnt - other"),
            ("/mnt", "assets", "/mnt - assets"),
        ] {
            assert_eq!(placed(&places, tree, path), expected, "{tree} {path}");
        }
    }

    #[test]
    fn nothing_of_a_shared_place_is_uploaded_even_inside_a_local_one() {
        let places = [
            location("Assets", "/mnt/assets", Local),
            location("Tools", "/mnt/assets/tools", Shared),
            location("All", "/net", Shared),
            location("Mine", "/net/mine", Local),
        ];
        for (tree, path, expected) in [
            ("/mnt/assets", "tools/x", "shared Tools"),
            ("/mnt/assets/tools", "x", "shared Tools"),
            ("/mnt/assets", "toolsx", "/mnt/assets Assets toolsx"),
            ("/net/mine", "x", "shared All"),
        ] {
            assert_eq!(placed(&places, tree, path), expected, "{tree} {path}");
        }
    }

    #[test]
    fn of_local_places_inside_each_other_the_deepest_counts() {
        let places = [
            location("Outer", "/p", Local),
            location("Inner", "/p/show/lib", Local),
            location("Middle", "/p/show", Local),
        ];
        assert_eq!(placed(&places, "/p", "show/lib/a"), "/p/show/lib Inner a");
        assert_eq!(placed(&places, "/p/show/lib", "a"), "/p/show/lib Inner a");
        assert_eq!(placed(&places, "/p", "show/a"), "/p/show Middle a");
        assert_eq!(placed(&places, "/p", "a"), "/p Outer a");
        let bare = [location("All", "/", Local)];
        assert_eq!(placed(&bare, "/p", "a"), "/ All p/a");
    }

    #[test]
    fn on_windows_case_does_not_count_and_drives_do() {
        let places = [
            location("Assets", "P:\\Assets", Local),
            location("Share", "\\\\server\\share", Shared),
        ];
        for (tree, path, expected) in [
            ("p:\\assets\\lib", "x/y", "P:\\Assets Assets lib/x/y"),
            ("P:\\", "ASSETS/a", "P:\\Assets Assets a"),
            ("Q:\\assets", "a", "Q:\\assets - a"),
            ("\\\\SERVER\\share\\x", "a", "shared Share"),
        ] {
            assert_eq!(placed(&places, tree, path), expected, "{tree} {path}");
        }
        // Places of another kind of machine mean nothing here.
        assert_eq!(placed(&places, "/p", "a"), "/p - a");
        let posix = [location("Assets", "/mnt/assets", Local)];
        assert_eq!(placed(&posix, "/mnt", "Assets/a"), "/mnt - Assets/a");
    }

    #[test]
    fn a_folder_that_is_written_to_may_be_a_place_itself() {
        let places = [
            location("Assets", "/mnt/assets", Local),
            location("Tools", "/mnt/tools", Shared),
        ];
        for (tree, folder, expected) in [
            ("/mnt", "assets", "Assets:"),
            ("/mnt", "assets/renders", "Assets:renders"),
            ("/mnt/assets", "", "Assets:"),
            ("/mnt/assets/lib", "", "Assets:lib"),
            ("/mnt/assets/lib", "renders", "Assets:lib/renders"),
            ("/mnt", "renders", "-:renders"),
            ("/mnt", "", "-:"),
            ("/mnt", "tools", "shared"),
        ] {
            let mut grouping = Grouping::new(&places);
            let number = grouping.add_tree(&root(tree));
            let found = match grouping.place_folder(number, folder).unwrap() {
                Place::Shared(_) => "shared".to_owned(),
                Place::In { group, path } => {
                    let name = &grouping.groups()[group].location_name;
                    let name = name.as_ref().map_or("-", LocationName::as_str);
                    format!("{name}:{path}")
                }
            };
            assert_eq!(found, expected, "{tree} {folder}");
        }
    }

    #[test]
    fn where_a_file_was_put_is_told_again() {
        let mut grouping = Grouping::new(&[
            location("Outer", "/p", Local),
            location("Inner", "/p/show/lib", Local),
            location("Tools", "/p/show/tools", Shared),
        ]);
        let tree = grouping.add_tree(&root("/p/show"));
        for path in ["a", "lib/b", "lib/c/d"] {
            let parsed = RelativePath::parse(path).unwrap();
            let Place::In {
                group,
                path: inside,
            } = grouping.place(tree, &parsed).unwrap()
            else {
                panic!("shared");
            };
            let (before, rest) = grouping.path_in(tree, group, path);
            assert_eq!(format!("{before}{rest}"), inside);
            assert_eq!(grouping.shared(tree, path), None);
        }
        let shared = |path| grouping.shared(tree, path).map(LocationName::as_str);
        assert_eq!(shared("tools/x"), Some("Tools"));
        assert_eq!(shared("tools"), None);
        assert_eq!(shared("toolsx"), None);
    }

    #[test]
    fn trees_share_groups_and_a_job_has_ten_at_most() {
        let mut grouping = Grouping::new(&[location("Assets", "/mnt/assets", Local)]);
        let path = RelativePath::parse("a").unwrap();
        let mut group = |folder: &str| {
            let tree = grouping.add_tree(&root(folder));
            grouping.place(tree, &path).map(|place| match place {
                Place::In { group, .. } => group,
                Place::Shared(_) => panic!("shared"),
            })
        };
        assert_eq!(group("/mnt/assets/x"), Ok(0));
        assert_eq!(group("/mnt/assets/y"), Ok(0));
        assert_eq!(group("/p"), Ok(1));
        assert_eq!(group("/p"), Ok(1));
        for number in 2..MAX_ROOTS {
            assert_eq!(group(&format!("/p{number}")), Ok(number));
        }
        assert_eq!(group("/one-more"), Err(CountError::Roots(11)));
        assert_eq!(group("/p5"), Ok(5));
    }
}
