//! Devino's error keys: which row of `limits.toml` an error of an answer is (seed 002, "Códigos de erro").

use super::wire::ErrorReason;
use crate::domain::{ErrorClass, ProviderLimits, Reason, Signal, Verdict};
use crate::provider::words::quoted;

/// `ref` of the whole array.
const ARRAY: &str = "messages";

/// The key of an array that is too long.
const TOO_MANY: &str = "too.many.messages";

/// Fields that have the same value for every recipient of a campaign.
const CAMPAIGN_FIELDS: [&str; 4] = ["from", "callbackUrl", "languageCode", "validity"];

/// An error of an answer, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// What it means for whom it names.
    pub verdict: Verdict,
    /// What it means for the call.
    pub signal: Signal,
    /// Position of the message that `ref` names, from 0.
    pub position: Option<usize>,
    /// Whether it proves that nothing was done: the table lists it, and it is explained.
    pub proves: bool,
    /// Whether it is about the array of messages, and so about the request as a whole.
    pub of_request: bool,
    /// For people.
    pub reason: Reason,
}

/// Understands one entry of `reasons`. `description` is the answer's own sentence, used where the
/// table has none. `None` when there is no key.
#[must_use]
pub fn read(
    limits: &ProviderLimits,
    error: &ErrorReason<'_>,
    description: Option<&str>,
) -> Option<ReadError> {
    let key = error.key.as_deref().map(str::trim).filter(|key| !key.is_empty())?;
    let (position, field) = reference(error.reference.as_deref().unwrap_or_default());
    let field = Some(field).filter(|field| !field.is_empty());
    // `too.many.messages` has one meaning only, so that a `ref` more or less changes nothing about it.
    let row = limits.row(key, field).or_else(|| limits.row(key, Some(ARRAY)).filter(|_| key == TOO_MANY));
    if let Some(row) = row {
        return Some(ReadError {
            verdict: row.verdict(""),
            signal: row.signal(""),
            position,
            proves: row.class != ErrorClass::Transient,
            of_request: row.field.as_deref() == Some(ARRAY),
            reason: Reason { code: code(key, field).into(), ..row.reason("") },
        });
    }
    let reason = Reason { code: quoted(&code(key, field)).into(), ..without_key(limits, description) };
    let of_campaign = field.is_some_and(|field| CAMPAIGN_FIELDS.contains(&field));
    let (verdict, signal) = if of_campaign {
        (Verdict::Unsent, Signal::CampaignRefused { reason: reason.clone() })
    } else {
        (Verdict::Rejected { reason: reason.clone() }, Signal::Answered)
    };
    Some(ReadError { verdict, signal, position, proves: false, of_request: false, reason })
}

/// The reason for a rejection that gives none of the table's keys.
#[must_use]
pub fn without_key(limits: &ProviderLimits, description: Option<&str>) -> Reason {
    limits.rejection(description.unwrap_or_default())
}

fn code(key: &str, field: Option<&str>) -> String {
    field.map_or_else(|| key.to_owned(), |field| format!("{key}:{field}"))
}

/// Takes `messages[12].to` apart into 12 and `to`, `messages[12]` into 12 and `messages[i]`, and
/// leaves anything else as it is. Positions count from 0, as the seed's `messages[i]` over a JSON array.
fn reference(reference: &str) -> (Option<usize>, &str) {
    let reference = reference.trim();
    let Some((index, rest)) = reference.strip_prefix("messages[").and_then(|rest| rest.split_once(']'))
    else {
        return (None, reference);
    };
    let field = rest.strip_prefix('.').filter(|field| !field.is_empty()).unwrap_or("messages[i]");
    (index.trim().parse().ok(), field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::testing;

    fn read_row(key: &str, reference: Option<&str>) -> ReadError {
        let error = ErrorReason { key: Some(key.into()), reference: reference.map(Into::into) };
        read(&testing::limits("devino"), &error, Some("in Devino's words")).expect("a key")
    }

    #[test]
    fn every_row_of_the_seed_has_a_meaning_and_a_sentence() {
        // The table as the seed prints it: extracted, not retyped.
        let table = include_str!("../../../tests/data/seeds/devino/errors.md");
        let rows = table.lines().filter(|line| line.starts_with("| ") && !line.contains("Descrição"));
        let limits = testing::limits("devino");
        let mut words = String::new();
        for line in rows {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [key, reference, _description] = cells[..] else { panic!("{line}") };
            let written = reference.replace("[i]", "[7]");
            let error = read_row(key, Some(&written).filter(|text| !text.is_empty()).map(String::as_str));
            let row = limits.errors.iter().find(|row| row.reason_code() == *error.reason.code);
            let row = row.unwrap_or_else(|| panic!("{line} has no row"));
            assert_eq!(error.position, reference.contains("[i]").then_some(7), "{line}");
            words.push_str(&format!("{:?}: {}\n", row.class, error.reason));
        }
        insta::assert_snapshot!(words);
    }

    #[test]
    fn references_are_taken_apart() {
        for (text, expected) in [
            ("messages[0].to", (Some(0), "to")),
            ("messages[12].contentUrl", (Some(12), "contentUrl")),
            ("messages[3]", (Some(3), "messages[i]")),
            ("messages[i].to", (None, "to")),
            ("messages[-1].to", (None, "to")),
            ("messages", (None, "messages")),
            ("to", (None, "to")),
            ("", (None, "")),
        ] {
            assert_eq!(reference(text), expected, "{text}");
        }
    }

    #[test]
    fn errors_that_the_seed_does_not_list_are_rejections() {
        for (key, reference, verdict) in [
            ("stop.list", None, "rejected"),
            ("invalid", Some("messages[1].buttons"), "rejected"),
            ("blocked", Some("messages[1].from"), "unsent"),
        ] {
            let error = read_row(key, reference);
            match (&error.verdict, &error.signal) {
                (Verdict::Rejected { .. }, Signal::Answered) => assert_eq!(verdict, "rejected", "{key}"),
                (Verdict::Unsent, Signal::CampaignRefused { .. }) => assert_eq!(verdict, "unsent", "{key}"),
                other => panic!("{key}: {other:?}"),
            }
            assert!(!error.proves, "{key}");
            let (sentence, words) = error.reason.parts();
            assert_eq!((sentence, words), ("the provider rejected the message", Some("in Devino's words")));
        }
        assert_eq!(read(&testing::limits("devino"), &ErrorReason::default(), None), None);
        assert_eq!(read_row("too.many.messages", None).signal, Signal::TooMany);
        assert!(matches!(read_row("unknown", Some("messages[2]")).verdict, Verdict::Transient { .. }));
    }
}
