//! What people write: kept once, an answer to a message of ours, perhaps a wish to be left alone.

use crate::domain::{Inbound, Mark, Milestone, News, Receipt};
use crate::journal::{Alias, JournalError, KeptInbound, Marked, Place, Unmatched};

use super::consequences::moment;
use super::matching::{PATIENCE, SKEW, Whose};
use super::pass::Pass;

/// Which message of ours somebody answered.
enum Answered {
    /// None of which anybody knows.
    Nothing,
    /// This one, as the provider says by its name.
    Named(Whose),
    /// The newest one to the person.
    Newest(Whose),
    /// One with a name that may become known.
    Later(Receipt),
}

impl Pass<'_> {
    /// Takes a message of a person's, unless it is known.
    pub(super) fn take_inbound(
        &mut self,
        channel: &str,
        received: i64,
        inbound: Inbound,
    ) -> Result<(), JournalError> {
        let person = inbound.from.person();
        let is_new = self.inbound.insert((person, Alias::new(channel, &inbound.id)));
        if !is_new || self.journal.knows_inbound(person, channel, &inbound.id)? {
            return Ok(());
        }
        self.counts.inbound += 1;
        let at = inbound.at.map_or(received, |at| at.min(received));
        let answers = match self.answered(channel, at, &inbound)? {
            Answered::Nothing => None,
            Answered::Named(whose) => {
                self.mark_answered(whose, at)?;
                let (run, recipient) = whose;
                let mark = Mark::Reached(Milestone::Queued);
                self.applied.marks.push(Marked { run, recipient, mark, at, failure: None });
                Some(whose)
            }
            Answered::Newest(whose) => {
                self.mark_answered(whose, at)?;
                Some(whose)
            }
            Answered::Later(receipt) => {
                self.take(Unmatched { channel: channel.to_owned(), received, receipt })?;
                None
            }
        };
        if let Some(word) = self.words.found_in(&inbound) {
            let source = format!("wrote \"{}\" to channel {channel}, {}", word.trim(), moment(at));
            self.suppress(inbound.from, source);
        }
        let kept = KeptInbound { channel: channel.to_owned(), received, inbound, answers };
        self.applied.inbound.push((person, kept));
        Ok(())
    }

    fn mark_answered(&mut self, (run, recipient): Whose, at: i64) -> Result<(), JournalError> {
        self.open(run)?;
        let mark = Mark::Reached(Milestone::Replied);
        self.applied.marks.push(Marked { run, recipient, mark, at, failure: None });
        Ok(())
    }

    fn answered(&mut self, channel: &str, at: i64, inbound: &Inbound) -> Result<Answered, JournalError> {
        // What is written in a group answers no message to a person (seed 001, `waGroupId`).
        if inbound.group.is_some() {
            return Ok(Answered::Nothing);
        }
        let named = inbound.in_reply_to.as_ref().filter(|_| self.is_found_by_id(channel));
        if let Some(id) = named
            && let Some(whose) = self.known_as(self.name(channel, id))?
        {
            return Ok(Answered::Named(whose));
        }
        let mut recent = Vec::new();
        for (call, _) in self.matching.calls(self.journal, channel, inbound.from.person())? {
            let is_before = (call.at - SKEW..=call.at.saturating_add(PATIENCE)).contains(&at);
            let place = self.journal.with_ledger(call.whose.0, |ledger| ledger.place(call.whose.1))?;
            if is_before && matches!(place, Some(Place::Accepted | Place::Assumed)) {
                recent.push(call.whose);
            }
        }
        let Some(newest) = recent.last().copied() else { return Ok(Answered::Nothing) };
        match named {
            Some(id) if recent.iter().any(|whose| *whose != newest) => Ok(Answered::Later(Receipt {
                correlation: None,
                ids: vec![id.clone()],
                to: None,
                template: None,
                created: None,
                news: News::Reached(Milestone::Replied),
                at: Some(at),
            })),
            _ => Ok(Answered::Newest(newest)),
        }
    }
}
