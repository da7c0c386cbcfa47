//! Receiving: a webhook's body becomes a letter on disk, and only then is it answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::journal::{Journal, Letter};
use crate::provider::{Malformed, Provider};

/// A channel that is listened for.
#[derive(Debug)]
pub struct Hearing {
    /// Its wire.
    pub provider: Box<dyn Provider>,
}

/// Why a body was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It is nothing that the provider sends; repeating it is of no use.
    #[error("{0}")]
    Malformed(#[from] Malformed),
    /// It could not be kept; it is to be repeated.
    #[error("what came could not be kept: {0}")]
    Unavailable(String),
    /// Nobody listens for this channel.
    #[error("nobody listens for channel {0}")]
    NoChannel(String),
}

/// Takes bodies for all channels. Cheap to share.
#[derive(Debug)]
pub struct Receiver {
    journal: Arc<Journal>,
    clock: Arc<dyn Clock>,
    channels: BTreeMap<String, Hearing>,
    kept: Arc<Notify>,
}

impl Receiver {
    /// Listens for these channels, by their names.
    #[must_use]
    pub fn new(journal: Arc<Journal>, clock: Arc<dyn Clock>, channels: BTreeMap<String, Hearing>) -> Self {
        Self { journal, clock, channels, kept: Arc::new(Notify::new()) }
    }

    /// Takes a body that came to a channel's address. When this returns without an error, everything that
    /// it says survives a power cut.
    ///
    /// # Errors
    /// When it is nothing that the provider sends, or could not be kept.
    pub async fn take(&self, channel: &str, body: Bytes) -> Result<(), Refused> {
        let hearing = self.channels.get(channel).ok_or_else(|| Refused::NoChannel(channel.to_owned()))?;
        let received = self.clock.now().as_millisecond();
        let heard = hearing.provider.hear(&body)?;
        if heard.is_empty() {
            return Ok(());
        }
        let letter = Letter { channel: channel.to_owned(), received, heard };
        self.journal.keep(vec![letter]).await.map_err(|error| Refused::Unavailable(error.to_string()))?;
        self.kept.notify_one();
        Ok(())
    }

    /// Is told whenever a letter was kept.
    #[must_use]
    pub fn kept(&self) -> Arc<Notify> {
        Arc::clone(&self.kept)
    }
}
