//! One pass over things that were heard: what follows from them, to be written in one piece.
//!
//! What the pass itself learns counts for what comes after it in the same pass, as if it were on disk.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use crate::domain::{Heard, Mark, MessageId, Milestone, News, OptOutWords, PersonKey, RunId};
use crate::journal::{Alias, Applied, Journal, JournalError, Marked, Place, Proof, Unmatched};

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
    /// Names under which receipts wait from now on, with the moment in which they were heard, in milliseconds
    /// since the Unix epoch.
    pub waiting: Vec<(Alias, i64)>,
}

/// Whose a receipt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    One(Whose),
    /// Another store's.
    Foreign,
    Nobody,
}

/// See the module.
#[derive(Debug)]
pub struct Pass<'a> {
    pub(super) journal: &'a Journal,
    pub(super) channels: &'a BTreeMap<String, Wire>,
    pub(super) words: &'a OptOutWords,
    pub(super) matching: &'a mut Matching,
    pub(super) now: Timestamp,
    pub(super) applied: Applied,
    pub(super) counts: Counts,
    pub(super) throttled: BTreeSet<String>,
    /// Runs that are held by this pass.
    pub(super) held: HashSet<RunId>,
    /// Messages of people that this pass keeps.
    pub(super) inbound: HashSet<(PersonKey, Alias)>,
    /// Names that this pass learned.
    learned: HashMap<Alias, Whose>,
    /// Recipients whose message got a name of the provider's in this pass.
    pub(super) named: HashSet<Whose>,
    /// Receipts of this pass that wait; gone again when they find their message.
    kept: Vec<Option<Unmatched>>,
    /// Their positions, by name.
    kept_under: HashMap<Alias, Vec<usize>>,
    /// Receipts in the journal that need not wait any longer, by [`Unmatched::digest`].
    let_go: HashSet<u64>,
    /// See [`Passed::waiting`].
    waiting: Vec<(Alias, i64)>,
    /// Runs whose receipts are at hand, and whether their ledgers are.
    open: HashMap<RunId, bool>,
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
            held: HashSet::new(),
            inbound: HashSet::new(),
            learned: HashMap::new(),
            named: HashSet::new(),
            kept: Vec::new(),
            kept_under: HashMap::new(),
            let_go: HashSet::new(),
            waiting: Vec::new(),
            open: HashMap::new(),
        }
    }

    /// Takes what was heard over a channel, at `received` (milliseconds since the Unix epoch).
    pub fn hear(&mut self, channel: &str, received: i64, heard: Vec<Heard>) -> Result<(), JournalError> {
        self.matching.reach_back(received);
        for heard in heard {
            match heard {
                Heard::Receipt(receipt) => {
                    self.take(Unmatched { channel: channel.to_owned(), received, receipt })?;
                }
                Heard::Inbound(inbound) => self.take_inbound(channel, received, *inbound)?,
            }
        }
        Ok(())
    }

    /// What it came to.
    pub fn end(mut self) -> Passed {
        for unmatched in std::mem::take(&mut self.kept).into_iter().flatten() {
            let names = self.names(&unmatched);
            self.waiting.extend(names.first().map(|name| (*name, unmatched.received)));
            self.counts.unmatched += 1;
            self.applied.unmatched.push((names, unmatched));
        }
        let Self { applied, counts, throttled, waiting, .. } = self;
        Passed { applied, counts, throttled, waiting }
    }

    /// Takes a receipt, and every one that waited for what it tells.
    pub(super) fn take(&mut self, heard: Unmatched) -> Result<(), JournalError> {
        let mut queue = vec![heard];
        while let Some(heard) = queue.pop() {
            match self.find(&heard)? {
                Found::One(whose) => {
                    self.belongs(whose, &heard)?;
                    self.release(&heard, &mut queue)?;
                }
                Found::Foreign => self.counts.foreign += 1,
                Found::Nobody => self.keep(heard)?,
            }
        }
        Ok(())
    }

    /// Takes a receipt that waits in the journal once more.
    pub fn take_again(&mut self, waiting: Unmatched) -> Result<(), JournalError> {
        if !matches!(self.find(&waiting)?, Found::One(_)) {
            self.goes_on_waiting(&waiting);
            return Ok(());
        }
        if self.let_go.insert(waiting.digest()?) {
            self.forget(waiting.clone());
            self.take(waiting)?;
        }
        Ok(())
    }

    /// The recipient whose message has this name.
    pub(super) fn known_as(&mut self, name: Alias) -> Result<Option<Whose>, JournalError> {
        let known = match self.learned.get(&name) {
            Some(whose) => Some(*whose),
            None => self.journal.known_as(name)?,
        };
        match known {
            Some(whose) if self.matching.has(self.journal, whose)? => Ok(Some(whose)),
            _ => Ok(None),
        }
    }

    /// Whether the channel's provider names messages by its own identifiers alone.
    pub(super) fn is_found_by_id(&self, channel: &str) -> bool {
        self.channels.get(channel).is_some_and(|wire| wire.is_found_by_id)
    }

    /// Whether it is known how the channel's provider names messages.
    pub(super) fn is_known_channel(&self, channel: &str) -> bool {
        self.channels.contains_key(channel)
    }

    /// The name of a message over this channel.
    pub(super) fn name(&self, channel: &str, id: &MessageId) -> Alias {
        // Of a channel that is no longer there nobody can say more.
        Alias::new(self.channels.get(channel).map_or(channel, |wire| &wire.provider), id)
    }

    /// The names under which a receipt waits. One without an identifier waits under what else it has.
    fn names(&self, heard: &Unmatched) -> Vec<Alias> {
        let receipt = &heard.receipt;
        if receipt.ids.is_empty() {
            let correlation = receipt.correlation.as_ref().map(ToString::to_string);
            let number = || receipt.to.map(|phone| phone.person().as_u64().to_string());
            let other = correlation.or_else(number).unwrap_or_default();
            return vec![Alias::new(&heard.channel, &MessageId::Text(other.into()))];
        }
        receipt.ids.iter().map(|id| self.name(&heard.channel, id)).collect()
    }

    /// A receipt of this recipient's message.
    fn belongs(&mut self, whose: Whose, heard: &Unmatched) -> Result<(), JournalError> {
        self.counts.matched += 1;
        let can_prove = self.open(whose.0)?;
        let (run, recipient) = whose;
        let receipt = &heard.receipt;
        let at = receipt.at.map_or(heard.received, |at| at.min(heard.received));
        let is_superseded = self.is_of_earlier_attempt(whose, heard)?;
        let mut mark = |mark, failure| {
            self.applied.marks.push(Marked { run, recipient, mark, at, failure });
        };
        match &receipt.news {
            News::Reached(milestone) => mark(Mark::Reached(*milestone), None),
            News::Clicked(_) => mark(Mark::Clicked, None),
            News::Failed(_) if is_superseded => {}
            News::Failed(failure) => mark(Mark::Failed(failure.number()), Some(failure.clone())),
            News::Unknown(_) => {}
        }
        let is_named = self.learn(whose, heard)?;
        if is_named || matches!(receipt.news, News::Unknown(_) | News::Reached(Milestone::Replied)) {
            let mark = Mark::Reached(Milestone::Queued);
            self.applied.marks.push(Marked { run, recipient, mark, at, failure: None });
        }
        if can_prove {
            let id = receipt.ids.first().cloned();
            self.applied.proved.push(Proof { run, recipient, id, is_sent: is_sent(&receipt.news) });
        }
        if let News::Failed(failure) = &receipt.news {
            self.follow(whose, heard, failure)?;
        }
        Ok(())
    }

    /// Whether this tells of the failure of an attempt after which another was made: it says nothing about the
    /// message that the recipient got in the end.
    fn is_of_earlier_attempt(
        &mut self,
        (run, recipient): Whose,
        heard: &Unmatched,
    ) -> Result<bool, JournalError> {
        let Some(correlation) = &heard.receipt.correlation else { return Ok(false) };
        let is_failure = matches!(heard.receipt.news, News::Failed(_));
        // Where the roster is lost nobody knows of attempts.
        if !is_failure || !self.matching.attach(self.journal, run)? {
            return Ok(false);
        }
        self.journal.with_ledger(run, |ledger| {
            ledger.place(recipient) == Some(Place::Accepted)
                && correlation.attempt.0 <= ledger.attempts(recipient)
        })
    }

    /// The message has these names from now on; one that is another's already stays that one's. Whether the
    /// provider's messages go by such names.
    fn learn(&mut self, whose: Whose, heard: &Unmatched) -> Result<bool, JournalError> {
        let ids = &heard.receipt.ids;
        if ids.is_empty() || !self.is_found_by_id(&heard.channel) {
            return Ok(false);
        }
        for id in ids {
            let name = self.name(&heard.channel, id);
            if self.known_as(name)?.is_none() {
                self.learned.insert(name, whose);
                self.applied.aliases.push((name, whose.0, whose.1));
            }
        }
        self.named.insert(whose);
        Ok(true)
    }

    /// A receipt of a message that nobody knows: it waits, unless it does already.
    fn keep(&mut self, heard: Unmatched) -> Result<(), JournalError> {
        let names = self.names(&heard);
        let Some(first) = names.first() else { return Ok(()) };
        let digest = heard.digest()?;
        for waiting in self.journal.unmatched(*first)? {
            if waiting.digest()? == digest {
                self.goes_on_waiting(&waiting);
                return Ok(());
            }
        }
        let position = self.kept.len();
        names.into_iter().for_each(|name| self.kept_under.entry(name).or_default().push(position));
        self.kept.push(Some(heard));
        Ok(())
    }

    /// Puts into `queue` the receipts that waited under a name of this one and are known now. Where the provider
    /// gives our names back, nothing waits for its own.
    fn release(&mut self, heard: &Unmatched, queue: &mut Vec<Unmatched>) -> Result<(), JournalError> {
        if !self.is_found_by_id(&heard.channel) {
            return Ok(());
        }
        for name in self.names(heard) {
            for position in self.kept_under.get(&name).cloned().unwrap_or_default() {
                let Some(waiting) = self.kept.get_mut(position).and_then(Option::take) else { continue };
                match self.find(&waiting)? {
                    Found::One(_) => queue.push(waiting),
                    Found::Foreign | Found::Nobody => self.kept[position] = Some(waiting),
                }
            }
            for waiting in self.journal.unmatched(name)? {
                let digest = waiting.digest()?;
                if self.let_go.contains(&digest) || !matches!(self.find(&waiting)?, Found::One(_)) {
                    continue;
                }
                self.let_go.insert(digest);
                self.applied.matched.push((self.names(&waiting), waiting.clone()));
                if waiting.receipt != heard.receipt {
                    queue.push(waiting);
                }
            }
        }
        Ok(())
    }

    /// A receipt waits in the journal and is left there.
    pub fn goes_on_waiting(&mut self, waiting: &Unmatched) {
        let first = self.names(waiting).first().copied();
        self.waiting.extend(first.map(|name| (name, waiting.received)));
    }

    /// Lets a receipt that waits in the journal go without anything following from it.
    pub fn forget(&mut self, waiting: Unmatched) {
        self.applied.matched.push((self.names(&waiting), waiting));
    }

    /// Makes a run's receipts ready, and its ledger where it may change by them. Whether it may.
    pub(super) fn open(&mut self, run: RunId) -> Result<bool, JournalError> {
        if let Some(can_prove) = self.open.get(&run) {
            return Ok(*can_prove);
        }
        self.journal.attach_deliveries(run)?;
        let tally = self.journal.view(run)?.summary.tally;
        // What is over and clear needs no ledger, which would stay in memory.
        let may_change = tally.in_doubt + tally.pending + tally.cancelled + tally.expired > 0;
        let can_prove = may_change && self.matching.attach(self.journal, run)?;
        self.open.insert(run, can_prove);
        Ok(can_prove)
    }
}

/// Whether the message left for the person.
fn is_sent(news: &News) -> bool {
    match news {
        News::Reached(milestone) => *milestone > Milestone::Queued,
        News::Clicked(_) => true,
        News::Failed(_) | News::Unknown(_) => false,
    }
}
