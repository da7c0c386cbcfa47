//! The ledger: where every recipient of a run stands, folded from the run's log (see `fold`).
//!
//! The same fold serves the process that sends, the one that only looks, and the audit; there is no
//! other place where it is known who is pending.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use crate::domain::{
    Attempt, ChunkNumber, DoubtCause, RecipientNumber, RowCounts, RunId, RunState, Standing, Tally, Waiting,
};

use super::place::{Doubt, OpenIntent, PLACES, Place};
use super::record::Epoch;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    pub(super) run: RunId,
    rows: RowCounts,
    pub(super) state: RunState,
    /// Time of the newest event, in milliseconds since the Unix epoch.
    pub(super) changed: i64,
    places: Vec<Place>,
    counts: [u64; PLACES],
    pub(super) open: HashMap<ChunkNumber, OpenIntent>,
    pub(super) doubts: HashMap<RecipientNumber, Doubt>,
    /// Attempts of those who have used some.
    pub(super) attempts: HashMap<RecipientNumber, Attempt>,
    pub(super) next_chunk: ChunkNumber,
    /// Whether the canary, where there is one, no longer keeps anybody back.
    pub(super) is_past_canary: bool,
    /// When the newest call was intended or had its outcome, in milliseconds since the Unix epoch.
    pub(super) newest_call: Option<i64>,
    /// Those whose message the provider accepted under an identifier.
    pub(super) named: RoaringBitmap,
}

impl Ledger {
    /// A run of which only the plan is known, and whether a person has to approve it.
    #[must_use]
    pub fn new(
        run: RunId,
        rows: RowCounts,
        planned_at: i64,
        waits_for_approval: bool,
        standings: impl Iterator<Item = Standing>,
    ) -> Self {
        let places: Vec<_> = standings
            .map(|standing| match standing {
                Standing::Send => Place::Pending,
                Standing::Already => Place::Already,
                Standing::Suppressed => Place::Suppressed,
                Standing::Capped => Place::Capped,
            })
            .collect();
        let mut counts = [0; PLACES];
        places.iter().for_each(|place| counts[*place as usize] += 1);
        Self {
            run,
            rows,
            state: if waits_for_approval { RunState::Waiting(Waiting::Approval) } else { RunState::Planned },
            changed: planned_at,
            places,
            counts,
            open: HashMap::new(),
            doubts: HashMap::new(),
            attempts: HashMap::new(),
            next_chunk: ChunkNumber(0),
            is_past_canary: false,
            newest_call: None,
            named: RoaringBitmap::new(),
        }
    }

    /// The run's state.
    #[must_use]
    pub fn state(&self) -> &RunState {
        &self.state
    }

    /// When the run's newest event happened, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn changed(&self) -> i64 {
        self.changed
    }

    /// How many recipients the run has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether the run has no recipients.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Where a recipient stands.
    #[must_use]
    pub fn place(&self, recipient: RecipientNumber) -> Option<Place> {
        self.places.get(recipient.index()).copied()
    }

    /// All who stand in `place`, in order.
    pub fn all_in(&self, place: Place) -> impl Iterator<Item = RecipientNumber> + Clone + '_ {
        let numbered = (0_u32..).zip(&self.places);
        numbered.filter(move |(_, other)| **other == place).map(|(number, _)| RecipientNumber(number))
    }

    /// Recipients who stand in `place`.
    #[must_use]
    pub fn count(&self, place: Place) -> u64 {
        self.counts[place as usize]
    }

    /// How often a recipient's message may have been put before the provider.
    #[must_use]
    pub fn attempts(&self, recipient: RecipientNumber) -> u16 {
        self.attempts.get(&recipient).map_or(0, |attempt| attempt.0)
    }

    /// Whether the provider accepted the recipient's message under an identifier.
    #[must_use]
    pub fn is_named(&self, recipient: RecipientNumber) -> bool {
        self.named.contains(recipient.0)
    }

    /// The number that the next intent gets.
    #[must_use]
    pub fn next_chunk(&self) -> ChunkNumber {
        self.next_chunk
    }

    /// Intents without outcome, in no order.
    pub fn open_intents(&self) -> impl Iterator<Item = (ChunkNumber, &OpenIntent)> {
        self.open.iter().map(|(chunk, intent)| (*chunk, intent))
    }

    /// An intent without outcome.
    #[must_use]
    pub fn open_intent(&self, chunk: ChunkNumber) -> Option<&OpenIntent> {
        self.open.get(&chunk)
    }

    /// Recipients in intents without outcome of the process `epoch`: calls in flight while it lives.
    #[must_use]
    pub fn in_flight(&self, epoch: Epoch) -> u64 {
        self.open
            .values()
            .filter(|intent| intent.epoch == epoch)
            .map(|intent| intent.recipients.len() as u64)
            .sum()
    }

    /// Whether the recipient is in an intent without outcome of another process than `epoch`.
    #[must_use]
    pub fn is_left_by_another(&self, recipient: RecipientNumber, epoch: Epoch) -> bool {
        let mut left = self.open.values().filter(|intent| intent.epoch != epoch);
        left.any(|intent| intent.recipients.as_slice().binary_search(&recipient).is_ok())
    }

    /// Everyone in doubt, in order: outcomes that are unknown, and intents that other processes than
    /// `epoch` left without one.
    #[must_use]
    pub fn doubts(&self, epoch: Epoch) -> Vec<(RecipientNumber, Doubt)> {
        let crashed = self.open.iter().filter(|(_, intent)| intent.epoch != epoch);
        let left = crashed.flat_map(|(chunk, intent)| {
            let doubt = Doubt {
                chunk: *chunk,
                channel: intent.channel,
                attempt: intent.attempt,
                cause: DoubtCause::Crash,
                since: intent.at,
            };
            intent.recipients.iter().map(move |recipient| (recipient, doubt))
        });
        let mut doubts: Vec<_> =
            self.doubts.iter().map(|(recipient, doubt)| (*recipient, *doubt)).chain(left).collect();
        doubts.sort_unstable_by_key(|(recipient, _)| *recipient);
        doubts
    }

    /// The balance. Calls in flight count as in doubt.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally {
            already: self.count(Place::Already),
            suppressed: self.count(Place::Suppressed),
            capped: self.count(Place::Capped),
            expired: self.count(Place::Expired),
            cancelled: self.count(Place::Cancelled),
            pending: self.count(Place::Pending),
            accepted: self.count(Place::Accepted) + self.count(Place::Assumed),
            rejected: self.count(Place::Rejected),
            in_doubt: self.count(Place::InDoubt) + self.count(Place::Intended),
            ..Tally::of_rows(self.rows)
        }
    }

    pub(super) fn put(&mut self, recipient: RecipientNumber, place: Place) {
        if let Some(current) = self.places.get_mut(recipient.index()) {
            self.counts[*current as usize] -= 1;
            self.counts[place as usize] += 1;
            *current = place;
        }
    }
}
