//! How Wati says later that a message reached nobody: Meta's codes (providers.md §3.5). Magic numbers end in the
//! code's last four digits.

use crate::sandbox::statuses::{Failure, Failures};

const fn row(ending: u16, code: &'static str, sentence: &'static str) -> (u16, Failure) {
    (ending, Failure { code, sentence })
}

/// Last digits of magic numbers, and what becomes of messages to them.
pub(super) const FAILURES: Failures = &[
    row(472, "130472", "User's number is part of an experiment"),
    row(1026, "131026", "Message undeliverable"),
    row(1047, "131047", "Re-engagement message"),
    row(1049, "131049", "This message was not delivered to maintain healthy ecosystem engagement"),
];
