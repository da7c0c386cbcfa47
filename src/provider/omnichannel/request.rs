//! The omnichannel client: one recipient as one call of the seed's library.

use super::account::Account;
use super::calls::Call;
use super::contacts::{self, Known};
use super::{classify, errors, limits, look_up, messages, questions, tags, webhook, wire};
use crate::domain::{
    Action, Address, Channel, Content, Found, Heard, ProviderFacts, Query, QueryFailure, Recipient, Reply,
};
use crate::provider::registry::{self, Entry, OpenError};
use crate::provider::{
    Company, ContentProblem, Malformed, NotOffered, Outgoing, Provider, WireAnswer, WireRequest, impossible,
};

/// The omnichannel in the registry.
pub static ENTRY: Entry = Entry {
    facts: || &*limits::FACTS,
    authorize: |_, secret| registry::authorization(wire::AUTHORIZATION_SCHEME, secret),
    open: |channel| Ok(Box::new(Omnichannel::open(channel)?)),
};

/// The omnichannel as one channel uses it.
#[derive(Debug)]
pub struct Omnichannel {
    account: Account,
}

impl Omnichannel {
    /// The client for a channel.
    ///
    /// # Errors
    /// When the account or the channel's identifier is missing.
    pub fn open(channel: &Channel) -> Result<Self, OpenError> {
        Account::of(channel).map(|account| Self { account })
    }

    /// Why a contact was not looked up.
    fn not_looked_up(&self, identifier: String) -> Reply {
        let question = look_up::question(&self.account, identifier).request(&self.account.routes);
        question.err().unwrap_or_else(|| impossible("the contact was not looked up"))
    }

    /// The call for a recipient. An action whose contact has to be looked up is given its id.
    fn call<'a>(
        &'a self,
        address: &'a Address,
        content: &'a Content,
        looked_up: Option<&'a str>,
    ) -> Result<Call<'a>, ContentProblem> {
        let Content::Action(action) = content else {
            return messages::plain(&self.account, address, content);
        };
        if let Some(call) = tags::call(&self.account, address, action) {
            return call;
        }
        match contacts::known(address, action) {
            Some(Known::Id(id)) => contacts::call(&self.account, address, action, Some(id)),
            Some(Known::Identifier(_)) => contacts::call(&self.account, address, action, looked_up),
            Some(Known::New) => contacts::call(&self.account, address, action, None),
            None => messages::action(&self.account, address, action),
        }
    }
}

/// Stands for the id of a contact that is not looked up yet, where only the shape of a call is checked.
const ANY_ID: &str = "id";

/// The one recipient of a call.
fn only(outgoing: &Outgoing) -> Result<&Recipient, Reply> {
    match outgoing.recipients.as_slice() {
        [recipient] => Ok(recipient),
        _ => Err(impossible("the omnichannel takes one recipient in a call")),
    }
}

/// The identifier by which a recipient's contact has to be looked up.
fn sought(recipient: &Recipient) -> Option<String> {
    let Content::Action(action) = &recipient.content else { return None };
    match contacts::known(&recipient.address, action)? {
        Known::Identifier(identifier) => Some(identifier),
        Known::Id(_) | Known::New => None,
    }
}

impl Provider for Omnichannel {
    fn facts(&self) -> &'static ProviderFacts {
        &limits::FACTS
    }

    fn check(&self, address: &Address, content: &Content) -> Result<(), ContentProblem> {
        self.call(address, content, Some(ANY_ID)).map(|_| ())
    }

    fn company(&self, _: &Content) -> Company {
        Company::Alone
    }

    fn look_up(&self, outgoing: &Outgoing) -> Option<WireRequest> {
        let identifier = sought(only(outgoing).ok()?)?;
        // Where there is no question, `request` says why.
        look_up::question(&self.account, identifier).request(&self.account.routes).ok()
    }

    fn request(&self, outgoing: &Outgoing, looked_up: Option<&WireAnswer>) -> Result<WireRequest, Reply> {
        let recipient = only(outgoing)?;
        let found = match (sought(recipient), looked_up) {
            (None, _) => None,
            (Some(identifier), None) => return Err(self.not_looked_up(identifier)),
            (Some(_), Some(answer)) => {
                let found = look_up::answer(&self.account, &recipient.address, answer)?;
                let may_be_new = matches!(recipient.content, Content::Action(Action::UpsertContact { .. }));
                if found.is_none() && !may_be_new {
                    return Err(errors::rejection(&self.account.limits, errors::UNKNOWN_CONTACT));
                }
                found
            }
        };
        self.call(&recipient.address, &recipient.content, found.as_deref())
            .map_err(|problem| impossible(&problem.to_string()))?
            .request(&self.account.routes)
    }

    fn classify(&self, outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
        match only(outgoing) {
            Ok(recipient) => classify::classify(&self.account.limits, recipient, answer),
            Err(reply) => reply,
        }
    }

    fn ask(&self, query: &Query) -> Result<WireRequest, NotOffered> {
        let call = questions::call(&self.account, query)?;
        let unable = |_| NotOffered("the question has an id that cannot stand in an address".to_owned());
        call.request(&self.account.routes).map_err(unable)
    }

    fn read(&self, query: &Query, answer: &WireAnswer) -> Result<Found, QueryFailure> {
        questions::read(&self.account.limits, query, answer)
    }

    /// The seed's payloads have no place for a name of ours.
    fn is_found_by_id(&self) -> bool {
        true
    }

    fn hear(&self, body: &[u8]) -> Result<Vec<Heard>, Malformed> {
        webhook::hear(&self.account.limits, body)
    }
}

#[cfg(test)]
mod tests;
