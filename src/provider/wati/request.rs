//! The Wati client: one recipient as one `POST /{tenant}/api/v1/sendTemplateMessage`.

use std::borrow::Cow;

use bytes::Bytes;

use super::wire::{Parameter, SEND_TEMPLATE_MESSAGE, SendTemplateMessage, WHATSAPP_NUMBER};
use super::{classify, limits};
use crate::domain::{Address, Channel, Content, Params, ProviderFacts, Reply};
use crate::provider::call::JSON_HEADERS;
use crate::provider::registry::{OpenError, required};
use crate::provider::{ContentProblem, Outgoing, Provider, WireAnswer, WireRequest};

/// Wati as one channel uses it.
#[derive(Debug)]
pub struct Wati {
    path: String,
    channel_number: String,
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

    fn check(&self, content: &Content) -> Result<(), ContentProblem> {
        limits::check(content)
    }

    fn request(&self, outgoing: &Outgoing) -> WireRequest {
        let mut request = WireRequest {
            method: "POST",
            path: self.path.clone(),
            headers: &JSON_HEADERS,
            body: Bytes::new(),
        };
        // Anything but a template does not pass `limits::check`; the transport sends no request without a
        // body, and no more recipients than the provider takes.
        let Some(recipient) = outgoing.recipients.first() else { return request };
        let Content::Template { id, params, .. } = &recipient.content else { return request };
        let Address::Phone(phone) = recipient.address;
        request.path.push_str(&phone.digits());
        let body = SendTemplateMessage {
            template_name: Some(Cow::Borrowed(id)),
            broadcast_name: Some(Cow::Borrowed(&outgoing.tag.campaign)),
            channel_number: Some(Cow::Borrowed(&self.channel_number)),
            parameters: parameters(params),
        };
        request.body = Bytes::from(serde_json::to_vec(&body).unwrap_or_default());
        request
    }

    fn classify(&self, _: &Outgoing, answer: &WireAnswer) -> Reply {
        classify::classify(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::testing;

    fn request(params: Params) -> WireRequest {
        let wati = Wati::open(&testing::channel("wati")).expect("a channel");
        let id = "bf_2026".to_owned();
        let content = Content::Template { id, language: None, params, validity: None };
        wati.request(&testing::outgoing(vec![content]))
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
        let request = wati.request(&testing::outgoing(vec![Content::Text { text: "Oi".to_owned() }]));
        assert!(request.body.is_empty());
    }
}
