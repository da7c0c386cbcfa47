//! What a scenario says, validated.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::time::Duration;

use serde::Deserialize;

use super::{Fault, RecipientRule};
use crate::domain::{Phone, Rate};

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
    /// Wati's account.
    pub wati: WatiRules,
    /// Recipients that are refused.
    pub recipients: Vec<RecipientRule>,
    /// Calls that go wrong.
    pub faults: Vec<Fault>,
}

/// A length of time drawn anew for each call, both ends included.
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

/// What the seed leaves open about Devino's account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DevinoRules {
    /// The longest `messages`; `None` for no maximum.
    pub batch: Option<NonZeroU32>,
    /// Senders that the account may not use.
    pub unavailable_senders: BTreeSet<String>,
    /// The status of a call that is refused as a whole because of one message: 400, 413 or 422.
    pub refuse_whole: Option<u16>,
    /// Where errors of the whole call stand.
    pub call_errors: CallErrors,
}

/// Where Devino's errors that concern the whole call stand; not documented (providers.md §1.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallErrors {
    /// One entry in `result`, whatever the number of messages, with status 200.
    #[default]
    Result,
    /// At the top level, with status 200.
    TopLevel,
    /// At the top level, with status 400.
    BadRequest,
}

/// What the seed leaves open about Wati's account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WatiRules {
    /// The account's own numbers; empty when any is taken.
    pub numbers: BTreeSet<Phone>,
    /// The account's templates by name; empty when any is taken.
    pub templates: BTreeMap<String, WatiTemplate>,
}

/// A template of Wati's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatiTemplate {
    /// Names of its parameters.
    pub params: BTreeSet<String>,
    /// Whether WhatsApp has approved it.
    pub approved: bool,
}
