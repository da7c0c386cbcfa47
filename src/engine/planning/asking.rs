//! Asking an account, with the patience that a question deserves: nothing is changed by it, so that it is
//! asked again when the provider wants fewer calls or does not answer.

use std::time::Duration;

use thiserror::Error;

use crate::domain::{Found, Query, QueryFailure};
use crate::engine::Urgency;
use crate::engine::link::Link;
use crate::engine::send::Engine;
use crate::pace::backoff;
use crate::provider::transport::AskError;

/// Why an account gave no answer.
#[derive(Debug, Error)]
pub enum Unanswered {
    /// The provider cannot be asked that.
    #[error("channel {channel} cannot be asked for {what}: {source}")]
    NotOffered {
        /// The channel's name.
        channel: String,
        /// What was asked for: `its tags`.
        what: &'static str,
        /// Why not.
        source: AskError,
    },
    /// It was asked as often as the channel's `retry` allows.
    #[error("channel {channel} was asked for {what} and did not answer: {source}")]
    Failed {
        /// The channel's name.
        channel: String,
        /// What was asked for: `its tags`.
        what: &'static str,
        /// What came instead.
        source: AskError,
    },
    /// Ctrl-C.
    #[error("interrupted while asking channel {channel} for {what}")]
    Interrupted {
        /// The channel's name.
        channel: String,
        /// What was asked for: `its tags`.
        what: &'static str,
    },
}

impl Engine {
    /// Asks until there is an answer, or the channel's retry policy has no more patience. `what` is asked
    /// for, in words: `its tags`.
    pub(super) async fn ask(
        &self,
        link: &Link,
        query: &Query,
        what: &'static str,
    ) -> Result<Found, Unanswered> {
        let channel = || link.channel.name.clone();
        let policy = &link.channel.retry;
        let mut failures = 0;
        loop {
            let asked = tokio::select! {
                asked = link.transport.ask(link.provider.as_ref(), query) => asked,
                () = self.interrupt.reached(Urgency::Drain) => {
                    return Err(Unanswered::Interrupted { channel: channel(), what });
                }
            };
            let source = match asked {
                Ok(found) => return Ok(found),
                Err(source) => source,
            };
            failures += 1;
            let wait = match &source {
                AskError::NotOffered(_) => {
                    return Err(Unanswered::NotOffered { channel: channel(), what, source });
                }
                AskError::Failed(QueryFailure::Throttled { retry_after: Some(wait) }) => *wait,
                AskError::Failed(QueryFailure::Throttled { .. } | QueryFailure::Unanswered(_)) => {
                    backoff::delay(policy, failures, rand::random())
                }
                AskError::Failed(QueryFailure::NotFound | QueryFailure::Refused(_)) => {
                    return Err(Unanswered::Failed { channel: channel(), what, source });
                }
            };
            if failures >= policy.attempts.get() {
                return Err(Unanswered::Failed { channel: channel(), what, source });
            }
            self.pause(wait, link, what).await?;
        }
    }

    async fn pause(&self, wait: Duration, link: &Link, what: &'static str) -> Result<(), Unanswered> {
        tokio::select! {
            () = self.clock.sleep_until(self.clock.tick().after(wait)) => Ok(()),
            () = self.interrupt.reached(Urgency::Drain) => {
                Err(Unanswered::Interrupted { channel: link.channel.name.clone(), what })
            }
        }
    }

    /// Asks for a list page by page, and gives each page to `take` until it says that it is enough.
    ///
    /// # Errors
    /// As [`Engine::ask`], or what `take` says.
    pub(super) async fn ask_all<E: From<Unanswered>>(
        &self,
        link: &Link,
        query: Query,
        what: &'static str,
        mut take: impl FnMut(Found) -> Result<More, E>,
    ) -> Result<(), E> {
        let mut next = Some(query);
        while let Some(query) = next {
            let found = self.ask(link, &query, what).await?;
            let has_more = found.has_more();
            let wants_more = take(found)? == More::Yes;
            next = if has_more && wants_more { query.next_page() } else { None };
        }
        Ok(())
    }
}

/// Whether another page is wanted. A page without items ends a list, whatever it says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    /// It is.
    Yes,
    /// It is not.
    No,
}
