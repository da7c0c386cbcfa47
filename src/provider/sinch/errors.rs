//! Sinch's refusals: what each means for the call, and in words. The table is `limits.toml`'s.

use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::wire::Refusal;
use crate::domain::Reason;
use crate::provider::WireAnswer;
use crate::provider::status::refusal_without_words;
use crate::provider::words::quoted;

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// This recipient is refused for good.
    Recipient,
    /// This recipient is refused for a reason that may pass.
    Transient,
    /// The same for every recipient of the campaign.
    Campaign,
    /// Whether it is the recipient or the campaign is not said.
    Either,
}

/// One row of the table.
#[derive(Debug, Deserialize)]
pub struct KnownError {
    /// HTTP status, Sinch's `errorCode`, or ours where a row is known by its words.
    pub code: String,
    /// The part of the path behind the group's id, where the row is about one.
    pub field: Option<String>,
    /// Lower-case words by which the row is known.
    #[serde(rename = "match")]
    pub words: Option<String>,
    /// What it means.
    pub class: ErrorClass,
    /// In words, without a full stop.
    pub en: String,
}

#[derive(Debug, Default, Deserialize)]
struct Table {
    error: Vec<KnownError>,
}

/// The table.
pub static ERRORS: LazyLock<Vec<KnownError>> = LazyLock::new(|| {
    // A test holds that the embedded file can be read.
    toml::from_str::<Table>(include_str!("limits.toml")).unwrap_or_default().error
});

/// A refusal, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// What it means.
    pub class: ErrorClass,
    /// For people, with Sinch's own words behind ours.
    pub reason: Reason,
    /// Whether the table has it.
    pub is_known: bool,
}

/// Understands a refusal of a call that is about these parts of a group; none for a message.
#[must_use]
pub fn read(fields: &[&str], answer: &WireAnswer) -> ReadError {
    let body = answer.body.as_deref().unwrap_or_default();
    let refusal = serde_json::from_slice::<Refusal<'_>>(body).unwrap_or_default();
    let plain = String::from_utf8_lossy(body);
    let words = refusal.message.as_deref().unwrap_or(if is_prose(body) { &plain } else { "" }).trim();
    let (status, lower) = (answer.status.to_string(), words.to_lowercase());
    let fits = |row: &&KnownError| {
        let is_about = row.field.as_deref().is_none_or(|field| fields.contains(&field));
        let is_said = match &row.words {
            Some(known) => lower.contains(known.as_str()),
            None => row.code == status || refusal.code.as_deref() == Some(row.code.as_str()),
        };
        is_about && is_said
    };
    match ERRORS.iter().find(fits) {
        Some(row) => {
            let reason = Reason::new(code(row), with_words(&row.en, words));
            ReadError { class: row.class, reason, is_known: true }
        }
        None => {
            let reason = refusal_without_words(answer.status);
            let reason = if words.is_empty() {
                reason
            } else {
                Reason::new(reason.code, with_words("Sinch refuses the request", words))
            };
            ReadError { class: ErrorClass::Either, reason, is_known: false }
        }
    }
}

/// `404:group`; a row that is known by its words has a code of its own.
fn code(row: &KnownError) -> String {
    match (&row.field, &row.words) {
        (Some(field), None) => format!("{}:{field}", row.code),
        _ => row.code.clone(),
    }
}

/// Neither JSON nor a page of HTML.
fn is_prose(body: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(body).is_err() && body.trim_ascii_start().first() != Some(&b'<')
}

fn with_words(sentence: &str, words: &str) -> String {
    match quoted(words) {
        words if words.is_empty() => sentence.to_owned(),
        words => format!("{sentence}; Sinch says: {words}"),
    }
}
