//! Taking one dropped definition: it and its audience are copied while they are hashed, and the copy is planned, so
//! that what is sent is what was hashed, whatever happens to the files meanwhile.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;

use crate::cli::campaigns::{self, Loaded};
use crate::cli::execute::Execution;
use crate::cli::failure::Failure;
use crate::cli::launcher::Launcher;
use crate::domain::{AudienceSource, ContentHash, Late, Launch, RunId, RunName, RunState, Start};
use crate::engine::occurrence::{self, Wanted};
use crate::folder::{self, Facts, Refused};
use crate::journal::{Dropped, Journal, JournalError, Stamp};
use crate::settings::Channels;

use super::problem::Problem;

/// No definition is longer, in bytes; an audience given by mistake may be.
const LONGEST: u64 = 1024 * 1024;

/// What a definition says that matters before it is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The campaign's name.
    pub name: String,
    /// The audience's file as the definition has it; none where an account is asked.
    pub audience: Option<PathBuf>,
    /// Before when it is not sent.
    pub at: Option<Timestamp>,
    /// What is done where that has passed.
    pub late: Late,
    /// From when on it is not worth sending any more.
    pub valid_until: Option<Timestamp>,
    /// Which occurrence of the campaign it asks for.
    pub wanted: Wanted,
}

/// A file that is to be taken.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Its path.
    pub file: PathBuf,
    /// As it looked when it was found whole.
    pub facts: Facts,
}

/// What came of an attempt.
#[derive(Debug)]
pub enum Outcome {
    /// It made this run.
    Made(RunId),
    /// It says the same as something that made a run before.
    Again {
        /// The run.
        run: RunName,
        /// When it was planned.
        when: Timestamp,
        /// Whether it was given up.
        is_cancelled: bool,
    },
    /// A run of the campaign has to end first.
    Behind(RunName),
    /// A file changed while it was read.
    Changed,
    /// It cannot be taken.
    Bad(Problem),
}

impl From<Problem> for Outcome {
    fn from(problem: Problem) -> Self {
        Self::Bad(problem)
    }
}

/// A folder of the store for the copies of one attempt. Removed with what is in it when it is dropped.
#[derive(Debug)]
pub struct Desk(PathBuf);

impl Desk {
    /// The folder `store/dropped/number`, which nobody else uses.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(store: &Path, number: u64) -> io::Result<Self> {
        let folder = store.join("dropped").join(number.to_string());
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    /// Removes what attempts of dead processes left.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn sweep(store: &Path) -> io::Result<()> {
        match fs::remove_dir_all(store.join("dropped")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn take(&self, root: &Path, piece: &Piece, hasher: &mut blake3::Hasher) -> Result<PathBuf, Outcome> {
        let name = piece.file.file_name().unwrap_or_default();
        let to = self.0.join(name);
        let mut from = folder::open_within(root, &piece.file).map_err(|error| refused(&piece.file, error))?;
        let copied = folder::copy(&mut from, to.clone(), hasher);
        copied.map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => Outcome::Changed,
            _ => refused(&piece.file, Refused::Io(error)),
        })?;
        let now = folder::look(&piece.file).ok().flatten();
        if now.is_some_and(|now| now.is_same_content(&piece.facts)) { Ok(to) } else { Err(Outcome::Changed) }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "a copy of a dropped file could not be removed");
        }
    }
}

fn refused(file: &Path, error: Refused) -> Outcome {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    match error {
        Refused::Outside => Problem::new(
            format!("{name}: it leads out of the workspace's folder"),
            "put the file itself here, not a link to it",
        )
        .into(),
        Refused::NoFile => no_file(&name).into(),
        Refused::Io(error) => match error.kind() {
            io::ErrorKind::NotFound => Outcome::Changed,
            io::ErrorKind::PermissionDenied => Problem::new(
                format!("{name}: the file may not be read"),
                "let the user of `disparo serve` read it: chmod a+r",
            )
            .into(),
            _ => {
                let problem = Problem::new(
                    format!("{name}: it cannot be read: {error}"),
                    "see that the file can be opened, and that there is space left",
                );
                problem.that_may_pass().into()
            }
        },
    }
}

/// Something that is no file, under the name of one.
pub fn no_file(name: &str) -> Problem {
    Problem::new(
        format!("{name}: this is a folder, a pipe or a broken link, not a file"),
        "put the file itself here",
    )
}

/// Reads a definition far enough to know what it waits for. Blocks.
///
/// # Errors
/// What is wrong with it, or that it changed meanwhile.
pub fn read(execution: &Execution, channels: &Channels, piece: &Piece, desk: &Desk) -> Result<Read, Outcome> {
    let loaded = load(execution, channels, piece, desk, &mut blake3::Hasher::new())?;
    let schedule = &loaded.campaign.schedule;
    let at = match &schedule.start {
        Start::Launched => None,
        Start::At(at) => Some(*at),
        Start::Cron(_) => {
            return Err(Problem::new(
                "schedule.cron: what lies in the inbox is sent once, and this campaign is sent again and again",
                "put the definition into the workspace's own folder, beside channels.toml",
            )
            .into());
        }
    };
    let root = execution.owner.workspace.root();
    let audience = match &loaded.campaign.audience.source {
        AudienceSource::Account { .. } => None,
        AudienceSource::File(file) => match file.strip_prefix(root) {
            Ok(inside) if !leaves(inside) => Some(inside.to_owned()),
            _ => {
                let sentence =
                    format!("audience.file: {} lies outside of the workspace's folder", file.display());
                return Err(
                    Problem::new(sentence, "put the audience beside the definition, and name it so").into()
                );
            }
        },
    };
    let (late, valid_until) = (schedule.late, schedule.valid_until);
    Ok(Read { wanted: wanted(&loaded), name: loaded.campaign.name, audience, at, late, valid_until })
}

/// Whether a relative path leads out of the folder that it begins in, and be it to come back.
fn leaves(path: &Path) -> bool {
    let mut depth = 0_u32;
    path.components().any(|part| match part {
        Component::ParentDir if depth == 0 => true,
        Component::ParentDir => {
            depth -= 1;
            false
        }
        Component::Normal(_) => {
            depth += 1;
            false
        }
        Component::CurDir | Component::RootDir | Component::Prefix(_) => false,
    })
}

fn load(
    execution: &Execution,
    channels: &Channels,
    piece: &Piece,
    desk: &Desk,
    hasher: &mut blake3::Hasher,
) -> Result<Loaded, Outcome> {
    let owner = execution.owner.as_ref();
    if piece.facts.length > LONGEST {
        let sentence =
            format!("the file has {} bytes, which is too long for a definition", piece.facts.length);
        return Err(Problem::new(sentence, "is it an audience? Those are .csv, .tsv or .xlsx").into());
    }
    if piece.facts.length == 0 {
        return Err(Problem::new("the file is empty", "copy it once more").into());
    }
    let copy = desk.take(owner.workspace.root(), piece, hasher)?;
    campaigns::load(owner, channels, &copy).map_err(|failure| bad(&failure, desk, owner.workspace.root()))
}

/// Files are named as whoever dropped them sees them.
fn bad(failure: &Failure, desk: &Desk, root: &Path) -> Outcome {
    let [ours, theirs] = [&desk.0, root].map(|folder| format!("{}/", folder.display()));
    Problem::of(failure, |text| text.replace(&ours, "").replace(&theirs, "")).into()
}

/// Takes a definition with its audience: plans it, and sends it unless it waits for somebody. `path` is that of
/// the definition as seen from the workspace's folder; the audience is `in_inbox` where it was dropped too.
pub async fn take(
    execution: &Execution,
    launcher: &Launcher,
    path: &str,
    definition: Piece,
    audience: Option<(Piece, bool)>,
    desk: Desk,
) -> Outcome {
    match try_to_take(execution, launcher, path, definition, audience, desk).await {
        Ok(run) => Outcome::Made(run),
        Err(outcome) => outcome,
    }
}

async fn try_to_take(
    execution: &Execution,
    launcher: &Launcher,
    path: &str,
    definition: Piece,
    audience: Option<(Piece, bool)>,
    desk: Desk,
) -> Result<RunId, Outcome> {
    let owner = &execution.owner;
    let told = |failure: Failure, desk: &Desk| bad(&failure, desk, owner.workspace.root());
    let channels = owner.channels().map_err(|failure| told(failure, &desk))?;
    let (definition_facts, audience_facts) =
        (definition.facts, audience.as_ref().filter(|(_, in_inbox)| *in_inbox).map(|(piece, _)| piece.facts));
    // When a person last did something with what is to be taken, as the disk saw it.
    let changed =
        audience_facts.map_or(definition_facts.changed, |facts| facts.changed.max(definition_facts.changed));
    let mut dropped = Dropped {
        definition: stamp(&definition_facts),
        audience: audience_facts.as_ref().map(stamp),
        content: ContentHash([0; 32]),
    };
    let copying = {
        let execution = execution.clone();
        move || copy_both(&execution, &channels, &definition, audience.map(|(piece, _)| piece), desk)
    };
    let copied = tokio::task::spawn_blocking(copying).await;
    let (loaded, content, desk) = copied.map_err(|error| failed(&error))??;
    dropped.content = content;
    let journal = &owner.engine.journal;
    if let Some(view) = journal.run_of_drop(content).map_err(|error| told(error.into(), &desk))? {
        let before = journal.dropped(path).map_err(|error| told(error.into(), &desk))?;
        if before == Some(dropped) {
            return Ok(view.facts.plan.run);
        }
        let is_cancelled = view.summary.state == RunState::Cancelled;
        let plan = &view.facts.plan;
        return Err(Outcome::Again { run: plan.run_name.clone(), when: plan.created, is_cancelled });
    }
    let adopted = journal.adopted_at().map_err(|error| told(error.into(), &desk))?;
    if adopted.is_some_and(|adopted| changed <= adopted) {
        return Err(may_be_sent().into());
    }
    let wanted = wanted(&loaded);
    let behind = behind(journal, &loaded.campaign.name, wanted).map_err(|error| told(error.into(), &desk))?;
    if let Some(run) = behind {
        return Err(Outcome::Behind(run));
    }
    journal.remember_drop(path, dropped).await.map_err(|error| told(error.into(), &desk))?;
    let launched = launcher.launch(&loaded, Launch::Dropped(content), wanted).await;
    launched.map_err(|failure| told(failure, &desk))
}

/// The store was taken over since, and does not know what the other one did with it.
fn may_be_sent() -> Problem {
    Problem::new(
        "it was here already when Disparo's journal was taken over from a backup or a copy, and that does not \
         know whether it has been sent since",
        "if it was not sent, save it once more, or copy it here again; otherwise remove it",
    )
}

/// As `run` does it: a rehearsal reached nobody, so that each is another occurrence.
fn wanted(loaded: &Loaded) -> Wanted {
    if loaded.is_sandbox() { Wanted::Another } else { Wanted::Same }
}

/// The unfinished run that has to end before a campaign is launched.
///
/// # Errors
/// When the journal is broken.
pub fn behind(journal: &Journal, campaign: &str, wanted: Wanted) -> Result<Option<RunName>, JournalError> {
    let views = journal.views_where(|plan| plan.campaign == campaign)?;
    Ok(occurrence::choose(&views, campaign, wanted).err().map(|unfinished| unfinished.run))
}

fn copy_both(
    execution: &Execution,
    channels: &Channels,
    definition: &Piece,
    audience: Option<Piece>,
    desk: Desk,
) -> Result<(Loaded, ContentHash, Desk), Outcome> {
    let mut hasher = blake3::Hasher::new_derive_key("disparo dropped content");
    let mut loaded = load(execution, channels, definition, &desk, &mut hasher)?;
    if let Some(audience) = audience {
        let copy = desk.take(execution.owner.workspace.root(), &audience, &mut hasher)?;
        loaded.campaign.audience.source = AudienceSource::File(copy);
    }
    Ok((loaded, ContentHash(*hasher.finalize().as_bytes()), desk))
}

/// What is kept of a file that is taken.
pub fn stamp(facts: &Facts) -> Stamp {
    Stamp { length: facts.length, modified: facts.modified, inode: facts.inode }
}

/// A task of ours that broke.
pub fn failed(error: &tokio::task::JoinError) -> Outcome {
    let problem = Problem::new(format!("Disparo failed: {error}"), "it is tried again");
    problem.that_may_pass().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn what_may_not_be_read_is_told_with_what_to_do() {
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        let Outcome::Bad(problem) = refused(Path::new("inbox/x.csv"), Refused::Io(denied)) else {
            panic!("a note is due");
        };
        let text = problem.text("x.toml", Language::English);
        assert!(text.contains("x.csv: the file may not be read") && text.contains("chmod a+r"), "{text}");
        assert!(!problem.may_pass, "it is read again once somebody changes it");
    }

    #[test]
    fn a_full_disk_may_pass_and_a_file_that_is_gone_is_looked_for_again() {
        let file = Path::new("inbox/x.csv");
        let full = refused(file, Refused::Io(io::Error::from(io::ErrorKind::StorageFull)));
        assert!(matches!(full, Outcome::Bad(problem) if problem.may_pass));
        let gone = refused(file, Refused::Io(io::Error::from(io::ErrorKind::NotFound)));
        assert!(matches!(gone, Outcome::Changed));
    }
}
