//! Why messages did not arrive, counted.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::Reason;

use super::words::Words;

/// How many recipients a reason befell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    /// The reason's code.
    pub code: String,
    /// The reason in a sentence.
    pub sentence: String,
    /// Recipients.
    pub recipients: u64,
}

/// Reasons being counted.
#[derive(Debug, Default)]
pub struct Reasons(BTreeMap<(Box<str>, Box<str>), u64>);

impl Reasons {
    /// One more recipient, whom this befell.
    pub fn take(&mut self, reason: &Reason, words: &Words) {
        let sentence = words.reason(reason).into();
        *self.0.entry((reason.code.clone(), sentence)).or_default() += 1;
    }

    /// The most frequent first.
    #[must_use]
    pub fn counted(self) -> Vec<ReasonCount> {
        let count = |((code, sentence), recipients): ((Box<str>, Box<str>), u64)| ReasonCount {
            code: code.into(),
            sentence: sentence.into(),
            recipients,
        };
        let mut counts: Vec<_> = self.0.into_iter().map(count).collect();
        counts.sort_by_key(|reason| Reverse(reason.recipients));
        counts
    }
}
