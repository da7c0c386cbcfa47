//! What a row of the table of failures comes to: the one place where a class becomes verdicts and signals.

use crate::domain::{
    DoubtCause, ErrorClass, ErrorRow, Failure, FailureClass, FailureRow, Language, ProviderLimits, Reason,
    Reply, Signal, Verdict, Verdicts,
};
use crate::provider::words::quoted;

impl ErrorRow {
    /// The reason, with what the provider itself said; `said` may be empty.
    #[must_use]
    pub fn reason(&self, said: &str) -> Reason {
        let reason = Reason::new(self.reason_code(), self.sentence(Language::English));
        let said = quoted(said.trim().trim_matches('"'));
        Reason { suppress: self.suppress, ..reason.quoting(&said) }
    }

    /// What it means for a recipient whom the provider names with it.
    #[must_use]
    pub fn verdict(&self, said: &str) -> Verdict {
        match self.class {
            ErrorClass::Recipient => Verdict::Rejected { reason: self.reason(said) },
            ErrorClass::Transient => Verdict::Transient { reason: self.reason(said) },
            ErrorClass::Doubt => Verdict::InDoubt { cause: DoubtCause::UnexplainedFailure },
            ErrorClass::Campaign
            | ErrorClass::Channel
            | ErrorClass::Throttled
            | ErrorClass::TooMany
            | ErrorClass::Either => Verdict::Unsent,
        }
    }

    /// What the engine learns from it beside the verdict.
    #[must_use]
    pub fn signal(&self, said: &str) -> Signal {
        match self.class {
            ErrorClass::Recipient if self.halt => Signal::CampaignRefused { reason: self.reason(said) },
            ErrorClass::Recipient | ErrorClass::Transient => Signal::Answered,
            ErrorClass::Campaign => Signal::CampaignRefused { reason: self.reason(said) },
            ErrorClass::Channel => Signal::ChannelRefused { reason: self.reason(said) },
            ErrorClass::Throttled => Signal::Throttled { retry_after: self.retry },
            ErrorClass::TooMany => Signal::TooMany,
            ErrorClass::Either => Signal::Refused { reason: self.reason(said) },
            ErrorClass::Doubt => Signal::InDoubt { cause: DoubtCause::UnexplainedFailure },
        }
    }

    /// What it means for a whole call of so many recipients of which it names none. One recipient is named
    /// by being alone; of several nobody knows who is at fault.
    #[must_use]
    pub fn reply(&self, recipients: usize, said: &str) -> Reply {
        match self.class {
            ErrorClass::Recipient if recipients > 1 => {
                Reply::unsent(Signal::SomebodyRefused { reason: self.reason(said) })
            }
            _ => Reply { verdicts: Verdicts::All(self.verdict(said)), signal: self.signal(said) },
        }
    }
}

/// The code of a failed delivery for which the provider gives none.
pub const FAILED: &str = "delivery.failed";

impl FailureRow {
    /// The failure, with what the provider itself said; `said` may be empty.
    #[must_use]
    pub fn failure(&self, said: &str) -> Failure {
        let reason = Reason::new(self.code.as_str(), self.sentence(Language::English));
        let said = quoted(said.trim().trim_matches('"'));
        Failure { reason: reason.quoting(&said), class: self.class, retry: self.retry }
    }
}

impl ProviderLimits {
    /// The reason for a rejection that no row of the provider's knows, with its own words where it has some.
    #[must_use]
    pub fn rejection(&self, said: &str) -> Reason {
        let code = if said.trim().is_empty() { "rejected.silently" } else { "rejected" };
        match self.row(code, None) {
            Some(row) => row.reason(said),
            None => Reason::new(code, "the provider rejected the message").quoting(&quoted(said)),
        }
    }

    /// Why a message reached nobody, by the code that the provider tells, with its own words behind the
    /// sentence, if any. A code that no row has is final, under the sentence of [`FAILED`].
    #[must_use]
    pub fn failure(&self, code: &str, said: &str) -> Failure {
        if let Some(row) = self.failure_row(code) {
            return row.failure(said);
        }
        let general = self.failure_row(FAILED).map(|row| row.failure(said).reason.sentence);
        let sentence = general.unwrap_or_else(|| "the message was not delivered".into());
        let reason = Reason::new(quoted(code), sentence);
        Failure { reason, class: FailureClass::Final, retry: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Sentences;

    fn row(class: ErrorClass, halt: bool) -> ErrorRow {
        let word = |language: &str| format!("it failed in {language}");
        ErrorRow {
            code: "invalid".to_owned(),
            field: Some("to".to_owned()),
            words: Vec::new(),
            class,
            retry: None,
            suppress: false,
            halt,
            sentences: Sentences { en: word("en"), pt: word("pt"), es: word("es") },
        }
    }

    #[test]
    fn every_class_has_one_meaning() {
        use ErrorClass::{Campaign, Channel, Doubt, Either, Recipient, Throttled, TooMany, Transient};
        let mut lines = String::new();
        for class in [Recipient, Transient, Campaign, Channel, Throttled, TooMany, Either, Doubt] {
            for recipients in [1, 2] {
                let Reply { verdicts, signal } = row(class, false).reply(recipients, "no 5511987654321.");
                lines.push_str(&format!("{class:?} of {recipients}: {verdicts:?}; {signal:?}\n"));
            }
        }
        let held = row(Recipient, true).reply(1, "");
        lines.push_str(&format!("Recipient that halts: {:?}; {:?}\n", held.verdicts, held.signal));
        insta::assert_snapshot!(lines);
    }
}
