//! Wati's contacts, conversations and templates by single calls (seed 003).

use super::account::{asked, changed, each, found, with_scenario, workspace};
use crate::harness::Workspace;

const CHANNEL: &str = "wati";

#[test]
fn a_contact_is_made_found_and_given_attributes() {
    let workspace = workspace();
    changed(&workspace, CHANNEL, &["contacts", "create", "5511987654321", "--name", "Ana"]).expect(0);
    changed(&workspace, CHANNEL, &["contacts", "create", "5511987654322", "--name", "Beto"]).expect(0);
    let words = ["contacts", "set-attributes", "5511987654321", "5511987654322", "city=Recife"];
    changed(&workspace, CHANNEL, &words).expect(0);
    let listed = found(&workspace, CHANNEL, &["contacts", "list", "--name", "Ana"]);
    assert_eq!(each(&listed, "identifier"), ["5511987654321"]);
    assert_eq!(listed["items"][0]["attributes"]["city"], "Recife", "{listed}");
    let table = asked(&workspace, CHANNEL, &["contacts", "list", "--attribute", "city=Recife"]).expect(0);
    assert!(table.stdout.contains("5511987654321") && table.stdout.contains("city=Recife"), "{table}");
}

#[test]
fn a_list_is_followed_page_by_page() {
    let workspace = workspace();
    let file = workspace.write("people.csv", "phone\n+5511987654321\n+5511987654322\n+5511987654323\n");
    for number in ["5511987654321", "5511987654322", "5511987654323"] {
        changed(&workspace, CHANNEL, &["contacts", "create", number, "--name", number]).expect(0);
    }
    let words = ["contacts", "set-attributes", "city=Recife", "--file", &file.to_string_lossy()];
    changed(&workspace, CHANNEL, &words).expect(0);
    let first = asked(&workspace, CHANNEL, &["contacts", "list", "--limit", "2"]).expect(0);
    assert_eq!(first.stdout.lines().count(), 3, "a head and two people: {first}");
    assert!(first.stderr.contains("more follow"), "{first}");
    let second = found(&workspace, CHANNEL, &["contacts", "list", "--limit", "2", "--page", "2"]);
    assert_eq!((each(&second, "id").len(), second["is_last"].as_bool()), (1, Some(true)), "{second}");
    let all = found(&workspace, CHANNEL, &["contacts", "list", "--limit", "2", "--all"]);
    assert_eq!(each(&all, "id").len(), 3, "{all}");
}

#[test]
fn a_conversation_is_answered_listed_and_closed() {
    let workspace = workspace();
    changed(&workspace, CHANNEL, &["messages", "send", "5511987654321", "--text", "Oi"]).expect(0);
    let listed = found(&workspace, CHANNEL, &["messages", "list", "5511987654321", "--all"]);
    assert!(each(&listed, "text").contains(&"Oi".to_owned()), "{listed}");
    changed(&workspace, CHANNEL, &["chats", "status", "5511987654321", "solved"]).expect(0);
    asked(&workspace, CHANNEL, &["chats", "status", "5511987654321", "gone"]).expect(2);
}

#[test]
fn templates_are_those_of_the_account() {
    let scenario = (1..=5).map(|n| format!("[wati.templates.promo_{n}]\nparams = [\"nome\"]\n"));
    let workspace = with_scenario(&scenario.collect::<String>());
    let first = found(&workspace, CHANNEL, &["templates", "list", "--limit", "2"]);
    assert_eq!((each(&first, "name").len(), first["is_last"].as_bool()), (2, Some(false)), "{first}");
    let mut names =
        each(&found(&workspace, CHANNEL, &["templates", "list", "--limit", "2", "--all"]), "name");
    names.sort_unstable();
    assert_eq!(names, ["promo_1", "promo_2", "promo_3", "promo_4", "promo_5"]);
    let shown = found(&workspace, CHANNEL, &["templates", "show", "promo_3"]);
    assert_eq!(each(&shown, "name"), ["promo_3"]);
    assert_eq!(shown["items"][0]["params"], serde_json::json!(["nome"]), "{shown}");
    let unknown = asked(&workspace, CHANNEL, &["templates", "show", "no_such"]).expect(2);
    assert!(unknown.stderr.contains("the account has no template \"no_such\""), "{unknown}");
}

/// The workspace with Wati's channel in a mode.
fn in_mode(workspace: Workspace, mode: &str) -> Workspace {
    let channels = super::account::channels(workspace.sandbox().base_url());
    workspace.write("channels.toml", channels.replace("tenant = ", &format!("mode = \"{mode}\"\ntenant = ")));
    workspace
}

#[test]
fn each_mode_makes_contacts_sets_attributes_and_closes_conversations() {
    for mode in ["single", "bulk", "v3"] {
        let workspace = in_mode(with_scenario("[wati]\nattributes = [\"city\"]"), mode);
        changed(&workspace, CHANNEL, &["contacts", "create", "5511987654321", "--name", "João"]).expect(0);
        let words = ["contacts", "set-attributes", "5511987654321", "5511987654322", "city=Recife"];
        changed(&workspace, CHANNEL, &words).expect(0);
        let listed = found(&workspace, CHANNEL, &["contacts", "list", "--all"]);
        let cities: Vec<_> = listed["items"].as_array().expect("a list").iter().collect();
        assert_eq!(cities.len(), 2, "{mode}: {listed}");
        assert!(cities.iter().all(|one| one["attributes"]["city"] == "Recife"), "{mode}: {listed}");
        changed(&workspace, CHANNEL, &["chats", "status", "5511987654321", "solved"]).expect(0);
        let unknown = ["contacts", "set-attributes", "5511987654321", "cidade=Recife"];
        let held = changed(&workspace, CHANNEL, &unknown).expect(6);
        assert!(held.stderr.contains("the account has no such attribute"), "{mode}: {held}");
        workspace.disparo(["cancel", "contacts-set-attributes-4"]).finish().expect(0);
    }
}

#[test]
fn a_bulk_send_of_version_3_can_be_followed() {
    let workspace = in_mode(with_scenario("[wati.templates.promo]\nparams = [\"nome\"]"), "v3");
    let file = workspace
        .write("people.csv", "telefone,nome\n+5511987654321,João\n+5511987654322,Ana\n+5511987654323,Zoé\n");
    let audience = file.file_name().expect("a name").to_string_lossy().into_owned();
    workspace.write(
        "vip.toml",
        format!(
            "version = 1\nname = \"vip\"\nchannel = \"wati\"\n[audience]\nfile = \"{audience}\"\n\
             [message.template]\nid = \"promo\"\nparams = {{ nome = \"{{{{ nome }}}}\" }}\n"
        ),
    );
    let run = workspace.run("vip").expect(0).run();
    let report = workspace.disparo(["report", &run, "--format", "csv"]).finish().expect(0);
    let id = report.stdout.split([',', '\n']).find(|cell| cell.starts_with("broadcast_"));
    let id = id.unwrap_or_else(|| panic!("no broadcast in {report}")).to_owned();
    let part = found(&workspace, CHANNEL, &["messages", "broadcast", &id, "--limit", "2"]);
    assert_eq!(each(&part["recipients"], "phone").len(), 2, "{part}");
    let whole = found(&workspace, CHANNEL, &["messages", "broadcast", &id, "--limit", "2", "--all"]);
    assert_eq!(each(&whole["recipients"], "phone").len(), 3, "{whole}");
    asked(&workspace, CHANNEL, &["messages", "broadcast", "no-such"]).expect(2);
    // The other modes have no such call.
    let workspace = in_mode(workspace, "bulk");
    let refused = asked(&workspace, CHANNEL, &["messages", "broadcast", &id]).expect(2);
    assert!(refused.stderr.contains("mode is \"v3\""), "{refused}");
}

#[test]
fn contacts_of_many_pages_are_listed_once_each() {
    let workspace = in_mode(workspace(), "bulk");
    let numbers: Vec<_> = (0..230).map(|n| format!("5511987{n:06}")).collect();
    let file = workspace.write("people.csv", format!("phone\n+{}\n", numbers.join("\n+")));
    let words = ["contacts", "set-attributes", "city=São Paulo", "--file", &file.to_string_lossy()];
    changed(&workspace, CHANNEL, &words).expect(0);
    let mut listed = each(&found(&workspace, CHANNEL, &["contacts", "list", "--all"]), "identifier");
    listed.sort_unstable();
    assert_eq!(listed, numbers);
    let third = found(&workspace, CHANNEL, &["contacts", "list", "--limit", "100", "--page", "3"]);
    assert_eq!((each(&third, "id").len(), third["is_last"].as_bool()), (30, Some(true)));
}
