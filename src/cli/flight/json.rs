//! A flight plan as programs read it: the keys `flight` and `cost` of `check --format json`.

use serde_json::{Value, json};

use crate::domain::{Channel, RateUnit, Schedule, Start, Window, WindowClock, Zone};

use super::Cost;
use super::course::Whose;
use super::plan::FlightPlan;
use super::text::days_words;

/// The value of `flight`: moments as RFC 3339 in UTC, days in `timezone`, counts of recipients unless a limit is one
/// of calls. `first` and `ends` are null where nobody can be sent to.
#[must_use]
pub fn json(plan: &FlightPlan, schedule: &Schedule, channels: &[Channel]) -> Value {
    let course = &plan.course;
    let channel = |whose: &Whose| match whose {
        Whose::Channel(index) => channels.get(*index).map(|channel| channel.name.as_str()),
        Whose::Campaign | Whose::Portfolio(_) => None,
    };
    let portfolio = |whose: &Whose| match whose {
        Whose::Portfolio(name) => Some(name.clone()),
        Whose::Campaign | Whose::Channel(_) => None,
    };
    json!({
        "timezone": schedule.zone.name(),
        "starts_by": match schedule.start {
            Start::Launched => "launch",
            Start::At(_) => "at",
            Start::Cron(_) => "cron",
        },
        "starts": course.start,
        "first": course.first,
        "ends": course.end,
        "valid_until": schedule.valid_until,
        "approval": schedule.approval,
        "window": schedule.window.as_ref().map(window),
        "clocks": plan.clocks.iter().map(|(zones, people)| json!({
            "timezones": zones.iter().map(Zone::name).collect::<Vec<_>>(),
            "recipients": people,
        })).collect::<Vec<_>>(),
        "days": course.days.iter().map(|(date, people)| json!({ "date": date, "recipients": people })).collect::<Vec<_>>(),
        "will_not_fit": course.expired,
        "never_open": course.never,
        "later_than_400_days": course.beyond,
        "limits": course.quotas.iter().map(|quota| json!({
            "channel": channel(&quota.whose),
            "portfolio": portfolio(&quota.whose),
            "limit": quota.limit.to_string(),
            "counts": match quota.limit.unit() {
                RateUnit::Calls => "calls",
                RateUnit::Recipients => "recipients",
            },
            "most": quota.limit.count(),
            "used_before": quota.before,
            "this_run": quota.taken,
            "left": quota.left(),
        })).collect::<Vec<_>>(),
    })
}

fn window(window: &Window) -> Value {
    json!({
        "days": days_words(window.days),
        "from": window.from.strftime("%H:%M").to_string(),
        "to": window.to.strftime("%H:%M").to_string(),
        "clock": match window.clock {
            WindowClock::Sender => "sender",
            WindowClock::Recipient => "recipient",
        },
        "timezone": window.zone.name(),
        "holidays": window.holidays,
    })
}

impl Cost {
    /// The value of `cost`: amounts as decimal text.
    #[must_use]
    pub fn json(&self, channels: &[Channel]) -> Value {
        let of_channels = channels.iter().zip(&self.channels);
        json!({
            "currency": self.currency,
            "total": self.total.to_string(),
            "channels": of_channels
                .map(|(channel, money)| json!({ "channel": channel.name, "total": money.to_string() }))
                .collect::<Vec<_>>(),
            "without_price": self.unpriced,
        })
    }
}
