//! Several seats at one channel: its limits hold in every window, whatever sizes their calls have and come to have.

use std::time::Duration;

use proptest::prelude::*;
use secrecy::SecretString;

use super::*;
use crate::clock::ManualClock;
use crate::domain::Rate;
use crate::provider::transport::Transport;
use crate::provider::{self, testing};

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("not zero")
}

fn link(rates: &[Rate]) -> Link {
    let channel = Channel {
        rates: rates.to_vec(),
        chunk: number(100),
        in_flight: number(1_000),
        ..testing::channel("devino")
    };
    let entry = provider::entry(&channel).expect("known");
    let secret = SecretString::from("sandbox".to_owned());
    let transport = Transport::new(entry, &channel, "http://127.0.0.1:9", secret).expect("a transport");
    let provider = provider::open(&channel).expect("a provider");
    Link::new(channel, provider, transport)
}

/// What happens next; seats are named by a number that is taken modulo how many there are.
#[derive(Debug, Clone)]
enum Step {
    Come(u32),
    Go(usize),
    Limit(usize, u32),
    Rest(usize),
    /// A call for at most so many people, which waits for its slot and may leave so many milliseconds late.
    Call(usize, u32, u64),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (1_u32..=100).prop_map(Step::Come),
        1 => (0_usize..8).prop_map(Step::Go),
        1 => (0_usize..8, 1_u32..=100).prop_map(|(seat, most)| Step::Limit(seat, most)),
        2 => (0_usize..8).prop_map(Step::Rest),
        20 => (0_usize..8, 1_u32..=100, 0_u64..40).prop_map(|(seat, people, late)| Step::Call(seat, people, late)),
        2 => (0_u64..1_500).prop_map(Step::Pass),
    ]
}

fn rates() -> impl Strategy<Value = Vec<Rate>> {
    let texts: [&[&str]; 5] =
        [&["200/s"], &["7/s"], &["60/10s"], &["200/s", "900/10s"], &["30 calls/10s", "500/10s"]];
    let rate = |text: &&str| text.parse().expect("a rate");
    prop::sample::select(texts.map(|texts| texts.iter().map(rate).collect::<Vec<Rate>>()).to_vec())
}

/// Lets one call after another leave, and remembers which.
struct Far {
    now: Tick,
    wall: Timestamp,
    calls: Vec<(Tick, u32)>,
}

impl Far {
    fn pass(&mut self, time: Duration) {
        self.now = self.now.after(time);
    }

    fn call(&mut self, seat: &Seat, people: u32, late: Duration) {
        seat.work();
        let most = people.min(seat.chunk().get());
        for _ in 0..100 {
            match seat.claim(self.now, self.wall, 1..=most) {
                Claim::Granted(grant) => {
                    self.now = self.now.max(grant.slot).after(late);
                    let free = SharedFlow::new(&[], None, number(100), &[], Tick::default());
                    while let Err(ready) = SharedFlow::leave(seat.flow(), &free, grant.slot, self.now) {
                        self.now = ready;
                    }
                    self.calls.push((self.now, grant.people));
                    return;
                }
                Claim::Later(Some(until)) => self.now = self.now.max(until),
                Claim::Later(None) | Claim::Full(_) => return,
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_limits_hold_over_all_seats(rates in rates(), steps in prop::collection::vec(step(), 1..250)) {
        let folder = tempfile::tempdir().expect("a folder");
        let wall = Timestamp::from_second(1_795_255_200).expect("a time");
        let clock = Arc::new(ManualClock::new(wall));
        let journal = Journal::open(&folder.path().join("store"), clock).expect("a journal");
        let link = link(&rates);
        let mut far = Far { now: Tick::default(), wall, calls: Vec::new() };
        let take = |chunk, now| Seat::take(&link, number(chunk), Arc::default(), &journal, now);
        let mut seats = vec![take(100, far.now)];
        for step in steps {
            let count = seats.len();
            match step {
                Step::Come(chunk) => seats.push(take(chunk, far.now)),
                Step::Go(seat) if count > 1 => drop(seats.remove(seat % count)),
                Step::Go(_) => {}
                Step::Limit(seat, most) => seats[seat % count].limit(number(most)),
                Step::Rest(seat) => seats[seat % count].rest(),
                Step::Call(seat, people, late) => {
                    far.call(&seats[seat % count], people, Duration::from_millis(late));
                }
                Step::Pass(time) => far.pass(Duration::from_millis(time)),
            }
        }
        for rate in &rates {
            let cost = |people: u32| if rate.unit == RateUnit::Calls { 1 } else { people };
            for (from, _) in &far.calls {
                let inside = far.calls.iter().filter(|(at, _)| (*from..from.after(rate.window)).contains(at));
                let sum: u32 = inside.map(|(_, people)| cost(*people)).sum();
                prop_assert!(sum <= rate.count.get(), "{sum} under {rate}: {:?}", far.calls);
            }
        }
    }
}
