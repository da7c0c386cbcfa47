//! Devino among the simulated providers.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::routing::MethodFilter;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::account::Account;
use super::judge::{Request, judge};
use super::webhooks::{self, CallbackUrl};
use super::{DevinoRefusal, answer, failure};
use crate::provider::devino::wire::MESSAGES_PATH;
use crate::sandbox::accepting::{MESSAGE, Message, Outcome};
use crate::sandbox::far_side::{Context, FarSide, Flaw, Judged, NoOperation, Performed, Route};
use crate::sandbox::inbound::Happening;
use crate::sandbox::incoming::{Incoming, authorization};
use crate::sandbox::reply::Answer;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::statuses::{Courses, Failures};
use crate::sandbox::webhooks::{Heard, Manner, Told};
use crate::sandbox::{Service, credentials, digest};

/// The provider of seed 002.
#[derive(Debug)]
pub(in crate::sandbox) struct Devino;

impl FarSide for Devino {
    /// There is one call.
    type Call = ();
    type Refusal = DevinoRefusal;
    /// Where each message's statuses go; the answer repeats nothing.
    type Echo = Vec<CallbackUrl>;
    type Operation = NoOperation;
    type Account = Account;
    type About = CallbackUrl;

    const SERVICE: Service = Service::named("devino");
    const OPERATIONS: &'static [&'static str] = &[MESSAGE];
    const REFUSALS: &'static [&'static str] = DevinoRefusal::KEYS;
    const MAGIC: &'static [(u16, DevinoRefusal)] = DevinoRefusal::MAGIC;
    const FAILURES: Failures = failure::FAILURES;
    const MANNER: Manner = webhooks::MANNER;

    fn routes() -> Vec<Route<()>> {
        vec![(MethodFilter::POST, MESSAGES_PATH, ())]
    }

    fn refusal(word: &str, field: Option<&str>) -> Option<DevinoRefusal> {
        DevinoRefusal::of_message(word, field)
    }

    fn credential(headers: &HeaderMap) -> Option<u64> {
        let written = authorization(headers)?;
        credentials::is_devino(written).then(|| digest::of_text(written))
    }

    fn judge(
        (): (),
        incoming: &Incoming,
        _: &Account,
        scenario: &Scenario,
        unknown: &mut Vec<String>,
    ) -> Judged<Self> {
        if incoming.media_type() != "application/json" {
            return Judged::Unfit(Answer::new(415, answer::usual_body(415)));
        }
        let Some(body) = &incoming.json else {
            return Judged::Unfit(answer::unreadable("the body is not JSON"));
        };
        match judge(body, &scenario.devino, unknown) {
            Request::Messages(messages, callbacks) => Judged::Messages(messages, callbacks),
            Request::Refused(refusal) => Judged::Unfit(answer::of_call(refusal, scenario.devino.call_errors)),
            Request::Unreadable(why) => Judged::Unfit(answer::unreadable(&why)),
        }
    }

    fn is_all_or_nothing(scenario: &Scenario) -> bool {
        scenario.devino.refuse_whole.is_some()
    }

    fn settle(
        _: &mut Vec<CallbackUrl>,
        messages: &[Message<DevinoRefusal>],
        outcomes: &[Outcome<DevinoRefusal>],
        account: &mut Account,
        _: &Context<'_, DevinoRefusal>,
    ) {
        let taken = messages.iter().zip(outcomes);
        let last = taken.rev().find(|(_, outcome)| matches!(outcome, Outcome::Accepted(_)));
        if let Some((message, _)) = last {
            account.sends_as(&message.sender);
        }
    }

    fn answer(
        _: &Vec<CallbackUrl>,
        outcomes: &[Outcome<DevinoRefusal>],
        flaw: Flaw,
        scenario: &Scenario,
    ) -> Answer {
        answer::of_messages(outcomes, flaw, &scenario.devino)
    }

    fn perform(operation: NoOperation, _: &mut Account, _: &Context<'_, DevinoRefusal>) -> Performed {
        match operation {}
    }

    fn usual_body((): (), status: u16, _: Timestamp) -> (&'static str, Bytes) {
        answer::usual_body(status)
    }

    /// Decimal numbers beyond 2^53 in a string (seed 002, "Resposta exemplo").
    fn message_id(number: u64) -> String {
        number.to_string()
    }

    fn message_number(id: &str) -> Option<u64> {
        id.parse().ok()
    }

    fn totals(account: &Account) -> Vec<(&'static str, usize)> {
        vec![("inbound", account.inbound())]
    }

    fn inspect(account: &Account, _: &Courses) -> Value {
        account.inspect()
    }

    /// `inbound`: somebody writes to a sender.
    fn told(
        account: &mut Account,
        event: &str,
        body: &Value,
        happening: &Happening,
    ) -> Result<Value, String> {
        match event {
            "inbound" => account.hear(body, happening),
            _ => Err(format!("Devino's account knows `inbound`, not `{event}`")),
        }
    }
    fn about(callbacks: &Vec<CallbackUrl>, position: usize, _: &Scenario) -> CallbackUrl {
        callbacks.get(position).cloned().flatten()
    }

    fn own_address(callback: &CallbackUrl) -> Option<&Arc<str>> {
        callback.as_ref()
    }

    fn tell(steps: &[Told<'_, CallbackUrl>]) -> Value {
        webhooks::statuses(steps)
    }

    /// The account keeps what is posted.
    fn tell_heard(heard: &Heard<CallbackUrl>, _: usize) -> Value {
        heard.told.clone()
    }
}
