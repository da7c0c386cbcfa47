//! One look at the inbox: what is there, what it says, and what has gone.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::failure::Failure;
use crate::clock::Tick;
use crate::folder::{self, Entry, Facts, Kind, Role, Watch, has_settled, owner_of, role};

use super::attempt::{Desk, Outcome, Piece, Read, failed, no_file, read};
use super::inbox::{Intake, Whole};
use super::item::{Item, Stage};
use super::problem::Problem;

/// Definitions that are read in one look.
const AT_A_TIME: usize = 250;

/// A definition's file, and its audience's with whether that lies in the inbox.
#[derive(Debug)]
pub struct Found {
    /// The definition.
    pub definition: Piece,
    /// Its audience, where it has a file.
    pub audience: Option<(Piece, bool)>,
}

impl Intake {
    /// Looks at everything once. Gives when to look again, where that is known.
    pub(super) async fn look(&mut self) -> Result<Option<Tick>, Failure> {
        let workspace = &self.execution.owner.workspace;
        let (root, inbox) = (workspace.root().to_owned(), workspace.inbox_dir());
        let looked = tokio::task::spawn_blocking(move || Seen::of(&root, &inbox));
        let Seen { root, inbox, folders } = match looked.await {
            Ok(Ok(seen)) => seen,
            Ok(Err(error)) => {
                self.say_once(&format!("the inbox cannot be looked into: {error}"));
                return Ok(None);
            }
            Err(error) => {
                tracing::error!(%error, "a look at the inbox failed");
                return Ok(None);
            }
        };
        self.watch_inbox(&root);
        self.settings_seen = settings_of(&root);
        self.hear_hints();
        self.note_files(&root);
        let mut wake = self.take_stock(&inbox, &folders);
        if !self.read_new().await {
            wake = Some(self.execution.owner.engine.clock.tick());
        }
        let judged = self.judge_all().await?;
        wake = [wake, judged].into_iter().flatten().min();
        self.tidy(&inbox);
        Ok(wake)
    }

    fn hear_hints(&mut self) {
        if let (Whole::Watched(stability), Some(watch)) = (&mut self.whole, &self.watch) {
            for (path, hint) in watch.hints() {
                stability.hear(path, hint);
            }
        }
    }

    /// Begins to watch the workspace, where that is possible.
    pub(super) fn start_watching(&mut self) {
        if !self.settings.watch {
            return;
        }
        let started = Watch::new().and_then(|mut watch| {
            watch.add(self.execution.owner.workspace.root(), false)?;
            Ok(watch)
        });
        match started {
            Ok(watch) => self.watch = Some(watch),
            Err(error) => self.cannot_watch(&error.to_string()),
        }
    }

    fn cannot_watch(&mut self, why: &str) {
        let poll = crate::ui::words::duration(self.settings.poll);
        self.say_once(&format!(
            "changes of the inbox are not told by the system ({why}); it is looked at every {poll}"
        ));
    }

    /// The inbox may come later, and another one in its place.
    fn watch_inbox(&mut self, root: &[Entry]) {
        let inode = root.iter().find(|entry| entry.name == "inbox").map(|entry| entry.facts.inode);
        let folder = self.execution.owner.workspace.inbox_dir();
        if inode == self.watched {
            return;
        }
        let Some(watch) = &mut self.watch else { return };
        let added = if inode.is_some() { watch.add(&folder, true) } else { Ok(()) };
        self.watched = inode;
        if let Err(error) = added {
            self.cannot_watch(&error.to_string());
        }
    }

    /// When a file will be whole; `None` when it is. The end of time for whoever looks once.
    pub(super) fn whole_at(&mut self, path: &Path, facts: &Facts) -> Option<Tick> {
        let clock = &self.execution.owner.engine.clock;
        match &mut self.whole {
            Whole::Watched(stability) => stability.look(path, facts, clock.tick()),
            Whole::AtOnce => {
                let has_settled = has_settled(facts, clock.now(), self.settings.stable_for);
                (!has_settled).then_some(Tick(std::time::Duration::MAX))
            }
        }
    }

    /// Notes which definitions are there, and how they look.
    fn take_stock(&mut self, inbox: &[Entry], folders: &BTreeSet<String>) -> Option<Tick> {
        let now = self.execution.owner.engine.clock.tick();
        let mut wake: Option<Tick> = None;
        let mut strays = BTreeSet::new();
        for Entry { name, facts } in inbox {
            let problem = match (role(name), facts.kind) {
                (Role::Settings, _) => Some(misplaced(name)),
                (Role::Definition, kind) if kind != Kind::File => Some(no_file(name)),
                (Role::Audience, Kind::Special | Kind::Broken) => Some(no_file(name)),
                (Role::Definition, _) => None,
                _ if folders.contains(name) => Some(folder_of_definitions(name)),
                _ => continue,
            };
            if let Some(problem) = problem {
                self.items.remove(name);
                self.put_note(name, &problem);
                strays.insert(name.clone());
                continue;
            }
            let is_new = !self.items.contains_key(name);
            let item = self.items.entry(name.clone()).or_insert_with(|| Item::new(*facts));
            if item.stage == Stage::Working {
                continue;
            }
            let has_changed = !item.facts.is_same_content(facts);
            if has_changed || item.is_to_be_read_again(self.settings_seen, now) {
                *item = Item::new(*facts);
                self.queue.remove(name);
            }
            item.facts = *facts;
            let is_unread = item.read.is_none();
            if has_changed {
                self.remove_note(name);
            }
            if let Some(whole) = self.whole_at(&self.path(name), facts) {
                wake = Some(wake.map_or(whole, |wake| wake.min(whole)));
            }
            if (is_new || has_changed) && is_unread {
                self.set_stage(name, Stage::Settling);
            }
        }
        self.strays = strays;
        wake
    }

    /// Reads definitions that are whole and were not read yet; not all of thousands at once, so that those that
    /// were read are taken meanwhile and an end is heard. Gives whether none is left.
    async fn read_new(&mut self) -> bool {
        let most = if matches!(self.whole, Whole::AtOnce) { usize::MAX } else { AT_A_TIME };
        let (mut pieces, mut is_all) = (Vec::new(), true);
        let names: Vec<_> = self
            .items
            .iter()
            .filter(|(_, item)| item.read.is_none() && item.stage == Stage::Settling)
            .map(|(name, item)| (name.clone(), item.facts))
            .collect();
        for (name, facts) in names {
            let file = self.path(&name);
            if pieces.len() == most {
                is_all = false;
                break;
            }
            if self.whole_at(&file, &facts).is_none() {
                pieces.push((name, Piece { file, facts }));
            }
        }
        if pieces.is_empty() {
            return true;
        }
        let channels = match self.execution.owner.channels() {
            Ok(channels) => Arc::new(channels),
            Err(failure) => {
                let problem = Problem::of(&failure, str::to_owned);
                pieces.iter().for_each(|(name, _)| self.refuse(name, &problem));
                return is_all;
            }
        };
        let first = self.desks + 1;
        self.desks += u64::try_from(pieces.len()).unwrap_or(u64::MAX);
        let execution = self.execution.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let store = execution.owner.engine.journal.path().to_owned();
            let read_one = |(number, (name, piece)): (u64, (String, Piece))| {
                let read = Desk::new(&store, number)
                    .map_err(|error| Outcome::Bad(unmade(&name, &error)))
                    .and_then(|desk| read(&execution, &channels, &piece, &desk));
                (name, read)
            };
            (first..).zip(pieces).map(read_one).collect::<Vec<_>>()
        });
        match reading.await {
            Ok(read) => read.into_iter().for_each(|(name, read)| self.keep(&name, read)),
            Err(error) => tracing::error!(outcome = ?failed(&error), "definitions could not be read"),
        }
        is_all
    }

    fn keep(&mut self, name: &str, read: Result<Read, Outcome>) {
        match read {
            Ok(read) => {
                if let Some(item) = self.items.get_mut(name) {
                    item.read = Some(read);
                }
            }
            Err(Outcome::Bad(problem)) => self.refuse(name, &problem),
            // It is looked at again.
            Err(_) => {}
        }
    }

    /// The files of a definition that is next, as they look now.
    pub(super) fn found(&self, name: &str) -> Option<Found> {
        let item = self.items.get(name)?;
        let definition = Piece { file: self.path(name), facts: item.facts };
        let audience = match (item.read.as_ref()?.audience.as_ref(), item.audience) {
            (None, _) => None,
            (Some(path), Some((facts, in_inbox))) => {
                let file = self.audience_path(path, in_inbox);
                Some((Piece { file, facts }, in_inbox))
            }
            (Some(_), None) => return None,
        };
        Some(Found { definition, audience })
    }

    /// Where an audience lies that a definition calls so.
    pub(super) fn audience_path(&self, path: &Path, in_inbox: bool) -> PathBuf {
        let workspace = &self.execution.owner.workspace;
        if in_inbox { workspace.inbox_dir().join(path) } else { workspace.root().join(path) }
    }

    /// Forgets what is gone, and removes the notes that are not true any more.
    fn tidy(&mut self, inbox: &[Entry]) {
        let there: BTreeMap<&str, &Facts> =
            inbox.iter().map(|entry| (entry.name.as_str(), &entry.facts)).collect();
        let gone = |name: &String, item: &mut Item| {
            item.stage != Stage::Working && !there.contains_key(name.as_str())
        };
        let gone: Vec<_> = self.items.extract_if(.., gone).map(|(name, _)| name).collect();
        for name in gone {
            self.queue.remove(&name);
            self.going_on.remove(&name);
            self.remove_status(&name);
        }
        for Entry { name, .. } in inbox {
            let Some(owner) = owner_of(name).filter(|_| role(name) == Role::Note) else { continue };
            let is_true = match self.items.get(&owner) {
                _ if !there.contains_key(owner.as_str()) => false,
                Some(item) if name.ends_with(".problem.txt") => {
                    !matches!(item.stage, Stage::Taken(_) | Stage::Waits(_))
                }
                Some(_) => true,
                None => self.strays.contains(&owner),
            };
            if !is_true && let Err(error) = folder::remove(&self.path(name)) {
                self.say_once(&format!("inbox/{name} cannot be removed: {error}"));
            }
        }
        let inbox = self.execution.owner.workspace.inbox_dir();
        if let Whole::Watched(stability) = &mut self.whole {
            let is_there = |path: &Path| match path.strip_prefix(&inbox).ok().and_then(Path::to_str) {
                Some(name) if !name.contains('/') => there.contains_key(name),
                _ => path.exists(),
            };
            stability.keep(is_there);
        }
    }

    pub(super) fn remove_note(&mut self, name: &str) {
        if let Err(error) = folder::remove(&self.path(&folder::note_of(name))) {
            self.say_once(&format!("the note beside inbox/{name} cannot be removed: {error}"));
        }
    }

    fn remove_status(&mut self, name: &str) {
        let file = self.path(name);
        if let Err(error) = self.status.remove(&file) {
            self.say_once(&format!("the status of inbox/{name} cannot be removed: {error}"));
        }
    }
}

/// No place could be made for a copy of it.
pub fn unmade(name: &str, error: &io::Error) -> Problem {
    let problem = Problem::new(
        format!("{name}: it cannot be copied into the store: {error}"),
        "see that the workspace's folder can be written and that there is space left",
    );
    problem.that_may_pass()
}

fn misplaced(name: &str) -> Problem {
    Problem::new(
        format!("{name}: this is no campaign, and it means nothing in the inbox"),
        "put it into the workspace's own folder, the one above",
    )
}

fn folder_of_definitions(name: &str) -> Problem {
    Problem::new(
        format!("{name}: this folder has definitions in it, and only those directly in the inbox are taken"),
        "move the definitions up into the inbox; their audiences may stay, named with the folder in front",
    )
}

/// What lies in both folders.
struct Seen {
    root: Vec<Entry>,
    inbox: Vec<Entry>,
    /// Folders in the inbox that have definitions in them.
    folders: BTreeSet<String>,
}

impl Seen {
    fn of(root: &Path, inbox_folder: &Path) -> io::Result<Self> {
        let (root, inbox) = (list_or_nothing(root)?, list_or_nothing(inbox_folder)?);
        let is_one = |entry: &&Entry| {
            entry.facts.kind == Kind::Folder
                && role(&entry.name) != Role::Temporary
                && folder::holds(&inbox_folder.join(&entry.name), Role::Definition)
        };
        let folders = inbox.iter().filter(is_one).map(|entry| entry.name.clone()).collect();
        Ok(Self { root, inbox, folders })
    }
}

/// A folder that is not there has nothing in it.
fn list_or_nothing(folder: &Path) -> io::Result<Vec<Entry>> {
    match folder::list(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        listed => listed,
    }
}

/// What settings and definitions of the workspace look like: what was refused for them may be well when they change.
fn settings_of(root: &[Entry]) -> u64 {
    let mut hasher = DefaultHasher::new();
    let counts = |entry: &&Entry| matches!(role(&entry.name), Role::Definition | Role::Settings);
    for Entry { name, facts } in root.iter().filter(counts) {
        (name, facts.length, facts.modified, facts.inode).hash(&mut hasher);
    }
    hasher.finish()
}
