//! A flight, simulated: from moment to moment at which something changes, and not call by call. Between two such
//! moments each channel sends at one speed, and whoever's window is open gets a share of it. Nothing is rounded to
//! calls, so that the end is told as the earliest one.

use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, Unit};

use crate::domain::{Canary, LongLimit, Ramp, Rate, RateUnit, Spacing, Window, Zone};

use super::channel::{Channel, NOBODY, People, Taken, room, shares, speed, whole};
use super::course::{Course, QuotaCourse, Whose};
use super::quota::{MinuteUse, minute_of};

/// Whoever is not sent to by then is told of as that.
const HORIZON: SignedDuration = SignedDuration::from_hours(24 * 400);
/// A ramp is taken in so many steps.
const RAMP_STEPS: u32 = 100;

/// What is to be flown.
#[derive(Debug)]
pub struct Flight<'a> {
    /// When it begins.
    pub start: Timestamp,
    /// Whose days are counted.
    pub zone: &'a Zone,
    /// When somebody may be sent to.
    pub window: Option<&'a Window>,
    /// From when on nobody is.
    pub valid_until: Option<Timestamp>,
    /// Who is sent to before the others.
    pub canary: Option<Canary>,
    /// How the run begins.
    pub ramp: Option<Ramp>,
    /// The run's own rates, over all channels.
    pub rates: &'a [Rate],
    /// What those make of a call.
    pub run: Spacing,
    /// The channels.
    pub legs: Vec<Leg<'a>>,
    /// What some of them share.
    pub budgets: Vec<Budget>,
}

/// A portfolio's limit over several channels.
#[derive(Debug)]
pub struct Budget {
    /// Its name.
    pub name: String,
    /// The limit.
    pub limit: LongLimit,
    /// The legs that are under it, by their indices.
    pub legs: Vec<usize>,
    /// What was sent under it before, by any run over any of its channels.
    pub used: Vec<MinuteUse>,
}

/// A channel, and who is sent to over it.
#[derive(Debug)]
pub struct Leg<'a> {
    /// Its limits of an hour and longer.
    pub limits: Vec<LongLimit>,
    /// What its rates make of a call.
    pub spacing: Spacing,
    /// Time between calls by the run's own rates.
    pub by_run: Duration,
    /// Calls over it.
    pub calls: u64,
    /// Who.
    pub groups: Vec<Group<'a>>,
    /// What was sent over it before, by any run.
    pub used: Vec<MinuteUse>,
}

/// Recipients with the same clocks.
#[derive(Debug, Clone, Copy)]
pub struct Group<'a> {
    /// Their zones.
    pub zones: &'a [Zone],
    /// How many they are.
    pub people: u64,
}

/// Flies it.
#[must_use]
pub fn fly(flight: &Flight<'_>) -> Course {
    let mut sky = Sky::new(flight);
    let all = sky.left();
    let canary = flight.canary.filter(|canary| f64::from(canary.size.get()) < all);
    if let Some(canary) = canary {
        let share = f64::from(canary.size.get()) / all;
        sky.people().for_each(|people| people.split(share));
        sky.fly();
        if sky.left() < NOBODY {
            sky.now = sky.last.unwrap_or(sky.now).checked_add(canary.wait).unwrap_or(Timestamp::MAX);
        }
        sky.people().for_each(People::join);
    }
    sky.fly();
    sky.land()
}

struct Sky<'a> {
    flight: &'a Flight<'a>,
    now: Timestamp,
    /// Exclusive.
    horizon: Timestamp,
    channels: Vec<Channel<'a>>,
    /// The run's own long limits.
    quotas: Vec<Taken>,
    /// In the order of the flight's.
    budgets: Vec<Taken>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    days: Vec<(Date, f64)>,
    /// When the day of the last entry of `days` is over.
    midnight: Timestamp,
    never: f64,
}

impl<'a> Sky<'a> {
    fn new(flight: &'a Flight<'a>) -> Self {
        Self {
            now: flight.start,
            horizon: flight.start.checked_add(HORIZON).unwrap_or(Timestamp::MAX),
            channels: flight.legs.iter().map(|leg| Channel::new(leg, flight.start)).collect(),
            quotas: LongLimit::among(flight.rates)
                .map(|limit| Taken::new(limit, &[], flight.start))
                .collect(),
            budgets: flight
                .budgets
                .iter()
                .map(|budget| Taken::new(budget.limit, &budget.used, flight.start))
                .collect(),
            first: None,
            last: None,
            days: Vec::new(),
            midnight: Timestamp::MIN,
            never: 0.0,
            flight,
        }
    }

    fn people(&mut self) -> impl Iterator<Item = &mut People<'a>> {
        self.channels.iter_mut().flat_map(|channel| &mut channel.people)
    }

    fn left(&self) -> f64 {
        self.channels.iter().map(Channel::left).sum()
    }

    fn end(&self) -> Timestamp {
        self.flight.valid_until.map_or(self.horizon, |until| until.min(self.horizon))
    }

    /// Sends to everybody who is left, until the end of time.
    fn fly(&mut self) {
        while self.now < self.end() {
            let (window, now) = (self.flight.window, self.now);
            self.never += self.people().map(|people| people.look(window, now)).sum::<f64>();
            if self.left() < NOBODY {
                return;
            }
            self.taken().for_each(|taken| taken.quota.move_to(now));
            let until = self.until();
            self.now = if self.step(until) { self.now } else { self.next_chance() };
        }
    }

    fn taken(&mut self) -> impl Iterator<Item = &mut Taken> {
        let of_channels = self.channels.iter_mut().flat_map(|channel| &mut channel.quotas);
        of_channels.chain(&mut self.quotas).chain(&mut self.budgets)
    }

    /// Each channel's room for recipients under its long limits, and under those that it shares with others.
    fn rooms(&self) -> Vec<f64> {
        let mut rooms: Vec<f64> =
            self.channels.iter().map(|channel| room(&channel.quotas, channel.in_a_call)).collect();
        for (budget, taken) in self.flight.budgets.iter().zip(&self.budgets) {
            for leg in &budget.legs {
                rooms[*leg] = rooms[*leg].min(taken.quota.room(self.channels[*leg].in_a_call));
            }
        }
        rooms
    }

    /// Makes less of these amounts where channels together would go beyond a limit that they share.
    fn share_limits(&self, amounts: &mut [f64]) {
        let all: Vec<usize> = (0..amounts.len()).collect();
        let of_run = self.quotas.iter().map(|taken| (taken, &all));
        let shared =
            self.flight.budgets.iter().zip(&self.budgets).map(|(budget, taken)| (taken, &budget.legs));
        for (taken, legs) in of_run.chain(shared) {
            let by_call = |leg: &usize| match taken.quota.limit.unit() {
                RateUnit::Recipients => amounts[*leg],
                RateUnit::Calls => amounts[*leg] / self.channels[*leg].in_a_call,
            };
            let sum: f64 = legs.iter().map(by_call).sum();
            let share = taken.quota.room(1.0) / sum;
            if share < 1.0 {
                legs.iter().for_each(|leg| amounts[*leg] *= share);
            }
        }
    }

    /// Until when nothing changes but by being sent.
    fn until(&mut self) -> Timestamp {
        let (now, mut until) = (self.now, self.end().min(self.day()));
        for turns in self.people().filter(|people| people.left >= NOBODY).filter_map(|people| people.turns) {
            until = until.min(turns);
        }
        if self.taken().next().is_some() {
            let minute = Timestamp::from_second((minute_of(now) + 1).saturating_mul(60));
            until = until.min(minute.unwrap_or(Timestamp::MAX));
        }
        if let Some(ramp) = self.flight.ramp {
            let end = self.flight.start.checked_add(ramp.over).unwrap_or(Timestamp::MAX);
            if now < end {
                let step = (ramp.over / RAMP_STEPS).max(Duration::from_millis(1));
                until = until.min(end).min(now.checked_add(step).unwrap_or(Timestamp::MAX));
            }
        }
        until
    }

    /// Sends until `until` at most, and moves on to when somebody is through; whether anything was sent.
    fn step(&mut self, until: Timestamp) -> bool {
        let run = self.speed_of_run(seconds(self.flight.start, self.now) + seconds(self.now, until) / 2.0);
        let rooms = self.rooms();
        let wishes: Vec<_> =
            self.channels.iter().zip(&rooms).map(|(channel, room)| channel.wish(run, *room)).collect();
        let shares = shares(&wishes);
        let speeds: Vec<f64> =
            self.channels.iter().zip(shares).map(|(channel, calls)| calls * channel.in_a_call).collect();
        let mut time = seconds(self.now, until);
        for (channel, speed) in self.channels.iter().zip(&speeds) {
            let open = channel.open();
            if speed.is_finite() && *speed > 0.0 && open >= NOBODY {
                time = time.min(open / speed);
            }
        }
        let wanted = |((channel, speed), room): ((&Channel<'_>, &f64), &f64)| {
            let wanted = if speed.is_finite() { speed * time } else { f64::INFINITY };
            wanted.min(channel.open()).min(*room)
        };
        let mut amounts: Vec<f64> = self.channels.iter().zip(&speeds).zip(&rooms).map(wanted).collect();
        self.share_limits(&mut amounts);
        let sent: f64 = amounts.iter().sum();
        if sent < NOBODY {
            return false;
        }
        self.first.get_or_insert(self.now);
        let mut last = 0.0_f64;
        for ((channel, amount), speed) in self.channels.iter_mut().zip(&amounts).zip(&speeds) {
            last = last.max(if speed.is_finite() && *speed > 0.0 { amount / speed } else { 0.0 });
            channel.send(self.now, *amount);
            for taken in &mut self.quotas {
                taken.take(self.now, *amount, channel.in_a_call);
            }
        }
        for (budget, taken) in self.flight.budgets.iter().zip(&mut self.budgets) {
            for leg in &budget.legs {
                taken.take(self.now, amounts[*leg], self.channels[*leg].in_a_call);
            }
        }
        if let Some((_, day)) = self.days.last_mut() {
            *day += sent;
        }
        self.last = Some(after(self.now, last));
        // Whoever has no limit has sent all that there was to send at this moment.
        let is_all_at_once =
            speeds.iter().zip(&amounts).all(|(speed, amount)| speed.is_infinite() || *amount < NOBODY);
        if !is_all_at_once {
            self.now = after(self.now, time).min(until);
        }
        true
    }

    /// Calls a second that the run's ramp allows so many seconds after its start.
    fn speed_of_run(&self, passed: f64) -> f64 {
        let Some(ramp) = self.flight.ramp else { return f64::INFINITY };
        let Spacing { chunk, period } = self.flight.run;
        let in_a_call = match ramp.from.unit {
            RateUnit::Recipients => f64::from(chunk.get()),
            RateUnit::Calls => 1.0,
        };
        let from = f64::from(ramp.from.count.get()) / in_a_call / ramp.from.window.as_secs_f64();
        let over = ramp.over.as_secs_f64();
        let full = speed(period);
        if passed >= over || full <= from {
            return f64::INFINITY;
        }
        // To no limit there is no line on which it could rise.
        let to = if full.is_finite() { full } else { from };
        from + (to - from) * passed / over
    }

    /// When somebody can be sent to again, where nobody can now.
    fn next_chance(&self) -> Timestamp {
        let waiting =
            self.channels.iter().flat_map(|channel| &channel.people).filter(|people| people.left >= NOBODY);
        let turns = waiting.filter_map(|people| people.turns);
        let quotas = self.channels.iter().flat_map(|channel| &channel.quotas);
        let quotas = quotas.chain(&self.quotas).chain(&self.budgets);
        let frees = quotas.filter_map(|taken| taken.quota.frees_at());
        turns.chain(frees).filter(|next| *next > self.now).min().unwrap_or(self.horizon)
    }

    /// The end of the day, which is in `days` from now on.
    fn day(&mut self) -> Timestamp {
        if self.now >= self.midnight {
            let date = self.flight.zone.at(self.now).date();
            if self.days.last().is_none_or(|(last, _)| *last != date) {
                self.days.push((date, 0.0));
            }
            let midnight = date.tomorrow().ok().map(|next| next.to_datetime(Time::midnight()));
            let midnight = midnight.and_then(|midnight| self.flight.zone.moment(midnight).ok());
            self.midnight = midnight.filter(|midnight| *midnight > self.now).unwrap_or(Timestamp::MAX);
        }
        self.midnight
    }

    fn land(mut self) -> Course {
        let all: u64 = self.flight.legs.iter().flat_map(|leg| &leg.groups).map(|group| group.people).sum();
        let end = self.last.unwrap_or(self.now);
        self.taken().for_each(|taken| taken.quota.move_to(end));
        let mut days = Vec::new();
        let (mut sent, mut told) = (0.0, 0);
        for (date, of_day) in &self.days {
            sent += of_day;
            if whole(sent) > told {
                days.push((*date, whole(sent) - told));
                told = whole(sent);
            }
        }
        let never = whole(self.never).min(all - told.min(all));
        let left = all.saturating_sub(told + never);
        let is_expired = self.flight.valid_until.is_some_and(|until| until <= self.horizon);
        let (expired, beyond) = if is_expired { (left, 0) } else { (0, left) };
        let of_run = self.quotas.iter().map(|taken| (Whose::Campaign, taken));
        let channels = self.channels.iter().enumerate();
        let of_channels = channels.flat_map(|(index, channel)| {
            channel.quotas.iter().map(move |taken| (Whose::Channel(index), taken))
        });
        let named = self.flight.budgets.iter().zip(&self.budgets);
        let of_portfolios = named.map(|(budget, taken)| (Whose::Portfolio(budget.name.clone()), taken));
        let quotas = of_run.chain(of_channels).chain(of_portfolios).map(|(whose, taken)| QuotaCourse {
            whose,
            limit: taken.quota.limit,
            before: whole(taken.before),
            taken: whole(taken.taken),
            after: whole(taken.quota.used()),
        });
        Course {
            start: self.flight.start,
            first: self.first,
            // What reckoning with fractions adds is no time.
            end: self.last.map(|last| last.round(Unit::Millisecond).unwrap_or(last)),
            days,
            expired,
            never,
            beyond,
            quotas: quotas.collect(),
        }
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

fn after(moment: Timestamp, seconds: f64) -> Timestamp {
    let passed = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    moment.checked_add(passed).unwrap_or(Timestamp::MAX)
}
