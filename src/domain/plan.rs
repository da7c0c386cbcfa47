//! The frozen plan: everything about a run that must not change once it is made.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Rate, RowCounts, RunId, RunName, Safety};

/// Which time of a campaign this is. A campaign started by hand has one occurrence until
/// `run --again` opens another; sandbox channels open one every time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Occurrence(pub u32);

/// BLAKE3 over the plan's frozen facts and the salted digests of all recipients.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlanHash(pub [u8; 32]);

impl fmt::Display for PlanHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for PlanHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PlanHash({self})")
    }
}

impl From<PlanHash> for String {
    fn from(hash: PlanHash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for PlanHash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const ERROR: &str = "a plan hash has 64 hexadecimal digits";
        let mut hash = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(ERROR);
        }
        for (index, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| ERROR)?;
        }
        Ok(Self(hash))
    }
}

/// Where a channel pointed when the plan was made; a resume refuses one that points elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenChannel {
    /// Its name in `channels.toml`.
    pub name: String,
    /// The provider's name, `devino`.
    pub provider: String,
    /// Its provider-specific settings that are not secrets: sender, account, callback address.
    pub values: BTreeMap<String, String>,
    /// The configured base address; `sandbox` for the built-in simulator, whose port changes.
    pub base_address: String,
    /// Whether it is the built-in simulator.
    pub sandbox: bool,
}

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// To send the campaign to its audience.
    Campaign,
    /// To send again to those whom that run's provider rejected (`disparo retry`).
    RetryOf(RunId),
    /// To send row 1 to the people of `test_to` (`disparo run --test`); stands outside the occurrence.
    Test,
    /// To send over the fallback channel to those whom that run's provider rejected.
    FallbackOf(RunId),
    /// To carry out one command's change; stands outside the occurrence.
    Single,
    /// To try again for those whom that test's provider rejected; stands outside the occurrence.
    TestRetryOf(RunId),
    /// To try again what that command's provider rejected; stands outside the occurrence.
    SingleRetryOf(RunId),
    /// To send again what that run's provider accepted and could not deliver, for a reason that passes.
    RetryFailedOf(RunId),
    /// To do something for those whom that run's provider accepted (`[after]`); stands outside the occurrence.
    AfterOf {
        /// The run.
        run: RunId,
        /// The action's place in its [`Conduct::after`](super::Conduct::after).
        action: u16,
    },
    /// To try again what the provider rejected in that run, which was after another; stands outside the
    /// occurrence.
    AfterRetryOf(RunId),
}

impl Purpose {
    /// Whether a run for this reaches the campaign's audience, so that nobody may be reached by two of
    /// them. Tests and single changes stand outside.
    #[must_use]
    pub fn is_of_occurrence(self) -> bool {
        match self {
            Self::Campaign | Self::RetryOf(_) | Self::FallbackOf(_) | Self::RetryFailedOf(_) => true,
            Self::Test
            | Self::Single
            | Self::TestRetryOf(_)
            | Self::SingleRetryOf(_)
            | Self::AfterOf { .. }
            | Self::AfterRetryOf(_) => false,
        }
    }

    /// The purpose of a retry of `run`, which is for this: who stands outside the occurrence does so the second
    /// time as well.
    #[must_use]
    pub fn of_retry(self, run: RunId) -> Self {
        match self {
            Self::Campaign | Self::RetryOf(_) | Self::FallbackOf(_) | Self::RetryFailedOf(_) => {
                Self::RetryOf(run)
            }
            Self::Test | Self::TestRetryOf(_) => Self::TestRetryOf(run),
            Self::Single | Self::SingleRetryOf(_) => Self::SingleRetryOf(run),
            Self::AfterOf { .. } | Self::AfterRetryOf(_) => Self::AfterRetryOf(run),
        }
    }

    /// Whether it is one command's change, the first time or again.
    #[must_use]
    pub fn is_single(self) -> bool {
        matches!(self, Self::Single | Self::SingleRetryOf(_))
    }

    /// The purpose in a word, for JSON and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::RetryOf(_) => "retry",
            Self::Test | Self::TestRetryOf(_) => "test",
            Self::FallbackOf(_) => "fallback",
            Self::Single | Self::SingleRetryOf(_) => "single",
            Self::RetryFailedOf(_) => "retry_failed",
            Self::AfterOf { .. } | Self::AfterRetryOf(_) => "after",
        }
    }

    /// Whom of that other run it takes up, in a word: its rejected, or its undelivered.
    #[must_use]
    pub fn takes_up(self) -> &'static str {
        match self {
            Self::RetryFailedOf(_) => "undelivered",
            _ => "rejected",
        }
    }

    /// The run whose rejected, or whose undelivered, this one takes up.
    #[must_use]
    pub fn origin(self) -> Option<RunId> {
        match self {
            Self::RetryOf(run)
            | Self::FallbackOf(run)
            | Self::TestRetryOf(run)
            | Self::SingleRetryOf(run)
            | Self::RetryFailedOf(run)
            | Self::AfterRetryOf(run) => Some(run),
            Self::Campaign | Self::Test | Self::Single | Self::AfterOf { .. } => None,
        }
    }

    /// The run for whose accepted this one does something.
    #[must_use]
    pub fn after(self) -> Option<RunId> {
        match self {
            Self::AfterOf { run, .. } => Some(run),
            _ => None,
        }
    }
}

/// A run's frozen plan. The roster beside it holds the recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The run made from it.
    pub run: RunId,
    /// What people call the run.
    pub run_name: RunName,
    /// The campaign's name as in its definition.
    pub campaign: String,
    /// Which time of the campaign.
    pub occurrence: Occurrence,
    /// What the run is for.
    pub purpose: Purpose,
    /// When it was made.
    pub created: Timestamp,
    /// Channels over which the recipients are spread; a recipient names one by index.
    pub channels: Vec<FrozenChannel>,
    /// What became of the audience's rows.
    pub rows: RowCounts,
    /// Recipients whom the plan already leaves out because an earlier run of the occurrence has them.
    pub already: u64,
    /// Recipients whom the plan already leaves out because they are suppressed.
    pub suppressed: u64,
    /// The campaign's brakes.
    pub safety: Safety,
    /// The campaign's own pace; the channel's and `resume --rate` are live.
    pub rates: Vec<Rate>,
    /// The campaign's ramp, begun anew by each start.
    pub ramp: Option<Ramp>,
}

impl Plan {
    /// Whether both plans are for the same people at the same time of the same campaign, so that nobody
    /// may be reached by both. Tests and single changes stand outside.
    #[must_use]
    pub fn shares_occurrence(&self, other: &Self) -> bool {
        let are_of_one = self.purpose.is_of_occurrence() && other.purpose.is_of_occurrence();
        are_of_one && self.campaign == other.campaign && self.occurrence == other.occurrence
    }

    /// Whether nobody real is reached: all channels are the built-in simulator.
    #[must_use]
    pub fn is_rehearsal(&self) -> bool {
        self.channels.iter().all(|channel| channel.sandbox)
    }
}

/// Begin slower than the rate and reach it after a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ramp {
    /// The rate at the start.
    pub from: Rate,
    /// How long until the full rate.
    pub over: std::time::Duration,
}
