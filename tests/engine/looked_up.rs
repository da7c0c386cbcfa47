//! A call for which something is looked up first, while somebody changes their mind.

use std::sync::Arc;
use std::thread;

use disparo::domain::{
    Address, Channel, Content, Found, Heard, ProviderFacts, Query, QueryFailure, Reply, RunState,
};
use disparo::engine::Link;
use disparo::journal::Journal;
use disparo::provider::transport::Transport;
use disparo::provider::{
    self, Company, ContentProblem, Malformed, NotOffered, Outgoing, Provider, WireAnswer, WireRequest,
};
use http::Method;
use secrecy::SecretString;
use tokio::runtime::Handle;

use super::bench::{World, channel, number};

/// Devino's wire behind a question, during which whom the call is for is suppressed.
#[derive(Debug)]
struct Slow {
    wire: Box<dyn Provider>,
    journal: Arc<Journal>,
}

impl Provider for Slow {
    fn facts(&self) -> &'static ProviderFacts {
        self.wire.facts()
    }

    fn check(&self, address: &Address, content: &Content) -> Result<(), ContentProblem> {
        self.wire.check(address, content)
    }

    fn company(&self, content: &Content) -> Company {
        self.wire.company(content)
    }

    fn look_up(&self, outgoing: &Outgoing) -> Option<WireRequest> {
        let recipient = outgoing.recipients.iter().find(|recipient| recipient.number.0 % 10 == 3)?;
        let person = recipient.address.person();
        let phone = recipient.address.phone().expect("a phone").digits().parse().expect("digits");
        let (journal, runtime) = (Arc::clone(&self.journal), Handle::current());
        let suppress =
            move || runtime.block_on(journal.suppress(vec![(person, phone)], "a person".to_owned()));
        thread::spawn(suppress).join().expect("no panic").expect("suppressed");
        Some(WireRequest::bare(Method::GET, "/sandbox/record"))
    }

    fn request(&self, outgoing: &Outgoing, _: Option<&WireAnswer>) -> Result<WireRequest, Reply> {
        self.wire.request(outgoing, None)
    }

    fn classify(&self, outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
        self.wire.classify(outgoing, answer)
    }

    fn ask(&self, query: &Query) -> Result<WireRequest, NotOffered> {
        self.wire.ask(query)
    }

    fn hear(&self, body: &[u8]) -> Result<Vec<Heard>, Malformed> {
        self.wire.hear(body)
    }

    fn read(&self, query: &Query, answer: &WireAnswer) -> Result<Found, QueryFailure> {
        self.wire.read(query, answer)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_somebody_suppresses_during_a_look_up_gets_no_message() {
    let world = World::new("");
    let channels = [Channel { chunk: number(5), ..channel("main") }];
    let run = world.freeze(40, &channels, |_| {}).await;
    let entry = provider::entry(&channels[0]).expect("known");
    let secret = SecretString::from("sandbox".to_owned());
    let transport =
        Transport::new(entry, &channels[0], &world.sandbox.base_url(), secret).expect("a transport");
    let wire = provider::open(&channels[0]).expect("a provider");
    let slow = Slow { wire, journal: Arc::clone(&world.engine.journal) };
    let link = Arc::new(Link::new(channels[0].clone(), Box::new(slow), transport));
    let view = world.start_over(run, vec![link]).await.expect("no panic").expect("sent");
    let tally = view.summary.tally;
    assert_eq!((view.summary.state, tally.accepted, tally.suppressed), (RunState::Completed, 36, 4));
}
