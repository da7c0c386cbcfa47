//! Which providers there are, and the client that goes with a channel.

use thiserror::Error;

use super::call::Provider;
use super::{devino, wati};
use crate::domain::{Channel, ProviderFacts};

/// What everyone may know of every provider.
pub const REGISTRY: &[&ProviderFacts] = &[&devino::FACTS, &wati::FACTS];

/// Why a channel has no client. `settings` lets no such channel through.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum OpenError {
    /// No provider has this name.
    #[error("channel `{channel}` names the provider `{provider}`, which Disparo does not know")]
    UnknownProvider {
        /// The channel's name.
        channel: String,
        /// What it calls its provider.
        provider: String,
    },
    /// A key that the provider needs is missing.
    #[error("channel `{channel}` has no `{key}`, which its provider needs; add it to channels.toml")]
    MissingKey {
        /// The channel's name.
        channel: String,
        /// The missing key.
        key: &'static str,
    },
    /// A key has a value that cannot be used.
    #[error("channel `{channel}`: `{key}` {problem}")]
    BadValue {
        /// The channel's name.
        channel: String,
        /// The key.
        key: &'static str,
        /// What is wrong with its value.
        problem: &'static str,
    },
}

/// One provider: who it is, how its secret is shown to it, and how its client is made.
struct Entry {
    facts: &'static ProviderFacts,
    authorization_scheme: &'static str,
    open: fn(&Channel) -> Result<Box<dyn Provider>, OpenError>,
}

const ENTRIES: &[Entry] = &[
    Entry {
        facts: &devino::FACTS,
        authorization_scheme: devino::wire::AUTHORIZATION_SCHEME,
        open: |channel| Ok(Box::new(devino::Devino::open(channel)?)),
    },
    Entry {
        facts: &wati::FACTS,
        authorization_scheme: wati::wire::AUTHORIZATION_SCHEME,
        open: |channel| Ok(Box::new(wati::Wati::open(channel)?)),
    },
];

/// The client for a channel.
///
/// # Errors
/// When the provider is unknown or lacks one of its keys.
pub fn open(channel: &Channel) -> Result<Box<dyn Provider>, OpenError> {
    match entry(channel.provider) {
        Some(entry) => (entry.open)(channel),
        None => Err(OpenError::UnknownProvider {
            channel: channel.name.clone(),
            provider: channel.provider.to_owned(),
        }),
    }
}

/// The scheme of the `Authorization` header, before the secret.
pub(super) fn authorization_scheme(provider: &str) -> Option<&'static str> {
    entry(provider).map(|entry| entry.authorization_scheme)
}

fn entry(provider: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.facts.name == provider)
}

/// The value of a key without which the provider cannot be used.
pub(super) fn required<'a>(channel: &'a Channel, key: &'static str) -> Result<&'a str, OpenError> {
    match channel.values.get(key) {
        Some(value) if !value.is_empty() => Ok(value),
        Some(_) | None => Err(OpenError::MissingKey { channel: channel.name.clone(), key }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::testing;

    #[test]
    fn every_provider_has_a_client() {
        assert_eq!(REGISTRY.len(), ENTRIES.len());
        for facts in REGISTRY {
            let provider = open(&testing::channel(facts.name)).expect(facts.name);
            assert_eq!(provider.facts().name, facts.name);
            assert!(authorization_scheme(facts.name).is_some());
            for rate in facts.rates {
                rate.parse::<crate::domain::Rate>().expect("a rate of the grammar");
            }
            assert!((1..=facts.most_recipients).contains(&facts.chunk));
            assert!(!facts.base_url.ends_with('/'));
        }
    }

    #[test]
    fn a_channel_without_what_its_provider_needs_is_refused() {
        let mut channel = testing::channel("wati");
        channel.values.insert("tenant", "12/34".to_owned());
        let bad = open(&channel).expect_err("not a tenant").to_string();
        channel.values.clear();
        let missing = open(&channel).expect_err("no tenant").to_string();
        channel.provider = "carrier-pigeon";
        let unknown = open(&channel).expect_err("no such provider").to_string();
        insta::assert_snapshot!([bad, missing, unknown].join("\n"));
    }
}
