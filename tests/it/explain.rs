//! What became of messages, told by `status`, `report`, the results beside the campaign, and `explain`.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{People, Serve, Workspace, until};

const AT_ONCE: &str = "[statuses]\nafter = \"1ms\"\n";

fn explain(workspace: &Workspace, phone: &str) -> Value {
    workspace.disparo(["explain", phone, "--format", "json"]).finish().expect(0).json()
}

fn status(workspace: &Workspace, run: &str) -> Value {
    workspace.disparo(["status", run, "--format", "json"]).finish().expect(0).json()
}

#[test]
fn what_is_heard_is_told_everywhere() {
    let workspace = Workspace::with_scenario(AT_ONCE);
    let serve = Serve::start(&workspace);
    workspace.only_devino(&format!("callback_url = \"{}\"", serve.base_url()));
    let people = People::seeded(301, 20);
    workspace.text_campaign("oi", &people, "");
    let url = serve.url(&workspace, "devino");
    workspace.sandbox().send_webhooks_to("devino", Some(&url));
    let run = workspace.run("oi").expect(0).run();
    let folder = workspace.folder().join("results/oi").join(&run);
    let read = until("news of everybody", || {
        let deliveries = status(&workspace, &run)["deliveries"].clone();
        (deliveries["read"] == 20).then_some(deliveries)
    });
    assert_eq!((&read["sent"], &read["delivered"], &read["failed"]), (&json!(20), &json!(20), &json!(0)));
    let listed = workspace.disparo(["status"]).finish().expect(0).stdout;
    assert!(
        listed.lines().next().is_some_and(|head| head.ends_with("delivered       read     failed")),
        "{listed}"
    );

    let phone = &people.phones()[3];
    workspace.sandbox().hears("devino", phone, "SAIR");
    let person = until("the opt-out", || {
        let person = explain(&workspace, phone);
        (!person["suppressed"].is_null()).then_some(person)
    });
    assert_eq!(person["written"][0]["text"], "SAIR");
    let message = &person["messages"][0];
    assert_eq!((&message["run"], &message["status"]), (&json!(run), &json!("accepted")));
    assert!(message["delivered"].is_string() && message["failed"].is_null(), "{person}");
    assert_eq!(message["message"]["text"].as_str().map(|text| text.ends_with("pessoa 4.")), Some(true));

    let report = workspace.disparo(["report", &run, "--format", "json"]).finish().expect(0).json();
    let stages = &report["funnel"]["stages"];
    assert_eq!(stages["read"], json!({ "recipients": 20, "share": 1.0 }));
    assert_eq!(stages["time_to_deliver"]["messages"], 20);
    let text = workspace.disparo(["report", &run]).finish().expect(0).stdout;
    assert!(text.contains("half were delivered within "), "{text}");

    serve.terminate().expect(0);
    let summary: Value =
        serde_json::from_slice(&fs::read(folder.join("summary.json")).expect("results")).expect("JSON");
    assert_eq!(summary["deliveries"]["read"], 20, "the results are those of the last moment");
    let csv = fs::read_to_string(folder.join("recipients.csv")).expect("results");
    let mut lines = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    for line in lines.deserialize::<std::collections::BTreeMap<String, String>>() {
        let line = line.expect("a line");
        assert!(["read", "replied"].contains(&line["delivery"].as_str()), "{line:?}");
        assert!(!line["read"].is_empty() && line["failed"].is_empty(), "{line:?}");
    }
}

#[test]
fn a_person_is_told_over_all_campaigns_and_why_they_were_skipped() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let people = People::seeded(302, 3);
    let phone = people.phones()[1].clone();
    workspace.text_campaign("one", &people, "");
    let first = workspace.run("one").expect(0).run();
    workspace.disparo(["suppress", "add", &phone]).finish().expect(0);
    workspace.text_campaign("two", &people, "");
    let second = workspace.run("two").expect(0).run();
    let (area, subscriber) = (&phone[2..4], &phone[5..]);
    let told = workspace.disparo(["explain", &format!("({area}) 9{subscriber}")]).finish().expect(0).stdout;
    assert!(told.starts_with(&format!("+{phone}\non the suppression list since ")), "{told}");
    let (newest, oldest) =
        told.split_once(&format!("\n{first} (one), completed, over devino")).expect("both");
    assert!(newest.contains("why        the person is on the suppression list (suppressed)"), "{told}");
    assert!(oldest.contains("text       Oi ") && oldest.contains("\n  accepted   2"), "{told}");
    let person = explain(&workspace, &format!("{area}{subscriber}"));
    let statuses: Vec<_> = person["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|message| (message["run"].clone(), message["status"].clone()))
        .collect();
    assert_eq!(statuses, [(json!(second), json!("suppressed")), (json!(first), json!("accepted"))]);

    // A lost roster is said to be lost, and the rest is told.
    fs::rename(workspace.folder().join(".disparo/rosters/1"), workspace.folder().join("roster-1"))
        .expect("moved");
    let person = explain(&workspace, &phone);
    assert_eq!(
        (person["messages"][0]["run"].clone(), person["unknown"][0]["run"].clone()),
        (json!(second), json!(first))
    );
    fs::rename(workspace.folder().join("roster-1"), workspace.folder().join(".disparo/rosters/1"))
        .expect("moved back");
}

#[test]
fn of_strangers_nothing_is_known_and_no_number_is_a_usage_error() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let told = workspace.disparo(["explain", "11 98765-4321"]).finish().expect(0);
    let sentences = ["not on the suppression list", "no run has had this person as a recipient"];
    assert_eq!(told.stdout, format!("+5511987654321\n{}\n", sentences.join("\n")));
    let refused = workspace.disparo(["explain", "98765-4321"]).finish().expect(2);
    assert!(refused.stderr.contains("98765-4321: the area code is missing"), "{refused}");
}

#[test]
fn rejected_rows_are_found() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let people = People::seeded(304, 2);
    let phone = people.phones()[1].clone();
    workspace.text_campaign("long", &people, "");
    let long = "x".repeat(5_000);
    workspace.write(
        "audiences/long.csv",
        format!("nome,telefone,n\nAna,+{},1\n{long},+{phone},2\n", people.phones()[0]),
    );
    let run = workspace.run("long").expect(0).run();
    let person = explain(&workspace, &phone);
    let row = &person["rejected_rows"][0];
    assert_eq!((&row["run"], &row["row"]), (&json!(run), &json!("2")), "{person}");
    assert_eq!(person["messages"], json!([]));
}
