//! Who shares a call: every call's recipients may, nobody is sent twice, nobody is lost.

use std::time::Duration;

use disparo::domain::{Channel, Content, RecipientNumber, RunState};
use disparo::provider::Company;
use proptest::prelude::*;

use super::bench::{World, channel, choosy, number, phone, rate};

/// The number in a made-up person's text.
fn of(content: &Content) -> u64 {
    let Content::Text { text } = content else { panic!("not a text") };
    text.trim_start_matches("Oi ").parse().expect("a number")
}

fn anybody(_: &Content) -> Company {
    Company::Any
}

fn nobody(_: &Content) -> Company {
    Company::Alone
}

fn thirds(content: &Content) -> Company {
    Company::Alike(of(content) % 3)
}

/// Anybody at first, and then it depends.
fn late(content: &Content) -> Company {
    match of(content) {
        0..50 => Company::Any,
        even if even % 2 == 0 => Company::Alike(even % 4),
        _ => Company::Alone,
    }
}

const COMPANIES: [fn(&Content) -> Company; 4] = [anybody, nobody, thirds, late];

/// Sends to so many people, and gives the calls' people.
async fn calls_of(
    world: &World,
    people: u32,
    channel: Channel,
    company: fn(&Content) -> Company,
) -> Vec<Vec<RecipientNumber>> {
    let run = world.freeze(people, std::slice::from_ref(&channel), |_| {}).await;
    let (link, calls) = choosy(&channel, &world.sandbox.base_url(), company);
    let mut sending = world.start_over(run, vec![link]);
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, u64::from(people)));
    let calls = calls.lock().expect("nobody panics with it");
    calls.clone()
}

#[tokio::test]
async fn people_share_calls_as_their_provider_allows() {
    for (company, calls) in [(anybody as fn(&Content) -> Company, 30), (nobody, 300), (thirds, 33)] {
        let world = World::by_hand("");
        assert_eq!(calls_of(&world, 300, channel("main"), company).await.len(), calls);
    }
}

#[tokio::test]
async fn calls_begin_in_the_rosters_order() {
    let world = World::by_hand("");
    let single = Channel { in_flight: number(1), ..channel("main") };
    let calls = calls_of(&world, 60, single, thirds).await;
    let first: Vec<_> = calls.iter().map(|call| call[0].0).collect();
    assert_eq!(first, [0, 1, 2, 30, 31, 32]);
    assert!(calls.iter().all(|call| call.len() == 10));
}

#[tokio::test]
async fn people_who_turn_out_not_to_share_calls_are_put_together_from_then_on() {
    let world = World::by_hand("");
    let calls = calls_of(&world, 200, channel("main"), late).await;
    let sent: usize = calls.iter().map(Vec::len).sum();
    assert_eq!(sent, 200, "somebody was in two calls");
}

#[tokio::test]
async fn who_is_alone_is_sent_as_fast_as_the_limit_allows() {
    let world = World::by_hand("");
    let paced = Channel { rates: vec![rate("100/s")], chunk: number(50), ..channel("main") };
    let before = world.tick();
    calls_of(&world, 400, paced, nobody).await;
    let took = world.tick().since(before);
    assert!((Duration::from_secs(4)..Duration::from_secs(6)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn one_bad_recipient_among_people_who_share_calls_sinks_only_itself() {
    let bad = format!("\"+{}\", \"+{}\"", phone(7).digits(), phone(61).digits());
    let world = World::by_hand(&format!(
        "[[faults]]\nthen = \"status\"\nstatus = 400\nbody = '{{}}'\ncontaining = [{bad}]\n"
    ));
    let channels = [Channel { chunk: number(32), ..channel("main") }];
    let run = world.freeze(100, &channels, |_| {}).await;
    let (link, _) = choosy(&channels[0], &world.sandbox.base_url(), thirds);
    let view = world.until_over(&mut world.start_over(run, vec![link])).await.expect("sent");
    assert_eq!(view.summary.state, RunState::Completed);
    assert_eq!((view.summary.tally.accepted, view.summary.tally.rejected), (98, 2));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_lost_or_sent_twice_whoever_shares_calls(
        which in 0..COMPANIES.len(),
        people in 1..300_u32,
        chunk in 1..40_u32,
        in_flight in 1..5_u32,
        most in 1..60_u32,
        trouble in prop::sample::select(vec!["429", "503", "too many"]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let scenario = match trouble {
                "too many" => "[devino]\nbatch = 7\n".to_owned(),
                status => format!("[[faults]]\nthen = \"status\"\nstatus = {status}\nretry_after = \"1s\"\nshare = \"20%\"\n"),
            };
            let world = World::by_hand(&scenario);
            let channel = Channel { chunk: number(chunk), in_flight: number(in_flight), ..channel("main") };
            let channels = [channel];
            let run = world.freeze(people, &channels, |plan| plan.safety.max_in_doubt = number(most)).await;
            let (link, _) = choosy(&channels[0], &world.sandbox.base_url(), COMPANIES[which]);
            let view = world.until_over(&mut world.start_over(run, vec![link])).await.expect("sent");
            // Dropped, the world holds the guarantees: nobody twice, nobody lost.
            assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, u64::from(people)));
        });
    }
}
