//! Rules by which single recipients are refused.

use std::collections::BTreeSet;

use crate::domain::{Address, PersonKey, Phone};
use crate::sandbox::Service;

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
    /// In calls to this provider; without it, to whoever knows the refusal.
    pub provider: Option<Service>,
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
    /// Whether `to` is one of them.
    #[must_use]
    pub fn includes(&self, to: &Address) -> bool {
        match self {
            Self::Everybody => true,
            Self::Some { people, endings } => {
                let Some(digits) = to.phone().map(Phone::digits) else { return false };
                people.contains(&to.person()) || endings.iter().any(|ending| digits.ends_with(ending))
            }
        }
    }
}

/// A refusal in the words of some provider; calls to others, who do not know it, are left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// `invalid`.
    pub word: Box<str>,
    /// Of which field, where the word stands for several.
    pub field: Option<Box<str>>,
}
