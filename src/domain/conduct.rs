//! How a run goes on beyond its plan's people and brakes: frozen with it, and written beside it.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Action, FrequencyCap, Share};

/// What the texts of an `[after]` may use, the same for everybody: the campaign's name and the run's.
pub const AFTER_NAMES: [&str; 2] = ["campaign", "run"];

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conduct {
    /// First a few, then the others if all is well.
    pub canary: Option<Canary>,
    /// Whether messages that failed for a reason that passes are sent again, in a linked run.
    pub retry_failed: bool,
    /// What is done for everybody who was accepted, in linked runs, one for each.
    pub after: Vec<Action>,
    /// How many messages a person gets, at most: holds for the run's plan and for the runs that are linked to it.
    pub frequency_cap: Option<FrequencyCap>,
}

/// First a few, then the others if all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Canary {
    /// How many are sent first.
    pub size: NonZeroU32,
    /// How long what becomes of them is waited for, after the last of them was sent.
    pub wait: Duration,
    /// The run is held when a larger share than this of them failed: rejected at once, or not delivered.
    pub stop_above: Share,
}
