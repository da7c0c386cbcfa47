//! What a scenario says, validated.

use std::time::Duration;

use super::{
    DevinoRules, Fault, OmnichannelRules, RecipientRule, SinchRules, StatusRules, WatiRules, WebhookRules,
};
use crate::domain::Rate;

/// How the far side behaves. The default is a provider in good health.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scenario {
    /// Draws shares and latencies.
    pub seed: u64,
    /// From acceptance to answer.
    pub latency: Latency,
    /// How much the provider takes.
    pub rate_limit: RateLimit,
    /// Devino's account.
    pub devino: DevinoRules,
    /// The omnichannel's account.
    pub omnichannel: OmnichannelRules,
    /// Wati's account.
    pub wati: WatiRules,
    /// Sinch's account.
    pub sinch: SinchRules,
    /// How accepted messages move.
    pub statuses: StatusRules,
    /// How what is posted of it goes astray.
    pub webhooks: WebhookRules,
    /// Recipients that are refused.
    pub recipients: Vec<RecipientRule>,
    /// Calls that go wrong.
    pub faults: Vec<Fault>,
}

/// A length of time drawn anew for each call or message, both ends included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Latency {
    /// The shortest.
    pub least: Duration,
    /// The longest.
    pub most: Duration,
}

/// The provider's own limits, which hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// Empty for no limit.
    pub rates: Vec<Rate>,
    /// What a call above the limit is answered with: 429, 420 or 503.
    pub status: u16,
    /// Whether the answer says when there is room again.
    pub retry_after: bool,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { rates: Vec::new(), status: 429, retry_after: false }
    }
}
