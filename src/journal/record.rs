//! What is written: the records of a run's log, the facts of a run, and who is suppressed.
//!
//! Everything is postcard. Enums are only ever extended at their end; the store's format version
//! (see `store`) changes when that is not enough.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Attempt, ChunkNumber, ChunkRecipients, Conduct, DoubtCause, FrozenChannel, Launch, MessageId, OnDoubt,
    Plan, PlanHash, Reason, RecipientNumber, RunEvent, RunId, RunState, Standing, Tally, Timing, Verdict,
    Verdicts,
};

/// Which process wrote an intent: counts the openings of the store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u32);

/// One fact of a run's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    /// A call is about to be made for these recipients.
    Intent {
        /// Number of the chunk.
        chunk: ChunkNumber,
        /// Which attempt it is for its recipients.
        attempt: Attempt,
        /// Index of the channel in the plan.
        channel: u16,
        /// The process that means to call.
        epoch: Epoch,
        /// When, in milliseconds since the Unix epoch.
        at: i64,
        /// For whom.
        recipients: ChunkRecipients,
    },
    /// The intent was not acted on: its recipients are pending again.
    Withdrawn {
        /// Which intent.
        chunk: ChunkNumber,
    },
    /// What came of the call.
    Outcome {
        /// Which intent.
        chunk: ChunkNumber,
        /// When, in milliseconds since the Unix epoch.
        at: i64,
        /// The verdicts.
        verdicts: Verdicts,
    },
    /// Pending recipients that are not sent.
    Skipped {
        /// Who.
        recipients: ChunkRecipients,
        /// Why.
        cause: SkipCause,
    },
    /// Pending recipients whose refusals, taken together, turned out to be for good.
    Refused {
        /// Who.
        recipients: ChunkRecipients,
        /// Why.
        reason: Reason,
        /// When, in milliseconds since the Unix epoch.
        at: i64,
    },
    /// Recipients in doubt of whom somebody now says what became of them.
    DoubtSettled {
        /// Who.
        recipients: ChunkRecipients,
        /// What became of them.
        settlement: Settlement,
        /// Who says so.
        by: SettledBy,
        /// When, in milliseconds since the Unix epoch.
        at: i64,
    },
    /// Something happened to the run.
    Happened {
        /// What.
        event: RunEvent,
        /// When, in milliseconds since the Unix epoch.
        at: i64,
    },
    /// A recipient in doubt for whom the provider turned out to have what was asked for.
    Proved {
        /// Who.
        recipient: RecipientNumber,
        /// The provider's identifier.
        id: MessageId,
        /// When, in milliseconds since the Unix epoch.
        at: i64,
    },
    /// A recipient of whose message a receipt came: in doubt, or pending or cancelled because the call was
    /// taken for one that reached nobody.
    Received {
        /// Who.
        recipient: RecipientNumber,
        /// The provider's identifier, where the receipt has one.
        id: Option<MessageId>,
        /// When, in milliseconds since the Unix epoch.
        at: i64,
    },
}

/// Why a pending recipient is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SkipCause {
    /// Suppressed after the plan was made.
    Suppressed,
    /// The message that is sent again was delivered after all.
    Delivered,
}

/// What became of a recipient in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// Evidence says that the message exists.
    ConfirmedSent,
    /// Evidence says that it does not: pending again.
    ConfirmedNotSent,
    /// Nobody knows; it counts as accepted, marked.
    AssumedSent,
    /// Nobody knows; it is sent again, possibly twice.
    Resend,
}

impl Settlement {
    /// The settlement that a campaign's policy asks for; none where it waits for a person.
    #[must_use]
    pub fn of_policy(policy: OnDoubt) -> Option<Self> {
        match policy {
            OnDoubt::Hold => None,
            OnDoubt::AssumeSent => Some(Self::AssumedSent),
            OnDoubt::Resend => Some(Self::Resend),
        }
    }
}

/// Who settled a doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettledBy {
    /// Somebody with `disparo doubt`.
    Person,
    /// The campaign's `on_doubt`, after `doubt_ttl`.
    Policy,
    /// What the provider answered when it was asked.
    Evidence,
    /// A receipt of the message.
    Receipt,
}

/// The facts of a run that never change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFacts {
    /// The frozen plan.
    pub plan: Plan,
    /// Its hash; the roster on disk must have the same.
    pub plan_hash: PlanHash,
}

/// A run that is to be made, over a roster that is already on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// The frozen plan.
    pub plan: Plan,
    /// Its hash.
    pub plan_hash: PlanHash,
    /// How each recipient begins, in the roster's order.
    pub standings: Vec<Standing>,
    /// The runs of its occurrence that the plan took into account.
    pub earlier: Vec<RunId>,
    /// The channel over which its rejected are tried.
    pub fallback: Option<FrozenChannel>,
    /// How it goes on.
    pub conduct: Conduct,
    /// When it may send.
    pub timing: Timing,
    /// What launched it.
    pub launch: Launch,
}

impl NewRun {
    /// A run that a person launches and that nothing holds back.
    #[must_use]
    pub fn plain(plan: Plan, plan_hash: PlanHash, standings: Vec<Standing>, earlier: Vec<RunId>) -> Self {
        Self {
            plan,
            plan_hash,
            standings,
            earlier,
            fallback: None,
            conduct: Conduct::default(),
            timing: Timing::default(),
            launch: Launch::default(),
        }
    }
}

/// Where a run stands. Written with every flush group of its log, so that it is true after a crash
/// and nobody needs to fold a log only to look at a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSummary {
    /// The state.
    pub state: RunState,
    /// The balance.
    pub tally: Tally,
    /// Of `tally.accepted`, those who are only assumed to be.
    pub assumed: u64,
    /// When the run's last event happened.
    pub at: Timestamp,
}

/// Why a person must not be messaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// The number as it was given, digits only.
    pub number: u64,
    /// Where it comes from: `suppressions.csv`, `disparo suppress add`.
    pub source: String,
    /// Since when.
    pub since: Timestamp,
}

/// A summary as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenSummary {
    /// See there.
    pub summary: RunSummary,
    /// Flush groups in the run's log, so that a log that lost its end is known for damaged, and
    /// nobody in the lost part is sent again.
    pub groups: u64,
}

impl Record {
    /// When it was written, in milliseconds since the Unix epoch; `None` where a record does not say.
    #[must_use]
    pub fn at(&self) -> Option<i64> {
        match self {
            Self::Intent { at, .. }
            | Self::Outcome { at, .. }
            | Self::Refused { at, .. }
            | Self::DoubtSettled { at, .. }
            | Self::Happened { at, .. }
            | Self::Proved { at, .. }
            | Self::Received { at, .. } => Some(*at),
            Self::Withdrawn { .. } | Self::Skipped { .. } => None,
        }
    }

    /// The outcome of a chunk of `recipients` people. A provider that answers for fewer than were
    /// asked for leaves the others in doubt.
    #[must_use]
    pub fn outcome(chunk: ChunkNumber, recipients: usize, verdicts: Verdicts, at: i64) -> Self {
        let verdicts = match verdicts {
            Verdicts::All(verdict) => Verdicts::All(verdict),
            Verdicts::Each(mut each) => {
                each.resize(recipients, Verdict::InDoubt { cause: DoubtCause::IncompleteReply });
                Verdicts::Each(each)
            }
        };
        Self::Outcome { chunk, at, verdicts }
    }
}
