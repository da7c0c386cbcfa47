//! The table `[schedule]` as it is written: when a campaign is sent.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::{DatesOrText, Placed, Table, TextOrTexts, Written};

/// When it is sent.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline, extend("minProperties" = 1, "not" = { "required": ["at", "cron"] }))]
pub struct RawSchedule {
    /// The moment, without quotes: 2026-11-27T08:00:00 in the campaign's time zone, or with an offset,
    /// 2026-11-27T08:00:00-03:00.
    pub at: Option<Placed<Written>>,
    /// Again and again, instead: minute, hour, day, month and weekday, such as 0 8 * * FRI; six fields begin with
    /// seconds, seven end with a year.
    #[schemars(length(min = 1))]
    pub cron: Option<Placed<String>>,
    /// In which time zone times are written, such as America/Sao_Paulo. Without it: that of workspace.toml, or the
    /// machine's.
    #[schemars(length(min = 1))]
    pub timezone: Option<Placed<String>>,
    /// On which days and between which hours it may be sent; outside of them it waits.
    pub window: Option<Placed<Table<RawWindow>>>,
    /// The moment from which on nothing of it is sent any more; written like at.
    pub valid_until: Option<Placed<Written>>,
    /// What is done when its moment passed while nothing ran, or it lay interrupted: send, skip leaves it out, hold
    /// waits for a person. Without it: send up to an hour late, hold after that.
    pub late: Option<Placed<RawLate>>,
    /// What is done when cron comes while the last run is unfinished: skip leaves it out, queue sends it after.
    /// Without it: skip.
    pub overlap: Option<Placed<RawOverlap>>,
}

/// On which days and between which hours.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawWindow {
    /// Days of the week: mon-sat, or a list such as ["mon", "wed"]. Without it: all.
    pub days: Option<Placed<TextOrTexts>>,
    /// When it opens, such as 08:00. Without from and to: the whole day.
    pub from: Option<Placed<Written>>,
    /// When it closes, such as 20:00; earlier than from where it goes on past midnight.
    pub to: Option<Placed<Written>>,
    /// Whose clock: the sender's, in the campaign's time zone, or each recipient's, by the number. Without it:
    /// sender.
    pub clock: Option<Placed<RawClock>>,
    /// Days on which it does not open, beside those of workspace.toml: a list of dates, or an .ics file, seen from
    /// the workspace's folder; none keeps no holidays at all.
    pub holidays: Option<Placed<DatesOrText>>,
}

/// Whose clock.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RawClock {
    /// The sender's: one for everybody.
    Sender,
    /// Each recipient's own.
    Recipient,
}

/// What is done when it is late.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RawLate {
    /// It is sent all the same.
    Send,
    /// It is left out.
    Skip,
    /// It waits for a person.
    Hold,
}

/// What is done when it comes too early.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RawOverlap {
    /// It is left out.
    Skip,
    /// It waits for its turn.
    Queue,
}
