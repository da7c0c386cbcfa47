//! Devino's table of errors (seed 002, "Códigos de erro") through the real binary: each row in each place
//! where Devino may put it, with the class and the words that it must have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use disparo::provider::devino::FACTS;

use crate::harness::{Finished, People, Workspace, report};

/// A row: `key`, field of `ref`, and what a person reads.
type Row = (&'static str, &'static str, &'static str);

/// One recipient's message is refused for good.
const OF_RECIPIENT: [Row; 8] = [
    ("invalid", "to", "the phone number is not valid"),
    ("invalid", "contentUrl", "the file's address is not valid"),
    ("invalid", "contentType", "the file's MIME type is not one that Devino sends"),
    ("length.too.long", "to", "the phone number is too long"),
    ("length.too.long", "text", "the text is too long"),
    ("length.too.short", "contentName", "the file's name is too short"),
    ("must.be.not.null", "to", "the phone number is missing"),
    ("must.be.not.null", "messages[i]", "the message has neither a text nor a file"),
];

/// The same for everybody: the run waits for a person.
const OF_CAMPAIGN: [Row; 10] = [
    ("billing.error", "", "Devino asks for payment; top up the account, then resume"),
    ("forbidden", "", "Devino forbids the account to send"),
    ("invalid", "validity", "the template's validity is not valid"),
    ("invalid", "callbackUrl", "the channel's callback_url is not valid"),
    ("invalid", "from", "the channel's sender name is not valid"),
    ("invalid", "languageCode", "the template's language code is not valid"),
    ("length.too.long", "languageCode", "the template's language code is too long"),
    ("length.too.short", "languageCode", "the template's language code is too short"),
    ("must.be.not.null", "from", "the channel's sender name is missing"),
    ("not.available", "from", "the channel's sender name does not belong to the account"),
];

/// The request as a whole.
const EMPTY: Row = ("must.be.not.null", "messages", "Devino received a request without any message");
const TOO_MANY: Row = ("too.many.messages", "messages", "the provider calls a single message too many");
/// Worth one more attempt.
const UNKNOWN: Row = ("unknown", "", "Devino had an error that it does not explain");

#[test]
fn every_row_of_the_table_has_its_test_here() {
    let tested = OF_RECIPIENT.iter().chain(&OF_CAMPAIGN).chain([&EMPTY, &TOO_MANY, &UNKNOWN]);
    let tested: BTreeSet<_> = tested.map(|(key, field, _)| (*key, *field)).collect();
    let limits = FACTS.limits.as_ref().expect("readable limits");
    let table = limits.errors.iter().map(|row| (row.code.as_str(), row.field.as_deref().unwrap_or_default()));
    let is_common = |code: &str| code.starts_with("http.") || code.starts_with("rejected");
    let table: BTreeSet<_> = table.filter(|(code, _)| !is_common(code)).collect();
    assert_eq!(tested, table);
}

/// `invalid:to`, as reports show it.
fn code((key, field, _): Row) -> String {
    if field.is_empty() { key.to_owned() } else { format!("{key}:{field}") }
}

/// A rule of a scenario that refuses with a row.
fn refuses((key, field, _): Row, more: &str) -> String {
    let field = if field.is_empty() { String::new() } else { format!("field = \"{field}\"\n") };
    format!("[[recipients]]\nrefuse = \"{key}\"\n{field}{more}\n")
}

/// Where Devino puts refusals of single messages: in an entry for each, or in one refusal of the call.
const PLACES: [&str; 4] = [
    "",
    "[devino]\nrefuse_whole = 400\n",
    "[devino]\nrefuse_whole = 413\n",
    "[devino]\nrefuse_whole = 422\n",
];

/// Whom the far side took.
fn taken(workspace: &Workspace) -> BTreeSet<String> {
    workspace.sandbox().accepted().into_iter().map(|one| one.to).collect()
}

fn everybody(people: &People) -> BTreeSet<String> {
    people.phones().iter().cloned().collect()
}

fn resume(workspace: &Workspace) -> Finished {
    workspace.disparo(["resume", "--format", "json"]).finish()
}

/// The run is held because the campaign is refused, in these words, and nobody was rejected.
#[track_caller]
fn held(run: Finished, words: &str, (accepted, pending): (u64, u64)) {
    let run = run.expect(6);
    let json = run.json();
    assert_eq!(json["held"]["kind"], "campaign_refused", "{run}");
    assert!(
        json["held"]["sentence"].as_str().is_some_and(|held| held.contains(words)),
        "no `{words}`: {run}"
    );
    let tally = run.tally();
    let expected = (accepted, 0, 0, pending);
    assert_eq!((tally.accepted, tally.rejected, tally.in_doubt, tally.pending), expected, "{run}");
}

#[test]
fn what_concerns_a_recipient_rejects_that_one_in_words() {
    for place in PLACES {
        let workspace = Workspace::new();
        workspace.only_devino("");
        let people = People::seeded(91, OF_RECIPIENT.len() + 12);
        let mut scenario = place.to_owned();
        let mut expected = BTreeMap::new();
        for (row, phone) in OF_RECIPIENT.into_iter().zip(people.phones()) {
            scenario += &refuses(row, &format!("numbers = [\"+{phone}\"]"));
            expected.insert(phone.clone(), (code(row), row.2.to_owned()));
        }
        workspace.sandbox().change_scenario(&scenario);
        workspace.text_campaign("welcome", &people, "");
        let run = workspace.run("welcome").expect(4);
        assert_eq!((run.tally().accepted, run.tally().rejected), (12, OF_RECIPIENT.len() as u64), "{run}");
        let lines = report(&workspace, &run.run()).into_values().filter(|line| line.status == "rejected");
        let rejected: BTreeMap<_, _> = lines.map(|line| (line.phone, (line.code, line.reason))).collect();
        assert_eq!(rejected, expected, "{place}");
        let good = people.phones()[OF_RECIPIENT.len()..].iter().cloned().collect();
        assert_eq!(taken(&workspace), good, "{place}");
        let text = workspace.disparo(["report", &run.run()]).finish().expect(0).stdout;
        for row in OF_RECIPIENT {
            let line = format!("{} ({})", row.2, code(row));
            assert!(text.contains(&line), "no `{line}` in\n{text}");
        }
    }
}

#[test]
fn what_concerns_the_campaign_holds_the_run_in_words_and_rejects_nobody() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let people = People::seeded(92, 20);
    workspace.text_campaign("welcome", &people, "");
    workspace.sandbox().change_scenario(&refuses(OF_CAMPAIGN[0], ""));
    held(workspace.run("welcome"), OF_CAMPAIGN[0].2, (0, 20));
    for place in &PLACES[..2] {
        for row in OF_CAMPAIGN {
            workspace.sandbox().change_scenario(&(place.to_string() + &refuses(row, "")));
            let words = format!("{} ({})", row.2, code(row));
            held(resume(&workspace), &words, (0, 20));
        }
    }
    // The account that may not send is found by Devino itself, too.
    workspace.sandbox().change_scenario("[devino]\nunavailable_senders = [\"MyCompany\"]\n");
    held(resume(&workspace), "does not belong to the account (not.available:from)", (0, 20));
    // It may begin in the middle of a call: who is before it was reached.
    workspace.sandbox().change_scenario(&refuses(OF_CAMPAIGN[0], "from = 7"));
    held(resume(&workspace), OF_CAMPAIGN[0].2, (6, 14));
    assert_eq!(workspace.sandbox().state()["accepted"], 6);
    workspace.sandbox().change_scenario("");
    assert_eq!(resume(&workspace).expect(0).tally().accepted, 20);
    assert_eq!(taken(&workspace), everybody(&people));
}

/// The answer that refuses the call as a whole with a row, in each place where it may stand.
fn whole_refusals((key, field, _): Row) -> [String; 4] {
    let refusal =
        format!("{{\"code\":\"REJECTED\",\"reasons\":[{{\"key\":\"{key}\",\"ref\":\"{field}\"}}]}}");
    let result = format!("{{\"result\":[{refusal}]}}");
    [(200, &refusal), (200, &result), (400, &refusal), (400, &result)]
        .map(|(status, body)| format!("[[faults]]\nthen = \"status\"\nstatus = {status}\nbody = '{body}'\n"))
}

#[test]
fn a_request_without_messages_holds_the_run() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let people = People::seeded(93, 5);
    workspace.text_campaign("welcome", &people, "");
    for (number, refusal) in whole_refusals(EMPTY).into_iter().enumerate() {
        workspace.sandbox().change_scenario(&refusal);
        let run = if number == 0 { workspace.run("welcome") } else { resume(&workspace) };
        held(run, &format!("{} ({})", EMPTY.2, code(EMPTY)), (0, 5));
    }
    workspace.sandbox().change_scenario("");
    assert_eq!(resume(&workspace).expect(0).tally().accepted, 5);
}

#[test]
fn a_single_message_that_is_too_many_holds_the_run() {
    let workspace = Workspace::new();
    workspace.only_devino("in_flight = 1");
    let people = People::seeded(94, 20);
    workspace.text_campaign("welcome", &people, "");
    let mut calls = 0;
    for (number, refusal) in whole_refusals(TOO_MANY).into_iter().enumerate() {
        workspace.sandbox().change_scenario(&refusal);
        let run = if number == 0 { workspace.run("welcome") } else { resume(&workspace) };
        held(run, TOO_MANY.2, (0, 20));
        // Of 20, 10, 5, 2 and 1.
        calls += 5;
        assert_eq!(workspace.sandbox().state()["calls"], calls, "{refusal}");
    }
    workspace.sandbox().change_scenario("");
    assert_eq!(resume(&workspace).expect(0).tally().accepted, 20);
}

#[test]
fn an_unexplained_error_is_tried_once_more_and_then_rejected() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let people = People::seeded(95, 30);
    let (once, rest) = people.phones().split_at(4);
    let (always, good) = rest.split_at(3);
    let numbers = |phones: &[String]| {
        let numbers: Vec<_> = phones.iter().map(|phone| format!("\"+{phone}\"")).collect();
        format!("numbers = [{}]", numbers.join(", "))
    };
    let mut scenario = refuses(UNKNOWN, &(numbers(once) + "\nonce = true"));
    write!(scenario, "{}", refuses(UNKNOWN, &numbers(always))).expect("a string takes everything");
    workspace.sandbox().change_scenario(&scenario);
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome").expect(4);
    assert_eq!((run.tally().accepted, run.tally().rejected), (27, 3), "{run}");
    let lines = report(&workspace, &run.run());
    for (phones, status, calls, code, words) in [
        (once, "accepted", 2, "", ""),
        (always, "rejected", 2, UNKNOWN.0, UNKNOWN.2),
        (good, "accepted", 1, "", ""),
    ] {
        for phone in phones {
            let line = &lines[phone];
            let expected = (status, calls, code, words);
            assert_eq!(
                (line.status.as_str(), line.calls, line.code.as_str(), line.reason.as_str()),
                expected
            );
        }
    }
    let second = |phone: &String| once.contains(phone);
    for one in workspace.sandbox().accepted() {
        let attempt = if second(&one.to) { ".2" } else { ".1" };
        assert!(one.callback_data.ends_with(attempt), "{one:?}");
    }
    assert_eq!(workspace.sandbox().state()["accepted"], 27);
}
