//! Whose turn it is on a channel that several runs send over: each that is ready gets an equal share.
//!
//! Every run has served so much (recipients, or calls where the limit counts those), and of those that
//! are ready the one that has served least is next. Who was not ready meanwhile saves nothing up: coming back,
//! a run stands beside whoever was served last. So over any time two runs that are both ready differ by no
//! more than a chunk of each. A run whose turn it is and who does not take it, though it was called, is passed
//! over until it comes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::Tick;

/// A run that was called to take its turn is waited for so long. It has to wake up, and perhaps to finish
/// writing something down; calls are prepared this long ahead.
pub const PATIENCE: Duration = Duration::from_millis(20);

/// One who takes turns, for as long as it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taker(u64);

/// See the module.
#[derive(Debug, Default)]
pub struct Turns {
    takers: BTreeMap<Taker, Standing>,
    newest: u64,
    /// What the last to be served had been served before: where those begin who come now.
    level: u64,
}

#[derive(Debug)]
struct Standing {
    served: u64,
    is_ready: bool,
    /// When it was called to take its turn, since it last said that it is ready.
    called: Option<Tick>,
    bell: Arc<Notify>,
}

impl Turns {
    /// Somebody comes, who is called with this bell.
    pub fn join(&mut self, bell: Arc<Notify>) -> Taker {
        self.newest += 1;
        let taker = Taker(self.newest);
        self.takers.insert(taker, Standing { served: self.level, is_ready: false, called: None, bell });
        taker
    }

    /// Somebody goes for good.
    pub fn leave(&mut self, taker: Taker) {
        self.takers.remove(&taker);
    }

    /// Somebody could take a turn now.
    pub fn be_ready(&mut self, taker: Taker) {
        let level = self.level;
        if let Some(standing) = self.takers.get_mut(&taker) {
            if !standing.is_ready {
                standing.served = standing.served.max(level);
                standing.is_ready = true;
            }
            standing.called = None;
        }
    }

    /// Somebody could take no turn now: whoever is next then hears of it.
    pub fn pass(&mut self, taker: Taker) {
        let Some(standing) = self.takers.get_mut(&taker) else { return };
        standing.called = None;
        if std::mem::take(&mut standing.is_ready) {
            self.ring();
        }
    }

    /// Whose turn it is among those who are ready; of those who served alike, who came first.
    #[must_use]
    pub fn next(&self) -> Option<Taker> {
        let ready = self.takers.iter().filter(|(_, standing)| standing.is_ready);
        ready.min_by_key(|(taker, standing)| (standing.served, **taker)).map(|(taker, _)| *taker)
    }

    /// Calls whoever comes before `taker`, and gives the time for which it is to be waited for; `None` where it
    /// is this one's turn.
    pub fn call_before(&mut self, taker: Taker, now: Tick) -> Option<Tick> {
        let own = self.takers.get(&taker).map(|standing| (standing.served, taker))?;
        let before = self.takers.iter_mut().filter(|(other, standing)| {
            standing.is_ready && (standing.served, **other) < own && **other != taker
        });
        let waited = before.map(|(_, standing)| {
            let called = *standing.called.get_or_insert_with(|| {
                standing.bell.notify_one();
                now
            });
            called.after(PATIENCE)
        });
        waited.filter(|until| *until > now).min()
    }

    /// A turn was taken that served so much.
    pub fn taken(&mut self, taker: Taker, served: u64) {
        if let Some(standing) = self.takers.get_mut(&taker) {
            self.level = self.level.max(standing.served);
            standing.served = standing.served.saturating_add(served);
            standing.is_ready = false;
            standing.called = None;
        }
    }

    /// Rings for whoever is next: what they waited for may be there.
    pub fn ring(&self) {
        if let Some(standing) = self.next().and_then(|next| self.takers.get(&next)) {
            standing.bell.notify_one();
        }
    }

    /// Rings for everybody.
    pub fn ring_all(&self) {
        self.takers.values().for_each(|standing| standing.bell.notify_one());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn turns(count: usize) -> (Turns, Vec<Taker>) {
        let mut turns = Turns::default();
        let takers = (0..count).map(|_| turns.join(Arc::default())).collect();
        (turns, takers)
    }

    #[test]
    fn whoever_served_least_is_next() {
        let (mut turns, takers) = turns(2);
        assert_eq!(turns.next(), None);
        takers.iter().for_each(|taker| turns.be_ready(*taker));
        let mut order = Vec::new();
        for _ in 0..6 {
            let next = turns.next().expect("both are ready");
            let served = if next == takers[0] { 10 } else { 5 };
            order.push(takers.iter().position(|taker| *taker == next).expect("one of them"));
            turns.taken(next, served);
            turns.be_ready(next);
        }
        assert_eq!(order, [0, 1, 1, 0, 1, 1]);
    }

    #[test]
    fn who_was_away_saves_nothing_up() {
        let (mut turns, takers) = turns(2);
        for _ in 0..100 {
            turns.be_ready(takers[0]);
            turns.taken(takers[0], 10);
        }
        takers.iter().for_each(|taker| turns.be_ready(*taker));
        let mut of_first = 0;
        for _ in 0..100 {
            let next = turns.next().expect("both are ready");
            of_first += u32::from(next == takers[0]);
            turns.taken(next, 10);
            turns.be_ready(next);
        }
        assert!((49..=51).contains(&of_first), "{of_first}");
    }

    #[test]
    fn who_is_called_and_does_not_come_holds_nobody_up_for_long() {
        let (mut turns, takers) = turns(2);
        takers.iter().for_each(|taker| turns.be_ready(*taker));
        let at = |millis| Tick(Duration::from_millis(millis));
        assert_eq!(turns.call_before(takers[0], at(5)), None);
        assert_eq!(turns.call_before(takers[1], at(5)), Some(at(25)));
        assert_eq!(turns.call_before(takers[1], at(15)), Some(at(25)));
        assert_eq!(turns.call_before(takers[1], at(25)), None);
        turns.taken(takers[1], 10);
        turns.be_ready(takers[1]);
        // Here it is.
        turns.be_ready(takers[0]);
        assert_eq!(turns.call_before(takers[0], at(30)), None);
        assert_eq!(turns.call_before(takers[1], at(30)), Some(at(50)));
        turns.pass(takers[0]);
        assert_eq!(turns.call_before(takers[1], at(31)), None);
    }

    proptest! {
        #[test]
        fn those_who_are_always_ready_differ_by_a_chunk_of_each(
            chunks in proptest::collection::vec(1_u64..1_000, 2..8),
            others in proptest::collection::vec((0_usize..3, 1_u64..1_000), 0..400),
        ) {
            // Besides those with chunks there are three who come and go.
            let (mut turns, takers) = turns(chunks.len() + 3);
            let (steady, guests) = takers.split_at(chunks.len());
            let mut served = vec![0; chunks.len()];
            steady.iter().for_each(|taker| turns.be_ready(*taker));
            for (guest, chunk) in others {
                turns.be_ready(guests[guest]);
                for _ in 0..3 {
                    let next = turns.next().expect("somebody is ready");
                    match steady.iter().position(|taker| *taker == next) {
                        Some(at) => {
                            served[at] += chunks[at];
                            turns.taken(next, chunks[at]);
                            turns.be_ready(next);
                        }
                        None => turns.taken(next, chunk),
                    }
                }
                turns.pass(guests[guest]);
                for (one, of_one) in served.iter().zip(&chunks) {
                    for (other, of_other) in served.iter().zip(&chunks) {
                        prop_assert!(one.abs_diff(*other) <= of_one + of_other);
                    }
                }
            }
        }
    }
}
