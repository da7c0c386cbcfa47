//! What Devino's answers mean (seed 002, "Parâmetros de resposta"; guarantees, "What a failed call means").
//!
//! Where the documents leave room, the reading is the one that never sends twice: what cannot be
//! attributed to a recipient with certainty is in doubt.

use super::errors::{self, ReadError};
use super::wire::{ErrorReason, MessageResult, SendResponse};
use crate::domain::{DoubtCause, ProviderLimits, Reason, Reply, Signal, Verdict, Verdicts};
use crate::provider::WireAnswer;
use crate::provider::status::{StatusClass, by_status, refusal_without_words};

/// The verdicts for a call with `recipients` messages.
#[must_use]
pub fn classify(limits: &ProviderLimits, recipients: usize, answer: &WireAnswer) -> Reply {
    let reading = Reading { limits, recipients };
    let response = || answer.body.as_deref().and_then(|body| serde_json::from_slice(body).ok());
    match by_status(limits, answer) {
        StatusClass::Settled(reply) => reply,
        StatusClass::Answer => match response() {
            Some(response) => reading.answered(&response),
            None => Reply::in_doubt(DoubtCause::UnreadableReply),
        },
        StatusClass::Refusal => match response() {
            Some(response) => reading.refused(&response, refusal_without_words(limits, answer.status)),
            None => Reply::unsent(Signal::Refused { reason: refusal_without_words(limits, answer.status) }),
        },
    }
}

/// An answer being read: whose it is, and what the table says.
#[derive(Clone, Copy)]
struct Reading<'r> {
    limits: &'r ProviderLimits,
    recipients: usize,
}

impl Reading<'_> {
    /// HTTP 200.
    fn answered(self, response: &SendResponse<'_>) -> Reply {
        match response.result.as_deref() {
            Some(results) if results.len() == self.recipients => self.positional(results),
            Some(results) => self.mismatched(results),
            None => self.whole_request(response),
        }
    }

    /// One result for each message, in the request's order. What a `ref` says about positions is ignored.
    fn positional(self, results: &[Option<MessageResult<'_>>]) -> Reply {
        let mut outcome = Outcome::default();
        let verdicts = results.iter().map(|result| self.verdict(&mut outcome, result.as_ref())).collect();
        Reply { verdicts: Verdicts::Each(verdicts), signal: outcome.signal }
    }

    /// More or fewer results than messages: nobody can say whose they are. Only a single entry with
    /// `too.many.messages` or an empty array (providers.md §1.3) certainly speaks of the request as a
    /// whole. Of other errors that concern the campaign the engine still learns, so that the doubt ends here.
    fn mismatched(self, results: &[Option<MessageResult<'_>>]) -> Reply {
        let mut outcome = Outcome::default();
        for result in results {
            self.verdict(&mut outcome, result.as_ref());
        }
        if let [Some(only)] = results {
            let errors = self.read_all(only.reasons.as_deref(), only.description.as_deref());
            if is_rejected(only.code.as_deref()) && errors.iter().any(|error| error.of_request) {
                return Reply::unsent(outcome.signal);
            }
        }
        let cause = DoubtCause::IncompleteReply;
        outcome.learn(Signal::InDoubt { cause });
        Reply { verdicts: Verdicts::All(Verdict::InDoubt { cause }), signal: outcome.signal }
    }

    /// An answer without `result`. The request as a whole was rejected where it says so and gives an error
    /// of the table; an unexplained one (`unknown`) proves nothing about what was done before it.
    fn whole_request(self, response: &SendResponse<'_>) -> Reply {
        let errors = self.read_all(response.reasons.as_deref(), response.description.as_deref());
        let proves = errors.iter().any(|error| error.proves);
        if is_rejected(response.code.as_deref()) && proves {
            let otherwise = errors::without_key(self.limits, response.description.as_deref());
            self.refusal(errors, otherwise)
        } else {
            Reply::in_doubt(DoubtCause::IncompleteReply)
        }
    }

    /// HTTP 400, 413, 422. An `OK` in the body outweighs the status: that message exists.
    fn refused(self, response: &SendResponse<'_>, otherwise: Reason) -> Reply {
        let results = response.result.as_deref().unwrap_or_default();
        let accepts = |result: &MessageResult<'_>| is_ok(result.code.as_deref());
        if results.iter().flatten().any(accepts) {
            return self.answered(response);
        }
        let mut errors = self.read_all(response.reasons.as_deref(), response.description.as_deref());
        let is_positional = results.len() == self.recipients;
        for (position, result) in results.iter().enumerate() {
            let Some(result) = result else { continue };
            for mut error in self.read_all(result.reasons.as_deref(), result.description.as_deref()) {
                if is_positional {
                    error.position = Some(position);
                }
                errors.push(error);
            }
        }
        self.refusal(errors, otherwise)
    }

    /// A request of which nothing was accepted: those whom an error names are rejected, the rest go again.
    fn refusal(self, errors: Vec<ReadError>, otherwise: Reason) -> Reply {
        let mut outcome = Outcome::default();
        let mut verdicts = vec![None; self.recipients];
        let first = errors.first().map(|error| error.reason.clone());
        for error in errors {
            let named = error.position.and_then(|position| verdicts.get_mut(position));
            let verdict = outcome.note(error);
            if let Some(named) = named {
                let worst = named.take().into_iter().chain([verdict]).min_by_key(precedence);
                *named = worst;
            }
        }
        let verdicts: Vec<_> =
            verdicts.into_iter().map(|verdict| verdict.unwrap_or(Verdict::Unsent)).collect();
        let names_nobody = verdicts.iter().all(|verdict| *verdict == Verdict::Unsent);
        match outcome.signal {
            Signal::Answered if names_nobody => {
                Reply::unsent(Signal::Refused { reason: first.unwrap_or(otherwise) })
            }
            signal if names_nobody => Reply::unsent(signal),
            signal => Reply { verdicts: Verdicts::Each(verdicts), signal },
        }
    }

    /// The verdict of one result; `outcome` notes what it says about the call.
    fn verdict(self, outcome: &mut Outcome, result: Option<&MessageResult<'_>>) -> Verdict {
        let Some(result) = result else { return outcome.in_doubt(DoubtCause::IncompleteReply) };
        let code = result.code.as_deref();
        if is_ok(code) {
            return Verdict::Accepted { id: result.message_id.clone() };
        }
        if !is_rejected(code) {
            return outcome.in_doubt(DoubtCause::UnreadableReply);
        }
        let description = result.description.as_deref();
        let errors = self.read_all(result.reasons.as_deref(), description);
        if errors.is_empty() {
            return Verdict::Rejected { reason: errors::without_key(self.limits, description) };
        }
        // A recipient at fault stays at fault whatever else is wrong; a campaign at fault says nothing
        // about the recipient, who goes again once it is mended.
        let verdicts = errors.into_iter().map(|error| outcome.note(error));
        verdicts.min_by_key(precedence).unwrap_or(Verdict::Unsent)
    }

    fn read_all(
        self,
        reasons: Option<&[Option<ErrorReason<'_>>]>,
        description: Option<&str>,
    ) -> Vec<ReadError> {
        let reasons = reasons.unwrap_or_default().iter().flatten();
        reasons.filter_map(|reason| errors::read(self.limits, reason, description)).collect()
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
#[derive(Debug)]
struct Outcome {
    signal: Signal,
}

impl Default for Outcome {
    fn default() -> Self {
        Self { signal: Signal::Answered }
    }
}

impl Outcome {
    /// Notes what an error says about the call; gives the verdict for whom it names.
    fn note(&mut self, error: ReadError) -> Verdict {
        self.learn(error.signal);
        error.verdict
    }

    fn in_doubt(&mut self, cause: DoubtCause) -> Verdict {
        self.learn(Signal::InDoubt { cause });
        Verdict::InDoubt { cause }
    }

    /// What needs a person comes first, then what the next call must know; of the same the first.
    fn learn(&mut self, signal: Signal) {
        if urgency(&signal) > urgency(&self.signal) {
            self.signal = signal;
        }
    }
}

fn urgency(signal: &Signal) -> u8 {
    match signal {
        Signal::Answered => 0,
        Signal::Refused { .. } | Signal::SomebodyRefused { .. } | Signal::NotSent { .. } => 1,
        Signal::InDoubt { .. } => 2,
        Signal::Throttled { .. } => 3,
        Signal::TooMany => 4,
        Signal::CampaignRefused { .. } => 5,
        Signal::ChannelRefused { .. } => 6,
    }
}

fn is_ok(code: Option<&str>) -> bool {
    code.is_some_and(|code| code.trim().eq_ignore_ascii_case("OK"))
}

fn is_rejected(code: Option<&str>) -> bool {
    code.is_some_and(|code| code.trim().eq_ignore_ascii_case("REJECTED"))
}

#[cfg(test)]
mod tests;
