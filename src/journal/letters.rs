//! Letters: what webhooks brought, kept until it is applied, so that a webhook is answered once nothing of it
//! can be lost, and no sooner; and what is applied of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Failure, Heard, HoldReason, Inbound, Mark, MessageId, PersonKey, Receipt, RecipientNumber, RunId,
};

use super::deliveries::{Deliveries, DeliveryCounts};
use super::error::JournalError;
use super::gate::{Journal, refuse_full_disk};
use super::keys;
use super::load;
use super::record::Suppression;

/// What one webhook brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The channel to whose address it came.
    pub channel: String,
    /// When, in milliseconds since the Unix epoch.
    pub received: i64,
    /// What it says.
    pub heard: Vec<Heard>,
}

/// A name under which a provider may speak of a message: its provider and one of the identifiers, as a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alias(pub(super) u64);

impl Alias {
    /// The alias of an identifier of this provider's.
    #[must_use]
    pub fn new(provider: &str, id: &MessageId) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("disparo alias");
        hasher.update(provider.as_bytes()).update(&[0]).update(id.to_string().as_bytes());
        let [a, b, c, d, e, f, g, h, ..] = *hasher.finalize().as_bytes();
        Self(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }
}

/// A receipt whose message nobody knows yet. Kept under each of its aliases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmatched {
    /// The channel to whose address it came.
    pub channel: String,
    /// When, in milliseconds since the Unix epoch.
    pub received: i64,
    /// What it says.
    pub receipt: Receipt,
}

/// A message of a person, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptInbound {
    /// The channel to whose address it came.
    pub channel: String,
    /// When, in milliseconds since the Unix epoch.
    pub received: i64,
    /// What was written.
    pub inbound: Inbound,
    /// The message of ours that it answers.
    pub answers: Option<(RunId, RecipientNumber)>,
}

/// Something became of a recipient's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Whose: the run.
    pub run: RunId,
    /// And the recipient.
    pub recipient: RecipientNumber,
    /// What. Of [`Mark::Failed`] the number is that of `failure`.
    pub mark: Mark,
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// Why it failed.
    pub failure: Option<Failure>,
}

/// A message turns out to exist: who is in doubt is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Whose: the run.
    pub run: RunId,
    /// And the recipient.
    pub recipient: RecipientNumber,
    /// The provider's identifier, where it was told.
    pub id: Option<MessageId>,
    /// Whether it left for the person: who was wrongly taken for not messaged is accepted too then, and never
    /// sent to again.
    pub is_sent: bool,
}

/// Everything that follows from some letters, to be written in one piece.
#[derive(Debug, Default)]
pub struct Applied {
    /// That many of the oldest letters are done with.
    pub letters: u64,
    /// What became of messages. The runs' deliveries are attached.
    pub marks: Vec<Marked>,
    /// Messages that turn out to exist, of recipients of attached runs.
    pub proved: Vec<Proof>,
    /// Names by which messages are known from here on.
    pub aliases: Vec<(Alias, RunId, RecipientNumber)>,
    /// Receipts that wait until one of their names is known.
    pub unmatched: Vec<(Vec<Alias>, Unmatched)>,
    /// Those that need not wait any longer.
    pub matched: Vec<(Vec<Alias>, Unmatched)>,
    /// Messages of people; one that is there already changes nothing.
    pub inbound: Vec<(PersonKey, KeptInbound)>,
    /// Who must not be messaged any more.
    pub suppressed: Vec<(PersonKey, Suppression)>,
    /// Runs that are held if they are being sent.
    pub held: Vec<(RunId, HoldReason)>,
}

impl Journal {
    /// Keeps letters until they are applied. When this returns they survive a power cut.
    ///
    /// # Errors
    /// When they cannot be written, or too little space is left. Their webhooks must be answered so that
    /// they are repeated.
    pub async fn keep(&self, letters: Vec<Letter>) -> Result<(), JournalError> {
        let path = self.path().to_owned();
        self.write(move |stage| {
            refuse_full_disk(stage, &path)?;
            letters.into_iter().try_for_each(|letter| stage.keep(&letter))
        })
        .await
    }

    /// The oldest letters that wait to be applied: as many as say `at_most` things together, and the first
    /// whatever it says.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn letters(&self, at_most: usize) -> Result<Vec<Letter>, JournalError> {
        let waiting = self.state()?.letters.clone();
        let durable = usize::try_from(waiting.end - waiting.start).unwrap_or(usize::MAX);
        let mut letters: Vec<Letter> = Vec::new();
        let mut things = 0;
        for entry in self.store().scan_long::<Letter>(keys::ALL_LETTERS).take(durable) {
            let (_, letter) = entry?;
            things += letter.heard.len();
            if things > at_most && !letters.is_empty() {
                break;
            }
            letters.push(letter);
        }
        Ok(letters)
    }

    /// How many letters wait.
    ///
    /// # Errors
    /// When the journal is broken.
    pub fn waiting_letters(&self) -> Result<u64, JournalError> {
        let waiting = &self.state()?.letters;
        Ok(waiting.end - waiting.start)
    }

    /// Folds a run's receipts, unless this process has already done so.
    ///
    /// # Errors
    /// When the run is unknown, or its receipts cannot be read.
    pub fn attach_deliveries(&self, run: RunId) -> Result<(), JournalError> {
        let (recipients, groups) = {
            let state = self.state()?;
            let entry = state.runs.get(&run).ok_or(JournalError::NoRun(run))?;
            if entry.deliveries.is_some() {
                return Ok(());
            }
            (entry.facts.plan.rows.recipients, entry.next_receipts)
        };
        let folded = load::deliveries(self.store(), run, recipients, groups)?;
        let mut state = self.state()?;
        let entry = state.runs.get_mut(&run).ok_or(JournalError::NoRun(run))?;
        // Whoever was faster has written since.
        entry.deliveries.get_or_insert(folded);
        Ok(())
    }

    /// Reads what became of a run's messages. `read` holds up the journal and must not call it.
    ///
    /// # Errors
    /// When the run is unknown, or its receipts cannot be read.
    pub fn with_deliveries<T>(
        &self,
        run: RunId,
        read: impl FnOnce(&Deliveries) -> T,
    ) -> Result<T, JournalError> {
        self.attach_deliveries(run)?;
        let state = self.state()?;
        let entry = state.runs.get(&run).ok_or(JournalError::NoRun(run))?;
        entry.deliveries.as_ref().map(read).ok_or(JournalError::NotOpen(run))
    }

    /// How many of a run's messages got how far, as it is on disk.
    ///
    /// # Errors
    /// When the run is unknown.
    pub fn delivery_counts(&self, run: RunId) -> Result<DeliveryCounts, JournalError> {
        let state = self.state()?;
        let entry = state.runs.get(&run).ok_or(JournalError::NoRun(run))?;
        Ok(entry.delivery_counts)
    }

    /// Writes what follows from letters, and lets go of them.
    ///
    /// # Errors
    /// When a run is not attached as [`Applied`] needs it, or it cannot be written; the letters wait then.
    pub async fn apply(&self, applied: Applied) -> Result<(), JournalError> {
        self.is_at_home()?;
        let now = self.now();
        let receipts = applied.marks.len() as u64;
        self.write(move |stage| stage.apply_letters(applied, now)).await?;
        self.measures().applied(receipts);
        Ok(())
    }

    /// The recipient whose message has this name. For whoever applies receipts: the name may not be durable yet,
    /// but it is before anything that is written because of it, and nobody waits for the disk.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn known_as(&self, alias: Alias) -> Result<Option<(RunId, RecipientNumber)>, JournalError> {
        Ok(self.store().read(&keys::alias(alias.0))?)
    }

    /// What a person wrote to any channel, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn inbound_of(&self, person: PersonKey) -> Result<Vec<KeptInbound>, JournalError> {
        let _state = self.state()?;
        let found = self.store().scan_long::<KeptInbound>(&keys::inbound_of(person));
        let mut found: Vec<KeptInbound> =
            found.map(|entry| entry.map(|(_, inbound)| inbound)).collect::<Result<_, _>>()?;
        found.sort_by_key(|kept| (kept.inbound.at.unwrap_or(kept.received), kept.received));
        Ok(found)
    }

    /// Whether this message of a person is kept already.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn knows_inbound(
        &self,
        person: PersonKey,
        channel: &str,
        id: &MessageId,
    ) -> Result<bool, JournalError> {
        let _state = self.state()?;
        let key = keys::inbound(person, Alias::new(channel, id).0);
        Ok(self.store().scan_long::<KeptInbound>(&key).next().transpose()?.is_some())
    }
}

/// A secret in a channel's webhook address. Never shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookSecret {
    /// 256 random bits, as they stand in the address.
    pub secret: String,
    /// When it was made.
    pub created: Timestamp,
    /// When another took its place; webhooks of messages that are under way still come to it for a while.
    pub replaced: Option<Timestamp>,
}

impl std::fmt::Debug for HookSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("HookSecret");
        shown.field("created", &self.created).field("replaced", &self.replaced).finish_non_exhaustive()
    }
}

impl Journal {
    /// The secrets of a channel's webhook address, the newest last. Empty for a channel that has none yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn hook_secrets(&self, channel: &str) -> Result<Vec<HookSecret>, JournalError> {
        Ok(self.state()?.hooks.get(channel).cloned().unwrap_or_default())
    }

    /// Makes another secret the channel's newest; those that were replaced longer ago than `keep` are gone.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn replace_hook_secret(
        &self,
        channel: &str,
        secret: String,
        keep: std::time::Duration,
    ) -> Result<(), JournalError> {
        let (channel, now) = (channel.to_owned(), self.now());
        self.write(move |stage| stage.replace_hook_secret(channel, secret, keep, now)).await
    }
}
