//! What differs between the simulated providers.

use std::fmt::Debug;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::routing::MethodFilter;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::Service;
use super::accepting::{Change, Message, Outcome};
use super::inbound::Happening;
use super::incoming::Incoming;
use super::record::Arrival;
use super::reply::Answer;
use super::scenario::Scenario;
use super::statuses::{Courses, Failures, Status};
use super::webhooks::{Course, Heard, Manner, Told};
use crate::domain::Address;

/// Where a provider is called: method, path with `{parameters}`, and which of its calls that is.
pub(super) type Route<Call> = (MethodFilter, &'static str, Call);

/// What a request asks for.
#[derive(Debug)]
pub(super) enum Judged<F: FarSide + ?Sized> {
    /// Messages, each with the provider's objections, and what the answer repeats of the request.
    Messages(Vec<Message<F::Refusal>>, F::Echo),
    /// Something else, fit to be done.
    Operation(F::Operation),
    /// Nothing that could be done: answered so.
    Unfit(Answer),
}

/// A call that is no sending of messages.
pub(super) trait Operation: Debug + Send + 'static {
    /// What records and scenarios call it: one of [`FarSide::OPERATIONS`].
    fn word(&self) -> &'static str;

    /// Whether it changes something; a question does not, and counts nobody.
    fn is_change(&self) -> bool;

    /// Whom or what it concerns: what rules, magic numbers and `containing` are held against.
    fn concerns(&self) -> Vec<Address>;
}

/// Where a provider has no calls but for messages.
#[derive(Debug)]
pub(super) enum NoOperation {}

impl Operation for NoOperation {
    fn word(&self) -> &'static str {
        match *self {}
    }

    fn is_change(&self) -> bool {
        match *self {}
    }

    fn concerns(&self) -> Vec<Address> {
        match *self {}
    }
}

/// What an operation came to.
#[derive(Debug)]
pub(super) struct Performed {
    pub(super) answer: Answer,
    /// What is recorded: a line for each thing that is now otherwise. Empty for a question.
    pub(super) changes: Vec<Change<'static>>,
    /// How many things were refused.
    pub(super) refused: usize,
}

impl Performed {
    /// An answer to a question, or a refusal of the only thing that was asked for.
    pub(super) fn answered(answer: Answer, refused: usize) -> Self {
        Self { answer, changes: Vec::new(), refused }
    }
}

/// Under what circumstances something is done.
#[derive(Debug)]
pub(super) struct Context<'a, Refusal> {
    pub(super) arrival: Arrival,
    pub(super) scenario: &'a Scenario,
    /// Whether anything is kept: not in rehearsals of any size, which count alone.
    pub(super) keeps: bool,
    /// The number that the first line of the record gets, the others following: what identifiers are made of.
    pub(super) first: u64,
    /// Where messages stand.
    pub(super) courses: Courses,
    /// What rules and magic numbers say of those whom the operation concerns.
    pub(super) refusals: Vec<(Address, Refusal)>,
}

impl<Refusal> Context<'_, Refusal> {
    /// What stands against somebody, by a rule or a magic number.
    pub(super) fn refusal(&self, of: &Address) -> Option<&Refusal> {
        self.refusals.iter().find(|(address, _)| address == of).map(|(_, refusal)| refusal)
    }
}

/// How an otherwise ordinary answer is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    None,
    /// The last message has no result.
    Missing,
    /// One result too many.
    Extra,
}

/// One provider's behaviour. Everything but `inspect`, `totals`, `told` and what needs no account happens
/// under the desk's lock.
pub(super) trait FarSide: Debug + Send + Sync + 'static {
    /// Which of the provider's calls a route is.
    type Call: Copy + Send + Sync + 'static;
    /// How it refuses a message.
    type Refusal: Clone + Debug + Send + Sync + 'static;
    /// What its answer repeats of the request.
    type Echo: Debug + Send + 'static;
    /// A call that is no sending of messages.
    type Operation: Operation;
    /// What the account holds, for as long as the process runs.
    type Account: Clone + Default + Debug + Send + 'static;
    /// What its webhooks repeat of a message beside what all of them do.
    type About: Debug + Send + Sync + 'static;

    /// Which provider.
    const SERVICE: Service;
    /// Words of its operations; those of messages are their kinds.
    const OPERATIONS: &'static [&'static str];
    /// What scenarios call its refusals.
    const REFUSALS: &'static [&'static str];
    /// Last digits of magic numbers, and what is always said of them (see [`super::magic`]).
    const MAGIC: &'static [(u16, Self::Refusal)];
    /// The same for what is taken and fails later.
    const FAILURES: Failures;
    /// How it posts.
    const MANNER: Manner;
    /// Whether people can tap a button instead of writing.
    const HAS_BUTTONS: bool = false;

    /// Where it is called.
    fn routes() -> Vec<Route<Self::Call>>;

    /// A scenario's refusal in this provider's words, of that field where one is given.
    fn refusal(word: &str, field: Option<&str>) -> Option<Self::Refusal>;

    /// A fingerprint of the credential, for which limits are counted; `None` when it has not the right form.
    fn credential(headers: &HeaderMap) -> Option<u64>;

    /// Judges a request. `unknown` takes the names of fields that nobody documents.
    fn judge(
        call: Self::Call,
        incoming: &Incoming,
        account: &Self::Account,
        scenario: &Scenario,
        unknown: &mut Vec<String>,
    ) -> Judged<Self>;

    /// Whether one refused message refuses the whole call.
    fn is_all_or_nothing(scenario: &Scenario) -> bool;

    /// Puts accepted messages into the account.
    fn settle(
        _echo: &mut Self::Echo,
        _messages: &[Message<Self::Refusal>],
        _outcomes: &[Outcome<Self::Refusal>],
        _account: &mut Self::Account,
        _context: &Context<'_, Self::Refusal>,
    ) {
    }

    /// The answer to messages that were decided.
    fn answer(
        echo: &Self::Echo,
        outcomes: &[Outcome<Self::Refusal>],
        flaw: Flaw,
        scenario: &Scenario,
    ) -> Answer;

    /// Does what an operation asks for. When that cannot be recorded, the desk puts the account back as it was
    /// and answers with 500.
    fn perform(
        operation: Self::Operation,
        account: &mut Self::Account,
        context: &Context<'_, Self::Refusal>,
    ) -> Performed;

    /// The body that usually comes with a status on that call, and its type.
    fn usual_body(call: Self::Call, status: u16, at: Timestamp) -> (&'static str, Bytes);

    /// The identifier of the accepted message or change of this number, as this provider writes it.
    fn message_id(number: u64) -> String;

    /// Takes back what [`FarSide::message_id`] gave.
    fn message_number(id: &str) -> Option<u64>;

    /// How much the account holds of what; quick, because tests ask again and again.
    fn totals(account: &Self::Account) -> Vec<(&'static str, usize)>;

    /// Everything that the account holds, for people and tests: an object.
    fn inspect(account: &Self::Account, courses: &Courses) -> Value;

    /// Something happens in the account that is no call of its owner's: a person does something. Gives what
    /// is told of it.
    ///
    /// The error is a sentence about what cannot happen.
    fn told(
        account: &mut Self::Account,
        event: &str,
        body: &Value,
        happening: &Happening,
    ) -> Result<Value, String>;

    /// What is repeated of an accepted message, which is the one at that position in its call.
    fn about(echo: &Self::Echo, position: usize, scenario: &Scenario) -> Self::About;

    /// Where the message's own statuses go, where a message can say so.
    fn own_address(_about: &Self::About) -> Option<&Arc<str>> {
        None
    }

    /// How many posts tell of one step of a message.
    fn parts(_status: Status) -> usize {
        1
    }

    /// The body of a post that tells of these steps: of one, where [`Manner`] says so.
    fn tell(steps: &[Told<'_, Self::About>]) -> Value;

    /// How many posts tell of what a person wrote.
    fn heard_parts(_heard: &Heard<Self::About>) -> usize {
        1
    }

    /// The body of the post that tells of it.
    fn tell_heard(heard: &Heard<Self::About>, part: usize) -> Value;

    /// Which of the account's numbers or names is answered by somebody who answers that message; `None` where
    /// the account has only one.
    fn answered(course: &Course<Self::About>) -> Option<String> {
        (!course.sender.is_empty()).then(|| course.sender.to_string())
    }
}
