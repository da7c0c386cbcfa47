//! Sinch's refusals: which row of `limits.toml` one is, and what Sinch says with it.

use serde::de::IgnoredAny;

use super::wire::Refusal;
use crate::domain::{ErrorRow, ProviderLimits, Reason};
use crate::provider::WireAnswer;
use crate::provider::status::refusal_without_words;

/// The row of an account that has too many groups without use. It is known by its words, because the seed
/// tells neither its status nor its code.
const UNUSED_GROUPS: &str = "groups.unused";

/// The row of a refusal in words that no other row has.
const REFUSED: &str = "refused";

/// A refusal, understood.
#[derive(Debug)]
pub struct ReadError<'l> {
    /// `None` for a status that nobody documents.
    pub row: Option<&'l ErrorRow>,
    /// In Sinch's words; may be empty.
    pub said: String,
    /// For people.
    pub reason: Reason,
}

/// Understands a refusal of a call that is about these parts of a group; none for a message.
#[must_use]
pub fn read<'l>(limits: &'l ProviderLimits, fields: &[&str], answer: &WireAnswer) -> ReadError<'l> {
    let body = answer.body.as_deref().unwrap_or_default();
    let refusal = serde_json::from_slice::<Refusal<'_>>(body).unwrap_or_default();
    let said = match &refusal.message {
        Some(message) => message.trim().to_owned(),
        None if is_prose(body) => String::from_utf8_lossy(body).trim().to_owned(),
        None => String::new(),
    };
    let status = format!("http.{}", answer.status);
    let of_code = || refusal.code.as_deref().and_then(|code| limits.row(code, None));
    let of_field = || {
        let mut rows = fields.iter().filter_map(|field| limits.row(&status, Some(field)));
        rows.find(|row| row.field.is_some())
    };
    let of_words = || if said.is_empty() { None } else { limits.row(REFUSED, None) };
    let row = of_code().or_else(of_field).or_else(of_words).or_else(|| limits.row(&status, None));
    let reason = row.map_or_else(|| refusal_without_words(limits, answer.status), |row| row.reason(&said));
    ReadError { row, said, reason }
}

/// Too many groups without use, where that is what Sinch says.
#[must_use]
pub fn unused_groups(limits: &ProviderLimits, answer: &WireAnswer) -> Option<Reason> {
    let said = read(limits, &[], answer).said;
    limits.row_by_words(Some(UNUSED_GROUPS), &said).map(|row| row.reason(&said))
}

/// Neither JSON nor a page of HTML.
fn is_prose(body: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(body).is_err() && body.trim_ascii_start().first() != Some(&b'<')
}
