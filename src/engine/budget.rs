//! The budget of a portfolio: people who may be messaged over any of its channels, whichever runs they are of.

use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::domain::{LongLimit, Portfolio};
use crate::journal::{Journal, UsageOf};
use crate::pace::{Full, LongWindow, MinuteCount};

/// See the module. There is one of each portfolio in a process.
#[derive(Debug, Default)]
pub struct Budget {
    counted: Mutex<Option<Counted>>,
}

#[derive(Debug)]
struct Counted {
    /// As it was when it was counted.
    portfolio: Portfolio,
    window: LongWindow,
}

impl Budget {
    fn lock(&self) -> MutexGuard<'_, Option<Counted>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the portfolio as it is now. What was sent before is read from the journal, unless this process has
    /// counted for the same channels all along.
    pub fn renew(&self, portfolio: &Portfolio, journal: &Journal) {
        let is_known = self.lock().as_ref().is_some_and(|counted| counted.portfolio == *portfolio);
        if is_known {
            return;
        }
        *self.lock() = Some(Counted { portfolio: portfolio.clone(), window: window_of(portfolio, journal) });
    }

    /// Counts a call for as many of `people` as there is room for, and gives how many these are. Looking and
    /// counting are one step: calls over other channels of the portfolio are counted at the same time.
    ///
    /// # Errors
    /// The limit that has no room for the least, and until when.
    pub fn take(&self, now: Timestamp, people: RangeInclusive<u32>) -> Result<u32, Full> {
        let mut counted = self.lock();
        let Some(counted) = counted.as_mut() else { return Ok(*people.end()) };
        let room = counted.window.room(now, people)?;
        counted.window.record(now, room);
        Ok(room)
    }

    /// Takes back what was counted for a call and not intended after all.
    pub fn give_back(&self, calls: u32, recipients: u32) {
        if let Some(counted) = self.lock().as_mut() {
            counted.window.give_back(calls, recipients);
        }
    }
}

/// What the journal counted over the channels that a portfolio has now, under its limit.
pub fn window_of(portfolio: &Portfolio, journal: &Journal) -> LongWindow {
    let usage = |channel: &String| sent(journal, &UsageOf::Channel(channel.clone()));
    let sent: Vec<_> = portfolio.channels.iter().flat_map(usage).collect();
    LongWindow::of([LongLimit::Rolling(portfolio.limit)], &sent)
}

/// What the journal counted, by the minute.
pub fn sent(journal: &Journal, of: &UsageOf) -> Vec<MinuteCount> {
    let count = |(minute, calls, recipients)| MinuteCount {
        minute: i64::try_from(minute).unwrap_or(i64::MAX),
        calls,
        recipients,
    };
    journal.usage(of).into_iter().map(count).collect()
}
