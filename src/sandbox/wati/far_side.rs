//! Wati among the simulated providers.

use axum::extract::Query;
use bytes::Bytes;
use serde_json::Value;

use super::judge::{Echo, judge};
use super::{WatiRefusal, answer};
use crate::provider::wati::wire::WHATSAPP_NUMBER;
use crate::sandbox::desk::Outcome;
use crate::sandbox::far_side::{FarSide, Flaw, Incoming, Judged};
use crate::sandbox::reply::Answer;
use crate::sandbox::scenario::{Refusal, Scenario};
use crate::sandbox::{Service, credentials};

/// The provider of seed 003.
#[derive(Debug)]
pub(in crate::sandbox) struct Wati;

impl FarSide for Wati {
    type Refusal = WatiRefusal;
    type Echo = Echo;

    const SERVICE: Service = Service::Wati;

    fn own(refusal: Refusal) -> Option<WatiRefusal> {
        match refusal {
            Refusal::Wati(refusal) => Some(refusal),
            Refusal::Devino(_) => None,
        }
    }

    fn is_credential(authorization: &str) -> bool {
        credentials::is_wati(authorization)
    }

    fn judge(
        incoming: &Incoming,
        scenario: &Scenario,
        unknown: &mut Vec<String>,
    ) -> Judged<WatiRefusal, Echo> {
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
        let Ok(body) = serde_json::from_slice::<Value>(&incoming.body) else {
            return Judged::Unfit(answer::unreadable("the body is not JSON"));
        };
        match judge(&number, &body, &scenario.wati, unknown) {
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

    fn usual_body(status: u16) -> (&'static str, Bytes) {
        answer::usual_body(status)
    }
}

/// The query's one number; `None` when there is none or more than one.
fn whatsapp_number(incoming: &Incoming) -> Option<String> {
    let Query(parameters) = Query::<Vec<(String, String)>>::try_from_uri(&incoming.uri).ok()?;
    let mut numbers = parameters.into_iter().filter(|(name, _)| name == WHATSAPP_NUMBER);
    match (numbers.next(), numbers.next()) {
        (Some((_, number)), None) if !number.is_empty() => Some(number),
        _ => None,
    }
}
