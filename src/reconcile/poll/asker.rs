//! Asking what became of messages: a round over some runs, at the pace of each channel's questions.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::clock::Clock;
use crate::domain::{Correlation, Delivery, ErrorClass, Found, Mark, Query, QueryFailure, RunId};
use crate::engine::{EngineError, Link, ask, question_period};
use crate::journal::{Applied, Journal, JournalError, Marked, Place, RunView};
use crate::provider::transport::AskError;
use crate::reconcile::matching::Whose;
use crate::reconcile::{ReconcileError, Reconciler};
use crate::roster::RosterError;

use super::bodies::Bodies;
use super::due::Patience;
use super::wanted::{Gathered, Wanted};

/// People by the bulk send in which they are: its channel and the provider's id for it.
type Bulk = BTreeMap<(String, String), Vec<Wanted>>;

/// How a round asks.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Which waits are kept.
    pub patience: Patience,
    /// Whether only people in doubt are asked about.
    pub only_doubts: bool,
    /// Whether questions are spread over the time, so that others who ask over the channel never wait long.
    pub is_even: bool,
    /// Whether it is remembered that there was no news: what was asked about only in passing may be asked
    /// about again at once.
    pub remembers: bool,
    /// Messages in a round, at most; those that wait for the longest time are first.
    pub most: Option<usize>,
}

/// What came of a run's messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that were asked about.
    pub asked: u64,
    /// Of those, messages of which there was news.
    pub news: u64,
    /// Of those, people in doubt whose message turned out to exist.
    pub settled: u64,
    /// Of those, messages of which there was nothing new.
    pub quiet: u64,
}

/// Why a channel's questions came to an end before their time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The channel.
    pub channel: String,
    /// Why, in words.
    pub cause: String,
    /// Whether the provider refuses the account: asking again changes nothing.
    pub is_refused: bool,
}

/// What a round has come to so far; it holds when the round is given up too.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Messages to be asked about.
    pub due: u64,
    /// By run.
    pub runs: BTreeMap<RunId, Counts>,
    /// Channels of which not everything could be asked.
    pub troubles: Vec<Trouble>,
    /// Channels that were left out because their settings point elsewhere than the plans say.
    pub moved: BTreeSet<String>,
    /// Runs that could not be read, and why.
    pub unreadable: Vec<(RunId, String)>,
}

impl Told {
    /// Messages that were asked about.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.runs.values().map(|counts| counts.asked).sum()
    }
}

/// Why a round could not be finished. What it had found out until then is on disk.
#[derive(Debug, thiserror::Error)]
pub enum PollError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// What was heard could not be applied.
    #[error(transparent)]
    Reconcile(#[from] ReconcileError),
    /// A roster.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The thread that looked for what is to be asked ended early. An error of Disparo's, not of a person's.
    #[error("what is to be asked could not be found out ({0}); please report this as a fault of Disparo")]
    Broken(String),
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Asker {
    pub(super) journal: Arc<Journal>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) reconciler: Reconciler,
}

/// One round while it goes on.
pub(super) struct Round<'a> {
    pub(super) asker: &'a Asker,
    pub(super) manner: Manner,
    pub(super) gathered: Gathered,
    pub(super) bodies: HashMap<String, Bodies>,
    told: &'a mut Told,
    on_asked: &'a mut (dyn FnMut(&Told) + Send + Sync),
}

/// What one question, or several for the same message, came to.
pub(super) enum Asking {
    /// It was answered, and what it said is on disk.
    Done,
    /// The provider has no such thing.
    NotFound,
    /// Nothing more is to be asked over the channel.
    Trouble(Trouble),
}

/// Where a message stands, as far as answers change it.
type Standing = (Option<Place>, Delivery);

impl Asker {
    /// One that applies answers through this reconciler.
    #[must_use]
    pub fn new(journal: Arc<Journal>, clock: Arc<dyn Clock>, reconciler: Reconciler) -> Self {
        Self { journal, clock, reconciler }
    }

    /// Asks about the messages of these runs that went over these links. `told` is filled as it goes on, and
    /// `on_asked` called after each answer. Dropping the future gives the rest up, without harm.
    ///
    /// # Errors
    /// When the journal or a roster fails. What a provider does not answer is told, and no error.
    pub async fn ask(
        &self,
        runs: Vec<RunView>,
        links: &[Arc<Link>],
        manner: Manner,
        told: &mut Told,
        on_asked: &mut (dyn FnMut(&Told) + Send + Sync),
    ) -> Result<(), PollError> {
        let (mut gathered, unreadable) = self.gather(runs, links.to_vec(), manner).await?;
        told.unreadable.extend(unreadable);
        told.moved.append(&mut gathered.moved);
        let mut wanted = std::mem::take(&mut gathered.wanted);
        if manner.only_doubts {
            wanted.retain(|wanted| wanted.is_in_doubt);
        }
        wanted.sort_by_key(|wanted| (!wanted.is_in_doubt, wanted.quiet, wanted.whose));
        wanted.truncate(manner.most.unwrap_or(usize::MAX));
        told.due += wanted.len() as u64;
        let bodies = HashMap::new();
        let mut round = Round { asker: self, manner, gathered, bodies, told, on_asked };
        round.ask_all(wanted).await
    }

    /// Reads what is to be asked beside the async threads: a large run takes its time.
    async fn gather(
        &self,
        runs: Vec<RunView>,
        links: Vec<Arc<Link>>,
        manner: Manner,
    ) -> Result<(Gathered, Vec<(RunId, String)>), PollError> {
        let (journal, now) = (Arc::clone(&self.journal), self.clock.now());
        let gathering = tokio::task::spawn_blocking(move || {
            let mut gathered = Gathered::default();
            let mut unreadable = Vec::new();
            for view in &runs {
                match gathered.add(&journal, view, &links, manner.patience, now) {
                    Ok(()) => {}
                    Err(EngineError::Journal(error)) if !matches!(error, JournalError::Damaged(_)) => {
                        return Err(error);
                    }
                    // One run that is lost or damaged holds up no other.
                    Err(error) => unreadable.push((view.facts.plan.run, error.to_string())),
                }
            }
            Ok((gathered, unreadable))
        });
        match gathering.await {
            Ok(gathered) => Ok(gathered?),
            Err(error) => Err(PollError::Broken(error.to_string())),
        }
    }
}

impl Round<'_> {
    async fn ask_all(&mut self, wanted: Vec<Wanted>) -> Result<(), PollError> {
        let mut troubled: BTreeSet<String> = BTreeSet::new();
        let (bulk, mut alone) = self.split(wanted);
        for ((channel, broadcast), some) in bulk {
            if troubled.contains(&channel) {
                continue;
            }
            let before = self.standings(&some)?;
            match self.ask_broadcast(&broadcast, &some).await? {
                Asking::Done => self.note(&some, &before).await?,
                // What the provider does not list as a whole may still be in the conversations.
                Asking::NotFound => alone.extend(some),
                Asking::Trouble(trouble) => {
                    troubled.insert(channel);
                    self.told.troubles.push(trouble);
                }
            }
        }
        for one in alone {
            if troubled.contains(&one.link.channel.name) {
                continue;
            }
            let some = std::slice::from_ref(&one);
            let before = self.standings(some)?;
            match self.ask_person(&one).await? {
                Asking::Done | Asking::NotFound => self.note(some, &before).await?,
                Asking::Trouble(trouble) => {
                    troubled.insert(one.link.channel.name.clone());
                    self.told.troubles.push(trouble);
                }
            }
        }
        Ok(())
    }

    /// Those whose bulk send is asked for as a whole, where that takes fewer questions than to ask for each
    /// alone.
    fn split(&self, wanted: Vec<Wanted>) -> (Bulk, Vec<Wanted>) {
        let mut bulk = Bulk::new();
        let mut alone = Vec::new();
        for one in wanted {
            match one.id.as_ref().and_then(super::wanted::broadcast_of) {
                Some(broadcast) => {
                    bulk.entry((one.link.channel.name.clone(), broadcast)).or_default().push(one);
                }
                None => alone.push(one),
            }
        }
        bulk.retain(|broadcast, some| {
            let size = self.gathered.broadcasts.get(broadcast).copied().unwrap_or(some.len());
            let is_cheaper = size.div_ceil(super::broadcast::PAGE as usize) <= some.len();
            if !is_cheaper {
                alone.append(some);
            }
            is_cheaper
        });
        (bulk, alone)
    }

    fn standings(&self, wanted: &[Wanted]) -> Result<Vec<Standing>, PollError> {
        let journal = &self.asker.journal;
        let standing = |wanted: &Wanted| {
            let (run, recipient) = wanted.whose;
            let place = journal.with_ledger(run, |ledger| ledger.place(recipient))?;
            Ok((place, journal.with_deliveries(run, |deliveries| deliveries.of(recipient))?))
        };
        wanted.iter().map(standing).collect()
    }

    /// Counts what the answer changed, and remembers of whom there was nothing new.
    async fn note(&mut self, wanted: &[Wanted], before: &[Standing]) -> Result<(), PollError> {
        let at = self.asker.clock.now().as_millisecond();
        let after = self.standings(wanted)?;
        let mut marks = Vec::new();
        for ((wanted, before), after) in wanted.iter().zip(before).zip(&after) {
            let (run, recipient) = wanted.whose;
            let counts = self.told.runs.entry(run).or_default();
            counts.asked += 1;
            let is_settled = wanted.is_in_doubt && after.0 == Some(Place::Accepted);
            counts.settled += u64::from(is_settled);
            if before.1 == after.1 && !is_settled {
                counts.quiet += 1;
                marks.push(Marked { run, recipient, mark: Mark::Asked, at, failure: None });
            } else {
                counts.news += 1;
            }
        }
        if self.manner.remembers && !marks.is_empty() {
            self.asker.journal.apply(Applied { marks, ..Applied::default() }).await?;
        }
        (self.on_asked)(self.told);
        Ok(())
    }

    /// One question, in its turn. `Ok(Err)` says why there is no answer.
    pub(super) async fn put(&self, link: &Link, query: &Query) -> Result<Found, Asking> {
        let clock = &*self.asker.clock;
        let begun = clock.tick();
        let answer = ask(link, clock, query, |failure, wait| {
            tracing::debug!(channel = %link.channel.name, %failure, ?wait, "asking again");
        })
        .await;
        if self.manner.is_even {
            clock.sleep_until(begun.after(question_period(&link.channel))).await;
        }
        answer.map_err(|error| self.failed(link, &error))
    }

    fn failed(&self, link: &Link, error: &AskError) -> Asking {
        let is_refused = match error {
            AskError::Failed(QueryFailure::NotFound) => return Asking::NotFound,
            AskError::Failed(QueryFailure::Refused(reason)) => {
                let row = link.channel.limits.row(&reason.code, None);
                if row.is_none_or(|row| row.class != ErrorClass::Channel) {
                    // It concerns this conversation alone.
                    tracing::debug!(channel = %link.channel.name, %error, "the provider does not say");
                    return Asking::NotFound;
                }
                true
            }
            AskError::Failed(QueryFailure::Throttled { .. } | QueryFailure::Unanswered(_))
            | AskError::NotOffered(_) => false,
        };
        let (channel, cause) = (link.channel.name.clone(), error.to_string());
        Asking::Trouble(Trouble { channel, cause, is_refused })
    }

    /// Whether a name is one that this store gave.
    pub(super) fn is_of_this_store(&self, name: &Correlation) -> bool {
        self.asker.journal.is_ours(&name.store, name.run)
    }

    /// Whether somebody is still in doubt.
    pub(super) fn is_in_doubt(&self, (run, recipient): Whose) -> Result<bool, JournalError> {
        let doubts = self.asker.journal.doubts(run)?;
        Ok(doubts.iter().any(|(number, _)| *number == recipient))
    }
}
