//! The omnichannel among the simulated providers.

use axum::http::HeaderMap;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::account::Account;
use super::call::{self, Call};
use super::fields::Fields;
use super::refusal::OmnichannelRefusal;
use super::{answer, judge, perform, webhooks};
use crate::domain::Address;
use crate::sandbox::accepting::{Message, Outcome};
use crate::sandbox::far_side::{Context, FarSide, Flaw, Judged, Operation, Performed, Route};
use crate::sandbox::inbound::Happening;
use crate::sandbox::incoming::{Incoming, authorization};
use crate::sandbox::reply::Answer;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::statuses::{Courses, Failures};
use crate::sandbox::webhooks::{Heard, Manner, Told};
use crate::sandbox::{Service, credentials, digest};

/// The provider of seed 000.
#[derive(Debug)]
pub(in crate::sandbox) struct Omnichannel;

/// What the answer to a message needs to know.
#[derive(Debug)]
pub(in crate::sandbox) struct Echo {
    /// The message's identifier, once it is taken.
    pub(super) id: Option<String>,
    pub(super) platform: Option<String>,
}

/// An operation that is fit to be done.
#[derive(Debug)]
pub(in crate::sandbox) struct Asked {
    pub(super) call: Call,
    pub(super) fields: Fields,
    /// Whom or what it concerns.
    pub(super) to: Option<Address>,
}

impl Operation for Asked {
    fn word(&self) -> &'static str {
        self.call.word()
    }

    fn is_change(&self) -> bool {
        self.call.is_change()
    }

    fn concerns(&self) -> Vec<Address> {
        self.to.iter().cloned().collect()
    }
}

/// 24 hexadecimal digits, as in the seed's samples.
pub(super) fn identifier(number: u64) -> String {
    format!("{number:024x}")
}

impl FarSide for Omnichannel {
    type Call = Call;
    type Refusal = OmnichannelRefusal;
    type Echo = Echo;
    type Operation = Asked;
    type Account = Account;
    type About = ();

    const SERVICE: Service = Service::named("omnichannel");
    const OPERATIONS: &'static [&'static str] = call::WORDS;
    const REFUSALS: &'static [&'static str] = OmnichannelRefusal::NAMES;
    const MAGIC: &'static [(u16, OmnichannelRefusal)] = OmnichannelRefusal::MAGIC;
    /// The seed shows no statuses.
    const FAILURES: Failures = &[];
    const MANNER: Manner = Manner::PLAIN;

    fn routes() -> Vec<Route<Call>> {
        call::routes()
    }

    fn refusal(word: &str, field: Option<&str>) -> Option<OmnichannelRefusal> {
        OmnichannelRefusal::of_word(word).filter(|_| field.is_none())
    }

    fn credential(headers: &HeaderMap) -> Option<u64> {
        let written = authorization(headers)?;
        credentials::is_bearer(written).then(|| digest::of_text(written))
    }

    fn judge(
        call: Call,
        incoming: &Incoming,
        account: &Account,
        scenario: &Scenario,
        unknown: &mut Vec<String>,
    ) -> Judged<Self> {
        judge::judge(call, incoming, account, &scenario.omnichannel, unknown)
    }

    fn is_all_or_nothing(_: &Scenario) -> bool {
        false
    }

    fn settle(
        echo: &mut Echo,
        _: &[Message<OmnichannelRefusal>],
        outcomes: &[Outcome<OmnichannelRefusal>],
        account: &mut Account,
        context: &Context<'_, OmnichannelRefusal>,
    ) {
        account.furnish(&context.scenario.omnichannel);
        if let Some(Outcome::Accepted(number)) = outcomes.first() {
            let id = identifier(*number);
            account.messages.insert(id.clone(), echo.platform.clone());
            echo.id = Some(id);
        }
    }

    fn answer(echo: &Echo, outcomes: &[Outcome<OmnichannelRefusal>], flaw: Flaw, _: &Scenario) -> Answer {
        if flaw == Flaw::Missing {
            return Answer::json(200, "{}");
        }
        match (outcomes.first(), &echo.id) {
            (Some(Outcome::Refused(refusals)), _) => {
                let first = refusals.first().cloned();
                answer::refused(&first.unwrap_or(OmnichannelRefusal::Invalid(Vec::new())))
            }
            (_, Some(id)) => answer::object(201, &json!({"_id": id})),
            (_, None) => Answer::json(200, "{}"),
        }
    }

    fn perform(asked: Asked, account: &mut Account, context: &Context<'_, OmnichannelRefusal>) -> Performed {
        perform::perform(asked, account, context)
    }

    fn usual_body(_: Call, status: u16, _: Timestamp) -> (&'static str, Bytes) {
        answer::usual_body(status)
    }

    fn message_id(number: u64) -> String {
        identifier(number)
    }

    fn message_number(id: &str) -> Option<u64> {
        u64::from_str_radix(id, 16).ok()
    }

    fn totals(account: &Account) -> Vec<(&'static str, usize)> {
        vec![
            ("contacts", account.contacts.len()),
            ("tags", account.tags.len()),
            ("sessions", account.sessions.len()),
            ("messages", account.messages.len()),
            ("inbound", account.inbound.len()),
        ]
    }

    fn inspect(account: &Account, _: &Courses) -> Value {
        json!({
            "contacts": account.contacts.iter().map(answer::contact).collect::<Vec<_>>(),
            "tags": account.tags.values().map(answer::tag).collect::<Vec<_>>(),
            "sessions": account.sessions,
            "messages": account.messages.keys().collect::<Vec<_>>(),
            "inbound": account.inbound,
        })
    }

    /// `inbound`: somebody writes to a channel.
    fn told(
        account: &mut Account,
        event: &str,
        body: &Value,
        happening: &Happening,
    ) -> Result<Value, String> {
        match event {
            "inbound" => account.hear(body, happening),
            _ => Err(format!("the omnichannel's account knows `inbound`, not `{event}`")),
        }
    }
    fn about(_: &Echo, _: usize, _: &Scenario) {}

    fn tell(steps: &[Told<'_, ()>]) -> Value {
        steps.first().map(webhooks::status).unwrap_or_default()
    }

    fn tell_heard(heard: &Heard<()>, _: usize) -> Value {
        webhooks::heard(heard)
    }
}
