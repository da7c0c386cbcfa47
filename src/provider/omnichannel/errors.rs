//! The omnichannel's failures in words, out of `limits.toml`: what each means for the call.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::{Reason, Reply, Signal, Verdict, Verdicts};
use crate::provider::words::quoted;

/// The rows of `limits.toml`.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    toml::from_str::<Table>(include_str!("limits.toml")).map(|table| table.error).unwrap_or_default()
});

#[derive(Debug, Deserialize)]
struct Table {
    error: Vec<Row>,
}

/// A row.
#[derive(Debug, Deserialize)]
pub struct Row {
    code: String,
    field: Option<String>,
    #[serde(rename = "match")]
    words: Option<String>,
    class: Class,
    en: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Class {
    Recipient,
    Transient,
    Campaign,
    Channel,
    Either,
}

/// What the table says of a failure: by the sentence's words, then by the payload's field with which the
/// sentence begins, then by what the call was about. `None` where it says nothing.
pub fn row(status: u16, subject: &str, said: &str) -> Option<&'static Row> {
    // 413 and 422 are 400 in other words.
    let code = if matches!(status, 413 | 422) { "400".to_owned() } else { status.to_string() };
    let lower = said.to_lowercase();
    let coded = || ROWS.iter().filter(|row| row.code == code);
    let by_words = coded().find(|row| row.words.as_ref().is_some_and(|words| lower.contains(words)));
    let field = said.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
    let plain = || coded().filter(|row| row.words.is_none());
    by_words
        .or_else(|| plain().find(|row| row.field.as_deref() == Some(field)))
        .or_else(|| plain().find(|row| row.field.as_deref() == Some(subject)))
        .or_else(|| plain().find(|row| row.field.is_none()))
}

impl Row {
    /// What it means for a call, which has one recipient.
    pub fn reply(&self, said: &str) -> Reply {
        let reason = self.reason(said);
        match self.class {
            Class::Recipient => {
                Reply { verdicts: Verdicts::All(Verdict::Rejected { reason }), signal: Signal::Answered }
            }
            Class::Transient => {
                Reply { verdicts: Verdicts::All(Verdict::Transient { reason }), signal: Signal::Answered }
            }
            Class::Campaign => Reply::unsent(Signal::CampaignRefused { reason }),
            Class::Channel => Reply::unsent(Signal::ChannelRefused { reason }),
            Class::Either => Reply::unsent(Signal::Refused { reason }),
        }
    }

    /// Its code and sentence, with the provider's own words.
    pub fn reason(&self, said: &str) -> Reason {
        let code = match &self.field {
            Some(field) => format!("{}:{field}", self.code),
            None => self.code.clone(),
        };
        let said = quoted(said);
        let sentence = if said.is_empty() { self.en.clone() } else { format!("{}: {said}", self.en) };
        Reason::new(code, sentence)
    }
}
