//! Making a plan: every row judged, the recipients frozen on disk, the run written into the journal.

use std::path::{Path, PathBuf};

use roaring::RoaringTreemap;

use crate::audience::{self, Audience};
use crate::domain::{
    Campaign, Channel, Conduct, FrozenChannel, HoldReason, Launch, Occurrence, Plan, PlanHash, Purpose, Row,
    RunId, RunName, Standing, Timing, ids::slug,
};
use crate::engine::link::freeze;
use crate::engine::occurrence::{self, Undelivered, Wanted};
use crate::engine::send::Engine;
use crate::engine::{EngineError, Urgency};
use crate::journal::{JournalError, NewRun, RunView};
use crate::provider::Provider;
use crate::roster::{self, BackgroundWriter, RosterWriter};

use super::calls::chunks_of;
use super::error::PlanError;
use super::judge::{Fate, Fault, Judge};
use super::prepare::Prepared;
use super::rejects::{self, Rejects};
use super::standing::StandingRule;
use super::survey::{Sample, Survey};
use super::validity::refuse_expired;

/// Rows between two looks whether somebody interrupts.
const LOOK: u64 = 1_024;

/// A campaign with the channels that it names, in its order.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The definition.
    pub campaign: &'a Campaign,
    /// Its channels' settings.
    pub channels: &'a [Channel],
    /// Their providers.
    pub providers: &'a [&'a dyn Provider],
    /// The provider of the fallback, where there is one: whether it could take a row is found out, too.
    pub fallback: Option<&'a dyn Provider>,
}

/// A plan whose roster is on disk and which the journal does not know yet.
#[derive(Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Its hash.
    pub plan_hash: PlanHash,
    /// What it comes to.
    pub survey: Survey,
    /// The rows that cannot be sent, if there are any.
    pub rejects: Option<PathBuf>,
    /// The channel over which those whom the plan's own channels reject are tried.
    pub fallback: Option<FrozenChannel>,
    /// How the run goes on.
    pub conduct: Conduct,
    /// When the run may send.
    pub timing: Timing,
    /// What launches it.
    pub launch: Launch,
    pub(super) standings: Vec<Standing>,
    /// The runs of the occurrence that it took into account.
    pub(super) earlier: Vec<RunId>,
}

impl Planned {
    /// A plan that a person launches and that nothing holds back or follows.
    pub(super) fn plain(plan: Plan, plan_hash: PlanHash, survey: Survey, standings: Vec<Standing>) -> Self {
        Self {
            plan,
            plan_hash,
            survey,
            rejects: None,
            fallback: None,
            conduct: Conduct::default(),
            timing: Timing::default(),
            launch: Launch::Hand,
            standings,
            earlier: Vec::new(),
        }
    }
}

/// What `check` finds.
#[derive(Debug)]
pub struct Checked {
    /// What a plan would come to.
    pub survey: Survey,
    /// The run that a launch would have to wait for.
    pub unfinished: Option<occurrence::Unfinished>,
    /// Why it would be refused for its rows.
    pub refusal: Option<PlanError>,
}

impl Engine {
    /// Judges every row without writing anything.
    ///
    /// # Errors
    /// When the audience cannot be read, does not fit the definition, or is larger than allowed.
    pub fn check(
        &self,
        source: &Source<'_>,
        prepared: &Prepared,
        wanted: Wanted,
    ) -> Result<Checked, PlanError> {
        let views = self.journal.views().map_err(EngineError::from)?;
        let name = &source.campaign.name;
        let (occurrence, unfinished) = match occurrence::choose(&views, name, wanted) {
            Ok(occurrence) => (occurrence, None),
            Err(unfinished) => (unfinished.occurrence, Some(unfinished)),
        };
        let of_occurrence = occurrence::of(&views, name, occurrence);
        let reached = occurrence::reached(&self.journal, of_occurrence, Undelivered::Reached)?;
        let rule = self.rule(source, &views, reached)?;
        let survey = read(self, source, prepared, rule, &mut |_| Ok(()), &mut |_, _| Ok(()))?;
        let refusal = refuse_bad_rows(source.campaign, &survey).err();
        Ok(Checked { survey, unfinished, refusal })
    }

    /// Plans a campaign. Rows that cannot be sent go into `results/<campaign>/<run>/rejects.csv`.
    ///
    /// # Errors
    /// When the audience cannot be read, the plan is refused, or it cannot be written.
    pub async fn plan(
        &self,
        source: &Source<'_>,
        prepared: &Prepared,
        wanted: Wanted,
        results: &Path,
    ) -> Result<Planned, PlanError> {
        let campaign = source.campaign;
        let schedule = &campaign.schedule;
        refuse_expired(&campaign.name, &schedule.timing(), &schedule.zone, self.clock.now())?;
        self.expire_of(&campaign.name).await?;
        let views = self.journal.views().map_err(EngineError::from)?;
        let occurrence = occurrence::choose(&views, &campaign.name, wanted).map_err(|unfinished| {
            PlanError::Unfinished {
                campaign: campaign.name.clone(),
                run: unfinished.run,
                state: unfinished.state,
            }
        })?;
        let of_occurrence = || occurrence::of(&views, &campaign.name, occurrence);
        let reached = occurrence::reached(&self.journal, of_occurrence(), Undelivered::Reached)?;
        let rule = self.rule(source, &views, reached)?;
        let earlier = of_occurrence().map(|view| view.facts.plan.run).collect();
        let run = self.journal.number_run().await?;
        let plan = self.plan_of(source, run, occurrence, Purpose::Campaign);
        let conduct = prepared.conduct(source, &plan.run_name)?;
        let folder = results.join(slug(&campaign.name)).join(plan.run_name.as_str());
        let mut writer = BackgroundWriter::start(RosterWriter::create(self.journal.path(), run)?)?;
        let mut rejects = Rejects::new(folder, &prepared.open(campaign)?)?;
        let mut standings = Vec::new();
        let survey = read(
            self,
            source,
            prepared,
            rule,
            &mut |recipient| {
                standings.push(recipient.standing);
                Ok(writer.push(recipient)?)
            },
            &mut |row, fault| rejects.write(row, fault),
        )?;
        refuse_bad_rows(campaign, &survey)?;
        let rejects = rejects.finish()?;
        let plan = Plan { rows: survey.rows, already: survey.already, suppressed: survey.suppressed, ..plan };
        let plan_hash = writer.finish(plan.clone())?;
        Ok(Planned {
            rejects,
            conduct,
            timing: campaign.schedule.timing(),
            earlier,
            ..Planned::plain(plan, plan_hash, survey, standings)
        })
    }

    fn rule(
        &self,
        source: &Source<'_>,
        views: &[RunView],
        reached: RoaringTreemap,
    ) -> Result<StandingRule<'_>, PlanError> {
        let is_rehearsal = source.channels.iter().all(|channel| channel.sandbox);
        let capped = self.capped(source.campaign.conduct.frequency_cap, views, is_rehearsal)?;
        Ok(StandingRule::of_occurrence(&self.journal, reached, capped))
    }

    pub(super) fn plan_of(
        &self,
        source: &Source<'_>,
        run: RunId,
        occurrence: Occurrence,
        purpose: Purpose,
    ) -> Plan {
        let campaign = source.campaign;
        Plan {
            run,
            run_name: RunName::new(&campaign.name, run),
            campaign: campaign.name.clone(),
            occurrence,
            purpose,
            created: self.clock.now(),
            channels: source.channels.iter().map(freeze).collect(),
            rows: crate::domain::RowCounts::default(),
            already: 0,
            suppressed: 0,
            safety: campaign.safety.clone(),
            rates: campaign.pace.rates.clone(),
            ramp: campaign.pace.ramp,
        }
    }

    /// Writes the run of a plan into the journal: from here on it exists.
    ///
    /// # Errors
    /// When somebody launched the campaign since the plan was made, or the journal cannot be written.
    pub async fn commit(&self, planned: Planned) -> Result<RunId, PlanError> {
        self.make(planned, None).await
    }

    /// As [`Engine::commit`], of a run that is held from its first moment on, unless it waits for an approval.
    ///
    /// # Errors
    /// As there.
    pub async fn commit_held(&self, planned: Planned, reason: HoldReason) -> Result<RunId, PlanError> {
        self.make(planned, Some(reason)).await
    }

    async fn make(&self, planned: Planned, held: Option<HoldReason>) -> Result<RunId, PlanError> {
        let Planned {
            plan,
            plan_hash,
            survey: _,
            rejects,
            fallback,
            conduct,
            timing,
            launch,
            standings,
            earlier,
        } = planned;
        let run = plan.run;
        let new = NewRun { plan, plan_hash, standings, earlier, fallback, conduct, timing, launch };
        let made = match held {
            None => self.journal.create_run_with(new).await,
            Some(reason) => self.journal.create_run_held(new, reason).await,
        };
        match made {
            Ok(()) => Ok(run),
            // Nobody knows whether a journal that broke has the run; its roster must stay then.
            Err(error @ JournalError::Broken(_)) => Err(error.into()),
            Err(error) => {
                self.forget(run, rejects.as_deref())?;
                Err(error.into())
            }
        }
    }

    /// Forgets a plan that somebody decided against.
    ///
    /// # Errors
    /// When its files cannot be removed.
    pub fn discard(&self, planned: Planned) -> Result<(), PlanError> {
        self.forget(planned.plan.run, planned.rejects.as_deref())
    }

    fn forget(&self, run: RunId, rejects: Option<&Path>) -> Result<(), PlanError> {
        roster::discard(self.journal.path(), run)?;
        if let Some(rejects) = rejects {
            rejects::remove(rejects)?;
        }
        Ok(())
    }
}

type OnRecipient<'a> = &'a mut dyn FnMut(crate::domain::Recipient) -> Result<(), PlanError>;
type OnInvalid<'a> = &'a mut dyn FnMut(&Row, &Fault) -> Result<(), PlanError>;

fn read(
    engine: &Engine,
    source: &Source<'_>,
    prepared: &Prepared,
    rule: StandingRule<'_>,
    on_recipient: OnRecipient<'_>,
    on_invalid: OnInvalid<'_>,
) -> Result<Survey, PlanError> {
    let campaign = source.campaign;
    let mut audience = prepared.open(campaign)?;
    let mut judge = Judge::new(source, prepared, &audience, rule)?;
    let chunks = chunks_of(&campaign.pace.rates, campaign.safety.max_in_doubt, source.channels);
    let mut survey = Survey::counting(&chunks);
    let mut row = Row::default();
    while let Some(fate) = next_fate(&mut audience, &mut judge, &mut row)? {
        if row.number.is_multiple_of(LOOK) && engine.interrupt.urgency() > Urgency::None {
            return Err(PlanError::Interrupted);
        }
        match fate {
            Fate::Filtered => survey.filtered(),
            Fate::Ignored => survey.ignored(),
            Fate::Duplicate => survey.duplicate(),
            Fate::Invalid(fault) => {
                on_invalid(&row, &fault)?;
                survey.invalid(row.number, fault);
            }
            Fate::Recipient { recipient, stranded } => {
                survey.recipient(&recipient);
                let channel = usize::from(recipient.channel);
                if let (Standing::Send, Some(provider)) = (recipient.standing, source.providers.get(channel))
                {
                    survey.company(channel, provider.company(&recipient.content));
                }
                if let Some(fault) = stranded {
                    survey.stranded(row.number, fault);
                }
                refuse_too_many(campaign, survey.rows.recipients)?;
                on_recipient(recipient)?;
            }
        }
    }
    Ok(survey)
}

pub(super) fn next_fate(
    audience: &mut Audience,
    judge: &mut Judge<'_>,
    row: &mut Row,
) -> Result<Option<Fate>, PlanError> {
    match audience.next_row(row) {
        Ok(true) => Ok(Some(judge.judge(row))),
        Ok(false) => Ok(None),
        Err(audience::AudienceError::Row(error)) => {
            Ok(Some(Fate::Invalid(Fault::new(error.column, error.sentence))))
        }
        Err(error) => Err(error.into()),
    }
}

fn refuse_too_many(campaign: &Campaign, recipients: u64) -> Result<(), PlanError> {
    match campaign.max_recipients {
        Some(most) if recipients > most.get() => Err(PlanError::TooMany { recipients, most: most.get() }),
        _ => Ok(()),
    }
}

fn refuse_bad_rows(campaign: &Campaign, survey: &Survey) -> Result<(), PlanError> {
    let Some(first) = survey.samples.first() else { return Ok(()) };
    let first = || Box::new(Sample::clone(first));
    let rows = survey.rows;
    match campaign.audience.on_bad_row {
        crate::domain::OnBadRow::Abort => {
            Err(PlanError::BadRow { invalid: rows.invalid, rows: rows.rows, first: first() })
        }
        crate::domain::OnBadRow::Skip if rows.recipients == 0 => {
            Err(PlanError::NobodyLeft { rows: rows.rows, first: first() })
        }
        crate::domain::OnBadRow::Skip => Ok(()),
    }
}
