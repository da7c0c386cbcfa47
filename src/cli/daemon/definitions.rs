//! The definitions in the workspace's root that say when they are to be sent, read again when they change.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::cli::campaigns;
use crate::cli::failure::Failure;
use crate::cli::owner::Owner;
use crate::definition;
use crate::domain::{Schedule, Start};

/// What a file was when it was read: which one, its size, and when it was last written, in seconds and nanoseconds.
pub type Stamp = (u64, u64, i64, i64);

/// A definition with a schedule.
#[derive(Debug, Clone)]
pub struct Scheduled {
    /// Its file.
    pub file: PathBuf,
    /// What the file was when it was read.
    pub stamp: Stamp,
    /// The campaign's name.
    pub campaign: String,
    /// Its schedule.
    pub schedule: Schedule,
}

/// A definition that means to be scheduled, and why it cannot be.
pub type Broken = (PathBuf, Failure);

/// See the module.
#[derive(Debug, Default)]
pub struct Definitions {
    known: HashMap<PathBuf, (Stamp, Option<Scheduled>)>,
    /// What was told of those that cannot be.
    told: HashMap<PathBuf, (Stamp, String)>,
    /// Those that cannot be, as they were at the last look.
    broken: HashSet<PathBuf>,
}

impl Definitions {
    /// The scheduled definitions as they are now, and why others, which mean to be scheduled, cannot be: each of
    /// these once, until something else is wrong with it.
    ///
    /// # Errors
    /// When the workspace's folder cannot be read.
    pub fn read(&mut self, owner: &Owner) -> Result<(Vec<Scheduled>, Vec<Broken>), Failure> {
        let files = campaigns::all(&owner.workspace)?;
        self.known.retain(|file, _| files.contains(file));
        self.told.retain(|file, _| files.contains(file));
        self.broken.clear();
        let mut broken = Vec::new();
        for file in files {
            // One that is just being replaced is read at the next look.
            let Ok(metadata) = fs::metadata(&file) else { continue };
            let stamp = (metadata.ino(), metadata.len(), metadata.mtime(), metadata.mtime_nsec());
            if self.known.get(&file).is_some_and(|(known, _)| *known == stamp) {
                continue;
            }
            match read(owner, &file, stamp) {
                Ok(scheduled) => {
                    self.told.remove(&file);
                    self.known.insert(file, (stamp, scheduled));
                }
                Err(failure) => {
                    // It is read at each look: what is wrong may be mended in another file, as that of holidays.
                    self.known.remove(&file);
                    if definition::is_scheduled(&file) {
                        self.broken.insert(file.clone());
                        let is_news = self.is_news(file.clone(), stamp, &failure);
                        broken.extend(is_news.then_some((file, failure)));
                    }
                }
            }
        }
        let mut scheduled: Vec<_> = self.known.values().filter_map(|(_, known)| known.clone()).collect();
        broken.extend(self.leave_out_namesakes(&mut scheduled));
        Ok((scheduled, broken))
    }

    /// This one is read again at the next look: something that it names has changed.
    pub fn forget(&mut self, file: &Path) {
        self.known.remove(file);
    }

    /// Whether a definition meant to be scheduled and could not be, when it was last read.
    pub fn is_broken(&self, file: &Path) -> bool {
        self.broken.contains(file)
    }

    fn is_news(&mut self, file: PathBuf, stamp: Stamp, failure: &Failure) -> bool {
        let said = (stamp, failure.sentence());
        self.told.insert(file, said.clone()) != Some(said)
    }

    /// Of several with one name, the times of each would be taken for those of the others: none of them is kept.
    fn leave_out_namesakes(&mut self, scheduled: &mut Vec<Scheduled>) -> Vec<Broken> {
        let mut same: BTreeMap<String, Vec<Scheduled>> = BTreeMap::new();
        scheduled.sort_by(|one, other| one.file.cmp(&other.file));
        for definition in scheduled.drain(..) {
            same.entry(definition.campaign.clone()).or_default().push(definition);
        }
        let mut broken = Vec::new();
        for (campaign, mut definitions) in same {
            let [first, _, ..] = definitions.as_slice() else {
                scheduled.append(&mut definitions);
                continue;
            };
            let names = definitions.iter().filter_map(|definition| definition.file.file_name());
            let names: Vec<_> = names.map(|name| name.to_string_lossy()).collect();
            let sentence = format!(
                "{} have the same name, \"{campaign}\", and each a schedule: nobody knows which of them is meant",
                names.join(" and ")
            );
            let failure = Failure::invalid(sentence)
                .with_hint("give each of them a `name` of its own; until then none of them is sent");
            self.broken.insert(first.file.clone());
            let is_news = self.is_news(first.file.clone(), first.stamp, &failure);
            broken.extend(is_news.then(|| (first.file.clone(), failure)));
        }
        scheduled.sort_by(|one, other| one.file.cmp(&other.file));
        broken
    }
}

fn read(owner: &Owner, file: &Path, stamp: Stamp) -> Result<Option<Scheduled>, Failure> {
    let campaign = definition::load(file, owner.workspace.root(), &owner.defaults())?;
    Ok(match campaign.schedule.start {
        Start::Launched => None,
        Start::At(_) | Start::Cron(_) => Some(Scheduled {
            file: file.to_owned(),
            stamp,
            campaign: campaign.name,
            schedule: campaign.schedule,
        }),
    })
}
