//! Devino among the simulated providers.

use bytes::Bytes;
use serde_json::Value;

use super::judge::{Request, judge};
use super::{DevinoRefusal, answer};
use crate::sandbox::desk::Outcome;
use crate::sandbox::far_side::{FarSide, Flaw, Incoming, Judged};
use crate::sandbox::reply::Answer;
use crate::sandbox::scenario::{Refusal, Scenario};
use crate::sandbox::{Service, credentials};

/// The provider of seed 002.
#[derive(Debug)]
pub(in crate::sandbox) struct Devino;

impl FarSide for Devino {
    type Refusal = DevinoRefusal;
    /// Entries stand in the request's order; nothing is repeated.
    type Echo = ();

    const SERVICE: Service = Service::Devino;

    fn own(refusal: Refusal) -> Option<DevinoRefusal> {
        match refusal {
            Refusal::Devino(refusal) => Some(refusal),
            Refusal::Wati(_) => None,
        }
    }

    fn is_credential(authorization: &str) -> bool {
        credentials::is_devino(authorization)
    }

    fn judge(
        incoming: &Incoming,
        scenario: &Scenario,
        unknown: &mut Vec<String>,
    ) -> Judged<DevinoRefusal, ()> {
        if incoming.media_type() != "application/json" {
            return Judged::Unfit(Answer::new(415, answer::usual_body(415)));
        }
        let Ok(body) = serde_json::from_slice::<Value>(&incoming.body) else {
            return Judged::Unfit(answer::unreadable("the body is not JSON"));
        };
        match judge(&body, &scenario.devino, unknown) {
            Request::Messages(messages) => Judged::Messages(messages, ()),
            Request::Refused(refusal) => Judged::Unfit(answer::of_call(refusal, scenario.devino.call_errors)),
            Request::Unreadable(why) => Judged::Unfit(answer::unreadable(&why)),
        }
    }

    fn is_all_or_nothing(scenario: &Scenario) -> bool {
        scenario.devino.refuse_whole.is_some()
    }

    fn answer((): &(), outcomes: &[Outcome<DevinoRefusal>], flaw: Flaw, scenario: &Scenario) -> Answer {
        answer::of_messages(outcomes, flaw, &scenario.devino)
    }

    fn usual_body(status: u16) -> (&'static str, Bytes) {
        answer::usual_body(status)
    }
}
