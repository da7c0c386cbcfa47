//! `disparo reconcile` through the real binary: what the provider says when it is asked becomes what is known
//! of each message, and settles doubt where it proves anything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use disparo::clock::SystemClock;
use disparo::domain::RecipientNumber;
use disparo::engine::occurrence;
use disparo::journal::Journal;
use serde_json::Value;

use crate::harness::{Finished, People, Serve, Workspace, doubts, report, until};

/// The account's template has a body, so that a message's text is known.
const TEMPLATE: &str = "[wati.templates.promo]\nparams = [\"nome\"]\nbody = \"Olá {{nome}}, promoção!\"\n";

/// Everything that becomes of a message has become of it at once.
const STATUSES: &str = "[statuses]\ndelivered = \"80%\"\nread = \"50%\"\nafter = \"0s\"\n";

/// No question about a conversation has an answer.
const MUTE: &str = "[[faults]]\nthen = \"status\"\nstatus = 500\noperation = \"messages\"\n";

/// A workspace whose only channel `wati` has this mode, and may be asked as often as a test likes.
fn workspace(mode: &str, scenario: &str) -> Workspace {
    let workspace = Workspace::with_scenario(scenario);
    workspace.write("fast.toml", "question_rates = \"1000 calls/s\"\n");
    let channel = format!(
        "[wati]\nprovider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\nmode = \"{mode}\"\n\
         token = {{ env = \"TEST_WATI_TOKEN\" }}\nbase_url = \"{}\"\nrate = \"none\"\ntimeout = \"5s\"\n\
         limits = \"fast.toml\"\nretry = {{ attempts = 2, first = \"10ms\", most = \"20ms\" }}\n",
        workspace.sandbox().base_url()
    );
    workspace.write("channels.toml", channel);
    workspace
}

fn campaign(workspace: &Workspace, name: &str, people: &People) {
    workspace.write(&format!("audiences/{name}.csv"), people.csv());
    workspace.write(
        &format!("{name}.toml"),
        format!(
            "version = 1\nname = \"{name}\"\nchannel = \"wati\"\n[audience]\nfile = \"audiences/{name}.csv\"\n\
             [message.template]\nid = \"promo\"\nparams = {{ nome = \"{{{{ nome }}}}\" }}\n"
        ),
    );
}

fn reconcile(workspace: &Workspace, arguments: &[&str]) -> Finished {
    workspace.disparo(["reconcile", "--format", "json"]).arguments(arguments).finish()
}

/// Where each message stands, as Disparo knows it, by number.
fn known(workspace: &Workspace, run: &str) -> BTreeMap<String, String> {
    let journal = Journal::open(&workspace.folder().join(".disparo"), Arc::new(SystemClock::new()));
    let journal = journal.expect("nobody has the store");
    let views = journal.views().expect("readable");
    let view = views.iter().find(|view| view.facts.plan.run_name.as_str() == run).expect("the run");
    let run = view.facts.plan.run;
    let roster = occurrence::attach(&journal, run).expect("a roster");
    let status = |number| journal.with_deliveries(run, |all| all.of(number).status()).expect("receipts");
    let of = |number| {
        let recipient = roster.recipient(number).expect("a recipient");
        (recipient.address.in_full(), status(number).word().to_owned())
    };
    (0..roster.len()).map(RecipientNumber).map(of).collect()
}

/// The same as the far side says it itself.
fn told(workspace: &Workspace, people: &People) -> BTreeMap<String, String> {
    let status = |phone: &String| {
        let path = format!("/1234/api/v1/getMessages/{phone}?pageSize=10&pageNumber=1");
        let (code, body) = workspace.sandbox().call("GET", &path, "");
        assert_eq!(code, 200, "{body}");
        let body: Value = serde_json::from_str(&body).expect("JSON");
        let word = body["messages"]["items"][0]["statusString"].as_str().expect("a status");
        (phone.clone(), word.to_lowercase())
    };
    people.phones().iter().map(status).collect()
}

/// A call for one of these people is taken, or not, and never answered.
fn lost(phones: &[String], accepted: bool) -> String {
    let containing: Vec<_> = phones.iter().map(|phone| format!("\"+{phone}\"")).collect();
    format!(
        "[[faults]]\nthen = \"drop\"\naccepted = {accepted}\noperation = \"message\"\ncontaining = [{}]\n",
        containing.join(", ")
    )
}

fn every_status_is_that_of_the_far_side(mode: &str, seed: u64, count: usize) -> u64 {
    let workspace = workspace(mode, &format!("{TEMPLATE}{STATUSES}"));
    let people = People::seeded(seed, count);
    campaign(&workspace, "vip", &people);
    let run = workspace.run("vip").expect(0).run();
    let calls = workspace.sandbox().count("calls");
    // Nobody has been quiet for long.
    let early = reconcile(&workspace, &[&run]).expect(0).json();
    assert_eq!(early["runs"][0]["asked"], 0, "{early}");
    let asked = reconcile(&workspace, &[&run, "--all"]).expect(0).json();
    let questions = workspace.sandbox().count("calls") - calls;
    let told = told(&workspace, &people);
    assert_eq!(known(&workspace, &run), told, "{mode}");
    let words: BTreeSet<_> = told.values().map(String::as_str).collect();
    assert_eq!(words, ["delivered", "read", "sent"].into(), "the scenario has some of each");
    assert_eq!((&asked["runs"][0]["asked"], &asked["due"]), (&count.into(), &count.into()), "{asked}");

    // Whoever has read it is not asked about again, and of the others there is nothing new.
    let again = reconcile(&workspace, &[&run, "--all"]).expect(0).json();
    let open = told.values().filter(|word| *word != "read").count();
    let again = &again["runs"][0];
    assert_eq!((&again["asked"], &again["no_news"], &again["news"]), (&open.into(), &open.into(), &0.into()));
    let at_once = reconcile(&workspace, &[]).expect(0).json();
    assert_eq!(at_once["due"], 0, "they were asked about a moment ago: {at_once}");
    questions
}

#[test]
fn two_hundred_statuses_come_by_a_few_questions_about_their_bulk_send() {
    let questions = every_status_is_that_of_the_far_side("v3", 301, 200);
    assert!(questions <= 3, "{questions} questions");
}

#[test]
fn two_hundred_statuses_come_by_one_question_for_each() {
    let questions = every_status_is_that_of_the_far_side("single", 302, 200);
    assert_eq!(questions, 200);
}

#[test]
fn messages_without_identifiers_are_found_by_their_text() {
    // One question more, for the template's body.
    let questions = every_status_is_that_of_the_far_side("bulk", 303, 40);
    assert_eq!(questions, 41);
}

#[test]
fn a_message_whose_answer_was_lost_is_found_and_not_sent_again() {
    for (mode, seed) in [("single", 304), ("v3", 305)] {
        let people = People::seeded(seed, 5);
        let workspace = workspace(mode, TEMPLATE);
        workspace.sandbox().change_scenario(&format!("{TEMPLATE}{}", lost(&people.phones()[..2], true)));
        campaign(&workspace, "vip", &people);
        let run = workspace.run("vip").expect(0);
        assert_eq!((run.tally().accepted, run.tally().in_doubt), (5, 0), "{run}");
        assert!(doubts(&workspace, &run.run()).is_empty());
        assert!(report(&workspace, &run.run()).values().all(|line| line.calls == 1));
        assert_eq!(workspace.sandbox().accepted().len(), 5);
    }
}

#[test]
fn doubt_that_a_run_left_is_settled_by_asking_later() {
    let people = People::seeded(306, 3);
    let workspace = workspace("single", TEMPLATE);
    // The provider does not answer questions either, so that the run ends with its doubt.
    let run = with_a_lost_answer(&workspace, &people);
    workspace.sandbox().change_scenario(MUTE);
    let mute = reconcile(&workspace, &[&run]).expect(1);
    assert!(mute.stderr.contains("channel `wati`"), "{mute}");
    workspace.sandbox().change_scenario(TEMPLATE);
    let asked = reconcile(&workspace, &[&run]).expect(0).json();
    let settled = &asked["runs"][0];
    assert_eq!((&settled["settled"], &settled["in_doubt"]), (&1.into(), &0.into()), "{asked}");
    let status = workspace.disparo(["status", &run, "--format", "json"]).finish().expect(0);
    assert_eq!(status.json()["state"], "completed");
}

#[test]
fn that_no_message_is_found_proves_nothing() {
    for (mode, seed) in [("single", 307), ("v3", 308)] {
        let people = People::seeded(seed, 3);
        let workspace = workspace(mode, TEMPLATE);
        workspace.sandbox().change_scenario(&format!("{TEMPLATE}{}", lost(&people.phones()[..1], false)));
        campaign(&workspace, "vip", &people);
        let run = workspace.run("vip").expect(7).run();
        let before = doubts(&workspace, &run);
        let asked = reconcile(&workspace, &[&run]).expect(7).json();
        let one = &asked["runs"][0];
        assert_eq!(one["settled"], 0, "{asked}");
        assert_eq!(one["in_doubt"].as_u64(), Some(before.len() as u64), "{asked}");
        assert_eq!(doubts(&workspace, &run), before);
        // Asked about a moment ago.
        let again = reconcile(&workspace, &[&run]).expect(7).json();
        assert_eq!(again["due"], 0, "{again}");
    }
}

#[test]
fn the_same_text_of_an_earlier_run_is_not_taken_for_the_one_in_doubt() {
    let people = People::seeded(309, 2);
    let workspace = workspace("single", TEMPLATE);
    campaign(&workspace, "first", &people);
    campaign(&workspace, "second", &people);
    workspace.run("first").expect(0);
    workspace.sandbox().change_scenario(&format!("{TEMPLATE}{}", lost(&people.phones()[..1], false)));
    let second = workspace.run("second").expect(7);
    assert_eq!((second.tally().accepted, second.tally().in_doubt), (1, 1), "{second}");
    reconcile(&workspace, &[&second.run()]).expect(7);
}

#[test]
fn a_provider_that_cannot_be_asked_is_said_to_tell_by_webhooks_only() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    workspace.text_campaign("welcome", &People::seeded(310, 3), "");
    let run = workspace.run("welcome").expect(0).run();
    let calls = workspace.sandbox().count("calls");
    let asked = reconcile(&workspace, &[&run, "--all"]).expect(0);
    assert_eq!(asked.json()["by_webhooks_only"], serde_json::json!(["devino"]));
    let text = workspace.disparo(["reconcile", &run]).finish().expect(0);
    assert!(text.stderr.contains("by webhooks only"), "{text}");
    assert_eq!(workspace.sandbox().count("calls"), calls);
}

#[test]
fn a_refused_account_is_said_so() {
    let people = People::seeded(311, 3);
    let workspace = workspace("single", TEMPLATE);
    campaign(&workspace, "vip", &people);
    workspace.run("vip").expect(0);
    workspace.sandbox().change_scenario("[[faults]]\nthen = \"status\"\nstatus = 401\n");
    let calls = workspace.sandbox().count("calls");
    let refused = reconcile(&workspace, &["--all"]).expect(6);
    assert!(refused.stderr.contains("channel `wati`") && refused.stderr.contains("secret"), "{refused}");
    assert_eq!(workspace.sandbox().count("calls") - calls, 1, "asking again changes nothing");
}

#[test]
fn the_process_that_sends_reconciles_for_others() {
    let people = People::seeded(312, 4);
    let workspace = workspace("single", &format!("{TEMPLATE}{STATUSES}"));
    campaign(&workspace, "first", &people);
    campaign(&workspace, "second", &People::seeded(313, 4));
    let first = workspace.run("first").expect(0).run();
    workspace.sandbox().hold();
    let second = workspace.disparo(["run", "second", "--yes"]).start();
    workspace.sandbox().until_held(1);
    let asking = workspace.disparo(["reconcile", &first, "--all", "--format", "json"]).start();
    workspace.sandbox().until_held(2);
    workspace.sandbox().release();
    let asked = asking.wait().expect(0).json();
    assert_eq!(asked["runs"][0]["asked"], 4, "{asked}");
    second.wait().expect(0);
    assert_eq!(known(&workspace, &first), told(&workspace, &people));
}

/// A run of these people that ended with the first of them in doubt, although the far side has their message.
fn with_a_lost_answer(workspace: &Workspace, people: &People) -> String {
    let scenario = format!("{TEMPLATE}{}{MUTE}", lost(&people.phones()[..1], true));
    workspace.sandbox().change_scenario(&scenario);
    campaign(workspace, "vip", people);
    let run = workspace.run("vip").expect(7);
    assert!(run.stderr.contains("does not say who was reached"), "{run}");
    let run = run.run();
    workspace.sandbox().change_scenario(TEMPLATE);
    run
}

#[test]
fn serve_asks_by_itself() {
    let workspace = workspace("single", TEMPLATE);
    let run = with_a_lost_answer(&workspace, &People::seeded(314, 3));
    let serve = Serve::start(&workspace);
    until("the doubt to be settled", || {
        let status = workspace.disparo(["status", &run, "--format", "json"]).finish().expect(0).json();
        (status["state"] == "completed").then_some(())
    });
    serve.terminate().expect(0);
}

#[test]
fn serve_gives_up_a_channel_whose_account_is_refused_and_says_so_once() {
    let workspace = workspace("single", TEMPLATE);
    with_a_lost_answer(&workspace, &People::seeded(315, 3));
    workspace.sandbox().change_scenario("[[faults]]\nthen = \"status\"\nstatus = 403\n");
    let mut serve = Serve::start(&workspace);
    let said = serve.process().until("a word about the channel", |serve| {
        let stderr = serve.stderr();
        stderr.contains("is not asked what became of its messages any more").then_some(stderr)
    });
    assert!(said.contains("channel `wati`"), "{said}");
    serve.terminate().expect(0);
}

#[test]
fn ctrl_c_ends_the_asking_and_keeps_what_was_found_out() {
    let people = People::seeded(316, 6);
    let workspace = workspace("single", &format!("{TEMPLATE}{STATUSES}"));
    campaign(&workspace, "vip", &people);
    let run = workspace.run("vip").expect(0).run();
    // The fourth question is never answered.
    let hang = "[[faults]]\nthen = \"hang\"\noperation = \"messages\"\ncalls = \"4..\"\n";
    workspace.sandbox().change_scenario(&format!("{TEMPLATE}{STATUSES}{hang}"));
    let calls = workspace.sandbox().count("calls");
    let asking = workspace.disparo(["reconcile", &run, "--all", "--format", "json"]).start();
    until("the fourth question", || (workspace.sandbox().count("calls") >= calls + 4).then_some(()));
    asking.interrupt();
    let stopped = asking.wait().expect(5).json();
    assert_eq!((&stopped["runs"][0]["asked"], &stopped["stopped"]), (&3.into(), &true.into()), "{stopped}");
    assert_eq!(known(&workspace, &run).values().filter(|word| *word != "accepted").count(), 3);
}
