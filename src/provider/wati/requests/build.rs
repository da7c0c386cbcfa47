//! From recipients to the request for them.

use super::account::Account;
use super::{version_one, version_three};
use crate::domain::{Recipient, Reply};
use crate::provider::wati::calls::Call;
use crate::provider::wati::mode::Mode;
use crate::provider::{Outgoing, WireRequest, impossible};

/// The request for recipients who have passed the checks and may share a call, of `most` at the most.
///
/// # Errors
/// For what the checks let never through: nobody is messaged by it.
pub fn build(account: &Account, mode: Mode, most: u32, outgoing: &Outgoing) -> Result<WireRequest, Reply> {
    let recipients = outgoing.recipients.as_slice();
    let [first, others @ ..] = recipients else {
        return Err(impossible("it is for nobody"));
    };
    if recipients.len() > most as usize {
        return Err(impossible("it is for more people than the channel's mode allows"));
    }
    let call_of = |recipient: &Recipient| Call::of(mode, &recipient.content, recipients.len());
    let Some(call) = call_of(first) else {
        return Err(impossible("Wati has no call for it"));
    };
    if others.iter().any(|other| call_of(other) != Some(call)) {
        return Err(impossible("its recipients need different calls"));
    }
    match call {
        Call::Templates => version_one::templates(account, outgoing),
        Call::Broadcast => version_three::broadcast(account, outgoing),
        Call::ManyAttributes => version_one::many_attributes(account, recipients),
        Call::UpdateContacts => version_three::update_contacts(recipients),
        _ if !others.is_empty() => Err(impossible("it is for one person")),
        Call::Template => version_one::template(account, &outgoing.tag, first),
        Call::SessionText => version_one::session_text(account, first),
        Call::ChatStatus => version_one::chat_status(account, first),
        Call::AddContact => version_one::add_contact(account, first),
        Call::Attributes => version_one::attributes(account, first),
        Call::ConversationText => version_three::text(account, first),
        Call::ConversationStatus => version_three::status(account, first),
        Call::CreateContact => version_three::create_contact(first),
    }
}

/// What a recipient's content is taken for; it was looked at just before.
pub(super) fn expected<T>(content: Option<T>) -> Result<T, Reply> {
    content.ok_or_else(|| impossible("its content is not what its call is for"))
}
