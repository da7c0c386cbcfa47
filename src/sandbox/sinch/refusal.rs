//! Why Sinch does not take a message: the codes of its statuses (providers.md §2.4).
//!
//! Whether it ever refuses one at once is not documented; the sandbox does so where a scenario or a magic
//! number says, and refuses the whole call with it, because an answer has no place for a refused destination.

/// A code, and what Sinch calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SinchRefusal {
    /// `errorCode`.
    pub code: u16,
    /// `errorMessage`.
    pub message: &'static str,
}

const fn coded(code: u16, message: &'static str) -> SinchRefusal {
    SinchRefusal { code, message }
}

impl SinchRefusal {
    /// No number and no group.
    pub(super) const IMPLAUSIBLE: Self = coded(202, "INVALID_DESTINATION_NUMBER");
    /// A group in which the account is not; its code and words are ours.
    pub(super) const NOT_IN_GROUP: Self = coded(404, "The account is not a participant of the group");

    /// What scenarios call those that depend on the recipient or the account.
    const WORDS: [(&'static str, Self); 11] = [
        ("no_credit", coded(201, "NO_CREDIT")),
        ("invalid_destination", Self::IMPLAUSIBLE),
        ("blacklisted", coded(203, "BLACKLISTED")),
        ("opted_out", coded(204, "DESTINATION_BLOCKED_BY_OPTOUT")),
        ("limit_reached", coded(205, "DESTINATION_MESSAGE_LIMIT_REACHED")),
        ("invalid_text", coded(207, "INVALID_MESSAGE_TEXT")),
        ("invalid_content", coded(209, "INVALID_CONTENT")),
        ("invalid_session", coded(210, "INVALID_SESSION")),
        ("not_opted_in", coded(211, "DESTINATION_BLOCKED_BY_OPTIN")),
        ("not_whitelisted", coded(212, "DESTINATION_BLOCKED_BY_WHITELIST")),
        ("internal_error", coded(311, "INTERNAL_ERROR")),
    ];

    /// The same, without what they mean.
    pub(in crate::sandbox) const NAMES: &'static [&'static str] = &[
        "no_credit",
        "invalid_destination",
        "blacklisted",
        "opted_out",
        "limit_reached",
        "invalid_text",
        "invalid_content",
        "invalid_session",
        "not_opted_in",
        "not_whitelisted",
        "internal_error",
    ];

    /// Magic numbers: the last digits are the code.
    pub(in crate::sandbox) const MAGIC: &'static [(u16, Self)] = &{
        let mut rows = [(0, Self::IMPLAUSIBLE); Self::WORDS.len()];
        let mut at = 0;
        while at < rows.len() {
            rows[at] = (Self::WORDS[at].1.code, Self::WORDS[at].1);
            at += 1;
        }
        rows
    };

    pub(in crate::sandbox) fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, refusal)| *refusal)
    }
}
