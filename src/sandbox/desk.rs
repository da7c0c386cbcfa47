//! The desk: the one place where calls are numbered, judged, let in, struck by faults, accepted and recorded.
//!
//! One lock, never held across an await: what is decided about a call and what the record says of it
//! cannot disagree.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Accepted;
use super::accepting::{Decision, Fate, MESSAGE, Message, Outcome, Taken};
use super::counter::Counter;
use super::far_side::{Context, FarSide, Judged, Operation};
use super::gate::Gate;
use super::inbound::Happening;
use super::incoming::Incoming;
use super::progress::Progress;
use super::record::{Arrival, CallEntry, Ledger, RecordError, Recording, State};
use super::scenario::Scenario;
use super::statuses::{Courses, Timetable};
use super::webhooks::{Outbox, PostLog, WebhookEntry};
use crate::clock::Clock;
use crate::domain::Address;

/// What tells the number of an answer from that of the message which is answered; it still fits Devino's `long`,
/// and numbers of messages are below it.
const ANSWER: u64 = 1 << 62;

#[derive(Debug)]
pub(super) struct Desk {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) gate: Gate,
    pub(super) posts: Arc<PostLog>,
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Debug)]
struct Inner {
    scenario: Arc<Scenario>,
    timetable: Arc<Timetable>,
    progress: Progress,
    ledger: Ledger,
}

impl Desk {
    pub(super) fn new(
        scenario: Scenario,
        clock: Arc<dyn Clock>,
        recording: &Recording,
    ) -> Result<Self, RecordError> {
        let posts = Arc::new(PostLog::new(*recording != Recording::Counts));
        let inner = Inner {
            timetable: Arc::new(Timetable::new(&scenario)),
            scenario: Arc::new(scenario),
            progress: Progress::default(),
            ledger: Ledger::open(recording)?,
        };
        Ok(Self { clock, gate: Gate::new(), posts, inner: Mutex::new(inner), changed: Notify::new() })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins another scenario, with counts and limits anew. The record and the accounts stay.
    pub(super) fn set_scenario(&self, scenario: Scenario) {
        let mut inner = self.inner();
        let first = inner.ledger.next_number();
        Arc::make_mut(&mut inner.timetable).go_on(&scenario, first);
        inner.scenario = Arc::new(scenario);
        inner.progress = Progress::default();
    }

    /// Decides about a call under the scenario that is given back; what it accepts is recorded, and in the
    /// account, when this returns.
    pub(super) fn decide<F: FarSide>(
        &self,
        counter: &Counter<F>,
        call: F::Call,
        credential: u64,
        incoming: &Incoming,
    ) -> (Decision<F>, Arc<Scenario>) {
        let mut inner = self.inner();
        let mut account = counter.account();
        let scenario = inner.scenario.clone();
        let arrival = inner.arrive(&*self.clock);
        let number = inner.progress.calls;
        let mut unknown = Vec::new();
        let judged = F::judge(call, incoming, &account, &scenario, &mut unknown);
        let (operation, recipients) = judged.size();
        let fate = match inner.progress.admit((F::SERVICE, credential), &scenario, arrival.tick, recipients) {
            Ok(()) => inner.fate(&scenario, number, arrival, judged, &mut account, &counter.outbox),
            Err(wait) => Fate::TooFast(wait),
        };
        let due = arrival.tick.after(scenario.latency(number));
        (Decision { arrival, operation, recipients, unknown, fate, due }, scenario)
    }

    /// Where messages stand now.
    pub(super) fn courses(&self) -> Courses {
        Courses { timetable: self.inner().timetable.clone(), now: self.clock.now() }
    }

    /// Numbers something that happens without a call.
    pub(super) fn happening(&self) -> Happening {
        let mut inner = self.inner();
        let number = inner.ledger.skip_number();
        inner.happening(number, &*self.clock)
    }

    /// Somebody answers the message of this number. The event's own number follows from it, so that the numbers
    /// of messages do not depend on when people answer.
    pub(super) fn answering(&self, number: u64) -> Happening {
        self.inner().happening(number | ANSWER, &*self.clock)
    }

    /// Numbers a call that is turned away unread.
    pub(super) fn turn_away(&self) -> Arrival {
        self.inner().arrive(&*self.clock)
    }

    /// Writes down what a call is answered with, before the answer goes out.
    pub(super) fn note(&self, call: CallEntry, unknown: &[String]) {
        self.inner().ledger.note(call, unknown);
        self.tell();
    }

    /// Somebody may be waiting for what has just changed.
    pub(super) fn tell(&self) {
        self.changed.notify_waiters();
    }

    pub(super) fn state(&self) -> State {
        let posts = self.posts.counts();
        State {
            held: self.gate.waiting(),
            webhooks_made: posts.made,
            webhooks_answered: posts.answered,
            webhooks_waiting: posts.waiting,
            ..self.inner().ledger.state()
        }
    }

    /// The counts as soon as `is_reached` says so.
    pub(super) async fn wait(&self, is_reached: impl Fn(&State) -> bool) -> State {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let state = self.state();
            if is_reached(&state) {
                return state;
            }
            changed.await;
        }
    }

    /// Some of what was accepted, from entry `from` on; empty at the end.
    pub(super) fn accepted(&self, from: usize, at_most: usize) -> Vec<Accepted> {
        self.inner().ledger.accepted(from, at_most).to_vec()
    }

    /// Some of the posts, from entry `from` on; empty at the end.
    pub(super) fn webhooks(&self, from: usize, at_most: usize) -> Vec<WebhookEntry> {
        self.posts.entries(from, at_most)
    }

    /// Some of the calls, from entry `from` on; empty at the end.
    pub(super) fn calls(&self, from: usize, at_most: usize) -> Vec<CallEntry> {
        self.inner().ledger.calls(from, at_most).to_vec()
    }
}

impl<F: FarSide> Judged<F> {
    /// The operation's word, and how many messages or changes are asked for.
    fn size(&self) -> (Option<&'static str>, usize) {
        match self {
            Self::Messages(messages, _) => (Some(MESSAGE), messages.len()),
            Self::Operation(operation) if operation.is_change() => {
                (Some(operation.word()), operation.concerns().len().max(1))
            }
            Self::Operation(operation) => (Some(operation.word()), 0),
            Self::Unfit(_) => (None, 0),
        }
    }
}

impl Inner {
    fn happening(&self, number: u64, clock: &dyn Clock) -> Happening {
        let (scenario, keeps) = (self.scenario.clone(), self.ledger.keeps());
        Happening { number, at: clock.now(), scenario, keeps }
    }

    fn arrive(&mut self, clock: &dyn Clock) -> Arrival {
        self.progress.calls += 1;
        Arrival { call: self.ledger.next_call(), wall: clock.now(), tick: clock.tick() }
    }

    fn fate<F: FarSide>(
        &mut self,
        scenario: &Scenario,
        number: u64,
        arrival: Arrival,
        judged: Judged<F>,
        account: &mut F::Account,
        outbox: &Outbox<F>,
    ) -> Fate<F> {
        let fault = scenario.fault(number, F::SERVICE, judged.size().0, |people| match &judged {
            Judged::Messages(messages, _) => {
                messages.iter().filter_map(|one| one.to.as_ref()).any(|to| people.contains(&to.person()))
            }
            Judged::Operation(operation) => {
                operation.concerns().iter().any(|to| people.contains(&to.person()))
            }
            Judged::Unfit(_) => false,
        });
        if let Some(fault) = fault.filter(|fault| !fault.accepted) {
            return Fate::Struck(fault.kind.clone(), None);
        }
        let mut context = Context {
            arrival,
            scenario,
            first: self.ledger.next_number(),
            keeps: self.ledger.keeps(),
            courses: Courses { timetable: self.timetable.clone(), now: arrival.wall },
            refusals: Vec::new(),
        };
        let taken = match judged {
            Judged::Unfit(answer) => Ok(Taken::Unfit(answer)),
            Judged::Messages(messages, mut echo) => self.accept::<F>(&context, &messages).map(|outcomes| {
                F::settle(&mut echo, &messages, &outcomes, account, &context);
                outbox.follow(&echo, &messages, &outcomes, &context);
                Taken::Messages(echo, outcomes)
            }),
            Judged::Operation(operation) => {
                context.refusals = self.refusals::<F>(scenario, &operation);
                self.perform(operation, account, &context)
            }
        };
        match (taken, fault) {
            (Err(error), _) => Fate::Unrecorded(error),
            (Ok(taken), Some(fault)) => Fate::Struck(fault.kind.clone(), Some(taken)),
            (Ok(taken), None) => Fate::Ordinary(taken),
        }
    }

    fn accept<F: FarSide>(
        &mut self,
        context: &Context<'_, F::Refusal>,
        messages: &[Message<F::Refusal>],
    ) -> Result<Vec<Outcome<F::Refusal>>, RecordError> {
        let scenario = context.scenario;
        let refusals: Vec<_> =
            messages.iter().map(|message| self.progress.refusals::<F>(scenario, message)).collect();
        let refused = refusals.iter().filter(|refusals| !refusals.is_empty()).count();
        let takes_none = refused > 0 && F::is_all_or_nothing(scenario);
        let mut taken = Vec::with_capacity(messages.len());
        let decide = |(message, refusals): (&Message<_>, Vec<_>)| match message.change() {
            _ if !refusals.is_empty() => Outcome::Refused(refusals),
            Some(change) if !takes_none => {
                let entry = self.ledger.entry(F::SERVICE, context.arrival, change, taken.len());
                let number = entry.number();
                taken.push(entry);
                Outcome::Accepted(number)
            }
            _ => Outcome::Untaken,
        };
        let outcomes = messages.iter().zip(refusals).map(decide).collect();
        self.ledger.take(taken, refused)?;
        Ok(outcomes)
    }

    /// Questions are asked of everybody alike.
    fn refusals<F: FarSide>(
        &mut self,
        scenario: &Scenario,
        operation: &F::Operation,
    ) -> Vec<(Address, F::Refusal)> {
        if !operation.is_change() {
            return Vec::new();
        }
        let concerns = operation.concerns().into_iter();
        concerns.filter_map(|to| Some((to.clone(), self.progress.refusal::<F>(scenario, &to)?))).collect()
    }

    fn perform<F: FarSide>(
        &mut self,
        operation: F::Operation,
        account: &mut F::Account,
        context: &Context<'_, F::Refusal>,
    ) -> Result<Taken<F>, RecordError> {
        let may_be_undone = operation.is_change() && self.ledger.may_fail();
        let before = may_be_undone.then(|| account.clone());
        let performed = F::perform(operation, account, context);
        let changes = performed.changes.into_iter().enumerate();
        let entry = |(ahead, change)| self.ledger.entry(F::SERVICE, context.arrival, change, ahead);
        let entries: Vec<_> = changes.map(entry).collect();
        let recorded = self.ledger.take(entries, performed.refused);
        if let (Err(_), Some(before)) = (&recorded, before) {
            *account = before;
        }
        recorded.map(|()| Taken::Performed(performed.answer))
    }
}
