//! How Sinch says later that a message reached nobody: `deliveredStatusCode` (providers.md §2.4). Magic numbers end
//! in the code.

use crate::sandbox::statuses::{Failure, Failures};

const fn row(ending: u16, code: &'static str, sentence: &'static str) -> (u16, Failure) {
    (ending, Failure { code, sentence })
}

/// Last digits of magic numbers, and what becomes of messages to them.
pub(super) const FAILURES: Failures = &[
    row(101, "101", "EXPIRED"),
    row(102, "102", "CARRIER_COMMUNICATION_ERROR"),
    row(103, "103", "REJECTED_BY_CARRIER"),
    row(104, "104", "NOT_DELIVERED"),
];
