//! `[devino]`: what the seed leaves open about Devino's account.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use serde::Deserialize;

use super::values;
use crate::document::{Findings, Placed, value};

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

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDevino {
    batch: Option<Placed<i64>>,
    unavailable_senders: Option<Vec<String>>,
    refuse_whole: Option<Placed<i64>>,
    call_errors: Option<CallErrors>,
}

impl RawDevino {
    pub(super) fn read(self, findings: &mut Findings) -> DevinoRules {
        const WHOLE: &str = "devino.refuse_whole";
        let batch = self.batch.and_then(|given| findings.keep(value::count(&given, "devino.batch")));
        let is_refusal = |status| matches!(status, 400 | 413 | 422);
        let refuse_whole = self
            .refuse_whole
            .and_then(|given| findings.keep(values::status(&given, WHOLE, is_refusal, "400, 413 or 422")));
        DevinoRules {
            batch,
            unavailable_senders: self.unavailable_senders.into_iter().flatten().collect(),
            refuse_whole,
            call_errors: self.call_errors.unwrap_or_default(),
        }
    }
}
