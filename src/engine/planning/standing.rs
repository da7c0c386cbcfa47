//! Where a plan puts somebody: the one rule for campaigns, single changes, retries and fallbacks.

use roaring::RoaringTreemap;

use crate::domain::{Address, Content, Standing};
use crate::journal::Journal;

/// See the module.
#[derive(Debug)]
pub struct StandingRule<'a> {
    journal: &'a Journal,
    /// Those whom earlier runs of the occurrence have, by [`Address::key`].
    reached: RoaringTreemap,
    /// Those who had as many messages as the frequency cap allows, by [`Address::person`].
    capped: RoaringTreemap,
}

impl<'a> StandingRule<'a> {
    /// The rule of a plan that knows of no other.
    #[must_use]
    pub fn new(journal: &'a Journal) -> Self {
        Self { journal, reached: RoaringTreemap::new(), capped: RoaringTreemap::new() }
    }

    /// The rule of a plan of an occurrence: whom its earlier runs have, and who is capped.
    #[must_use]
    pub fn of_occurrence(journal: &'a Journal, reached: RoaringTreemap, capped: RoaringTreemap) -> Self {
        Self { journal, reached, capped }
    }

    /// Whoever was reached has it already; suppressed and capped people are spared only what messages them;
    /// everybody else is sent to.
    #[must_use]
    pub fn standing(&self, address: &Address, content: &Content) -> Standing {
        if self.reached.contains(address.key(content).as_u64()) {
            return Standing::Already;
        }
        if !content.messages_somebody() {
            return Standing::Send;
        }
        let person = address.person();
        if !self.journal.suppressed_among(std::iter::once(person)).is_empty() {
            Standing::Suppressed
        } else if self.capped.contains(person.as_u64()) {
            Standing::Capped
        } else {
            Standing::Send
        }
    }
}
