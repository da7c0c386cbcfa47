//! Where the messages of a conversation and the recipients of a broadcast stand.

use jiff::Timestamp;

use super::super::Account;
use super::super::account::{Broadcast, ChatMessage, Delivery};
use super::super::echo::Recipient;
use super::super::failure::FAILURES;
use crate::domain::Phone;
use crate::sandbox::plausible;
use crate::sandbox::statuses::{Courses, Stand, Status};

/// Wati's word for a status, in lower case: it does not tell accepted from sent (providers.md §3.4).
pub(super) fn word(status: Status) -> &'static str {
    match status {
        Status::Accepted | Status::Sent => "sent",
        Status::Delivered => "delivered",
        Status::Read => "read",
        Status::Failed => "failed",
    }
}

impl ChatMessage {
    /// A person's message does not move.
    pub(in crate::sandbox::wati) fn stand(&self, courses: &Courses) -> Stand {
        if self.is_ours {
            courses.stand(self.number, self.call, Some(self.phone), self.at, FAILURES)
        } else {
            Stand::accepted(self.at)
        }
    }
}

/// Where a recipient of a broadcast stands who was taken.
pub(super) fn of_recipient(
    number: u64,
    call: u64,
    recipient: &Recipient,
    at: Timestamp,
    courses: &Courses,
) -> Stand {
    courses.stand(number, call, plausible::phone(&recipient.number), at, FAILURES)
}

/// How many recipients of a broadcast have come how far; whoever has read it was reached as well.
#[derive(Debug, Default)]
pub(super) struct Statistics {
    pub(super) sent: usize,
    pub(super) delivered: usize,
    pub(super) read: usize,
    pub(super) replied: usize,
    pub(super) failed: usize,
}

impl Statistics {
    pub(super) fn of(call: u64, broadcast: &Broadcast, account: &Account, courses: &Courses) -> Self {
        let mut counts = Self::default();
        for (recipient, delivery) in &broadcast.recipients {
            let status = match delivery {
                Delivery::Sent(number) => {
                    of_recipient(*number, call, recipient, broadcast.at, courses).status
                }
                Delivery::Failed(_) => Status::Failed,
            };
            counts.failed += usize::from(status == Status::Failed);
            counts.sent += usize::from(status != Status::Failed);
            counts.delivered += usize::from(matches!(status, Status::Delivered | Status::Read));
            counts.read += usize::from(status == Status::Read);
            let person = plausible::phone(&recipient.number).map(Phone::person);
            let has_replied = |person| account.has_replied(person, broadcast.channel, broadcast.at);
            counts.replied += usize::from(person.is_some_and(has_replied));
        }
        counts
    }
}
