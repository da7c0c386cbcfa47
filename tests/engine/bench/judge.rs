//! The guarantees, held against the journal and the sandbox's record when a world is dropped.

use std::collections::{BTreeMap, BTreeSet};

use disparo::domain::{RecipientNumber, RunId};
use disparo::journal::{Ledger, Place, RunView};
use disparo::report::audit;
use disparo::roster::Roster;

use super::World;

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.judge();
        }
    }
}

impl World {
    fn judge(&self) {
        let accepted = self.accepted();
        self.nobody_twice(&accepted);
        for view in self.engine.journal.views().expect("the journal is open") {
            assert!(view.summary.tally.adds_up(), "{:?}", view.summary.tally);
            let run = view.facts.plan.run;
            let nobody = BTreeMap::new();
            self.agrees(&view, accepted.get(&run).unwrap_or(&nobody));
        }
    }

    /// How often the sandbox accepted whom, by run.
    pub fn accepted(&self) -> BTreeMap<RunId, BTreeMap<RecipientNumber, usize>> {
        let mut accepted: BTreeMap<RunId, BTreeMap<RecipientNumber, usize>> = BTreeMap::new();
        // A change of a contact carries nothing that tells whose it is.
        let accepted_ones = self.sandbox.record().accepted();
        for entry in accepted_ones.iter().filter(|entry| !entry.callback_data.is_empty()) {
            let mut parts =
                entry.callback_data.split('.').skip(1).map(|part| part.parse().expect("a number"));
            let (run, number) = (RunId(parts.next().expect("a run")), parts.next().expect("a recipient"));
            *accepted.entry(run).or_default().entry(RecipientNumber(number)).or_default() += 1;
        }
        accepted
    }

    fn nobody_twice(&self, accepted: &BTreeMap<RunId, BTreeMap<RecipientNumber, usize>>) {
        if self.repeats {
            return;
        }
        let mut reached = BTreeSet::new();
        for (run, people) in accepted {
            let Ok(roster) = Roster::open(self.engine.journal.path(), *run) else { continue };
            let plan = roster.plan();
            for (number, times) in people {
                let person = roster.recipient(*number).expect("a recipient").address.person();
                assert_eq!(*times, 1, "{person:?} was accepted {times} times in run {run}");
                let is_first = reached.insert((plan.campaign.clone(), plan.occurrence, person));
                assert!(
                    is_first,
                    "{person:?} was accepted in two runs of an occurrence, of which one is {run}"
                );
            }
        }
    }

    fn agrees(&self, view: &RunView, accepted: &BTreeMap<RecipientNumber, usize>) {
        let run = view.facts.plan.run;
        let journal = &self.engine.journal;
        let Ok(roster) = Roster::open(journal.path(), run) else { return };
        let standings = roster.standings().map(|entry| entry.expect("a standing").2);
        journal.attach(run, standings).expect("attached");
        let in_any = |ledger: &Ledger, places: &[Place]| -> BTreeSet<_> {
            places.iter().flat_map(|place| ledger.all_in(*place)).collect()
        };
        let (known, claimed) = journal
            .with_ledger(run, |ledger| {
                let doubted = [Place::Accepted, Place::Assumed, Place::InDoubt, Place::Intended];
                (in_any(ledger, &doubted), in_any(ledger, &[Place::Accepted]))
            })
            .expect("a ledger");
        let taken: BTreeSet<_> = accepted.keys().copied().collect();
        let forgotten: Vec<_> = taken.difference(&known).collect();
        assert!(
            self.repeats || forgotten.is_empty(),
            "the sandbox took whom run {run} forgot: {forgotten:?}"
        );
        let invented: Vec<_> = claimed.difference(&taken).collect();
        assert!(
            self.without_record || invented.is_empty(),
            "run {run} calls accepted whom the sandbox never took: {invented:?}"
        );
        let audit = audit(journal, &roster).expect("an audit");
        assert!(audit.agrees(), "run {run}: {:?}", audit.findings);
    }
}
