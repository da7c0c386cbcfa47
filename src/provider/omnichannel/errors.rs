//! The omnichannel's failures: which row of `limits.toml` a refusal is.

use crate::domain::{ErrorRow, ProviderLimits, Reply};

/// Code of the row for a number without a contact.
pub const UNKNOWN_CONTACT: &str = "contact.unknown";

/// Code of the row for a number with several contacts.
pub const AMBIGUOUS_CONTACT: &str = "contact.ambiguous";

/// What the table says of a refusal: by the sentence's words, then by the payload's field with which the
/// sentence begins, then by what the call was about. `None` where it says nothing.
pub fn row<'l>(limits: &'l ProviderLimits, status: u16, subject: &str, said: &str) -> Option<&'l ErrorRow> {
    // 413 and 422 are 400 in other words.
    let code = if matches!(status, 413 | 422) { "400".to_owned() } else { status.to_string() };
    let begins_with = said.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
    let of = |field: &str| limits.row(&code, Some(field)).filter(|row| row.field.is_some());
    limits
        .row_by_words(Some(&code), said)
        .or_else(|| of(begins_with))
        .or_else(|| of(subject))
        .or_else(|| limits.row(&code, None))
}

/// A recipient who is refused before there is a request.
pub fn rejection(limits: &ProviderLimits, code: &str) -> Reply {
    match limits.row(code, None) {
        Some(row) => row.reply(1, ""),
        None => Reply::answered(vec![crate::domain::Verdict::Rejected { reason: limits.rejection("") }]),
    }
}
