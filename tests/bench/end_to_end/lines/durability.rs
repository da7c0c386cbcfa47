//! What it costs that every step is on disk before it is taken: the same engine, in this process, with a journal
//! that keeps nothing.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use disparo::clock::{Clock, SystemClock};
use disparo::domain::{
    Address, Channel, Content, Occurrence, OnDoubt, Phone, Plan, Purpose, Recipient, RecipientNumber,
    RetryPolicy, RowCounts, RunName, RunState, Safety, Standing,
};
use disparo::engine::{Engine, Interrupt, Link, Patience, freeze};
use disparo::events::Events;
use disparo::journal::{Journal, NewRun};
use disparo::provider::transport::Transport;
use disparo::provider::{self, all_facts};
use disparo::roster::RosterWriter;
use secrecy::SecretString;

use crate::bench::{Bench, per_second};
use crate::far_side::FarSide;
use crate::table::Table;

/// See the module.
pub fn measure(bench: &Bench, table: &mut Table) {
    let people = bench.size(100_000, 300);
    let (durable, null, ratio) = bench.pairs(|| rate(bench, people, true), || rate(bench, people, false));
    let what = "durability, 1 a call";
    table.ratio(what, per_second(durable), format!("null journal {}", per_second(null)), ratio, 0.95);
}

/// Messages a second, from the first call to the last.
fn rate(bench: &Bench, people: u64, is_durable: bool) -> f64 {
    let far_side = FarSide::lean(bench, Duration::ZERO);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(send(bench, &far_side, u32::try_from(people).expect("few"), is_durable));
    let state = far_side.state();
    assert_eq!(state.accepted, people);
    state.rate()
}

async fn send(bench: &Bench, far_side: &FarSide, people: u32, is_durable: bool) {
    let folder = tempfile::tempdir_in(bench.folder()).expect("a folder");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let open = if is_durable { Journal::open } else { Journal::open_forgetting };
    let journal = Arc::new(open(&folder.path().join("store"), Arc::clone(&clock)).expect("a journal"));
    let engine = Engine { journal, clock, events: Events::new(), interrupt: Interrupt::new() };
    let channel = channel(&far_side.base_url());
    let plan = plan(&engine, &channel, people).await;
    let mut roster = RosterWriter::create(engine.journal.path(), plan.run).expect("a roster");
    for number in 0..people {
        roster.push(&recipient(number)).expect("pushed");
    }
    let hash = roster.finish(plan.clone()).expect("frozen");
    let standings = vec![Standing::Send; people as usize];
    let run = plan.run;
    engine.journal.create_run_with(NewRun::plain(plan, hash, standings, Vec::new())).await.expect("made");
    let sent = engine.send(run, &[link(&channel)], None, Patience::Stay).await.expect("sent");
    assert_eq!(sent.summary.state, RunState::Completed);
}

async fn plan(engine: &Engine, channel: &Channel, people: u32) -> Plan {
    let run = engine.journal.number_run().await.expect("a number");
    let recipients = u64::from(people);
    Plan {
        run,
        run_name: RunName::new("bench", run),
        campaign: "bench".to_owned(),
        occurrence: Occurrence(run.0),
        purpose: Purpose::Campaign,
        created: engine.clock.now(),
        channels: vec![freeze(channel)],
        rows: RowCounts { rows: recipients, recipients, ..RowCounts::default() },
        already: 0,
        suppressed: 0,
        safety: Safety {
            stop_above: None,
            on_doubt: OnDoubt::Hold,
            doubt_ttl: Duration::from_secs(86_400),
            max_in_doubt: number(4_000),
        },
        rates: Vec::new(),
        ramp: None,
    }
}

fn channel(base_url: &str) -> Channel {
    let facts = all_facts().into_iter().find(|facts| facts.name == "devino").expect("a provider");
    Channel {
        name: "main".to_owned(),
        provider: "devino",
        values: BTreeMap::from([("from", "Loja".to_owned())]),
        secret: None,
        rates: Vec::new(),
        monthly_calls: None,
        portfolio: None,
        chunk: number(1),
        most_recipients: number(32_000),
        in_flight: number(32),
        timeout: Duration::from_secs(60),
        retry: RetryPolicy::default(),
        base_url: base_url.to_owned(),
        callback_url: None,
        webhook: None,
        sandbox: true,
        limits: facts.limits.clone().expect("readable limits"),
    }
}

fn link(channel: &Channel) -> Arc<Link> {
    let entry = provider::entry(channel).expect("known");
    let secret = SecretString::from("benchmark".to_owned());
    let transport = Transport::new(entry, channel, &channel.base_url, secret).expect("a transport");
    Arc::new(Link::new(channel.clone(), provider::open(channel).expect("a provider"), transport))
}

fn recipient(number: u32) -> Recipient {
    let phone = Phone::from_digits(&format!("55119{:08}", 80_000_000 + number)).expect("a phone");
    Recipient {
        number: RecipientNumber(number),
        row: u64::from(number) + 1,
        address: Address::Phone(phone),
        channel: 0,
        standing: Standing::Send,
        content: Content::Text { text: format!("Oi, o pedido {number} saiu para São Paulo.") },
    }
}

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("not zero")
}
