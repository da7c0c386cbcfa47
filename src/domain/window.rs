//! Windows: on which days and between which hours a run may send.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Serialize};

use super::Zone;

/// See the module. Frozen with a run: a holiday that is added later is one for later runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Days of the week on which it opens.
    pub days: Days,
    /// When it opens.
    pub from: Time,
    /// When it closes: the first moment that is outside. Not later than `from` where it goes on past midnight;
    /// it belongs to the day on which it opens then.
    pub to: Time,
    /// Whose clock.
    pub clock: WindowClock,
    /// The sender's zone; also that of recipients of whom nobody can tell where they are.
    pub zone: Zone,
    /// Days on which it does not open.
    pub holidays: BTreeSet<Date>,
}

/// Whose clock a window goes by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowClock {
    /// The sender's: one for everybody.
    #[default]
    Sender,
    /// Each recipient's own, by the number.
    Recipient,
}

/// Days of the week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Days(pub [bool; 7]);

impl Days {
    /// All seven.
    pub const ALL: Self = Self([true; 7]);

    /// Whether a day is among them.
    #[must_use]
    pub fn has(self, day: Weekday) -> bool {
        usize::try_from(day.to_monday_zero_offset()).is_ok_and(|index| self.0.get(index) == Some(&true))
    }
}
