//! The dispatcher: owns a run while it is sent. Takes chunks from the lanes and lets tasks make the
//! calls; what follows from an outcome is in `outcome`. It alone changes the lanes.

use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::Tick;
use crate::domain::{HoldReason, RunState, Safety};
use crate::events::{Event, Events};
use crate::journal::JournalError;
use crate::pace::Full;

use super::brake::Brake;
use super::call::{self, CallEnd, CallError, Context};
use super::interrupt::Urgency;
use super::kept::Kept;
use super::lane::{Lane, Work};
use super::seat::{Aloft, Claim, Grant};

/// How long the dispatcher sleeps when nothing else wakes it.
pub(super) const IDLE: Duration = Duration::from_secs(1);

/// Time between two looks at a limit of an hour or longer that has no room: the clock on the wall may be put
/// forward, or go on while the machine slept.
const LOOK: Duration = Duration::from_secs(15 * 60);

/// A finished call and where it came from.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) lane: usize,
    pub(super) work: Work,
    pub(super) began: Tick,
    pub(super) end: CallEnd,
    /// Given back once it is known what follows from the call, where that was not plain.
    pub(super) kept: Kept,
}

/// What a lane can do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing until one of its calls ends or somebody is to be sent.
    Idle,
    /// Nothing before this time.
    Until(Tick),
    /// Its next call would put too many people at risk; whether it began any before.
    NoRoom { began: bool },
}

/// Why the dispatcher stopped.
#[derive(Debug)]
pub enum Stop {
    /// Nobody is pending any more.
    Done,
    /// Nobody who is pending may be sent to before this moment: their window is shut.
    Asleep(Timestamp),
    /// The run's validity has ended.
    Expired,
    /// The run was paused, held or cancelled by somebody; the journal says which.
    Told,
    /// Ctrl-C.
    Interrupted,
    /// Something needs a person.
    Hold(HoldReason),
}

/// See the module.
#[derive(Debug)]
pub struct Dispatcher {
    pub(super) context: Arc<Context>,
    pub(super) events: Events,
    pub(super) lanes: Vec<Lane>,
    pub(super) brake: Brake,
    most_exposed: u64,
    pub(super) exposed: u64,
    /// Recipients in a call of this run, at most.
    most_chunk: NonZeroU32,
    /// The lane that begins calls before the others: so that those that need little room never keep one
    /// out that needs much.
    first: usize,
    calls: JoinSet<Finished>,
    state: watch::Receiver<RunState>,
    pub(super) stop: Option<Stop>,
    /// For how long what the lanes know of who may be sent to holds.
    pub(super) known: Range<Timestamp>,
    pub(super) failure: Option<CallError>,
    /// Whether calls may have been given up after their intent.
    pub(super) gave_up: bool,
}

impl Dispatcher {
    /// A dispatcher over lanes that have their people.
    #[must_use]
    pub fn new(context: Arc<Context>, events: Events, lanes: Vec<Lane>, safety: &Safety) -> Self {
        let state = context.state.clone();
        let most_chunk = context.flow.chunk();
        Self {
            context,
            events,
            lanes,
            brake: Brake::new(safety.stop_above),
            most_exposed: u64::from(safety.max_in_doubt.get()),
            exposed: 0,
            most_chunk,
            first: 0,
            calls: JoinSet::new(),
            state,
            stop: None,
            known: Timestamp::MIN..Timestamp::MIN,
            failure: None,
            gave_up: false,
        }
    }

    /// Sends until nobody is left in the lanes who may be sent to, or something stops it. Calls in flight are
    /// waited for, unless the interrupt says at once: whoever is in one is in doubt then. After [`Stop::Done`] and [`Stop::Asleep`] it may be run again,
    /// over more people.
    ///
    /// # Errors
    /// When the journal or the roster fails. Calls in flight are waited for all the same: as many
    /// outcomes as can be written are.
    pub async fn run(&mut self) -> Result<Stop, CallError> {
        let mut stopped = self.work().await;
        // From here on none of them queues an intent any more.
        self.calls.shutdown().await;
        if self.gave_up {
            let left = self.context.journal.leave_in_doubt(self.context.run).await;
            stopped = stopped.and_then(|stop| left.map(|_| stop).map_err(CallError::from));
        }
        self.lanes.iter().for_each(|lane| lane.seat.rest());
        stopped
    }

    async fn work(&mut self) -> Result<Stop, CallError> {
        loop {
            let is_at_once = self.notice_orders();
            self.heed_hours();
            let goes_on = self.stop.is_none() && self.failure.is_none();
            let wake = if goes_on { self.begin_calls() } else { None };
            if !goes_on {
                self.lanes.iter().for_each(|lane| lane.seat.pass());
                // Calls that still wait for their slots give up; the others are in flight.
                self.context.ending.send_replace(true);
            }
            if is_at_once || self.calls.is_empty() {
                if let Some(failure) = self.failure.take() {
                    return Err(failure);
                }
                if let Some(stop) = self.stop.take() {
                    return Ok(stop);
                }
                if wake.is_none() && !self.has_work() {
                    if let Some(asleep) = self.asleep_until() {
                        return Ok(asleep);
                    }
                    self.convict_the_rest().await?;
                    return Ok(self.stop.take().unwrap_or(Stop::Done));
                }
            }
            let now = self.context.clock.tick();
            let wake = wake.filter(|wake| !self.context.hours.are_bounded() || *wake < now.after(IDLE));
            let wake = wake.unwrap_or_else(|| now.after(IDLE));
            let context = Arc::clone(&self.context);
            let next = if self.context.interrupt.urgency() == Urgency::None {
                Urgency::Drain
            } else {
                Urgency::Stop
            };
            tokio::select! {
                Some(finished) = self.calls.join_next() => {
                    self.take_finished(finished).await;
                    // Those that became durable together are taken together.
                    while let Some(finished) = self.calls.try_join_next() {
                        self.take_finished(finished).await;
                    }
                }
                () = context.clock.sleep_until(wake) => {}
                () = context.interrupt.reached(next) => {}
                () = context.bell.notified() => {}
                changed = self.state.changed() => {
                    if changed.is_err() {
                        return Err(JournalError::Broken("the run has left the journal".to_owned()).into());
                    }
                }
            }
        }
    }

    /// Looks at what was said from outside; true when nothing is to be waited for any more.
    fn notice_orders(&mut self) -> bool {
        let urgency = self.context.interrupt.urgency();
        if urgency == Urgency::Stop {
            // Calls that have ended but were not taken have their outcomes in the journal all the same.
            self.gave_up |= !self.calls.is_empty();
            self.stop = Some(Stop::Interrupted);
        }
        if self.stop.is_none() && urgency == Urgency::Drain {
            self.stop = Some(Stop::Interrupted);
        }
        if self.stop.is_none() && *self.state.borrow_and_update() != RunState::Sending {
            self.stop = Some(Stop::Told);
        }
        urgency == Urgency::Stop
    }

    /// Whether anybody is left in the lanes who may be sent to.
    #[must_use]
    pub fn has_work(&self) -> bool {
        self.lanes.iter().any(Lane::has_work)
    }

    /// Begins every call that may begin now. Gives the time at which more may.
    fn begin_calls(&mut self) -> Option<Tick> {
        let lanes = self.lanes.len();
        let mut wake: Option<Tick> = None;
        for index in (self.first..lanes).chain(0..self.first) {
            match self.begin_calls_of(index) {
                Standing::Idle => {}
                Standing::Until(tick) => wake = Some(wake.map_or(tick, |wake| wake.min(tick))),
                Standing::NoRoom { began } => {
                    self.first = if began { (index + 1) % lanes } else { index };
                    break;
                }
            }
        }
        wake
    }

    fn begin_calls_of(&mut self, index: usize) -> Standing {
        let mut began = false;
        loop {
            let now = self.context.clock.tick();
            let wall = self.context.clock.now();
            self.heed_reports(index);
            if !self.lanes[index].has_work() {
                // Calls under way still have the slots of their size.
                if self.calls.is_empty() {
                    self.lanes[index].seat.rest();
                } else {
                    self.lanes[index].seat.pass();
                }
                return Standing::Idle;
            }
            self.lanes[index].seat.work();
            self.fit_chunks();
            let lane = &mut self.lanes[index];
            let due = lane.not_before.max(lane.no_room_until).max(self.context.flow.due());
            if now < due {
                lane.seat.pass();
                return Standing::Until(due);
            }
            if let Err(error) = self.gather(index) {
                self.note_failure(Err(error));
                self.lanes[index].seat.pass();
                return Standing::Idle;
            }
            let lane = &mut self.lanes[index];
            let sizes = lane.next_sizes();
            if self.exposed + u64::from(*sizes.end()) > self.most_exposed {
                lane.seat.pass();
                return Standing::NoRoom { began };
            }
            let least = *sizes.start();
            let room = match self.context.flow.room(wall, sizes) {
                Ok(room) => room,
                Err(full) => {
                    lane.seat.pass();
                    return self.wait_for_room(index, &full);
                }
            };
            let Grant { slot, people, aloft } = match lane.seat.claim(now, wall, least..=room) {
                Claim::Granted(grant) => grant,
                Claim::Later(Some(until)) => return Standing::Until(until),
                Claim::Later(None) => return Standing::Idle,
                Claim::Full(full) => return self.wait_for_room(index, &full),
            };
            let Some(work) = lane.take(people) else { return Standing::Idle };
            let slot = self.context.flow.reserve(slot, wall, people);
            self.exposed += work.recipients.len() as u64;
            began = true;
            self.spawn(index, work, slot, now, aloft);
        }
    }

    /// A limit of an hour or longer is used up: the lane sleeps until there is room, and says so once.
    fn wait_for_room(&mut self, index: usize, full: &Full) -> Standing {
        let (now, wall) = (self.context.clock.tick(), self.context.clock.now());
        let lane = &mut self.lanes[index];
        let wait = full.until.duration_since(wall).unsigned_abs();
        lane.no_room_until = now.after(wait.clamp(Duration::from_millis(1), LOOK));
        // As much as one minute's calls is free at a time: not each of them is news.
        let is_told =
            lane.told_full.is_some_and(|told| full.until.duration_since(told).unsigned_abs() <= LOOK);
        if !is_told {
            lane.told_full = Some(full.until);
            let (run, channel) = (self.context.run, lane.index);
            self.events.tell(Event::UsedUp { run, channel, limit: full.limit, until: full.until });
        }
        Standing::Until(lane.no_room_until)
    }

    fn spawn(&mut self, index: usize, work: Work, slot: Tick, began: Tick, aloft: Aloft) {
        let lane = &self.lanes[index];
        let call = call::call(
            Arc::clone(&self.context),
            Arc::clone(&lane.link),
            lane.index,
            lane.flow().clone(),
            work.clone(),
            slot,
            Kept::new(aloft, &lane.link),
        );
        // Boxed, as the runtime moves what it is given several times, and a call is some kilobytes.
        self.calls.spawn(Box::pin(async move {
            let (end, kept) = call.await;
            Finished { lane: index, work, began, end, kept }
        }));
    }

    /// A lane's provider takes fewer people in a call. Under a rate of the campaign's own, which gives each
    /// call the time of a chunk, the other lanes follow.
    pub(super) fn halve(&mut self, index: usize, refused: usize) {
        self.lanes[index].halve(refused);
        self.follow(index);
    }

    /// A lane takes fewer people in a call from now on; others follow as with [`Dispatcher::halve`].
    pub(super) fn limit(&mut self, index: usize, most: NonZeroU32) {
        self.lanes[index].limit(most);
        self.follow(index);
    }

    fn follow(&mut self, index: usize) {
        let run = &self.context.flow;
        if run.is_spaced() {
            self.most_chunk = self.most_chunk.min(self.lanes[index].chunk());
            self.lanes.iter_mut().for_each(|lane| lane.limit(self.most_chunk));
            self.fit_chunks();
        }
    }

    /// Makes calls as large as whoever else uses the channels lets them be. Under a rate of the campaign's own
    /// all lanes make calls as small as the smallest.
    fn fit_chunks(&mut self) {
        let mut most = self.most_chunk;
        let run = &self.context.flow;
        if run.is_spaced() {
            let least = self.lanes.iter().map(|lane| lane.seat.chunk()).min();
            run.set_chunk(least.map_or(most, |least| least.min(most)));
            most = run.chunk();
        }
        self.lanes.iter_mut().for_each(|lane| lane.fit(most));
    }
}
