//! Where messages stand. Each moves by itself with the sandbox's clock; nothing is kept of it, because it
//! follows from the scenario, the message's number and the time since its acceptance.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::accepting::MESSAGE;
use super::desk::Desk;
use super::far_side::FarSide;
use super::magic;
use super::scenario::{Scenario, StatusRules, is_drawn, is_struck};
use crate::domain::{Phone, Share};

/// Draws of a message; calls have their own numbers, and faults their own draws, from 0.
const SENDING: u64 = u64::MAX - 1;
const DELIVERY: u64 = u64::MAX - 2;
const READING: u64 = u64::MAX - 3;
const IS_DELIVERED: u64 = u64::MAX - 4;
const IS_READ: u64 = u64::MAX - 5;
/// Draw of a call: whether its messages are sent before it is answered.
const IS_EARLY: u64 = u64::MAX - 6;

/// As many entries of the record are looked at under one lock.
const AT_ONCE: usize = 1_000;

/// A message's status, in the order in which it moves; a failure takes the place of the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Accepted,
    Sent,
    Delivered,
    Read,
    Failed,
}

/// How a provider says that an accepted message reached nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: &'static str,
    pub(super) sentence: &'static str,
}

/// Last digits of magic numbers, and what becomes of messages to them.
pub(super) type Failures = &'static [(u16, Failure)];

/// Where a message stands, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stand {
    pub(super) status: Status,
    pub(super) since: Timestamp,
    /// Only of what has failed.
    pub(super) failure: Option<Failure>,
}

impl Stand {
    /// Of what was accepted at this moment.
    pub(super) fn accepted(at: Timestamp) -> Self {
        Self { status: Status::Accepted, since: at, failure: None }
    }
}

/// By which rules messages move: those of the scenario under which they were accepted.
#[derive(Debug, Clone)]
pub(super) struct Timetable(Vec<Era>);

#[derive(Debug, Clone)]
struct Era {
    /// The number of its first message.
    first: u64,
    seed: u64,
    rules: StatusRules,
    /// Calls whose messages are sent at once.
    early: Option<Share>,
}

/// What becomes of a message: each status with its time after acceptance, and why it fails where it does.
pub(super) type Way = (Vec<(Status, Duration)>, Option<Failure>);

impl Timetable {
    /// For all messages.
    pub(super) fn new(scenario: &Scenario) -> Self {
        Self(vec![Era::of(scenario, 0)])
    }

    /// Another scenario holds from message `first` on.
    pub(super) fn go_on(&mut self, scenario: &Scenario, first: u64) {
        let next = Era::of(scenario, first);
        let is_alike =
            |last: &Era| (last.seed, &last.rules, last.early) == (next.seed, &next.rules, next.early);
        if !self.0.last().is_some_and(is_alike) {
            self.0.push(next);
        }
    }

    /// The way of the message of this number, which came in that call; `None` where no rules hold for it.
    pub(super) fn way(
        &self,
        number: u64,
        call: u64,
        to: Option<Phone>,
        failures: &[(u16, Failure)],
    ) -> Option<Way> {
        let era = self.0.iter().rev().find(|era| era.first <= number)?;
        let ending = to.and_then(magic::ending);
        let failure = failures.iter().find(|(row, _)| Some(*row) == ending).map(|(_, failure)| *failure);
        Some((era.steps(number, call, failure), failure))
    }

    /// Whether messages of that call are sent before it is answered, where they are numbered from `first` on.
    pub(super) fn is_early(&self, first: u64, call: u64) -> bool {
        self.0.iter().rev().find(|era| era.first <= first).is_some_and(|era| era.is_early(call))
    }
}

impl Era {
    fn of(scenario: &Scenario, first: u64) -> Self {
        let early = scenario.webhooks.before_response;
        Self { first, seed: scenario.seed, rules: scenario.statuses.clone(), early }
    }

    fn is_early(&self, call: u64) -> bool {
        is_struck(self.early, self.seed, call, IS_EARLY)
    }

    /// The steps of a message, each with its time after acceptance. Who is not reached stays where he is.
    fn steps(&self, number: u64, call: u64, failure: Option<Failure>) -> Vec<(Status, Duration)> {
        let Self { seed, rules, .. } = self;
        let takes = |what| rules.after.drawn(*seed, number, what);
        let sent = if self.is_early(call) { Duration::ZERO } else { takes(SENDING) };
        let settled = sent + takes(DELIVERY);
        let mut steps = vec![(Status::Sent, sent)];
        if failure.is_some() {
            steps.push((Status::Failed, settled));
        } else if is_drawn(rules.delivered, *seed, number, IS_DELIVERED) {
            steps.push((Status::Delivered, settled));
            if is_drawn(rules.read, *seed, number, IS_READ) {
                steps.push((Status::Read, settled + takes(READING)));
            }
        }
        steps
    }
}

/// A look at where messages stand at one moment.
#[derive(Debug, Clone)]
pub(super) struct Courses {
    pub(super) timetable: Arc<Timetable>,
    pub(super) now: Timestamp,
}

impl Courses {
    /// Where the message of this number stands, which was accepted `at` in that call.
    pub(super) fn stand(
        &self,
        number: u64,
        call: u64,
        to: Option<Phone>,
        at: Timestamp,
        failures: &[(u16, Failure)],
    ) -> Stand {
        let mut stand = Stand::accepted(at);
        let Some((steps, failure)) = self.timetable.way(number, call, to, failures) else { return stand };
        // A clock that was set back has moved nothing.
        let passed = Duration::try_from(self.now.duration_since(at)).unwrap_or_default();
        for (status, after) in steps {
            if after <= passed {
                let failure = failure.filter(|_| status == Status::Failed);
                stand = Stand { status, since: at.checked_add(after).unwrap_or(at), failure };
            }
        }
        stand
    }
}

/// Every message of a provider's account with its status, in the order of acceptance.
pub(super) fn all<F: FarSide>(desk: &Desk, courses: &Courses) -> Vec<Value> {
    let mut all = Vec::new();
    let mut from = 0;
    loop {
        let some = desk.accepted(from, AT_ONCE);
        if some.is_empty() {
            return all;
        }
        from += some.len();
        let own = some.iter().filter(|one| one.provider == F::SERVICE && &*one.kind == MESSAGE);
        all.extend(own.map(|one| {
            let at = Timestamp::from_millisecond(one.wall_ms).unwrap_or(courses.now);
            let Stand { status, since, failure } =
                courses.stand(one.number(), one.call, one.to.phone(), at, F::FAILURES);
            json!({
                "message_id": one.message_id(), "to": one.to.in_full(), "status": status,
                "since": format!("{since:.3}"), "code": failure.map(|failure| failure.code),
                "reason": failure.map(|failure| failure.sentence),
            })
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn scenario(text: &str) -> Scenario {
        Scenario::read(std::path::Path::new("scenario.toml"), text).expect("a scenario")
    }

    fn status(timetable: &Arc<Timetable>, number: u64, seconds: i64) -> Status {
        let now = Timestamp::from_second(seconds).expect("a time");
        Courses { timetable: timetable.clone(), now }.stand(number, 1, None, AT, &[]).status
    }

    #[test]
    fn each_message_moves_forward_alone_and_the_same_way_each_time() {
        let text = "seed = 3\n[statuses]\ndelivered = \"97%\"\nread = \"60%\"\nafter = \"1s..5s\"";
        let timetable = Arc::new(Timetable::new(&scenario(text)));
        let at = |seconds| (0..2_000).map(|number| status(&timetable, number, seconds)).collect::<Vec<_>>();
        let count = |all: &[Status], status| all.iter().filter(|one| **one == status).count();
        assert_eq!(count(&at(0), Status::Accepted), 2_000);
        let between = at(4);
        let statuses = [Status::Accepted, Status::Sent, Status::Delivered];
        assert!(statuses.iter().all(|status| count(&between, *status) > 0), "{between:?}");
        assert_eq!(between, at(4));
        let end = at(15);
        assert_eq!(end, at(15_000));
        assert!((1_120..=1_210).contains(&count(&end, Status::Read)), "{}", count(&end, Status::Read));
        assert!((30..=90).contains(&count(&end, Status::Sent)), "{}", count(&end, Status::Sent));
        assert_eq!(
            count(&end, Status::Read) + count(&end, Status::Sent) + count(&end, Status::Delivered),
            2_000
        );
    }

    #[test]
    fn another_scenario_moves_only_what_comes_after_it() {
        let mut timetable = Timetable::new(&scenario("[statuses]\nafter = \"1s\""));
        timetable.go_on(&scenario("[statuses]\nafter = \"1s\"\nread = \"0%\""), 10);
        let timetable = Arc::new(timetable);
        assert_eq!((status(&timetable, 9, 3), status(&timetable, 10, 3)), (Status::Read, Status::Delivered));
    }

    #[test]
    fn a_magic_number_fails_instead_of_being_delivered() {
        let timetable = Arc::new(Timetable::new(&scenario("[statuses]\nafter = \"1s\"")));
        let failure = Failure { code: "2305", sentence: "nobody" };
        let stand = |digits: &str, second| {
            let now = Timestamp::from_second(second).expect("a time");
            let courses = Courses { timetable: timetable.clone(), now };
            courses.stand(7, 1, Phone::from_digits(digits), AT, &[(2305, failure)])
        };
        assert_eq!(stand("5599900002305", 1).status, Status::Sent);
        let failed = stand("5599900002305", 2);
        assert_eq!((failed.status, failed.failure), (Status::Failed, Some(failure)));
        assert_eq!(failed.since, Timestamp::from_second(2).expect("a time"));
        assert_eq!(stand("5599900002305", 60).status, Status::Failed);
        assert_eq!(stand("5599900002306", 60).status, Status::Read);
    }
}
