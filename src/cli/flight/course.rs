//! What a simulated flight comes to.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::LongLimit;

/// See the module. Everything is at the earliest: other runs, retries and a provider that is slow come on top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// When it begins.
    pub start: Timestamp,
    /// The first moment at which somebody is sent to; none where nobody ever is.
    pub first: Option<Timestamp>,
    /// When everybody is sent to who can be; none where nobody can.
    pub end: Option<Timestamp>,
    /// Recipients by the day on which they are sent to, in the campaign's zone; days without any are left out.
    pub days: Vec<(Date, u64)>,
    /// Recipients who are not sent to before the campaign's validity ends.
    pub expired: u64,
    /// Recipients for whom the window does not open.
    pub never: u64,
    /// Recipients who are still not sent to after some 400 days.
    pub beyond: u64,
    /// The long limits, the run's own first, then channel by channel, then the portfolios'.
    pub quotas: Vec<QuotaCourse>,
}

/// A limit of an hour or longer, and what the run takes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaCourse {
    /// Whose it is.
    pub whose: Whose,
    /// The limit.
    pub limit: LongLimit,
    /// What of it is used when the run begins.
    pub before: u64,
    /// What the run takes, over all of its windows.
    pub taken: u64,
    /// What of it is used when the run ends.
    pub after: u64,
}

/// Whose a long limit is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// The campaign's own.
    Campaign,
    /// That of the channel of this index.
    Channel(usize),
    /// What the channels of the portfolio of this name share.
    Portfolio(String),
}

impl Course {
    /// How long it takes; none where nothing holds it back, or nobody is sent to.
    #[must_use]
    pub fn duration(&self) -> Option<std::time::Duration> {
        let passed = self.end?.duration_since(self.start).unsigned_abs();
        (!passed.is_zero()).then_some(passed)
    }
}

impl QuotaCourse {
    /// What of it is left when the run ends.
    #[must_use]
    pub fn left(&self) -> u64 {
        u64::from(self.limit.count()).saturating_sub(self.after)
    }
}
