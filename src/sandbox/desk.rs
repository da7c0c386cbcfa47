//! The desk: the one place where calls are numbered, let in, struck by faults, accepted and recorded.
//!
//! One lock, never held across an await: what is decided about a call and what the record says of it
//! cannot disagree.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::far_side::FarSide;
use super::gate::Gate;
use super::limiter::Limiter;
use super::record::{Arrival, CallEntry, Ledger, RecordError, Recording, State};
use super::scenario::{FaultKind, Scenario};
use super::{Accepted, Answered, Service};
use crate::clock::{Clock, Tick};
use crate::domain::{PersonKey, Phone};

/// One message of a call, judged by itself.
#[derive(Debug)]
pub(super) struct Message<Refusal> {
    pub(super) sender: String,
    /// `None` only where there are refusals.
    pub(super) phone: Option<Phone>,
    pub(super) callback_data: String,
    pub(super) digest: u64,
    /// Empty when there is nothing against it.
    pub(super) refusals: Vec<Refusal>,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome<Refusal> {
    /// Accepted and recorded, under this number.
    Accepted(u64),
    Refused(Vec<Refusal>),
    /// Nothing against it, but the call was refused as a whole.
    Untaken,
}

/// What becomes of a call.
#[derive(Debug)]
pub(super) enum Fate<Refusal> {
    /// Above the rate limit; room in so long.
    TooFast(Duration),
    /// Struck. The outcomes are empty when the call was not accepted.
    Struck(FaultKind, Vec<Outcome<Refusal>>),
    Ordinary(Vec<Outcome<Refusal>>),
    /// Nothing was accepted, because it could not be recorded.
    Unrecorded(RecordError),
}

/// What was decided about a call.
#[derive(Debug)]
pub(super) struct Decision<Refusal> {
    pub(super) arrival: Arrival,
    pub(super) fate: Fate<Refusal>,
    /// When the answer goes out.
    pub(super) due: Tick,
}

#[derive(Debug)]
pub(super) struct Desk {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) gate: Gate,
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Debug)]
struct Inner {
    scenario: Arc<Scenario>,
    progress: Progress,
    ledger: Ledger,
}

/// What has happened since the scenario was set.
#[derive(Debug, Default)]
struct Progress {
    calls: u64,
    recipients: u64,
    limiters: HashMap<(Service, u64), Limiter>,
    /// Rules that have struck a person once, by their index.
    struck_once: HashSet<(usize, PersonKey)>,
}

impl Desk {
    pub(super) fn new(
        scenario: Scenario,
        clock: Arc<dyn Clock>,
        recording: &Recording,
    ) -> Result<Self, RecordError> {
        let inner = Inner {
            scenario: Arc::new(scenario),
            progress: Progress::default(),
            ledger: Ledger::open(recording)?,
        };
        Ok(Self { clock, gate: Gate::new(), inner: Mutex::new(inner), changed: Notify::new() })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn scenario(&self) -> Arc<Scenario> {
        self.inner().scenario.clone()
    }

    /// Begins another scenario, with counts and limits anew. The record stays.
    pub(super) fn set_scenario(&self, scenario: Scenario) {
        let mut inner = self.inner();
        inner.scenario = Arc::new(scenario);
        inner.progress = Progress::default();
    }

    /// Decides about a call; what it accepts is recorded when this returns.
    pub(super) fn decide<F: FarSide>(
        &self,
        account: (Service, u64),
        messages: &[Message<F::Refusal>],
    ) -> Decision<F::Refusal> {
        let mut inner = self.inner();
        let arrival =
            Arrival { call: inner.ledger.next_call(), wall: self.clock.now(), tick: self.clock.tick() };
        let scenario = inner.scenario.clone();
        inner.progress.calls += 1;
        let number = inner.progress.calls;
        let fate = inner.fate::<F>(&scenario, number, arrival, account, messages);
        Decision { arrival, fate, due: arrival.tick.after(scenario.latency(number)) }
    }

    /// Numbers a call that is turned away unread.
    pub(super) fn turn_away(&self) -> Arrival {
        let mut inner = self.inner();
        inner.progress.calls += 1;
        Arrival { call: inner.ledger.next_call(), wall: self.clock.now(), tick: self.clock.tick() }
    }

    /// Writes down what a call is answered with, before the answer goes out.
    pub(super) fn note(
        &self,
        provider: Service,
        arrival: Arrival,
        recipients: usize,
        answered: Answered,
        unknown: &[String],
    ) {
        self.inner().ledger.note(CallEntry::new(provider, arrival, recipients, answered), unknown);
        self.tell();
    }

    /// Somebody may be waiting for what has just changed.
    pub(super) fn tell(&self) {
        self.changed.notify_waiters();
    }

    pub(super) fn state(&self) -> State {
        State { held: self.gate.waiting(), ..self.inner().ledger.state() }
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

    /// Some of the calls, from entry `from` on; empty at the end.
    pub(super) fn calls(&self, from: usize, at_most: usize) -> Vec<CallEntry> {
        self.inner().ledger.calls(from, at_most).to_vec()
    }
}

impl Inner {
    fn fate<F: FarSide>(
        &mut self,
        scenario: &Scenario,
        number: u64,
        arrival: Arrival,
        account: (Service, u64),
        messages: &[Message<F::Refusal>],
    ) -> Fate<F::Refusal> {
        let limiter =
            self.progress.limiters.entry(account).or_insert_with(|| Limiter::new(&scenario.rate_limit.rates));
        if let Err(wait) = limiter.admit(arrival.tick, messages.len() as u64) {
            return Fate::TooFast(wait);
        }
        let people = messages.iter().filter_map(|message| message.phone).map(Phone::person);
        let fault = scenario.fault(number, F::SERVICE, people);
        if let Some(fault) = fault.filter(|fault| !fault.accepted) {
            return Fate::Struck(fault.kind.clone(), Vec::new());
        }
        let outcomes = match self.accept::<F>(scenario, arrival, messages) {
            Ok(outcomes) => outcomes,
            Err(error) => return Fate::Unrecorded(error),
        };
        match fault {
            Some(fault) => Fate::Struck(fault.kind.clone(), outcomes),
            None => Fate::Ordinary(outcomes),
        }
    }

    fn accept<F: FarSide>(
        &mut self,
        scenario: &Scenario,
        arrival: Arrival,
        messages: &[Message<F::Refusal>],
    ) -> Result<Vec<Outcome<F::Refusal>>, RecordError> {
        let refusals: Vec<_> =
            messages.iter().map(|message| self.progress.refusals::<F>(scenario, message)).collect();
        let refused = refusals.iter().filter(|refusals| !refusals.is_empty()).count();
        let takes_none = refused > 0 && F::is_all_or_nothing(scenario);
        let mut taken = Vec::with_capacity(messages.len());
        let decide = |(message, refusals): (&Message<_>, Vec<_>)| match message.phone {
            _ if !refusals.is_empty() => Outcome::Refused(refusals),
            Some(phone) if !takes_none => {
                let entry = self.ledger.entry(F::SERVICE, arrival, message, phone, taken.len());
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
}

impl Progress {
    /// What stands against a message: what the provider itself says, or the first rule that fits.
    fn refusals<F: FarSide>(
        &mut self,
        scenario: &Scenario,
        message: &Message<F::Refusal>,
    ) -> Vec<F::Refusal> {
        self.recipients += 1;
        if !message.refusals.is_empty() {
            return message.refusals.clone();
        }
        let Some(phone) = message.phone else { return Vec::new() };
        for (index, rule) in scenario.recipients.iter().enumerate() {
            let Some(refusal) = F::own(rule.refuse) else { continue };
            let fits = self.recipients >= rule.from && rule.who.includes(phone);
            if fits && (!rule.once || self.struck_once.insert((index, phone.person()))) {
                return vec![refusal];
            }
        }
        Vec::new()
    }
}
