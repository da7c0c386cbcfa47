//! Windows and validity: nobody is sent to outside them, and a run sleeps and goes on by itself.

use std::collections::BTreeSet;
use std::time::Duration;

use disparo::domain::number_zones::zones_of;
use disparo::domain::{
    Address, Canary, Channel, Conduct, Days, Phone, RunEvent, RunId, RunState, Timing, Waiting, Window,
    WindowClock,
};
use disparo::engine::{Patience, can_resume};
use disparo::journal::{SettledBy, Settlement};
use jiff::civil::time;
use jiff::{SignedDuration, Timestamp};

use super::bench::{World, channel, link, number, phone, rate};

/// The world's clock begins on Saturday, 2026-11-21, at 07:00 in São Paulo, 06:00 in Manaus, 10:00 in Lisbon.
const HOUR: Duration = Duration::from_secs(3_600);

/// From 08:00 to 20:00 every day, in São Paulo or where the recipient is.
fn daily(clock: WindowClock) -> Window {
    Window {
        days: Days::ALL,
        from: time(8, 0, 0, 0),
        to: time(20, 0, 0, 0),
        clock,
        zone: "America/Sao_Paulo".parse().expect("a zone"),
        holidays: BTreeSet::new(),
    }
}

fn within(window: &Window) -> Timing {
    Timing { window: Some(window.clone()), ..Timing::default() }
}

/// A call each second, with one recipient.
fn slow() -> [Channel; 1] {
    [Channel { rates: vec![rate("1/s")], ..channel("main") }]
}

fn of_sao_paulo(people: u32) -> Vec<Phone> {
    (0..people).map(phone).collect()
}

/// Numbers of São Paulo, Manaus and Lisbon in turn.
fn of_three_places(people: u32) -> Vec<Phone> {
    let starts = ["5511987", "5592987", "351912"];
    let number = |index| format!("{}{index:06}", starts[index % 3]);
    (0..usize::try_from(people).expect("few"))
        .map(|index| Phone::from_digits(&number(index)).expect("a phone"))
        .collect()
}

/// When this world's sandbox accepted whom, in order; each inside the window.
fn sent_inside(world: &World, window: &Window) -> Vec<(Timestamp, Phone)> {
    let accepted = world.sandbox.record().accepted();
    let sent = accepted.iter().map(|entry| {
        let at = Timestamp::from_millisecond(entry.wall_ms).expect("a time");
        let Address::Phone(phone) = &entry.to else { panic!("no number: {:?}", entry.to) };
        assert!(window.is_open(zones_of(phone), at), "{phone:?} at {at}");
        (at, *phone)
    });
    sent.collect()
}

fn state(world: &World, run: RunId) -> RunState {
    world.view(run).summary.state
}

/// Until when the run waits.
fn until(world: &World, run: RunId) -> Timestamp {
    match state(world, run) {
        RunState::Waiting(Waiting::Window { until }) => until,
        state => panic!("not waiting: {state:?}"),
    }
}

fn at(moment: &str) -> Timestamp {
    moment.parse().expect("a moment")
}

/// Lets much time pass at once, as while the machine sleeps.
async fn skip(world: &World, time: Duration) {
    world.clock().advance(time);
    world.settled().await;
}

#[tokio::test]
async fn a_run_outside_its_window_waits_and_goes_on_by_itself() {
    let world = World::by_hand("");
    let window = daily(WindowClock::Sender);
    let channels = [channel("main")];
    let run = world.freeze_timed(&of_sao_paulo(30), &channels, within(&window), Conduct::default()).await;
    let mut sending = world.start(run, &channels);
    world.settled().await;
    assert_eq!(until(&world, run), at("2026-11-21T08:00:00-03:00"));
    assert!(can_resume(&state(&world, run)));
    skip(&world, HOUR - Duration::from_secs(1)).await;
    assert_eq!(world.sandbox.record().state().calls, 0);
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 30));
    assert!(sent_inside(&world, &window)[0].0 < at("2026-11-21T08:00:05-03:00"));
}

#[tokio::test]
async fn a_window_that_closes_in_the_middle_is_waited_for_overnight() {
    let world = World::by_hand("");
    let window = Window { from: time(7, 0, 0, 0), to: time(7, 1, 0, 0), ..daily(WindowClock::Sender) };
    let run = world.freeze_timed(&of_sao_paulo(90), &slow(), within(&window), Conduct::default()).await;
    let mut sending = world.start(run, &slow());
    world.pass(Duration::from_secs(70)).await;
    assert_eq!(until(&world, run), at("2026-11-22T07:00:00-03:00"));
    let today = sent_inside(&world, &window).len();
    assert!((50..60).contains(&today), "{today} in the minute");
    skip(&world, 23 * HOUR).await;
    skip(&world, HOUR - Duration::from_secs(80)).await;
    assert_eq!(sent_inside(&world, &window).len(), today);
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 90));
    assert_eq!(sent_inside(&world, &window).len(), 90);
}

#[tokio::test]
async fn everybody_is_sent_to_by_the_clock_of_their_number() {
    let world = World::by_hand("");
    let window = daily(WindowClock::Recipient);
    let channels = [channel("main")];
    let people = of_three_places(60);
    let run = world.freeze_timed(&people, &channels, within(&window), Conduct::default()).await;
    let mut sending = world.start(run, &channels);
    for (accepted, next) in [(20, "2026-11-21T08:00:00-03:00"), (40, "2026-11-21T08:00:00-04:00")] {
        world.settled().await;
        assert_eq!((sent_inside(&world, &window).len(), until(&world, run)), (accepted, at(next)));
        skip(&world, HOUR).await;
    }
    assert_eq!(world.until_over(&mut sending).await.expect("sent").summary.tally.accepted, 60);
    assert_eq!(world.sandbox.record().state().calls, 6, "chunks are as large as they can be");
    sent_inside(&world, &window);
}

#[tokio::test]
async fn whose_window_closes_sleeps_while_the_others_are_sent_to() {
    let world = World::by_hand("");
    let window = daily(WindowClock::Recipient);
    // 19:59:30 in Lisbon, 16:59:30 in São Paulo, 15:59:30 in Manaus.
    world.clock().advance(10 * HOUR - Duration::from_secs(30));
    let people = of_three_places(120);
    let run = world.freeze_timed(&people, &slow(), within(&window), Conduct::default()).await;
    let mut sending = world.start(run, &slow());
    world.pass(Duration::from_secs(150)).await;
    assert_eq!(
        until(&world, run),
        at("2026-11-22T09:00:00Z"),
        "the Azores may be where a number of Lisbon is"
    );
    let sent = sent_inside(&world, &window);
    let of_lisbon = sent.iter().filter(|(_, phone)| phone.digits().to_string().starts_with("351")).count();
    assert!((5..=11).contains(&of_lisbon) && sent.len() == 80 + of_lisbon, "{of_lisbon} of {}", sent.len());
    skip(&world, 12 * HOUR).await;
    skip(&world, HOUR).await;
    assert_eq!(world.until_over(&mut sending).await.expect("sent").summary.tally.accepted, 120);
    sent_inside(&world, &window);
}

#[tokio::test]
async fn days_and_holidays_are_slept_through() {
    let world = World::by_hand("");
    let monday = jiff::civil::date(2026, 11, 23);
    let window = Window {
        days: Days([true, true, true, true, true, false, false]),
        holidays: BTreeSet::from([monday]),
        ..daily(WindowClock::Sender)
    };
    let channels = [channel("main")];
    let run = world.freeze_timed(&of_sao_paulo(10), &channels, within(&window), Conduct::default()).await;
    let mut sending = world.start(run, &channels);
    world.settled().await;
    assert_eq!(until(&world, run), at("2026-11-24T08:00:00-03:00"));
    skip(&world, 73 * HOUR - Duration::from_secs(1)).await;
    assert_eq!(world.sandbox.record().state().calls, 0);
    assert_eq!(world.until_over(&mut sending).await.expect("sent").summary.tally.accepted, 10);
    sent_inside(&world, &window);
}

fn until_in(world: &World, time: Duration) -> Timing {
    let until = world.engine.clock.now() + SignedDuration::try_from(time).expect("short");
    Timing { valid_until: Some(until), ..Timing::default() }
}

#[tokio::test]
async fn nothing_is_sent_from_the_end_of_the_validity_on() {
    let world =
        World::by_hand(&format!("[[faults]]\nthen = \"drop\"\ncontaining = [\"+{}\"]\n", phone(3).digits()));
    let timing = until_in(&world, Duration::from_secs(30));
    let end = timing.valid_until.expect("given");
    let run = world.freeze_timed(&of_sao_paulo(100), &slow(), timing, Conduct::default()).await;
    let view = world.send(run, &slow()).await;
    let tally = view.summary.tally;
    assert_eq!(view.summary.state, RunState::Expired);
    assert_eq!((tally.in_doubt, tally.pending), (1, 0));
    assert!((25..30).contains(&tally.accepted) && tally.accepted + tally.expired == 99, "{tally:?}");
    let record = world.sandbox.record().accepted();
    assert!(record.iter().all(|entry| entry.wall_ms < end.as_millisecond()));
    // Whoever was in doubt can still be settled, and is not sent to any more.
    let journal = &world.engine.journal;
    journal.settle_doubt(run, None, Settlement::ConfirmedNotSent, SettledBy::Person).await.expect("settled");
    let tally = world.view(run).summary.tally;
    assert_eq!((tally.expired, tally.in_doubt), (100 - tally.accepted, 0));
    assert!(!can_resume(&state(&world, run)));
}

#[tokio::test]
async fn a_run_expires_while_it_waits_and_while_nobody_sends_it() {
    let world = World::by_hand("");
    let window = daily(WindowClock::Sender);
    let timing = Timing { window: Some(window), ..until_in(&world, HOUR / 2) };
    let channels = [channel("main")];
    let waiting = world.freeze_timed(&of_sao_paulo(10), &channels, timing.clone(), Conduct::default()).await;
    let timing = Timing { window: None, ..timing };
    let paused = world.freeze_timed(&of_sao_paulo(10), &channels, timing, Conduct::default()).await;
    world.happen(paused, RunEvent::Paused).await;
    let sending = world.start(waiting, &channels);
    skip(&world, HOUR).await;
    assert!(sending.is_finished());
    assert_eq!(world.send(paused, &channels).await.summary.state, RunState::Expired);
    for run in [waiting, paused] {
        assert_eq!((state(&world, run), world.view(run).summary.tally.expired), (RunState::Expired, 10));
    }
    assert_eq!(world.sandbox.record().state().calls, 0);
}

#[tokio::test]
async fn a_run_that_waits_follows_orders_at_once() {
    for (event, left) in [(RunEvent::Paused, RunState::Paused), (RunEvent::Cancelled, RunState::Cancelled)] {
        let world = World::by_hand("");
        let channels = [channel("main")];
        let timing = within(&daily(WindowClock::Sender));
        let run = world.freeze_timed(&of_sao_paulo(10), &channels, timing, Conduct::default()).await;
        let sending = world.start(run, &channels);
        world.settled().await;
        until(&world, run);
        world.happen(run, event).await;
        world.settled().await;
        assert!(sending.is_finished(), "it still waits");
        assert_eq!(state(&world, run), left);
    }
}

#[tokio::test]
async fn a_wait_outlives_its_process_and_is_gone_on_with() {
    let mut world = World::by_hand("");
    let window = daily(WindowClock::Sender);
    let channels = [channel("main")];
    let run = world.freeze_timed(&of_sao_paulo(10), &channels, within(&window), Conduct::default()).await;
    for dies in [true, false] {
        let sending = world.start(run, &channels);
        world.settled().await;
        if dies {
            sending.abort();
            drop(sending.await);
        } else {
            world.engine.interrupt.press();
            world.settled().await;
            assert!(sending.is_finished(), "Ctrl-C is not heard");
        }
        world.reopen();
        until(&world, run);
    }
    let records = || world.engine.journal.view(run).expect("a run").summary.at;
    let before = records();
    // A process that does not stay leaves everything as it is while the window is shut.
    let links = || channels.iter().map(|channel| link(channel, &world.sandbox.base_url())).collect();
    for _ in 0..2 {
        skip(&world, HOUR / 4).await;
        let sending = world.start_with(run, links(), Patience::Leave);
        assert_eq!(sending.await.expect("no panic").expect("left").summary.tally.pending, 10);
    }
    assert_eq!(records(), before);
    skip(&world, HOUR).await;
    let mut sending = world.start_with(run, links(), Patience::Leave);
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 10));
    sent_inside(&world, &window);
}

#[tokio::test]
async fn who_is_to_blame_is_found_over_a_closing_window() {
    let bad = phone(7);
    let refuses = format!(
        "[[faults]]\nthen = \"status\"\nstatus = 400\nbody = '{{}}'\ncontaining = [\"+{}\"]\n",
        bad.digits()
    );
    let world = World::by_hand(&refuses);
    let window = Window { from: time(7, 0, 0, 0), to: time(7, 1, 0, 0), ..daily(WindowClock::Sender) };
    // A call of ten each 20 seconds: the minute is over in the middle of the search.
    let channels = [Channel { rates: vec![rate("30/m")], ..channel("main") }];
    let run = world.freeze_timed(&of_sao_paulo(10), &channels, within(&window), Conduct::default()).await;
    let mut sending = world.start(run, &channels);
    world.pass(Duration::from_secs(61)).await;
    until(&world, run);
    assert_eq!(world.view(run).summary.tally.rejected, 0, "it is still searched for");
    skip(&world, 24 * HOUR - Duration::from_secs(70)).await;
    for _ in 0..4 {
        world.pass(Duration::from_secs(75)).await;
        if sending.is_finished() {
            break;
        }
        skip(&world, 24 * HOUR - Duration::from_secs(75)).await;
    }
    let view = world.until_over(&mut sending).await.expect("sent");
    let tally = view.summary.tally;
    assert_eq!((view.summary.state, tally.accepted, tally.rejected), (RunState::Completed, 9, 1));
    sent_inside(&world, &window);
}

#[tokio::test]
async fn a_canary_is_judged_outside_the_window_and_the_others_follow_inside() {
    let world = World::by_hand("");
    let window = Window { from: time(7, 0, 0, 0), to: time(7, 1, 0, 0), ..daily(WindowClock::Sender) };
    let stop_above = "20%".parse().expect("a share");
    let canary = Canary { size: number(10), wait: HOUR, stop_above };
    let conduct = Conduct { canary: Some(canary), ..Conduct::default() };
    let channels = [channel("main")];
    let run = world.freeze_timed(&of_sao_paulo(30), &channels, within(&window), conduct).await;
    let mut sending = world.start(run, &channels);
    world.settled().await;
    assert_eq!(world.view(run).summary.tally.accepted, 10);
    super::canary::becomes(&world, run, 0..10, super::canary::DELIVERED).await;
    skip(&world, HOUR).await;
    world.pass(Duration::from_secs(5)).await;
    assert_eq!(until(&world, run), at("2026-11-22T07:00:00-03:00"));
    assert_eq!(world.view(run).summary.tally.accepted, 10);
    skip(&world, 23 * HOUR - Duration::from_secs(5)).await;
    assert_eq!(world.until_over(&mut sending).await.expect("sent").summary.tally.accepted, 30);
    sent_inside(&world, &window);
}
