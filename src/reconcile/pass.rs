//! One pass over things that were heard: what follows from them, to be written in one piece.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use crate::domain::{Heard, Mark, MessageId, Milestone, News, OptOutWords, RunId};
use crate::engine::occurrence;
use crate::journal::{Alias, Applied, Journal, JournalError, Marked, Proof, Unmatched};

use super::matching::{Matching, Whose};
use super::reconciler::{Counts, Wire};

/// What a pass comes to.
#[derive(Debug, Default)]
pub struct Passed {
    /// To be written.
    pub applied: Applied,
    /// What became of what was heard.
    pub counts: Counts,
    /// Channels that have to send more slowly.
    pub throttled: BTreeSet<String>,
}

/// Whose a receipt is.
enum Found {
    One(Whose),
    Foreign,
    Nobody,
}

/// See the module.
#[derive(Debug)]
pub struct Pass<'a> {
    pub(super) journal: &'a Journal,
    channels: &'a BTreeMap<String, Wire>,
    #[expect(dead_code, reason = "read once messages of people are")]
    words: &'a OptOutWords,
    matching: &'a mut Matching,
    #[expect(dead_code, reason = "read once messages of people are")]
    now: Timestamp,
    pub(super) applied: Applied,
    counts: Counts,
    throttled: BTreeSet<String>,
    /// Names that this pass learned.
    learned: HashMap<Alias, Whose>,
    /// Receipts of this pass that wait under a name; those that found their recipient after all are gone.
    waiting: HashMap<Alias, Vec<Unmatched>>,
    /// Runs whose receipts and doubts are at hand.
    open: HashSet<RunId>,
}

impl<'a> Pass<'a> {
    /// A pass that has heard nothing yet.
    pub fn new(
        journal: &'a Journal,
        channels: &'a BTreeMap<String, Wire>,
        words: &'a OptOutWords,
        matching: &'a mut Matching,
        now: Timestamp,
    ) -> Self {
        Self {
            journal,
            channels,
            words,
            matching,
            now,
            applied: Applied::default(),
            counts: Counts::default(),
            throttled: BTreeSet::new(),
            learned: HashMap::new(),
            waiting: HashMap::new(),
            open: HashSet::new(),
        }
    }

    /// Takes what was heard over a channel.
    pub fn hear(&mut self, channel: &str, received: i64, heard: Vec<Heard>) -> Result<(), JournalError> {
        for heard in heard {
            match heard {
                Heard::Receipt(receipt) => {
                    self.take(Unmatched { channel: channel.to_owned(), received, receipt })?;
                }
                Heard::Inbound(_) => {}
            }
        }
        Ok(())
    }

    /// What it came to.
    pub fn end(mut self) -> Passed {
        for unmatched in self.waiting.into_values().flatten() {
            let names = names_of(self.channels, &unmatched);
            self.applied.unmatched.push((names, unmatched));
        }
        Passed { applied: self.applied, counts: self.counts, throttled: self.throttled }
    }

    fn take(&mut self, heard: Unmatched) -> Result<(), JournalError> {
        match self.find(&heard)? {
            Found::Foreign => self.counts.foreign += 1,
            Found::One(whose) => self.belongs(whose, heard)?,
            Found::Nobody => {
                self.counts.unmatched += 1;
                if let Some(first) = names_of(self.channels, &heard).first() {
                    self.waiting.entry(*first).or_default().push(heard);
                }
            }
        }
        Ok(())
    }

    fn find(&mut self, heard: &Unmatched) -> Result<Found, JournalError> {
        if let Some(correlation) = &heard.receipt.correlation {
            if *correlation.store != *self.journal.identifier() {
                return Ok(Found::Foreign);
            }
            let whose = (correlation.run, correlation.recipient);
            let is_known = self.matching.has(self.journal, whose)?;
            return Ok(if is_known { Found::One(whose) } else { Found::Nobody });
        }
        let mut found = None;
        for name in names_of(self.channels, heard) {
            let known = self.known_as(name)?;
            if known.is_some() && found.is_some() && known != found {
                return Ok(Found::Nobody);
            }
            found = found.or(known);
        }
        Ok(found.map_or(Found::Nobody, Found::One))
    }

    fn known_as(&self, name: Alias) -> Result<Option<Whose>, JournalError> {
        match self.learned.get(&name) {
            Some(whose) => Ok(Some(*whose)),
            None => self.journal.known_as(name),
        }
    }

    fn belongs(&mut self, whose: Whose, heard: Unmatched) -> Result<(), JournalError> {
        self.counts.matched += 1;
        self.open(whose.0)?;
        let wire = self.channels.get(&heard.channel);
        let receipt = &heard.receipt;
        if wire.is_some_and(|wire| wire.is_found_by_id) {
            for name in names_of(self.channels, &heard) {
                if self.known_as(name)?.is_none() {
                    self.learned.insert(name, whose);
                    self.applied.aliases.push((name, whose.0, whose.1));
                }
            }
        }
        let at = receipt.at.unwrap_or(heard.received).min(heard.received);
        let (mark, failure) = match &receipt.news {
            News::Reached(milestone) => (Mark::Reached(*milestone), None),
            News::Clicked(_) => (Mark::Clicked, None),
            News::Failed(failure) => (Mark::Failed(failure.number()), Some(failure.clone())),
            News::Unknown(_) => (Mark::Reached(Milestone::Queued), None),
        };
        self.applied.marks.push(Marked { run: whose.0, recipient: whose.1, mark, at, failure });
        let is_sent = match &receipt.news {
            News::Reached(milestone) => *milestone > Milestone::Queued,
            News::Clicked(_) => true,
            News::Failed(_) | News::Unknown(_) => false,
        };
        let id = receipt.ids.first().cloned();
        self.applied.proved.push(Proof { run: whose.0, recipient: whose.1, id, is_sent });
        Ok(())
    }

    fn open(&mut self, run: RunId) -> Result<(), JournalError> {
        if self.open.insert(run) {
            self.journal.attach_deliveries(run)?;
            if let Err(error) = occurrence::attach(self.journal, run) {
                tracing::warn!(%run, %error, "receipts of the run cannot settle its doubts");
            }
        }
        Ok(())
    }
}

/// The names under which a receipt may be known.
fn names_of(channels: &BTreeMap<String, Wire>, heard: &Unmatched) -> Vec<Alias> {
    let provider = channels.get(&heard.channel).map_or(heard.channel.as_str(), |wire| &wire.provider);
    let name = |id: &MessageId| Alias::new(provider, id);
    heard.receipt.ids.iter().map(name).collect()
}
