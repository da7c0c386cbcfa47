//! The definitions in the workspace's root that say when they are to be sent, read again when they change.

use std::collections::HashMap;
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

/// See the module.
#[derive(Debug, Default)]
pub struct Definitions {
    known: HashMap<PathBuf, (Stamp, Option<Scheduled>)>,
}

impl Definitions {
    /// The scheduled definitions as they are now, and why others, which mean to be scheduled, cannot be: each of
    /// these once, until it changes.
    ///
    /// # Errors
    /// When the workspace's folder cannot be read.
    pub fn read(&mut self, owner: &Owner) -> Result<(Vec<Scheduled>, Vec<Failure>), Failure> {
        let files = campaigns::all(&owner.workspace)?;
        self.known.retain(|file, _| files.contains(file));
        let mut broken = Vec::new();
        for file in files {
            // One that is just being replaced is read at the next look.
            let Ok(metadata) = fs::metadata(&file) else { continue };
            let stamp = (metadata.ino(), metadata.len(), metadata.mtime(), metadata.mtime_nsec());
            if self.known.get(&file).is_some_and(|(known, _)| *known == stamp) {
                continue;
            }
            let scheduled = match read(owner, &file, stamp) {
                Ok(scheduled) => scheduled,
                Err(failure) => {
                    broken.extend(definition::is_scheduled(&file).then_some(failure));
                    None
                }
            };
            self.known.insert(file, (stamp, scheduled));
        }
        let mut scheduled: Vec<_> = self.known.values().filter_map(|(_, known)| known.clone()).collect();
        scheduled.sort_by(|one, other| one.file.cmp(&other.file));
        Ok((scheduled, broken))
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
