//! How fast: never above a limit, and close to it.

use std::time::Duration;

use disparo::domain::{Action, Channel, ContactFields, Content, RunState};

use super::bench::{World, channel, limits, number, phone, rate};

/// The most recipients whom the sandbox accepted in any sliding second, and how many in all.
fn densest_second(world: &World) -> (usize, usize) {
    let times: Vec<u64> = world.sandbox.record().accepted().iter().map(|entry| entry.arrival_us).collect();
    let inside = |from: u64| times.iter().filter(|time| (from..from + 1_000_000).contains(*time)).count();
    (times.iter().map(|from| inside(*from)).max().unwrap_or(0), times.len())
}

async fn ten_seconds(channels: &[Channel], campaign: &[&str]) {
    let world = World::by_hand("");
    let run = world
        .freeze(2_500, channels, |plan| plan.rates = campaign.iter().map(|text| rate(text)).collect())
        .await;
    let mut sending = world.start(run, channels);
    world.pass(Duration::from_secs(10)).await;
    let (most, all) = densest_second(&world);
    assert!(most <= 200, "{most} recipients in a sliding second");
    assert!(all >= 1_900, "only {all} of 2,000 recipients in ten seconds");
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!(view.summary.state, RunState::Completed);
    assert!(densest_second(&world).0 <= 200);
}

#[tokio::test]
async fn a_channels_rate_is_used_and_never_passed() {
    ten_seconds(&[Channel { rates: vec![rate("200/s")], ..channel("main") }], &[]).await;
}

#[tokio::test]
async fn a_campaigns_rate_is_used_and_never_passed() {
    ten_seconds(&[channel("main")], &["200/s"]).await;
}

#[tokio::test]
async fn channels_share_the_campaigns_rate() {
    ten_seconds(&[channel("one"), channel("two")], &["200/s"]).await;
}

#[tokio::test]
async fn a_campaigns_rate_is_used_when_the_provider_takes_fewer_at_once() {
    let world = World::by_hand("[devino]\nbatch = 5\n");
    let channels = [Channel { chunk: number(40), ..channel("one") }, channel("two")];
    let run = world.freeze(2_500, &channels, |plan| plan.rates = vec![rate("200/s")]).await;
    let mut sending = world.start(run, &channels);
    world.pass(Duration::from_secs(10)).await;
    let (most, all) = densest_second(&world);
    assert!(most <= 200, "{most} recipients in a sliding second");
    assert!(all >= 1_850, "only {all} of 2,000 recipients in ten seconds");
    world.until_over(&mut sending).await.expect("sent");
    assert!(densest_second(&world).0 <= 200);
}

#[tokio::test]
async fn people_suppressed_since_the_plan_cost_no_slots() {
    let world = World::by_hand("");
    let channels = [Channel { rates: vec![rate("200/s")], ..channel("main") }];
    let run = world.freeze(1_000, &channels, |_| {}).await;
    let people = (0..1_000).filter(|number| number % 3 == 0).map(phone);
    let people = people.map(|phone| (phone.person(), phone.as_u64())).collect();
    world.engine.journal.suppress(people, "opted out".to_owned()).await.expect("suppressed");
    let view = world.send(run, &channels).await;
    assert_eq!((view.summary.tally.suppressed, view.summary.tally.accepted), (334, 666));
    assert!(world.tick().0 < Duration::from_millis(5_500), "it took {:?}", world.tick().0);
}

/// A channel whose every contact is looked up before it is changed.
fn omnichannel(rates: &[&str]) -> Channel {
    let values = [("account", "loja"), ("channel", "canal-1"), ("platform", "site")];
    Channel {
        provider: "omnichannel",
        values: values.into_iter().map(|(key, value)| (key, value.to_owned())).collect(),
        most_recipients: number(1),
        chunk: number(1),
        rates: rates.iter().map(|text| rate(text)).collect(),
        limits: limits("omnichannel"),
        ..channel("crm")
    }
}

fn upsert(number: u32) -> Content {
    let fields = ContactFields { name: Some(format!("Pessoa {number}")), ..ContactFields::default() };
    Content::Action(Action::UpsertContact { fields })
}

#[tokio::test]
async fn a_question_before_a_call_counts_as_a_call() {
    let mut world = World::by_hand("");
    world.without_record = true;
    let channels = [omnichannel(&["10 calls/s"])];
    let run = world.freeze_for(40, &channels, upsert, None, |_| {}).await;
    let view = world.send(run, &channels).await;
    assert_eq!(view.summary.tally.accepted, 40);
    let times: Vec<u64> = world.sandbox.record().calls().iter().map(|call| call.arrival_us).collect();
    let inside = |from: u64| times.iter().filter(|time| (from..from + 1_000_000).contains(*time)).count();
    assert_eq!(times.len(), 80, "a question and a call for each");
    let most = times.iter().map(|from| inside(*from)).max();
    assert!(most <= Some(10), "{most:?} requests in a sliding second");
    assert!(world.tick().0 < Duration::from_secs(10), "it took {:?}", world.tick().0);
}
