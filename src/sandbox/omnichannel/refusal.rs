//! How the omnichannel refuses. Its documents have no word about that: status and sentences are ours.

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OmnichannelRefusal {
    /// The person is not on WhatsApp.
    NotOnWhatsapp,
    /// WhatsApp Web has lost its session: the QR code has to be scanned again.
    Disconnected,
    /// The account has no such channel.
    UnknownChannel,
    /// The account has no such platform.
    UnknownPlatform,
    /// The channel is in no such group.
    UnknownGroup,
    /// No conversation of this id is open.
    UnknownSession,
    /// Fields that are missing or wrong: a sentence for each.
    Invalid(Vec<String>),
}

use OmnichannelRefusal::{Disconnected, NotOnWhatsapp, UnknownChannel, UnknownGroup, UnknownPlatform};

impl OmnichannelRefusal {
    /// What scenarios call those that depend on the recipient or the account.
    pub(super) const NAMES: &'static [&'static str] =
        &["not_on_whatsapp", "disconnected", "unknown_channel", "unknown_platform", "unknown_group"];

    /// Last digits of magic numbers.
    pub(super) const MAGIC: &'static [(u16, Self)] =
        &[(1, NotOnWhatsapp), (2, Disconnected), (3, UnknownChannel), (4, UnknownPlatform)];

    pub(super) fn of_word(word: &str) -> Option<Self> {
        let refusals = [NotOnWhatsapp, Disconnected, UnknownChannel, UnknownPlatform, UnknownGroup];
        Self::NAMES.iter().zip(refusals).find(|(name, _)| **name == word).map(|(_, refusal)| refusal)
    }

    /// Status and sentences.
    pub(super) fn words(&self) -> (u16, Vec<String>) {
        let (status, sentence) = match self {
            Self::NotOnWhatsapp => (400, "the number is not on WhatsApp"),
            Self::Disconnected => (400, "the WhatsApp session is disconnected"),
            Self::UnknownChannel => (404, "Channel not found"),
            Self::UnknownPlatform => (400, "platform is not known"),
            Self::UnknownGroup => (404, "Group not found"),
            Self::UnknownSession => (404, "Session not found"),
            Self::Invalid(sentences) => return (400, sentences.clone()),
        };
        (status, vec![sentence.to_owned()])
    }
}
