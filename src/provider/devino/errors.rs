//! Devino's error keys: what each means for the call, and in words (seed 002, "Códigos de erro").

use super::wire::ErrorReason;
use crate::domain::Reason;
use crate::provider::words::quoted;

/// What an error means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// This recipient's message is refused for good.
    Recipient,
    /// The same for every recipient of the campaign: sender, language, callback address, account.
    Campaign,
    /// May pass: worth one more attempt.
    Transient,
    /// The call carries too many messages.
    TooMany,
}

/// One row of the seed's table.
#[derive(Debug)]
pub struct KnownError {
    /// `key`.
    pub key: &'static str,
    /// The field named by `ref`, without the message's position: `to`; `messages` where it is the whole
    /// array, `messages[i]` where it is one message, empty where there is no `ref`.
    pub field: &'static str,
    /// What it means for the call.
    pub class: ErrorClass,
    /// In words, without a full stop.
    pub sentence: &'static str,
}

const fn row(
    key: &'static str,
    field: &'static str,
    class: ErrorClass,
    sentence: &'static str,
) -> KnownError {
    KnownError { key, field, class, sentence }
}

/// The whole table. Classes are those of providers.md §1.3; a field that has the same value for all
/// recipients (sender, language, callback address, validity) concerns the campaign whatever its error.
pub const ERRORS: [KnownError; 21] = {
    use ErrorClass::{Campaign, Recipient, TooMany, Transient};
    [
        row("billing.error", "", Campaign, "Devino asks for payment; top up the account, then resume"),
        row("forbidden", "", Campaign, "Devino forbids the account to send"),
        row("unknown", "", Transient, "Devino had an error that it does not explain"),
        row("invalid", "to", Recipient, "the phone number is not valid"),
        row("invalid", "validity", Campaign, "the template's validity is not valid"),
        row("invalid", "callbackUrl", Campaign, "the channel's callback_url is not valid"),
        row("invalid", "contentUrl", Recipient, "the file's address is not valid"),
        row("invalid", "contentType", Recipient, "the file's MIME type is not one that Devino sends"),
        row("invalid", "from", Campaign, "the channel's sender name is not valid"),
        row("invalid", "languageCode", Campaign, "the template's language code is not valid"),
        row("length.too.long", "to", Recipient, "the phone number is too long"),
        row("length.too.long", "text", Recipient, "the text is too long"),
        row("length.too.long", "languageCode", Campaign, "the template's language code is too long"),
        row("length.too.short", "contentName", Recipient, "the file's name is too short"),
        row("length.too.short", "languageCode", Campaign, "the template's language code is too short"),
        row("must.be.not.null", "to", Recipient, "the phone number is missing"),
        row("must.be.not.null", "messages", Campaign, "Devino received a request without any message"),
        row("must.be.not.null", "from", Campaign, "the channel's sender name is missing"),
        row("must.be.not.null", "messages[i]", Recipient, "the message has neither a text nor a file"),
        row("not.available", "from", Campaign, "the channel's sender name does not belong to the account"),
        row("too.many.messages", "messages", TooMany, "Devino takes fewer messages in one call"),
    ]
};

/// Fields that have the same value for every recipient of a campaign.
const CAMPAIGN_FIELDS: [&str; 4] = ["from", "callbackUrl", "languageCode", "validity"];

/// An error of an answer, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// What it means for the call.
    pub class: ErrorClass,
    /// Position of the message that `ref` names, from 0.
    pub position: Option<usize>,
    /// Whether the table lists it.
    pub listed: bool,
    /// Whether it is about the array of messages, and so about the request as a whole.
    pub of_request: bool,
    /// For people.
    pub reason: Reason,
}

/// Understands one entry of `reasons`. `description` is the answer's own sentence, used where the
/// table has none. `None` when there is no key.
#[must_use]
pub fn read(error: &ErrorReason<'_>, description: Option<&str>) -> Option<ReadError> {
    let key = error.key.as_deref().map(str::trim).filter(|key| !key.is_empty())?;
    let (position, field) = reference(error.reference.as_deref().unwrap_or_default());
    let code = if field.is_empty() { key.to_owned() } else { format!("{key}:{field}") };
    let named = |row: &&KnownError| row.key == key && row.field == field;
    // Some keys have one row only, so that a `ref` more or less changes nothing about their meaning.
    let alone = |row: &&KnownError| row.key == key && (row.field.is_empty() || key == "too.many.messages");
    if let Some(row) = ERRORS.iter().find(named).or_else(|| ERRORS.iter().find(alone)) {
        let reason = Reason::new(code, row.sentence);
        let of_request = row.field == "messages";
        return Some(ReadError { class: row.class, position, listed: true, of_request, reason });
    }
    let class = if CAMPAIGN_FIELDS.contains(&field) { ErrorClass::Campaign } else { ErrorClass::Recipient };
    let reason = Reason::new(quoted(&code), rejection(description));
    Some(ReadError { class, position, listed: false, of_request: false, reason })
}

/// The reason for a rejection that gives none of the table's keys.
#[must_use]
pub fn without_key(description: Option<&str>) -> Reason {
    Reason::new("rejected", rejection(description))
}

fn rejection(description: Option<&str>) -> String {
    match description.map(quoted).filter(|words| !words.is_empty()) {
        Some(words) => format!("Devino rejected the message: {words}"),
        None => "Devino rejected the message without saying why".to_owned(),
    }
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

    fn read_row(key: &str, reference: Option<&str>) -> ReadError {
        let error = ErrorReason { key: Some(key.into()), reference: reference.map(Into::into) };
        read(&error, Some("in Devino's words")).expect("a key")
    }

    #[test]
    fn every_row_of_the_seed_has_a_class_and_a_sentence() {
        // The table as the seed prints it: extracted, not retyped.
        let table = include_str!("../../../tests/data/seeds/devino/errors.md");
        let rows = table.lines().filter(|line| line.starts_with("| ") && !line.contains("Descrição"));
        let mut words = String::new();
        let mut count = 0;
        for line in rows {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [key, reference, _description] = cells[..] else { panic!("{line}") };
            let written = reference.replace("[i]", "[7]");
            let error = read_row(key, Some(&written).filter(|text| !text.is_empty()).map(String::as_str));
            assert!(error.listed, "{line}");
            assert_eq!(error.position, reference.contains("[i]").then_some(7), "{line}");
            words.push_str(&format!("{:?}: {}\n", error.class, error.reason));
            count += 1;
        }
        assert_eq!(count, ERRORS.len());
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
        for (key, reference, class) in [
            ("stop.list", None, ErrorClass::Recipient),
            ("invalid", Some("messages[1].buttons"), ErrorClass::Recipient),
            ("blocked", Some("messages[1].from"), ErrorClass::Campaign),
        ] {
            let error = read_row(key, reference);
            assert_eq!((error.class, error.listed), (class, false), "{key}");
            assert_eq!(&*error.reason.sentence, "Devino rejected the message: in Devino's words");
        }
        assert_eq!(read(&ErrorReason::default(), None), None);
        assert_eq!(read_row("too.many.messages", None).class, ErrorClass::TooMany);
        assert_eq!(read_row("unknown", Some("messages[2]")).class, ErrorClass::Transient);
    }
}
