//! What is sent to one recipient, after rendering.

use serde::{Deserialize, Serialize};

/// A message, fully rendered for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Content {
    /// Free text.
    Text {
        /// The text itself.
        text: String,
    },
    /// A template that the provider holds.
    Template {
        /// Name or identifier at the provider.
        id: String,
        /// Language code, `pt_BR`; the provider's default when absent.
        language: Option<String>,
        /// Values for the template's placeholders.
        params: Params,
        /// Days for which the provider may still deliver (Devino, templates only).
        validity: Option<u32>,
    },
    /// A file that the provider fetches.
    Media {
        /// http or https address.
        url: String,
        /// MIME type.
        content_type: Option<String>,
        /// File name shown to the person.
        name: Option<String>,
        /// Text beside the file.
        text: Option<String>,
    },
}

/// Values for a template's placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Params {
    /// By position, the first is `{{1}}`.
    Positional(Vec<String>),
    /// By name, in the order of the definition.
    Named(Vec<(String, String)>),
}

impl Params {
    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Positional(values) => values.len(),
            Self::Named(values) => values.len(),
        }
    }

    /// Whether the template has no placeholders.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
