//! The plan of a fallback: the rejected of a run, over another channel, with the messages that the run's
//! own plan froze.

use roaring::RoaringTreemap;

use crate::domain::{Channel, Plan, Purpose, Recipient, RecipientNumber, RunId, RunName, RunState};
use crate::engine::EngineError;
use crate::engine::link::{check_unmoved, freeze};
use crate::engine::occurrence::{self, Undelivered};
use crate::engine::send::Engine;
use crate::journal::{Place, RunView};
use crate::provider::Provider;
use crate::roster::RosterWriter;

use super::again::{linked_conduct, linked_timing, refuse_unfinished};
use super::error::PlanError;
use super::freeze::Planned;
use super::judge::Fault;
use super::standing::StandingRule;
use super::survey::Survey;

/// What is still to be done about a run's rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// Nothing: nobody was rejected, there is no fallback, or it has been tried.
    Nothing,
    /// To plan and send it.
    Plan,
    /// To go on with the run that was made for it.
    Resume(RunId),
}

/// What is due after a run. Only a run that sends nobody any more has its rejected tried elsewhere.
#[must_use]
pub fn due(views: &[RunView], run: RunId) -> Due {
    let Some(view) = views.iter().find(|view| view.facts.plan.run == run) else { return Due::Nothing };
    if let Some(linked) = linked(views, run).next_back().filter(|view| view.summary.state.is_unfinished()) {
        return Due::Resume(linked.facts.plan.run);
    }
    let is_over = matches!(view.summary.state, RunState::Completed | RunState::Settling);
    let is_left = view.summary.tally.rejected > taken_up(views, run);
    if is_over && is_left && view.fallback.is_some() { Due::Plan } else { Due::Nothing }
}

/// The runs that were made for a run's fallback, the oldest first: one, and another for each time that doubt
/// turned into rejections after it.
fn linked(views: &[RunView], run: RunId) -> impl DoubleEndedIterator<Item = &RunView> {
    views.iter().filter(move |other| other.facts.plan.purpose == Purpose::FallbackOf(run))
}

/// How many of a run's rejected its fallback has taken up, or cannot: whose message the channel cannot carry
/// is counted anew by each of the linked runs.
fn taken_up(views: &[RunView], run: RunId) -> u64 {
    let others = linked(views, run).next_back().map_or(0, |view| view.facts.plan.rows.invalid);
    carried(views, run) + others
}

/// How many of a run's rejected are recipients of its fallback.
#[must_use]
pub fn carried(views: &[RunView], run: RunId) -> u64 {
    linked(views, run).map(|view| view.facts.plan.rows.recipients).sum()
}

impl Engine {
    /// Plans the rejected of `run` over its fallback channel, those aside whom a linked run has already. Those whose message that channel cannot carry
    /// are counted as invalid, with the reason; people in doubt are never among them.
    ///
    /// # Errors
    /// When the channel points elsewhere now, nobody was rejected, a run of the occurrence is unfinished, or
    /// the plan cannot be written.
    pub async fn plan_fallback(
        &self,
        run: RunId,
        channel: &Channel,
        provider: &dyn Provider,
    ) -> Result<Planned, PlanError> {
        let view = self.journal.view(run).map_err(EngineError::from)?;
        let planned = view.fallback.as_ref();
        if let Some(planned) = planned {
            check_unmoved(planned, channel).map_err(EngineError::from)?;
        }
        let roster = occurrence::attach(&self.journal, run)?;
        let rejected: Vec<_> =
            self.journal.with_ledger(run, |ledger| ledger.all_in(Place::Rejected).collect())?;
        let conduct = linked_conduct(&view);
        let timing = linked_timing(&view);
        let earlier = view.facts.plan.clone();
        let views = self.journal.views().map_err(EngineError::from)?;
        let carried = self.rows_of(linked(&views, run))?;
        let mut left = Vec::with_capacity(rejected.len());
        for number in rejected {
            let recipient = roster.recipient(number)?;
            if !carried.contains(recipient.row) {
                left.push(recipient);
            }
        }
        if left.is_empty() {
            return Err(PlanError::NobodyRejected { run });
        }
        let of_occurrence = || occurrence::of(&views, &earlier.campaign, earlier.occurrence);
        refuse_unfinished(&earlier.campaign, of_occurrence())?;
        let reached = occurrence::reached(&self.journal, of_occurrence(), Undelivered::Reached)?;
        let capped = self.capped(conduct.frequency_cap, &views, channel.sandbox)?;
        let rule = StandingRule::of_occurrence(&self.journal, reached, capped);
        let considered = of_occurrence().map(|view| view.facts.plan.run).collect();
        let run = self.journal.number_run().await?;
        let mut writer = RosterWriter::create(self.journal.path(), run)?;
        let mut survey = Survey::new(1);
        let mut standings = Vec::new();
        for recipient in left {
            if let Err(problem) = provider.check(&recipient.address, &recipient.content) {
                let fault = Fault { column: problem.field.to_owned(), sentence: problem.sentence };
                survey.invalid(recipient.row, fault);
                continue;
            }
            let number = RecipientNumber(u32::try_from(standings.len()).unwrap_or(u32::MAX));
            let standing = rule.standing(&recipient.address, &recipient.content);
            let recipient = Recipient { number, standing, channel: 0, ..recipient };
            survey.recipient(&recipient);
            standings.push(standing);
            writer.push(&recipient)?;
        }
        let plan = Plan {
            run,
            run_name: RunName::new(&earlier.campaign, run),
            purpose: Purpose::FallbackOf(earlier.run),
            created: self.clock.now(),
            channels: vec![freeze(channel)],
            rows: survey.rows,
            already: survey.already,
            suppressed: survey.suppressed,
            ..earlier
        };
        let plan_hash = writer.finish(plan.clone())?;
        Ok(Planned {
            conduct,
            timing,
            earlier: considered,
            ..Planned::plain(plan, plan_hash, survey, standings)
        })
    }

    /// The rows of everybody whom these runs have.
    pub(super) fn rows_of<'a>(
        &self,
        runs: impl Iterator<Item = &'a RunView>,
    ) -> Result<RoaringTreemap, PlanError> {
        let mut rows = RoaringTreemap::new();
        for view in runs {
            let roster = occurrence::attach(&self.journal, view.facts.plan.run)?;
            for number in 0..roster.len() {
                rows.insert(roster.recipient(RecipientNumber(number))?.row);
            }
        }
        Ok(rows)
    }
}
