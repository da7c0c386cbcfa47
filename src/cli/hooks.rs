//! The addresses of webhooks, and the secrets in them.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use blake3::Hash;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::domain::Channel;
use crate::journal::{HookSecret, Journal, JournalError};

/// How long a secret that was replaced is still taken: messages that are under way carry it.
pub const KEPT: Duration = Duration::from_secs(30 * 24 * 3_600);

/// What stands in a path as something else than itself.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The secrets of a workspace's channels. What is asked for each webhook is answered from memory.
#[derive(Debug)]
pub struct Hooks {
    journal: Arc<Journal>,
    clock: Arc<dyn Clock>,
    digests: RwLock<HashMap<String, Vec<Digest>>>,
    /// Held while a secret is made: two made at once for one channel would be one too many.
    making: Mutex<()>,
}

/// A secret by its digest.
#[derive(Debug, Clone, Copy)]
struct Digest {
    hash: Hash,
    replaced: Option<Timestamp>,
}

impl Hooks {
    /// None is known before its channel is asked for.
    #[must_use]
    pub fn new(journal: Arc<Journal>, clock: Arc<dyn Clock>) -> Self {
        Self { journal, clock, digests: RwLock::default(), making: Mutex::default() }
    }

    /// A channel's newest secret, made if there is none.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub async fn newest(&self, channel: &str) -> Result<SecretString, JournalError> {
        let _making = self.making.lock().await;
        match self.remember(channel)?.last() {
            Some(newest) => Ok(newest.secret.as_str().into()),
            None => self.make(channel).await,
        }
    }

    /// A new secret for a channel; those before it are taken for [`KEPT`].
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn rotate(&self, channel: &str) -> Result<SecretString, JournalError> {
        let _making = self.making.lock().await;
        self.make(channel).await
    }

    /// The digests of the secrets with which a channel's webhooks may come now: none for a channel that was
    /// never asked for. Waits for nothing.
    #[must_use]
    pub fn live(&self, channel: &str) -> Vec<Hash> {
        let now = self.clock.now();
        let is_live = |digest: &&Digest| {
            digest.replaced.is_none_or(|replaced| now.duration_since(replaced).unsigned_abs() <= KEPT)
        };
        let digests = self.digests.read().unwrap_or_else(PoisonError::into_inner);
        digests.get(channel).into_iter().flatten().filter(is_live).map(|digest| digest.hash).collect()
    }

    async fn make(&self, channel: &str) -> Result<SecretString, JournalError> {
        let secret = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        self.journal.replace_hook_secret(channel, secret.clone(), KEPT).await?;
        self.remember(channel)?;
        Ok(secret.into())
    }

    fn remember(&self, channel: &str) -> Result<Vec<HookSecret>, JournalError> {
        let secrets = self.journal.hook_secrets(channel)?;
        let digest = |known: &HookSecret| Digest {
            hash: blake3::hash(known.secret.as_bytes()),
            replaced: known.replaced,
        };
        let known = secrets.iter().map(digest).collect();
        self.digests.write().unwrap_or_else(PoisonError::into_inner).insert(channel.to_owned(), known);
        Ok(secrets)
    }
}

/// The address of a channel's webhook below a base, which has no trailing slash.
#[must_use]
pub fn address(base: &str, channel: &str, secret: &str) -> String {
    format!("{base}/webhooks/{}/{secret}", utf8_percent_encode(channel, ESCAPED))
}

/// The channel as it is shown to people who want to see what would be sent: its webhook's address holds
/// `<secret>` where the secret is.
#[must_use]
pub fn shown(channel: &Channel) -> Channel {
    let webhook = channel.callback_url.as_ref().map(|base| address(base, &channel.name, "<secret>").into());
    Channel { webhook, ..channel.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use secrecy::ExposeSecret;

    const DAY: Duration = Duration::from_secs(24 * 3_600);

    fn hooks(folder: &tempfile::TempDir) -> (Hooks, ManualClock) {
        let clock = ManualClock::new("2026-07-01T12:00:00Z".parse().expect("a timestamp"));
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let journal = Journal::open(folder.path(), Arc::clone(&shared)).expect("a store");
        (Hooks::new(Arc::new(journal), shared), clock)
    }

    fn hash(secret: &SecretString) -> Hash {
        blake3::hash(secret.expose_secret().as_bytes())
    }

    #[tokio::test]
    async fn a_secret_that_was_replaced_is_taken_for_30_days_more() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (hooks, clock) = hooks(&folder);
        let first = hooks.newest("main").await.expect("a secret");
        assert_eq!(hash(&hooks.newest("main").await.expect("a secret")), hash(&first), "it is made once");
        assert_ne!(hash(&hooks.newest("other").await.expect("a secret")), hash(&first));
        clock.advance(90 * DAY);
        assert_eq!(hooks.live("main"), [hash(&first)], "one that was never replaced");
        let second = hooks.rotate("main").await.expect("a secret");
        clock.advance(29 * DAY);
        let third = hooks.rotate("main").await.expect("a secret");
        assert_eq!(hash(&hooks.newest("main").await.expect("a secret")), hash(&third));
        clock.advance(DAY);
        assert_eq!(hooks.live("main"), [&first, &second, &third].map(hash));
        clock.advance(Duration::from_secs(1));
        assert_eq!(hooks.live("main"), [&second, &third].map(hash));
        clock.advance(29 * DAY);
        assert_eq!(hooks.live("main"), [hash(&third)]);
        assert!(hooks.live("unknown").is_empty());
    }

    #[tokio::test]
    async fn secrets_outlive_the_process_and_are_never_shown() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let secret = {
            let (hooks, _) = hooks(&folder);
            let secret = hooks.newest("main").await.expect("a secret");
            let known = hooks.journal.hook_secrets("main").expect("readable");
            let shown = format!("{hooks:?} {known:?} {secret:?}");
            assert!(!shown.contains(secret.expose_secret()), "{shown}");
            secret
        };
        let (hooks, _) = hooks(&folder);
        assert!(hooks.live("main").is_empty(), "nobody has asked for the channel yet");
        assert_eq!(hash(&hooks.newest("main").await.expect("a secret")), hash(&secret));
    }

    #[test]
    fn names_stand_in_addresses_as_addresses_are_written() {
        let address = address("https://hooks.example.com/x", "loja é/1", "s3cret");
        assert_eq!(address, "https://hooks.example.com/x/webhooks/loja%20%C3%A9%2F1/s3cret");
    }
}
