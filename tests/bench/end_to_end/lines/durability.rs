//! What it costs that every step is on disk before it is taken: the same engine, in this process, with a journal
//! that keeps nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use disparo::clock::{Clock, SystemClock};
use disparo::domain::{Channel, RunState, Standing};
use disparo::engine::{Engine, Interrupt, Link, Patience};
use disparo::events::Events;
use disparo::journal::{Journal, NewRun};
use disparo::provider;
use disparo::provider::transport::Transport;
use disparo::roster::RosterWriter;
use secrecy::SecretString;

use crate::bench::{Bench, per_second};
use crate::far_side::FarSide;
use crate::parts::{channel, plan, recipient};
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
    let people_to_send = u32::try_from(people).expect("few");
    // On the runtime's own threads, as the program does.
    let sending = runtime.spawn(send(bench.folder(), far_side.base_url(), people_to_send, is_durable));
    runtime.block_on(sending).expect("sent");
    let state = far_side.state();
    assert_eq!(state.accepted, people);
    state.rate()
}

async fn send(parent: PathBuf, base_url: String, people: u32, is_durable: bool) {
    let folder = tempfile::tempdir_in(parent).expect("a folder");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let open = if is_durable { Journal::open } else { Journal::open_forgetting };
    let journal = Arc::new(open(&folder.path().join("store"), Arc::clone(&clock)).expect("a journal"));
    let engine = Engine { journal, clock, events: Events::new(), interrupt: Interrupt::new() };
    let channel = channel(&base_url, 1);
    let plan = plan(&engine.journal, &*engine.clock, &channel, people).await;
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

fn link(channel: &Channel) -> Arc<Link> {
    let entry = provider::entry(channel).expect("known");
    let secret = SecretString::from("benchmark".to_owned());
    let transport = Transport::new(entry, channel, &channel.base_url, secret).expect("a transport");
    Arc::new(Link::new(channel.clone(), provider::open(channel).expect("a provider"), transport))
}
