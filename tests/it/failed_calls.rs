//! The rows of the guarantees' table "What a failed call means" after which nobody was messaged: what
//! was not sent goes again, what is refused is refused for those to blame, the rest waits for a person.

use std::collections::{BTreeMap, BTreeSet};

use disparo::domain::Tally;
use serde_json::Value;

use crate::harness::{Finished, People, Workspace, report};

/// Numbers that the far side took, each with how often.
fn taken(workspace: &Workspace) -> BTreeMap<String, usize> {
    let mut taken = BTreeMap::new();
    for one in workspace.sandbox().accepted() {
        *taken.entry(one.to).or_default() += 1;
    }
    taken
}

/// Everybody of `people` was taken exactly once, and nobody else.
#[track_caller]
fn each_was_taken_once<'a>(workspace: &Workspace, people: impl IntoIterator<Item = &'a String>) {
    let expected: BTreeMap<_, _> = people.into_iter().map(|phone| (phone.clone(), 1)).collect();
    assert_eq!(taken(workspace), expected);
}

/// The attempt of everybody whom Devino took: the last part of the callback data.
fn attempts(workspace: &Workspace) -> BTreeSet<String> {
    let accepted = workspace.sandbox().accepted();
    accepted.iter().filter_map(|one| one.callback_data.rsplit('.').next()).map(str::to_owned).collect()
}

/// Itself, if the run is held for `kind`, says `words`, and has reached nobody.
#[track_caller]
fn held_untouched(run: Finished, kind: &str, words: &[&str], people: u64) -> Finished {
    let run = held(run, kind, words);
    let expected = Tally { rows: people, recipients: people, pending: people, ..Tally::default() };
    assert_eq!(run.tally(), expected, "{run}");
    run
}

/// Itself, if the run is held for `kind` and says `words`.
#[track_caller]
fn held(run: Finished, kind: &str, words: &[&str]) -> Finished {
    let run = run.expect(6);
    let json = run.json();
    assert_eq!(json["state"], "held", "{run}");
    assert_eq!(json["held"]["kind"], kind, "{run}");
    let sentence = json["held"]["sentence"].as_str().unwrap_or_default().to_owned();
    for word in words {
        assert!(sentence.contains(word), "`{word}` is not in: {sentence}");
    }
    run
}

fn resume(workspace: &Workspace) -> Finished {
    workspace.disparo(["resume", "--format", "json"]).finish()
}

fn answered(workspace: &Workspace) -> Value {
    workspace.sandbox().state()["answered"].clone()
}

#[test]
fn a_closed_port_is_tried_again_and_then_held_until_the_provider_is_back() {
    let mut workspace = Workspace::new();
    workspace.only_devino("chunk = 10");
    let people = People::seeded(31, 25);
    workspace.text_campaign("welcome", &people, "");
    workspace.far_side_ends();
    let run = workspace.run("welcome");
    held_untouched(run, "unreachable", &["devino", "connection refused", "2 times in a row"], 25);
    held_untouched(resume(&workspace), "unreachable", &["connection refused"], 25);
    workspace.far_side_begins();
    assert_eq!(resume(&workspace).expect(0).tally().accepted, 25);
    each_was_taken_once(&workspace, people.phones());
    assert_eq!(attempts(&workspace), ["1".to_owned()].into(), "what never left is no attempt");
}

#[test]
fn a_run_outlasts_a_provider_that_is_away_for_a_moment() {
    let mut workspace = Workspace::new();
    let patient = "timeout = \"5s\"\nretry = { attempts = 1000, first = \"10ms\", most = \"20ms\" }\n";
    let channel = workspace.devino(workspace.sandbox().base_url(), "");
    let (head, _) = channel.split_once("timeout").expect("a timeout");
    workspace.write("channels.toml", format!("{head}{patient}"));
    let people = People::seeded(32, 5);
    workspace.text_campaign("welcome", &people, "");
    workspace.far_side_ends();
    let mut run = workspace.disparo(["run", "welcome", "--yes"]).start();
    run.until("the first failure", |run| run.stderr().contains("nothing was lost").then_some(()));
    workspace.far_side_begins();
    run.wait().expect(0);
    each_was_taken_once(&workspace, people.phones());
    assert_eq!(attempts(&workspace), ["1".to_owned()].into());
}

#[test]
fn a_name_that_nobody_has_and_a_far_side_without_tls_are_held() {
    let workspace = Workspace::new();
    let people = People::seeded(33, 3);
    // A label of 64 letters can be no name, so nobody has to be asked.
    let nowhere = format!("http://{}.example", "a".repeat(64));
    let without_tls = workspace.sandbox().base_url().replace("http://", "https://");
    for (name, base_url) in [("dns", nowhere), ("tls", without_tls)] {
        workspace.write("channels.toml", workspace.devino(&base_url, ""));
        workspace.text_campaign(name, &people, "");
        held_untouched(workspace.run(name), "unreachable", &["no connection to", "2 times in a row"], 3);
    }
    assert_eq!(workspace.sandbox().state()["calls"], 0);
}

#[test]
fn providers_that_ask_to_slow_down_get_everybody_later() {
    let workspace = Workspace::new();
    // Each channel makes one call, is turned away, and waits for a second on its own.
    let channel = workspace.devino(workspace.sandbox().base_url(), "in_flight = 1");
    let channels: Vec<_> =
        ["a", "b", "c"].map(|name| channel.replace("[devino]", &format!("[{name}]"))).into();
    workspace.write("channels.toml", channels.join("\n"));
    let people = People::seeded(34, 30);
    let file = workspace.text_campaign("welcome", &people, "");
    let definition = std::fs::read_to_string(&file).expect("just written");
    workspace.write("welcome.toml", definition.replace("\"devino\"", "[\"a\", \"b\", \"c\"]"));
    workspace.sandbox().change_scenario(
        "[[faults]]\nthen = \"status\"\nstatus = 429\ncalls = 1\n\
         [[faults]]\nthen = \"status\"\nstatus = 420\ncalls = 2\n\
         [[faults]]\nthen = \"status\"\nstatus = 503\nretry_after = \"1s\"\ncalls = 3\n",
    );
    let run = workspace.run("welcome").expect(0);
    assert_eq!(run.tally().accepted, 30);
    each_was_taken_once(&workspace, people.phones());
    assert_eq!(attempts(&workspace), ["1".to_owned()].into(), "what was turned away is no attempt");
    let answered = answered(&workspace);
    for (status, calls) in [("429", 1), ("420", 1), ("503", 1), ("200", 3)] {
        assert_eq!(answered[status], calls, "{status} in {answered}");
    }
}

#[test]
fn a_provider_that_keeps_asking_to_slow_down_holds_the_run() {
    let workspace = Workspace::new();
    workspace.sandbox().change_scenario("[[faults]]\nthen = \"status\"\nstatus = 429\n");
    let channel = workspace.devino(workspace.sandbox().base_url(), "");
    workspace.write("channels.toml", channel.replace("attempts = 2", "attempts = 1"));
    workspace.text_campaign("welcome", &People::seeded(35, 3), "");
    held_untouched(workspace.run("welcome"), "unreachable", &["asks to slow down"], 3);
    workspace.sandbox().change_scenario("");
    assert_eq!(resume(&workspace).expect(0).tally().accepted, 3);
}

#[test]
fn a_refusal_that_names_recipients_rejects_them_and_sends_the_rest_again() {
    for status in [400, 413, 422] {
        let workspace = Workspace::new();
        workspace.only_devino("");
        let people = People::seeded(36, 100);
        let (bad, good) = people.phones().split_at(2);
        let scenario = format!(
            "[devino]\nrefuse_whole = {status}\n[[recipients]]\nrefuse = \"invalid\"\nfield = \"to\"\nnumbers = {bad:?}\n"
        );
        workspace
            .sandbox()
            .change_scenario(&scenario.replace("[\"55", "[\"+55").replace(", \"55", ", \"+55"));
        workspace.text_campaign("welcome", &people, "");
        let run = workspace.run("welcome").expect(4);
        assert_eq!((run.tally().accepted, run.tally().rejected), (98, 2), "{run}");
        each_was_taken_once(&workspace, good);
        assert_eq!(workspace.sandbox().state()["calls"], 2, "one refused, one with the rest");
        let lines = report(&workspace, &run.run());
        for phone in bad {
            assert_eq!(
                (lines[phone].status.as_str(), lines[phone].code.as_str()),
                ("rejected", "invalid:to")
            );
        }
    }
}

/// A call with one of these people in it is refused, and nobody is named.
fn refuses(status: u16, phones: &[&String]) -> String {
    let containing: Vec<_> = phones.iter().map(|phone| format!("\"+{phone}\"")).collect();
    format!(
        "[[faults]]\nthen = \"status\"\nstatus = {status}\nbody = '{{\"error\":\"bad request\"}}'\ncontaining = [{}]\n",
        containing.join(", ")
    )
}

#[test]
fn a_refusal_that_names_nobody_sinks_only_those_to_blame() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let people = People::seeded(37, 250);
    let phones = people.phones();
    for (status, bad) in [(400, vec![49]), (413, vec![0, 249]), (422, vec![100, 101, 102, 180])] {
        let bad: BTreeSet<_> = bad.into_iter().map(|at| &phones[at]).collect();
        let few: Vec<_> = bad.iter().copied().collect();
        workspace.sandbox().change_scenario(&refuses(status, &few));
        let name = format!("refused-{status}");
        workspace.text_campaign(&name, &people, "");
        let run = workspace.run(&name).expect(4);
        let good = 250 - bad.len() as u64;
        assert_eq!((run.tally().accepted, run.tally().rejected), (good, bad.len() as u64), "{run}");
        let rejected: BTreeMap<_, _> = report(&workspace, &run.run())
            .into_values()
            .filter(|line| line.status == "rejected")
            .map(|line| (line.phone, line.code))
            .collect();
        let expected = bad.iter().map(|phone| ((*phone).clone(), format!("http.{status}"))).collect();
        assert_eq!(rejected, expected);
    }
}

#[test]
fn a_campaign_that_is_refused_whoever_it_goes_to_is_held_and_nobody_is_rejected() {
    for (people, chunk) in [(100, 100), (60, 7), (3, 100), (10, 1)] {
        let workspace = Workspace::new();
        workspace.only_devino(&format!("chunk = {chunk}\nin_flight = 1"));
        workspace.sandbox().change_scenario("[[faults]]\nthen = \"status\"\nstatus = 400\nbody = ''\n");
        let audience = People::seeded(38, people);
        workspace.text_campaign("welcome", &audience, "");
        let run = workspace.run("welcome");
        let words = ["http.400", "whoever the recipient is"];
        held_untouched(run, "campaign_refused", &words, people as u64);
        workspace.sandbox().change_scenario("");
        assert_eq!(resume(&workspace).expect(0).tally().accepted, people as u64);
        each_was_taken_once(&workspace, audience.phones());
    }
}

#[test]
fn an_account_or_address_that_is_refused_holds_the_run() {
    let workspace = Workspace::new();
    workspace.only_devino("chunk = 5");
    let people = People::seeded(39, 12);
    workspace.text_campaign("welcome", &people, "");
    let fault = |status: u16| format!("[[faults]]\nthen = \"status\"\nstatus = {status}\n");
    workspace.sandbox().change_scenario(&fault(401));
    held_untouched(workspace.run("welcome"), "channel_refused", &["devino", "http.401", "credential"], 12);
    for (status, kind) in [(403, "channel_refused"), (404, "campaign_refused"), (401, "channel_refused")] {
        workspace.sandbox().change_scenario(&fault(status));
        held_untouched(resume(&workspace), kind, &["devino", &format!("http.{status}")], 12);
    }
    workspace.sandbox().change_scenario("");
    assert_eq!(resume(&workspace).expect(0).tally().accepted, 12);
    each_was_taken_once(&workspace, people.phones());
}

#[test]
fn a_credential_of_the_wrong_form_is_mended_and_the_run_resumed() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let people = People::seeded(40, 12);
    workspace.text_campaign("welcome", &people, "");
    let run = ["run", "welcome", "--yes", "--format", "json"];
    let run = workspace.disparo(run).environment("TEST_DEVINO_KEY", "two words").finish();
    held_untouched(run, "channel_refused", &["http.401", "does not accept the channel's key"], 12);
    assert_eq!(answered(&workspace)["401"], workspace.sandbox().state()["calls"]);
    assert_eq!(resume(&workspace).expect(0).tally().accepted, 12);
    each_was_taken_once(&workspace, people.phones());
}

#[test]
fn a_call_with_too_many_messages_is_halved_until_it_fits() {
    for call_errors in ["result", "top_level", "bad_request"] {
        let workspace = Workspace::new();
        workspace.only_devino("in_flight = 1");
        let scenario = format!("[devino]\nbatch = 30\ncall_errors = \"{call_errors}\"\n");
        workspace.sandbox().change_scenario(&scenario);
        let people = People::seeded(41, 100);
        workspace.text_campaign("welcome", &people, "");
        let run = workspace.run("welcome").expect(0);
        assert_eq!(run.tally().accepted, 100);
        each_was_taken_once(&workspace, people.phones());
        // 100 and 50 are too many; then four of 25.
        assert_eq!(workspace.sandbox().state()["calls"], 6, "{call_errors}");
    }
}

#[test]
fn a_rejected_recipient_of_an_ordinary_answer_is_rejected_with_the_providers_reason() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let people = People::seeded(42, 40);
    let bad = &people.phones()[7];
    workspace
        .sandbox()
        .change_scenario(&format!("[[recipients]]\nrefuse = \"invalid\"\nnumbers = [\"+{bad}\"]\n"));
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome").expect(4);
    assert_eq!((run.tally().accepted, run.tally().rejected), (39, 1), "{run}");
    assert_eq!(run.json()["state"], "completed");
    each_was_taken_once(&workspace, people.phones().iter().filter(|phone| *phone != bad));
    let line = &report(&workspace, &run.run())[bad];
    assert_eq!((line.status.as_str(), line.code.as_str()), ("rejected", "invalid:to"));
    assert_eq!((line.reason.as_str(), line.calls), ("the phone number is not valid", 1));
}

#[test]
fn a_provider_with_a_limit_of_its_own_gets_everybody_once() {
    let workspace = Workspace::new();
    workspace.only_devino("chunk = 5");
    // The channel knows of no limit, so most calls of the first moment come too soon.
    workspace.sandbox().change_scenario("[rate_limit]\nrate = \"40/s\"\nretry_after = true\n");
    let people = People::seeded(43, 80);
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome").expect(0);
    assert_eq!(run.tally().accepted, 80);
    each_was_taken_once(&workspace, people.phones());
    assert!(answered(&workspace)["429"].as_u64() > Some(0), "nothing was above the limit");
}

#[test]
fn one_of_two_channels_that_is_refused_holds_the_run_and_the_other_reached_its_own() {
    let workspace = Workspace::new();
    let channel = workspace.devino(workspace.sandbox().base_url(), "");
    let second = channel.replace("[devino]", "[second]").replace("MyCompany", "Second");
    workspace.write("channels.toml", channel + &second);
    workspace.sandbox().change_scenario("[devino]\nunavailable_senders = [\"Second\"]\n");
    let people = People::seeded(44, 60);
    let file = workspace.text_campaign("welcome", &people, "");
    let definition = std::fs::read_to_string(&file).expect("just written");
    workspace.write("welcome.toml", definition.replace("\"devino\"", "[\"devino\", \"second\"]"));
    let run = held(workspace.run("welcome"), "campaign_refused", &["channel second", "not.available:from"]);
    assert_eq!((run.tally().rejected, run.tally().in_doubt), (0, 0), "{run}");
    let first: BTreeSet<_> = taken(&workspace).into_keys().collect();
    assert_eq!(first.len() as u64, run.tally().accepted);
    workspace.sandbox().change_scenario("");
    assert_eq!(resume(&workspace).expect(0).tally().accepted, 60);
    each_was_taken_once(&workspace, people.phones());
    let senders = workspace.sandbox().accepted().into_iter().map(|one| (one.to, one.sender));
    let moved: Vec<_> =
        senders.filter(|(to, sender)| first.contains(to) != (sender == "MyCompany")).collect();
    assert!(moved.is_empty() || first.is_empty(), "people left their number: {moved:?}");
}

#[test]
fn a_run_that_is_held_while_it_looks_for_whom_to_blame_finds_them_after_the_resume() {
    let workspace = Workspace::new();
    workspace.only_devino("in_flight = 1");
    let people = People::seeded(45, 100);
    let bad = &people.phones()[62];
    let credential = "[[faults]]\nthen = \"status\"\nstatus = 401\ncalls = 5\n";
    workspace.sandbox().change_scenario(&(credential.to_owned() + &refuses(400, &[bad])));
    workspace.text_campaign("welcome", &people, "");
    let run = held(workspace.run("welcome"), "channel_refused", &["http.401"]);
    assert!(run.tally().accepted > 0 && run.tally().pending > 0 && run.tally().rejected == 0, "{run}");
    let resumed = resume(&workspace).expect(4);
    assert_eq!((resumed.tally().accepted, resumed.tally().rejected), (99, 1), "{resumed}");
    assert_eq!(report(&workspace, &resumed.run())[bad].status, "rejected");
    each_was_taken_once(&workspace, people.phones().iter().filter(|phone| *phone != bad));
    assert_eq!(attempts(&workspace), ["1".to_owned()].into(), "what is refused is no attempt");
}
