//! What became of a run's accepted messages: the fold of the run's receipts, which are a log of their own, so
//! that whoever only sends need not read it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::domain::{Delivery, DeliveryStatus, Failure, Mark, Milestone, Moment, RecipientNumber};

/// One fact of a run's receipts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeliveryRecord {
    /// Something became of a recipient's message.
    Marked {
        /// Whose.
        recipient: RecipientNumber,
        /// What.
        mark: Mark,
        /// When, from the plan's making.
        at: Moment,
    },
    /// A failure that marks name by its number from here on.
    Failure(Failure),
}

/// How many recipients got how far; each counts for everything that their message went through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryCounts {
    /// Sent, or something that only follows from it.
    pub sent: u64,
    /// Delivered or further.
    pub delivered: u64,
    /// Read or further.
    pub read: u64,
    /// Answered.
    pub replied: u64,
    /// Failed, and not delivered after all.
    pub failed: u64,
    /// A link was followed.
    pub clicked: u64,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Deliveries {
    recipients: usize,
    /// Nobody until something became of somebody: most runs have no listener.
    of: Vec<Delivery>,
    failures: HashMap<u32, Failure>,
    counts: DeliveryCounts,
}

impl Deliveries {
    /// Nothing is known of any of so many recipients.
    #[must_use]
    pub fn new(recipients: usize) -> Self {
        Self { recipients, ..Self::default() }
    }

    /// Takes one more fact. Whether anything changed; a recipient that the run does not have changes nothing.
    pub fn take(&mut self, record: &DeliveryRecord) -> bool {
        match record {
            DeliveryRecord::Failure(failure) => {
                let number = failure.number();
                let is_new = !self.failures.contains_key(&number);
                if is_new {
                    self.failures.insert(number, failure.clone());
                }
                is_new
            }
            DeliveryRecord::Marked { recipient, mark, at } => {
                if self.of.is_empty() {
                    self.of.resize(self.recipients, Delivery::default());
                }
                let Some(delivery) = self.of.get_mut(recipient.index()) else { return false };
                let before = *delivery;
                if !delivery.take(*mark, *at) {
                    return false;
                }
                let after = *delivery;
                self.counts.leave(&before);
                self.counts.enter(&after);
                true
            }
        }
    }

    /// What became of a recipient's message.
    #[must_use]
    pub fn of(&self, recipient: RecipientNumber) -> Delivery {
        self.of.get(recipient.index()).copied().unwrap_or_default()
    }

    /// Why a message failed, where it did and nothing overtook it.
    #[must_use]
    pub fn failure_of(&self, recipient: RecipientNumber) -> Option<&Failure> {
        let delivery = self.of(recipient);
        let (_, number) = delivery.failed().filter(|_| delivery.status() == DeliveryStatus::Failed)?;
        self.failures.get(&number)
    }

    /// The failure that a mark names by this number.
    #[must_use]
    pub fn failure(&self, number: u32) -> Option<&Failure> {
        self.failures.get(&number)
    }

    /// Everybody, in order; nobody where nothing became of anybody.
    pub fn all(&self) -> impl Iterator<Item = (RecipientNumber, &Delivery)> {
        (0..).map(RecipientNumber).zip(&self.of)
    }

    /// How many got how far.
    #[must_use]
    pub fn counts(&self) -> DeliveryCounts {
        self.counts
    }
}

impl DeliveryCounts {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            sent: self.sent + other.sent,
            delivered: self.delivered + other.delivered,
            read: self.read + other.read,
            replied: self.replied + other.replied,
            failed: self.failed + other.failed,
            clicked: self.clicked + other.clicked,
        }
    }

    fn leave(&mut self, delivery: &Delivery) {
        self.change(delivery, |count| *count -= 1);
    }

    /// Counts one more message, by where it stands.
    pub fn enter(&mut self, delivery: &Delivery) {
        self.change(delivery, |count| *count += 1);
    }

    fn change(&mut self, delivery: &Delivery, change: impl Fn(&mut u64)) {
        let status = delivery.status();
        if status >= DeliveryStatus::Delivered || delivery.reached(Milestone::Sent).is_some() {
            change(&mut self.sent);
        }
        if status >= DeliveryStatus::Delivered {
            change(&mut self.delivered);
        }
        if status >= DeliveryStatus::Read {
            change(&mut self.read);
        }
        if status == DeliveryStatus::Replied {
            change(&mut self.replied);
        }
        if status == DeliveryStatus::Failed {
            change(&mut self.failed);
        }
        if delivery.clicked().is_some() {
            change(&mut self.clicked);
        }
    }
}
