//! What the omnichannel's answers mean, by our mapping (guarantees, "What a failed call means").
//!
//! What messages somebody is accepted only where the answer has an id; what repeats harmlessly, or takes
//! something away, by its status.

use serde_json::Value;

use super::{answers, errors};
use crate::domain::{
    Action, Address, Content, DoubtCause, MessageId, ProviderLimits, Recipient, Reply, Verdict,
};
use crate::provider::WireAnswer;
use crate::provider::status::{StatusClass, by_status};

/// The verdict for a call, which has one recipient.
#[must_use]
pub fn classify(limits: &ProviderLimits, recipient: &Recipient, answer: &WireAnswer) -> Reply {
    match answer.status {
        200 | 201 => answered(&recipient.content, answer.body.as_deref()),
        204 if !needs_id(&recipient.content) => accepted(None),
        404 | 409 | 501 | 400 | 413 | 422 => refused(limits, subject(recipient), answer),
        _ => match by_status(limits, answer) {
            StatusClass::Settled(reply) => reply,
            StatusClass::Answer | StatusClass::Refusal => {
                Reply::in_doubt(DoubtCause::UnexpectedStatus(answer.status))
            }
        },
    }
}

/// A refusal: what the table says of it, or else what the status says alone.
pub fn refused(limits: &ProviderLimits, subject: &str, answer: &WireAnswer) -> Reply {
    let said = said(answer);
    let is_readable = said.is_some();
    let said = said.unwrap_or_default();
    // Without a sentence nobody knows who says 404 or 409: the omnichannel, or what stands before it.
    let row = errors::row(limits, answer.status, subject, &said)
        .filter(|_| is_readable || answer.status != 404 && answer.status != 409);
    match (row, by_status(limits, answer)) {
        (Some(row), _) => row.reply(1, &said),
        (None, StatusClass::Settled(reply)) => reply,
        (None, StatusClass::Answer | StatusClass::Refusal) => {
            Reply::in_doubt(DoubtCause::UnexpectedStatus(answer.status))
        }
    }
}

/// The sentence of a refusal.
pub fn said(answer: &WireAnswer) -> Option<String> {
    let body = answer.body.as_deref()?;
    answers::sentence(&serde_json::from_slice(body).ok()?)
}

fn answered(content: &Content, body: Option<&[u8]>) -> Reply {
    let Some(body) = body else { return Reply::in_doubt(DoubtCause::UnreadableReply) };
    let read = serde_json::from_slice::<Value>(body).ok();
    let id = read.as_ref().and_then(|answer| match content {
        Content::Action(Action::StartConversation { .. }) => answers::session(answer),
        _ => answers::id(answer),
    });
    match (read, id) {
        (_, Some(id)) => accepted(Some(id)),
        (None, None) if body.trim_ascii().is_empty() && !needs_id(content) => accepted(None),
        (None, None) => Reply::in_doubt(DoubtCause::UnreadableReply),
        (Some(_), None) if needs_id(content) => Reply::in_doubt(DoubtCause::IncompleteReply),
        (Some(_), None) => accepted(None),
    }
}

fn accepted(id: Option<String>) -> Reply {
    Reply::answered(vec![Verdict::Accepted { id: id.map(|id| MessageId::from(id.as_str())) }])
}

/// Whether only an id proves that it was done: of messages, and of what is made.
fn needs_id(content: &Content) -> bool {
    let is_made = matches!(content, Content::Action(Action::CreateContact { .. } | Action::CreateTag { .. }));
    is_made || content.messages_somebody()
}

/// What a call is about, as `limits.toml` calls it.
fn subject(recipient: &Recipient) -> &'static str {
    match &recipient.content {
        Content::Action(action) => match action {
            Action::UpsertContact { .. } => "upsert",
            Action::CreateTag { .. } | Action::UpdateTag { .. } | Action::DeleteTag => "tag",
            Action::SendToSession { .. } => "session",
            Action::DeleteMessage { .. } => "message",
            Action::StartConversation { .. } | Action::SendQuoting { .. } => "number",
            _ => "contact",
        },
        _ if matches!(recipient.address, Address::Group(_)) => "group",
        _ => "number",
    }
}

#[cfg(test)]
mod tests;
