//! Which provider is simulated.

use std::fmt;
use std::sync::LazyLock;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::registry::{self, PROVIDERS};

static NAMES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| PROVIDERS.iter().map(|provider| provider.service.name()).collect());

/// A provider that the sandbox stands in for, by its name in `channels.toml`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Service(&'static str);

impl Service {
    /// For the providers' own folders: everybody else gets it from the registry.
    pub(super) const fn named(name: &'static str) -> Self {
        Self(name)
    }

    /// The one of that name.
    pub(super) fn find(name: &str) -> Option<Self> {
        registry::find(name).map(|provider| provider.service)
    }

    /// The provider's name in `channels.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0
    }

    /// The identifier of the accepted message of this number, as the provider writes it.
    #[must_use]
    pub fn message_id(self, number: u64) -> String {
        registry::find(self.0).map_or_else(String::new, |provider| (provider.message_id)(number))
    }

    /// Takes back what [`Service::message_id`] gave.
    pub(super) fn message_number(self, id: &str) -> Option<u64> {
        registry::find(self.0).and_then(|provider| (provider.message_number)(id))
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Service {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::find(&name).ok_or_else(|| D::Error::unknown_variant(&name, &NAMES))
    }
}
