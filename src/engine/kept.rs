//! What a call has of its channel: one of those that may be prepared or under way, a place while it is made, and what
//! was counted for it ahead of it.

use crate::clock::Tick;
use crate::domain::{Signal, Verdict, Verdicts};

use super::call::Context;
use super::link::Link;
use super::places::Place;
use super::seat::Aloft;

/// What a call used of what was counted for it ahead of it.
#[derive(Debug)]
pub(super) struct Used {
    /// Requests that were counted of the channel.
    pub(super) reserved: u32,
    /// And of the run.
    pub(super) reserved_of_run: u32,
    /// Those that the journal knows of.
    pub(super) made: u32,
    /// People whom it intended to send to.
    pub(super) people: usize,
}

/// What a call has of its channel's, until it is plain that the next may follow.
#[derive(Debug)]
pub struct Kept {
    aloft: Option<Aloft>,
    /// With the moment since which it is taken.
    pub(super) place: Option<(Place, Tick)>,
    /// The channel's troubles when the call was granted: one more, and it begins anew.
    troubles: u64,
    pub(super) used: Used,
}

impl Kept {
    /// Of a call that was granted now.
    #[must_use]
    pub fn new(aloft: Aloft, link: &Link) -> Self {
        let used = Used { reserved: 1, reserved_of_run: 1, made: 0, people: 0 };
        Self { aloft: Some(aloft), place: None, troubles: link.shared.troubles(), used }
    }

    /// Waits for a place, unless there is one; false where there is none for long, or the call is to stop or to begin
    /// anew.
    pub(super) async fn has_place(&mut self, context: &Context, link: &Link) -> bool {
        let is_untroubled = || link.shared.troubles() == self.troubles;
        if let Some(aloft) = self.aloft.as_ref().filter(|_| self.place.is_none())
            && is_untroubled()
        {
            let place = tokio::select! {
                biased;
                place = aloft.place(&*context.clock) => place,
                () = context.stopped() => None,
            };
            self.place = place.map(|place| (place, context.clock.tick()));
        }
        self.place.is_some() && is_untroubled()
    }

    /// The call was answered. Where everybody was taken, and it is not the channel's only one, the next may follow
    /// before it is on disk: whoever learns from an answer learns nothing from this one.
    pub(super) fn answered(&mut self, now: Tick, signal: &Signal, verdicts: &Verdicts, people: usize) {
        let Some((place, since)) = &self.place else { return };
        place.answered(now.since(*since));
        let is_taken = |position| matches!(verdicts.at(position), Some(Verdict::Accepted { .. }));
        if place.places().are_given_on() && *signal == Signal::Answered && (0..people).all(is_taken) {
            (self.place, self.aloft) = (None, None);
        }
    }
}
