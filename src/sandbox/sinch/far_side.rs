//! Sinch among the simulated providers.

use axum::http::HeaderMap;
use axum::routing::MethodFilter;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::account::Account;
use super::judge::{Echo, judge};
use super::operation::GroupCall;
use super::{SinchRefusal, answer, failure, groups, webhooks};
use crate::domain::Address;
use crate::sandbox::accepting::{Message, Outcome};
use crate::sandbox::far_side::{Context, FarSide, Flaw, Judged, Performed, Route};
use crate::sandbox::inbound::Happening;
use crate::sandbox::incoming::Incoming;
use crate::sandbox::reply::Answer;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::statuses::{Courses, Failures};
use crate::sandbox::webhooks::{Course, Heard, Manner, Told};
use crate::sandbox::{Service, credentials, digest, plausible};

/// The provider of seed 001.
#[derive(Debug)]
pub(in crate::sandbox) struct Sinch;

/// Which of Sinch's calls.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) enum Call {
    Send,
    Groups,
    Create,
    Group,
    SetSubject,
    Invite,
    RevokeInvite,
    RemoveParticipants,
    Leave,
    SetIcon,
    Icon,
    RemoveIcon,
    AddAdmins,
    RemoveAdmins,
}

impl FarSide for Sinch {
    type Call = Call;
    type Refusal = SinchRefusal;
    type Echo = Echo;
    type Operation = GroupCall;
    type Account = Account;
    type About = ();

    const SERVICE: Service = Service::named("sinch");
    const OPERATIONS: &'static [&'static str] = GroupCall::WORDS;
    const REFUSALS: &'static [&'static str] = SinchRefusal::NAMES;
    const MAGIC: &'static [(u16, SinchRefusal)] = SinchRefusal::MAGIC;
    const FAILURES: Failures = failure::FAILURES;
    const MANNER: Manner = webhooks::MANNER;
    const HAS_BUTTONS: bool = true;

    fn routes() -> Vec<Route<Call>> {
        const GROUPS: &str = "/v1/whatsapp/groups";
        const GROUP: &str = "/v1/whatsapp/groups/{group}";
        const INVITE: &str = "/v1/whatsapp/groups/{group}/invite";
        const ICON: &str = "/v1/whatsapp/groups/{group}/icon";
        const ADMINS: &str = "/v1/whatsapp/groups/{group}/admins";
        vec![
            (MethodFilter::POST, "/v1/whatsapp/send", Call::Send),
            (MethodFilter::POST, GROUPS, Call::Create),
            (MethodFilter::GET, GROUPS, Call::Groups),
            (MethodFilter::GET, GROUP, Call::Group),
            (MethodFilter::PUT, GROUP, Call::SetSubject),
            (MethodFilter::GET, INVITE, Call::Invite),
            (MethodFilter::DELETE, INVITE, Call::RevokeInvite),
            (MethodFilter::DELETE, "/v1/whatsapp/groups/{group}/participants", Call::RemoveParticipants),
            (MethodFilter::POST, "/v1/whatsapp/groups/{group}/leave", Call::Leave),
            (MethodFilter::POST, ICON, Call::SetIcon),
            (MethodFilter::GET, ICON, Call::Icon),
            (MethodFilter::DELETE, ICON, Call::RemoveIcon),
            (MethodFilter::PATCH, ADMINS, Call::AddAdmins),
            (MethodFilter::DELETE, ADMINS, Call::RemoveAdmins),
        ]
    }

    fn refusal(word: &str, field: Option<&str>) -> Option<SinchRefusal> {
        SinchRefusal::of_word(word).filter(|_| field.is_none())
    }

    fn credential(headers: &HeaderMap) -> Option<u64> {
        let written = |name: &str| headers.get(name)?.to_str().ok();
        let (user, token) = (written("userName")?, written("authenticationToken")?);
        credentials::is_sinch(user, token).then(|| digest::of_text(&format!("{user} {token}")))
    }

    fn judge(
        call: Call,
        incoming: &Incoming,
        account: &Account,
        _: &Scenario,
        unknown: &mut Vec<String>,
    ) -> Judged<Self> {
        if !matches!(call, Call::Send) {
            return match GroupCall::read(call, incoming, unknown) {
                Ok(operation) => Judged::Operation(operation),
                Err(answer) => Judged::Unfit(answer),
            };
        }
        if incoming.media_type() != "application/json" {
            return Judged::Unfit(answer::unreadable("the body is not labelled as JSON"));
        }
        let Some(body) = &incoming.json else {
            return Judged::Unfit(answer::unreadable("the body is not JSON"));
        };
        match judge(body, incoming.header("userName").unwrap_or_default(), account, unknown) {
            Ok((messages, echo)) => Judged::Messages(messages, echo),
            Err(why) => Judged::Unfit(answer::unreadable(&why)),
        }
    }

    /// An answer has no place for a refused destination.
    fn is_all_or_nothing(_: &Scenario) -> bool {
        true
    }

    fn settle(
        _: &mut Echo,
        messages: &[Message<SinchRefusal>],
        outcomes: &[Outcome<SinchRefusal>],
        account: &mut Account,
        _: &Context<'_, SinchRefusal>,
    ) {
        for (message, outcome) in messages.iter().zip(outcomes) {
            if let (Some(Address::Group(id)), Outcome::Accepted(_)) = (&message.to, outcome) {
                account.use_group(id);
            }
        }
    }

    fn answer(echo: &Echo, outcomes: &[Outcome<SinchRefusal>], flaw: Flaw, _: &Scenario) -> Answer {
        answer::of_messages(echo, outcomes, flaw)
    }

    fn perform(
        operation: GroupCall,
        account: &mut Account,
        context: &Context<'_, SinchRefusal>,
    ) -> Performed {
        groups::perform(&operation, account, context)
    }

    fn usual_body(_: Call, status: u16, _: Timestamp) -> (&'static str, Bytes) {
        answer::usual_body(status)
    }

    /// Of the form of the page's sample (providers.md §2.3): a UUID.
    fn message_id(number: u64) -> String {
        format!("5efc3581-0000-4000-{:04x}-{:012x}", number >> 48, number & ((1 << 48) - 1))
    }

    fn message_number(id: &str) -> Option<u64> {
        let (high, low) = id.strip_prefix("5efc3581-0000-4000-")?.split_once('-')?;
        Some(u64::from_str_radix(high, 16).ok()? << 48 | u64::from_str_radix(low, 16).ok()?)
    }

    fn totals(account: &Account) -> Vec<(&'static str, usize)> {
        account.totals()
    }

    fn inspect(account: &Account, _: &Courses) -> Value {
        account.inspect()
    }

    /// `join` with `{"link": …, "waId": …}`: what a person does who follows an invite link. `inbound`: somebody
    /// writes to the account, or into one of its groups.
    fn told(
        account: &mut Account,
        event: &str,
        body: &Value,
        happening: &Happening,
    ) -> Result<Value, String> {
        match event {
            "inbound" => return account.hear(body, happening),
            "join" => {}
            _ => return Err(format!("Sinch's account knows `inbound` and `join`, not `{event}`")),
        }
        let text = |name: &str| body[name].as_str().ok_or(format!("`{name}` is missing"));
        let number = plausible::phone(text("waId")?).ok_or("`waId` is not a phone number")?;
        let group = account.join(text("link")?, &number.digits());
        Ok(json!({ "group": group.ok_or("no group has that link, or not any more")? }))
    }
    fn about(_: &Echo, _: usize, _: &Scenario) {}

    fn tell(steps: &[Told<'_, ()>]) -> Value {
        webhooks::records(steps)
    }

    fn tell_heard(heard: &Heard<()>, _: usize) -> Value {
        webhooks::heard(heard)
    }

    /// The sender is a user's name; the account has one number.
    fn answered(_: &Course<()>) -> Option<String> {
        None
    }
}
