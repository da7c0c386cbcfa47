//! How many calls a channel's recipients come to: counted while the rows are judged, by the company that the
//! provider lets each of them keep, window by window, as the engine puts its chunks together.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::Duration;

use crate::domain::{Channel, Rate, Spacing};
use crate::engine::company::{best_of, halves, window};
use crate::engine::flow::shared_chunk;
use crate::provider::Company;

/// Recipients in a call over each of these channels, at most: `rates` are the campaign's own, and `most`
/// may be at risk at once.
#[must_use]
pub fn chunks_of(rates: &[Rate], most: NonZeroU32, channels: &[Channel]) -> Vec<NonZeroU32> {
    let shared = shared_chunk(rates, channels.iter(), most);
    let chunk = |channel: &Channel| {
        let chunk = Spacing::new(&channel.rates, channel.chunk.min(shared)).chunk;
        let budget = channel.portfolio.as_ref().map(|portfolio| portfolio.limit);
        Spacing::new(budget.as_slice(), chunk).chunk
    };
    channels.iter().map(chunk).collect()
}

/// See the module. However many different messages there are, no more than a window of them is in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// Recipients who are put together at once.
    window: u32,
    /// Recipients of the window that is not full yet.
    seen: u32,
    /// Recipients who may share a call with anybody.
    any: u64,
    /// Recipients who share a call with nobody.
    alone: u64,
    /// The window's recipients of each company.
    alike: HashMap<u64, u32>,
    /// Calls of the windows that are full, where chunks have that size.
    full: Vec<(NonZeroU32, u64)>,
}

impl Calls {
    /// Nobody yet, in chunks of so many at most.
    #[must_use]
    pub fn new(chunk: NonZeroU32) -> Self {
        Self {
            window: window(chunk),
            seen: 0,
            any: 0,
            alone: 0,
            alike: HashMap::new(),
            full: halves(chunk).map(|size| (size, 0)).collect(),
        }
    }

    /// So many who may share their calls with anybody.
    #[must_use]
    pub fn of_anybody(recipients: u64) -> Self {
        Self { any: recipients, ..Self::new(NonZeroU32::MIN) }
    }

    /// Takes a recipient.
    pub fn take(&mut self, company: Company) {
        match company {
            Company::Any => self.any += 1,
            Company::Alone => self.alone += 1,
            Company::Alike(digest) => *self.alike.entry(digest).or_default() += 1,
        }
        self.seen += 1;
        if self.seen >= self.window {
            self.full = self.with_the_rest();
            self.alike.clear();
            self.seen = 0;
        }
    }

    /// Calls by the size of their chunks, as far as they depend on it by company.
    fn with_the_rest(&self) -> Vec<(NonZeroU32, u64)> {
        let of_window = |size: NonZeroU32| {
            self.alike.values().map(|people| u64::from(people.div_ceil(size.get()))).sum::<u64>()
        };
        self.full.iter().map(|&(size, calls)| (size, calls + of_window(size))).collect()
    }

    /// The size of the chunks and the number of calls where `chunk` recipients may be in one, and calls of a
    /// size are `period` apart: smaller ones are taken where they are faster.
    #[must_use]
    pub fn in_chunks(&self, chunk: NonZeroU32, period: impl Fn(NonZeroU32) -> Duration) -> (NonZeroU32, u64) {
        let together = |size: NonZeroU32| self.any.div_ceil(u64::from(size.get()));
        let by_company = self.with_the_rest();
        if self.alone == 0 && by_company.iter().all(|(_, calls)| *calls == 0) {
            return (chunk, together(chunk));
        }
        let allowed = by_company.into_iter().filter(|(size, _)| *size <= chunk);
        let sizes = allowed.map(|(size, calls)| (size, calls + self.alone + together(size)));
        best_of(&sizes.collect::<Vec<_>>(), period).unwrap_or((chunk, self.alone + together(chunk)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(size: u32) -> NonZeroU32 {
        NonZeroU32::new(size).expect("not zero")
    }

    fn counted(companies: impl IntoIterator<Item = Company>) -> Calls {
        let mut calls = Calls::new(chunk(100));
        companies.into_iter().for_each(|company| calls.take(company));
        calls
    }

    fn by_calls(_: NonZeroU32) -> Duration {
        Duration::from_millis(300)
    }

    #[test]
    fn calls_are_counted_by_company() {
        let cases: [(&str, Vec<Company>, u64); 5] = [
            ("nobody", vec![], 0),
            ("anybody", vec![Company::Any; 250], 3),
            ("alone", vec![Company::Alone; 250], 250),
            ("alike", vec![Company::Alike(7); 250], 3),
            ("each of their own", (0..250).map(Company::Alike).collect(), 250),
        ];
        for (what, companies, calls) in cases {
            assert_eq!(counted(companies).in_chunks(chunk(100), by_calls), (chunk(100), calls), "{what}");
        }
    }

    #[test]
    fn a_window_is_counted_by_itself_and_then_forgotten() {
        let people = u64::from(window(chunk(100)));
        let calls = counted((0..people * 3).map(Company::Alike));
        assert_eq!(calls.in_chunks(chunk(100), by_calls).1, people * 3);
        assert!(calls.alike.is_empty(), "{} digests are kept", calls.alike.len());
    }

    #[test]
    fn chunks_are_small_where_a_large_one_would_be_granted_time_for_nothing() {
        let by_people = |size: NonZeroU32| Duration::from_millis(20) * size.get();
        assert_eq!(counted(vec![Company::Alone; 300]).in_chunks(chunk(100), by_people), (chunk(1), 300));
        let (size, calls) = counted(vec![Company::Any; 3]).in_chunks(chunk(100), by_people);
        assert_eq!((size, calls), (chunk(100), 1));
    }
}
