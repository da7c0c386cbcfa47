//! The Sinch client: the same message for everybody in a call, or one change of a group.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use http::Method;

use super::message::{Habits, destinations};
use super::wire::{AUTHENTICATION_TOKEN, SEND_PATH, SendRequest, USER_NAME};
use super::{classify, groups, limits, questions, webhook};
use crate::domain::{
    Action, Address, Channel, Content, Found, Heard, INVITE_LINK, ProviderFacts, ProviderLimits, Query,
    QueryFailure, Reply, Signal,
};
use crate::provider::registry::{Entry, OpenError, required};
use crate::provider::{
    Company, ContentProblem, Malformed, NotOffered, Outgoing, Provider, WireAnswer, WireRequest, impossible,
    unproven,
};

/// Sinch in the registry.
pub static ENTRY: Entry = Entry {
    facts: || &*limits::FACTS,
    authorize: |channel, secret| {
        let user = channel.values.get(limits::USER).cloned().unwrap_or_default();
        vec![(USER_NAME, user), (AUTHENTICATION_TOKEN, secret.to_owned())]
    },
    open: |channel| Ok(Box::new(Sinch::open(channel)?)),
};

/// Sinch as one channel uses it.
#[derive(Debug)]
pub struct Sinch {
    habits: Habits,
    limits: Arc<ProviderLimits>,
}

impl Sinch {
    /// The client for a channel.
    ///
    /// # Errors
    /// When the user is missing or cannot stand in a header, or `ttl` is no number of days.
    pub fn open(channel: &Channel) -> Result<Self, OpenError> {
        let bad = |key, problem| OpenError::BadValue { channel: channel.name.clone(), key, problem };
        let user = required(channel, limits::USER)?;
        if !user.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(bad(limits::USER, "is not a user of Sinch; write it without blanks and accents"));
        }
        let ttl = match channel.values.get(limits::TTL).map(|days| days.parse()) {
            None => None,
            Some(Ok(days)) if limits::DAYS.contains(&days) => Some(days),
            Some(_) => return Err(bad(limits::TTL, "is not a number of days from 1 to 30")),
        };
        let habits = Habits {
            namespace: channel.values.get(limits::NAMESPACE).cloned(),
            falls_back: channel
                .values
                .get(limits::LANGUAGE_POLICY)
                .is_some_and(|policy| policy == limits::FALLBACK),
            ttl,
        };
        Ok(Self { habits, limits: Arc::clone(&channel.limits) })
    }

    fn send(&self, content: &Content, outgoing: &Outgoing) -> Result<WireRequest, Reply> {
        let message =
            self.habits.message(content).ok_or_else(|| impossible("the message has no shape at Sinch"))?;
        let body = SendRequest { destinations: destinations(outgoing), message };
        WireRequest::json(Method::POST, SEND_PATH, &body)
    }

    /// The link was asked for; the text goes out with it.
    fn invite(
        &self,
        group: &str,
        text: &str,
        outgoing: &Outgoing,
        answer: Option<&WireAnswer>,
    ) -> Result<WireRequest, Reply> {
        let answer = answer.ok_or_else(|| match questions::ask_for_link(group) {
            Ok(_) => impossible("nobody asked for the invite link"),
            Err(why) => impossible(&why.to_string()),
        })?;
        let link = match questions::link(&self.limits, answer) {
            Ok(link) => link,
            Err(QueryFailure::NotFound) => return Err(classify::of_unknown_group(&self.limits, outgoing)),
            Err(QueryFailure::Refused(reason)) => return Err(Reply::unsent(Signal::Refused { reason })),
            Err(QueryFailure::Throttled { retry_after }) => {
                return Err(Reply::unsent(Signal::Throttled { retry_after }));
            }
            Err(QueryFailure::Unanswered(cause)) => return Err(unproven(cause)),
        };
        let message = self.habits.text(text.replace(INVITE_LINK, &link));
        let body = SendRequest { destinations: destinations(outgoing), message };
        WireRequest::json(Method::POST, SEND_PATH, &body)
    }
}

/// What everybody in a call has in common; a digest may be alike by chance, this is not.
fn common(outgoing: &Outgoing) -> Result<&Content, Reply> {
    let Some((first, others)) = outgoing.recipients.split_first() else {
        return Err(impossible("there is nobody in the call"));
    };
    if others.iter().all(|other| other.content == first.content) {
        Ok(&first.content)
    } else {
        Err(impossible("Sinch takes one message for all recipients of a call, and theirs differ"))
    }
}

impl Provider for Sinch {
    fn facts(&self) -> &'static ProviderFacts {
        &limits::FACTS
    }

    fn check(&self, address: &Address, content: &Content) -> Result<(), ContentProblem> {
        limits::check(&self.limits, self.habits.namespace.is_some(), address, content)
    }

    /// A message goes to all who get the very same, and a change to all people of the same group. What is
    /// done to a group itself is a call of its own.
    fn company(&self, content: &Content) -> Company {
        let is_for_many = match content {
            Content::Action(action) => matches!(
                action,
                Action::SendInvite { .. }
                    | Action::RemoveParticipant { .. }
                    | Action::AddAdmin { .. }
                    | Action::RemoveAdmin { .. }
            ),
            _ => true,
        };
        if !is_for_many {
            return Company::Alone;
        }
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        Company::Alike(hasher.finish())
    }

    fn look_up(&self, outgoing: &Outgoing) -> Option<WireRequest> {
        match &outgoing.recipients.first()?.content {
            Content::Action(Action::SendInvite { group, .. }) => {
                // Where there is no question, `request` says why.
                questions::ask_for_link(group).ok()
            }
            _ => None,
        }
    }

    fn request(&self, outgoing: &Outgoing, looked_up: Option<&WireAnswer>) -> Result<WireRequest, Reply> {
        match common(outgoing)? {
            Content::Action(Action::SendInvite { group, text }) => {
                self.invite(group, text, outgoing, looked_up)
            }
            Content::Action(action) => groups::request(action, outgoing),
            message => self.send(message, outgoing),
        }
    }

    fn classify(&self, outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
        classify::classify(&self.limits, outgoing, answer)
    }

    fn ask(&self, query: &Query) -> Result<WireRequest, NotOffered> {
        questions::ask(query)
    }

    fn read(&self, query: &Query, answer: &WireAnswer) -> Result<Found, QueryFailure> {
        questions::read(&self.limits, query, answer)
    }

    fn hear(&self, body: &[u8]) -> Result<Vec<Heard>, Malformed> {
        webhook::hear(&self.limits, body)
    }
}

#[cfg(test)]
mod tests;
