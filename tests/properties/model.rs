//! A run in the simplest words: where each person stands, and what each step must do to it.

use std::collections::{BTreeMap, BTreeSet};

use disparo::domain::{Attempt, RunEvent, RunState, Standing, Verdict, Verdicts};
use disparo::journal::{Place, Settlement};

/// A call in flight.
#[derive(Debug, Clone)]
pub struct Call {
    pub people: Vec<u32>,
    pub attempt: Attempt,
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Model {
    pub state: RunState,
    pub places: Vec<Place>,
    pub attempts: Vec<u16>,
    /// Calls of the living process without outcome.
    pub calls: BTreeMap<u64, Call>,
    /// Everyone in doubt, with the attempt of which nobody knows the end.
    pub doubts: BTreeMap<u32, Attempt>,
    pub most: u64,
}

impl Model {
    pub fn new(standings: &[Standing], most: u32) -> Self {
        let place = |standing: &Standing| match standing {
            Standing::Send => Place::Pending,
            Standing::Already => Place::Already,
            Standing::Suppressed => Place::Suppressed,
            Standing::Capped => Place::Capped,
        };
        Self {
            state: RunState::Planned,
            places: standings.iter().map(place).collect(),
            attempts: vec![0; standings.len()],
            calls: BTreeMap::new(),
            doubts: BTreeMap::new(),
            most: u64::from(most),
        }
    }

    pub fn count(&self, place: Place) -> u64 {
        self.places.iter().filter(|other| **other == place).count() as u64
    }

    pub fn in_flight(&self) -> u64 {
        self.calls.values().map(|call| call.people.len() as u64).sum()
    }

    fn all_pending(&self, people: &[u32]) -> bool {
        people.iter().all(|person| self.places.get(*person as usize) == Some(&Place::Pending))
    }

    fn put(&mut self, person: u32, place: Place) {
        self.places[person as usize] = place;
    }

    fn release(&mut self, person: u32) {
        let place = self.end().unwrap_or(Place::Pending);
        self.put(person, place);
    }

    /// Where the run's end puts those who are pending.
    fn end(&self) -> Option<Place> {
        match self.state {
            RunState::Cancelled => Some(Place::Cancelled),
            RunState::Expired => Some(Place::Expired),
            _ => None,
        }
    }

    /// Whether an intent is granted.
    pub fn intend(&mut self, id: u64, people: Vec<u32>, attempt: Attempt) -> bool {
        let exposed = self.in_flight() + people.len() as u64;
        let granted = self.state == RunState::Sending && self.all_pending(&people) && exposed <= self.most;
        if granted {
            people.iter().for_each(|person| self.put(*person, Place::Intended));
            self.calls.insert(id, Call { people, attempt });
        }
        granted
    }

    pub fn settle(&mut self, id: u64, verdicts: &Verdicts) {
        let Some(call) = self.calls.remove(&id) else { return };
        for (position, person) in call.people.into_iter().enumerate() {
            match verdicts.at(position) {
                Some(Verdict::Accepted { .. }) => self.put(person, Place::Accepted),
                Some(Verdict::Rejected { .. }) => self.put(person, Place::Rejected),
                Some(Verdict::Transient { .. }) => {
                    self.attempts[person as usize] = call.attempt.0;
                    self.release(person);
                }
                Some(Verdict::Unsent) => self.release(person),
                Some(Verdict::InDoubt { .. }) | None => {
                    self.put(person, Place::InDoubt);
                    self.doubts.insert(person, call.attempt);
                }
            }
        }
    }

    pub fn withdraw(&mut self, id: u64) {
        let Some(call) = self.calls.remove(&id) else { return };
        call.people.into_iter().for_each(|person| self.release(person));
    }

    /// Whether the event can happen.
    pub fn happen(&mut self, event: &RunEvent) -> bool {
        let ends = matches!(event, RunEvent::Finished { .. });
        if ends && (self.count(Place::Pending) > 0 || self.in_flight() > 0) {
            return false;
        }
        let event =
            if ends { RunEvent::Finished { in_doubt: self.doubts.len() as u64 } } else { event.clone() };
        let Ok(state) = self.state.next(&event) else { return false };
        self.state = state;
        if let Some(end) = self.end() {
            self.places.iter_mut().filter(|place| **place == Place::Pending).for_each(|place| *place = end);
        }
        true
    }

    /// How many are settled; none where somebody named is not in doubt.
    pub fn settle_doubt(&mut self, named: Option<Vec<u32>>, settlement: Settlement) -> Option<u64> {
        let people: BTreeSet<u32> = match named {
            None => self.doubts.keys().copied().collect(),
            Some(named) => named.into_iter().collect(),
        };
        if people.iter().any(|person| !self.doubts.contains_key(person)) {
            return None;
        }
        for person in &people {
            let attempt = self.doubts.remove(person);
            match settlement {
                Settlement::ConfirmedSent => self.put(*person, Place::Accepted),
                Settlement::AssumedSent => self.put(*person, Place::Assumed),
                Settlement::ConfirmedNotSent => self.release(*person),
                Settlement::Resend => {
                    self.attempts[*person as usize] = attempt.map_or(0, |attempt| attempt.0);
                    self.release(*person);
                }
            }
        }
        if self.state == RunState::Settling && !people.is_empty() {
            if self.count(Place::Pending) > 0 {
                self.state = RunState::Paused;
            } else if self.doubts.is_empty() {
                self.state = RunState::Completed;
            }
        }
        Some(people.len() as u64)
    }

    /// Whether all of these were pending and have the place now.
    pub fn move_pending(&mut self, people: &[u32], place: Place) -> bool {
        let moves = self.all_pending(people);
        if moves {
            people.iter().for_each(|person| self.put(*person, place));
        }
        moves
    }

    /// The process dies: its calls are in doubt, and a run that was being sent is interrupted.
    pub fn crash(&mut self) {
        for call in std::mem::take(&mut self.calls).into_values() {
            self.doubts.extend(call.people.into_iter().map(|person| (person, call.attempt)));
        }
        if self.state == RunState::Sending {
            self.state = RunState::Interrupted;
        }
    }

    /// Where a person stands, whether the doubt is that of an outcome or of a dead process.
    pub fn is_at(&self, person: u32, place: Place) -> bool {
        match self.places[person as usize] {
            Place::Intended | Place::InDoubt => matches!(place, Place::Intended | Place::InDoubt),
            other => other == place,
        }
    }
}
