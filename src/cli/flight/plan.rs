//! From what a survey found, and what bounds a run, to its flight plan.

use std::collections::HashMap;
use std::num::NonZeroU32;

use jiff::Timestamp;

use crate::domain::number_zones::zones_of;
use crate::domain::{Campaign, Canary, Channel, LongLimit, Ramp, Rate, Spacing, Window, WindowClock, Zone};
use crate::engine::planning::{Planned, Survey, chunks_of};
use crate::journal::{Journal, UsageOf};

use super::course::Course;
use super::quota::MinuteUse;
use super::simulation::{Budget, Flight, Group, Leg, fly};

/// What bounds a run beside its channels.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Its own rates.
    pub rates: &'a [Rate],
    /// How it begins.
    pub ramp: Option<Ramp>,
    /// Recipients at risk at once.
    pub max_in_doubt: NonZeroU32,
    /// When it may send.
    pub window: Option<&'a Window>,
    /// From when on it may not.
    pub valid_until: Option<Timestamp>,
    /// Who is sent to first.
    pub canary: Option<Canary>,
    /// In which zone its days are told.
    pub zone: &'a Zone,
}

impl<'a> Terms<'a> {
    /// Those of a run of a campaign.
    #[must_use]
    pub fn of(campaign: &'a Campaign) -> Self {
        Self {
            rates: &campaign.pace.rates,
            ramp: campaign.pace.ramp,
            max_in_doubt: campaign.safety.max_in_doubt,
            window: campaign.schedule.window.as_ref(),
            valid_until: campaign.schedule.valid_until,
            canary: campaign.conduct.canary,
            zone: &campaign.schedule.zone,
        }
    }

    /// Those of a run that is planned, at rates that may be others than the plan's.
    #[must_use]
    pub fn of_planned(planned: &'a Planned, rates: &'a [Rate], zone: &'a Zone) -> Self {
        let window = planned.timing.window.as_ref();
        Self {
            rates,
            ramp: planned.plan.ramp,
            max_in_doubt: planned.plan.safety.max_in_doubt,
            window,
            valid_until: planned.timing.valid_until,
            canary: planned.conduct.canary,
            zone: window.map_or(zone, |window| &window.zone),
        }
    }
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlightPlan {
    /// When what is sent.
    pub course: Course,
    /// Calls over each channel, each made once.
    pub calls: Vec<u64>,
    /// Recipients by the clocks that hold for them, most first; empty where one clock holds for everybody.
    pub clocks: Vec<(&'static [Zone], u64)>,
}

impl FlightPlan {
    /// The plan of a run that begins at `start`.
    #[must_use]
    pub fn new(
        terms: &Terms<'_>,
        survey: &Survey,
        channels: &[Channel],
        journal: &Journal,
        start: Timestamp,
    ) -> Self {
        let chunks = chunks_of(terms.rates, terms.max_in_doubt, channels);
        let smallest = chunks.iter().min().copied().unwrap_or(NonZeroU32::MIN);
        let window = terms.window.filter(|window| window.clock == WindowClock::Recipient);
        let mut legs = Vec::with_capacity(channels.len());
        let mut clocks: HashMap<Vec<&str>, (&'static [Zone], u64)> = HashMap::new();
        for (index, (channel, chunk)) in channels.iter().zip(chunks).enumerate() {
            let of_channel = |size| Spacing::new(&channel.rates, size);
            let by_run = |size| Spacing::new(terms.rates, size).period;
            let counted = survey.calls_over(index);
            let (size, calls) = counted.in_chunks(chunk, |size| of_channel(size).period.max(by_run(size)));
            let groups = match window {
                Some(_) => by_clocks(survey, index),
                None => vec![Group { zones: &[], people: survey.to_send.get(index).copied().unwrap_or(0) }],
            };
            if window.is_some() {
                for group in &groups {
                    let names = group.zones.iter().map(Zone::name).collect();
                    clocks.entry(names).or_insert((group.zones, 0)).1 += group.people;
                }
            }
            legs.push(Leg {
                limits: channel.long_limits().collect(),
                spacing: of_channel(size),
                by_run: by_run(size),
                calls,
                groups,
                used: used(journal, &channel.name),
            });
        }
        let calls = legs.iter().map(|leg| leg.calls).collect();
        let course = fly(&Flight {
            start,
            zone: terms.zone,
            window: terms.window,
            valid_until: terms.valid_until,
            canary: terms.canary,
            ramp: terms.ramp,
            rates: terms.rates,
            run: Spacing::new(terms.rates, smallest),
            legs,
            budgets: budgets(journal, channels),
        });
        let mut clocks: Vec<_> = clocks.into_values().collect();
        clocks.sort_by_key(|(zones, people)| (u64::MAX - people, zones.first().map(Zone::name)));
        Self { course, calls, clocks }
    }

    /// Calls over all channels.
    #[must_use]
    pub fn all_calls(&self) -> u64 {
        self.calls.iter().sum()
    }
}

/// The recipients over a channel, together where the same zones hold for them.
fn by_clocks(survey: &Survey, channel: usize) -> Vec<Group<'static>> {
    let mut groups: HashMap<Vec<&str>, Group<'static>> = HashMap::new();
    for people in survey.people_over(channel) {
        let zones = people.number.as_ref().map_or(&[][..], zones_of);
        let names = zones.iter().map(Zone::name).collect();
        groups.entry(names).or_insert(Group { zones, people: 0 }).people += people.count;
    }
    groups.into_values().collect()
}

/// The budgets of the channels' portfolios, with what was sent over any channel of each.
fn budgets(journal: &Journal, channels: &[Channel]) -> Vec<Budget> {
    let mut budgets: Vec<Budget> = Vec::new();
    for (index, channel) in channels.iter().enumerate() {
        let Some(portfolio) = &channel.portfolio else { continue };
        match budgets.iter_mut().find(|budget| budget.name == portfolio.name) {
            Some(budget) => budget.legs.push(index),
            None => budgets.push(Budget {
                name: portfolio.name.clone(),
                limit: LongLimit::Rolling(portfolio.limit),
                legs: vec![index],
                used: portfolio.channels.iter().flat_map(|name| used(journal, name)).collect(),
            }),
        }
    }
    budgets
}

fn used(journal: &Journal, channel: &str) -> Vec<MinuteUse> {
    let minutes = journal.usage(&UsageOf::Channel(channel.to_owned())).into_iter();
    minutes.map(|(minute, calls, recipients)| MinuteUse { minute, calls, recipients }).collect()
}
