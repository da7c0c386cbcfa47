//! A run's seat at a channel: the channel's limits hold over all runs that have one, and each of them that is
//! ready gets an equal share.
//!
//! Where a short limit counts recipients, every slot has the time of a chunk: all runs make calls no larger than
//! the smallest chunk among those that have somebody to send to, and larger ones again when that run has not.
//! Elsewhere each keeps its own. The settings of whoever took the newest seat hold for all.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::clock::{Clock, Tick};
use crate::domain::{Channel, RateUnit};
use crate::journal::{Journal, UsageOf};
use crate::pace::Full;

use super::budget::sent;
use super::flow::{LOOK_AHEAD, SharedFlow};
use super::link::{Link, Shared};
use super::places::Place;
use super::turns::{PATIENCE, Taker, Turns};

/// What all seats at a channel have in common. It stays when the last is left: what was sent counts on.
#[derive(Debug)]
pub struct Desk {
    flow: SharedFlow,
    turns: Turns,
    /// Recipients in a call of those who have somebody to send to, at most.
    chunks: BTreeMap<Taker, NonZeroU32>,
    /// Calls that are prepared or under way.
    granted: u32,
    /// What a short limit counts; none where there is no short limit.
    counts: Option<RateUnit>,
}

impl Desk {
    fn new(channel: &Channel, journal: &Journal, start: Tick) -> Self {
        let sent = sent(journal, &UsageOf::Channel(channel.name.clone()));
        Self {
            // An earlier process may have made calls as large as the channel has them.
            flow: SharedFlow::new(&channel.rates, None, channel.chunk, &sent, start),
            turns: Turns::default(),
            chunks: BTreeMap::new(),
            granted: 0,
            counts: None,
        }
    }

    fn renew(&mut self, link: &Link, journal: &Journal) {
        let channel = &link.channel;
        if let (Some(budget), Some(portfolio)) = (&link.budget, &channel.portfolio) {
            budget.renew(portfolio, journal);
        }
        self.flow.renew(channel, link.budget.clone());
        link.shared.places.set(channel.in_flight.get());
        let mut short = channel.rates.iter().filter(|rate| !rate.is_long()).map(|rate| rate.unit);
        let first = short.next();
        let is_mixed = short.any(|unit| unit == RateUnit::Recipients);
        self.counts = if is_mixed { Some(RateUnit::Recipients) } else { first };
    }

    fn fit(&self) {
        let chunks = self.chunks.values().copied();
        let chunk = if self.counts == Some(RateUnit::Recipients) { chunks.min() } else { chunks.max() };
        if let Some(chunk) = chunk {
            self.flow.set_chunk(chunk);
        }
    }

    /// What a call counts for when turns are shared: calls where the limit counts them or nothing but their
    /// number at once is limited, people elsewhere.
    fn weight(&self, recipients: u32) -> u64 {
        match self.counts {
            Some(RateUnit::Recipients) => recipients.max(1).into(),
            Some(RateUnit::Calls) | None => 1,
        }
    }
}

/// See the module. Left when it is dropped.
#[derive(Debug)]
pub struct Seat {
    shared: Arc<Shared>,
    taker: Taker,
    flow: SharedFlow,
    chunk: NonZeroU32,
}

/// What comes of asking for a call.
#[derive(Debug)]
pub enum Claim {
    /// It may be made.
    Granted(Grant),
    /// It is asked for again then, or when the seat's bell rings.
    Later(Option<Tick>),
    /// A limit of an hour or longer has no room.
    Full(Full),
}

/// A call that may be made.
#[derive(Debug)]
pub struct Grant {
    /// When it leaves.
    pub slot: Tick,
    /// For how many people it is: fewer than were asked for where a limit of an hour or longer leaves no more.
    pub people: u32,
    /// It among those that are prepared or under way.
    pub aloft: Aloft,
}

/// One of the calls that a channel has prepared or under way; another may be when this is dropped.
#[derive(Debug)]
pub struct Aloft(Arc<Shared>);

impl Aloft {
    /// Waits for a place of the channel, in which the call is made; `None` where there is none for long.
    pub async fn place(&self, clock: &dyn Clock) -> Option<Place> {
        if let Some(place) = self.0.places.try_take() {
            return Some(place);
        }
        let latest = clock.tick().after(2 * LOOK_AHEAD);
        tokio::select! {
            biased;
            place = self.0.places.take() => Some(place),
            () = clock.sleep_until(latest) => {
                self.0.places.stalled();
                None
            }
        }
    }
}

impl Drop for Aloft {
    fn drop(&mut self) {
        if let Some(desk) = lock(&self.0.desk).as_mut() {
            desk.granted = desk.granted.saturating_sub(1);
            desk.turns.ring();
        }
    }
}

fn lock(desk: &Mutex<Option<Desk>>) -> MutexGuard<'_, Option<Desk>> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Seat {
    /// A seat at a link's channel for a run that makes calls for at most `chunk` recipients and is called with
    /// `bell`. What was sent over the channel before is read from the journal by the first of the process.
    #[must_use]
    pub fn take(link: &Link, chunk: NonZeroU32, bell: Arc<Notify>, journal: &Journal, start: Tick) -> Self {
        let mut desk = lock(&link.shared.desk);
        let desk = desk.get_or_insert_with(|| Desk::new(&link.channel, journal, start));
        desk.renew(link, journal);
        let taker = desk.turns.join(bell);
        desk.chunks.insert(taker, chunk);
        desk.fit();
        // Those who waited under other settings look anew.
        desk.turns.ring_all();
        Self { shared: Arc::clone(&link.shared), taker, flow: desk.flow.clone(), chunk }
    }

    fn with<T>(&self, read: impl FnOnce(&mut Desk) -> T) -> Option<T> {
        lock(&self.shared.desk).as_mut().map(read)
    }

    /// When calls over the channel may leave.
    #[must_use]
    pub fn flow(&self) -> &SharedFlow {
        &self.flow
    }

    /// Recipients in a call, at most, as long as the same runs share the channel.
    #[must_use]
    pub fn chunk(&self) -> NonZeroU32 {
        self.chunk.min(self.flow.chunk())
    }

    /// Makes calls for fewer recipients from now on.
    pub fn limit(&mut self, most: NonZeroU32) {
        self.chunk = self.chunk.min(most);
        let (taker, chunk) = (self.taker, self.chunk);
        self.with(|desk| {
            desk.chunks.insert(taker, chunk);
            desk.fit();
        });
    }

    /// The run could make no call now, whatever the channel allows.
    pub fn pass(&self) {
        self.with(|desk| desk.turns.pass(self.taker));
    }

    /// The run has nobody to send to: the size of its calls is nobody's concern.
    pub fn rest(&self) {
        self.with(|desk| {
            if desk.chunks.remove(&self.taker).is_some() {
                desk.fit();
            }
            desk.turns.pass(self.taker);
        });
    }

    /// The run has somebody to send to, at this seat.
    pub fn work(&self) {
        self.with(|desk| {
            if desk.chunks.insert(self.taker, self.chunk).is_none() {
                desk.fit();
            }
        });
    }

    /// Asks for a call to as many of `people` as there is room for.
    #[must_use]
    pub fn claim(&self, now: Tick, wall: Timestamp, people: RangeInclusive<u32>) -> Claim {
        let mut desk = lock(&self.shared.desk);
        let Some(desk) = desk.as_mut() else { return Claim::Later(None) };
        desk.turns.be_ready(self.taker);
        if desk.granted >= self.shared.places.most_prepared() {
            return Claim::Later(None);
        }
        let due = self.flow.due();
        if now < due {
            let is_next = desk.turns.next() == Some(self.taker);
            return Claim::Later(Some(if is_next { due } else { due.after(PATIENCE) }));
        }
        if let Some(until) = desk.turns.call_before(self.taker, now) {
            return Claim::Later(Some(until));
        }
        let (slot, people) = match self.flow.claim(now, wall, people) {
            Ok(claimed) => claimed,
            Err(full) => {
                desk.turns.pass(self.taker);
                return Claim::Full(full);
            }
        };
        let weight = desk.weight(people);
        desk.turns.taken(self.taker, weight);
        desk.granted += 1;
        desk.turns.ring();
        Claim::Granted(Grant { slot, people, aloft: Aloft(Arc::clone(&self.shared)) })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.with(|desk| {
            desk.turns.leave(self.taker);
            desk.chunks.remove(&self.taker);
            desk.fit();
            desk.turns.ring_all();
        });
    }
}

/// Counts a question over this link, which is asked now, where a limit of an hour or longer counts requests: on
/// disk before it leaves. Single commands that only ask open no store, so that they work beside whoever has it and where
/// there is none: they are not counted.
///
/// # Errors
/// In words, where the limit has no room or the question cannot be counted.
pub async fn count_question(link: &Link, clock: &dyn Clock) -> Result<(), String> {
    let channel = &link.channel;
    let Some(journal) = link.shared.journal.as_ref().filter(|_| channel.counts_long_calls()) else {
        return Ok(());
    };
    {
        let mut desk = lock(&link.shared.desk);
        let desk = desk.get_or_insert_with(|| {
            let mut desk = Desk::new(channel, journal, clock.tick());
            desk.renew(link, journal);
            desk
        });
        let counted = desk.flow.count_question(clock.now());
        counted.map_err(|full| full.to_string())?;
    }
    journal.count_request(&channel.name).await.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
