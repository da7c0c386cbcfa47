//! A flight plan as a marketer reads it.

use jiff::Timestamp;

use crate::domain::{Campaign, Channel, Days, Start, Window, WindowClock, Zone};
use crate::ui::words;

use super::Cost;
use super::course::{Course, QuotaCourse, Whose};
use super::plan::{FlightPlan, Terms};

/// Days that are told one by one.
const DAYS: usize = 14;
/// Clocks that are told one by one.
const CLOCKS: usize = 5;
/// From how long on it is told when something ends, and not only how long it takes.
const LONG: std::time::Duration = std::time::Duration::from_secs(60 * 60);

/// A moment on the clocks of a zone: `Fri 27 Nov 2026 08:00`.
#[must_use]
pub fn moment(zone: &Zone, at: Timestamp) -> String {
    zone.at(at).strftime("%a %-d %b %Y %H:%M").to_string()
}

/// The lines of a flight plan for a campaign over these channels.
#[must_use]
pub fn lines(
    plan: &FlightPlan,
    campaign: &Campaign,
    channels: &[Channel],
    cost: Option<&Cost>,
) -> Vec<String> {
    let mut lines = Lines { zone: &campaign.schedule.zone, lines: Vec::new(), has_times: false };
    lines.start(campaign, &plan.course);
    if let Some(window) = &campaign.schedule.window {
        lines.add("window", &window_words(window));
        lines.clocks(plan);
    }
    lines.course(campaign, &plan.course);
    lines.left_out(campaign, &plan.course);
    for quota in &plan.course.quotas {
        lines.add("limit", &quota_words(quota, channels));
    }
    if let Some(cost) = cost {
        lines.add("cost", &cost.words());
    }
    if lines.has_times {
        lines.add("times", &format!("are those of {}", lines.zone));
    }
    lines.lines
}

/// Who is not sent to, and why; none where everybody is.
#[must_use]
pub fn left_out(course: &Course, terms: &Terms<'_>) -> Option<String> {
    let people = |count| words::counted(count, "recipient", "recipients");
    let expired = terms.valid_until.filter(|_| course.expired > 0);
    let expired = expired
        .map(|until| format!("{} will not fit before {}", people(course.expired), moment(terms.zone, until)));
    let never = (course.never > 0).then(|| format!("the window does not open for {}", people(course.never)));
    let words: Vec<_> = expired.into_iter().chain(never).collect();
    (!words.is_empty()).then(|| words.join("; "))
}

struct Lines<'a> {
    zone: &'a Zone,
    lines: Vec<String>,
    has_times: bool,
}

impl Lines<'_> {
    fn add(&mut self, name: &str, text: &str) {
        self.lines.push(format!("  {name:<14}{text}"));
    }

    fn moment(&mut self, at: Timestamp) -> String {
        self.has_times = true;
        moment(self.zone, at)
    }

    fn start(&mut self, campaign: &Campaign, course: &Course) {
        let start = self.moment_if(course, campaign);
        match (&campaign.schedule.start, start) {
            (Start::At(at), None) => {
                let at = self.moment(*at);
                self.add("starts", &format!("its time, {at}, has passed; as if it were launched now:"));
            }
            (Start::Cron(cron), None) => {
                self.add("starts", &format!("`{cron}` does not come again; as if it were launched now:"));
            }
            (Start::At(_), Some(start)) => self.add("starts", &start),
            (Start::Cron(cron), Some(start)) => {
                self.add("starts", &format!("{start}, the next time of `{cron}`"))
            }
            (Start::Launched, _) => {}
        }
        if campaign.schedule.approval {
            self.add("approval", "it waits until a person approves it");
        }
    }

    /// When a schedule starts it; none where nothing does any more.
    fn moment_if(&mut self, course: &Course, campaign: &Campaign) -> Option<String> {
        let is_scheduled = match &campaign.schedule.start {
            Start::Launched => false,
            Start::At(at) => *at == course.start,
            Start::Cron(cron) => {
                let before = course.start - jiff::SignedDuration::from_secs(1);
                cron.next_after(self.zone, before) == Some(course.start)
            }
        };
        is_scheduled.then(|| self.moment(course.start))
    }

    fn clocks(&mut self, plan: &FlightPlan) {
        for (zones, people) in plan.clocks.iter().take(CLOCKS) {
            let names: Vec<_> = zones.iter().map(Zone::name).collect();
            let names = if names.is_empty() {
                format!("the sender's ({}), as their numbers do not say where they are", self.zone)
            } else {
                names.join(" and ")
            };
            self.add("", &format!("{} by {names}", words::count(*people)));
        }
        let others = plan.clocks.get(CLOCKS..).unwrap_or_default();
        if !others.is_empty() {
            let people = others.iter().map(|(_, people)| people).sum();
            let clocks = words::counted(others.len() as u64, "other clock", "other clocks");
            self.add("", &format!("{} by {clocks}", words::count(people)));
        }
    }

    fn course(&mut self, campaign: &Campaign, course: &Course) {
        if let Some(first) = course.first.filter(|first| *first > course.start) {
            let first = self.moment(first);
            self.add("first", &first);
        }
        match course.duration() {
            Some(duration) => self.add("takes", &format!("{} at the least", words::duration(duration))),
            None if course.end.is_none() && (course.never > 0 || course.expired > 0) => {}
            None => self.add("takes", "as long as the provider: no rate holds it back"),
        }
        let is_planned = campaign.schedule.window.is_some()
            || campaign.schedule.valid_until.is_some()
            || campaign.schedule.start != Start::Launched
            || course.duration().is_some_and(|duration| duration >= LONG);
        if let Some(end) = course.end.filter(|_| is_planned) {
            let end = self.moment(end);
            self.add("ends", &format!("{end} at the earliest"));
        }
        if course.days.len() > 1 {
            for (date, people) in course.days.iter().take(DAYS) {
                self.add("", &format!("{}  {:>12}", date.strftime("%a %e %b %Y"), words::count(*people)));
            }
            let others = course.days.get(DAYS..).unwrap_or_default();
            if !others.is_empty() {
                let people = others.iter().map(|(_, people)| people).sum();
                let days = words::counted(others.len() as u64, "further day", "further days");
                self.add("", &format!("{days}  {:>12}", words::count(people)));
            }
        }
    }

    fn left_out(&mut self, campaign: &Campaign, course: &Course) {
        if let Some(until) = campaign.schedule.valid_until {
            let until = self.moment(until);
            let words = match course.expired {
                0 => format!("{until}: everybody fits"),
                expired => {
                    format!("{until}: {} will not fit", words::counted(expired, "recipient", "recipients"))
                }
            };
            self.add("valid until", &words);
        }
        if course.never > 0 {
            let people = words::counted(course.never, "recipient", "recipients");
            self.add("never", &format!("the window does not open for {people}"));
        }
        if course.beyond > 0 {
            let people = words::counted(course.beyond, "recipient is", "recipients are");
            self.add("later", &format!("{people} not sent to within 400 days"));
        }
    }
}

fn quota_words(quota: &QuotaCourse, channels: &[Channel]) -> String {
    let whose = match &quota.whose {
        Whose::Campaign => "the campaign".to_owned(),
        Whose::Channel(index) => channels.get(*index).map(|channel| channel.name.clone()).unwrap_or_default(),
        Whose::Portfolio(name) => format!("the portfolio {name}"),
    };
    format!(
        "{whose}, {}: {} used before, {} by this run, {} left at its end",
        quota.limit,
        words::count(quota.before),
        words::count(quota.taken),
        words::count(quota.left())
    )
}

/// `mon-fri 08:00-20:00 on the recipients' clocks, but for 2 holidays`.
fn window_words(window: &Window) -> String {
    let whose = match window.clock {
        WindowClock::Sender => format!("in {}", window.zone),
        WindowClock::Recipient => "on each recipient's clock".to_owned(),
    };
    let time = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
    let holidays = match window.holidays.len() as u64 {
        0 => String::new(),
        several => format!(", but for {}", words::counted(several, "holiday", "holidays")),
    };
    format!("{} {}-{} {whose}{holidays}", days_words(window.days), time(window.from), time(window.to))
}

/// `every day`, `mon-fri`, `mon-wed,fri`.
pub(super) fn days_words(days: Days) -> String {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    if days == Days::ALL {
        return "every day".to_owned();
    }
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for day in (0..NAMES.len()).filter(|day| days.0[*day]) {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == day => *last = day,
            _ => spans.push((day, day)),
        }
    }
    let words = spans.into_iter().map(|(first, last)| match last - first {
        0 => NAMES[first].to_owned(),
        1 => format!("{},{}", NAMES[first], NAMES[last]),
        _ => format!("{}-{}", NAMES[first], NAMES[last]),
    });
    words.collect::<Vec<_>>().join(",")
}
