//! What follows for others from a message that reached nobody.

use crate::domain::{Failure, FailureClass, HoldKind, HoldReason, Phone};
use crate::journal::{JournalError, Suppression, Unmatched};

use super::matching::Whose;
use super::pass::Pass;

/// A report that a channel is sent over too fast says something about now for so long, in milliseconds.
const FRESH: i64 = 60_000;

impl Pass<'_> {
    /// What follows from a failure beside its mark. A receipt that is repeated, as providers do and as conversations
    /// that are read later do for years, says nothing new: whoever was taken off the list meanwhile stays off it, and
    /// a run that was resumed goes on.
    pub(super) fn follow(
        &mut self,
        whose: Whose,
        heard: &Unmatched,
        failure: &Failure,
    ) -> Result<(), JournalError> {
        if matches!(failure.class, FailureClass::Final | FailureClass::Transient) {
            return Ok(());
        }
        let (run, recipient) = whose;
        let number = failure.number();
        let known = self.journal.with_deliveries(run, |deliveries| deliveries.of(recipient).failed())?;
        if known.is_some_and(|(_, known)| known == number) {
            return Ok(());
        }
        match failure.class {
            FailureClass::Final | FailureClass::Transient => {}
            FailureClass::Throttled => {
                if self.now.as_millisecond().saturating_sub(heard.received) <= FRESH {
                    self.throttled.insert(heard.channel.clone());
                }
            }
            FailureClass::Suppress => self.suppress_for(whose, heard, failure)?,
            FailureClass::Stop => self.hold(heard, failure)?,
        }
        Ok(())
    }

    /// The person cannot or must not be messaged.
    fn suppress_for(
        &mut self,
        whose: Whose,
        heard: &Unmatched,
        failure: &Failure,
    ) -> Result<(), JournalError> {
        let (run, recipient) = whose;
        let frozen = self.matching.recipient(self.journal, whose);
        let phone = frozen.and_then(|recipient| recipient.address.phone()).or(heard.receipt.to);
        let Some(phone) = phone else {
            tracing::warn!(%run, %recipient, "nobody knows any more whom the provider wants to be left alone");
            return Ok(());
        };
        let view = self.journal.view(run)?;
        let source = format!(
            "run {run} of {}, channel {}, receipt of {}: {}",
            view.facts.plan.campaign,
            heard.channel,
            moment(heard.received),
            failure.reason
        );
        self.suppress(phone, source);
        Ok(())
    }

    /// Puts a person on the suppression list.
    pub(super) fn suppress(&mut self, phone: Phone, source: String) {
        let suppression = Suppression { number: phone.as_u64(), source, since: self.now };
        self.applied.suppressed.push((phone.person(), suppression));
    }

    /// Everybody else's message would end in the same way: runs that were being sent when this was heard wait
    /// for a person. One that was resumed since has that behind it.
    fn hold(&mut self, heard: &Unmatched, failure: &Failure) -> Result<(), JournalError> {
        for (run, started) in self.journal.sending_over(&heard.channel)? {
            if heard.received <= started || !self.held.insert(run) {
                continue;
            }
            let sentence = format!(
                "channel {}: the provider took messages and then reported: {}; mend what it names, then resume or cancel the run",
                heard.channel, failure.reason
            );
            self.applied.held.push((run, HoldReason { kind: HoldKind::CampaignRefused, sentence }));
        }
        Ok(())
    }
}

/// A moment in milliseconds since the Unix epoch, for people.
pub fn moment(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |at| format!("{at:.0}"))
}
