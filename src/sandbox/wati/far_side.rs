//! Wati among the simulated providers.

use axum::http::HeaderMap;
use axum::routing::MethodFilter;
use bytes::Bytes;
use serde_json::{Value, json};

use super::judge::{Echo, judge};
use super::{WatiRefusal, answer};
use crate::provider::wati::wire::WHATSAPP_NUMBER;
use crate::sandbox::accepting::{MESSAGE, Outcome};
use crate::sandbox::far_side::{Context, FarSide, Flaw, Judged, NoOperation, Performed, Route};
use crate::sandbox::incoming::{Incoming, authorization};
use crate::sandbox::reply::Answer;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::{Service, credentials, digest};

/// The provider of seed 003.
#[derive(Debug)]
pub(in crate::sandbox) struct Wati;

impl FarSide for Wati {
    type Call = ();
    type Refusal = WatiRefusal;
    type Echo = Echo;
    type Operation = NoOperation;
    type Account = ();

    const SERVICE: Service = Service::named("wati");
    const OPERATIONS: &'static [&'static str] = &[MESSAGE];
    const REFUSALS: &'static [&'static str] = WatiRefusal::NAMES;
    const MAGIC: &'static [(u16, WatiRefusal)] = WatiRefusal::MAGIC;

    fn routes() -> Vec<Route<()>> {
        vec![(MethodFilter::POST, "/{tenant}/api/v1/sendTemplateMessage", ())]
    }

    fn refusal(word: &str, field: Option<&str>) -> Option<WatiRefusal> {
        WatiRefusal::of_word(word).filter(|_| field.is_none())
    }

    fn credential(headers: &HeaderMap) -> Option<u64> {
        let written = authorization(headers)?;
        credentials::is_wati(written).then(|| digest::of_text(written))
    }

    fn judge(
        (): (),
        incoming: &Incoming,
        (): &(),
        scenario: &Scenario,
        unknown: &mut Vec<String>,
    ) -> Judged<Self> {
        if incoming.uri.path().starts_with("//") {
            // The router takes an empty segment for a tenant.
            return Judged::Unfit(Answer::new(404, answer::usual_body(404)));
        }
        let media_type = incoming.media_type();
        let is_json = matches!(media_type.as_str(), "application/json" | "text/json")
            || (media_type.starts_with("application/") && media_type.ends_with("+json"));
        if !is_json {
            return Judged::Unfit(Answer::new(415, answer::usual_body(415)));
        }
        let Some(number) = whatsapp_number(incoming) else {
            return Judged::Unfit(answer::unreadable("whatsappNumber is required"));
        };
        let Some(body) = &incoming.json else {
            return Judged::Unfit(answer::unreadable("the body is not JSON"));
        };
        match judge(&number, body, &scenario.wati, unknown) {
            Ok((message, echo)) => Judged::Messages(vec![message], echo),
            Err(why) => Judged::Unfit(answer::unreadable(&why)),
        }
    }

    fn is_all_or_nothing(_: &Scenario) -> bool {
        false
    }

    fn answer(echo: &Echo, outcomes: &[Outcome<WatiRefusal>], flaw: Flaw, _: &Scenario) -> Answer {
        match flaw {
            Flaw::Missing => answer::empty(),
            // One message a call: there is no place for a second result.
            Flaw::None | Flaw::Extra => answer::of_message(echo, outcomes.first()),
        }
    }

    fn perform(operation: NoOperation, (): &mut (), _: &Context<'_, WatiRefusal>) -> Performed {
        match operation {}
    }

    fn usual_body((): (), status: u16) -> (&'static str, Bytes) {
        answer::usual_body(status)
    }

    /// 24 hexadecimal digits (providers.md §3.3).
    fn message_id(number: u64) -> String {
        format!("{number:024x}")
    }

    fn message_number(id: &str) -> Option<u64> {
        u64::from_str_radix(id, 16).ok()
    }

    fn totals((): &()) -> Vec<(&'static str, usize)> {
        Vec::new()
    }

    fn inspect((): &()) -> Value {
        json!({})
    }
}

/// The query's one number; `None` when there is none or more than one.
fn whatsapp_number(incoming: &Incoming) -> Option<String> {
    let parameters = incoming.query().into_iter();
    let mut numbers = parameters.filter(|(name, _)| name == WHATSAPP_NUMBER);
    match (numbers.next(), numbers.next()) {
        (Some((_, number)), None) if !number.is_empty() => Some(number),
        _ => None,
    }
}
