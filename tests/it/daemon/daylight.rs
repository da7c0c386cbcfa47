//! A cron campaign over the two days of the year on which New York changes its clocks.
//!
//! A named time that is left out comes at the first moment after the gap, and one that comes twice comes once, at
//! the first; a pattern of steps goes by what clocks show.

use jiff::{SignedDuration, Timestamp};

use super::firings::{fired, scheduled, until_run};
use crate::harness::{Serve, Workspace};

const PATTERNS: [(&str, &str); 4] = [
    ("half-past-two", "30 2 * * *"),
    ("half-past-one", "30 1 * * *"),
    ("eight", "0 8 * * *"),
    ("steps", "*/30 1-3 * * *"),
];

/// A day: half an hour before its first firing, the evening, when something fires next, and when each of [`PATTERNS`] fires.
struct Day {
    begin: &'static str,
    end: &'static str,
    next: &'static str,
    firings: [&'static [&'static str]; 4],
}

/// 02:00 to 03:00 is left out.
const SPRING: Day = Day {
    begin: "2027-03-14T00:30:00-05:00",
    end: "2027-03-14T23:59:00-04:00",
    next: "2027-03-15T05:00:00Z",
    firings: [
        &["2027-03-14T07:00:00Z"],
        &["2027-03-14T06:30:00Z"],
        &["2027-03-14T12:00:00Z"],
        &["2027-03-14T06:00:00Z", "2027-03-14T06:30:00Z", "2027-03-14T07:00:00Z", "2027-03-14T07:30:00Z"],
    ],
};

/// 01:00 to 02:00 comes twice.
const AUTUMN: Day = Day {
    begin: "2027-11-07T00:30:00-04:00",
    end: "2027-11-07T23:59:00-05:00",
    next: "2027-11-08T06:00:00Z",
    firings: [
        &["2027-11-07T07:30:00Z"],
        &["2027-11-07T05:30:00Z"],
        &["2027-11-07T13:00:00Z"],
        &[
            "2027-11-07T05:00:00Z",
            "2027-11-07T05:30:00Z",
            "2027-11-07T06:00:00Z",
            "2027-11-07T06:30:00Z",
            "2027-11-07T07:00:00Z",
            "2027-11-07T07:30:00Z",
            "2027-11-07T08:00:00Z",
            "2027-11-07T08:30:00Z",
        ],
    ],
};

impl Day {
    fn workspace(&self) -> Workspace {
        let workspace = Workspace::at(self.begin);
        for (name, pattern) in PATTERNS {
            let schedule = format!("cron = \"{pattern}\"\ntimezone = \"America/New_York\"");
            scheduled(&workspace, name, 2, &schedule);
        }
        workspace
    }

    /// Every moment at which something fires, with the campaigns that do.
    fn moments(&self) -> Vec<(&'static str, Vec<&'static str>)> {
        let mut moments: Vec<&str> = self.firings.concat();
        moments.sort_unstable();
        moments.dedup();
        let due = |moment: &str| {
            let named = PATTERNS.iter().zip(self.firings);
            named.filter(|(_, firings)| firings.contains(&moment)).map(|((name, _), _)| *name).collect()
        };
        moments.into_iter().map(|moment| (moment, due(moment))).collect()
    }

    fn holds_in(&self, workspace: &Workspace) {
        for ((name, pattern), firings) in PATTERNS.iter().zip(self.firings) {
            assert_eq!(fired(workspace, name), firings, "{pattern}");
        }
    }
}

/// Long enough before that time, which goes on by itself, does not get there on a busy machine.
fn minutes_before(moment: &str) -> String {
    let moment: Timestamp = moment.parse().expect("a moment");
    (moment - SignedDuration::from_mins(5)).to_string()
}

fn is_served(day: &Day) {
    let workspace = day.workspace();
    let mut serve = Serve::start(&workspace);
    serve.process().until("the schedules", |serve| serve.stderr().contains("4 schedules").then_some(()));
    for (moment, due) in day.moments() {
        workspace.clock().jump_to(&minutes_before(moment));
        workspace.clock().jump_to(moment);
        for name in due {
            until_run(&workspace, name, moment, "completed");
        }
    }
    workspace.clock().jump_to(day.end);
    let tomorrow = "the next is due";
    serve.process().until("tomorrow", |serve| {
        let said = serve.stderr();
        let last = said.lines().rfind(|line| line.contains(tomorrow))?;
        last.contains(day.next).then_some(())
    });
    day.holds_in(&workspace);
    serve.terminate().expect(0);
    day.holds_in(&workspace);
}

fn is_kept_by_cron(day: &Day) {
    let workspace = day.workspace();
    let pass = || {
        let passed = workspace.disparo(["run", "--scheduled"]).finish().expect(0);
        assert_eq!((passed.stdout.as_str(), passed.stderr.as_str()), ("", ""), "all went well");
    };
    pass();
    let mut passed = 0;
    for (moment, due) in day.moments() {
        workspace.clock().jump_to(&minutes_before(moment));
        pass();
        assert_eq!(PATTERNS.map(|(name, _)| fired(&workspace, name).len()).iter().sum::<usize>(), passed);
        workspace.clock().jump_to(moment);
        pass();
        passed += due.len();
        pass();
    }
    workspace.clock().jump_to(day.end);
    pass();
    day.holds_in(&workspace);
}

#[test]
fn serve_fires_as_stated_where_an_hour_is_left_out() {
    is_served(&SPRING);
}

#[test]
fn serve_fires_as_stated_where_an_hour_comes_twice() {
    is_served(&AUTUMN);
}

#[test]
fn cron_fires_as_stated_where_an_hour_is_left_out() {
    is_kept_by_cron(&SPRING);
}

#[test]
fn cron_fires_as_stated_where_an_hour_comes_twice() {
    is_kept_by_cron(&AUTUMN);
}
