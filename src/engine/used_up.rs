//! Which limits of an hour and longer keep a run's people waiting, as the journal and the clock tell it: the same for
//! whoever sends and whoever only looks.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roaring::RoaringBitmap;

use crate::domain::{Channel, LongLimit, Rate, RunState};
use crate::journal::{Journal, Place, UsageOf};
use crate::pace::{Full, LongWindow};
use crate::roster::{Roster, RosterError};

use super::budget::{sent, window_of};
use super::error::EngineError;

/// A limit that has no room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedUp {
    /// The channel whose people wait; none where it is the campaign's own limit.
    pub channel: Option<String>,
    /// The portfolio that it is the budget of.
    pub portfolio: Option<String>,
    /// Which, and until when.
    pub full: Full,
}

/// The limits that keep people of a run waiting while it is sent over `channels`, those of its plan in their order as
/// they are set up now, under the campaign's `rates`; whether all of its people wait for one. Nothing where nobody
/// sends it. The journal must know the run's ledger.
///
/// # Errors
/// When the journal or the roster cannot be read.
pub fn used_up(
    journal: &Journal,
    roster: &Roster,
    channels: &[Channel],
    rates: &[Rate],
    now: Timestamp,
) -> Result<(Vec<UsedUp>, bool), EngineError> {
    let run = roster.plan().run;
    if journal.view(run)?.summary.state != RunState::Sending {
        return Ok((Vec::new(), false));
    }
    let pending: RoaringBitmap = journal
        .with_ledger(run, |ledger| ledger.all_in(Place::Pending).map(|recipient| recipient.0).collect())?;
    if pending.is_empty() {
        return Ok((Vec::new(), false));
    }
    let sent_by_run = sent(journal, &UsageOf::Run(run));
    if let Some(full) = full(LongWindow::of(LongLimit::among(rates), &sent_by_run), now) {
        return Ok((vec![UsedUp { channel: None, portfolio: None, full }], true));
    }
    let mut limits = Vec::new();
    for (index, channel) in (0_u16..).zip(channels) {
        limits.extend(full_of(journal, channel, now).map(|limit| (index, limit)));
    }
    if limits.is_empty() {
        return Ok((Vec::new(), false));
    }
    let waiting = channels_of(roster, &pending, channels.len())?;
    let all_wait = waiting.iter().all(|index| limits.iter().any(|(full, _)| full == index));
    limits.retain(|(index, _)| waiting.contains(index));
    Ok((limits.into_iter().map(|(_, limit)| limit).collect(), all_wait))
}

/// The channel's limit, or its portfolio's, that lacks room the longest.
fn full_of(journal: &Journal, channel: &Channel, now: Timestamp) -> Option<UsedUp> {
    let sent = sent(journal, &UsageOf::Channel(channel.name.clone()));
    let used_up = |portfolio, full| UsedUp { channel: Some(channel.name.clone()), portfolio, full };
    let own = full(LongWindow::of(channel.long_limits(), &sent), now).map(|full| used_up(None, full));
    let shared = channel.portfolio.as_ref().and_then(|portfolio| {
        let full = full(window_of(portfolio, journal), now)?;
        Some(used_up(Some(portfolio.name.clone()), full))
    });
    own.into_iter().chain(shared).max_by_key(|used_up| used_up.full.until)
}

fn full(mut window: LongWindow, now: Timestamp) -> Option<Full> {
    window.admit(now, 1).err()
}

/// The channels that these people are sent over, by their place in the plan.
fn channels_of(
    roster: &Roster,
    people: &RoaringBitmap,
    channels: usize,
) -> Result<BTreeSet<u16>, RosterError> {
    if channels == 1 {
        return Ok(BTreeSet::from([0]));
    }
    let mut found = BTreeSet::new();
    for (number, entry) in (0_u32..).zip(roster.standings()) {
        let (_, channel, _) = entry?;
        if people.contains(number) {
            found.insert(channel);
        }
        if found.len() == channels {
            break;
        }
    }
    Ok(found)
}
