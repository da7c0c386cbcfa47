//! A run that is killed again and again until it ends by itself, and what came of that.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::harness::{Command, Deadline, Finished, Workspace};

/// After the first person accepted from a process whose life is measured in time, it lives so long, in milliseconds.
const SENDING: std::ops::RangeInclusive<u64> = 20..=400;

/// A start-up is hit within so many milliseconds.
const START_UP: u64 = 150;

/// One life in so many is killed while it starts up.
const START_UPS: u32 = 8;

/// Lives between two audits.
const AUDITS: u64 = 25;

/// How many processes were killed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kills {
    /// While they sent: the far side had accepted somebody from them.
    pub sending: u64,
    /// Before the far side had accepted anybody from them.
    pub starting: u64,
}

impl Kills {
    /// All of them.
    pub fn all(self) -> u64 {
        self.sending + self.starting
    }
}

/// See the module.
pub struct Ordeal<'a> {
    workspace: &'a Workspace,
    random: StdRng,
    recipients: u64,
    max_in_doubt: u64,
    wanted: u64,
    /// What has been done so far.
    pub kills: Kills,
}

impl<'a> Ordeal<'a> {
    /// `wanted` kills of sending processes at least, spread over a run for `recipients` people of whom
    /// `max_in_doubt` are exposed at once. The moments follow from `seed`, as far as the machine lets them.
    pub fn new(workspace: &'a Workspace, seed: u64, recipients: u64, max_in_doubt: u64, wanted: u64) -> Self {
        let random = StdRng::seed_from_u64(seed);
        Self { workspace, random, recipients, max_in_doubt, wanted, kills: Kills::default() }
    }

    /// Starts `run`, kills it, and kills every `resume` after it until one ends by itself. Gives the
    /// run's status then.
    pub fn suffer(&mut self, run: Command) -> Finished {
        let mut ended = self.live(run, false);
        loop {
            if let Some(ended) = ended {
                let status = self.workspace.disparo(["status", "1", "--format", "json"]).finish().expect(0);
                match ended.code() {
                    // Killed between the run's end and its own: the next one finds nothing to do.
                    Some(2) => assert!(ended.stderr.contains("nothing to resume"), "{ended}"),
                    Some(0) => assert_eq!(status.tally().in_doubt, 0, "{ended}"),
                    _ => drop(ended.expect(7)),
                }
                return status;
            }
            if self.kills.all().is_multiple_of(AUDITS) {
                self.workspace.disparo(["audit", "1"]).finish().expect(0);
            }
            let starts_up = self.random.random_ratio(1, START_UPS);
            ended = self.live(self.workspace.disparo(["resume", "1", "--format", "json"]), starts_up);
        }
    }

    /// One process, until it ends or is killed.
    fn live(&mut self, command: Command, starts_up: bool) -> Option<Finished> {
        let mut process = command.start();
        // What the process before had in flight arrives before this one has opened the store.
        let accepted = self.accepted();
        if starts_up {
            let moment = Deadline::after(Duration::from_millis(self.random.random_range(0..START_UP)));
            process.lives_until(|| moment.left().is_none());
        } else {
            // Not a call: a question about templates comes before there is a run.
            process.lives_until(|| self.accepted() > accepted);
            let moment = Deadline::after(Duration::from_millis(self.random.random_range(SENDING)));
            let people = self.random.random_range(1..=2 * self.share(accepted));
            // Half of the lives are measured in time, so that they end at moments of no meaning; the others
            // in people alone, so that the kills are spread over the whole run however slow its calls are.
            let is_timed = self.kills.sending < self.wanted && self.random.random_bool(0.5);
            let is_late = || is_timed && moment.left().is_none();
            process.lives_until(|| is_late() || self.accepted() >= accepted + people);
        }
        let has_sent = self.accepted() > accepted;
        let finished = process.kill();
        if finished.code().is_some() {
            return Some(finished);
        }
        if has_sent {
            self.kills.sending += 1;
        } else {
            self.kills.starting += 1;
        }
        None
    }

    /// How many people the far side may take from one process on the average, so that there are enough
    /// left for the kills to come.
    fn share(&self, accepted: u64) -> u64 {
        let to_come = (self.wanted + self.wanted / 10).saturating_sub(self.kills.sending).max(1);
        let left = self.recipients.saturating_sub(accepted);
        (left / to_come).saturating_sub(self.max_in_doubt).max(1)
    }

    /// People whom the far side has accepted.
    fn accepted(&self) -> u64 {
        self.workspace.sandbox().count("accepted")
    }
}
