//! What is known of one definition in the inbox.

use crate::clock::Tick;
use crate::domain::{RunId, RunName};
use crate::folder::Facts;

use super::attempt::Read;

/// See the module.
#[derive(Debug)]
pub struct Item {
    /// As it looked when everything below was found out.
    pub facts: Facts,
    /// What it says, once it was whole and could be read.
    pub read: Option<Read>,
    /// How its audience looked, and whether that lies in the inbox, when it was last judged.
    pub audience: Option<(Facts, bool)>,
    /// How far it got.
    pub stage: Stage,
}

/// How far a definition got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It has to rest first.
    Settling,
    /// It waits for something, in words that complete "waits for".
    Waits(String),
    /// A run of the campaign has to end first.
    Behind(RunName),
    /// It is next.
    Queued,
    /// It is being taken.
    Working,
    /// It made a run.
    Taken(RunId),
    /// There is a note beside it.
    Refused(Basis),
}

/// When a refusal is thought over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// When it, its audience or the workspace's settings change.
    Files {
        /// What the settings looked like.
        settings: u64,
    },
    /// And at this moment.
    Until {
        /// What the settings looked like.
        settings: u64,
        /// The moment.
        again: Tick,
    },
    /// At each look: it is about the files beside it.
    Neighbours,
}

impl Item {
    /// Nothing is known but how it looks.
    pub fn new(facts: Facts) -> Self {
        Self { facts, read: None, audience: None, stage: Stage::Settling }
    }

    /// Whether a refusal does not hold any more, as far as the file itself and the settings go.
    pub fn is_to_be_read_again(&self, settings: u64, now: Tick) -> bool {
        match self.stage {
            Stage::Refused(Basis::Files { settings: before }) => settings != before,
            Stage::Refused(Basis::Until { settings: before, again }) => settings != before || now >= again,
            _ => false,
        }
    }

    /// Whether nothing was made of it yet, and something may be.
    pub fn is_pending(&self) -> bool {
        !matches!(self.stage, Stage::Taken(_) | Stage::Refused(Basis::Files { .. } | Basis::Until { .. }))
    }
}
