//! A channel: one account and number at a provider, and what providers ask to be told of it.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::{KnownRoute, LongLimit, Problems, ProviderLimits, Rate, RateUnit};

/// What everyone needs to know of a provider without knowing its wire. Each provider's folder holds
/// one of these; whoever reads `channels.toml` is handed all of them.
#[derive(Debug)]
pub struct ProviderFacts {
    /// The value of `provider` in `channels.toml`.
    pub name: &'static str,
    /// Keys of a channel beside the common ones.
    pub keys: &'static [ChannelKey],
    /// Its limits as Disparo has them: the embedded `limits.toml`, or what is wrong with it.
    pub limits: Result<Arc<ProviderLimits>, Problems>,
    /// Reads a file that replaces parts of limits: the channel's key `limits`.
    pub replace_limits: fn(&Path, &ProviderLimits) -> Result<ProviderLimits, Problems>,
}

/// One provider-specific key of a channel.
#[derive(Debug)]
pub struct ChannelKey {
    /// As written in `channels.toml`.
    pub name: &'static str,
    /// What its value must be.
    pub kind: KeyKind,
    /// Whether a channel needs it. A secret is not needed by a sandbox channel.
    pub required: bool,
    /// What it is, in a sentence for hints and the schema.
    pub help: &'static str,
}

/// What the value of a channel's key must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Any text that is not empty.
    Text,
    /// `{ env = "NAME" }` or `{ file = "path" }`; a literal is refused.
    Secret,
    /// An E.164 number, with or without a plus sign.
    PhoneNumber,
    /// An http or https address.
    Url,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number within these bounds, written without quotes.
    WholeNumber {
        /// The smallest.
        least: u32,
        /// The largest.
        most: u32,
    },
    /// A table of texts: for some of these operations another route, with no placeholder that is not the
    /// operation's own. Kept in [`Channel::values`] as one line for each, `name = METHOD /path`.
    Routes(&'static [KnownRoute]),
}

/// A channel of `channels.toml`, validated, defaults filled in, its secret still a reference.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// Its provider's name.
    pub provider: &'static str,
    /// Values of the provider-specific keys that are not secrets; phone numbers as plain digits, a table as
    /// lines.
    pub values: BTreeMap<&'static str, String>,
    /// Where the secret is. `None` only for a sandbox channel.
    pub secret: Option<SecretReference>,
    /// All hold together; empty for no limit.
    pub rates: Vec<Rate>,
    /// Requests that the account's plan has in a calendar month.
    pub monthly_calls: Option<NonZeroU32>,
    /// The portfolio that its number belongs to.
    pub portfolio: Option<Portfolio>,
    /// Recipients in a call.
    pub chunk: NonZeroU32,
    /// Recipients that the provider takes in a call.
    pub most_recipients: NonZeroU32,
    /// Calls at once.
    pub in_flight: NonZeroU32,
    /// How long a call may take.
    pub timeout: Duration,
    /// What to do about calls that did not leave.
    pub retry: RetryPolicy,
    /// As configured, without a trailing slash.
    pub base_url: String,
    /// The public base address of webhooks, without a trailing slash; where somebody listens, `webhook` is
    /// made from it.
    pub callback_url: Option<String>,
    /// The whole address of the channel's webhook, its secret included. Only in a channel that is made ready
    /// to send.
    pub webhook: Option<SecretString>,
    /// Whether the built-in simulator stands in for the provider.
    pub sandbox: bool,
    /// The provider's limits, with what the channel's own file replaces.
    pub limits: Arc<ProviderLimits>,
}

/// A WhatsApp business portfolio: its numbers share a budget of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portfolio {
    /// Its name.
    pub name: String,
    /// The budget; [`Rate::is_long`] holds.
    pub limit: Rate,
    /// All channels that share it.
    pub channels: Vec<String>,
}

impl Channel {
    /// Limits over an hour and longer, those of its portfolio aside.
    pub fn long_limits(&self) -> impl Iterator<Item = LongLimit> + '_ {
        LongLimit::among(&self.rates).chain(self.monthly_calls.map(LongLimit::MonthlyCalls))
    }

    /// Whether a limit counts requests and not recipients, so that questions count as well.
    #[must_use]
    pub fn counts_calls(&self) -> bool {
        self.monthly_calls.is_some() || self.rates.iter().any(|rate| rate.unit == RateUnit::Calls)
    }

    /// Whether one over an hour and longer does.
    #[must_use]
    pub fn counts_long_calls(&self) -> bool {
        self.long_limits().any(|limit| limit.unit() == RateUnit::Calls)
    }
}

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretReference {
    /// An environment variable.
    Env(String),
    /// A file that only its owner can read, resolved against the workspace.
    File(PathBuf),
}

/// How often and when to try again what provably was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries in a row that may fail before the run is held.
    pub attempts: NonZeroU32,
    /// Wait after the first failure.
    pub first: Duration,
    /// The longest wait.
    pub most: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: NonZeroU32::new(5).unwrap_or(NonZeroU32::MIN),
            first: Duration::from_secs(1),
            most: Duration::from_secs(60),
        }
    }
}
