//! Asking an account, in plans and in commands alike: spaced by the channel's rate, once more where no
//! answer came, and page by page until the list is whole.

use std::collections::HashSet;
use std::time::Duration;

use thiserror::Error;

use crate::clock::Clock;
use crate::domain::{Found, Query, QueryFailure};
use crate::pace::backoff;
use crate::provider::transport::AskError;

use super::link::Link;
use super::seat::count_question;

/// Asks until there is an answer, or the channel's retry policy has no more patience: nothing is changed by
/// a question. It takes its turn among everything that is asked over the channel (see `questions`).
/// `on_wait` is told what came instead of an answer, and how long it waits.
///
/// # Errors
/// What came instead of an answer at last.
pub async fn ask(
    link: &Link,
    clock: &dyn Clock,
    query: &Query,
    mut on_wait: impl FnMut(&AskError, Duration),
) -> Result<Found, AskError> {
    let policy = &link.channel.retry;
    let mut failures = 0;
    loop {
        let slot = link.shared.questions.reserve(&link.channel, clock.tick());
        clock.sleep_until(slot).await;
        if let Err(cause) = count_question(link, clock).await {
            return Err(AskError::Failed(QueryFailure::Unanswered(cause)));
        }
        let failure = match link.transport.ask(link.provider.as_ref(), query).await {
            Ok(found) => return Ok(found),
            Err(AskError::Failed(failure)) => failure,
            Err(not_offered @ AskError::NotOffered(_)) => return Err(not_offered),
        };
        failures += 1;
        let asked = match &failure {
            QueryFailure::Throttled { retry_after } => retry_after.unwrap_or_default(),
            QueryFailure::Unanswered(_) => Duration::ZERO,
            QueryFailure::NotFound | QueryFailure::Refused(_) => return Err(AskError::Failed(failure)),
        };
        let failure = AskError::Failed(failure);
        if failures >= policy.attempts.get() {
            return Err(failure);
        }
        let wait = backoff::delay(policy, failures, rand::random()).max(asked);
        on_wait(&failure, wait);
        link.shared.questions.not_before(clock.tick().after(wait));
    }
}

/// What is wrong with a list.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ListFault {
    /// The provider does not turn pages.
    #[error(
        "page {page} of the list has nothing that was not on the pages before it, and the provider says that more follows; it seems to take no notice of the page that is asked for"
    )]
    Repeats {
        /// From 1, counted from where the asking began.
        page: u32,
    },
    /// It ends too early.
    #[error(
        "the list ended after {found} of the {total} entries that the provider told of; some may have been removed meanwhile, so try again"
    )]
    Short {
        /// Entries that came.
        found: u64,
        /// Entries in all.
        total: u64,
    },
    /// Another question was answered.
    #[error("the answer is one to another question")]
    OtherKind,
}

/// A list that is asked for page by page.
#[derive(Debug, Default)]
pub struct Pages {
    pages: u32,
    found: u64,
    total: Option<u64>,
    known: HashSet<u64>,
}

impl Pages {
    /// Takes note of a page. Whether another is to be asked for.
    ///
    /// # Errors
    /// When the list goes round in circles, or has ended before its end.
    pub fn turn(&mut self, found: &Found) -> Result<bool, ListFault> {
        self.pages += 1;
        self.found += found.len() as u64;
        self.total = found.total().or(self.total);
        let mut is_any_new = false;
        for item in found.digests() {
            is_any_new |= self.known.insert(item);
        }
        if found.has_more() && !found.is_empty() {
            return if is_any_new { Ok(true) } else { Err(ListFault::Repeats { page: self.pages }) };
        }
        match self.total {
            Some(total) if total > self.found => Err(ListFault::Short { found: self.found, total }),
            Some(_) | None => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::{Page, Tag};

    fn page(ids: std::ops::Range<u32>, total: Option<u64>, is_last: bool) -> Found {
        let items = ids.map(|id| Tag { id: id.to_string(), ..Tag::default() }).collect();
        Found::Tags(Page { items, total, is_last })
    }

    #[test]
    fn a_provider_that_turns_no_pages_is_not_asked_for_ever() {
        let mut pages = Pages::default();
        assert_eq!(pages.turn(&page(0..3, None, false)), Ok(true));
        assert_eq!(pages.turn(&page(2..5, None, false)), Ok(true), "one of them is new");
        assert_eq!(pages.turn(&page(1..4, None, false)), Err(ListFault::Repeats { page: 3 }));
    }

    #[test]
    fn a_list_that_ends_below_its_total_is_no_whole_list() {
        let mut pages = Pages::default();
        assert_eq!(pages.turn(&page(0..3, Some(5), false)), Ok(true));
        assert_eq!(pages.turn(&page(3..5, Some(5), true)), Ok(false));
        for last in [page(3..4, Some(5), true), page(3..4, None, true)] {
            let mut pages = Pages::default();
            assert_eq!(pages.turn(&page(0..3, Some(5), false)), Ok(true));
            assert_eq!(pages.turn(&last), Err(ListFault::Short { found: 4, total: 5 }));
        }
        // A page without entries ends a list, whatever it says of itself.
        let mut pages = Pages::default();
        assert_eq!(pages.turn(&page(0..0, Some(2), false)), Err(ListFault::Short { found: 0, total: 2 }));
        assert_eq!(Pages::default().turn(&page(0..0, None, false)), Ok(false));
    }
}
