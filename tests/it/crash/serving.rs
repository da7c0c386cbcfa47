//! SIGKILL of `serve` at random moments while it sends three campaigns that came to it in three ways: each restart
//! goes on by itself, nothing is launched twice, and every promise holds.
//!
//! `DISPARO_CRASH_SEED` repeats the moments; `DISPARO_CRASH_KILLS` and `DISPARO_CRASH_RECIPIENTS` make it longer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use disparo::domain::Tally;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use super::team::{FIRINGS, IN_DOUBT, OPENS, Team};
use crate::harness::{Deadline, Running, Serve, knob, report, seed, tell, until};

/// Kills while it sends, unless the knob says otherwise.
const KILLS: u64 = 14;

/// Kills around each plan, at most.
const PLANS: u64 = 2;

/// A kill comes so many milliseconds after the moment for which it waits, at most: of a plan, of a process, of the
/// first message of a process.
const PLANNING: u64 = 90;
const START_UP: u64 = 400;
const SENDING: u64 = 350;

/// The process that sends, and whoever kills it.
struct Killer {
    team: Team,
    random: StdRng,
    wanted: u64,
    kills: Kills,
    /// Of each part of the people, at the last kill while it sent.
    reached: [usize; 4],
    /// Kills since whose forerunner somebody was sent to of so many campaigns.
    at_once: BTreeMap<usize, u64>,
}

#[derive(Debug, Default)]
struct Kills {
    planning: u64,
    starting: u64,
    sending: u64,
}

impl Kills {
    fn all(&self) -> u64 {
        self.planning + self.starting + self.sending
    }
}

impl Killer {
    fn new(seed: u64) -> Self {
        let wanted = knob("DISPARO_CRASH_KILLS").unwrap_or(KILLS);
        let random = StdRng::seed_from_u64(seed);
        let (kills, at_once) = (Kills::default(), BTreeMap::new());
        Self { team: Team::new(seed), random, wanted, kills, reached: [0; 4], at_once }
    }

    /// Lets up to so many milliseconds of the process's life pass.
    fn hesitate(&mut self, process: &mut Running, most: u64) {
        let moment = Deadline::after(Duration::from_millis(self.random.random_range(0..most)));
        process.until("a random moment", |_| moment.left().is_none().then_some(()));
    }

    /// Kills whoever plans the campaign that `launch` launches, until its run exists; what has to happen once more
    /// in the next process, `launch` does once more. `is_it` tells the run from others.
    fn plan(
        &mut self,
        what: &str,
        is_it: impl Fn(&Value) -> bool,
        mut launch: impl FnMut(&Team, &mut Serve) -> Option<Running>,
    ) -> Value {
        let exists = |team: &Team| team.runs().into_iter().find(&is_it);
        let mut left = PLANS;
        loop {
            // Who looks at the runs clears away what a dead process has half planned.
            if let Some(run) = exists(&self.team) {
                return run;
            }
            let before = self.team.rosters();
            let mut serve = self.team.serve();
            let client = launch(&self.team, &mut serve);
            let team = &self.team;
            serve.process().until(what, |_| (team.rosters() != before).then_some(()));
            if left == 0 {
                until(what, || exists(&self.team));
            }
            left = left.saturating_sub(1);
            self.hesitate(serve.process(), PLANNING);
            serve.kill();
            self.kills.planning += 1;
            if let Some(client) = client {
                let ended = client.wait();
                assert!(ended.code().is_some_and(|code| code != 0), "{ended}");
            }
        }
    }

    /// One life of `serve` and its end.
    fn live(&mut self) {
        let accepted = self.accepted();
        let address = self.team.base_url.trim_start_matches("http://").to_owned();
        if self.random.random_ratio(1, 5) {
            let mut process = self.team.workspace.disparo(["serve", "--listen", &address]).start();
            self.hesitate(&mut process, START_UP);
            process.kill();
            self.kills.starting += 1;
            return;
        }
        let most = self.random.random_range(1..=2 * self.share(accepted));
        let moment = self.random.random_range(0..SENDING);
        let mut serve = self.team.serve();
        let team = &self.team;
        let now = || team.workspace.sandbox().count("accepted");
        serve.process().until("somebody to be sent to", |_| (now() > accepted).then_some(()));
        let deadline = Deadline::after(Duration::from_millis(moment));
        serve.process().lives_until(|| deadline.left().is_none() || now() >= accepted + most);
        serve.kill();
        self.kills.sending += 1;
        let reached = self.team.reached(&self.team.workspace.sandbox().accepted());
        let is_sent = |(before, now): &(&usize, &usize)| before < now;
        let under_way = self.reached.iter().zip(&reached).filter(is_sent).count();
        self.reached = reached;
        *self.at_once.entry(under_way).or_default() += 1;
    }

    fn accepted(&self) -> u64 {
        self.team.workspace.sandbox().count("accepted")
    }

    /// How many people one life may send to on the average, so that some are left for the others.
    fn share(&self, accepted: u64) -> u64 {
        let all: usize = self.team.people.iter().map(|part| part.phones().len()).sum();
        let left = (all as u64).saturating_sub(accepted + 2 * IN_DOUBT[0]);
        (left / (self.wanted + 4).saturating_sub(self.kills.sending)).max(1)
    }

    /// Kills until so many kills of a sending process are done.
    fn live_until(&mut self, kills: u64) {
        while self.kills.sending < kills {
            self.live();
        }
    }

    /// The clock jumps while `serve` sends, and it dies within moments.
    fn jump(&mut self, moment: &str) {
        let mut serve = self.team.serve();
        self.team.workspace.clock().jump_to(moment);
        self.hesitate(serve.process(), START_UP);
        serve.kill();
        self.kills.starting += 1;
    }

    /// Whoever started `asked` by hand goes on with it where it was planned and not begun: by hand, too.
    fn ask(&mut self) {
        let is_it = |run: &Value| run["campaign"] == "asked";
        let run = self.plan("the plan of asked", is_it, |team, _| Some(team.ask(None)));
        if run["state"] != "planned" {
            return;
        }
        let name = run["run"].as_str().expect("a name").to_owned();
        let mut serve = self.team.serve();
        let mut client = self.team.ask(Some(&name));
        let team = &self.team;
        client.until("asked to be sent", |_| {
            team.runs().iter().any(|run| is_it(run) && run["state"] == "sending").then_some(())
        });
        self.hesitate(serve.process(), SENDING);
        serve.kill();
        self.kills.starting += 1;
        drop(client.wait());
    }

    /// Everything that happens, up to the last kill.
    fn suffer(&mut self) {
        self.team.drop();
        self.plan("the plan of dropped", |run| run["campaign"] == "dropped", |_, _| None);
        let mut has_come = false;
        self.plan("the plan of timed", is_fired(FIRINGS[0]), |team, serve| {
            if !has_come {
                serve
                    .process()
                    .until("the schedule", |serve| serve.stderr().contains("1 schedule;").then_some(()));
                team.workspace.clock().jump_to(FIRINGS[0]);
                has_come = true;
            }
            None
        });
        self.ask();
        self.live_until(self.wanted / 4);
        self.jump(OPENS);
        self.live_until(self.wanted / 2);
        self.team.change_audience();
        // It waits in its queue while the run before it is sent.
        self.jump(FIRINGS[1]);
        self.live_until(self.wanted);
    }

    /// The last process, which nobody kills: it ends everything.
    fn end(&self) {
        let serve = self.team.serve();
        until("every run to have ended", || {
            let runs = self.team.runs();
            let is_over = |run: &Value| run["state"] == "completed" || run["state"] == "settling";
            (runs.len() >= 4 && runs.iter().all(is_over)).then_some(())
        });
        // Posts that found nobody are made again after a minute at most.
        for _ in 0..2 {
            self.team.workspace.clock().advance(SignedDuration::from_secs(70));
            self.team.workspace.sandbox().until_quiet();
        }
        serve.terminate().expect(0);
    }

    /// Nothing is launched twice, and no firing is lost.
    fn launches(&self, runs: &[Value]) {
        let mut launches: Vec<_> = runs.iter().map(|run| (&run["campaign"], &run["launch"]["by"])).collect();
        launches.sort_by_key(|(campaign, _)| campaign.as_str());
        let launches: Vec<_> =
            launches.into_iter().map(|(campaign, by)| (campaign.as_str(), by.as_str())).collect();
        let (asked, dropped, timed) = (
            (Some("asked"), Some("hand")),
            (Some("dropped"), Some("inbox")),
            (Some("timed"), Some("schedule")),
        );
        assert_eq!(launches, [asked, dropped, timed, timed], "{runs:#?}");
        for firing in FIRINGS {
            assert_eq!(runs.iter().filter(|run| is_fired(firing)(run)).count(), 1, "{firing}: {runs:#?}");
        }
    }

    /// The promises that the oracle cannot know of.
    fn judge(&self) {
        let workspace = &self.team.workspace;
        workspace.judge();
        let runs = self.team.runs();
        self.launches(&runs);
        let tallies: Vec<Tally> =
            runs.iter().map(|run| serde_json::from_value(run["tally"].clone()).expect("a tally")).collect();
        let all: usize = self.team.people.iter().map(|part| part.phones().len()).sum();
        for tally in &tallies {
            assert_eq!(tally.accepted + tally.in_doubt, tally.recipients, "somebody is lost: {tally:?}");
        }
        assert_eq!(tallies.iter().map(|tally| tally.recipients).sum::<u64>(), all as u64);

        let accepted = workspace.sandbox().accepted();
        let reached: BTreeSet<_> = accepted.iter().map(|one| &one.to).collect();
        assert_eq!(
            reached.len(),
            accepted.len(),
            "nobody is in two campaigns, and somebody was sent to twice"
        );
        let opens: Timestamp = OPENS.parse().expect("a moment");
        let timed: BTreeSet<_> = self.team.people[1..=2].iter().flat_map(|part| part.phones()).collect();
        let early =
            accepted.iter().find(|one| timed.contains(&one.to) && one.wall_ms < opens.as_millisecond());
        assert!(early.is_none(), "sent to before the window opened: {early:?}");

        let lost = |answered: &str| matches!(answered, "dropped" | "truncated" | "500");
        let calls = workspace.sandbox().calls();
        let unread: u64 = calls.iter().filter(|call| lost(&call.answered)).map(|call| call.recipients).sum();
        let most = self.kills.all() * (IN_DOUBT[0] + 2 * IN_DOUBT[1]) + unread;
        let in_doubt: u64 = tallies.iter().map(|tally| tally.in_doubt).sum();
        assert!(in_doubt <= most, "{in_doubt} in doubt, of at most {most}: {:?}", self.kills);
        tell(&format!(
            "{:?}, campaigns at once at a kill: {:?}, {} calls, {unread} people without an answer, {in_doubt} in doubt",
            self.kills,
            self.at_once,
            calls.len()
        ));
    }

    /// What was answered 200 is known, and settles doubt.
    fn letters(&self) {
        let workspace = &self.team.workspace;
        let dropped = self.team.told_of_dropped();
        let lines = report(workspace, dropped["run"].as_str().expect("a name"));
        let standings = workspace.sandbox().statuses("devino");
        let named: BTreeMap<_, _> = standings.iter().map(|one| (one.message_id.as_str(), &one.to)).collect();
        let posts = workspace.sandbox().webhooks();
        let taken = posts.iter().filter(|post| post.answered == "200");
        let told: BTreeSet<_> = taken.flat_map(|post| &post.messages).collect();
        assert!(told.len() * 10 > named.len() * 9, "{} of {} messages are told of", told.len(), named.len());
        for message in told {
            let line = &lines[named[message.as_str()]];
            assert_eq!(line.status, "accepted", "{message} exists, and it was said so: {line:?}");
            let moments = [&line.sent, &line.delivered, &line.read, &line.failed];
            assert!(moments.iter().any(|at| !at.is_empty()), "{message} is forgotten: {line:?}");
        }
    }
}

fn is_fired(at: &'static str) -> impl Fn(&Value) -> bool {
    move |run| run["campaign"] == "timed" && run["launch"]["at"] == at
}

#[test]
fn serve_that_is_killed_while_three_campaigns_are_sent_keeps_every_promise() {
    let seed = seed("a killed serve");
    let mut killer = Killer::new(seed);
    killer.suffer();
    killer.end();
    killer.judge();
    killer.letters();
    assert!(killer.kills.all() >= killer.wanted, "{:?}", killer.kills);
    let at_once: u64 = killer.at_once.iter().filter(|(runs, _)| **runs >= 3).map(|(_, kills)| kills).sum();
    assert!(at_once > 0, "no kill found three campaigns: {:?}", killer.at_once);
}
