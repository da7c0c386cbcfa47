//! Wati among the simulated providers.

use axum::http::HeaderMap;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::call::Call;
use super::echo::Echo;
use super::judge::{self, Unfit};
use super::operation::{Form, Operation, Question};
use super::webhooks::{self, About};
use super::{Account, WatiRefusal, answer, failure, inspection, perform};
use crate::sandbox::accepting::{Message, Outcome};
use crate::sandbox::far_side::{Context, FarSide, Flaw, Judged, Performed, Route};
use crate::sandbox::inbound::Happening;
use crate::sandbox::incoming::{Incoming, authorization};
use crate::sandbox::reply::Answer;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::statuses::{Courses, Failures, Status};
use crate::sandbox::webhooks::{Heard, Manner, Told};
use crate::sandbox::{Service, credentials, digest};

/// The provider of seed 003.
#[derive(Debug)]
pub(in crate::sandbox) struct Wati;

impl FarSide for Wati {
    type Call = Call;
    type Refusal = WatiRefusal;
    type Echo = Echo;
    type Operation = Operation;
    type Account = Account;
    type About = About;

    const SERVICE: Service = Service::named("wati");
    const OPERATIONS: &'static [&'static str] = Operation::WORDS;
    const REFUSALS: &'static [&'static str] = WatiRefusal::NAMES;
    const MAGIC: &'static [(u16, WatiRefusal)] = WatiRefusal::MAGIC;
    const FAILURES: Failures = failure::FAILURES;
    const MANNER: Manner = Manner::PLAIN;
    const HAS_BUTTONS: bool = true;

    fn routes() -> Vec<Route<Call>> {
        Call::routes()
    }

    fn refusal(word: &str, field: Option<&str>) -> Option<WatiRefusal> {
        WatiRefusal::of_word(word).filter(|_| field.is_none())
    }

    fn credential(headers: &HeaderMap) -> Option<u64> {
        let written = authorization(headers)?;
        credentials::is_wati(written).then(|| digest::of_text(written))
    }

    fn judge(
        call: Call,
        incoming: &Incoming,
        account: &Account,
        scenario: &Scenario,
        unknown: &mut Vec<String>,
    ) -> Judged<Self> {
        judged(call, incoming, account, scenario, unknown)
            .unwrap_or_else(|why| Judged::Unfit(answer::unfit(&why, call.is_third(), incoming.at)))
    }

    fn is_all_or_nothing(_: &Scenario) -> bool {
        false
    }

    fn settle(
        echo: &mut Echo,
        messages: &[Message<WatiRefusal>],
        outcomes: &[Outcome<WatiRefusal>],
        account: &mut Account,
        context: &Context<'_, WatiRefusal>,
    ) {
        echo.settle(messages, outcomes, account, context);
    }

    fn answer(echo: &Echo, outcomes: &[Outcome<WatiRefusal>], flaw: Flaw, _: &Scenario) -> Answer {
        answer::of_sending(echo, outcomes, flaw)
    }

    fn perform(operation: Operation, account: &mut Account, context: &Context<'_, WatiRefusal>) -> Performed {
        perform::perform(operation, account, context)
    }

    fn usual_body(call: Call, status: u16, at: Timestamp) -> (&'static str, Bytes) {
        answer::usual_body(status, call.is_third().then_some(at))
    }

    /// 24 hexadecimal digits (providers.md §3.3).
    fn message_id(number: u64) -> String {
        format!("{number:024x}")
    }

    fn message_number(id: &str) -> Option<u64> {
        u64::from_str_radix(id, 16).ok()
    }

    fn totals(account: &Account) -> Vec<(&'static str, usize)> {
        vec![
            ("contacts", account.contacts().len()),
            ("conversations", account.conversations.len()),
            ("messages", account.messages),
            ("inbound", account.inbound),
            ("broadcasts", account.broadcasts.len()),
        ]
    }

    fn inspect(account: &Account, courses: &Courses) -> Value {
        inspection::inspect(account, courses)
    }

    /// `inbound`: somebody writes to one of the account's numbers.
    fn told(
        account: &mut Account,
        event: &str,
        body: &Value,
        happening: &Happening,
    ) -> Result<Value, String> {
        match event {
            "inbound" => account.hear(body, happening),
            _ => Err(format!("Wati's account knows `inbound`, not `{event}`")),
        }
    }

    fn about(echo: &Echo, position: usize, scenario: &Scenario) -> About {
        About::new(echo, position, scenario)
    }

    fn parts(status: Status) -> usize {
        webhooks::parts(status)
    }

    fn tell(steps: &[Told<'_, About>]) -> Value {
        steps.first().map(webhooks::event).unwrap_or_default()
    }

    fn heard_parts(heard: &Heard<About>) -> usize {
        webhooks::heard_parts(heard)
    }

    fn tell_heard(heard: &Heard<About>, part: usize) -> Value {
        webhooks::heard(heard, part)
    }
}

fn judged(
    call: Call,
    incoming: &Incoming,
    account: &Account,
    scenario: &Scenario,
    unknown: &mut Vec<String>,
) -> Result<Judged<Wati>, Unfit> {
    if incoming.uri.path().starts_with("//") {
        // The router takes an empty segment for a tenant.
        return Err(Unfit::Status(404));
    }
    let rules = &scenario.wati;
    let messages = |(messages, echo)| Judged::Messages(messages, echo);
    match call {
        Call::SendTemplateMessage => judge::single(incoming, rules, unknown).map(messages),
        Call::SendTemplateMessages => judge::bulk(incoming, rules, unknown).map(messages),
        Call::ThirdSend => judge::third_send(incoming, rules, unknown).map(messages),
        Call::SendSessionMessage => judge::session_message(incoming, account, rules).map(messages),
        Call::ThirdText => judge::third_text(incoming, account, rules, unknown).map(messages),
        _ => operation(call, incoming, account, scenario, unknown).map(Judged::Operation),
    }
}

fn operation(
    call: Call,
    incoming: &Incoming,
    account: &Account,
    scenario: &Scenario,
    unknown: &mut Vec<String>,
) -> Result<Operation, Unfit> {
    let rules = &scenario.wati;
    match call {
        Call::AddContact => judge::create_contact(incoming, false, unknown),
        Call::ThirdCreateContact => judge::create_contact(incoming, true, unknown),
        Call::UpdateContactAttributes => judge::set_one(incoming, unknown),
        Call::UpdateManyContacts => judge::set_many(incoming, Form::Many, account, unknown),
        Call::ThirdUpdateContacts => judge::set_many(incoming, Form::Third, account, unknown),
        Call::UpdateChatStatus => judge::set_chat_status(incoming, rules),
        Call::ThirdChatStatus => judge::set_third_chat_status(incoming, account, rules, unknown),
        Call::GetMessages => judge::messages(incoming),
        Call::ThirdMessages => judge::third_messages(incoming, account),
        Call::GetContacts => judge::contacts(incoming, false),
        Call::ThirdContacts => judge::contacts(incoming, true),
        Call::GetMessageTemplates => judge::templates(incoming, false),
        Call::ThirdTemplates => judge::templates(incoming, true),
        Call::ThirdBroadcast => judge::broadcast(incoming, account),
        Call::ThirdBroadcastRecipients => judge::broadcast_recipients(incoming, account),
        Call::ThirdContactCount => Ok(Operation::Question(Question::ContactCount)),
        Call::ThirdChannels => Ok(Operation::Question(Question::Channels)),
        Call::SendTemplateMessage
        | Call::SendTemplateMessages
        | Call::SendSessionMessage
        | Call::ThirdSend
        | Call::ThirdText => Err(Unfit::Status(404)),
    }
}
