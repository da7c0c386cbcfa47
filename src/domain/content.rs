//! What is sent to one recipient, after rendering.

use serde::{Deserialize, Serialize};

use super::Action;

/// What one recipient gets, or what is done for it, fully rendered.
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
    /// A place on the map.
    Location {
        /// Degrees north, -90 to 90, as written.
        latitude: String,
        /// Degrees east, -180 to 180, as written.
        longitude: String,
        /// What the place is called.
        name: Option<String>,
        /// Where it is.
        address: Option<String>,
    },
    /// People whose numbers are passed on.
    Contacts {
        /// At least one.
        contacts: Vec<SharedContact>,
    },
    /// No message: something else is done.
    Action(Action),
}

impl Content {
    /// Whether somebody gets a message: only then is a suppressed person spared.
    #[must_use]
    pub fn messages_somebody(&self) -> bool {
        match self {
            Self::Action(action) => action.messages_somebody(),
            Self::Text { .. }
            | Self::Template { .. }
            | Self::Media { .. }
            | Self::Location { .. }
            | Self::Contacts { .. } => true,
        }
    }

    /// The group that it is about beside its address.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        match self {
            Self::Action(action) => action.group(),
            Self::Text { .. }
            | Self::Template { .. }
            | Self::Media { .. }
            | Self::Location { .. }
            | Self::Contacts { .. } => None,
        }
    }

    /// What definitions, commands and reports call it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Template { .. } => "template",
            Self::Media { .. } => "media",
            Self::Location { .. } => "location",
            Self::Contacts { .. } => "contacts",
            Self::Action(action) => action.word(),
        }
    }
}

/// A person whose number is passed on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SharedContact {
    /// The name.
    pub name: String,
    /// The number's digits.
    pub phone: String,
    /// Where the person works.
    pub company: Option<String>,
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
