//! Faults: which calls go wrong, and how. Drawn, so that the same seed gives the same call the same fate.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::{Latency, Scenario};
use crate::domain::{PersonKey, Share};
use crate::sandbox::Service;

/// Draw of a call's latency; faults have their own numbers, from 0, and a message's course has its own.
const LATENCY: u64 = u64::MAX;

/// Something that goes wrong with some calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// With which calls.
    pub when: When,
    /// What happens.
    pub kind: FaultKind,
    /// Whether the call is accepted and recorded all the same.
    pub accepted: bool,
}

/// Which calls: all conditions that are given hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct When {
    /// A share of all calls.
    pub share: Option<Share>,
    /// By number since the scenario was set, from 1.
    pub calls: Option<RangeInclusive<u64>>,
    /// Calls in which one of these people is.
    pub containing: BTreeSet<PersonKey>,
    /// Calls to this provider.
    pub provider: Option<Service>,
    /// Calls for this: `message`, or an operation's word.
    pub operation: Option<Box<str>>,
}

/// What happens to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// It is answered with a status.
    Status {
        /// 200 to 599.
        status: u16,
        /// What the answer asks to wait.
        retry_after: Option<Duration>,
        /// The body, where it is not the usual one.
        body: Option<String>,
    },
    /// The connection is closed without a byte of an answer.
    Drop,
    /// No answer, ever.
    Hang,
    /// Status 200 and a body that is not JSON.
    Garbage,
    /// An answer that ends before the length that it promised.
    Truncate,
    /// The last message has no result.
    Missing,
    /// One result more than messages.
    Extra,
}

impl Scenario {
    /// The first fault that strikes call `number` (from 1 since the scenario was set).
    pub(in crate::sandbox) fn fault(
        &self,
        number: u64,
        provider: Service,
        operation: Option<&str>,
        contains: impl Fn(&BTreeSet<PersonKey>) -> bool,
    ) -> Option<&Fault> {
        let strikes = |&(index, fault): &(u64, &Fault)| {
            let When { share, calls, containing, provider: only, operation: word } = &fault.when;
            only.is_none_or(|only| only == provider)
                && word.as_deref().is_none_or(|word| operation == Some(word))
                && calls.as_ref().is_none_or(|calls| calls.contains(&number))
                && share.is_none_or(|share| is_in_share(share, draw(self.seed, number, index)))
                && (containing.is_empty() || contains(containing))
        };
        (0..).zip(&self.faults).find(strikes).map(|(_, fault)| fault)
    }

    /// How long after acceptance call `number` is answered.
    pub(in crate::sandbox) fn latency(&self, number: u64) -> Duration {
        self.latency.drawn(self.seed, number, LATENCY)
    }
}

impl Latency {
    /// A length that depends on nothing but these three.
    pub(in crate::sandbox) fn drawn(self, seed: u64, number: u64, what: u64) -> Duration {
        let Self { least, most } = self;
        let span = u64::try_from(most.saturating_sub(least).as_nanos()).unwrap_or(u64::MAX);
        least + Duration::from_nanos(draw(seed, number, what) % span.saturating_add(1))
    }
}

/// Whether somebody is in a share; everybody is where there is none.
pub(in crate::sandbox) fn is_drawn(share: Option<Share>, seed: u64, number: u64, what: u64) -> bool {
    share.is_none_or(|share| is_in_share(share, draw(seed, number, what)))
}

/// The toss of a coin.
pub(in crate::sandbox) fn is_heads(seed: u64, number: u64, what: u64) -> bool {
    draw(seed, number, what).is_multiple_of(2)
}

/// A number that looks random and depends on nothing but these three, on any machine.
pub(in crate::sandbox) fn draw(seed: u64, number: u64, what: u64) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for part in [seed, number, what] {
        hasher.update(&part.to_le_bytes());
    }
    let mut first = [0; 8];
    hasher.finalize_xof().fill(&mut first);
    u64::from_le_bytes(first)
}

fn is_in_share(share: Share, drawn: u64) -> bool {
    const WHOLE: u64 = 1 << 32;
    !share.is_passed_by(drawn % WHOLE + 1, WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Phone;

    fn service(name: &str) -> Service {
        Service::find(name).expect(name)
    }

    fn fault(when: When) -> Scenario {
        let fault = Fault { when, kind: FaultKind::Drop, accepted: false };
        Scenario { seed: 11, faults: vec![fault], ..Scenario::default() }
    }

    fn struck(scenario: &Scenario, calls: RangeInclusive<u64>) -> Vec<u64> {
        calls.filter(|&number| scenario.fault(number, service("devino"), None, |_| false).is_some()).collect()
    }

    #[test]
    fn a_share_is_drawn_by_seed_and_number() {
        let scenario = fault(When { share: "2%".parse().ok(), ..When::default() });
        let first = struck(&scenario, 1..=20_000);
        assert_eq!(first, struck(&scenario, 1..=20_000));
        assert!((320..=480).contains(&first.len()), "{}", first.len());
        let other = Scenario { seed: 12, ..scenario };
        assert_ne!(first, struck(&other, 1..=20_000));
        let never = fault(When { share: "0%".parse().ok(), ..When::default() });
        assert_eq!(struck(&never, 1..=2_000).len(), 0);
        let always = fault(When { share: "100%".parse().ok(), ..When::default() });
        assert_eq!(struck(&always, 1..=2_000).len(), 2_000);
    }

    #[test]
    fn all_conditions_hold_together() {
        let person = |digits| Phone::from_digits(digits).expect(digits).person();
        let when = When {
            calls: Some(3..=4),
            containing: [person("5511987654321")].into(),
            provider: Some(service("devino")),
            operation: Some("message".into()),
            ..When::default()
        };
        let scenario = fault(when);
        // The ninth digit does not make another person.
        let inside = [person("5511911111111"), person("551187654321")];
        let outside = [person("5511911111111")];
        for (number, provider, operation, people, expected) in [
            (3, "devino", Some("message"), &inside[..], true),
            (4, "devino", Some("message"), &inside[..], true),
            (2, "devino", Some("message"), &inside[..], false),
            (5, "devino", Some("message"), &inside[..], false),
            (3, "wati", Some("message"), &inside[..], false),
            (3, "devino", Some("create_group"), &inside[..], false),
            (3, "devino", None, &inside[..], false),
            (3, "devino", Some("message"), &outside[..], false),
        ] {
            let contains = |containing: &BTreeSet<_>| people.iter().any(|person| containing.contains(person));
            let struck = scenario.fault(number, service(provider), operation, contains).is_some();
            assert_eq!(struck, expected, "{number} {provider} {operation:?} {people:?}");
        }
    }

    #[test]
    fn latencies_lie_in_their_range() {
        let least = Duration::from_millis(5);
        let most = Duration::from_millis(40);
        let scenario = Scenario { latency: Latency { least, most }, ..Scenario::default() };
        let drawn: Vec<_> = (1..500).map(|number| scenario.latency(number)).collect();
        assert!(drawn.iter().all(|latency| (least..=most).contains(latency)));
        assert!(drawn.iter().max() > Some(&Duration::from_millis(35)));
        assert!(drawn.iter().min() < Some(&Duration::from_millis(10)));
        assert_eq!(Scenario::default().latency(1), Duration::ZERO);
    }
}
