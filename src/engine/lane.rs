//! A lane: one channel of one run, with everybody who is to be sent over it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use roaring::RoaringBitmap;

use crate::clock::Tick;
use crate::domain::{Attempt, ChunkRecipients, RecipientNumber};
use crate::pace::backoff;

use super::company::{Sorting, Window, window};
use super::flow::SharedFlow;
use super::hours::Awake;
use super::link::Link;
use super::refusal::{Piece, Refusals};
use super::seat::Seat;

/// Attempts at a recipient whom the provider refuses for a reason that may pass.
pub const ATTEMPTS: Attempt = Attempt(2);

/// A chunk that is to be sent next.
#[derive(Debug, Clone)]
pub struct Work {
    /// For whom.
    pub recipients: ChunkRecipients,
    /// Which attempt it will be.
    pub attempt: Attempt,
    /// The refused chunk that it is a part of.
    pub piece: Option<Piece>,
}

/// How often in a row the provider asked to wait.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    times: u32,
    first: Tick,
    last: Tick,
}

/// See the module.
#[derive(Debug)]
pub struct Lane {
    /// Index of the channel in the plan.
    pub index: u16,
    /// The channel.
    pub link: Arc<Link>,
    /// The run's share of the channel.
    pub seat: Seat,
    /// Refusals that named nobody.
    pub refusals: Refusals,
    /// No call begins before.
    pub not_before: Tick,
    /// Tries in a row that did not leave.
    failures: u32,
    /// The end of the wait after the newest of them.
    back_off_until: Tick,
    /// Tries in a row that were asked to wait.
    asked_to_wait: Asked,
    /// The channel's reports of being sent to too fast that were heeded.
    heeded: u64,
    /// Recipients in a call, at most, as long as the same runs share the channel.
    chunk: NonZeroU32,
    /// No look at the limits of an hour and longer before, unless a call ends: it may give something back.
    pub no_room_until: Tick,
    /// Until when a limit of an hour or longer was said to be used up.
    pub told_full: Option<Timestamp>,
    /// Pending recipients who may be sent to, by the attempt that they are at.
    pending: BTreeMap<Attempt, RoaringBitmap>,
    /// Those who may not now: their window is shut.
    asleep: BTreeMap<Attempt, RoaringBitmap>,
    /// Who may. Chunks that are ready and parts of refused chunks hold nobody else.
    awake: Awake,
    sorting: Sorting,
    /// People who are sorted at once.
    window: u32,
    /// Chunks that have been put together, to be sent before anybody who is pending.
    ready: VecDeque<Work>,
    pieces: Vec<(Piece, Work)>,
}

impl Lane {
    /// A lane without people.
    #[must_use]
    pub fn new(index: u16, link: Arc<Link>, seat: Seat) -> Self {
        let chunk = seat.chunk();
        let heeded = link.shared.reports();
        Self {
            index,
            link,
            seat,
            refusals: Refusals::default(),
            not_before: Tick::default(),
            failures: 0,
            back_off_until: Tick::default(),
            asked_to_wait: Asked::default(),
            heeded,
            chunk,
            no_room_until: Tick::default(),
            told_full: None,
            pending: BTreeMap::new(),
            asleep: BTreeMap::new(),
            awake: Awake::default(),
            sorting: Sorting::Unknown,
            window: window(chunk),
            ready: VecDeque::new(),
            pieces: Vec::new(),
        }
    }

    /// People to be sent, at their `attempt`.
    pub fn add(&mut self, recipients: impl Iterator<Item = RecipientNumber>, attempt: Attempt) {
        let recipients = recipients.map(|recipient| recipient.0);
        if matches!(self.awake, Awake::Everybody) {
            self.pending.entry(attempt).or_default().extend(recipients);
            return;
        }
        let (awake, asleep) = self.awake.split(recipients.collect());
        *self.pending.entry(attempt).or_default() |= awake;
        *self.asleep.entry(attempt).or_default() |= asleep;
    }

    /// A part of a refused chunk, to be sent before anything else. One that has somebody who may not be sent to now
    /// is a part no longer: its people go again as everybody does.
    pub fn add_piece(&mut self, piece: Piece, work: Work) {
        if self.are_awake(&work) {
            self.pieces.push((piece, work));
        } else {
            self.add(work.recipients.iter(), work.attempt);
        }
    }

    fn are_awake(&self, work: &Work) -> bool {
        work.recipients.iter().all(|recipient| self.awake.has(recipient))
    }

    /// These alone may be sent to from now on.
    pub fn set_awake(&mut self, awake: Awake) {
        self.awake = awake;
        for attempt in self.asleep.keys().chain(self.pending.keys()).copied().collect::<BTreeSet<_>>() {
            let mut people = self.pending.remove(&attempt).unwrap_or_default();
            people |= self.asleep.remove(&attempt).unwrap_or_default();
            let (awake, asleep) = self.awake.split(people);
            self.pending.insert(attempt, awake);
            self.asleep.insert(attempt, asleep);
        }
        for work in std::mem::take(&mut self.ready) {
            if self.are_awake(&work) { self.ready.push_back(work) } else { self.put_back(work) }
        }
        for (piece, work) in std::mem::take(&mut self.pieces) {
            self.add_piece(piece, work);
        }
    }

    /// Whoever may not be sent to now.
    #[must_use]
    pub fn asleep(&self) -> RoaringBitmap {
        self.asleep.values().fold(RoaringBitmap::new(), |all, people| all | people)
    }

    /// Lets go of everybody, and forgets who of them is suspected.
    pub fn clear(&mut self) {
        self.pending.clear();
        self.asleep.clear();
        self.ready.clear();
        self.pieces.clear();
        self.refusals = Refusals::default();
    }

    /// What is known of the company that the lane's people may keep.
    #[must_use]
    pub fn sorting(&self) -> Sorting {
        self.sorting
    }

    /// Something is known of the company that the lane's people may keep.
    pub fn set_sorting(&mut self, sorting: Sorting) {
        self.sorting = sorting;
    }

    fn next_pending(&self) -> Option<(&Attempt, &RoaringBitmap)> {
        self.pending.iter().find(|(_, people)| !people.is_empty())
    }

    /// The next who is to be sent, parts of refused chunks aside.
    #[must_use]
    pub fn first_waiting(&self) -> Option<RecipientNumber> {
        self.next_pending()?.1.min().map(RecipientNumber)
    }

    /// The people to be put together before the next chunk can be taken; none where one can be.
    #[must_use]
    pub fn unsorted(&self) -> Option<Window> {
        if self.sorting != Sorting::Needed || !self.ready.is_empty() || !self.pieces.is_empty() {
            return None;
        }
        let (attempt, people) = self.next_pending()?;
        let people = people.iter().take(self.window as usize).map(RecipientNumber).collect();
        Some(Window { attempt: *attempt, people: ChunkRecipients::new(people)? })
    }

    /// The chunks that a window's people were put into.
    pub fn take_sorted(&mut self, window: &ChunkRecipients, chunks: Vec<Work>) {
        let sorted: RoaringBitmap = window.iter().map(|recipient| recipient.0).collect();
        self.pending.values_mut().for_each(|people| *people -= &sorted);
        self.ready.extend(chunks);
    }

    /// Recipients in a call, at most.
    #[must_use]
    pub fn chunk(&self) -> NonZeroU32 {
        self.chunk
    }

    fn next_piece(&self) -> Option<usize> {
        let waiting: Vec<_> = self.pieces.iter().map(|(piece, _)| *piece).collect();
        Piece::next_of(&waiting)
    }

    /// Whether anybody is to be sent now.
    #[must_use]
    pub fn has_work(&self) -> bool {
        !self.pieces.is_empty()
            || !self.ready.is_empty()
            || self.pending.values().any(|people| !people.is_empty())
    }

    /// People to be sent, now or once they may be, parts of refused chunks aside.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let ready: usize = self.ready.iter().map(|work| work.recipients.len()).sum();
        self.pending.values().chain(self.asleep.values()).map(RoaringBitmap::len).sum::<u64>() + ready as u64
    }

    /// How many recipients the next chunk may have. A part of a refused chunk stays whole.
    #[must_use]
    pub fn next_sizes(&self) -> RangeInclusive<u32> {
        let size = |work: &Work| u32::try_from(work.recipients.len()).unwrap_or(u32::MAX);
        if let Some(at) = self.next_piece() {
            let whole = size(&self.pieces[at].1);
            return whole..=whole;
        }
        if let Some(work) = self.ready.front() {
            return 1..=size(work);
        }
        let chunk = self.chunk.get();
        let people = self.next_pending().map_or(0, |(_, people)| people.len().min(u64::from(chunk)));
        1..=u32::try_from(people).unwrap_or(chunk)
    }

    /// The next chunk, for at most so many: parts of refused chunks first, then chunks that are ready, then
    /// everybody else in the roster's order, first attempts before later ones.
    pub fn take(&mut self, most: u32) -> Option<Work> {
        let size = most.min(self.chunk.get()) as usize;
        if let Some(at) = self.next_piece() {
            return Some(self.pieces.remove(at).1);
        }
        if let Some(work) = self.ready.pop_front() {
            let (taken, left) = work.recipients.split_at(size)?;
            if let Some(recipients) = left {
                self.ready.push_front(Work { recipients, ..work });
            }
            return Some(Work { recipients: taken, ..work });
        }
        let (attempt, people) = self.pending.iter_mut().find(|(_, people)| !people.is_empty())?;
        let taken: Vec<_> = people.iter().take(size).collect();
        people.remove_smallest(taken.len() as u64);
        let recipients = ChunkRecipients::new(taken.into_iter().map(RecipientNumber).collect())?;
        Some(Work { recipients, attempt: *attempt, piece: None })
    }

    /// Puts back what could not be sent now.
    pub fn put_back(&mut self, work: Work) {
        match work.piece {
            Some(piece) => self.add_piece(piece, work),
            None => self.add(work.recipients.iter(), work.attempt),
        }
    }

    /// The provider takes fewer messages in one call than `refused`.
    pub fn halve(&mut self, refused: usize) {
        let half = u32::try_from(refused / 2).unwrap_or(u32::MAX);
        self.limit(NonZeroU32::new(half).unwrap_or(NonZeroU32::MIN));
    }

    /// A call carries at most so many recipients from now on.
    pub fn limit(&mut self, most: NonZeroU32) {
        if most < self.chunk {
            self.seat.limit(most);
            self.fit(most);
        }
    }

    /// Makes calls as large as whoever shares the channel now lets them be, and no larger than `most`.
    pub fn fit(&mut self, most: NonZeroU32) {
        let chunk = self.seat.chunk().min(most);
        if std::mem::replace(&mut self.chunk, chunk) <= chunk {
            return;
        }
        let too_large = |work: &Work| work.recipients.len() > chunk.get() as usize;
        if self.ready.iter().any(too_large) {
            for work in std::mem::take(&mut self.ready) {
                self.put_back(work);
            }
        }
    }

    /// When calls over the channel may leave.
    #[must_use]
    pub fn flow(&self) -> &SharedFlow {
        self.seat.flow()
    }

    /// The provider answered: it can be reached.
    pub fn reached(&mut self) {
        self.failures = 0;
        self.asked_to_wait = Asked::default();
    }

    /// The provider asked a call that began at `began` to wait. Whether that is enough: a channel that is
    /// slowed down recovers by itself, so it must have been asked as often as the retry policy tries and
    /// for as long as all its waits together may take. Calls that were under way when one was asked count
    /// with it.
    pub fn is_asked_too_often(&mut self, began: Tick, now: Tick) -> bool {
        let asked = &mut self.asked_to_wait;
        if asked.times == 0 {
            asked.first = now;
        }
        if asked.times == 0 || began >= asked.last {
            asked.times += 1;
            asked.last = now;
        }
        let policy = &self.link.channel.retry;
        let patience = policy.most.saturating_mul(policy.attempts.get());
        asked.times >= policy.attempts.get() && now.since(asked.first) >= patience
    }

    /// Whether the provider has reported since this was last asked that it is sent to too fast.
    pub fn is_reported_too_fast(&mut self) -> bool {
        let reports = self.link.shared.reports();
        std::mem::replace(&mut self.heeded, reports) != reports
    }

    /// A call that began at `began` did not leave. Gives the wait before the next,
    /// or nothing when it was the last that the retry policy allows. Calls that were under way when the
    /// last one failed count with it.
    pub fn failed(&mut self, began: Tick, now: Tick, random: f64) -> Option<Duration> {
        if self.failures > 0 && began < self.back_off_until {
            return Some(self.back_off_until.since(now));
        }
        self.failures += 1;
        let policy = &self.link.channel.retry;
        if self.failures >= policy.attempts.get() {
            return None;
        }
        let wait = backoff::delay(policy, self.failures, random);
        self.back_off_until = now.after(wait);
        self.not_before = self.not_before.max(self.back_off_until);
        Some(wait)
    }
}
