//! What an HTTP status says by itself: the rows of the table of failed calls that need no body.

use bytes::Bytes;

use super::call::WireAnswer;
use super::retry_after;
use crate::domain::{DoubtCause, ErrorClass, ErrorRow, ProviderLimits, QueryFailure, Reason, Reply, Signal};

/// Who has the last word about an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusClass {
    /// 200: the body says what became of each recipient.
    Answer,
    /// 400, 413, 422: nobody was messaged; the body may say because of whom.
    Refusal,
    /// The status settles it.
    Settled(Reply),
}

/// Classes of the guarantees' table "What a failed call means": the rows `http.STATUS` of the provider's
/// limits. Whatever is not listed there proves nothing, so the chunk is in doubt.
#[must_use]
pub fn by_status(limits: &ProviderLimits, answer: &WireAnswer) -> StatusClass {
    let settled = |signal| StatusClass::Settled(Reply::unsent(signal));
    match (answer.status, row(limits, answer.status)) {
        (200, _) => StatusClass::Answer,
        (503, _) if answer.retry_after.is_some() => settled(throttled(answer, None)),
        (status, None) => StatusClass::Settled(Reply::in_doubt(DoubtCause::UnexpectedStatus(status))),
        (_, Some(row)) => match row.class {
            ErrorClass::Either | ErrorClass::Recipient | ErrorClass::Transient => StatusClass::Refusal,
            ErrorClass::Throttled => settled(throttled(answer, Some(row))),
            ErrorClass::Campaign | ErrorClass::Channel | ErrorClass::TooMany | ErrorClass::Doubt => {
                StatusClass::Settled(row.reply(1, ""))
            }
        },
    }
}

fn row(limits: &ProviderLimits, status: u16) -> Option<&ErrorRow> {
    limits.row(&format!("http.{status}"), None)
}

fn throttled(answer: &WireAnswer, row: Option<&ErrorRow>) -> Signal {
    let date = answer.date.as_deref();
    let asked = answer.retry_after.as_deref().and_then(|value| retry_after::wait(value, date));
    Signal::Throttled { retry_after: asked.or(row.and_then(|row| row.retry)) }
}

/// The body of an answer to a question, or why there is none. What a refusal says in its body (400, 413,
/// 422) only the provider knows to read.
///
/// # Errors
/// When the status says that there is no answer, or the body did not come in one piece.
pub fn answer_to_question<'a>(
    limits: &ProviderLimits,
    answer: &'a WireAnswer,
) -> Result<&'a Bytes, QueryFailure> {
    let unanswered = |cause: DoubtCause| QueryFailure::Unanswered(cause.to_string());
    match by_status(limits, answer) {
        StatusClass::Answer => answer.body.as_ref().ok_or(unanswered(DoubtCause::UnreadableReply)),
        StatusClass::Refusal => Err(QueryFailure::Refused(refusal_without_words(limits, answer.status))),
        StatusClass::Settled(_) if answer.status == 404 => Err(QueryFailure::NotFound),
        StatusClass::Settled(Reply { signal, .. }) => Err(match signal {
            Signal::Throttled { retry_after } => QueryFailure::Throttled { retry_after },
            Signal::ChannelRefused { reason } | Signal::CampaignRefused { reason } => {
                QueryFailure::Refused(reason)
            }
            _ => unanswered(DoubtCause::UnexpectedStatus(answer.status)),
        }),
    }
}

/// The reason for a refusal of which the body says nothing useful.
#[must_use]
pub fn refusal_without_words(limits: &ProviderLimits, status: u16) -> Reason {
    match row(limits, status) {
        Some(row) => row.reason(""),
        None => Reason::new(
            format!("http.{status}"),
            format!("the provider refuses the request with HTTP status {status} and does not say why"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::{Verdict, Verdicts};
    use crate::provider::testing;

    fn answer_to_question(answer: &WireAnswer) -> Result<&Bytes, QueryFailure> {
        super::answer_to_question(&testing::limits("devino"), answer)
    }

    fn by_status(answer: &WireAnswer) -> StatusClass {
        super::by_status(&testing::limits("devino"), answer)
    }

    fn answer(status: u16, retry_after: Option<&str>) -> WireAnswer {
        WireAnswer { status, retry_after: retry_after.map(str::to_owned), ..WireAnswer::default() }
    }

    #[test]
    fn every_row_of_the_table() {
        for status in 100..=599 {
            let class = by_status(&answer(status, None));
            let word = match &class {
                StatusClass::Answer => "answer",
                StatusClass::Refusal => "refusal",
                StatusClass::Settled(Reply { verdicts: Verdicts::All(Verdict::Unsent), signal }) => {
                    match signal {
                        Signal::ChannelRefused { .. } => "channel refused",
                        Signal::CampaignRefused { .. } => "campaign refused",
                        Signal::Throttled { retry_after: None } => "throttled",
                        other => panic!("{status}: {other:?}"),
                    }
                }
                StatusClass::Settled(reply) => {
                    assert_eq!(*reply, Reply::in_doubt(DoubtCause::UnexpectedStatus(status)));
                    "in doubt"
                }
            };
            let expected = match status {
                200 => "answer",
                400 | 413 | 422 => "refusal",
                401 | 403 => "channel refused",
                404 => "campaign refused",
                420 | 429 => "throttled",
                _ => "in doubt",
            };
            assert_eq!(word, expected, "{status}");
        }
    }

    #[test]
    fn only_a_503_that_says_when_is_a_request_to_wait() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (status, written, retry_after) in
            [(503, "7", seconds(7)), (429, "0", seconds(0)), (420, "1", seconds(1)), (503, "soon", None)]
        {
            let expected = StatusClass::Settled(Reply::unsent(Signal::Throttled { retry_after }));
            assert_eq!(by_status(&answer(status, Some(written))), expected, "{status} {written}");
        }
        let unlisted = by_status(&answer(502, Some("7")));
        assert_eq!(unlisted, StatusClass::Settled(Reply::in_doubt(DoubtCause::UnexpectedStatus(502))));
    }

    #[test]
    fn a_question_has_an_answer_or_a_failure_by_its_status() {
        let with_body = |status| WireAnswer { body: Some(Bytes::from_static(b"{}")), ..answer(status, None) };
        assert_eq!(answer_to_question(&with_body(200)), Ok(&Bytes::from_static(b"{}")));
        for (status, word) in [
            (200, "Unanswered"),
            (400, "Refused"),
            (401, "Refused"),
            (403, "Refused"),
            (404, "NotFound"),
            (429, "Throttled"),
            (500, "Unanswered"),
        ] {
            let failure = answer_to_question(&answer(status, None)).expect_err("no answer");
            assert!(format!("{failure:?}").starts_with(word), "{status}: {failure:?}");
        }
    }
}
