//! The system's word that something changed. It is only a hint to look now: whoever relies on it alone misses what
//! happens on network drives, and what was never told.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

use super::name::{Role, role};
use super::stability::Hint;

/// Hints that are kept; of more, files have to rest as if nothing had been told.
const MOST: usize = 100_000;

/// See the module. Nothing is told any more once it is dropped.
#[derive(Debug)]
pub struct Watch {
    watcher: RecommendedWatcher,
    heard: Arc<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    hints: Mutex<Vec<(PathBuf, Hint)>>,
    bell: Notify,
}

impl Watch {
    /// Watches nothing yet.
    ///
    /// # Errors
    /// When the system has no more of what watching needs.
    pub fn new() -> notify::Result<Self> {
        let heard = Arc::<Heard>::default();
        let told = Arc::clone(&heard);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| told.hear(event))?;
        Ok(Self { watcher, heard })
    }

    /// Watches a folder too; with the folders in it where it is `deep`.
    ///
    /// # Errors
    /// When it is not there, or cannot be watched.
    pub fn add(&mut self, folder: &Path, deep: bool) -> notify::Result<()> {
        let mode = if deep { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        self.watcher.watch(folder, mode)
    }

    /// Everything that was told since the last time, in its order.
    #[must_use]
    pub fn hints(&self) -> Vec<(PathBuf, Hint)> {
        std::mem::take(&mut *self.heard.hints.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Until something is told.
    pub async fn rung(&self) {
        self.heard.bell.notified().await;
    }
}

impl Heard {
    fn hear(&self, event: notify::Result<Event>) {
        // What could not be told has to be looked for.
        let Ok(event) = event else { return self.bell.notify_one() };
        let hint = match event.kind {
            EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Both)) => Some(Hint::Arrived),
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(Hint::Closed),
            EventKind::Create(_) | EventKind::Modify(ModifyKind::Data(_)) => Some(Hint::Written),
            // Reading is no change.
            EventKind::Access(_) => return,
            _ => None,
        };
        let Some(path) = event.paths.into_iter().next_back() else { return self.bell.notify_one() };
        let is_ours = |name: &str| matches!(role(name), Role::Note | Role::Temporary);
        // Our own notes must not make us look again.
        if path.file_name().and_then(|name| name.to_str()).is_some_and(is_ours) {
            return;
        }
        if let Some(hint) = hint {
            let mut hints = self.hints.lock().unwrap_or_else(PoisonError::into_inner);
            if hints.len() < MOST {
                hints.push((path, hint));
            }
        }
        self.bell.notify_one();
    }
}
