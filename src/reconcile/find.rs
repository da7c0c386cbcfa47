//! Finding the message that a receipt speaks of: by our own name, by the provider's, by the number.

use crate::domain::{Content, MessageId, Milestone, Receipt, Recipient};
use crate::journal::{JournalError, Unmatched};

use super::matching::{BRIEF, Call, PATIENCE, SKEW, Whose};
use super::pass::{Found, Pass};

impl Pass<'_> {
    /// Whose message a receipt is about. Never a guess: of two that it may be it is neither.
    pub(super) fn find(&mut self, heard: &Unmatched) -> Result<Found, JournalError> {
        let receipt = &heard.receipt;
        if let Some(correlation) = &receipt.correlation {
            if !self.journal.is_ours(&correlation.store, correlation.run) {
                return Ok(Found::Foreign);
            }
            let whose = (correlation.run, correlation.recipient);
            let is_known = self.matching.has(self.journal, whose)?;
            return Ok(if is_known { Found::One(whose) } else { Found::Nobody });
        }
        let found = match self.by_ids(&heard.channel, &receipt.ids)? {
            Known::As(whose) => Some(whose),
            Known::Contradiction => None,
            Known::Not if self.is_found_by_id(&heard.channel) => self.by_number(heard)?,
            // Messages of ours carry our name at such a provider: this is of somebody else who uses the account.
            Known::Not if self.is_known_channel(&heard.channel) => return Ok(Found::Foreign),
            Known::Not => None,
        };
        Ok(found.map_or(Found::Nobody, Found::One))
    }

    fn by_ids(&mut self, channel: &str, ids: &[MessageId]) -> Result<Known, JournalError> {
        let mut known = Known::Not;
        for id in ids {
            let name = self.name(channel, id);
            known = match (known, self.known_as(name)?) {
                (Known::Not, Some(whose)) => Known::As(whose),
                (Known::As(one), Some(other)) if one != other => return Ok(Known::Contradiction),
                (known, _) => known,
            };
        }
        Ok(known)
    }

    /// The newest call for the number before the message was made, if no other can be meant.
    fn by_number(&mut self, heard: &Unmatched) -> Result<Option<Whose>, JournalError> {
        let receipt = &heard.receipt;
        let Some(phone) = receipt.to else { return Ok(None) };
        let made = receipt.created.or(receipt.at).unwrap_or(heard.received).min(heard.received);
        let calls = self.matching.calls(self.journal, &heard.channel, phone.person())?;
        let calls: Vec<Call> = calls
            .into_iter()
            .filter(|(_, recipient)| may_be_of(receipt, recipient))
            .map(|(call, _)| call)
            .filter(|call| receipt.template.is_some() || made <= call.at.saturating_add(BRIEF))
            .collect();
        let mut found = None;
        for whose in of_moment(&calls, made) {
            if self.has_another_name(receipt, &calls, whose)? {
                continue;
            }
            if found.is_some_and(|found| found != whose) {
                return Ok(None);
            }
            found = Some(whose);
        }
        Ok(found)
    }

    /// Whether the recipient's only message is known by other names than the receipt's, which nobody knows.
    fn has_another_name(
        &mut self,
        receipt: &Receipt,
        calls: &[Call],
        whose: Whose,
    ) -> Result<bool, JournalError> {
        let is_only = calls.iter().any(|call| call.whose == whose && call.is_only);
        if receipt.ids.is_empty() || !is_only {
            return Ok(false);
        }
        if self.named.contains(&whose) {
            return Ok(true);
        }
        // Only a template's name tells it from what an operator writes to the same person.
        if receipt.template.is_none()
            && self.journal.with_ledger(whose.0, |ledger| ledger.is_named(whose.1))?
        {
            return Ok(true);
        }
        self.open(whose.0)?;
        self.journal.with_deliveries(whose.0, |deliveries| {
            deliveries.of(whose.1).reached(Milestone::Queued).is_some()
        })
    }
}

/// What identifiers say.
enum Known {
    Not,
    As(Whose),
    /// They are those of several messages.
    Contradiction,
}

/// Whether the message of a recipient can be what a receipt speaks of.
fn may_be_of(receipt: &Receipt, recipient: &Recipient) -> bool {
    match (&receipt.template, &recipient.content) {
        (Some(name), Content::Template { id, .. }) => **name == **id,
        // What people write to each other at an account is told in the same way.
        (Some(name), _) => name.is_empty(),
        (None, _) => true,
    }
}

/// The recipients of those calls, oldest first, from which a message may come that was made at a moment: not
/// before its call, and not after the next one. Calls that follow closer than clocks differ are not told apart.
fn of_moment(calls: &[Call], made: i64) -> impl Iterator<Item = Whose> {
    let nexts = calls.iter().skip(1).map(|call| Some(call.at)).chain([None]);
    let may_be = move |(call, next): &(&Call, Option<i64>)| {
        let until = match *next {
            Some(next) if next.saturating_sub(call.at) <= SKEW => next.saturating_add(SKEW),
            Some(next) => next,
            None => i64::MAX,
        };
        let from = call.at.saturating_sub(SKEW);
        made >= from && made < until && made <= call.at.saturating_add(PATIENCE)
    };
    calls.iter().zip(nexts).filter(may_be).map(|(call, _)| call.whose)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{RecipientNumber, RunId};

    fn call(run: u32, seconds: i64) -> Call {
        Call { whose: (RunId(run), RecipientNumber(0)), at: seconds * 1_000, is_only: true }
    }

    fn runs(calls: &[Call], seconds: i64) -> Vec<u32> {
        of_moment(calls, seconds * 1_000).map(|(run, _)| run.0).collect()
    }

    #[test]
    fn a_message_comes_from_the_newest_call_before_it() {
        let calls = [call(1, 1_000), call(2, 2_000)];
        assert_eq!(runs(&calls, 960), [] as [u32; 0]);
        assert_eq!(runs(&calls, 980), [1]);
        assert_eq!(runs(&calls, 1_900), [1]);
        assert_eq!(runs(&calls, 1_990), [1, 2], "clocks may differ");
        assert_eq!(runs(&calls, 2_000), [2]);
        assert_eq!(runs(&calls, 2_000 + 72 * 3_600), [2]);
        assert_eq!(runs(&calls, 2_001 + 72 * 3_600), [] as [u32; 0]);
    }

    #[test]
    fn calls_close_to_each_other_are_not_told_apart_by_clocks_that_differ() {
        let calls = [call(1, 1_000), call(2, 1_010)];
        assert_eq!(runs(&calls, 1_000), [1, 2]);
        assert_eq!(runs(&calls, 1_039), [1, 2]);
        assert_eq!(runs(&calls, 1_040), [2]);
    }
}
