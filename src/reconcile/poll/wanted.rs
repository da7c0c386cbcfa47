//! Of which messages of a run news are wanted, and which of its messages nobody could tell from others.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::due::{Known, LONGEST, Patience};
use super::evidence::SKEW;
use crate::domain::{
    Content, Delivery, MessageId, Moment, Paging, PersonKey, Phone, Plan, Query, RecipientNumber, RunId,
};
use crate::engine::{EngineError, Link, check_unmoved, occurrence};
use crate::journal::{Doubt, Journal, LogMap, Place, RecipientHistory, RunView};
use crate::provider::Provider;
use crate::reconcile::matching::Whose;
use crate::roster::{Roster, RosterError, Standings};

/// Recipients whose histories are held in memory at once.
const BLOCK: u32 = 100_000;

/// What precedes the first byte of a call after the time of its intent, in milliseconds.
const BEFORE_THE_CALL: i64 = 2_000;

/// One message of which news are wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Whose.
    pub whose: Whose,
    /// Over which channel it went.
    pub link: Arc<Link>,
    /// The provider's identifier of it, where it gave one.
    pub id: Option<MessageId>,
    /// Whether nobody knows whether it exists.
    pub is_in_doubt: bool,
    /// When the provider made it, at the earliest, in milliseconds since the Unix epoch.
    pub from: i64,
    /// Since when nothing was heard and nothing was asked, in milliseconds since the Unix epoch.
    pub quiet: i64,
}

/// A message that has no identifier of the provider's: another one may be taken for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nameless {
    /// Whose.
    pub whose: Whose,
    /// When the provider made it, at the earliest, in milliseconds since the Unix epoch.
    pub from: i64,
    /// And at the latest.
    pub until: i64,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Of which news are wanted.
    pub wanted: Vec<Wanted>,
    /// Those without a name, by channel and person.
    pub nameless: HashMap<(String, PersonKey), Vec<Nameless>>,
    /// How many recipients each bulk send of the provider's has, by channel and identifier.
    pub broadcasts: HashMap<(String, String), usize>,
    /// The recipients, of runs of which news are wanted.
    pub rosters: HashMap<RunId, Arc<Roster>>,
    /// Channels that were not asked, because their settings point elsewhere since.
    pub moved: BTreeSet<String>,
}

/// Whether this provider can be asked what became of a message.
#[must_use]
pub fn can_be_asked(provider: &dyn Provider) -> bool {
    // The number is nobody's: what can be asked does not depend on it.
    let phone = Phone::from_digits("5511999999999");
    phone.is_some_and(|phone| provider.ask(&Query::Messages { phone, paging: Paging::FIRST }).is_ok())
}

impl Gathered {
    /// Adds what is wanted of a run over those of the links that its plan names.
    ///
    /// # Errors
    /// When its roster or its part of the journal cannot be read.
    pub fn add(
        &mut self,
        journal: &Journal,
        view: &RunView,
        links: &[Arc<Link>],
        patience: Patience,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let plan = &view.facts.plan;
        let links = self.links_of(plan, links);
        if links.iter().all(Option::is_none) || !may_be_wanted(view, now) {
            return Ok(());
        }
        let roster = occurrence::attach(journal, plan.run)?;
        if acts(&roster) {
            return Ok(());
        }
        journal.attach_deliveries(plan.run)?;
        let map = journal.map_log(plan.run)?;
        let run = Run { journal, plan, links: &links, roster: &roster, map, patience, now };
        let mut standings = roster.standings();
        let doubts: HashMap<_, _> = journal.doubts(plan.run)?.into_iter().collect();
        let before = self.wanted.len();
        let mut nameless = Vec::new();
        let mut start = 0;
        while start < roster.len() {
            let range = start..roster.len().min(start + BLOCK);
            start = range.end;
            run.gather(range, &mut standings, &doubts, self, &mut nameless)?;
        }
        let is_any_nameless = !nameless.is_empty();
        run.file(nameless, self)?;
        if self.wanted.len() > before || is_any_nameless {
            self.rosters.insert(plan.run, Arc::new(roster));
        }
        Ok(())
    }

    /// The links of a plan's channels, in its order; `None` for those that are not to be asked.
    fn links_of(&mut self, plan: &Plan, links: &[Arc<Link>]) -> Vec<Option<Arc<Link>>> {
        let mut of_plan = Vec::with_capacity(plan.channels.len());
        for planned in &plan.channels {
            let link = links.iter().find(|link| link.channel.name == planned.name);
            let is_there = link.filter(|link| check_unmoved(planned, &link.channel).is_ok());
            if link.is_some() && is_there.is_none() {
                self.moved.insert(planned.name.clone());
            }
            of_plan.push(is_there.cloned());
        }
        of_plan
    }
}

/// A run whose end is longer ago than anything is asked for needs not be opened.
fn may_be_wanted(view: &RunView, now: Timestamp) -> bool {
    let tally = &view.summary.tally;
    let is_recent = now.duration_since(view.summary.at).unsigned_abs() <= LONGEST;
    (tally.accepted > 0 || tally.in_doubt > 0) && (is_recent || view.summary.state.is_unfinished())
}

/// All recipients of a run get the same kind of content; where the first is forgotten, nobody knows which.
fn acts(roster: &Roster) -> bool {
    let first = roster.recipient(RecipientNumber(0));
    first.is_ok_and(|recipient| matches!(recipient.content, Content::Action(_)))
}

/// One run while it is looked at.
struct Run<'a> {
    journal: &'a Journal,
    plan: &'a Plan,
    links: &'a [Option<Arc<Link>>],
    roster: &'a Roster,
    map: LogMap,
    patience: Patience,
    now: Timestamp,
}

/// A recipient whose message the provider has, or may have.
struct Sent {
    number: RecipientNumber,
    place: Place,
    delivery: Delivery,
    history: RecipientHistory,
    doubt: Option<Doubt>,
}

/// One without a name whose person is still to be read.
struct Unfiled {
    number: RecipientNumber,
    link: Arc<Link>,
    from: i64,
    until: i64,
}

impl Run<'_> {
    fn gather(
        &self,
        range: std::ops::Range<u32>,
        standings: &mut Standings<'_>,
        doubts: &HashMap<RecipientNumber, Doubt>,
        gathered: &mut Gathered,
        nameless: &mut Vec<Unfiled>,
    ) -> Result<(), EngineError> {
        let run = self.plan.run;
        let numbers = || range.clone().map(RecipientNumber);
        let places: Vec<Option<Place>> =
            self.journal.with_ledger(run, |ledger| numbers().map(|number| ledger.place(number)).collect())?;
        let deliveries: Vec<Delivery> = self
            .journal
            .with_deliveries(run, |deliveries| numbers().map(|number| deliveries.of(number)).collect())?;
        let histories = self.journal.histories_by(&self.map, range.clone())?;
        // Those of this range are next: one pass over all ranges.
        let all = numbers().zip(places).zip(deliveries).zip(histories).zip(standings);
        for ((((number, place), delivery), history), standing) in all {
            let (_, channel, _) = standing?;
            let doubt = doubts.get(&number).copied();
            let channel = doubt.map_or(channel, |doubt| doubt.channel);
            let Some(Some(link)) = self.links.get(usize::from(channel)) else { continue };
            let is_sent = matches!(place, Some(Place::Accepted | Place::Assumed));
            if let Some(place) = place.filter(|_| is_sent || doubt.is_some()) {
                let sent = Sent { number, place, delivery, history, doubt };
                self.take(sent, link, gathered, nameless);
            }
        }
        Ok(())
    }

    fn take(&self, sent: Sent, link: &Arc<Link>, gathered: &mut Gathered, nameless: &mut Vec<Unfiled>) {
        let begun = self.plan.created.as_millisecond();
        let moment = |moment: Option<Moment>| moment.map(|at| begun.saturating_add(at.after()));
        let since = sent.doubt.map_or(sent.history.at, |doubt| Some(doubt.since)).unwrap_or(begun);
        let known = Known {
            status: sent.delivery.status(),
            is_in_doubt: sent.doubt.is_some(),
            since,
            newest: moment(sent.delivery.newest()),
            asked: moment(sent.delivery.asked()),
        };
        let id = sent.history.message_id.clone().filter(|_| sent.doubt.is_none());
        if let Some(broadcast) = id.as_ref().and_then(broadcast_of) {
            *gathered.broadcasts.entry((link.channel.name.clone(), broadcast)).or_default() += 1;
        }
        let (from, until) = window(&sent, since, begun, link);
        if id.is_none() {
            nameless.push(Unfiled { number: sent.number, link: Arc::clone(link), from, until });
        }
        if known.is_due(self.patience, self.now) {
            let quiet = known.newest.into_iter().chain(known.asked).fold(since, i64::max);
            gathered.wanted.push(Wanted {
                whose: (self.plan.run, sent.number),
                link: Arc::clone(link),
                id,
                is_in_doubt: known.is_in_doubt,
                from,
                quiet,
            });
        }
    }

    /// Puts those without a name under the persons they are.
    fn file(&self, nameless: Vec<Unfiled>, gathered: &mut Gathered) -> Result<(), EngineError> {
        for Unfiled { number, link, from, until } in nameless {
            let recipient = match self.roster.recipient(number) {
                // Nobody can be told from somebody who is forgotten.
                Err(RosterError::Forgotten { .. }) => continue,
                recipient => recipient?,
            };
            let key = (link.channel.name.clone(), recipient.address.person());
            let one = Nameless { whose: (self.plan.run, number), from, until };
            gathered.nameless.entry(key).or_default().push(one);
        }
        Ok(())
    }
}

/// When the provider may have made a message.
fn window(sent: &Sent, since: i64, begun: i64, link: &Link) -> (i64, i64) {
    let timeout = i64::try_from(link.channel.timeout.as_millis()).unwrap_or(i64::MAX);
    // Three times the timeout: that Disparo gave up does not stop the provider.
    let long = timeout.saturating_mul(3).saturating_add(BEFORE_THE_CALL).saturating_add(SKEW);
    let until = since.saturating_add(long);
    let from = match sent.doubt {
        Some(_) => since,
        // Somebody's word may be much younger than the call.
        None if sent.place == Place::Assumed || sent.history.settled.is_some() => begun,
        None => since.saturating_sub(timeout).saturating_sub(BEFORE_THE_CALL),
    };
    (from.saturating_sub(SKEW), until)
}

/// The bulk send that a message belongs to, where its identifier says so: `broadcast/correlation`.
#[must_use]
pub fn broadcast_of(id: &MessageId) -> Option<String> {
    match id {
        MessageId::Text(text) => text.split_once('/').map(|(broadcast, _)| broadcast.to_owned()),
        MessageId::Number(_) => None,
    }
}
