//! Where a message stands after the provider took it: a lattice, so that receipts may come in any order and
//! any number of times and lead to the same end.

use serde::{Deserialize, Serialize};

use super::Milestone;

/// Where an accepted message stands, least first. `failed` ends a message, and only a delivery overtakes it
/// (guarantees 7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Taken by the provider; nothing was heard of it since.
    #[default]
    Accepted,
    /// Given to WhatsApp.
    Sent,
    /// Ended without reaching the person.
    Failed,
    /// On the person's telephone.
    Delivered,
    /// Seen.
    Read,
    /// Answered.
    Replied,
}

impl DeliveryStatus {
    /// The status in a word, for people and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Replied => "replied",
        }
    }
}

/// The first moments of everything that became of a message; a moment is a millisecond count that whoever
/// keeps it gives a beginning. Joining two of these is idempotent, commutative and associative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivery {
    /// When the provider first spoke of the message under its own name, or said nothing but that it has it.
    queued: Option<Moment>,
    sent: Option<Moment>,
    delivered: Option<Moment>,
    read: Option<Moment>,
    replied: Option<Moment>,
    clicked: Option<Moment>,
    failed: Option<Moment>,
    /// When the provider was last asked and had nothing new.
    asked: Option<Moment>,
    /// [`Failure::number`](super::Failure::number); of two at one moment the smaller.
    failure: u32,
}

/// A number of milliseconds from 1, in 4 bytes with the absence of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(std::num::NonZeroU32);

impl Moment {
    /// The moment `after` milliseconds from the beginning; before it is the beginning, and later than 49
    /// days is 49 days.
    #[must_use]
    pub fn new(after: i64) -> Self {
        let shifted = u32::try_from(after.max(0)).unwrap_or(u32::MAX).saturating_add(1);
        Self(std::num::NonZeroU32::new(shifted).unwrap_or(std::num::NonZeroU32::MIN))
    }

    /// Milliseconds from the beginning.
    #[must_use]
    pub fn after(self) -> i64 {
        i64::from(self.0.get()) - 1
    }
}

/// One thing that became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Mark {
    /// It got this far.
    Reached(Milestone),
    /// A link in it was followed.
    Clicked,
    /// It failed, for the reason with this [`Failure::number`](super::Failure::number).
    Failed(u32),
    /// The provider was asked and had no news.
    Asked,
}

impl Delivery {
    /// Takes one more thing. Whether anything changed.
    pub fn take(&mut self, mark: Mark, at: Moment) -> bool {
        let before = *self;
        match mark {
            Mark::Reached(Milestone::Queued) => earlier(&mut self.queued, at),
            Mark::Reached(Milestone::Sent) => earlier(&mut self.sent, at),
            Mark::Reached(Milestone::Delivered) => earlier(&mut self.delivered, at),
            Mark::Reached(Milestone::Read) => earlier(&mut self.read, at),
            Mark::Reached(Milestone::Replied) => earlier(&mut self.replied, at),
            Mark::Clicked => earlier(&mut self.clicked, at),
            Mark::Failed(failure) => {
                if self.failed.is_none_or(|known| (at, failure) < (known, self.failure)) {
                    (self.failed, self.failure) = (Some(at), failure);
                }
            }
            Mark::Asked => self.asked = self.asked.max(Some(at)),
        }
        *self != before
    }

    /// Where the message stands.
    #[must_use]
    pub fn status(&self) -> DeliveryStatus {
        // A link can only be followed by whoever sees it.
        match self {
            Self { replied: Some(_), .. } => DeliveryStatus::Replied,
            Self { read: Some(_), .. } | Self { clicked: Some(_), .. } => DeliveryStatus::Read,
            Self { delivered: Some(_), .. } => DeliveryStatus::Delivered,
            Self { failed: Some(_), .. } => DeliveryStatus::Failed,
            Self { sent: Some(_), .. } => DeliveryStatus::Sent,
            _ => DeliveryStatus::Accepted,
        }
    }

    /// When it got this far; `None` where nobody said so, even when it got further.
    #[must_use]
    pub fn reached(&self, milestone: Milestone) -> Option<Moment> {
        match milestone {
            Milestone::Queued => self.queued,
            Milestone::Sent => self.sent,
            Milestone::Delivered => self.delivered,
            Milestone::Read => self.read,
            Milestone::Replied => self.replied,
        }
    }

    /// Whether the provider spoke of the message, however it fared: so it has it. An answer of the person is
    /// no such word, as nobody says which message it answers.
    #[must_use]
    pub fn is_proof(&self) -> bool {
        let Self { queued, sent, delivered, read, clicked, failed, .. } = self;
        [queued, sent, delivered, read, clicked, failed].into_iter().any(Option::is_some)
    }

    /// Whether the provider said that the message left for the person.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        let Self { queued, sent, delivered, read, replied, clicked, .. } = self;
        let is_answered = replied.is_some() && queued.is_some();
        is_answered || [sent, delivered, read, clicked].into_iter().any(Option::is_some)
    }

    /// When a link was followed.
    #[must_use]
    pub fn clicked(&self) -> Option<Moment> {
        self.clicked
    }

    /// When it failed, and the number of the reason; also of one that was delivered after all.
    #[must_use]
    pub fn failed(&self) -> Option<(Moment, u32)> {
        self.failed.map(|at| (at, self.failure))
    }

    /// When the provider was last asked and had nothing new.
    #[must_use]
    pub fn asked(&self) -> Option<Moment> {
        self.asked
    }

    /// The newest moment at which something became of it, asking aside. That the provider has it is no news:
    /// it was accepted.
    #[must_use]
    pub fn newest(&self) -> Option<Moment> {
        let Self { sent, delivered, read, replied, clicked, failed, .. } = *self;
        [sent, delivered, read, replied, clicked, failed].into_iter().max()?
    }
}

fn earlier(known: &mut Option<Moment>, at: Moment) {
    if known.is_none_or(|known| at < known) {
        *known = Some(at);
    }
}
