//! Devino's wire behind a provider that lets only some people share a call, and remembers its calls.

use std::sync::{Arc, Mutex};

use disparo::domain::{
    Address, Channel, Content, Found, ProviderFacts, Query, QueryFailure, RecipientNumber, Reply,
};
use disparo::engine::Link;
use disparo::provider::transport::Transport;
use disparo::provider::{
    self, Company, ContentProblem, NotOffered, Outgoing, Provider, WireAnswer, WireRequest,
};
use secrecy::SecretString;

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
    (Arc::new(Link { channel: channel.clone(), provider, transport }), calls)
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
        self.wire.request(outgoing, looked_up)
    }

    fn classify(&self, outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
        self.wire.classify(outgoing, answer)
    }

    fn ask(&self, query: &Query) -> Result<WireRequest, NotOffered> {
        self.wire.ask(query)
    }

    fn read(&self, query: &Query, answer: &WireAnswer) -> Result<Found, QueryFailure> {
        self.wire.read(query, answer)
    }
}
