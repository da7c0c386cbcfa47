//! Which time of a campaign a launch is, and whom its earlier runs already have.

use roaring::RoaringTreemap;

use crate::domain::{DeliveryStatus, Occurrence, Plan, RecipientNumber, RunId, RunName};
use crate::journal::{Journal, JournalError, Place, RunView};
use crate::roster::Roster;

use super::error::EngineError;

/// What a launch asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The campaign's newest occurrence; what was only rehearsed on sandbox channels reached nobody.
    Same,
    /// Another one: `run --again`, or a campaign on sandbox channels.
    Another,
}

/// An unfinished run stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Its name.
    pub run: RunName,
    /// Its state, in a word.
    pub state: &'static str,
    /// The occurrence that both belong to.
    pub occurrence: Occurrence,
}

/// The occurrence that a launch of `campaign` belongs to.
///
/// # Errors
/// The unfinished run of that occurrence, if there is one.
pub fn choose(views: &[RunView], campaign: &str, wanted: Wanted) -> Result<Occurrence, Unfinished> {
    let plans = || {
        let plans = views.iter().map(|view| &view.facts.plan);
        plans.filter(|plan| plan.campaign == campaign && plan.purpose.is_of_occurrence())
    };
    let another = || Occurrence(plans().map(|plan| plan.occurrence.0).max().unwrap_or(0) + 1);
    let newest = plans().filter(|plan| !plan.is_rehearsal()).map(|plan| plan.occurrence).max();
    match (newest, wanted) {
        (None, _) | (_, Wanted::Another) => Ok(another()),
        (Some(newest), Wanted::Same) => {
            let mut unfinished =
                of(views, campaign, newest).filter(|view| view.summary.state.is_unfinished());
            match unfinished.next() {
                Some(view) => Err(Unfinished {
                    run: view.facts.plan.run_name.clone(),
                    state: view.summary.state.word(),
                    occurrence: newest,
                }),
                None => Ok(newest),
            }
        }
    }
}

/// The runs of an occurrence, tests and single changes aside.
pub fn of<'a>(
    views: &'a [RunView],
    campaign: &'a str,
    occurrence: Occurrence,
) -> impl Iterator<Item = &'a RunView> + 'a {
    views.iter().filter(move |view| {
        let plan = &view.facts.plan;
        plan.campaign == campaign && plan.occurrence == occurrence && plan.purpose.is_of_occurrence()
    })
}

/// The runs among which nobody may be reached twice by a retry of `plan`: those of its occurrence; for a test or
/// a single change the run from which its retries stem, with all of them.
pub fn family<'a>(views: &'a [RunView], plan: &'a Plan) -> impl Iterator<Item = &'a RunView> + 'a {
    let is_outside = !plan.purpose.is_of_occurrence();
    let root = stem(views, plan);
    views.iter().filter(move |view| {
        let other = &view.facts.plan;
        if is_outside {
            !other.purpose.is_of_occurrence() && stem(views, other) == root
        } else {
            other.shares_occurrence(plan)
        }
    })
}

/// The first of the runs of which `plan` is a retry; itself where it is none.
fn stem(views: &[RunView], plan: &Plan) -> RunId {
    let mut plan = plan;
    while let Some(origin) = plan.purpose.origin() {
        // A retry is always newer than its origin, which ends this.
        match views.iter().find(|view| view.facts.plan.run == origin && origin < plan.run) {
            Some(view) => plan = &view.facts.plan,
            None => return origin,
        }
    }
    plan.run
}

/// Whether somebody is reached whose message was accepted and not delivered, for a reason that passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undelivered {
    /// They are: campaigns, retries and fallbacks send nothing twice by themselves.
    Reached,
    /// They are not: theirs is what is to be sent again.
    SentAgain,
}

/// Everyone whom these runs' providers accepted, or who is in doubt in them, by [`crate::domain::Recipient::key`];
/// and whom they rejected although the message left, as receipts say.
///
/// # Errors
/// When a roster or log cannot be read.
pub fn reached<'a>(
    journal: &Journal,
    runs: impl Iterator<Item = &'a RunView>,
    undelivered: Undelivered,
) -> Result<RoaringTreemap, EngineError> {
    let mut reached = RoaringTreemap::new();
    for view in runs {
        let run = view.facts.plan.run;
        let roster = match attach(journal, run) {
            Ok(roster) => roster,
            // Where nobody was reached, nobody needs to know who was planned.
            Err(EngineError::Roster(_)) if !may_have_reached(view) => continue,
            Err(EngineError::Roster(source)) => {
                let run = view.facts.plan.run_name.clone();
                return Err(EngineError::LostRoster { run, source });
            }
            Err(error) => return Err(error),
        };
        let mut numbers: Vec<_> = journal.with_ledger(run, |ledger| {
            let places = [Place::Accepted, Place::Assumed, Place::InDoubt, Place::Intended];
            places.into_iter().flat_map(|place| ledger.all_in(place)).collect()
        })?;
        numbers.extend(rejected_and_sent(journal, view)?);
        if undelivered == Undelivered::SentAgain {
            let again = super::undelivered::undelivered(journal, view)?;
            numbers.retain(|number| again.binary_search(number).is_err());
        }
        for number in numbers {
            reached.insert(roster.recipient(number)?.key().as_u64());
        }
    }
    Ok(reached)
}

/// Whom the provider rejected, and then reported that their message left and not that it failed.
fn rejected_and_sent(journal: &Journal, view: &RunView) -> Result<Vec<RecipientNumber>, JournalError> {
    let run = view.facts.plan.run;
    if view.deliveries.sent == 0 || view.summary.tally.rejected == 0 {
        return Ok(Vec::new());
    }
    let mut rejected: Vec<_> = journal.with_ledger(run, |ledger| ledger.all_in(Place::Rejected).collect())?;
    journal.with_deliveries(run, |deliveries| {
        rejected.retain(|number| {
            let delivery = deliveries.of(*number);
            delivery.is_sent() && delivery.status() != DeliveryStatus::Failed
        });
    })?;
    Ok(rejected)
}

fn may_have_reached(view: &RunView) -> bool {
    let tally = &view.summary.tally;
    view.summary.state.is_unfinished() || tally.accepted > 0 || tally.in_doubt > 0
}

/// Opens a run's roster and folds its log.
///
/// # Errors
/// When either cannot be read, or they do not belong together.
pub fn attach(journal: &Journal, run: RunId) -> Result<Roster, EngineError> {
    let roster = Roster::open(journal.path(), run)?;
    let planned = journal.view(run)?.facts.plan_hash;
    if roster.plan_hash() != planned {
        return Err(EngineError::ForeignRoster { run });
    }
    // The whole index is read before any of it is relied on.
    let standings = roster.standings().map(|entry| entry.map(|(_, _, standing)| standing));
    let standings = standings.collect::<Result<Vec<_>, _>>()?;
    journal.attach(run, standings.into_iter())?;
    Ok(roster)
}
