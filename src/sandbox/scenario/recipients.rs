//! Rules by which single recipients are refused.

use std::collections::BTreeSet;

use crate::domain::{PersonKey, Phone};
use crate::sandbox::devino::DevinoRefusal;
use crate::sandbox::wati::WatiRefusal;

/// Refuses some recipients, each time they come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientRule {
    /// How.
    pub refuse: Refusal,
    /// Whom.
    pub who: Who,
    /// From which recipient on, counted from 1 since the scenario was set.
    pub from: u64,
    /// Each person the first time only.
    pub once: bool,
}

/// Which people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// All.
    Everybody,
    /// Those who are listed, and those whose number ends so.
    Some {
        /// With and without the ninth digit.
        people: BTreeSet<PersonKey>,
        /// Last digits.
        endings: Vec<String>,
    },
}

impl Who {
    /// Whether `phone` is one of them.
    #[must_use]
    pub fn includes(&self, phone: Phone) -> bool {
        match self {
            Self::Everybody => true,
            Self::Some { people, endings } => {
                let digits = phone.digits();
                people.contains(&phone.person()) || endings.iter().any(|ending| digits.ends_with(ending))
            }
        }
    }
}

/// A refusal in one provider's words; it concerns that provider's calls alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// An error of the seed's table.
    Devino(DevinoRefusal),
    /// A business failure.
    Wati(WatiRefusal),
}
