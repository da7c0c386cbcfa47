//! A flow: everything that decides when the next call may leave, for one channel over all runs that use it, and
//! for a run over all its channels. A call needs a slot of both.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Tick;
use crate::domain::{Channel, Ramp, Rate, RateUnit, Spacing};
use crate::pace::{Full, LongWindow, MinuteCount, Pace};

use super::budget::Budget;
use super::departure::Departure;

/// Intents are written at most this long before their slot: they are in doubt after a crash.
pub const LOOK_AHEAD: Duration = Duration::from_millis(20);

/// Recipients in a call of a run over these channels, at most, where `most` may be at risk at once.
///
/// A campaign's own rate gives each call the time of a chunk, so that all channels make calls as small as
/// the smallest ones: under larger chunks a small call would be granted the time of a large one.
#[must_use]
pub fn shared_chunk<'a>(
    rates: &[Rate],
    channels: impl Iterator<Item = &'a Channel>,
    most: NonZeroU32,
) -> NonZeroU32 {
    let chunks = channels.map(|channel| Spacing::new(&channel.rates, channel.chunk.min(most)).chunk);
    let chunk = if rates.iter().all(Rate::is_long) { chunks.max() } else { chunks.min() };
    Spacing::new(rates, chunk.unwrap_or(most)).chunk
}

/// See the module.
#[derive(Debug)]
struct Flow {
    pace: Pace,
    departure: Departure,
    long: LongWindow,
    /// The budget that the channel has in common with others.
    portfolio: Option<Arc<Budget>>,
    counts_calls: bool,
    /// No slot is reserved before: so that one is never reserved long ahead, and what a provider says
    /// meanwhile still moves it.
    due: Tick,
}

impl Flow {
    fn earliest(&self) -> Tick {
        self.departure.earliest(self.pace.spacing().period)
    }

    /// Counts a call for as many of `people` as the windows of an hour and longer have room for.
    fn take(&mut self, now: Timestamp, people: RangeInclusive<u32>) -> Result<u32, Full> {
        let least = *people.start();
        let mut room = self.long.room(now, people)?;
        if let Some(portfolio) = &self.portfolio {
            room = portfolio.take(now, least..=room)?;
        }
        self.long.record(now, room);
        Ok(room)
    }

    fn slot(&mut self, floor: Tick, recipients: u32) -> Tick {
        let floor = floor.max(self.earliest());
        let slot = self.pace.reserve(floor, recipients);
        let next = slot.after(self.pace.spacing().period);
        self.due = Tick(next.0.saturating_sub(LOOK_AHEAD));
        slot
    }
}

/// A flow, shared by the dispatcher and the tasks of the calls.
#[derive(Debug, Clone)]
pub struct SharedFlow(Arc<Mutex<Flow>>);

impl SharedFlow {
    /// A flow under `rates`, in chunks of at most `chunk`. `sent` is what went out before, for the
    /// windows of an hour and longer.
    #[must_use]
    pub fn new(
        rates: &[Rate],
        ramp: Option<Ramp>,
        chunk: NonZeroU32,
        sent: &[MinuteCount],
        start: Tick,
    ) -> Self {
        let pace = Pace::new(rates, &[], chunk, ramp, start);
        let long = LongWindow::new(rates, sent);
        let counts_calls = rates.iter().any(|rate| rate.unit == RateUnit::Calls);
        let departure = Departure::new();
        let flow = Flow { pace, departure, long, portfolio: None, counts_calls, due: start };
        Self(Arc::new(Mutex::new(flow)))
    }

    /// Keeps the channel's limits as they are now, over everything that was sent before.
    pub fn renew(&self, channel: &Channel, portfolio: Option<Arc<Budget>>) {
        let mut flow = self.lock();
        flow.pace.set_rates(&channel.rates);
        flow.long.set_limits(channel.long_limits());
        flow.portfolio = portfolio;
        flow.counts_calls = channel.counts_calls();
    }

    fn lock(&self) -> MutexGuard<'_, Flow> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Recipients in a call, at most.
    #[must_use]
    pub fn chunk(&self) -> NonZeroU32 {
        self.lock().pace.spacing().chunk
    }

    /// Calls carry so many recipients from now on.
    pub fn set_chunk(&self, chunk: NonZeroU32) {
        self.lock().pace.set_chunk(chunk);
    }

    /// The usual distance of calls if they carried so many recipients.
    #[must_use]
    pub fn period_of(&self, chunk: NonZeroU32) -> Duration {
        Spacing::new(self.lock().pace.rates(), chunk).period
    }

    /// Whether calls are kept apart.
    #[must_use]
    pub fn is_spaced(&self) -> bool {
        !self.lock().pace.spacing().period.is_zero()
    }

    /// The earliest time at which a slot may be reserved.
    #[must_use]
    pub fn due(&self) -> Tick {
        let flow = self.lock();
        let allowed = flow.pace.not_before().max(flow.earliest());
        flow.due.max(Tick(allowed.0.saturating_sub(LOOK_AHEAD)))
    }

    /// For how many of `people` the windows of an hour and longer have room; those of a portfolio aside.
    ///
    /// # Errors
    /// The limit that has none for the least, and until when.
    pub fn room(&self, now: Timestamp, people: RangeInclusive<u32>) -> Result<u32, Full> {
        self.lock().long.room(now, people)
    }

    /// The slot of a call that is made now, not before `floor`, and for how many of `people` it may be.
    ///
    /// # Errors
    /// The limit over an hour or longer that has no room for the least, and until when.
    pub fn claim(
        &self,
        floor: Tick,
        wall: Timestamp,
        people: RangeInclusive<u32>,
    ) -> Result<(Tick, u32), Full> {
        let mut flow = self.lock();
        let room = flow.take(wall, people)?;
        Ok((flow.slot(floor, room), room))
    }

    /// The slot of a call that is made now, not before `floor`.
    pub fn reserve(&self, floor: Tick, wall: Timestamp, recipients: u32) -> Tick {
        let mut flow = self.lock();
        flow.long.record(wall, recipients);
        flow.slot(floor, recipients)
    }

    /// Takes back what the windows of an hour and longer counted for a call and was not intended after all.
    pub fn give_back(&self, calls: u32, recipients: u32) {
        let mut flow = self.lock();
        flow.long.give_back(calls, recipients);
        if let Some(portfolio) = &flow.portfolio {
            portfolio.give_back(calls, recipients);
        }
    }

    /// Whether a limit counts requests and not recipients, so that a question before a call needs a slot.
    #[must_use]
    pub fn counts_calls(&self) -> bool {
        self.lock().counts_calls
    }

    /// A slot beside the one that a call has, not before `floor`: it asks something before. `None` where
    /// the windows of an hour and longer have no room for another request.
    #[must_use]
    pub fn reserve_second(&self, floor: Tick, wall: Timestamp) -> Option<Tick> {
        let mut flow = self.lock();
        if !flow.counts_calls {
            return Some(floor);
        }
        flow.take(wall, 0..=0).ok()?;
        Some(flow.slot(floor, 0))
    }

    /// Counts a question that takes no slot.
    ///
    /// # Errors
    /// The limit over an hour or longer that has no room, and until when.
    pub fn count_question(&self, wall: Timestamp) -> Result<(), Full> {
        let mut flow = self.lock();
        flow.long.admit(wall, 0)?;
        flow.long.record(wall, 0);
        Ok(())
    }

    /// The slot that a waiting call has after all: a provider that asked for patience, or calls that
    /// left late, may have moved it.
    #[must_use]
    pub fn moved(&self, slot: Tick) -> Tick {
        let flow = self.lock();
        slot.max(flow.pace.not_before()).max(flow.earliest())
    }

    /// Lets a call leave both flows.
    ///
    /// # Errors
    /// The time to wait for, when it is too early.
    pub fn leave(lane: &Self, run: &Self, slot: Tick, now: Tick) -> Result<(), Tick> {
        // Always in this order, so that two calls never wait for each other.
        let (mut lane, mut run) = (lane.lock(), run.lock());
        let ready = slot.max(lane.earliest()).max(run.earliest());
        let ready = ready.max(lane.pace.not_before());
        if now < ready {
            return Err(ready);
        }
        let period = |flow: &Flow| flow.pace.spacing().period.max(flow.pace.taken_period());
        let (lane_period, run_period) = (period(&lane), period(&run));
        lane.departure.left(slot, lane_period, now);
        run.departure.left(slot, run_period, now);
        Ok(())
    }

    /// The provider asked to slow down. Gives the time before which no call leaves.
    pub fn throttled(&self, now: Tick, retry_after: Option<Duration>) -> Tick {
        let mut flow = self.lock();
        flow.pace.throttled(now, retry_after);
        flow.pace.not_before()
    }

    /// The provider answered in the ordinary way.
    pub fn succeeded(&self, now: Tick) {
        self.lock().pace.succeeded(now);
    }
}
