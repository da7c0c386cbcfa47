//! Devino's answers (seed 002, "Parâmetros de resposta").

use axum::http::StatusCode;
use bytes::Bytes;
use serde::Serialize;

use super::DevinoRefusal;
use crate::domain::MessageId;
use crate::provider::devino::wire::{ErrorReason, MessageResult, SendResponse};
use crate::sandbox::accepting::Outcome;
use crate::sandbox::far_side::Flaw;
use crate::sandbox::reply::Answer;
use crate::sandbox::scenario::{CallErrors, DevinoRules};

/// The answer to messages that were decided: an entry for each, or one refusal of all that names the refused.
pub(super) fn of_messages(outcomes: &[Outcome<DevinoRefusal>], flaw: Flaw, rules: &DevinoRules) -> Answer {
    let is_refused = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Refused(_)));
    if let Some(status) = rules.refuse_whole.filter(|_| is_refused) {
        return json(status, &whole_refused(outcomes));
    }
    let mut result: Vec<_> =
        outcomes.iter().enumerate().map(|(at, outcome)| Some(entry(at, outcome))).collect();
    match flaw {
        Flaw::None => {}
        Flaw::Missing => drop(result.pop()),
        Flaw::Extra => result.extend(result.last().cloned()),
    }
    json(200, &SendResponse { result: Some(result), ..SendResponse::default() })
}

/// The answer to a call that the table refuses as a whole. Where such an error stands is not documented.
pub(super) fn of_call(refusal: DevinoRefusal, stands: CallErrors) -> Answer {
    let entry = rejected(0, &[refusal]);
    let top_level = |entry: MessageResult<'static>| SendResponse {
        code: entry.code,
        reasons: entry.reasons,
        description: entry.description,
        result: None,
    };
    match stands {
        CallErrors::Result => {
            json(200, &SendResponse { result: Some(vec![Some(entry)]), ..SendResponse::default() })
        }
        CallErrors::TopLevel => json(200, &top_level(entry)),
        CallErrors::BadRequest => json(400, &top_level(entry)),
    }
}

/// The answer to what cannot even be read.
pub(super) fn unreadable(why: &str) -> Answer {
    json(400, &rejected_call(why.to_owned().into(), None))
}

/// Undocumented (providers.md §1.2): a JSON body without a `result` from Devino itself, a page of HTML from
/// what stands before it.
pub(super) fn usual_body(status: u16) -> (&'static str, Bytes) {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let reason = reason.unwrap_or("Unknown");
    match status {
        200..400 => ("", Bytes::new()),
        400..500 => ("application/json", format!(r#"{{"error":"{reason}"}}"#).into()),
        _ => ("text/html", format!("<html><body><h1>{status} {reason}</h1></body></html>\n").into()),
    }
}

fn entry(position: usize, outcome: &Outcome<DevinoRefusal>) -> MessageResult<'static> {
    match outcome {
        Outcome::Accepted(number) => MessageResult {
            code: Some("OK".into()),
            message_id: Some(MessageId::Number(*number)),
            ..MessageResult::default()
        },
        Outcome::Refused(refusals) => rejected(position, refusals),
        Outcome::Untaken => rejected(position, &[]),
    }
}

fn rejected(position: usize, refusals: &[DevinoRefusal]) -> MessageResult<'static> {
    let reason = |refusal: &DevinoRefusal| {
        let reference = refusal.place.reference(position).map(Into::into);
        Some(ErrorReason { key: Some(refusal.key.into()), reference })
    };
    MessageResult {
        code: Some("REJECTED".into()),
        reasons: Some(refusals.iter().map(reason).collect()),
        message_id: None,
        description: refusals.first().map(|refusal| refusal.description.into()),
    }
}

fn whole_refused(outcomes: &[Outcome<DevinoRefusal>]) -> SendResponse<'static> {
    let named = |(position, outcome): (usize, &_)| match outcome {
        Outcome::Refused(refusals) => rejected(position, refusals).reasons.unwrap_or_default(),
        Outcome::Accepted(_) | Outcome::Untaken => Vec::new(),
    };
    let reasons = outcomes.iter().enumerate().flat_map(named).collect();
    rejected_call("Nenhuma mensagem foi aceita".into(), Some(reasons))
}

fn rejected_call(
    description: std::borrow::Cow<'static, str>,
    reasons: Option<Vec<Option<ErrorReason<'static>>>>,
) -> SendResponse<'static> {
    let description = Some(description);
    SendResponse { code: Some("REJECTED".into()), description, reasons, result: None }
}

fn json(status: u16, body: &impl Serialize) -> Answer {
    // Texts and numbers alone: there is nothing in it that JSON cannot say.
    Answer::json(status, serde_json::to_vec(body).unwrap_or_default())
}
