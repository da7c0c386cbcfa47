//! What is known of runs while receipts look for their messages, from one pass to the next.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::domain::{PersonKey, Recipient, RecipientNumber, RunId};
use crate::engine::{EngineError, occurrence};
use crate::journal::{Journal, JournalError, Place};
use crate::roster::{Roster, RosterError};

use super::index::Index;

/// A recipient of a run.
pub type Whose = (RunId, RecipientNumber);

/// How long after its call a message may still be spoken of by nothing but a number, in milliseconds.
pub const PATIENCE: i64 = 72 * 60 * 60 * 1_000;

/// The same where not even a template's name is told: later, an operator may have written to the person.
pub const BRIEF: i64 = 15 * 60 * 1_000;

/// By how much a provider's clock may differ from ours, in milliseconds.
pub const SKEW: i64 = 30_000;

/// Rosters that are kept open, at most.
const OPEN_ROSTERS: usize = 32;

/// Which runs are looked through for a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// Those that made calls within 72 hours.
    #[default]
    Recent,
    /// All.
    All,
}

/// A call for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Whom of which run.
    pub whose: Whose,
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// Whether it is the only one for this recipient.
    pub is_only: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Matching {
    recipients: HashMap<RunId, u64>,
    /// None where the roster cannot be read.
    indexes: HashMap<RunId, Option<Index>>,
    rosters: HashMap<RunId, Roster>,
    /// Runs whose newest calls this pass has read.
    fresh: HashSet<RunId>,
    /// Runs over a channel, as this pass found them.
    over: HashMap<String, Vec<RunId>>,
    reach: Reach,
    /// Runs without calls since then are not recent, in milliseconds since the Unix epoch.
    since: i64,
}

impl Matching {
    /// Another pass begins, over things that were heard from `heard` on (milliseconds since the Unix epoch).
    pub fn begin(&mut self, reach: Reach, heard: i64) {
        self.since = heard.saturating_sub(PATIENCE + SKEW);
        self.reach = reach;
        self.fresh.clear();
        self.over.clear();
        let since = self.since;
        // One that is still empty is of a run that just begins.
        let is_recent = |index: &Option<Index>| index.as_ref().is_some_and(|index| index.newest() >= since);
        self.indexes.retain(|_, index| is_recent(index));
        if self.rosters.len() > OPEN_ROSTERS {
            self.rosters.clear();
        }
    }

    /// Something of this pass was heard earlier than the others, in milliseconds since the Unix epoch.
    pub fn reach_back(&mut self, heard: i64) {
        let since = heard.saturating_sub(PATIENCE + SKEW);
        if since < self.since {
            self.since = since;
            self.over.clear();
        }
    }

    /// Whether there is such a recipient.
    pub fn has(&mut self, journal: &Journal, (run, recipient): Whose) -> Result<bool, JournalError> {
        let recipients = match self.recipients.get(&run) {
            Some(recipients) => *recipients,
            None => match journal.view(run) {
                Ok(view) => *self.recipients.entry(run).or_insert(view.facts.plan.rows.recipients),
                Err(JournalError::NoRun(_)) => return Ok(false),
                Err(error) => return Err(error),
            },
        };
        Ok(u64::from(recipient.0) < recipients)
    }

    /// Folds a run's log, unless somebody has. False where its roster is lost: nothing can be proved of it.
    pub fn attach(&mut self, journal: &Journal, run: RunId) -> Result<bool, JournalError> {
        match journal.with_ledger(run, |_| ()) {
            Ok(()) => return Ok(true),
            Err(JournalError::NotOpen(_)) => {}
            Err(error) => return Err(error),
        }
        match occurrence::attach(journal, run) {
            Ok(roster) => {
                self.rosters.insert(run, roster);
                Ok(true)
            }
            // The log of one run that is damaged holds up no receipts of the others.
            Err(EngineError::Journal(error)) if !matches!(error, JournalError::Damaged(_)) => Err(error),
            Err(error) => {
                tracing::warn!(%run, %error, "receipts cannot settle doubts of the run");
                Ok(false)
            }
        }
    }

    /// A recipient as it was frozen; none where it was forgotten or the roster is lost.
    pub fn recipient(&mut self, journal: &Journal, (run, number): Whose) -> Option<Recipient> {
        let roster = match self.rosters.entry(run) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => match Roster::open(journal.path(), run) {
                Ok(roster) => unknown.insert(roster),
                Err(error) => {
                    tracing::warn!(%run, %error, "the roster cannot be read");
                    return None;
                }
            },
        };
        match roster.recipient(number) {
            Ok(recipient) => Some(recipient),
            Err(RosterError::Forgotten { .. }) => None,
            Err(error) => {
                tracing::warn!(%run, %error, "a recipient cannot be read");
                None
            }
        }
    }

    /// Calls for a person over a channel whose messages may exist, oldest first.
    pub fn calls(
        &mut self,
        journal: &Journal,
        channel: &str,
        person: PersonKey,
    ) -> Result<Vec<(Call, Rc<Recipient>)>, JournalError> {
        let mut calls = Vec::new();
        for run in self.runs_over(journal, channel)? {
            for (whose, first, newest) in self.called(journal, run, person)? {
                let Some(recipient) = self.messaged(journal, whose, channel)? else { continue };
                let recipient = Rc::new(recipient);
                let is_only = first == newest;
                calls.push((Call { whose, at: newest, is_only }, Rc::clone(&recipient)));
                if !is_only {
                    calls.push((Call { whose, at: first, is_only }, recipient));
                }
            }
        }
        calls.sort_by_key(|(call, _)| (call.at, call.whose));
        Ok(calls)
    }

    fn runs_over(&mut self, journal: &Journal, channel: &str) -> Result<Vec<RunId>, JournalError> {
        if let Some(runs) = self.over.get(channel) {
            return Ok(runs.clone());
        }
        let since = match self.reach {
            Reach::Recent => Some(self.since),
            Reach::All => None,
        };
        let runs = journal.runs_over(channel, since)?;
        self.over.insert(channel.to_owned(), runs.clone());
        Ok(runs)
    }

    fn called(
        &mut self,
        journal: &Journal,
        run: RunId,
        person: PersonKey,
    ) -> Result<Vec<(Whose, i64, i64)>, JournalError> {
        if !self.indexes.contains_key(&run) {
            let index = self.build(journal, run)?;
            self.indexes.insert(run, index);
        }
        let Some(Some(index)) = self.indexes.get_mut(&run) else { return Ok(Vec::new()) };
        if self.fresh.insert(run) {
            index.read_calls(journal)?;
        }
        let called = index.called(person);
        Ok(called.map(|called| ((run, called.recipient), called.first, called.newest)).collect())
    }

    fn build(&mut self, journal: &Journal, run: RunId) -> Result<Option<Index>, JournalError> {
        if !self.attach(journal, run)? {
            return Ok(None);
        }
        let built = Roster::open(journal.path(), run).and_then(|roster| Index::new(&roster));
        if let Err(error) = &built {
            tracing::warn!(%run, %error, "receipts that name only a number cannot be matched with the run");
        }
        Ok(built.ok())
    }

    /// The recipient, if a message to it may exist and went over the channel.
    fn messaged(
        &mut self,
        journal: &Journal,
        whose: Whose,
        channel: &str,
    ) -> Result<Option<Recipient>, JournalError> {
        let place = journal.with_ledger(whose.0, |ledger| ledger.place(whose.1))?;
        let places = [Place::Accepted, Place::Assumed, Place::InDoubt, Place::Intended];
        if !place.is_some_and(|place| places.contains(&place)) {
            return Ok(None);
        }
        let Some(recipient) = self.recipient(journal, whose) else { return Ok(None) };
        let Some(roster) = self.rosters.get(&whose.0) else { return Ok(None) };
        let over = roster.plan().channels.get(usize::from(recipient.channel));
        let is_over = over.is_some_and(|over| over.name == channel);
        Ok(Some(recipient).filter(|recipient| is_over && recipient.content.messages_somebody()))
    }
}
