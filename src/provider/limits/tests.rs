//! A channel's own limits file: what it replaces, and what is said where it is wrong.

use std::path::Path;

use super::read::read;
use crate::domain::{ErrorClass, FailureClass, Language, Problem, Problems, ProviderLimits};
use crate::provider::testing;

fn over_devino(source: &str) -> Result<ProviderLimits, Problems> {
    read(Path::new("mine.toml"), source, Some(&testing::limits("devino")))
}

#[test]
fn a_file_replaces_only_what_it_names() {
    let embedded = testing::limits("devino");
    assert_eq!(over_devino("").as_ref(), Ok(&*embedded));
    let source = r#"
        call.chunk = 50
        rates.gold = ["200/s"]
        length.text = [1, 500]
        media.image.most = "1MB"

        [mode.bulk]
        most = 5

        [[error]]
        code = "invalid"
        field = "to"
        suppress = true
        pt = "número inválido"

        [[error]]
        code = "blocked"
        match = "opted OUT"
        class = "recipient"
        retry = "36h"
        en = "the person wants no messages"
        pt = "a pessoa não quer mensagens"
        es = "la persona no quiere mensajes"
    "#;
    // A chunk of a mode is that of [call], and so more than it may be here.
    let source = source.replace("most = 5", "most = 5\n        chunk = 5");
    let replaced = over_devino(&source).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!((replaced.call.chunk, replaced.call.most), (50, embedded.call.most));
    assert_eq!((replaced.call_in(Some("bulk")).most, replaced.call_in(Some("bulk")).in_flight), (5, 8));
    assert_eq!(replaced.call_in(Some("single")), replaced.call);
    assert_eq!(replaced.rates["default"], embedded.rates["default"]);
    assert_eq!(replaced.rates["gold"].len(), 1);
    assert_eq!(replaced.length("text"), 1..=500);
    assert_eq!(replaced.length("content_name"), embedded.length("content_name"));
    assert_eq!(replaced.media["image"].most, 1_000_000);
    assert_eq!(replaced.media["image"].types, embedded.media["image"].types);
    let row = replaced.row("invalid", Some("to")).expect("it is there");
    assert_eq!((row.class, row.suppress), (ErrorClass::Recipient, true));
    assert_eq!(row.sentence(Language::Portuguese), "número inválido");
    assert_eq!(row.sentence(Language::English), "the phone number is not valid");
    // A new row is known by all of its words, whatever else is said, and before any other.
    let row = replaced.row_by_words(None, "This user has OPTED out of messages").expect("recognised");
    assert_eq!(
        row.sentence(Language::Spanish),
        "la persona no quiere mensajes; se puede intentar de nuevo en 36 h"
    );
    assert!(replaced.row_by_words(None, "opted in").is_none());
    assert!(replaced.row_by_words(Some("invalid"), "opted out").is_none());
    assert_eq!(replaced.errors.len(), embedded.errors.len() + 1);
}

#[test]
fn what_is_wrong_is_said_all_at_once_with_its_place() {
    let source = r#"base_url = "ftp://example.com"
chunk = 5

[call]
chunk = 40000
in_flight = 0

[rates]
default = ["fast"]

[length]
text = [10, 1]

[media.image]
most = "large"

[media.sticker]
types = ["image/webp"]

[[error]]
class = "recipient"

[[error]]
code = "invalid"
field = "to"
class = "fatal"

[[error]]
code = "new"
class = "campaign"
en = "it is new"

[[error]]
code = "forbidden"
halt = false

[[error]]
code = "unknown"
suppress = true
retry = "soon"

[[error]]
code = "billing.error"
retry = "1h"

[[error]]
code = "billing.error"
retry = "2h"
"#;
    let problems = over_devino(source).expect_err("nearly everything is wrong");
    insta::assert_snapshot!(in_words(&problems));
}

#[test]
fn a_status_that_proves_nothing_can_only_be_doubt() {
    let row = |status: &str, class: &str| {
        format!(
            "[[error]]\ncode = \"http.{status}\"\nclass = \"{class}\"\nen = \"e\"\npt = \"p\"\nes = \"s\"\n"
        )
    };
    for status in ["200", "202", "302", "408", "409", "500", "502", "503", "504", "5xx"] {
        for class in ["throttled", "transient", "either", "recipient", "campaign", "channel", "too_many"] {
            let problems = over_devino(&row(status, class)).expect_err("it proves nothing");
            let [problem] = problems.list() else { panic!("{problems}") };
            assert!(problem.sentence.contains(&format!("`http.{status}` proves nothing")), "{problem:?}");
            assert!(problem.hint.as_deref().is_some_and(|hint| hint.contains("doubt")), "{problem:?}");
            assert_eq!(problems.place(problem).map(|place| place.line), Some(1));
        }
        assert!(over_devino(&row(status, "doubt")).is_ok(), "{status}");
    }
    for status in ["400", "401", "403", "404", "413", "420", "422", "429"] {
        assert!(over_devino(&row(status, "campaign")).is_ok(), "{status}");
    }
}

#[test]
fn a_file_that_stands_alone_has_to_be_whole() {
    let problems = read(Path::new("limits.toml"), "", None).expect_err("nothing is there");
    insta::assert_snapshot!(problems.to_string());
}

#[test]
fn a_file_replaces_failures_and_the_rate_of_questions() {
    let embedded = testing::limits("devino");
    let source = r#"
        question_rates = ["1 call/s"]

        [[failure]]
        code = "2312"
        class = "transient"
        retry = "36h"

        [[failure]]
        code = "2301"
        class = "final"

        [[failure]]
        code = "2400"
        class = "suppress"
        en = "the person has moved"
        pt = "a pessoa mudou"
        es = "la persona se mudó"
    "#;
    let replaced = over_devino(source).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(replaced.question_rates, ["1 call/s".parse().expect("a rate")]);
    assert_eq!(replaced.failures.len(), embedded.failures.len() + 1);
    let failure = replaced.failure("2312", "");
    let wait = std::time::Duration::from_secs(36 * 3_600);
    assert_eq!((failure.class, failure.retry), (FailureClass::Transient, Some(wait)));
    let sentence = failure.reason.sentence;
    assert!(sentence.ends_with("only a template may be sent; it may be tried again in 36 h"), "{sentence}");
    let spanish = replaced.translate("2312", &sentence, Language::Spanish).expect("translated");
    assert!(spanish.ends_with("una plantilla; se puede intentar de nuevo en 36 h"), "{spanish}");
    // What is final is not tried again, whatever was said of waiting before.
    let failure = replaced.failure("2301", "");
    assert_eq!((failure.class, failure.retry), (FailureClass::Final, None));
    assert_eq!(replaced.failure("2400", "").class, FailureClass::Suppress);
    assert_eq!(embedded.failure("2400", "").class, FailureClass::Final);
    assert_eq!(testing::limits("wati").question_rates, ["10 calls/10s".parse().expect("a rate")]);
    assert!(embedded.question_rates.is_empty());
}

#[test]
fn what_is_wrong_with_failures_is_said_with_its_place() {
    let source = r#"
[[failure]]
class = "final"

[[failure]]
code = "2400"

[[failure]]
code = "2312"
retry = "1h"

[[failure]]
code = "2305"
class = "often"

[[failure]]
code = "2313"
retry = "soon"

[[failure]]
code = "2313"
"#;
    let problems = over_devino(source).expect_err("wrong");
    insta::assert_snapshot!(in_words(&problems));
}

/// One line for each problem: where it is, what is wrong, what to do.
fn in_words(problems: &Problems) -> String {
    let in_words = |problem: &Problem| {
        let place = problems.place(problem).map(|place| place.to_string()).unwrap_or_default();
        format!("{place} {} | {}", problem.sentence, problem.hint.as_deref().unwrap_or("-"))
    };
    problems.list().iter().map(in_words).collect::<Vec<_>>().join("\n")
}
