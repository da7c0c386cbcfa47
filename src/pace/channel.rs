//! The pace of one channel in one run: slots under the limits, the ramp, and the provider's feedback.

use std::num::NonZeroU32;
use std::time::Duration;

use super::ramp::Rise;
use super::slots::Slots;
use super::slowdown::Slowdown;
use crate::clock::Tick;
use crate::domain::{Ramp, Rate, Spacing};

/// A call may leave late by its window divided by this. Half of the spacing's margin of 2 %: the
/// other half is for the way to the provider.
const LATE_SHARE: u32 = 100;

/// Says when the calls of one channel of one run may leave.
///
/// Limits hold in every sliding window as long as each call leaves in its slot ([`Pace::may_leave`]).
/// Rates with a long window only bound the chunk here; [`super::LongWindow`] counts them.
#[derive(Debug)]
pub struct Pace {
    rates: Vec<Rate>,
    spacing: Spacing,
    slots: Slots,
    ramp: Option<Ramp>,
    rise: Option<Rise>,
    slowdown: Slowdown,
    start: Tick,
    /// The last slot, or what counts as one after a start or another chunk size.
    last: Tick,
    /// The last slot that was taken, or the start, and the distance that calls had then.
    taken: (Tick, Duration),
    /// The configured size.
    chunk: NonZeroU32,
}

impl Pace {
    /// The pace under the channel's and the campaign's rates, which all hold together.
    ///
    /// `chunk` is the configured size, already bounded by `max_in_doubt`; see [`Pace::spacing`] for
    /// what the rates leave of it. `start` is when this process begins to send on the channel.
    ///
    /// The bucket is empty at the start: the first slot is one period after `start`. An earlier
    /// process may have made a call at any moment up to then, so however often processes are started,
    /// no two calls are closer than a period. That is enough where earlier calls were not larger than
    /// these. Where the configured chunk has shrunk since, add the period of the old spacing to
    /// `start`: an old call counts for several new ones.
    #[must_use]
    pub fn new(
        channel_rates: &[Rate],
        campaign_rates: &[Rate],
        chunk: NonZeroU32,
        ramp: Option<Ramp>,
        start: Tick,
    ) -> Self {
        let rates = [channel_rates, campaign_rates].concat();
        let spacing = Spacing::new(&rates, chunk);
        Self {
            slots: Slots::new(spacing.period, start),
            rise: ramp.and_then(|ramp| Rise::new(ramp, spacing, start)),
            slowdown: Slowdown::none(),
            last: start,
            taken: (start, spacing.period),
            chunk,
            rates,
            spacing,
            ramp,
            start,
        }
    }

    /// The largest chunk and the usual distance of calls that the rates leave.
    #[must_use]
    pub fn spacing(&self) -> Spacing {
        self.spacing
    }

    /// The distance that calls had when the last slot was taken.
    #[must_use]
    pub fn taken_period(&self) -> Duration {
        self.taken.1
    }

    /// The rates that hold together.
    #[must_use]
    pub fn rates(&self) -> &[Rate] {
        &self.rates
    }

    /// Takes chunks of another size from now on (`too.many.messages`; another run shares the channel); what the
    /// ramp and the feedback have come to stays. The first slot after it is an old and a new period away from
    /// the last one, so that windows with calls of both sizes hold no more than the limit either: each call
    /// then has the time of its own chunk to itself. Sizes that no call had leave no trace.
    pub fn set_chunk(&mut self, chunk: NonZeroU32) {
        self.chunk = chunk;
        self.respace();
    }

    /// Keeps other rates from now on; as with another chunk size.
    pub fn set_rates(&mut self, rates: &[Rate]) {
        self.rates = rates.to_vec();
        self.respace();
    }

    fn respace(&mut self) {
        let spacing = Spacing::new(&self.rates, self.chunk);
        if spacing == self.spacing {
            return;
        }
        let (taken, period) = self.taken;
        self.last = if spacing.period == period { taken } else { taken.after(period) };
        self.spacing = spacing;
        self.slots = Slots::new(self.spacing.period, self.last);
        self.rise = self.ramp.and_then(|ramp| Rise::new(ramp, self.spacing, self.start));
    }

    /// The slot of the next call, not before `now`. It is taken whether or not the call is made.
    ///
    /// A call with more recipients than [`Pace::spacing`] allows counts for as many calls as it should
    /// have been.
    pub fn reserve(&mut self, now: Tick, recipients: u32) -> Tick {
        let spaced = self.last.after(self.slowdown.period(self.spacing.period));
        let risen = self.rise.as_ref().map_or(self.last, |rise| rise.next(self.last));
        let earliest = now.max(self.slowdown.not_before()).max(spaced).max(risen);
        let calls = recipients.div_ceil(self.spacing.chunk.get()).max(1);
        let slot = if calls == 1 {
            self.last = self.slots.take(earliest);
            self.last
        } else {
            let apart = self.spacing.period.saturating_mul(calls - 1);
            let slot = self.slots.take_alone(earliest, apart);
            self.last = slot.after(apart);
            slot
        };
        self.taken = (self.last, self.spacing.period);
        slot
    }

    /// Whether a call may still leave in `slot`. If not, it needs another one from [`Pace::reserve`]:
    /// calls that were held up and leave together would pass the limit.
    #[must_use]
    pub fn may_leave(&self, slot: Tick, now: Tick) -> bool {
        let last_moment = slot.after(self.lateness());
        now >= slot && now <= last_moment && now >= self.slowdown.not_before()
    }

    /// How long after its slot a call may leave; [`Duration::MAX`] without a short limit.
    #[must_use]
    pub fn lateness(&self) -> Duration {
        let short = self.rates.iter().filter(|rate| !rate.is_long());
        short.map(|rate| rate.window / LATE_SHARE).min().unwrap_or(Duration::MAX)
    }

    /// The provider asked to slow down (429, 420, 503 with `Retry-After`, Devino's 2301).
    ///
    /// No call leaves for `retry_after`, at least for a second, and for twice as long with each
    /// throttle that follows (64 s at most). Calls are then twice as far apart with each throttle, up
    /// to 64 times; on a channel without a limit 10 ms, 30 ms, … 630 ms.
    pub fn throttled(&mut self, now: Tick, retry_after: Option<Duration>) {
        self.slowdown.throttled(now, retry_after);
    }

    /// A call was answered in the ordinary way. While calls succeed, a slowed channel halves the
    /// distance of its calls every ten seconds, each success by half at the most.
    pub fn succeeded(&mut self, now: Tick) {
        self.slowdown.succeeded(now);
    }

    /// Until when the provider's wish keeps all calls back; in the past when none does.
    #[must_use]
    pub fn not_before(&self) -> Tick {
        self.slowdown.not_before()
    }
}
