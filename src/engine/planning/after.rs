//! `[after]`: what is done for everybody whom a run's provider accepted. Frozen with the run, and planned, each
//! action as a linked run, once the run's own sending is done.

use std::sync::Arc;

use roaring::RoaringTreemap;

use crate::domain::{
    AFTER_NAMES, Action, ActionSpec, Address, AddressSource, Campaign, Columns, Content, ContentSpec, Names,
    Phone, Plan, Purpose, Recipient, RecipientNumber, Row, RunId, RunName, RunState,
};
use crate::engine::link::{Link, check_unmoved, freeze};
use crate::engine::send::Engine;
use crate::engine::{EngineError, occurrence};
use crate::journal::{Place, RunView};
use crate::provider::Provider;
use crate::roster::RosterWriter;
use crate::template::{ContentTemplate, Rendered};

use super::error::PlanError;
use super::fallback::Due;
use super::freeze::{Planned, Source};
use super::judge::Fault;
use super::standing::StandingRule;
use super::survey::Survey;

/// A person's number as good as any, for what a provider does for nobody or for everybody.
const SOMEBODY: &str = "5511987654321";

/// A group's id as good as any.
const SOME_GROUP: &str = "120363000000000001@g.us";

/// What is due after a run, by the action's place in [`Conduct::after`](crate::domain::Conduct::after), in that
/// order. Nothing is before the run's own sending is done, nor for a run that was given up.
#[must_use]
pub fn due_after(views: &[RunView], run: RunId) -> Vec<(u16, Due)> {
    let Some(view) = views.iter().find(|view| view.facts.plan.run == run) else { return Vec::new() };
    let is_over = matches!(view.summary.state, RunState::Completed | RunState::Settling);
    if !is_over {
        return Vec::new();
    }
    let actions = (0..).zip(&view.conduct.after).map(|(action, _)| action);
    actions.filter_map(|action| Some((action, due(views, view, action)?))).collect()
}

fn due(views: &[RunView], view: &RunView, action: u16) -> Option<Due> {
    let run = view.facts.plan.run;
    let newest = linked(views, run, action).next_back();
    if let Some(linked) = newest.filter(|newest| newest.summary.state.is_unfinished()) {
        return Some(Due::Resume(linked.facts.plan.run));
    }
    // Whom a channel cannot do it for is counted anew by each of the linked runs.
    let others = newest.map_or(0, |newest| newest.facts.plan.rows.invalid);
    let taken: u64 = linked(views, run, action).map(|linked| linked.facts.plan.rows.recipients).sum();
    (view.summary.tally.accepted > taken + others).then_some(Due::Plan)
}

/// The runs that were made for an action after a run, the oldest first: one, and another for each time that
/// people in doubt turned out to be accepted after it.
fn linked(views: &[RunView], run: RunId, action: u16) -> impl DoubleEndedIterator<Item = &RunView> {
    views.iter().filter(move |other| other.facts.plan.purpose == Purpose::AfterOf { run, action })
}

/// Where a definition says what an action after a run is.
fn key(action: &Action) -> &'static str {
    match action {
        Action::SetChatStatus { .. } => "after.chat_status",
        Action::AddTags { .. } => "after.add_tags",
        _ => "after.attributes",
    }
}

/// Whether tags have to be known for what is done after a run.
pub(super) fn has_tags(campaign: &Campaign) -> bool {
    campaign.conduct.after.iter().any(|action| matches!(action, Action::AddTags { .. }))
}

/// What is done after the run of this name, as every channel of the campaign can do it. Tags are names or ids
/// still: each account has its own.
///
/// # Errors
/// What cannot be rendered, or a provider does not do.
pub(super) fn frozen(source: &Source<'_>, run: &RunName) -> Result<Vec<Action>, PlanError> {
    let campaign = source.campaign;
    let somebody = match &campaign.audience.address {
        AddressSource::Group(_) => Some(Address::Group(SOME_GROUP.into())),
        AddressSource::Phone(_) | AddressSource::Action => Phone::from_digits(SOMEBODY).map(Address::Phone),
    };
    let mut actions = Vec::with_capacity(campaign.conduct.after.len());
    for spec in &campaign.conduct.after {
        let action = rendered(campaign, spec, run)?;
        let content = Content::Action(action.clone());
        for (channel, provider) in channels(source) {
            let problem = somebody.as_ref().and_then(|somebody| provider.check(somebody, &content).err());
            if let Some(problem) = problem {
                let (file, field) = (campaign.file.clone(), key(spec));
                let sentence = format!("channel {channel}: {}", problem.sentence);
                return Err(PlanError::After { file, field, sentence });
            }
        }
        actions.push(action);
    }
    Ok(actions)
}

/// The channels by name that the campaign's recipients may come to, the fallback included.
fn channels<'a>(source: &'a Source<'_>) -> impl Iterator<Item = (&'a str, &'a dyn Provider)> {
    let own = source.channels.iter().map(|channel| channel.name.as_str());
    let own = own.zip(source.providers.iter().copied());
    own.chain(source.campaign.fallback.as_deref().zip(source.fallback))
}

fn rendered(campaign: &Campaign, spec: &Action, run: &RunName) -> Result<Action, PlanError> {
    let unfit = |fault: Fault| PlanError::After {
        file: campaign.file.clone(),
        field: key(spec),
        sentence: fault.sentence,
    };
    let columns = Columns::new(AFTER_NAMES.map(str::to_owned).to_vec());
    let names = Names::new(&columns, &[])
        .map_err(|source| PlanError::UnknownColumn { file: campaign.file.clone(), source })?;
    let spec = ActionSpec { action: spec.clone(), address: None, file: None };
    let template = ContentTemplate::compile(&ContentSpec::Action(spec), &names);
    let values = vec![campaign.name.clone(), run.to_string()];
    let rendered = template.and_then(|template| template.render(&Row { number: 0, values }));
    match rendered.map_err(|error| unfit(error.into()))? {
        Rendered::Action(rendered) => Ok(rendered.action),
        Rendered::Content(_) => Err(unfit(Fault::new("after", "it is no action"))),
    }
}

impl Engine {
    /// Plans an action after `run`, over the channels of that run, for everybody whom their providers accepted,
    /// those aside whom a linked run has already. People in doubt are never among them. The campaign's own pace
    /// holds, without its ramp.
    ///
    /// # Errors
    /// When the run has no such action, a channel points elsewhere now or cannot be asked for its tags, nobody
    /// is left, or the plan cannot be written.
    pub async fn plan_after(
        &self,
        run: RunId,
        action: u16,
        links: &[Arc<Link>],
    ) -> Result<Planned, PlanError> {
        let view = self.journal.view(run).map_err(EngineError::from)?;
        let earlier = view.facts.plan.clone();
        let nobody = || PlanError::NobodyLeftAfter { run: earlier.run_name.clone() };
        let wanted = view.conduct.after.get(usize::from(action)).ok_or_else(nobody)?;
        for (planned, link) in earlier.channels.iter().zip(links) {
            check_unmoved(planned, &link.channel).map_err(EngineError::from)?;
        }
        let mut contents = Vec::with_capacity(links.len());
        for link in links {
            contents.push(Content::Action(self.with_tag_ids(wanted, link).await?));
        }
        let roster = occurrence::attach(&self.journal, run)?;
        let accepted: Vec<_> = self.journal.with_ledger(run, |ledger| {
            let is_accepted = |recipient: &RecipientNumber| {
                matches!(ledger.place(*recipient), Some(Place::Accepted | Place::Assumed))
            };
            (0..roster.len()).map(RecipientNumber).filter(is_accepted).collect()
        })?;
        let views = self.journal.views().map_err(EngineError::from)?;
        let taken: RoaringTreemap = self.rows_of(linked(&views, run, action))?;
        if accepted.len() as u64 <= taken.len() {
            return Err(nobody());
        }
        let rule = StandingRule::new(&self.journal);
        let run = self.journal.number_run().await?;
        let mut writer = RosterWriter::create(self.journal.path(), run)?;
        let mut survey = Survey::new(links.len());
        let mut standings = Vec::new();
        for number in accepted {
            let recipient = roster.recipient(number)?;
            let channel = usize::from(recipient.channel);
            let (Some(link), Some(content)) = (links.get(channel), contents.get(channel)) else { continue };
            if taken.contains(recipient.row) {
                continue;
            }
            if let Err(problem) = link.provider.check(&recipient.address, content) {
                survey.invalid(recipient.row, Fault::new(problem.field, problem.sentence));
                continue;
            }
            let number = RecipientNumber(u32::try_from(standings.len()).unwrap_or(u32::MAX));
            let standing = rule.standing(&recipient.address, content);
            let recipient = Recipient { number, standing, content: content.clone(), ..recipient };
            survey.recipient(&recipient);
            standings.push(standing);
            writer.push(&recipient)?;
        }
        let plan = Plan {
            run,
            run_name: RunName::new(&earlier.campaign, run),
            purpose: Purpose::AfterOf { run: earlier.run, action },
            created: self.clock.now(),
            channels: links.iter().map(|link| freeze(&link.channel)).collect(),
            rows: survey.rows,
            already: survey.already,
            suppressed: survey.suppressed,
            ramp: None,
            ..earlier
        };
        let plan_hash = writer.finish(plan.clone())?;
        Ok(Planned::plain(plan, plan_hash, survey, standings))
    }

    /// The action with the ids of this account in the place of its tags' names.
    async fn with_tag_ids(&self, action: &Action, link: &Link) -> Result<Action, PlanError> {
        let mut action = action.clone();
        if let Action::AddTags { tags, .. } = &mut action {
            let index = self.tags_of(link).await?;
            for tag in tags {
                *tag = index.id_of(tag)?.to_owned();
            }
        }
        Ok(action)
    }
}
