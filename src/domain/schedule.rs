//! When a campaign is sent: what starts it, what is done when that was missed, until when it is worth sending.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Cron, Window, Zone};

/// The table `[schedule]` of a definition, with `safety.approval`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// What starts it.
    pub start: Start,
    /// In which its times are written.
    pub zone: Zone,
    /// When a run of it may send.
    pub window: Option<Window>,
    /// From when on nothing of it is sent any more.
    pub valid_until: Option<Timestamp>,
    /// What is done where the moment passed while nothing ran.
    pub late: Late,
    /// What is done where it is due while its last run is unfinished.
    pub overlap: Overlap,
    /// Whether a person has to approve each plan before it is sent.
    pub approval: bool,
}

impl Schedule {
    /// A campaign that is sent when it is launched, at any time.
    #[must_use]
    pub fn none(zone: Zone) -> Self {
        Self {
            start: Start::Launched,
            zone,
            window: None,
            valid_until: None,
            late: Late::default(),
            overlap: Overlap::default(),
            approval: false,
        }
    }

    /// What of it is frozen with a run.
    #[must_use]
    pub fn timing(&self) -> Timing {
        Timing {
            window: self.window.clone(),
            valid_until: self.valid_until,
            late: self.late,
            approval: self.approval,
        }
    }
}

/// What starts a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// A person, or that its definition is dropped into the inbox.
    Launched,
    /// A moment: it fires once.
    At(Timestamp),
    /// Each time that fits: every firing is an occurrence of its own.
    Cron(Cron),
}

/// What is done where a moment passed while nothing ran, or a run lay interrupted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Late {
    /// It is sent up to an hour late, and held for a person after that.
    #[default]
    Usual,
    /// It is sent, however late.
    Send,
    /// It is left out.
    Skip,
    /// It is held for a person.
    Hold,
}

/// How late is still in time where a campaign does not say what is to be done when it is late.
pub const USUALLY_IN_TIME: Duration = Duration::from_secs(60 * 60);

/// What is done about something that is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lateness {
    /// It is sent all the same.
    Send,
    /// It is left out.
    Skip,
    /// It waits for a person.
    Hold,
}

impl Late {
    /// What is done about something that is late by so much. What is not late by a minute is in time.
    #[must_use]
    pub fn judge(self, by: Duration) -> Lateness {
        const IN_TIME: Duration = Duration::from_secs(60);
        match self {
            _ if by < IN_TIME => Lateness::Send,
            Self::Send => Lateness::Send,
            Self::Usual if by <= USUALLY_IN_TIME => Lateness::Send,
            Self::Usual | Self::Hold => Lateness::Hold,
            Self::Skip => Lateness::Skip,
        }
    }
}

/// What is done where a campaign is due while its last run is unfinished.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overlap {
    /// The firing is left out.
    #[default]
    Skip,
    /// It is sent once that run has ended; of several firings that wait, the newest.
    Queue,
}

/// When a run may send, frozen with it and written beside its plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// When it may send; always where there is none.
    pub window: Option<Window>,
    /// From when on nothing of it is sent any more.
    pub valid_until: Option<Timestamp>,
    /// What is done where it lay interrupted.
    pub late: Late,
    /// Whether it waits for a person's approval before it is sent.
    pub approval: bool,
}

impl Timing {
    /// Whether nothing of the run is worth sending any more.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.valid_until.is_some_and(|until| now >= until)
    }
}

/// What launched a run. A run by a file or a firing is made once, whoever asks how often: the launch is written
/// with the run, and another of the same kind is refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Launch {
    /// A command of a person.
    #[default]
    Hand,
    /// A definition and an audience of this content that were dropped into the inbox.
    Dropped(ContentHash),
    /// The campaign's schedule.
    Fired {
        /// The moment that it was for.
        at: Timestamp,
    },
}

/// BLAKE3 over a definition and its audience.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContentHash(pub [u8; 32]);

impl fmt::Display for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ContentHash({self})")
    }
}
