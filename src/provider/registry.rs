//! Which providers there are, and the client that goes with a channel.

use http::header::{AUTHORIZATION, HeaderName};
use thiserror::Error;

use super::call::Provider;
use super::{devino, omnichannel, sinch, wati};
use crate::domain::{Channel, ProviderFacts};

/// Every provider, in the order in which people are told of them.
pub const PROVIDERS: &[&Entry] = &[&devino::ENTRY, &wati::ENTRY, &sinch::ENTRY, &omnichannel::ENTRY];

/// One provider: who it is, how its secret is shown to it, and how its client is made.
#[derive(Debug)]
pub struct Entry {
    /// What everyone may know of it.
    pub facts: fn() -> &'static ProviderFacts,
    /// The headers that show a channel's secret: names and values.
    /// An empty secret gives headers that differ from every usable one's.
    pub authorize: fn(&Channel, secret: &str) -> Vec<(HeaderName, String)>,
    /// The client for a channel.
    pub open: fn(&Channel) -> Result<Box<dyn Provider>, OpenError>,
}

/// What everyone may know of every provider.
#[must_use]
pub fn all_facts() -> Vec<&'static ProviderFacts> {
    PROVIDERS.iter().map(|entry| (entry.facts)()).collect()
}

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

/// The client for a channel.
///
/// # Errors
/// When the provider is unknown or lacks one of its keys.
pub fn open(channel: &Channel) -> Result<Box<dyn Provider>, OpenError> {
    (entry(channel)?.open)(channel)
}

/// A channel's provider.
///
/// # Errors
/// When no provider has that name.
pub fn entry(channel: &Channel) -> Result<&'static Entry, OpenError> {
    let found = PROVIDERS.iter().copied().find(|entry| (entry.facts)().name == channel.provider);
    found.ok_or_else(|| OpenError::UnknownProvider {
        channel: channel.name.clone(),
        provider: channel.provider.to_owned(),
    })
}

/// One `Authorization` header with a scheme and the secret. People paste secrets with the scheme in front (providers.md §3.2): it
/// stands there once.
pub fn authorization(scheme: &str, secret: &str) -> Vec<(HeaderName, String)> {
    let mut secret = secret.trim();
    while let Some((first, rest)) = secret.split_once(char::is_whitespace) {
        if !first.eq_ignore_ascii_case(scheme) {
            break;
        }
        secret = rest.trim_start();
    }
    vec![(AUTHORIZATION, format!("{scheme} {secret}"))]
}

/// The value of a key without which the provider cannot be used.
///
/// # Errors
/// When the channel has no such key.
pub fn required<'a>(channel: &'a Channel, key: &'static str) -> Result<&'a str, OpenError> {
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
        for facts in all_facts() {
            let provider = open(&testing::channel(facts.name)).expect(facts.name);
            assert_eq!(provider.facts().name, facts.name);
            let channel = testing::channel(facts.name);
            let headers = (entry(&channel).expect(facts.name).authorize)(&channel, "s3cret");
            assert!(headers.iter().any(|(_, value)| value.contains("s3cret")), "{}", facts.name);
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
