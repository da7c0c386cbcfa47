//! Asking an account for what a plan needs of it, until it is there or somebody interrupts.

use thiserror::Error;

use crate::domain::{Found, Query};
use crate::engine::asking::{ListFault, Pages, ask};
use crate::engine::interrupt::Urgency;
use crate::engine::link::Link;
use crate::engine::send::Engine;
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
    /// What came is not all of it.
    #[error("channel {channel} was asked for {what}, and they did not come whole: {source}")]
    NotWhole {
        /// The channel's name.
        channel: String,
        /// What was asked for: `its tags`.
        what: &'static str,
        /// What is wrong with the list.
        source: ListFault,
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
    /// Asks as often as the channel's retry policy allows. `what` is asked for, in words: `its tags`.
    pub(super) async fn ask(
        &self,
        link: &Link,
        query: &Query,
        what: &'static str,
    ) -> Result<Found, Unanswered> {
        let channel = || link.channel.name.clone();
        let asked = tokio::select! {
            asked = ask(link, self.clock.as_ref(), query, |_, _| ()) => asked,
            () = self.interrupt.reached(Urgency::Drain) => {
                return Err(Unanswered::Interrupted { channel: channel(), what });
            }
        };
        asked.map_err(|source| match source {
            AskError::NotOffered(_) => Unanswered::NotOffered { channel: channel(), what, source },
            AskError::Failed(_) => Unanswered::Failed { channel: channel(), what, source },
        })
    }

    /// Asks for a list page by page, and gives each page to `take`, which says of an answer of another kind
    /// that it is one.
    ///
    /// # Errors
    /// As [`Engine::ask`], what `take` says, or that the list is not whole.
    pub(super) async fn ask_all<E: From<Unanswered>>(
        &self,
        link: &Link,
        query: Query,
        what: &'static str,
        mut take: impl FnMut(Found) -> Result<Taken, E>,
    ) -> Result<(), E> {
        let fault = |source| Unanswered::NotWhole { channel: link.channel.name.clone(), what, source };
        let mut pages = Pages::default();
        let mut next = Some(query);
        while let Some(query) = next {
            let found = self.ask(link, &query, what).await?;
            let is_more_wanted = pages.turn(&found).map_err(fault)?;
            if take(found)? == Taken::OtherKind {
                return Err(fault(ListFault::OtherKind).into());
            }
            next = if is_more_wanted { query.next_page() } else { None };
        }
        Ok(())
    }
}

/// Whether a page is what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is, and was taken.
    Page,
    /// It is an answer to another question.
    OtherKind,
}
