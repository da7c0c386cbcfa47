//! What a simulated flight comes to.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::Rate;

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
    /// The long limits, the run's own first, and then channel by channel.
    pub quotas: Vec<QuotaCourse>,
}

/// A limit of an hour or longer, and what the run takes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaCourse {
    /// The channel's index; none for the campaign's own limit.
    pub channel: Option<usize>,
    /// The limit.
    pub rate: Rate,
    /// What of it is used when the run begins.
    pub before: u64,
    /// What the run takes, over all of its windows.
    pub taken: u64,
    /// What of it is used when the run ends.
    pub after: u64,
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
        u64::from(self.rate.count.get()).saturating_sub(self.after)
    }
}
