//! What `disparo schedule` prints.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::{
    Campaign, ClockChange, Days, Due, Late, Lateness, Overlap, Schedule, ScheduleMark, Start, Window,
    WindowClock, Zone, clock_change, due, firings,
};
use crate::ui::words;

/// Where a schedule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It fires again.
    Ahead,
    /// Its moment passed, and nothing was done about it yet.
    Overdue {
        /// The moment.
        at: Timestamp,
        /// What will be done about it.
        lateness: Lateness,
    },
    /// It has fired for the last time.
    Over,
    /// It is not worth sending any more.
    Expired,
}

impl Standing {
    /// Where a schedule stands now.
    pub fn of(schedule: &Schedule, mark: &ScheduleMark, now: Timestamp) -> Self {
        if schedule.valid_until.is_some_and(|until| now >= until) {
            return Self::Expired;
        }
        match due(schedule, mark, now) {
            Due::Fire { at, lateness, .. } => Self::Overdue { at, lateness },
            Due::Nothing { next: Some(_) } => Self::Ahead,
            Due::Nothing { next: None } => Self::Over,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ahead => "scheduled",
            Self::Overdue { .. } => "overdue",
            Self::Over => "over",
            Self::Expired => "expired",
        }
    }
}

/// A campaign with a schedule.
#[derive(Debug)]
pub struct Planned {
    campaign: Campaign,
    standing: Standing,
    last_run: Option<String>,
    firings: Vec<Timestamp>,
}

impl Planned {
    /// With its firings after a moment.
    pub fn new(
        campaign: Campaign,
        standing: Standing,
        last_run: Option<String>,
        after: Timestamp,
        count: usize,
    ) -> Self {
        let firings = firings(&campaign.schedule, after, count);
        Self { campaign, standing, last_run, firings }
    }

    /// What is late comes first, then what fires next, then what does not fire any more.
    pub fn order(&self) -> (bool, bool, Option<Timestamp>) {
        let is_late = matches!(self.standing, Standing::Overdue { .. });
        (!is_late, self.firings.is_empty(), self.firings.first().copied())
    }

    fn schedule(&self) -> &Schedule {
        &self.campaign.schedule
    }
}

/// A paragraph for each campaign.
pub fn text(planned: &[Planned], local: &Zone, now: Timestamp) -> String {
    let paragraphs = planned.iter().map(|planned| paragraph(planned, local, now));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

fn paragraph(planned: &Planned, local: &Zone, now: Timestamp) -> String {
    let schedule = planned.schedule();
    let zone = &schedule.zone;
    let mut lines = vec![format!("{}: {}, {zone}", planned.campaign.name, start(schedule))];
    let mut say = |line: String| lines.push(format!("  {line}"));
    match planned.standing {
        Standing::Ahead => {}
        Standing::Overdue { at, lateness } => {
            say(format!("overdue by {}: {}", ago(now, at), what_then(lateness)));
        }
        Standing::Over => say("over: it does not fire any more".to_owned()),
        Standing::Expired => say("expired: nothing of it is sent any more".to_owned()),
    }
    if let Some(run) = &planned.last_run {
        say(format!("last run: {run}"));
    }
    for firing in &planned.firings {
        let here =
            if zone == local { String::new() } else { format!("   {} {local}", shown(local, *firing)) };
        let until = match *firing > now {
            true => format!("in {}", ago(*firing, now)),
            false => format!("{} ago", ago(now, *firing)),
        };
        let change = clock_change(schedule, *firing).map_or("", note_of);
        say(format!("{}{here}   {until}{change}", shown(zone, *firing)));
    }
    if let Some(window) = &schedule.window {
        say(format!("window: {}", window_words(window)));
        if let Some(waits) = planned.firings.first().and_then(|firing| waits_for(window, *firing)) {
            say(waits);
        }
    }
    if let Some(until) = schedule.valid_until {
        say(format!("valid until {}", shown(zone, until)));
    }
    if schedule.approval {
        say("waits for approval each time: disparo approve RUN".to_owned());
    }
    lines.join("\n")
}

fn start(schedule: &Schedule) -> String {
    match &schedule.start {
        Start::Launched => "when it is launched".to_owned(),
        Start::At(at) => format!("at {}", schedule.zone.at(*at).strftime("%Y-%m-%d %H:%M")),
        Start::Cron(cron) => format!("cron {cron}"),
    }
}

/// `Fri 2026-11-27 08:00 -03:00`; seconds where there are some.
fn shown(zone: &Zone, moment: Timestamp) -> String {
    let zoned = zone.at(moment);
    let form = if zoned.second() == 0 { "%a %Y-%m-%d %H:%M %:z" } else { "%a %Y-%m-%d %H:%M:%S %:z" };
    zoned.strftime(form).to_string()
}

/// The time from `earlier` to `later`, in words.
fn ago(later: Timestamp, earlier: Timestamp) -> String {
    words::duration(Duration::try_from(later.duration_since(earlier)).unwrap_or_default())
}

fn what_then(lateness: Lateness) -> &'static str {
    match lateness {
        Lateness::Send => "it is sent as soon as `disparo serve` or `disparo run --scheduled` runs",
        Lateness::Skip => "it is left out, as `late` says",
        Lateness::Hold => "it is held for a person once `disparo serve` or `disparo run --scheduled` runs",
    }
}

fn note_of(change: ClockChange) -> &'static str {
    match change {
        ClockChange::Moved => "   clocks are put forward: its time is left out that day",
        ClockChange::First => "   clocks are put back: the first of the two",
        ClockChange::Second => "   clocks are put back: the second of the two",
    }
}

fn word_of(change: ClockChange) -> &'static str {
    match change {
        ClockChange::Moved => "moved",
        ClockChange::First => "first",
        ClockChange::Second => "second",
    }
}

fn window_words(window: &Window) -> String {
    let hours = match window.from == window.to {
        true => "the whole day".to_owned(),
        false => format!("{}–{}", window.from.strftime("%H:%M"), window.to.strftime("%H:%M")),
    };
    let clock = match window.clock {
        WindowClock::Sender => "",
        WindowClock::Recipient => ", by each recipient's clock",
    };
    let holidays = match u64::try_from(window.holidays.len()) {
        Ok(0) | Err(_) => String::new(),
        Ok(days) => format!(", not on {}", words::counted(days, "holiday", "holidays")),
    };
    format!("{} {hours}{clock}{holidays}", day_words(window.days))
}

/// `mon-sat`, `mon, wed`.
fn day_words(days: Days) -> String {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let open: Vec<usize> = (0..7).filter(|day| days.0.get(*day) == Some(&true)).collect();
    let name = |day: Option<&usize>| day.and_then(|day| NAMES.get(*day)).copied().unwrap_or_default();
    let is_row = open.windows(2).all(|pair| matches!(pair, [one, next] if one + 1 == *next));
    match open.len() {
        7 => "every day".to_owned(),
        3.. if is_row => format!("{}-{}", name(open.first()), name(open.last())),
        _ => open.iter().map(|day| name(Some(day))).collect::<Vec<_>>().join(", "),
    }
}

/// What a firing outside the sender's window waits for. Of recipients' clocks only the numbers tell.
fn waits_for(window: &Window, firing: Timestamp) -> Option<String> {
    if window.clock == WindowClock::Recipient {
        return None;
    }
    match window.next_open(&[], firing) {
        Some(opens) if opens == firing => None,
        Some(opens) => {
            Some(format!("the next one waits for its window until {}", shown(&window.zone, opens)))
        }
        None => Some("its window does not open within a year".to_owned()),
    }
}

/// The campaigns without a schedule in one line; none where there are none.
pub fn drafts(drafts: &[Campaign]) -> Option<String> {
    let names: Vec<&str> = drafts.iter().map(|draft| draft.name.as_str()).collect();
    let count = u64::try_from(names.len()).unwrap_or(u64::MAX);
    let what =
        words::counted(count, "draft, sent when somebody runs it", "drafts, sent when somebody runs them");
    (!names.is_empty()).then(|| format!("{what}: {}", names.join(", ")))
}

/// What scripts read.
pub fn json(planned: &[Planned], drafts: &[Campaign], local: &Zone, now: Timestamp) -> Value {
    let of_planned = planned.iter().map(|planned| {
        let schedule = planned.schedule();
        let (overdue_since, lateness) = match planned.standing {
            Standing::Overdue { at, lateness } => (Some(at), Some(lateness_word(lateness))),
            _ => (None, None),
        };
        let firings = planned.firings.iter().map(|firing| firing_json(schedule, *firing, local, now));
        json!({
            "campaign": planned.campaign.name,
            "file": planned.campaign.file,
            "state": planned.standing.word(),
            "at": match &schedule.start { Start::At(at) => Some(at), _ => None },
            "cron": match &schedule.start { Start::Cron(cron) => Some(cron.to_string()), _ => None },
            "timezone": schedule.zone.name(),
            "overdue_since": overdue_since,
            "then": lateness,
            "last_run": planned.last_run,
            "firings": firings.collect::<Vec<_>>(),
            "window": schedule.window.as_ref().map(window_json),
            "valid_until": schedule.valid_until,
            "late": late_word(schedule.late),
            "overlap": overlap_word(schedule.overlap),
            "approval": schedule.approval,
        })
    });
    let of_drafts = drafts
        .iter()
        .map(|draft| json!({ "campaign": draft.name, "file": draft.file, "state": "draft", "firings": [] }));
    json!({ "timezone": local.name(), "campaigns": of_planned.chain(of_drafts).collect::<Vec<_>>() })
}

fn firing_json(schedule: &Schedule, firing: Timestamp, local: &Zone, now: Timestamp) -> Value {
    let civil = |zone: &Zone| zone.at(firing).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    json!({
        "at": firing,
        "campaign_time": civil(&schedule.zone),
        "local_time": civil(local),
        "weekday": schedule.zone.at(firing).strftime("%A").to_string(),
        "seconds": firing.duration_since(now).as_secs(),
        "clock_change": clock_change(schedule, firing).map(word_of),
    })
}

fn window_json(window: &Window) -> Value {
    json!({
        "days": day_words(window.days),
        "from": window.from.strftime("%H:%M").to_string(),
        "to": window.to.strftime("%H:%M").to_string(),
        "clock": window.clock,
        "holidays": window.holidays.len(),
    })
}

fn lateness_word(lateness: Lateness) -> &'static str {
    match lateness {
        Lateness::Send => "send",
        Lateness::Skip => "skip",
        Lateness::Hold => "hold",
    }
}

fn late_word(late: Late) -> &'static str {
    match late {
        Late::Usual => "usual",
        Late::Send => "send",
        Late::Skip => "skip",
        Late::Hold => "hold",
    }
}

fn overlap_word(overlap: Overlap) -> &'static str {
    match overlap {
        Overlap::Skip => "skip",
        Overlap::Queue => "queue",
    }
}
