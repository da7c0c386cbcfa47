//! The Wati client: one recipient as one `POST /{tenant}/api/v1/sendTemplateMessage`.

use std::borrow::Cow;
use std::sync::Arc;

use http::Method;

use super::wire::{Parameter, SEND_TEMPLATE_MESSAGE, SendTemplateMessage, WHATSAPP_NUMBER};
use super::{classify, limits, wire};
use crate::domain::{
    Address, Channel, Content, Found, Params, ProviderFacts, ProviderLimits, Query, QueryFailure, Reply,
};
use crate::provider::call::impossible;
use crate::provider::registry::{self, Entry, OpenError, required};
use crate::provider::{Company, ContentProblem, NotOffered, Outgoing, Provider, WireAnswer, WireRequest};

/// Wati in the registry.
pub static ENTRY: Entry = Entry {
    facts: || &*limits::FACTS,
    authorize: |_, secret| registry::authorization(wire::AUTHORIZATION_SCHEME, secret),
    open: |channel| Ok(Box::new(Wati::open(channel)?)),
};

/// Wati as one channel uses it.
#[derive(Debug)]
pub struct Wati {
    path: String,
    channel_number: String,
    limits: Arc<ProviderLimits>,
}

impl Wati {
    /// The client for a channel.
    ///
    /// # Errors
    /// When tenant or number are missing, or the tenant cannot stand in an address.
    pub fn open(channel: &Channel) -> Result<Self, OpenError> {
        let tenant = required(channel, limits::TENANT)?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if !tenant.bytes().all(fits) {
            return Err(OpenError::BadValue {
                channel: channel.name.clone(),
                key: limits::TENANT,
                problem: "is not a tenant's identifier; write only the part of the address behind wati.io/",
            });
        }
        Ok(Self {
            path: format!("/{tenant}/{SEND_TEMPLATE_MESSAGE}?{WHATSAPP_NUMBER}="),
            channel_number: required(channel, limits::NUMBER)?.to_owned(),
            limits: Arc::clone(&channel.limits),
        })
    }
}

fn parameters(params: &Params) -> Vec<Parameter<'_>> {
    match params {
        Params::Positional(values) => (1_usize..)
            .zip(values)
            .map(|(position, value)| Parameter {
                name: Cow::Owned(position.to_string()),
                value: Cow::Borrowed(value),
            })
            .collect(),
        Params::Named(values) => values
            .iter()
            .map(|(name, value)| Parameter { name: Cow::Borrowed(name), value: Cow::Borrowed(value) })
            .collect(),
    }
}

impl Provider for Wati {
    fn facts(&self) -> &'static ProviderFacts {
        &limits::FACTS
    }

    fn check(&self, _: &Address, content: &Content) -> Result<(), ContentProblem> {
        limits::check(content)
    }

    fn company(&self, _: &Content) -> Company {
        Company::Alone
    }

    fn request(&self, outgoing: &Outgoing, _: Option<&WireAnswer>) -> Result<WireRequest, Reply> {
        let [recipient] = outgoing.recipients.as_slice() else {
            return Err(impossible("sendTemplateMessage is for one person"));
        };
        let Content::Template { id, params, .. } = &recipient.content else {
            return Err(impossible("it is no template"));
        };
        let body = SendTemplateMessage {
            template_name: Some(Cow::Borrowed(id)),
            broadcast_name: Some(Cow::Borrowed(&outgoing.tag.campaign)),
            channel_number: Some(Cow::Borrowed(&self.channel_number)),
            parameters: parameters(params),
        };
        WireRequest::json(Method::POST, format!("{}{}", self.path, recipient.address.in_full()), &body)
    }

    fn classify(&self, _: &Outgoing, answer: &WireAnswer) -> Reply {
        classify::classify(&self.limits, answer)
    }

    fn ask(&self, _: &Query) -> Result<WireRequest, NotOffered> {
        Err(NotOffered("Wati cannot be asked that".to_owned()))
    }

    fn read(&self, _: &Query, _: &WireAnswer) -> Result<Found, QueryFailure> {
        Err(QueryFailure::Unanswered("Wati cannot be asked that".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Signal;
    use crate::provider::testing;

    fn request(params: Params) -> WireRequest {
        let wati = Wati::open(&testing::channel("wati")).expect("a channel");
        let id = "bf_2026".to_owned();
        let content = Content::Template { id, language: None, params, validity: None };
        wati.request(&testing::outgoing(vec![content]), None).expect("a request")
    }

    #[test]
    fn the_request_is_that_of_the_seed() {
        let named = Params::Named(vec![
            ("nome".to_owned(), "Ana \"Aninha\"".to_owned()),
            ("cupom".to_owned(), "BF10".to_owned()),
        ]);
        let positional = Params::Positional(vec!["Ana".to_owned(), "BF10".to_owned()]);
        let shown = [named, positional].map(|params| {
            let request = request(params);
            assert_eq!(request.method, "POST");
            format!("{}\n{}", request.path, String::from_utf8_lossy(&request.body))
        });
        insta::assert_snapshot!(shown.join("\n"));
    }

    #[test]
    fn what_is_not_a_template_has_no_request() {
        let wati = Wati::open(&testing::channel("wati")).expect("a channel");
        let outgoing = testing::outgoing(vec![Content::Text { text: "Oi".to_owned() }]);
        let reply = wati.request(&outgoing, None).expect_err("no request");
        assert!(matches!(reply.signal, Signal::CampaignRefused { .. }));
    }
}
