//! Asking a provider for a command: what it waits for, what is wrong, and how far it is, in words.

use crate::cli::failure::Failure;
use crate::clock::Clock;
use crate::domain::{Found, Query, QueryFailure};
use crate::engine::{Link, ListFault, Pages, ask};
use crate::provider::transport::AskError;
use crate::ui::{Counter, Exit, Printer, words};

/// Asks over one channel.
#[derive(Debug)]
pub struct Asking<'a> {
    link: &'a Link,
    clock: &'a dyn Clock,
    printer: &'a Printer,
}

/// There is no such thing at the provider.
struct NotFound;

impl<'a> Asking<'a> {
    /// Over this channel. The first question is asked at once.
    #[must_use]
    pub fn new(link: &'a Link, clock: &'a dyn Clock, printer: &'a Printer) -> Self {
        Self { link, clock, printer }
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

    async fn answer(&self, query: &Query) -> Result<Result<Found, NotFound>, Failure> {
        let asked = ask(self.link, self.clock, query, |failure, wait| {
            self.printer.detail(&format!("{failure}; asking again in {}", words::duration(wait)));
        });
        match asked.await {
            Ok(found) => Ok(Ok(found)),
            Err(AskError::Failed(QueryFailure::NotFound)) => Ok(Err(NotFound)),
            Err(why) => {
                let exit = match &why {
                    AskError::NotOffered(_) => Exit::Usage,
                    AskError::Failed(QueryFailure::Refused(_)) => Exit::Rejected,
                    AskError::Failed(_) => Exit::Unexpected,
                };
                Err(self.failure(exit, &why))
            }
        }
    }

    /// Asks, and follows every page where `all` says so, with progress. A list that ends before its end is
    /// told of.
    ///
    /// # Errors
    /// As [`Asking::ask`], and when the provider gives the same page for ever.
    pub async fn follow(&mut self, query: &Query, all: bool) -> Result<Found, Failure> {
        let mut whole = self.ask(query).await?;
        if !all {
            return Ok(whole);
        }
        let mut counter = Counter::new(self.printer, self.clock, "found");
        let mut pages = Pages::default();
        let mut turned = pages.turn(&whole);
        let mut page = query.next_page();
        while let (Ok(true), Some(query)) = (&turned, page) {
            counter.reached(whole.len(), whole.total());
            let found = self.ask(&query).await?;
            turned = pages.turn(&found);
            whole.append(found);
            page = query.next_page();
        }
        counter.finish();
        match turned {
            Ok(_) => {}
            Err(fault @ ListFault::Short { .. }) => {
                self.printer.warning(&format!("channel `{}`: {fault}", self.link.channel.name));
            }
            Err(fault @ (ListFault::Repeats { .. } | ListFault::OtherKind)) => {
                return Err(self.failure(Exit::Unexpected, &fault));
            }
        }
        Ok(whole)
    }

    fn failure(&self, exit: Exit, why: &impl std::fmt::Display) -> Failure {
        Failure::new(exit, format!("channel `{}`: {why}", self.link.channel.name))
    }
}
