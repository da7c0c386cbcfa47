//! Who is left out of a call at the last moment: whoever is suppressed by now, whoever turned out to have the
//! message already, and whoever's message that is sent again was delivered after all.

use crate::domain::{ChunkRecipients, Recipient, RecipientNumber};
use crate::journal::{JournalError, SkipCause};

use super::call::Context;

/// Whether anybody must be left out of a call for these people.
///
/// # Errors
/// When the journal cannot be read.
pub fn is_anybody(context: &Context, recipients: &[Recipient]) -> Result<bool, JournalError> {
    Ok(suppressed(context, recipients).is_some()
        || spared(context, recipients).is_some()
        || context.originals.delivered(&context.journal, recipients)?.is_some())
}

/// Takes those who must be left out from the run and from `recipients`.
pub async fn leave_out(context: &Context, recipients: &mut Vec<Recipient>) -> Result<(), JournalError> {
    if let Some(suppressed) = suppressed(context, recipients) {
        remove(recipients, &suppressed);
        context.journal.skip(context.run, suppressed, SkipCause::Suppressed).await?;
    }
    if let Some(spared) = spared(context, recipients) {
        remove(recipients, &spared);
        context.journal.accept_spared(context.run, spared).await?;
    }
    if let Some(delivered) = context.originals.delivered(&context.journal, recipients)? {
        remove(recipients, &delivered);
        context.journal.skip(context.run, delivered, SkipCause::Delivered).await?;
    }
    Ok(())
}

fn remove(recipients: &mut Vec<Recipient>, out: &ChunkRecipients) {
    recipients.retain(|recipient| out.as_slice().binary_search(&recipient.number).is_err());
}

/// Who is messaged and must not be. What messages nobody is done for suppressed people as well.
fn suppressed(context: &Context, recipients: &[Recipient]) -> Option<ChunkRecipients> {
    let messaged: Vec<_> =
        recipients.iter().filter(|recipient| recipient.content.messages_somebody()).collect();
    let people = messaged.iter().map(|recipient| recipient.address.person());
    let suppressed = context.journal.suppressed_among(people);
    ChunkRecipients::new(suppressed.into_iter().map(|position| messaged[position].number).collect())
}

/// Whose message exists, as a receipt says that came after they were taken for not messaged.
fn spared(context: &Context, recipients: &[Recipient]) -> Option<ChunkRecipients> {
    let numbers: Vec<RecipientNumber> = recipients.iter().map(|recipient| recipient.number).collect();
    ChunkRecipients::new(context.journal.spared_among(context.run, &numbers))
}
