//! What a plan takes: how many calls, and how long at the least.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::domain::{Channel, Rate, Spacing};
use crate::engine::planning::{Survey, chunks_of};

/// What of a campaign bounds its pace beside the channels.
#[derive(Debug, Clone, Copy)]
pub struct Paces<'a> {
    /// The campaign's own rates.
    pub rates: &'a [Rate],
    /// Recipients at risk at once.
    pub max_in_doubt: NonZeroU32,
}

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Calls, each made once.
    pub calls: u64,
    /// The slower of the campaign's own pace and the channels'; `None` where nothing holds it back.
    pub duration: Option<Duration>,
}

/// What it takes to send to everybody whom the survey found, each over their channel.
#[must_use]
pub fn estimate(paces: &Paces<'_>, survey: &Survey, channels: &[Channel]) -> Estimate {
    let chunks = chunks_of(paces.rates, paces.max_in_doubt, channels);
    let mut all = 0;
    let mut of_run = Duration::ZERO;
    let mut slowest = Duration::ZERO;
    for (index, (channel, chunk)) in channels.iter().zip(chunks).enumerate() {
        let of_channel = |size| Spacing::new(&channel.rates, size).period;
        let by_run = |size| Spacing::new(paces.rates, size).period;
        let counted = survey.calls_over(index);
        let (size, calls) = counted.in_chunks(chunk, |size| of_channel(size).max(by_run(size)));
        let many = u32::try_from(calls).unwrap_or(u32::MAX);
        all += calls;
        of_run = of_run.saturating_add(by_run(size).saturating_mul(many));
        slowest = slowest.max(of_channel(size).saturating_mul(many));
    }
    let duration = slowest.max(of_run);
    Estimate { calls: all, duration: (!duration.is_zero()).then_some(duration) }
}
