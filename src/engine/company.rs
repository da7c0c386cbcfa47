//! Who shares a call: pending people are put together as their provider allows, before anything is
//! reserved or written for them.
//!
//! Most plans need none of it: where a provider lets anybody share a call, chunks are the next people of
//! the roster, and each is read once, by its call. So a lane looks at one person first, and sorts only
//! where that one may not share a call with anybody. A call that turns out to be mixed all the same is not
//! made, and its lane sorts from then on.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::Duration;

use crate::domain::{Attempt, ChunkRecipients, Recipient, RecipientNumber};
use crate::provider::{Company, Provider};

use super::call::CallError;
use super::dispatch::Dispatcher;
use super::lane::Work;

/// Chunks that are sorted at once.
const CHUNKS: u32 = 16;

/// People who are sorted at once, at most, unless a single chunk has more: their messages are in memory
/// meanwhile.
const PEOPLE: u32 = 4_096;

/// The calls of a window may take longer for being fewer, by their time divided by this.
const PATIENCE: u32 = 50;

/// What a lane knows of the company that its people may keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorting {
    /// Nothing yet.
    Unknown,
    /// Anybody may share a call with anybody, as far as is known.
    NotNeeded,
    /// Chunks have to be put together.
    Needed,
}

/// People to be put together, at one attempt.
#[derive(Debug)]
pub struct Window {
    /// Which attempt it will be.
    pub attempt: Attempt,
    /// Who.
    pub people: ChunkRecipients,
}

/// How many people a lane sorts at once whose chunks have so many.
#[must_use]
pub fn window(chunk: NonZeroU32) -> u32 {
    chunk.get().saturating_mul(CHUNKS).min(PEOPLE.max(chunk.get()))
}

/// Whether these people may be in one call.
#[must_use]
pub fn may_share(provider: &dyn Provider, recipients: &[Recipient]) -> bool {
    let mut companies = recipients.iter().map(|recipient| provider.company(&recipient.content));
    match (recipients.len(), companies.next()) {
        (0 | 1, _) | (_, None) => true,
        (_, Some(Company::Alone)) => false,
        (_, Some(first)) => companies.all(|company| company == first),
    }
}

/// Everybody with those with whom a call may be shared, in the roster's order of the first of each.
fn together(provider: &dyn Provider, recipients: &[Recipient]) -> Vec<Vec<RecipientNumber>> {
    let mut groups: Vec<Vec<RecipientNumber>> = Vec::new();
    let mut places: HashMap<Company, usize> = HashMap::new();
    for recipient in recipients {
        let company = provider.company(&recipient.content);
        let known = if company == Company::Alone { None } else { places.get(&company).copied() };
        match known {
            Some(place) => groups[place].push(recipient.number),
            None => {
                places.insert(company, groups.len());
                groups.push(vec![recipient.number]);
            }
        }
    }
    groups
}

/// The largest chunk in which these groups are sent as fast as the limits allow.
fn best_size(
    groups: &[Vec<RecipientNumber>],
    chunk: NonZeroU32,
    period: impl Fn(NonZeroU32) -> Duration,
) -> NonZeroU32 {
    let calls = |size: NonZeroU32| {
        (size, groups.iter().map(|group| group.len().div_ceil(size.get() as usize) as u64).sum())
    };
    let sizes: Vec<_> = halves(chunk).map(calls).collect();
    best_of(&sizes, period).map_or(NonZeroU32::MIN, |(size, _)| size)
}

/// The sizes that chunks may have instead of this one, which is the first.
pub fn halves(chunk: NonZeroU32) -> impl Iterator<Item = NonZeroU32> {
    std::iter::successors(Some(chunk), |size| NonZeroU32::new(size.get() / 2))
}

/// Of sizes and the calls that each comes to, the largest first: the first that is as fast as any. Limits give
/// each call the time of a chunk, whatever it carries: large chunks are slow where most groups are small.
pub fn best_of(
    sizes: &[(NonZeroU32, u64)],
    period: impl Fn(NonZeroU32) -> Duration,
) -> Option<(NonZeroU32, u64)> {
    let time = |&(size, calls): &(NonZeroU32, u64)| {
        period(size).saturating_mul(u32::try_from(calls).unwrap_or(u32::MAX))
    };
    let shortest = sizes.iter().map(time).min().unwrap_or_default();
    let patience = shortest.saturating_add(shortest / PATIENCE);
    sizes.iter().find(|size| time(size) <= patience).copied()
}

impl Dispatcher {
    /// Makes the lane's next chunk one whose people may share a call.
    ///
    /// # Errors
    /// When the roster cannot be read.
    pub(super) fn gather(&mut self, index: usize) -> Result<(), CallError> {
        if self.lanes[index].sorting() == Sorting::Unknown {
            let Some(first) = self.lanes[index].first_waiting() else { return Ok(()) };
            let first = self.context.roster.recipient(first)?;
            let lane = &mut self.lanes[index];
            let company = lane.link.provider.company(&first.content);
            lane.set_sorting(if company == Company::Any { Sorting::NotNeeded } else { Sorting::Needed });
        }
        let Some(Window { attempt, people }) = self.lanes[index].unsorted() else { return Ok(()) };
        let recipients = self.context.roster.recipients(&people)?;
        let provider = self.lanes[index].link.provider.as_ref();
        let groups = together(provider, &recipients);
        self.shrink(index, &groups);
        let size = self.lanes[index].chunk().get() as usize;
        let mut chunks: Vec<_> = groups.iter().flat_map(|group| group.chunks(size)).collect();
        chunks.sort_unstable_by_key(|chunk| chunk.first().copied());
        let chunks = chunks.into_iter().filter_map(|chunk| ChunkRecipients::new(chunk.to_vec()));
        let ready: Vec<_> = chunks.map(|recipients| Work { recipients, attempt, piece: None }).collect();
        self.lanes[index].take_sorted(&people, ready);
        Ok(())
    }

    /// Takes smaller chunks from now on where the limits let small groups be sent faster so.
    fn shrink(&mut self, index: usize, groups: &[Vec<RecipientNumber>]) {
        let lane = &self.lanes[index];
        let run = &self.context.flow;
        let period = |size: NonZeroU32| lane.flow().period_of(size).max(run.period_of(size));
        let size = best_size(groups, lane.chunk(), period);
        if size < lane.chunk() {
            self.limit(index, size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(sizes: &[u32]) -> Vec<Vec<RecipientNumber>> {
        sizes.iter().map(|size| (0..*size).map(RecipientNumber).collect()).collect()
    }

    fn size(sizes: &[u32], chunk: u32, period: impl Fn(u32) -> u64) -> u32 {
        let chunk = NonZeroU32::new(chunk).expect("not zero");
        best_size(&groups(sizes), chunk, |size| Duration::from_millis(period(size.get()))).get()
    }

    #[test]
    fn chunks_are_as_large_as_costs_no_time() {
        let by_people = |size: u32| u64::from(size) * 20;
        let by_calls = |_| 300;
        assert_eq!(size(&[100, 100, 100], 100, by_people), 100);
        assert_eq!(size(&[1; 300], 100, by_people), 1);
        assert_eq!(size(&[1; 300], 100, by_calls), 100);
        assert_eq!(size(&[1; 300], 100, |_| 0), 100);
        assert_eq!(size(&[100, 1, 1, 1, 1, 1], 100, by_people), 1);
        assert_eq!(size(&[100, 100, 3], 100, by_calls), 100);
    }

    #[test]
    fn a_window_is_bounded() {
        for (chunk, people) in [(1, 16), (100, 1_600), (1_000, 4_096), (10_000, 10_000)] {
            assert_eq!(window(NonZeroU32::new(chunk).expect("not zero")), people);
        }
    }
}
