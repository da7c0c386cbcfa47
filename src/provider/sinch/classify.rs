//! What Sinch's answers mean (seed 001; providers.md §2.2 and §2.3; guarantees, "What a failed call means").

use std::borrow::Cow;

use super::errors;
use super::wire::{GroupsAnswer, SendAnswer, Taken};
use crate::domain::{
    Action, Address, Content, DoubtCause, MessageId, Phone, ProviderLimits, Reason, Reply, Signal, Verdict,
};
use crate::provider::status::{StatusClass, by_status};
use crate::provider::{Outgoing, WireAnswer};

/// What a call does, as far as its answer is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    /// Messages people and groups.
    Send,
    /// Makes a group.
    Creation,
    /// Changes a group; the parts of it that the call is about.
    Change(&'static [&'static str]),
}

impl Call {
    fn of(outgoing: &Outgoing) -> Self {
        let Some(Content::Action(action)) = outgoing.recipients.first().map(|first| &first.content) else {
            return Self::Send;
        };
        match action {
            Action::CreateGroup { .. } => Self::Creation,
            Action::SetGroupIcon { .. } | Action::RemoveGroupIcon => Self::Change(&["icon", "group"]),
            Action::LeaveGroup => Self::Change(&["leave", "group"]),
            Action::RemoveParticipant { .. } => Self::Change(&["participants", "group"]),
            Action::AddAdmin { .. } | Action::RemoveAdmin { .. } => Self::Change(&["admins", "group"]),
            Action::SetGroupSubject { .. } | Action::RevokeInvite => Self::Change(&["group"]),
            // An invite is a text; what Sinch does not have is never sent.
            _ => Self::Send,
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Send | Self::Creation => &[],
            Self::Change(fields) => fields,
        }
    }
}

/// The verdicts for a call.
#[must_use]
pub fn classify(limits: &ProviderLimits, outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
    let call = Call::of(outgoing);
    match by_status(limits, answer) {
        StatusClass::Answer => done(call, outgoing, answer),
        // "201 Created" stands in Sinch's table of statuses; what was made, the body says.
        StatusClass::Settled(_) if answer.status == 201 => done(call, outgoing, answer),
        StatusClass::Refusal => refused(limits, call, outgoing, answer),
        StatusClass::Settled(settled) => told(limits, call, outgoing, answer).unwrap_or(settled),
    }
}

/// What becomes of people whose group does not exist.
#[must_use]
pub fn of_unknown_group(limits: &ProviderLimits, outgoing: &Outgoing) -> Reply {
    let answer = WireAnswer { status: 404, ..WireAnswer::default() };
    let reason = errors::read(limits, &["group"], &answer).reason;
    rejected(outgoing, &reason)
}

fn rejected(outgoing: &Outgoing, reason: &Reason) -> Reply {
    let rejected = |_: &_| Verdict::Rejected { reason: reason.clone() };
    Reply::answered(outgoing.recipients.iter().map(rejected).collect())
}

fn done(call: Call, outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
    let Some(body) = answer.body.as_deref() else { return Reply::in_doubt(DoubtCause::UnreadableReply) };
    match call {
        Call::Send => match serde_json::from_slice(body) {
            Ok(taken) => sent(outgoing, &taken),
            Err(_) => Reply::in_doubt(DoubtCause::UnreadableReply),
        },
        Call::Creation => created(body),
        Call::Change(_) if is_nothing(body) => {
            let accepted = |_: &_| Verdict::Accepted { id: None };
            Reply::answered(outgoing.recipients.iter().map(accepted).collect())
        }
        Call::Change(_) => Reply::in_doubt(DoubtCause::UnreadableReply),
    }
}

/// Success without anything to tell: `null` or `{}` (seed 001), or no body at all.
fn is_nothing(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    body.is_empty() || body == b"null" || (body.first() == Some(&b'{') && body[1..].trim_ascii() == b"}")
}

fn created(body: &[u8]) -> Reply {
    let Ok(answer) = serde_json::from_slice::<GroupsAnswer<'_>>(body) else {
        return Reply::in_doubt(DoubtCause::UnreadableReply);
    };
    let groups = answer.groups.unwrap_or_default();
    let id = groups.iter().flatten().find_map(|group| group.id.as_deref()).filter(|id| !id.is_empty());
    match id {
        Some(id) => Reply::answered(vec![Verdict::Accepted { id: Some(MessageId::from(id)) }]),
        None => Reply::in_doubt(DoubtCause::IncompleteReply),
    }
}

/// One entry for each recipient: found by what we called it, else by whom it is for, else, where neither is
/// said and there are as many as recipients, by its place. Who is not found is in doubt.
fn sent(outgoing: &Outgoing, answer: &SendAnswer<'_>) -> Reply {
    let Some(entries) = answer.destinations.as_deref() else { return sent_alone(outgoing, answer) };
    let mut entries: Vec<Option<&Taken<'_>>> = entries.iter().map(Option::as_ref).collect();
    let is_complete = entries.len() == outgoing.recipients.len();
    let mut found: Vec<Option<&Taken<'_>>> = vec![None; outgoing.recipients.len()];
    let mut give = |fits: &dyn Fn(usize, usize, &Taken<'_>) -> bool| {
        for (position, place) in found.iter_mut().enumerate().filter(|(_, place)| place.is_none()) {
            let fitting = entries
                .iter_mut()
                .enumerate()
                .find(|(at, entry)| entry.is_some_and(|entry| fits(position, *at, entry)));
            *place = fitting.and_then(|(_, entry)| entry.take());
        }
    };
    let recipients = &outgoing.recipients;
    let correlations: Vec<_> =
        recipients.iter().map(|recipient| outgoing.tag.correlation(recipient.number)).collect();
    give(&|position, _, entry| said(&entry.correlation_id) == Some(&correlations[position]));
    give(&|position, _, entry| {
        said(&entry.correlation_id).is_none()
            && said(&entry.destination).is_some_and(|said| is_for(&recipients[position].address, said))
    });
    give(&|position, at, entry| {
        let says_nothing = said(&entry.correlation_id).is_none() && said(&entry.destination).is_none();
        is_complete && at == position && says_nothing
    });
    let verdict = |taken: &Option<&Taken<'_>>| match taken.and_then(|taken| said(&taken.id)) {
        Some(id) => Verdict::Accepted { id: Some(MessageId::from(id)) },
        None => Verdict::InDoubt { cause: DoubtCause::IncompleteReply },
    };
    replied(found.iter().map(verdict).collect())
}

/// An answer that names no destination speaks of the call; of a call with one recipient that is enough.
fn sent_alone(outgoing: &Outgoing, answer: &SendAnswer<'_>) -> Reply {
    match (outgoing.recipients.len(), said(&answer.id)) {
        (1, Some(id)) => Reply::answered(vec![Verdict::Accepted { id: Some(MessageId::from(id)) }]),
        _ => Reply::in_doubt(DoubtCause::IncompleteReply),
    }
}

fn replied(verdicts: Vec<Verdict>) -> Reply {
    let doubt = verdicts.iter().find_map(|verdict| match verdict {
        Verdict::InDoubt { cause } => Some(*cause),
        _ => None,
    });
    let signal = doubt.map_or(Signal::Answered, |cause| Signal::InDoubt { cause });
    Reply { signal, ..Reply::answered(verdicts) }
}

fn said<'a>(text: &'a Option<Cow<'_, str>>) -> Option<&'a str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// Whether an entry's `destination` names a recipient. The ninth digit of a Brazilian number may have come
/// or gone; Sinch's own sample has a full stop behind the number.
fn is_for(address: &Address, said: &str) -> bool {
    match address {
        Address::Phone(phone) => {
            let digits: String = said.chars().filter(char::is_ascii_digit).collect();
            Phone::from_digits(&digits).is_some_and(|named| named.person() == phone.person())
        }
        Address::Group(id) | Address::Named(id) => said.trim_end_matches('.') == &**id,
    }
}

/// 400, 413, 422: nothing was done.
fn refused(limits: &ProviderLimits, call: Call, outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
    if let Some(reply) = told(limits, call, outgoing, answer) {
        return reply;
    }
    let error = errors::read(limits, call.fields(), answer);
    match error.row {
        Some(row) => row.reply(outgoing.recipients.len(), &error.said),
        None => Reply::unsent(Signal::Refused { reason: error.reason }),
    }
}

/// What an answer means where the seed knows better than its status: a group that does not exist, and too
/// many groups without use, whose status nobody documents.
fn told(limits: &ProviderLimits, call: Call, outgoing: &Outgoing, answer: &WireAnswer) -> Option<Reply> {
    let is_refusal = (400..500).contains(&answer.status) && answer.status != 401;
    match call {
        Call::Change(fields) if answer.status == 404 => {
            Some(rejected(outgoing, &errors::read(limits, fields, answer).reason))
        }
        Call::Creation if is_refusal => {
            let reason = errors::unused_groups(limits, answer)?;
            Some(Reply::unsent(Signal::CampaignRefused { reason }))
        }
        Call::Send | Call::Creation | Call::Change(_) => None,
    }
}

#[cfg(test)]
mod tests;
