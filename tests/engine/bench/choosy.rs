//! Devino's wire behind a provider of another kind: it lets only some people share a call, remembers its
//! calls, takes work that is no message for one, tells of its groups, and suppresses whom it rejects.

use std::sync::{Arc, Mutex};

use disparo::domain::account::{Group, Page};
use disparo::domain::{
    Address, Channel, Content, Found, Heard, ProviderFacts, Query, QueryFailure, Recipient, RecipientNumber,
    Reply, Signal, Verdict, Verdicts,
};
use disparo::engine::Link;
use disparo::provider::transport::Transport;
use disparo::provider::{
    self, Company, ContentProblem, Malformed, NotOffered, Outgoing, Provider, WireAnswer, WireRequest,
};
use http::Method;
use secrecy::SecretString;
use serde_json::Value;

/// The calls of a [`Choosy`] provider: who was in each.
pub type Calls = Arc<Mutex<Vec<Vec<RecipientNumber>>>>;

/// See the module.
#[derive(Debug)]
pub struct Choosy {
    wire: Box<dyn Provider>,
    company: fn(&Content) -> Company,
    calls: Calls,
}

/// A link over such a provider, and its calls.
pub fn choosy(channel: &Channel, base_url: &str, company: fn(&Content) -> Company) -> (Arc<Link>, Calls) {
    let secret = SecretString::from("sandbox".to_owned());
    let entry = provider::entry(channel).expect("known");
    let transport = Transport::new(entry, channel, base_url, secret).expect("a transport");
    let calls = Calls::default();
    let wire = provider::open(channel).expect("a provider");
    let provider = Box::new(Choosy { wire, company, calls: Arc::clone(&calls) });
    (Arc::new(Link::new(channel.clone(), provider, transport)), calls)
}

impl Provider for Choosy {
    fn facts(&self) -> &'static ProviderFacts {
        self.wire.facts()
    }

    fn check(&self, address: &Address, content: &Content) -> Result<(), ContentProblem> {
        self.wire.check(address, content)
    }

    fn company(&self, content: &Content) -> Company {
        (self.company)(content)
    }

    fn request(&self, outgoing: &Outgoing, looked_up: Option<&WireAnswer>) -> Result<WireRequest, Reply> {
        let companies: Vec<_> =
            outgoing.recipients.iter().map(|recipient| self.company(&recipient.content)).collect();
        let is_fit = match companies.as_slice() {
            [_] => true,
            several => several[0] != Company::Alone && several.iter().all(|company| *company == several[0]),
        };
        assert!(is_fit, "these people may not share a call: {companies:?}");
        let call = outgoing.recipients.iter().map(|recipient| recipient.number).collect();
        self.calls.lock().expect("nobody panics with it").push(call);
        let as_text = |recipient: &Recipient| {
            let content = Content::Text { text: format!("Oi {}", recipient.number) };
            Recipient { content, ..recipient.clone() }
        };
        let recipients = outgoing.recipients.iter().map(as_text).collect();
        self.wire.request(&Outgoing { recipients, ..outgoing.clone() }, looked_up)
    }

    fn classify(&self, outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
        let mut reply = self.wire.classify(outgoing, answer);
        if let Signal::Refused { reason } = &mut reply.signal {
            reason.suppress = true;
        }
        if let Verdicts::Each(verdicts) = &mut reply.verdicts {
            for verdict in verdicts {
                if let Verdict::Rejected { reason } = verdict {
                    reason.suppress = true;
                }
            }
        }
        reply
    }

    /// Whom the far side accepted are its groups.
    fn ask(&self, query: &Query) -> Result<WireRequest, NotOffered> {
        match query {
            Query::Groups | Query::Group { .. } => Ok(WireRequest::bare(Method::GET, "/sandbox/record")),
            other => self.wire.ask(other),
        }
    }

    fn hear(&self, body: &[u8]) -> Result<Vec<Heard>, Malformed> {
        self.wire.hear(body)
    }

    fn read(&self, query: &Query, answer: &WireAnswer) -> Result<Found, QueryFailure> {
        let record = answer.body.as_deref().unwrap_or_default();
        let lines = record.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let mut groups = lines.map(|line| {
            let line: Value = serde_json::from_slice(line).expect("a line");
            let text = |key: &str| line[key].as_str().expect(key).to_owned();
            let number = text("callback_data").split('.').nth(2).expect("a recipient").to_owned();
            Group { id: text("message_id"), subject: Some(format!("Group {number}")), ..Group::default() }
        });
        match query {
            Query::Groups => {
                Ok(Found::Groups(Page::whole(groups.map(|group| Group { subject: None, ..group }).collect())))
            }
            Query::Group { id } => {
                groups.find(|group| group.id == *id).map(Found::Group).ok_or(QueryFailure::NotFound)
            }
            other => self.wire.read(other, answer),
        }
    }
}
