//! Who has had as many messages as a frequency cap allows, over all campaigns and channels.
//!
//! A message counts from the moment at which its call was meant, and those count that were accepted, may have
//! been, or will be sent by a run that is not over. What was rejected, or accepted and not delivered, the
//! person never had. Rehearsals count among themselves.

use roaring::RoaringTreemap;

use crate::domain::{ChunkRecipients, DeliveryStatus, FrequencyCap, PersonKey, RecipientNumber, RunState};
use crate::engine::EngineError;
use crate::engine::occurrence::attach;
use crate::engine::send::Engine;
use crate::journal::{Place, RunView};

use super::error::PlanError;

/// Recipients that are read from a roster at once.
const BLOCK: usize = 1_024;

impl Engine {
    /// Everyone who is capped in a plan that is made now, by [`PersonKey`]. `views` are all runs.
    ///
    /// # Errors
    /// When a run in which somebody may have been messaged cannot be read.
    pub(super) fn capped(
        &self,
        cap: Option<FrequencyCap>,
        views: &[RunView],
        is_rehearsal: bool,
    ) -> Result<RoaringTreemap, PlanError> {
        let Some(cap) = cap else { return Ok(RoaringTreemap::new()) };
        let within = i64::try_from(cap.within.as_millis()).unwrap_or(i64::MAX);
        let since = self.clock.now().as_millisecond().saturating_sub(within);
        let mut had = MessagesHad::new(cap);
        for view in views.iter().filter(|view| view.facts.plan.is_rehearsal() == is_rehearsal) {
            if may_have_messaged(view, since) {
                self.count(view, since, &mut had)?;
            }
        }
        Ok(had.into_capped())
    }

    fn count(&self, view: &RunView, since: i64, had: &mut MessagesHad) -> Result<(), PlanError> {
        let plan = &view.facts.plan;
        let roster = attach(&self.journal, plan.run).map_err(|error| match error {
            EngineError::Roster(source) => PlanError::Uncounted { run: plan.run_name.clone(), source },
            other => other.into(),
        })?;
        for block in self.messaged(view, since)?.chunks(BLOCK) {
            let Some(block) = ChunkRecipients::new(block.to_vec()) else { continue };
            for recipient in roster.recipients(&block)? {
                if recipient.content.messages_somebody() {
                    had.take(recipient.address.person());
                }
            }
        }
        Ok(())
    }

    /// Whose message counts, in order.
    fn messaged(&self, view: &RunView, since: i64) -> Result<Vec<RecipientNumber>, EngineError> {
        let run = view.facts.plan.run;
        let (is_unfinished, mut sent) = self.journal.with_ledger(run, |ledger| {
            let is_sent =
                |place| matches!(place, Place::Accepted | Place::Assumed | Place::InDoubt | Place::Intended);
            let people = u32::try_from(ledger.len()).unwrap_or(u32::MAX);
            let numbers = (0..people).map(RecipientNumber);
            let sent = numbers.filter(|number| ledger.place(*number).is_some_and(is_sent));
            (ledger.state().is_unfinished(), sent.collect::<Vec<_>>())
        })?;
        if view.facts.plan.created.as_millisecond() < since {
            let recent = self.journal.intended_since(run, since)?;
            sent.retain(|number| recent.contains(number.0));
        }
        if view.deliveries.failed > 0 {
            self.journal.with_deliveries(run, |deliveries| {
                sent.retain(|number| deliveries.of(*number).status() != DeliveryStatus::Failed);
            })?;
        }
        if is_unfinished {
            sent.extend(
                self.journal.with_ledger(run, |ledger| ledger.all_in(Place::Pending).collect::<Vec<_>>())?,
            );
            sent.sort_unstable();
        }
        Ok(sent)
    }
}

/// Whether anybody's message of this run may count. A run's last event comes after its last intent, unless it
/// is still being sent.
fn may_have_messaged(view: &RunView, since: i64) -> bool {
    let tally = &view.summary.tally;
    let state = &view.summary.state;
    let is_recent = *state == RunState::Sending || view.summary.at.as_millisecond() >= since;
    let had = is_recent && tally.accepted + tally.in_doubt > 0;
    had || (state.is_unfinished() && tally.pending > 0)
}

/// People by the number of their messages: those of each set have one more than those of the one before.
#[derive(Debug)]
struct MessagesHad {
    most: u32,
    with: Vec<RoaringTreemap>,
}

impl MessagesHad {
    fn new(cap: FrequencyCap) -> Self {
        Self { most: cap.most.get(), with: Vec::new() }
    }

    fn take(&mut self, person: PersonKey) {
        if self.with.iter_mut().any(|set| set.insert(person.as_u64())) {
            return;
        }
        if self.with.len() < self.most as usize {
            self.with.push(RoaringTreemap::from_iter([person.as_u64()]));
        }
    }

    fn into_capped(mut self) -> RoaringTreemap {
        let last = self.with.pop().unwrap_or_default();
        if self.with.len() + 1 == self.most as usize { last } else { RoaringTreemap::new() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::Phone;

    proptest! {
        #[test]
        fn capped_are_those_who_had_as_many(most in 1_u32..5, messages in prop::collection::vec(0_u32..6, 0..40)) {
            let person = |number: u32| {
                Phone::from_digits(&format!("55119{:08}", 80_000_000 + number)).expect("a phone").person()
            };
            let mut had = MessagesHad { most, with: Vec::new() };
            let mut counted = BTreeMap::<u64, u32>::new();
            for number in messages {
                had.take(person(number));
                *counted.entry(person(number).as_u64()).or_default() += 1;
            }
            let expected: RoaringTreemap =
                counted.into_iter().filter(|(_, count)| *count >= most).map(|(person, _)| person).collect();
            prop_assert_eq!(had.into_capped(), expected);
        }
    }
}
