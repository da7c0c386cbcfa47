//! What follows from a call's verdicts for the people in it.

use crate::domain::{Attempt, PersonKey, Reason, Recipient, RecipientNumber, Verdict, Verdicts};
use crate::journal::{Alias, Suppression};

use super::call::Context;
use super::lane::ATTEMPTS;
use super::link::Link;

/// The names under which receipts will speak of the accepted messages, where they carry none of ours.
pub(super) fn aliases_of(
    link: &Link,
    recipients: &[RecipientNumber],
    verdicts: &Verdicts,
) -> Vec<(Alias, RecipientNumber)> {
    if !link.provider.is_found_by_id() {
        return Vec::new();
    }
    let named =
        recipients.iter().enumerate().filter_map(|(position, recipient)| match verdicts.at(position) {
            Some(Verdict::Accepted { id: Some(id) }) => {
                Some((Alias::new(link.channel.provider, id), *recipient))
            }
            _ => None,
        });
    named.collect()
}

/// Whom the provider rejected for a reason that puts them on the suppression list, with that reason.
pub(super) fn suppressed_by(
    context: &Context,
    channel: &str,
    recipients: &[Recipient],
    verdicts: &Verdicts,
) -> Vec<(PersonKey, Suppression)> {
    let suppressed = recipients.iter().enumerate().filter_map(|(position, recipient)| {
        let Some(Verdict::Rejected { reason }) = verdicts.at(position) else { return None };
        suppression(context, channel, recipient, reason)
    });
    suppressed.collect()
}

/// What puts a rejected person on the suppression list; none when the reason does not, or it is no person.
pub(super) fn suppression(
    context: &Context,
    channel: &str,
    recipient: &Recipient,
    reason: &Reason,
) -> Option<(PersonKey, Suppression)> {
    let phone = recipient.address.phone().filter(|_| reason.suppress)?;
    let number = phone.digits().parse().ok()?;
    let source = format!("run {} of {}, channel {channel}: {reason}", context.run, context.campaign);
    Some((phone.person(), Suppression { number, source, since: context.clock.now() }))
}

/// On the last attempt a reason that may pass has not passed.
pub(super) fn final_verdicts(verdicts: Verdicts, attempt: Attempt) -> Verdicts {
    let end = |verdict| match verdict {
        Verdict::Transient { reason } if attempt >= ATTEMPTS => Verdict::Rejected { reason },
        other => other,
    };
    match verdicts {
        Verdicts::All(verdict) => Verdicts::All(end(verdict)),
        Verdicts::Each(verdicts) => Verdicts::Each(verdicts.into_iter().map(end).collect()),
    }
}
