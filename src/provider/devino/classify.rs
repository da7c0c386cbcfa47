//! What Devino's answers mean (seed 002, "Parâmetros de resposta"; guarantees, "What a failed call means").
//!
//! Where the documents leave room, the reading is the one that never sends twice: what cannot be
//! attributed to a recipient with certainty is in doubt.

use super::errors::{self, ErrorClass, ReadError};
use super::wire::{ErrorReason, MessageResult, SendResponse};
use crate::domain::{DoubtCause, Reason, Reply, Signal, Verdict, Verdicts};
use crate::provider::WireAnswer;
use crate::provider::status::{StatusClass, by_status, refusal_without_words};

/// The verdicts for a call with `recipients` messages.
#[must_use]
pub fn classify(recipients: usize, answer: &WireAnswer) -> Reply {
    let response = || answer.body.as_deref().and_then(|body| serde_json::from_slice(body).ok());
    match by_status(answer) {
        StatusClass::Settled(reply) => reply,
        StatusClass::Answer => match response() {
            Some(response) => answered(recipients, &response),
            None => Reply::in_doubt(DoubtCause::UnreadableReply),
        },
        StatusClass::Refusal => match response() {
            Some(response) => refused(recipients, &response, refusal_without_words(answer.status)),
            None => Reply::unsent(Signal::Refused { reason: refusal_without_words(answer.status) }),
        },
    }
}

/// HTTP 200.
fn answered(recipients: usize, response: &SendResponse<'_>) -> Reply {
    match response.result.as_deref() {
        Some(results) if results.len() == recipients => positional(results),
        Some(results) => mismatched(results),
        None => whole_request(recipients, response),
    }
}

/// One result for each message, in the request's order. What a `ref` says about positions is ignored.
fn positional(results: &[Option<MessageResult<'_>>]) -> Reply {
    let mut outcome = Outcome::default();
    let verdicts = results.iter().map(|result| outcome.verdict(result.as_ref())).collect();
    Reply { verdicts: Verdicts::Each(verdicts), signal: outcome.signal() }
}

/// More or fewer results than messages: nobody can say whose they are. Only a single entry with
/// `too.many.messages` or an empty array (providers.md §1.3) certainly speaks of the request as a whole.
/// Of other errors that concern the campaign the engine still learns, so that the doubt ends here.
fn mismatched(results: &[Option<MessageResult<'_>>]) -> Reply {
    let mut outcome = Outcome::default();
    for result in results {
        outcome.verdict(result.as_ref());
    }
    if let [Some(only)] = results {
        let errors = read_all(only.reasons.as_deref(), only.description.as_deref());
        if is_rejected(only.code.as_deref()) && errors.iter().any(|error| error.of_request) {
            return Reply::unsent(outcome.signal());
        }
    }
    let cause = DoubtCause::IncompleteReply;
    outcome.doubt = Some(cause);
    Reply { verdicts: Verdicts::All(Verdict::InDoubt { cause }), signal: outcome.signal() }
}

/// An answer without `result`. The request as a whole was rejected where it says so and gives an error
/// of the table; an unexplained one (`unknown`) proves nothing about what was done before it.
fn whole_request(recipients: usize, response: &SendResponse<'_>) -> Reply {
    let errors = read_all(response.reasons.as_deref(), response.description.as_deref());
    let proves = errors.iter().any(|error| error.listed && error.class != ErrorClass::Transient);
    if is_rejected(response.code.as_deref()) && proves {
        refusal(recipients, errors, errors::without_key(response.description.as_deref()))
    } else {
        Reply::in_doubt(DoubtCause::IncompleteReply)
    }
}

/// HTTP 400, 413, 422. An `OK` in the body outweighs the status: that message exists.
fn refused(recipients: usize, response: &SendResponse<'_>, otherwise: Reason) -> Reply {
    let results = response.result.as_deref().unwrap_or_default();
    let accepts = |result: &MessageResult<'_>| is_ok(result.code.as_deref());
    if results.iter().flatten().any(accepts) {
        return answered(recipients, response);
    }
    let mut errors = read_all(response.reasons.as_deref(), response.description.as_deref());
    let is_positional = results.len() == recipients;
    for (position, result) in results.iter().enumerate() {
        let Some(result) = result else { continue };
        for mut error in read_all(result.reasons.as_deref(), result.description.as_deref()) {
            if is_positional {
                error.position = Some(position);
            }
            errors.push(error);
        }
    }
    refusal(recipients, errors, otherwise)
}

/// A request of which nothing was accepted: those whom an error names are rejected, the rest go again.
fn refusal(recipients: usize, errors: Vec<ReadError>, otherwise: Reason) -> Reply {
    let mut outcome = Outcome::default();
    let mut verdicts = vec![None; recipients];
    let first = errors.first().map(|error| error.reason.clone());
    for error in errors {
        let named = error.position.and_then(|position| verdicts.get_mut(position));
        let verdict = outcome.note(error);
        if let Some(named) = named {
            let worst = named.take().into_iter().chain([verdict]).min_by_key(precedence);
            *named = worst;
        }
    }
    let verdicts: Vec<_> = verdicts.into_iter().map(|verdict| verdict.unwrap_or(Verdict::Unsent)).collect();
    let names_nobody = verdicts.iter().all(|verdict| *verdict == Verdict::Unsent);
    match outcome.signal() {
        Signal::Answered if names_nobody => {
            Reply::unsent(Signal::Refused { reason: first.unwrap_or(otherwise) })
        }
        signal if names_nobody => Reply::unsent(signal),
        signal => Reply { verdicts: Verdicts::Each(verdicts), signal },
    }
}

/// Which of several verdicts about one recipient holds: the smallest.
fn precedence(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Rejected { .. } => 0,
        Verdict::Unsent => 1,
        Verdict::Accepted { .. } | Verdict::Transient { .. } | Verdict::InDoubt { .. } => 2,
    }
}

/// What the engine is to learn, gathered while the results are read.
#[derive(Debug, Default)]
struct Outcome {
    campaign: Option<Reason>,
    too_many: bool,
    doubt: Option<DoubtCause>,
}

impl Outcome {
    /// The verdict of one result; notes what it says about the call.
    fn verdict(&mut self, result: Option<&MessageResult<'_>>) -> Verdict {
        let Some(result) = result else { return self.in_doubt(DoubtCause::IncompleteReply) };
        let code = result.code.as_deref();
        if is_ok(code) {
            return Verdict::Accepted { id: result.message_id.clone() };
        }
        if !is_rejected(code) {
            return self.in_doubt(DoubtCause::UnreadableReply);
        }
        let description = result.description.as_deref();
        let errors = read_all(result.reasons.as_deref(), description);
        if errors.is_empty() {
            return Verdict::Rejected { reason: errors::without_key(description) };
        }
        // A recipient at fault stays at fault whatever else is wrong; a campaign at fault says nothing
        // about the recipient, who goes again once it is mended.
        let verdicts = errors.into_iter().map(|error| self.note(error));
        verdicts.min_by_key(precedence).unwrap_or(Verdict::Unsent)
    }

    /// Notes what an error says about the call; gives the verdict for whom it names.
    fn note(&mut self, error: ReadError) -> Verdict {
        match error.class {
            ErrorClass::Recipient => Verdict::Rejected { reason: error.reason },
            ErrorClass::Transient => Verdict::Transient { reason: error.reason },
            ErrorClass::Campaign => {
                self.campaign.get_or_insert(error.reason);
                Verdict::Unsent
            }
            ErrorClass::TooMany => {
                self.too_many = true;
                Verdict::Unsent
            }
        }
    }

    fn in_doubt(&mut self, cause: DoubtCause) -> Verdict {
        self.doubt.get_or_insert(cause);
        Verdict::InDoubt { cause }
    }

    /// What needs a person comes first, then what the next call must know.
    fn signal(&self) -> Signal {
        match (&self.campaign, self.too_many, self.doubt) {
            (Some(reason), _, _) => Signal::CampaignRefused { reason: reason.clone() },
            (None, true, _) => Signal::TooMany,
            (None, false, Some(cause)) => Signal::InDoubt { cause },
            (None, false, None) => Signal::Answered,
        }
    }
}

fn read_all(reasons: Option<&[Option<ErrorReason<'_>>]>, description: Option<&str>) -> Vec<ReadError> {
    let reasons = reasons.unwrap_or_default().iter().flatten();
    reasons.filter_map(|reason| errors::read(reason, description)).collect()
}

fn is_ok(code: Option<&str>) -> bool {
    code.is_some_and(|code| code.trim().eq_ignore_ascii_case("OK"))
}

fn is_rejected(code: Option<&str>) -> bool {
    code.is_some_and(|code| code.trim().eq_ignore_ascii_case("REJECTED"))
}

#[cfg(test)]
mod tests;
