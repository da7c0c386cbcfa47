//! The channels of a simulated flight: how fast each may send at a moment, and who is left to be sent to.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{LongLimit, Window, Zone};

use super::quota::{MinuteUse, Quota};
use super::simulation::{Group, Leg};

/// Less than this of a person is nobody.
pub(super) const NOBODY: f64 = 1e-6;

/// A channel, and who is left to be sent to over it.
pub(super) struct Channel<'a> {
    pub(super) in_a_call: f64,
    /// Calls a second that its own rates allow; infinite without any.
    pub(super) speed: f64,
    pub(super) by_run: Duration,
    pub(super) quotas: Vec<Taken>,
    pub(super) people: Vec<People<'a>>,
}

/// A long limit, and what the run takes of it.
pub(super) struct Taken {
    pub(super) quota: Quota,
    pub(super) before: f64,
    pub(super) taken: f64,
}

/// Recipients with the same clocks.
pub(super) struct People<'a> {
    pub(super) zones: &'a [Zone],
    pub(super) left: f64,
    /// Those who are not among the first.
    pub(super) later: f64,
    pub(super) is_open: bool,
    /// When that changes; none before it was looked at, or where it never does.
    pub(super) turns: Option<Timestamp>,
    pub(super) was_looked_at: bool,
}

impl People<'_> {
    pub(super) fn split(&mut self, share: f64) {
        self.later = self.left * (1.0 - share);
        self.left *= share;
    }

    pub(super) fn join(&mut self) {
        self.left += self.later;
        self.later = 0.0;
    }

    /// Looks at the window, and gives those for whom it opens no more.
    pub(super) fn look(&mut self, window: Option<&Window>, now: Timestamp) -> f64 {
        let is_known = self.was_looked_at && self.turns.is_none_or(|turns| now < turns);
        if is_known || self.left < NOBODY {
            return 0.0;
        }
        self.was_looked_at = true;
        let Some(window) = window else {
            self.is_open = true;
            return 0.0;
        };
        self.is_open = window.is_open(self.zones, now);
        self.turns =
            if self.is_open { window.closes(self.zones, now) } else { window.next_open(self.zones, now) };
        if self.is_open || self.turns.is_some() {
            return 0.0;
        }
        let never = self.left + self.later;
        (self.left, self.later) = (0.0, 0.0);
        never
    }
}

impl<'a> Channel<'a> {
    /// A channel whose long limits were used before.
    pub(super) fn new(leg: &Leg<'a>, start: Timestamp) -> Self {
        let all: u64 = leg.groups.iter().map(|group| group.people).sum();
        Self {
            in_a_call: (fluid(all) / fluid(leg.calls.max(1))).max(NOBODY),
            speed: speed(leg.spacing.period),
            by_run: leg.by_run,
            quotas: leg.limits.iter().map(|limit| Taken::new(*limit, &leg.used, start)).collect(),
            people: leg.groups.iter().map(People::new).collect(),
        }
    }
}

impl Taken {
    /// A limit, of which so much was used before.
    pub(super) fn new(limit: LongLimit, used: &[MinuteUse], start: Timestamp) -> Self {
        let mut quota = Quota::new(limit, used);
        quota.move_to(start);
        Self { before: quota.used(), quota, taken: 0.0 }
    }

    /// Takes recipients in calls of so many.
    pub(super) fn take(&mut self, now: Timestamp, recipients: f64, in_a_call: f64) {
        self.taken += self.quota.take(now, recipients, in_a_call);
    }
}

impl<'a> People<'a> {
    fn new(group: &Group<'a>) -> Self {
        let left = fluid(group.people);
        Self { zones: group.zones, left, later: 0.0, is_open: false, turns: None, was_looked_at: false }
    }
}

impl Channel<'_> {
    pub(super) fn left(&self) -> f64 {
        self.people.iter().map(|people| people.left).sum()
    }

    pub(super) fn open(&self) -> f64 {
        self.people.iter().filter(|people| people.is_open).map(|people| people.left).sum()
    }

    /// What it would like to make, where the run as a whole makes so many calls a second at most, and its long limits
    /// leave it room for so many recipients.
    pub(super) fn wish(&self, run: f64, room: f64) -> Wish {
        let own = if self.open().min(room) < NOBODY { 0.0 } else { self.speed };
        Wish { own, by_run: speed(self.by_run).min(run) }
    }

    pub(super) fn send(&mut self, now: Timestamp, amount: f64) {
        let open = self.open();
        if amount < NOBODY || open < NOBODY {
            return;
        }
        let stays = (1.0 - amount / open).max(0.0);
        for people in self.people.iter_mut().filter(|people| people.is_open) {
            people.left *= stays;
        }
        for taken in &mut self.quotas {
            taken.take(now, amount, self.in_a_call);
        }
    }
}

/// In calls a second.
pub(super) struct Wish {
    pub(super) own: f64,
    pub(super) by_run: f64,
}

/// The calls a second that each channel makes: its own speed where the run's rates leave it, else a fair share.
pub(super) fn shares(wishes: &[Wish]) -> Vec<f64> {
    let mut speeds = vec![0.0; wishes.len()];
    // The part of the run's time that a channel would take up.
    let demand = |wish: &Wish| if wish.by_run.is_infinite() { 0.0 } else { wish.own / wish.by_run };
    let mut order: Vec<usize> = (0..wishes.len()).filter(|index| wishes[*index].own > 0.0).collect();
    order.sort_by(|one, other| demand(&wishes[*one]).total_cmp(&demand(&wishes[*other])));
    let mut left = 1.0;
    let mut others = order.len();
    for index in order {
        let wish = &wishes[index];
        let demanded = demand(wish);
        let fair = left / f64::from(u32::try_from(others).unwrap_or(u32::MAX));
        others -= 1;
        if demanded <= fair {
            speeds[index] = wish.own;
            left -= demanded;
        } else {
            speeds[index] = fair * wish.by_run;
            left -= fair;
        }
    }
    speeds
}

pub(super) fn room(quotas: &[Taken], in_a_call: f64) -> f64 {
    quotas.iter().map(|taken| taken.quota.room(in_a_call)).fold(f64::INFINITY, f64::min)
}

/// Calls a second that are so far apart.
pub(super) fn speed(period: Duration) -> f64 {
    if period.is_zero() { f64::INFINITY } else { period.as_secs_f64().recip() }
}

/// A plan has no more recipients than fit into 32 bits.
pub(super) fn fluid(people: u64) -> f64 {
    f64::from(u32::try_from(people).unwrap_or(u32::MAX))
}

/// Amounts are told in whole people and calls.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is positive and far below 2^53"
)]
pub(super) fn whole(amount: f64) -> u64 {
    amount.round() as u64
}
