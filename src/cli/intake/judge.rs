//! What each definition waits for, and which are taken next.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::failure::Failure;
use crate::clock::Tick;
use crate::domain::{Lateness, RunId};
use crate::folder::{self, Facts, Kind};
use crate::journal::Dropped;

use super::attempt::{Read, behind, no_file, stamp};
use super::inbox::Intake;
use super::item::{Basis, Item, Stage};
use super::problem::Problem;

/// How an audience looks now, and whether it lies in the inbox; by the path that definitions have.
type Audiences = HashMap<PathBuf, Option<(Facts, bool)>>;

impl Intake {
    /// Finds out for everything that was read what it waits for. Gives when that may have come.
    pub(super) async fn judge_all(&mut self) -> Result<Option<Tick>, Failure> {
        let audiences = self.look_at_audiences().await;
        let names: Vec<_> = self
            .items
            .iter()
            .filter(|(_, item)| is_to_be_judged(item))
            .map(|(name, _)| name.clone())
            .collect();
        let mut wake: Option<Tick> = None;
        let mut ready = Vec::new();
        for name in names {
            match self.judge(&name, &audiences)? {
                Verdict::Stays => {}
                Verdict::Ready => ready.push(name),
                Verdict::Wakes(at) => wake = Some(wake.map_or(at, |wake| wake.min(at))),
            }
        }
        self.queue_all(ready);
        Ok(wake)
    }

    async fn look_at_audiences(&mut self) -> Audiences {
        let read = self.items.values().filter_map(|item| item.read.as_ref()?.audience.clone());
        let mut places = HashMap::new();
        for path in read {
            let both = [true, false].map(|in_inbox| self.audience_path(&path, in_inbox));
            places.insert(path, both);
        }
        let looking = tokio::task::spawn_blocking(move || {
            let look = |path: &Path| folder::look(path).ok().flatten();
            let find = |[inbox, root]: [PathBuf; 2]| match look(&inbox) {
                Some(facts) => Some((facts, true)),
                None => look(&root).map(|facts| (facts, false)),
            };
            places.into_iter().map(|(path, both)| (path, find(both))).collect()
        });
        looking.await.unwrap_or_else(|error| {
            tracing::error!(%error, "audiences could not be looked at");
            Audiences::new()
        })
    }

    fn judge(&mut self, name: &str, audiences: &Audiences) -> Result<Verdict, Failure> {
        let Some(item) = self.items.get(name) else { return Ok(Verdict::Stays) };
        let (Some(read), facts) = (item.read.clone(), item.facts) else { return Ok(Verdict::Stays) };
        let audience = match &read.audience {
            None => None,
            Some(path) => match audiences.get(path) {
                Some(Some(found)) => Some((path, *found)),
                // A campaign that ran needs its audience no more.
                _ if matches!(item.stage, Stage::Taken(_)) => return Ok(Verdict::Stays),
                _ => return self.judge_without(name, &read, path),
            },
        };
        let seen = audience.map(|(_, found)| found);
        if !is_changed(item, seen) {
            return Ok(Verdict::Stays);
        }
        if let Some((path, (facts, in_inbox))) = audience {
            if facts.kind != Kind::File {
                self.note_audience(name, seen);
                self.refuse(name, &no_file(&path.display().to_string()));
                return Ok(Verdict::Stays);
            }
            let place = self.audience_path(path, in_inbox);
            if let Some(whole) = self.whole_at(&place, &facts) {
                self.set_stage(name, Stage::Waits(format!("{} to be whole", path.display())));
                return Ok(Verdict::Wakes(whole));
            }
        }
        self.note_audience(name, seen);
        if let Some(run) = self.made_before(name, &facts, Some(seen))? {
            self.taken(name, run)?;
            return Ok(Verdict::Stays);
        }
        if matches!(self.items.get(name), Some(Item { stage: Stage::Behind(_), .. })) {
            let journal = &self.execution.owner.engine.journal;
            if let Some(run) = behind(journal, &read.name, read.wanted)? {
                self.set_stage(name, Stage::Behind(run));
                return Ok(Verdict::Stays);
            }
        }
        Ok(match read.at {
            Some(at) => self.judge_moment(name, at),
            None => Verdict::Ready,
        })
    }

    /// Its audience is not there: it waits for that as long as it is worth sending.
    fn judge_without(&mut self, name: &str, read: &Read, audience: &Path) -> Result<Verdict, Failure> {
        let Some(item) = self.items.get(name) else { return Ok(Verdict::Stays) };
        let (facts, is_refused) = (item.facts, matches!(item.stage, Stage::Refused(_)));
        if let Some(run) = self.made_before(name, &facts, None)? {
            self.taken(name, run)?;
            return Ok(Verdict::Stays);
        }
        let clock = &self.execution.owner.engine.clock;
        let Some(until) = read.valid_until else {
            self.set_stage(name, Stage::Waits(audience.display().to_string()));
            return Ok(Verdict::Stays);
        };
        if clock.now() < until {
            self.set_stage(name, Stage::Waits(audience.display().to_string()));
            return Ok(Verdict::Wakes(self.tick_of(until)));
        }
        if !is_refused || self.items.get(name).is_some_and(|item| item.audience.is_some()) {
            let shown = self.execution.owner.workspace.zone().at(until).strftime("%Y-%m-%d %H:%M:%S %Z");
            let sentence = format!(
                "schedule.valid_until: the campaign was worth sending until {shown}, and {} was not here by then",
                audience.display()
            );
            self.note_audience(name, None);
            self.refuse(name, &Problem::new(sentence, "write a later moment, or remove the file"));
        }
        Ok(Verdict::Stays)
    }

    fn note_audience(&mut self, name: &str, seen: Option<(Facts, bool)>) {
        if let Some(item) = self.items.get_mut(name) {
            item.audience = seen;
        }
    }

    /// The run that this very file made, with this audience: it simply lies there since. Without an audience where
    /// that is gone: a campaign that ran needs it no more.
    fn made_before(
        &self,
        name: &str,
        facts: &Facts,
        audience: Option<Option<(Facts, bool)>>,
    ) -> Result<Option<RunId>, Failure> {
        let journal = &self.execution.owner.engine.journal;
        let Some(before) = journal.dropped(&format!("inbox/{name}"))? else { return Ok(None) };
        let in_inbox = match audience {
            Some(seen) => seen.filter(|(_, in_inbox)| *in_inbox).map(|(facts, _)| stamp(&facts)),
            None => before.audience,
        };
        let now = Dropped { definition: stamp(facts), audience: in_inbox, content: before.content };
        if now != before {
            return Ok(None);
        }
        Ok(journal.run_of_drop(before.content)?.map(|view| view.facts.plan.run))
    }

    /// One that is for a moment waits for it.
    fn judge_moment(&mut self, name: &str, at: Timestamp) -> Verdict {
        let now = self.execution.owner.engine.clock.now();
        if now < at {
            self.set_stage(name, Stage::Waits("its moment".to_owned()));
            return Verdict::Wakes(self.tick_of(at));
        }
        let late = self.items.get(name).and_then(|item| item.read.as_ref()).map(|read| read.late);
        let by = now.duration_since(at).unsigned_abs();
        if late.unwrap_or_default().judge(by) == Lateness::Send {
            return Verdict::Ready;
        }
        let zone = self.execution.owner.workspace.zone();
        let shown = zone.at(at).strftime("%Y-%m-%d %H:%M:%S %Z");
        let sentence =
            format!("schedule.at: its moment, {shown}, has passed before the campaign was complete here");
        let hint =
            "write another moment, leave `at` out to send it now, or say late = \"send\" below [schedule]";
        self.refuse(name, &Problem::new(sentence, hint));
        Verdict::Stays
    }

    /// Queues what is ready, unless two files would make two runs of one campaign.
    fn queue_all(&mut self, ready: Vec<String>) {
        let mut same: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, item) in self.items.iter().filter(|(_, item)| item.is_pending()) {
            if let Some(read) = &item.read {
                same.entry(read.name.clone()).or_default().push(name.clone());
            }
        }
        for name in ready {
            let campaign = self.items.get(&name).and_then(|item| item.read.as_ref()).map(|read| &read.name);
            let others = campaign.and_then(|campaign| same.get(campaign)).cloned().unwrap_or_default();
            let others: Vec<_> = others.into_iter().filter(|other| *other != name).collect();
            let busy = others.iter().find(|other| {
                self.items
                    .get(*other)
                    .is_some_and(|item| matches!(item.stage, Stage::Queued | Stage::Working))
            });
            if let Some(busy) = busy {
                let busy = busy.clone();
                self.set_stage(&name, Stage::Waits(format!("{busy}, which has the same name")));
            } else if others.is_empty() {
                self.set_stage(&name, Stage::Queued);
                self.queue.insert(name);
            } else {
                let sentence = format!(
                    "{name}: the same campaign, by its name, is also in {}, and nobody knows which of them is meant",
                    others.join(" and ")
                );
                let hint = "keep one of the files, or give the other campaign another `name`";
                self.refuse_on(&name, &Problem::new(sentence, hint), Basis::Neighbours);
            }
        }
    }
}

/// What a look at one definition comes to.
enum Verdict {
    Stays,
    Ready,
    Wakes(Tick),
}

fn is_to_be_judged(item: &Item) -> bool {
    item.read.is_some() && !matches!(item.stage, Stage::Queued | Stage::Working)
}

/// Whether something may come of it that did not before. An audience of the workspace that changes launches
/// nothing: only what is dropped does.
fn is_changed(item: &Item, audience: Option<(Facts, bool)>) -> bool {
    let same = match (item.audience, audience) {
        (Some((before, was_in)), Some((now, is_in))) => was_in == is_in && before.is_same_content(&now),
        (None, None) => true,
        _ => false,
    };
    match item.stage {
        Stage::Taken(_) => !same && audience.is_some_and(|(_, in_inbox)| in_inbox),
        Stage::Refused(Basis::Neighbours) => true,
        Stage::Refused(_) => !same,
        _ => true,
    }
}
