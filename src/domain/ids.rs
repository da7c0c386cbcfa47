//! Names and numbers by which runs, chunks, recipients and messages are known.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::naming::folded;

/// Number of a run inside one store, from 1, never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub u32);

impl fmt::Display for RunId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What people call a run: the campaign's slug and the run's number, `black-friday-2026-12`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunName(String);

impl RunName {
    /// The name of run `id` of the campaign called `campaign`.
    #[must_use]
    pub fn new(campaign: &str, id: RunId) -> Self {
        Self(format!("{}-{id}", slug(campaign)))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A campaign's name made fit for folders and command lines: lower case, ASCII letters, digits
/// and single hyphens, accents dropped. Anything else becomes a hyphen; a name without a usable
/// character gives `campaign`.
#[must_use]
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for character in folded(name).chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let trimmed = slug.trim_end_matches('-');
    if trimmed.is_empty() { "campaign".to_owned() } else { trimmed.to_owned() }
}

/// Number of a chunk inside its run, in the order in which intents were written, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChunkNumber(pub u64);

/// Dense number of a recipient inside its run's roster, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecipientNumber(pub u32);

impl RecipientNumber {
    /// The number as an index into a slice with one element per recipient.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for RecipientNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// How often a recipient's message may have been put before the provider, from 1. Calls that
/// provably reached nobody do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attempt(pub u16);

impl Attempt {
    /// The first attempt.
    pub const FIRST: Self = Self(1);

    /// The attempt after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// The provider's identifier of an accepted message.
///
/// Devino's are integers beyond 2^53 that arrive as a string or as a number (seed 002, "Status de
/// webhook"); numeric ones are kept as `u64`, which is compact and lossless, others as text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MessageId {
    /// An id that is a plain unsigned integer without leading zeros.
    Number(u64),
    /// Any other id, as the provider wrote it.
    Text(Box<str>),
}

impl From<&str> for MessageId {
    fn from(text: &str) -> Self {
        match u64::from_str(text) {
            Ok(number) if number.to_string() == text => Self::Number(number),
            _ => Self::Text(text.into()),
        }
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(formatter),
            Self::Text(text) => text.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain_and_short() {
        for (name, expected) in [
            ("Black Friday 2026", "black-friday-2026"),
            ("  Promoção São João!! ", "promocao-sao-joao"),
            ("Año_Nuevo", "ano-nuevo"),
            ("東京", "campaign"),
        ] {
            assert_eq!(slug(name), expected, "{name}");
        }
    }

    #[test]
    fn message_ids_survive_beyond_two_to_the_53rd() {
        let id = MessageId::from("3482512350952730369");
        assert_eq!(id, MessageId::Number(3_482_512_350_952_730_369));
        assert_eq!(id.to_string(), "3482512350952730369");
        for text in ["007", "+7", "99999999999999999999", "wamid.ABC", ""] {
            assert_eq!(MessageId::from(text).to_string(), text);
        }
    }
}
