//! The languages in which reports speak to people.

use serde::Deserialize;

/// A language of reports: `language` in `workspace.toml`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum Language {
    /// `en`.
    #[default]
    #[serde(rename = "en")]
    English,
    /// `pt`.
    #[serde(rename = "pt")]
    Portuguese,
    /// `es`.
    #[serde(rename = "es")]
    Spanish,
}

impl Language {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::English, Self::Portuguese, Self::Spanish];
}

/// The same sentence in every language, without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentences {
    /// In English, the language of the journal.
    pub en: String,
    /// In Portuguese.
    pub pt: String,
    /// In Spanish.
    pub es: String,
}

impl Sentences {
    /// The sentence in a language.
    #[must_use]
    pub fn speak(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Portuguese => &self.pt,
            Language::Spanish => &self.es,
        }
    }
}
