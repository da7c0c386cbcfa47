//! The Devino client: a chunk of recipients as one `POST /whatsapp/messages`.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use http::header::{AUTHORIZATION, HeaderName};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};

use super::wire::{MESSAGES_PATH, Message, TemplateParams};
use super::{classify, limits, webhook, wire};
use crate::domain::{
    Address, Channel, Content, Found, Heard, Params, ProviderFacts, ProviderLimits, Query, QueryFailure,
    Recipient, Reply,
};
use crate::provider::registry::{self, Entry, OpenError, required};
use crate::provider::{
    Company, ContentProblem, Malformed, NotOffered, Outgoing, Provider, WireAnswer, WireRequest,
};

/// Devino in the registry.
pub static ENTRY: Entry =
    Entry { facts: || &*limits::FACTS, authorize, open: |channel| Ok(Box::new(Devino::open(channel)?)) };

/// `Key K`, or `Basic` with the Base64 form of `login:password` (providers.md §1.2).
fn authorize(channel: &Channel, secret: &str) -> Vec<(HeaderName, String)> {
    match channel.values.get(limits::LOGIN) {
        Some(login) if uses_login(channel) => {
            let pair = STANDARD.encode(format!("{login}:{secret}"));
            vec![(AUTHORIZATION, format!("{} {pair}", wire::BASIC_SCHEME))]
        }
        _ => registry::authorization(wire::AUTHORIZATION_SCHEME, secret),
    }
}

fn uses_login(channel: &Channel) -> bool {
    channel.values.get(limits::AUTH).is_some_and(|auth| auth == limits::BASIC)
}

/// A login is there exactly where it is used.
fn check_login(channel: &Channel) -> Result<(), OpenError> {
    let bad = |key, problem| Err(OpenError::BadValue { channel: channel.name.clone(), key, problem });
    match channel.values.get(limits::LOGIN) {
        Some(_) if !uses_login(channel) => {
            bad(limits::LOGIN, "means nothing without auth = \"basic\"; take one of the two away")
        }
        Some(login) if login.contains(':') => {
            bad(limits::LOGIN, "has a colon, which ends the login where the password begins")
        }
        None if uses_login(channel) => {
            Err(OpenError::MissingKey { channel: channel.name.clone(), key: limits::LOGIN })
        }
        Some(_) | None => Ok(()),
    }
}

/// Devino as one channel uses it.
#[derive(Debug)]
pub struct Devino {
    from: String,
    callback_url: Option<SecretString>,
    limits: Arc<ProviderLimits>,
}

impl Devino {
    /// The client for a channel.
    ///
    /// # Errors
    /// When the channel has no sender, or a login without its use.
    pub fn open(channel: &Channel) -> Result<Self, OpenError> {
        check_login(channel)?;
        Ok(Self {
            from: required(channel, limits::FROM)?.to_owned(),
            callback_url: channel.webhook.clone(),
            limits: Arc::clone(&channel.limits),
        })
    }

    fn message<'a>(&'a self, outgoing: &'a Outgoing, recipient: &'a Recipient) -> Message<'a> {
        let mut message = Message {
            from: Some(Cow::Borrowed(&self.from)),
            to: Some(Cow::Owned(recipient.address.in_full())),
            callback_url: self.callback_url.as_ref().map(|url| Cow::Borrowed(url.expose_secret())),
            callback_data: Some(Cow::Owned(outgoing.tag.correlation(recipient.number))),
            ..Message::default()
        };
        match &recipient.content {
            Content::Text { text } => message.text = Some(Cow::Borrowed(text)),
            Content::Template { id, language, params, validity } => {
                message.template_id = Some(Cow::Borrowed(id));
                message.template_params = template_params(params);
                message.language_code = language.as_deref().map(Cow::Borrowed);
                message.validity = validity.map(i64::from);
            }
            Content::Media { url, content_type, name, text } => {
                message.content_url = Some(Cow::Borrowed(url));
                message.content_type = match content_type {
                    Some(given) => Some(Cow::Borrowed(given)),
                    None => by_extension(url).map(Cow::Owned),
                };
                message.content_name = name.as_deref().map(Cow::Borrowed);
                message.text = text.as_deref().map(Cow::Borrowed);
            }
            // Not offered, by `limits::check`; a message without content is refused by Devino.
            Content::Location { .. } | Content::Contacts { .. } | Content::Action(_) => {}
        }
        message
    }
}

/// A [`SendRequest`] as it is written: each message exists only while it is.
///
/// [`SendRequest`]: super::wire::SendRequest
struct Written<'a> {
    devino: &'a Devino,
    outgoing: &'a Outgoing,
}

struct Messages<'a>(&'a Written<'a>);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("messages", Messages(self))])
    }
}

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(Written { devino, outgoing }) = self;
        let recipients = outgoing.recipients.iter();
        serializer.collect_seq(recipients.map(|recipient| devino.message(outgoing, recipient)))
    }
}

/// By the embedded limits and not by what the channel replaces: a planned message never changes.
fn by_extension(url: &str) -> Option<String> {
    limits::FACTS.limits.as_ref().ok()?.type_by_extension(url)
}

/// Values keyed by position from 1; absent for a template without values. Named ones do not pass
/// [`limits::check`]; should they come this far, their names stand where positions should, so that
/// Devino refuses the message instead of sending another one.
fn template_params(params: &Params) -> Option<TemplateParams<'_>> {
    if params.is_empty() {
        return None;
    }
    Some(TemplateParams(match params {
        Params::Positional(values) => (1_usize..)
            .zip(values)
            .map(|(position, value)| (Cow::Owned(position.to_string()), Cow::Borrowed(value.as_str())))
            .collect(),
        Params::Named(values) => values
            .iter()
            .map(|(name, value)| (Cow::Borrowed(name.as_str()), Cow::Borrowed(value.as_str())))
            .collect(),
    }))
}

impl Provider for Devino {
    fn facts(&self) -> &'static ProviderFacts {
        &limits::FACTS
    }

    fn check(&self, address: &Address, content: &Content) -> Result<(), ContentProblem> {
        limits::check(&self.limits, content)?;
        match address {
            Address::Phone(_) => Ok(()),
            Address::Group(_) | Address::Named(_) => {
                Err(ContentProblem::new("audience", "Devino reaches telephone numbers only"))
            }
        }
    }

    fn company(&self, _: &Content) -> Company {
        Company::Any
    }

    fn request(&self, outgoing: &Outgoing, _: Option<&WireAnswer>) -> Result<WireRequest, Reply> {
        WireRequest::json(Method::POST, MESSAGES_PATH, &Written { devino: self, outgoing })
    }

    fn classify(&self, outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
        classify::classify(&self.limits, outgoing.recipients.len(), answer)
    }

    fn ask(&self, _: &Query) -> Result<WireRequest, NotOffered> {
        Err(NotOffered("Devino only takes messages; it has nothing to be asked".to_owned()))
    }

    fn read(&self, _: &Query, _: &WireAnswer) -> Result<Found, QueryFailure> {
        Err(QueryFailure::Unanswered("Devino has nothing to be asked".to_owned()))
    }

    fn hear(&self, body: &[u8]) -> Result<Vec<Heard>, Malformed> {
        webhook::hear(&self.limits, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::devino::wire::SendRequest;
    use crate::provider::testing;

    fn devino(callback_url: Option<&str>) -> Devino {
        let callback_url = callback_url.map(SecretString::from);
        Devino { from: "MyCompany".to_owned(), callback_url, limits: testing::limits("devino") }
    }

    fn body(devino: &Devino, contents: Vec<Content>) -> String {
        let request = devino.request(&testing::outgoing(contents), None).expect("a request");
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/whatsapp/messages"));
        String::from_utf8(request.body.to_vec()).expect("UTF-8")
    }

    fn text(text: &str) -> Content {
        Content::Text { text: text.to_owned() }
    }

    #[test]
    fn what_is_written_is_the_seeds_request_with_a_correlation() {
        let sample = include_str!("../../../tests/data/seeds/devino/send_request.json");
        let read: SendRequest<'_> = serde_json::from_str(sample).expect("the sample reads");
        // What the client writes is the sample with its own correlation.
        let written = body(&devino(None), vec![text("Code: 1234")]);
        let mut written: SendRequest<'_> = serde_json::from_str(&written).expect("reads");
        assert_eq!(written.messages[0].callback_data.take().as_deref(), Some("a1b2.7.0.1"));
        written.messages[0].to = Some("79034567890".into());
        assert_eq!(written, read);
    }

    #[test]
    fn every_field_of_the_seed_is_written() {
        let template = Content::Template {
            id: "bf_2026".to_owned(),
            language: Some("pt_BR".to_owned()),
            params: Params::Positional((1..=11).map(|value| format!("v{value}")).collect()),
            validity: Some(1),
        };
        let media = Content::Media {
            url: "https://example.com/f.pdf".to_owned(),
            content_type: Some("application/pdf".to_owned()),
            name: Some("preços.pdf".to_owned()),
            text: Some("Veja \"isto\"\n".to_owned()),
        };
        let bare = Content::Template {
            id: "t".to_owned(),
            language: None,
            params: Params::Positional(Vec::new()),
            validity: None,
        };
        let devino = devino(Some("https://hooks.example.com/d?k=1"));
        let written = body(&devino, vec![text("Oi, Ana! 🎉"), template, media, bare]);
        insta::assert_snapshot!(written.replace("},{", "},\n{"));
    }

    #[test]
    fn a_login_is_shown_as_basic_and_only_where_it_is_used() {
        let with = |values: &[(&'static str, &str)]| {
            let mut channel = testing::channel("devino");
            channel.values.extend(values.iter().map(|(key, value)| (*key, (*value).to_owned())));
            channel
        };
        // RFC 7617's own example, which is also the seed's key.
        let basic = with(&[("auth", "basic"), ("login", "Aladdin")]);
        let shown = authorize(&basic, "open sesame");
        assert_eq!(shown, [(AUTHORIZATION, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".to_owned())]);
        assert!(Devino::open(&basic).is_ok());
        let key = with(&[("auth", "key")]);
        assert_eq!(authorize(&key, "Key K"), [(AUTHORIZATION, "Key K".to_owned())]);
        assert!(Devino::open(&key).is_ok());
        let wrong: &[&[(&'static str, &str)]] =
            &[&[("auth", "basic")], &[("login", "Ana")], &[("auth", "basic"), ("login", "a:b")]];
        let words = wrong.iter().map(|values| Devino::open(&with(values)).expect_err("refused").to_string());
        insta::assert_snapshot!(words.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn the_type_of_a_file_follows_its_name_where_the_campaign_gives_none() {
        let media = |url: &str, content_type: Option<&str>| Content::Media {
            url: url.to_owned(),
            content_type: content_type.map(str::to_owned),
            name: None,
            text: None,
        };
        let png = "https://example.com/promo.png";
        for (content, expected) in [
            (media(png, None), Some("image/png")),
            (media(png, Some("image/jpeg")), Some("image/jpeg")),
            (media("https://example.com/promo", None), None),
        ] {
            let written = body(&devino(None), vec![content]);
            let written: SendRequest<'_> = serde_json::from_str(&written).expect("reads");
            assert_eq!(written.messages[0].content_type.as_deref(), expected);
        }
    }
}
