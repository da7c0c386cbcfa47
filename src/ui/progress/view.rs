//! What events have told so far: a picture of each run, redrawn by whoever shows it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Tick;
use crate::domain::{RunId, RunName, RunState, Tally, Zone};
use crate::events::Event;
use crate::report::local_moment;
use crate::ui::words;

use super::speed::Speed;

/// The same cause is told again for a channel only after this long.
const SAME_CAUSE: Duration = Duration::from_secs(10);

/// All runs heard of.
#[derive(Debug, Default)]
pub(super) struct View {
    /// By number, which is the order in which they were planned.
    pub(super) runs: BTreeMap<RunId, RunView>,
}

/// One run.
#[derive(Debug)]
pub(super) struct RunView {
    pub(super) name: RunName,
    pub(super) channels: Vec<ChannelView>,
    pub(super) tally: Tally,
    /// Recipients still to be sent when this process began.
    pub(super) to_send: u64,
    in_flight: u64,
    /// The last state told; `None` until the first.
    pub(super) state: Option<RunState>,
    speed: Speed,
    /// What is known of the canary while it is waited for.
    pub(super) canary: Option<CanaryView>,
    /// When it goes on, and in whose zone that is told, while it is outside its window.
    goes_on: Option<(Timestamp, Zone)>,
    /// Whether events were lost, so that the channels' counts are too low. The tally is always exact.
    pub(super) lost_events: bool,
}

/// A canary that is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CanaryView {
    pub(super) sent: u64,
    pub(super) delivered: u64,
    pub(super) failed: u64,
    pub(super) until: Timestamp,
}

/// One channel of a run, since this process began to send.
#[derive(Debug)]
pub(super) struct ChannelView {
    pub(super) name: String,
    pub(super) accepted: u64,
    pub(super) rejected: u64,
    pub(super) in_doubt: u64,
    pub(super) speed: Speed,
    waits_until: Tick,
    last_cause: Option<(String, Tick)>,
}

impl View {
    /// Takes in one event; gives a sentence where people should be told at once.
    pub(super) fn hear(&mut self, event: Event, now: Tick) -> Option<String> {
        match event {
            // Of plans, whoever makes them tells; what calls come to is in what is settled.
            Event::Fetched { .. } | Event::LookedAt { .. } | Event::Called { .. } | Event::Blamed { .. } => {
                None
            }
            Event::Started { run, name, channels, tally } => {
                self.runs.insert(run, RunView::starting(name, channels, tally, now));
                None
            }
            Event::Settled { run, channel, accepted, rejected, in_doubt, tally, in_flight } => {
                let view = self.runs.get_mut(&run)?;
                view.tally = tally;
                view.in_flight = in_flight;
                view.canary = None;
                view.goes_on = None;
                let settled = u64::from(accepted) + u64::from(rejected);
                view.speed.count(settled, now);
                let channel = view.channels.get_mut(usize::from(channel))?;
                channel.accepted += u64::from(accepted);
                channel.rejected += u64::from(rejected);
                channel.in_doubt += u64::from(in_doubt);
                channel.speed.count(settled, now);
                None
            }
            Event::Throttled { run, channel, wait } => {
                let channel = self.channel(run, channel)?;
                channel.waits_until = now.after(wait);
                channel.tell("the provider asks to slow down".to_owned(), wait, now)
            }
            Event::NotSent { run, channel, cause, wait } => {
                let channel = self.channel(run, channel)?;
                channel.waits_until = now.after(wait);
                channel.tell(cause, wait, now)
            }
            Event::UsedUp { run, channel, limit, until } => {
                let view = self.runs.get(&run)?;
                let channel = view.channels.get(usize::from(channel))?;
                Some(format!(
                    "{}: channel {}: {}",
                    view.name,
                    channel.name,
                    words::used_up(&limit.to_string(), until)
                ))
            }
            Event::Unanswered { run, channel, cause } => {
                let channel = self.channel(run, channel)?;
                Some(format!(
                    "{}: {cause}; what nobody knows stays in doubt, and is asked for once more by `disparo resume`",
                    channel.name
                ))
            }
            Event::Canary { run, sent, delivered, failed, until } => {
                let view = self.runs.get_mut(&run)?;
                let canary = CanaryView { sent, delivered, failed, until };
                let is_first = view.canary.replace(canary).is_none();
                is_first.then(|| format!("{}: {}; everybody else waits", view.name, canary.words()))
            }
            Event::Waits { run, until, zone } => {
                let view = self.runs.get_mut(&run)?;
                view.in_flight = 0;
                view.goes_on = Some((until, zone));
                Some(format!("{}: {}", view.name, view.shut_words()?))
            }
            Event::State { run, state, tally } => {
                let view = self.runs.get_mut(&run)?;
                view.tally = tally;
                view.goes_on = None;
                if state != RunState::Sending {
                    view.in_flight = 0;
                }
                view.state = Some(state);
                None
            }
        }
    }

    /// Some events were told faster than they were heard.
    pub(super) fn lose_events(&mut self) {
        for run in self.runs.values_mut() {
            run.lost_events = true;
        }
    }

    fn channel(&mut self, run: RunId, channel: u16) -> Option<&mut ChannelView> {
        self.runs.get_mut(&run)?.channels.get_mut(usize::from(channel))
    }
}

impl RunView {
    fn starting(name: RunName, channels: Vec<String>, tally: Tally, now: Tick) -> Self {
        let channels = channels.into_iter().map(|name| ChannelView {
            name,
            accepted: 0,
            rejected: 0,
            in_doubt: 0,
            speed: Speed::starting(now),
            waits_until: now,
            last_cause: None,
        });
        Self {
            name,
            channels: channels.collect(),
            tally,
            to_send: tally.pending,
            in_flight: 0,
            state: None,
            speed: Speed::starting(now),
            canary: None,
            goes_on: None,
            lost_events: false,
        }
    }

    /// `outside its window, goes on Mon 2026-11-23 08:00 (America/Sao_Paulo)`, while it is.
    pub(super) fn shut_words(&self) -> Option<String> {
        let (until, zone) = self.goes_on.as_ref()?;
        Some(format!("outside its window, goes on {}", local_moment(*until, zone)))
    }

    /// Recipients in doubt, without those whose call is merely under way.
    pub(super) fn in_doubt(&self) -> u64 {
        self.tally.in_doubt.saturating_sub(self.in_flight)
    }

    /// Recipients still to be settled by this process: pending and under way.
    pub(super) fn left(&self) -> u64 {
        self.tally.pending + self.in_flight.min(self.tally.in_doubt)
    }

    /// Everyone who was to be sent, now or in an earlier process.
    pub(super) fn whole(&self) -> u64 {
        self.tally.accepted + self.tally.rejected + self.tally.in_doubt + self.tally.pending
    }

    /// Recipients settled per second.
    pub(super) fn per_second(&self, now: Tick) -> f64 {
        self.speed.per_second(now)
    }

    /// How long the rest will take at the present speed; `None` while nothing moves.
    pub(super) fn time_left(&self, now: Tick) -> Option<Duration> {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let seconds = self.left() as f64 / self.per_second(now);
        Duration::try_from_secs_f64(seconds).ok()
    }

    /// Whether the run no longer sends in this process.
    pub(super) fn has_ended(&self) -> bool {
        self.state.as_ref().is_some_and(|state| *state != RunState::Sending)
    }
}

impl CanaryView {
    /// `canary: 500 sent, judged at 14:32:05 UTC, 431 delivered, 3 failed`.
    pub(super) fn words(&self) -> String {
        format!(
            "canary: {} sent, judged at {}, {} delivered, {} failed",
            words::count(self.sent),
            self.until.strftime("%H:%M:%S UTC"),
            words::count(self.delivered),
            words::count(self.failed)
        )
    }

    /// `canary judged at 14:32 UTC`, and what became of it where there is room.
    pub(super) fn short_words(&self, is_roomy: bool) -> String {
        let judged = format!("canary judged at {}", self.until.strftime("%H:%M UTC"));
        if !is_roomy {
            return judged;
        }
        let (delivered, failed) = (words::count(self.delivered), words::count(self.failed));
        format!("{judged} · {delivered} delivered · {failed} failed")
    }
}

impl ChannelView {
    /// How much longer no call is made.
    pub(super) fn waits(&self, now: Tick) -> Duration {
        self.waits_until.since(now)
    }

    /// Many calls in flight fail alike: the cause is told once in a while.
    fn tell(&mut self, cause: String, wait: Duration, now: Tick) -> Option<String> {
        if self.last_cause.as_ref().is_some_and(|(last, at)| *last == cause && now.since(*at) < SAME_CAUSE) {
            return None;
        }
        let sentence = format!(
            "{}: {cause}; nothing was lost, going on in {}",
            self.name,
            words::duration(wait.max(Duration::from_secs(1)))
        );
        self.last_cause = Some((cause, now));
        Some(sentence)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::ui::progress) const RUN: RunId = RunId(1);

    pub(in crate::ui::progress) fn at(seconds: u64) -> Tick {
        Tick(Duration::from_secs(seconds))
    }

    pub(in crate::ui::progress) fn started(channels: &[&str], recipients: u64) -> Event {
        Event::Started {
            run: RUN,
            name: RunName::new("Welcome", RUN),
            channels: channels.iter().map(|&name| name.to_owned()).collect(),
            tally: Tally { rows: recipients, recipients, pending: recipients, ..Tally::default() },
        }
    }

    pub(in crate::ui::progress) fn settled(
        channel: u16,
        counts: [u32; 3],
        tally: Tally,
        flying: u64,
    ) -> Event {
        let [accepted, rejected, in_doubt] = counts;
        Event::Settled { run: RUN, channel, accepted, rejected, in_doubt, tally, in_flight: flying }
    }

    #[test]
    fn calls_in_flight_are_not_shown_as_doubt() {
        let mut view = View::default();
        view.hear(started(&["demo"], 100), at(0));
        let tally = Tally { recipients: 100, pending: 60, accepted: 20, in_doubt: 20, ..Tally::default() };
        view.hear(settled(0, [20, 0, 0], tally, 15), at(1));
        let run = &view.runs[&RUN];
        assert_eq!((run.in_doubt(), run.left(), run.whole()), (5, 75, 100));
        assert_eq!(run.time_left(at(1)), Some(Duration::from_millis(3_750)));
        assert_eq!(run.time_left(at(60)), None, "nothing moves");
    }

    #[test]
    fn a_cause_that_many_calls_share_is_told_once() {
        let mut view = View::default();
        view.hear(started(&["demo"], 100), at(0));
        let cause = |cause: &str| Event::NotSent {
            run: RUN,
            channel: 0,
            cause: cause.to_owned(),
            wait: Duration::from_secs(2),
        };
        let told = view.hear(cause("connection refused"), at(0));
        insta::assert_snapshot!(told.expect("told"), @"demo: connection refused; nothing was lost, going on in 2s");
        assert_eq!(view.hear(cause("connection refused"), at(1)), None);
        assert!(view.hear(cause("no such host"), at(2)).is_some());
        assert!(view.hear(cause("no such host"), at(12)).is_some());
        assert_eq!(view.runs[&RUN].channels[0].waits(at(13)), Duration::from_secs(1));
        assert_eq!(view.runs[&RUN].channels[0].waits(at(15)), Duration::ZERO);
    }

    #[test]
    fn events_of_unknown_runs_and_channels_are_no_fault() {
        let mut view = View::default();
        assert_eq!(view.hear(settled(0, [1, 0, 0], Tally::default(), 0), at(0)), None);
        view.hear(started(&["demo"], 1), at(0));
        view.hear(settled(7, [1, 0, 0], Tally { accepted: 1, ..Tally::default() }, 0), at(0));
        assert_eq!(view.runs[&RUN].tally.accepted, 1);
    }
}
