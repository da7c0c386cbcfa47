//! Plans that are not read from an audience: the rejected and the undelivered of an earlier run, and a test.

use crate::domain::{
    Address, Channel, Conduct, Plan, Purpose, Recipient, RecipientNumber, Row, RunId, RunName, Standing,
    Timing, Zone,
};
use crate::engine::EngineError;
use crate::engine::link::{check_unmoved, freeze};
use crate::engine::occurrence::{self, Undelivered};
use crate::engine::send::Engine;
use crate::engine::undelivered;
use crate::journal::{Place, RunView};
use crate::roster::{Roster, RosterWriter};

use super::error::PlanError;
use super::freeze::{Planned, Source, next_fate};
use super::judge::{Fate, Judge};
use super::prepare::Prepared;
use super::standing::StandingRule;
use super::survey::{Sample, Survey};
use super::validity::refuse_expired;

impl Engine {
    /// Plans the rejected of `run` once more, with the messages that its plan froze.
    ///
    /// # Errors
    /// When nobody was rejected, a run of the occurrence is unfinished, or the plan cannot be written.
    pub async fn plan_retry(&self, run: RunId, channels: &[Channel]) -> Result<Planned, PlanError> {
        let roster = occurrence::attach(&self.journal, run)?;
        let rejected: Vec<_> =
            self.journal.with_ledger(run, |ledger| ledger.all_in(Place::Rejected).collect())?;
        if rejected.is_empty() {
            return Err(PlanError::NobodyRejected { run });
        }
        let origin = self.journal.view(run)?;
        let purpose = origin.facts.plan.purpose.of_retry(run);
        self.take_up(&roster, origin, rejected, purpose, channels).await
    }

    /// Plans those messages of `run` once more that were accepted and could not be delivered, for a reason that
    /// passes, as its plan froze them; those whose time has come.
    ///
    /// # Errors
    /// When there are none, a run of the occurrence is unfinished, or the plan cannot be written.
    pub async fn plan_retry_failed(&self, run: RunId, channels: &[Channel]) -> Result<Planned, PlanError> {
        let roster = occurrence::attach(&self.journal, run)?;
        let views = self.journal.views().map_err(EngineError::from)?;
        let origin = self.journal.view(run)?;
        let plan = &origin.facts.plan;
        if !plan.purpose.is_of_occurrence() {
            return Err(PlanError::OutsideOccurrence { run: plan.run_name.clone() });
        }
        if undelivered::times(&views, plan) >= undelivered::MOST {
            return Err(PlanError::SentAgainOften { run: plan.run_name.clone() });
        }
        refuse_unfinished(&plan.campaign, occurrence::family(&views, plan))?;
        let again = undelivered::all(&self.journal, &views, &origin)?;
        let now = self.clock.now();
        let (due, later): (Vec<_>, Vec<_>) = again.into_iter().partition(|again| again.from <= now);
        if due.is_empty() {
            let next = later.into_iter().map(|again| again.from).min();
            return Err(PlanError::NobodyUndelivered { run: plan.run_name.clone(), next });
        }
        let numbers = due.into_iter().map(|again| again.recipient).collect();
        self.take_up(&roster, origin, numbers, Purpose::RetryFailedOf(run), channels).await
    }

    /// Plans people of a run once more, with the messages that its plan froze.
    async fn take_up(
        &self,
        roster: &Roster,
        origin: RunView,
        numbers: Vec<RecipientNumber>,
        purpose: Purpose,
        channels: &[Channel],
    ) -> Result<Planned, PlanError> {
        let mut conduct = linked_conduct(&origin);
        if matches!(purpose, Purpose::RetryFailedOf(_)) {
            // They were accepted before, and what is done afterwards is done for them once.
            conduct.after.clear();
        }
        let timing = linked_timing(&origin);
        let zone = timing.window.as_ref().map_or_else(Zone::utc, |window| window.zone.clone());
        refuse_expired(&origin.facts.plan.campaign, &timing, &zone, self.clock.now())?;
        let earlier = origin.facts.plan.clone();
        for (planned, channel) in earlier.channels.iter().zip(channels) {
            check_unmoved(planned, channel).map_err(EngineError::from)?;
        }
        let views = self.journal.views().map_err(EngineError::from)?;
        let family = || occurrence::family(&views, &earlier);
        refuse_unfinished(&earlier.campaign, family())?;
        let sends_again =
            matches!(purpose, Purpose::RetryFailedOf(_)) || undelivered::times(&views, &earlier) > 0;
        let had = if sends_again { Undelivered::SentAgain } else { Undelivered::Reached };
        let reached = occurrence::reached(&self.journal, family(), had)?;
        let capped = self.capped(conduct.frequency_cap, &views, earlier.is_rehearsal())?;
        let considered = family().map(|view| view.facts.plan.run).collect();
        let mut recipients = Vec::with_capacity(numbers.len());
        for number in numbers {
            recipients.push(roster.recipient(number)?);
        }
        let run = self.journal.number_run().await?;
        let plan = Plan {
            run,
            run_name: RunName::new(&earlier.campaign, run),
            purpose,
            created: self.clock.now(),
            channels: channels.iter().map(freeze).collect(),
            ..earlier
        };
        let rule = StandingRule::of_occurrence(&self.journal, reached, capped);
        let planned = self.write(plan, recipients, &rule, conduct, considered)?;
        Ok(Planned { timing, ..planned })
    }

    /// Plans row 1 for the people of `safety.test_to` alone.
    ///
    /// # Errors
    /// When `test_to` is empty, row 1 cannot be sent, or the plan cannot be written.
    pub async fn plan_test(&self, source: &Source<'_>, prepared: &Prepared) -> Result<Planned, PlanError> {
        let campaign = source.campaign;
        if campaign.test_to.is_empty() {
            return Err(PlanError::NobodyToTest);
        }
        let first = self.first_recipient(source, prepared)?;
        let run = self.journal.number_run().await?;
        let views = self.journal.views().map_err(EngineError::from)?;
        let occurrence = match occurrence::choose(&views, &campaign.name, occurrence::Wanted::Same) {
            Ok(occurrence) => occurrence,
            Err(unfinished) => unfinished.occurrence,
        };
        let plan = self.plan_of(source, run, occurrence, Purpose::Test);
        let address =
            |phone| Recipient { address: Address::Phone(phone), standing: Standing::Send, ..first.clone() };
        let recipients = campaign.test_to.iter().copied().map(address).collect();
        self.write(plan, recipients, &StandingRule::new(&self.journal), Conduct::default(), Vec::new())
    }

    /// The message of the first row that can be sent.
    fn first_recipient(&self, source: &Source<'_>, prepared: &Prepared) -> Result<Recipient, PlanError> {
        let mut audience = prepared.open(source.campaign)?;
        let mut judge = Judge::new(source, prepared, &audience, StandingRule::new(&self.journal))?;
        let mut row = Row::default();
        let mut fault = None;
        while let Some(fate) = next_fate(&mut audience, &mut judge, &mut row)? {
            match fate {
                Fate::Recipient { recipient, .. } => return Ok(recipient),
                Fate::Invalid(found) => {
                    fault.get_or_insert(Sample { row: row.number, fault: found });
                }
                Fate::Filtered | Fate::Ignored | Fate::Duplicate => {}
            }
        }
        match fault {
            Some(first) => Err(PlanError::NobodyLeft { rows: row.number, first: Box::new(first) }),
            None => Err(PlanError::NobodyToTest),
        }
    }

    fn write(
        &self,
        plan: Plan,
        recipients: Vec<Recipient>,
        rule: &StandingRule<'_>,
        conduct: Conduct,
        earlier: Vec<RunId>,
    ) -> Result<Planned, PlanError> {
        let mut writer = RosterWriter::create(self.journal.path(), plan.run)?;
        let mut survey = Survey::new(plan.channels.len());
        let mut standings = Vec::with_capacity(recipients.len());
        for (number, recipient) in (0_u32..).zip(recipients) {
            let standing = rule.standing(&recipient.address, &recipient.content);
            let recipient = Recipient { number: RecipientNumber(number), standing, ..recipient };
            survey.recipient(&recipient);
            standings.push(standing);
            writer.push(&recipient)?;
        }
        let plan = Plan { rows: survey.rows, already: survey.already, suppressed: survey.suppressed, ..plan };
        let plan_hash = writer.finish(plan.clone())?;
        Ok(Planned { conduct, earlier, ..Planned::plain(plan, plan_hash, survey, standings) })
    }
}

/// When a run may send that takes up people of `origin`: as that one, which was approved where it had to be.
pub(super) fn linked_timing(origin: &RunView) -> Timing {
    Timing { approval: false, ..origin.timing.clone() }
}

/// How a run goes on that takes up people of `origin`: as that one did, but for its canary.
pub(super) fn linked_conduct(origin: &RunView) -> Conduct {
    // The first of its people were judged when the other run began.
    Conduct { canary: None, ..origin.conduct.clone() }
}

/// A plan over people of earlier runs waits until none of those is under way.
pub(super) fn refuse_unfinished<'a>(
    campaign: &str,
    mut runs: impl Iterator<Item = &'a RunView>,
) -> Result<(), PlanError> {
    match runs.find(|view| view.summary.state.is_unfinished()) {
        None => Ok(()),
        Some(view) => Err(PlanError::Unfinished {
            campaign: campaign.to_owned(),
            run: view.facts.plan.run_name.clone(),
            state: view.summary.state.word(),
        }),
    }
}
