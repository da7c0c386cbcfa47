//! Wati's failures in words: what each means for the call (providers.md §3.3 and §3.5).
//!
//! Wati has no codes, only sentences that change from page to page. A row lists words that must all
//! occur; the first row that fits holds. Failures that are told by the HTTP status alone (401, 403, 429)
//! are those of every provider.

use crate::domain::Reason;
use crate::provider::words::quoted;

/// What a failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureClass {
    /// This recipient is refused for good.
    Recipient,
    /// The same for every recipient of the campaign.
    Campaign,
    /// Refused; whether because of the recipient or of the campaign is not said.
    Either,
}

/// One row.
#[derive(Debug)]
pub struct KnownFailure {
    /// Lower-case words that all occur in what Wati says.
    pub words: &'static [&'static str],
    /// Stable, ours.
    pub code: &'static str,
    /// What it means for the call.
    pub class: FailureClass,
    /// In words, without a full stop.
    pub sentence: &'static str,
}

const fn row(
    words: &'static [&'static str],
    code: &'static str,
    class: FailureClass,
    sentence: &'static str,
) -> KnownFailure {
    KnownFailure { words, code, class, sentence }
}

/// The table.
pub const FAILURES: &[KnownFailure] = {
    use FailureClass::{Campaign, Either, Recipient};
    const NOT_APPROVED: &str = "the template is not approved";
    const UNKNOWN_TEMPLATE: &str = "the account has no such template";
    const NUMBER: &str = "the number is not on WhatsApp";
    &[
        row(
            &["check your template"],
            "template.text",
            Campaign,
            "the template's name or its values do not fit the template of the account",
        ),
        row(&["template", "pending"], "template.pending", Campaign, "the template waits for approval"),
        row(&["template", "not approved"], "template.not.approved", Campaign, NOT_APPROVED),
        row(&["template", "unapproved"], "template.not.approved", Campaign, NOT_APPROVED),
        row(&["template", "rejected"], "template.not.approved", Campaign, NOT_APPROVED),
        row(&["template", "paused"], "template.paused", Campaign, "the template is paused by WhatsApp"),
        row(&["template", "not found"], "template.unknown", Campaign, UNKNOWN_TEMPLATE),
        row(&["template", "not exist"], "template.unknown", Campaign, UNKNOWN_TEMPLATE),
        row(
            &["marketing", "limit"],
            "marketing.limit",
            Campaign,
            "the account's daily limit of marketing messages is reached",
        ),
        row(&["daily", "limit"], "daily.limit", Campaign, "the account's daily limit is reached"),
        row(&["offline"], "offline", Campaign, "the account is in offline mode"),
        row(&["trial"], "trial.quota", Campaign, "the trial account's quota is used up"),
        row(&["quota"], "quota", Campaign, "the account's quota is used up"),
        row(
            &["ticket", "expired"],
            "ticket.expired",
            Recipient,
            "the person has not written within 24 hours, so that only a template may be sent",
        ),
        row(&["invalid", "whatsapp", "number"], INVALID_NUMBER, Recipient, NUMBER),
        row(&["not", "valid whatsapp number"], INVALID_NUMBER, Recipient, NUMBER),
        row(&["invalid", "phone"], INVALID_NUMBER, Recipient, NUMBER),
        row(
            &["parameter"],
            INVALID_PARAMETERS,
            Either,
            "the template's values are not those that the template has, or not of a form that it takes",
        ),
    ]
};

/// Code of a number that is not on WhatsApp.
pub(super) const INVALID_NUMBER: &str = "invalid.number";

/// Code of values that the template does not take.
pub(super) const INVALID_PARAMETERS: &str = "invalid.parameters";

/// Code of a failure that no row knows.
const UNKNOWN: &str = "unknown";

/// A failure, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFailure {
    /// What it means for the call.
    pub class: FailureClass,
    /// For people, with Wati's own words behind ours.
    pub reason: Reason,
}

/// Finds what Wati says in the table; a failure without a row may be the recipient's or the campaign's.
#[must_use]
pub fn read(words: &str) -> ReadFailure {
    let lower = words.to_lowercase();
    let fits = |row: &&KnownFailure| row.words.iter().all(|word| lower.contains(word));
    match FAILURES.iter().find(fits) {
        Some(row) => ReadFailure { class: row.class, reason: reason(row.code, row.sentence, words) },
        None if words.trim().is_empty() => ReadFailure {
            class: FailureClass::Either,
            reason: Reason::new(UNKNOWN, "Wati refuses the message without saying why"),
        },
        None => ReadFailure {
            class: FailureClass::Either,
            reason: reason(UNKNOWN, "Wati refuses the message", words),
        },
    }
}

/// The failure with a code of the table, with Wati's own words where there are some.
#[must_use]
pub fn of_code(code: &str, words: &str) -> ReadFailure {
    match FAILURES.iter().find(|row| row.code == code) {
        Some(row) => ReadFailure { class: row.class, reason: reason(row.code, row.sentence, words) },
        None => read(words),
    }
}

fn reason(code: &str, sentence: &str, words: &str) -> Reason {
    let words = quoted(words.trim().trim_matches('"'));
    if words.is_empty() {
        Reason::new(code, sentence)
    } else {
        Reason::new(code, format!("{sentence}; Wati says: {words}"))
    }
}
