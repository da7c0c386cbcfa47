//! Which provider is simulated.

use serde::{Deserialize, Serialize};

/// A provider that the sandbox stands in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Seed 002.
    Devino,
    /// Seed 003.
    Wati,
}

impl Service {
    /// The provider's name in `channels.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Devino => "devino",
            Self::Wati => "wati",
        }
    }

    /// A message's identifier as this provider writes it: Devino's are decimal numbers beyond 2^53 in a
    /// string (seed 002, "Resposta exemplo"), Wati's are 24 hexadecimal digits (providers.md §3.3).
    #[must_use]
    pub fn message_id(self, number: u64) -> String {
        match self {
            Self::Devino => number.to_string(),
            Self::Wati => format!("{number:024x}"),
        }
    }

    /// Takes back what [`Service::message_id`] gave.
    pub(super) fn message_number(self, id: &str) -> Option<u64> {
        match self {
            Self::Devino => id.parse().ok(),
            Self::Wati => u64::from_str_radix(id, 16).ok(),
        }
    }
}
