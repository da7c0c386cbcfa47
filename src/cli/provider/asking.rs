//! Asking a provider: spaced by the channel's rate, once more where no answer came, page by page.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::cli::failure::Failure;
use crate::clock::{Clock, Tick};
use crate::domain::{Found, Query, QueryFailure, Spacing};
use crate::engine::Link;
use crate::pace::backoff;
use crate::provider::transport::AskError;
use crate::ui::{Counter, Exit, Printer, words};

/// Asks over one channel.
#[derive(Debug)]
pub struct Asking<'a> {
    link: &'a Link,
    clock: &'a dyn Clock,
    printer: &'a Printer,
    period: Duration,
    next: Tick,
}

/// There is no such thing at the provider.
struct NotFound;

impl<'a> Asking<'a> {
    /// Over this channel. The first question is asked at once.
    #[must_use]
    pub fn new(link: &'a Link, clock: &'a dyn Clock, printer: &'a Printer) -> Self {
        let period = Spacing::new(&link.channel.rates, NonZeroU32::MIN).period;
        Self { link, clock, printer, period, next: clock.tick() }
    }

    /// Where it says what it waits for.
    #[must_use]
    pub fn printer(&self) -> &'a Printer {
        self.printer
    }

    /// Time.
    #[must_use]
    pub fn clock(&self) -> &'a dyn Clock {
        self.clock
    }

    /// Asks; `None` where there is no such thing.
    ///
    /// # Errors
    /// As [`Asking::ask`].
    pub async fn ask_if_there(&mut self, query: &Query) -> Result<Option<Found>, Failure> {
        match self.answer(query).await? {
            Ok(found) => Ok(Some(found)),
            Err(NotFound) => Ok(None),
        }
    }

    /// Asks, and asks again under the channel's `retry` where the provider wants fewer calls or gives no
    /// answer: nothing is changed by a question.
    ///
    /// # Errors
    /// When the provider cannot be asked that, refuses, or gives no answer.
    pub async fn ask(&mut self, query: &Query) -> Result<Found, Failure> {
        match self.answer(query).await? {
            Ok(found) => Ok(found),
            Err(NotFound) => Err(self.failure(Exit::Usage, &AskError::Failed(QueryFailure::NotFound))),
        }
    }

    async fn answer(&mut self, query: &Query) -> Result<Result<Found, NotFound>, Failure> {
        let policy = &self.link.channel.retry;
        let mut failures = 0;
        loop {
            self.clock.sleep_until(self.next).await;
            self.next = self.clock.tick().after(self.period);
            let failure = match self.link.transport.ask(self.link.provider.as_ref(), query).await {
                Ok(found) => return Ok(Ok(found)),
                Err(AskError::NotOffered(why)) => return Err(self.failure(Exit::Usage, &why)),
                Err(AskError::Failed(failure)) => failure,
            };
            failures += 1;
            let asked = match &failure {
                QueryFailure::Throttled { retry_after } => retry_after.unwrap_or_default(),
                QueryFailure::Unanswered(_) => Duration::ZERO,
                QueryFailure::NotFound => return Ok(Err(NotFound)),
                QueryFailure::Refused(_) => {
                    return Err(self.failure(Exit::Rejected, &AskError::Failed(failure)));
                }
            };
            if failures >= policy.attempts.get() {
                return Err(self.failure(Exit::Unexpected, &AskError::Failed(failure)));
            }
            let wait = backoff::delay(policy, failures, rand::random()).max(asked);
            self.printer.detail(&format!(
                "{}; asking again in {}",
                AskError::Failed(failure),
                words::duration(wait)
            ));
            self.next = self.next.max(self.clock.tick().after(wait));
        }
    }

    /// Asks, and follows every page where `all` says so, with progress.
    ///
    /// # Errors
    /// As [`Asking::ask`].
    pub async fn follow(&mut self, query: &Query, all: bool) -> Result<Found, Failure> {
        let mut whole = self.ask(query).await?;
        let mut page = query.next_page();
        let mut counter = Counter::new(self.printer, self.clock, "found");
        while let (true, Some(query)) = (all && whole.has_more(), page) {
            counter.reached(whole.len(), whole.total());
            let found = self.ask(&query).await?;
            // A provider that says that more follows and gives nothing would be asked for ever.
            if found.is_empty() {
                break;
            }
            whole.append(found);
            page = query.next_page();
        }
        counter.finish();
        Ok(whole)
    }

    fn failure(&self, exit: Exit, why: &impl std::fmt::Display) -> Failure {
        Failure::new(exit, format!("channel `{}`: {why}", self.link.channel.name))
    }
}
