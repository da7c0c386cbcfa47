//! Progress where lines cannot be drawn over: a plain sentence at the start, every few seconds and at the end.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Tick;
use crate::domain::{RunId, RunState};
use crate::ui::words;

use super::view::{RunView, View};

/// Time between two sentences about a run that sends.
const INTERVAL: Duration = Duration::from_secs(5);

/// What was already said.
#[derive(Debug, Default)]
pub(super) struct Plain {
    said: BTreeMap<RunId, Said>,
}

#[derive(Debug)]
struct Said {
    at: Tick,
    end: bool,
}

impl Plain {
    /// The sentences that are due now.
    pub(super) fn due(&mut self, view: &View, now: Tick) -> Vec<String> {
        let mut sentences = Vec::new();
        for (id, run) in &view.runs {
            let said = self.said.entry(*id).or_insert_with(|| {
                sentences.push(start(run));
                Said { at: now, end: false }
            });
            if run.has_ended() && !said.end {
                sentences.push(end(run));
            } else if run.shut_words().is_some() {
                // Told when it began to wait: nothing is new until it goes on.
                said.at = now;
            } else if !run.has_ended() && now.since(said.at) >= INTERVAL {
                sentences.push(middle(run, now));
                said.at = now;
            }
            said.end = run.has_ended();
        }
        sentences
    }
}

fn start(run: &RunView) -> String {
    let channels: Vec<_> = run.channels.iter().map(|channel| channel.name.as_str()).collect();
    let recipients = words::counted(run.to_send, "recipient", "recipients");
    format!("{}: sending to {recipients} through {}", run.name, channels.join(", "))
}

fn middle(run: &RunView, now: Tick) -> String {
    if let Some(canary) = &run.canary {
        return format!("{}: {}", run.name, canary.words());
    }
    let done = format!("{} of {} sent", words::count(run.tally.accepted), words::count(run.whole()));
    let pace = words::speed(run.per_second(now));
    let left = match run.time_left(now) {
        Some(left) => format!("about {} left", words::duration(left)),
        None => "waiting".to_owned(),
    };
    format!("{}: {done}, {}, {pace}, {left}", run.name, rest(run))
}

fn end(run: &RunView) -> String {
    let state = run.state.as_ref().map_or("sending", RunState::word);
    let pending = match run.tally.pending {
        0 => String::new(),
        pending => format!(", {} pending", words::count(pending)),
    };
    format!("{}: {state}: {} sent, {}{pending}", run.name, words::count(run.tally.accepted), rest(run))
}

fn rest(run: &RunView) -> String {
    format!("{} rejected, {} in doubt", words::count(run.tally.rejected), words::count(run.in_doubt()))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::view::tests::{RUN, at, settled, started};
    use super::*;
    use crate::domain::Tally;
    use crate::events::Event;

    #[test]
    fn a_run_is_told_in_a_few_plain_lines() {
        let mut plain = Plain::default();
        let mut view = View::default();
        assert!(plain.due(&view, at(0)).is_empty());
        view.hear(started(&["wati-a", "wati-b"], 50_000), at(0));
        let mut told = plain.due(&view, at(0));
        assert!(plain.due(&view, at(4)).is_empty(), "not yet");
        let mut tally = Tally { recipients: 50_000, pending: 49_800, accepted: 196, ..Tally::default() };
        tally.rejected = 1;
        tally.in_doubt = 3;
        view.hear(settled(0, [196, 1, 0], tally, 3), at(5));
        told.extend(plain.due(&view, at(5)));
        told.extend(plain.due(&view, at(60)));
        view.hear(Event::State { run: RUN, state: RunState::Paused, tally }, at(61));
        told.extend(plain.due(&view, at(61)));
        assert!(plain.due(&view, at(90)).is_empty(), "the end is told once");
        insta::assert_snapshot!(told.join("\n"), @"
        welcome-1: sending to 50,000 recipients through wati-a, wati-b
        welcome-1: 196 of 50,000 sent, 1 rejected, 0 in doubt, 39/s, about 21m 4s left
        welcome-1: 196 of 50,000 sent, 1 rejected, 0 in doubt, 0/s, waiting
        welcome-1: paused: 196 sent, 1 rejected, 3 in doubt, 49,800 pending
        ");
        assert!(!told.join("").chars().any(char::is_control));
    }

    #[test]
    fn a_canary_is_told_while_it_is_waited_for() {
        let mut plain = Plain::default();
        let mut view = View::default();
        let canary = |delivered| Event::Canary {
            run: RUN,
            sent: 500,
            delivered,
            failed: 3,
            until: Timestamp::from_second(52_325).expect("a time"),
        };
        view.hear(started(&["demo"], 5_000), at(0));
        let mut told = plain.due(&view, at(0));
        told.extend(view.hear(canary(0), at(1)));
        assert_eq!(view.hear(canary(431), at(4)), None, "told once at once");
        told.extend(plain.due(&view, at(5)));
        let tally = Tally { recipients: 5_000, pending: 4_400, accepted: 600, ..Tally::default() };
        view.hear(settled(0, [100, 0, 0], tally, 0), at(9));
        let after = plain.due(&view, at(10)).join("");
        assert!(after.starts_with("welcome-1: 600 of 5,000 sent, 0 rejected"), "{after}");
        insta::assert_snapshot!(told.join("\n"), @"
        welcome-1: sending to 5,000 recipients through demo
        welcome-1: canary: 500 sent, judged at 14:32:05 UTC, 0 delivered, 3 failed; everybody else waits
        welcome-1: canary: 500 sent, judged at 14:32:05 UTC, 431 delivered, 3 failed
        ");
    }

    #[test]
    fn a_run_that_ends_at_once_is_told_whole() {
        let mut plain = Plain::default();
        let mut view = View::default();
        view.hear(started(&["demo"], 1), at(0));
        let tally = Tally { recipients: 1, accepted: 1, ..Tally::default() };
        view.hear(Event::State { run: RUN, state: RunState::Completed, tally }, at(0));
        insta::assert_snapshot!(plain.due(&view, at(0)).join("\n"), @"
        welcome-1: sending to 1 recipient through demo
        welcome-1: completed: 1 sent, 0 rejected, 0 in doubt
        ");
    }
}
