//! Any schedule of work, pauses, crashes and settled doubt: the journal does what a simple model does,
//! and its balance adds up after every step.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use disparo::domain::{Attempt, Reason, RecipientNumber, RunId, RunState, Standing, Tally};
use disparo::journal::{Balance, Journal, JournalError, Permit, Place, SettledBy, SkipCause};
use proptest::prelude::*;
use tempfile::TempDir;

use super::model::Model;
use super::plans::{HASH, copy, open, people, plan, wait};
use super::step::{Move, Step, schedule};

const RUNS: [RunId; 2] = [RunId(1), RunId(2)];

#[derive(Debug)]
enum Done {
    Nothing,
    Granted { run: usize, id: u64, permit: Permit },
    Settled(Balance),
    Count(u64),
}

type Answer = Pin<Box<dyn Future<Output = Result<Done, JournalError>>>>;

/// What the model says that an answer must be.
#[derive(Debug)]
enum Expected {
    Refused,
    Done,
    Balance(Tally, u64),
    Count(u64),
}

struct World {
    folder: TempDir,
    /// None only while one process is gone and the next one has not come.
    journal: Option<Arc<Journal>>,
    standings: [Vec<Standing>; 2],
    models: [Model; 2],
    permits: Vec<(usize, u64, Permit)>,
    next_call: u64,
}

impl World {
    fn new(standings: [Vec<Standing>; 2], most: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Arc::new(open(folder.path()));
        for (run, standings) in RUNS.into_iter().zip(&standings) {
            let made = journal.create_run(plan(run, standings, most), HASH, standings.clone(), Vec::new());
            wait(made).expect("the run is made");
        }
        let models = [Model::new(&standings[0], most), Model::new(&standings[1], most)];
        Self { folder, journal: Some(journal), standings, models, permits: Vec::new(), next_call: 0 }
    }

    fn journal(&self) -> Arc<Journal> {
        Arc::clone(self.journal.as_ref().expect("the store is open"))
    }

    fn take_permit(&mut self, run: usize, call: usize) -> Option<(u64, Permit)> {
        let of_run = |(_, (other, ..)): &(usize, &(usize, u64, Permit))| *other == run;
        let held: Vec<_> =
            self.permits.iter().enumerate().filter(of_run).map(|(position, _)| position).collect();
        let position = *held.get(call % held.len().max(1))?;
        let (_, id, permit) = self.permits.remove(position);
        Some((id, permit))
    }

    /// Asks the journal and the model the same; none where there is nothing to ask.
    fn ask(&mut self, run: usize, step: Step) -> Option<(Expected, Answer)> {
        let journal = self.journal();
        let number = RUNS[run];
        let nothing = |result: Result<(), JournalError>| result.map(|()| Done::Nothing);
        let done = |is_done| if is_done { Expected::Done } else { Expected::Refused };
        match step {
            Step::IntendNext { length } => {
                let places = (0..).zip(&self.models[run].places);
                let pending = places.filter(|(_, place)| **place == Place::Pending);
                let next = pending.map(|(person, _)| person).take(length).collect();
                self.intend(run, next, Attempt::FIRST)
            }
            Step::Intend { span, attempt } => self.intend(run, span.numbers(), attempt),
            Step::Settle { call, verdicts } => {
                let (id, permit) = self.take_permit(run, call)?;
                self.models[run].settle(id, &verdicts);
                let expected = Expected::Balance(self.tally(run), self.models[run].in_flight());
                let answer = async move { journal.settle(permit.spend(), verdicts).await.map(Done::Settled) };
                Some((expected, Box::pin(answer)))
            }
            Step::Withdraw { call } => {
                let (id, permit) = self.take_permit(run, call)?;
                self.models[run].withdraw(id);
                Some((Expected::Done, Box::pin(async move { nothing(journal.withdraw(permit).await) })))
            }
            Step::Forget { call } => {
                drop(self.take_permit(run, call)?);
                None
            }
            Step::Happen(event) => {
                let expected = done(self.models[run].happen(&event));
                let answer = async move { journal.happen(number, event).await.map(|_| Done::Nothing) };
                Some((expected, Box::pin(answer)))
            }
            Step::SettleDoubt { named, settlement } => {
                let named = named.map(|span| span.numbers());
                let count = self.models[run].settle_doubt(named.clone(), settlement);
                let named = named.map(|numbers| numbers.into_iter().map(RecipientNumber).collect());
                let answer = async move {
                    journal.settle_doubt(number, named, settlement, SettledBy::Person).await.map(Done::Count)
                };
                Some((count.map_or(Expected::Refused, Expected::Count), Box::pin(answer)))
            }
            Step::Skip(span) => {
                let chunk = people(span.numbers())?;
                let expected = done(self.models[run].move_pending(&span.numbers(), Place::Suppressed));
                Some((
                    expected,
                    Box::pin(
                        async move { nothing(journal.skip(number, chunk, SkipCause::Suppressed).await) },
                    ),
                ))
            }
            Step::Refuse(span) => {
                let chunk = people(span.numbers())?;
                let expected = done(self.models[run].move_pending(&span.numbers(), Place::Rejected));
                let reason = Reason::new("refused", "the provider refuses the recipient");
                Some((
                    expected,
                    Box::pin(async move { nothing(journal.refuse(number, chunk, reason, Vec::new()).await) }),
                ))
            }
        }
    }

    fn intend(&mut self, run: usize, numbers: Vec<u32>, attempt: Attempt) -> Option<(Expected, Answer)> {
        let chunk = people(numbers.iter().copied())?;
        let id = self.next_call;
        self.next_call += 1;
        let granted = self.models[run].intend(id, numbers, attempt);
        let journal = self.journal();
        let answer = async move {
            let permit = journal.intend(RUNS[run], 0, attempt, chunk).await?;
            Ok(Done::Granted { run, id, permit })
        };
        Some((if granted { Expected::Done } else { Expected::Refused }, Box::pin(answer)))
    }

    fn make(&mut self, next: Move) -> Result<(), TestCaseError> {
        match next {
            Move::Ask(steps) => {
                let asked = steps.into_iter().filter_map(|(run, step)| self.ask(run, step));
                let (expected, answers): (Vec<_>, Vec<_>) = asked.collect();
                for (expected, answer) in expected.into_iter().zip(wait(all(answers))) {
                    self.compare(&expected, answer)?;
                }
            }
            Move::Reopen => {
                self.permits.clear();
                self.models.iter_mut().for_each(Model::crash);
                self.journal = None;
                self.journal = Some(Arc::new(open(self.folder.path())));
                attach(&self.journal(), &self.standings);
            }
            Move::OpenCopy => {
                let killed = tempfile::tempdir().expect("a folder");
                copy(self.folder.path(), killed.path());
                let journal = open(killed.path());
                let mut models = self.models.clone();
                models.iter_mut().for_each(Model::crash);
                for (run, model) in RUNS.into_iter().zip(&models) {
                    let summary = journal.view(run).expect("the run").summary;
                    prop_assert_eq!(summary.tally, tally_of(model), "before anybody reads the log");
                }
                attach(&journal, &self.standings);
                check(&journal, &models, &self.standings)?;
            }
        }
        check(&self.journal(), &self.models, &self.standings)
    }

    fn compare(
        &mut self,
        expected: &Expected,
        answer: Result<Done, JournalError>,
    ) -> Result<(), TestCaseError> {
        match (expected, answer) {
            (Expected::Refused, Err(error)) => {
                let is_refusal = !matches!(error, JournalError::Broken(_) | JournalError::Damaged(_));
                prop_assert!(is_refusal, "{}", error);
            }
            (Expected::Done, Ok(Done::Nothing)) => {}
            (Expected::Done, Ok(Done::Granted { run, id, permit })) => self.permits.push((run, id, permit)),
            (Expected::Balance(tally, in_flight), Ok(Done::Settled(balance))) => {
                prop_assert_eq!((*tally, *in_flight), (balance.tally, balance.in_flight));
            }
            (Expected::Count(expected), Ok(Done::Count(count))) => prop_assert_eq!(*expected, count),
            (expected, answer) => prop_assert!(false, "expected {:?}, got {:?}", expected, answer),
        }
        Ok(())
    }

    fn tally(&self, run: usize) -> Tally {
        tally_of(&self.models[run])
    }
}

fn tally_of(model: &Model) -> Tally {
    let recipients = model.places.len() as u64;
    Tally {
        rows: recipients,
        recipients,
        already: model.count(Place::Already),
        suppressed: model.count(Place::Suppressed),
        capped: model.count(Place::Capped),
        expired: model.count(Place::Expired),
        cancelled: model.count(Place::Cancelled),
        pending: model.count(Place::Pending),
        accepted: model.count(Place::Accepted) + model.count(Place::Assumed),
        rejected: model.count(Place::Rejected),
        in_doubt: model.doubts.len() as u64 + model.in_flight(),
        ..Tally::default()
    }
}

fn attach(journal: &Journal, standings: &[Vec<Standing>; 2]) {
    for (run, standings) in RUNS.into_iter().zip(standings) {
        journal.attach(run, standings.iter().copied()).expect("the log leads to its summary");
    }
}

/// All answers, asked for in order and at once, so that several share a flush group.
async fn all(answers: Vec<Answer>) -> Vec<Result<Done, JournalError>> {
    let mut waiting: Vec<_> = answers.into_iter().map(|answer| (Some(answer), None)).collect();
    poll_fn(|context| {
        for (answer, result) in &mut waiting {
            if let Some(Poll::Ready(done)) = answer.as_mut().map(|answer| answer.as_mut().poll(context)) {
                (*answer, *result) = (None, Some(done));
            }
        }
        if waiting.iter().all(|(answer, _)| answer.is_none()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    waiting.into_iter().filter_map(|(_, result)| result).collect()
}

fn check(
    journal: &Journal,
    models: &[Model; 2],
    standings: &[Vec<Standing>; 2],
) -> Result<(), TestCaseError> {
    for ((run, model), standings) in RUNS.into_iter().zip(models).zip(standings) {
        let view = journal.view(run).expect("the run");
        prop_assert!(view.summary.tally.adds_up(), "{:?}", view.summary.tally);
        prop_assert_eq!(view.summary.tally, tally_of(model));
        prop_assert_eq!(&view.summary.state, &model.state);
        prop_assert_eq!(view.in_flight, model.in_flight());
        prop_assert!(view.in_flight <= model.most, "more are exposed than the campaign allows");
        let is_over = matches!(view.summary.state, RunState::Completed | RunState::Cancelled);
        prop_assert!(
            !is_over || view.summary.tally.pending == 0,
            "nobody is forgotten by a run that is over"
        );

        let doubted: Vec<_> = journal.doubts(run).expect("attached");
        let doubted: Vec<_> = doubted.into_iter().map(|(person, doubt)| (person.0, doubt.attempt)).collect();
        let expected: Vec<_> = model.doubts.iter().map(|(person, attempt)| (*person, *attempt)).collect();
        prop_assert_eq!(doubted, expected);

        let live = journal.with_ledger(run, Clone::clone).expect("attached");
        for (person, _) in (0..).zip(&model.places) {
            let place = live.place(RecipientNumber(person));
            prop_assert!(place.is_some_and(|place| model.is_at(person, place)), "{}: {:?}", person, place);
            let attempts = live.attempts(RecipientNumber(person));
            prop_assert_eq!(attempts, model.attempts[person as usize]);
        }
        let from_disk = journal.refold(run, standings.iter().copied()).expect("the log is whole");
        prop_assert!(from_disk == live, "the log on disk leads elsewhere");
    }
    Ok(())
}

fn standings() -> impl Strategy<Value = Vec<Standing>> {
    let standing = prop_oneof![
        8 => Just(Standing::Send),
        1 => Just(Standing::Already),
        1 => Just(Standing::Suppressed),
        1 => Just(Standing::Capped),
    ];
    prop::collection::vec(standing, 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 72, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_journal_does_what_the_model_does(
        first in standings(),
        second in standings(),
        most in 3_u32..15,
        schedule in schedule(),
    ) {
        let mut world = World::new([first, second], most);
        for next in schedule {
            world.make(next)?;
        }
    }
}
