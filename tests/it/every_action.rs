//! Every action that a definition can name, once, through the real binary: what the account holds afterwards.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::commands::account::{made, workspace};
use crate::harness::Workspace;

const ANA: &str = "5511987654321";

/// An audience of Ana.
const PERSON: &str = "file = \"audiences/ana.csv\"";

/// An audience of the account's groups.
const GROUPS: &str = "source = { groups = \"all\" }";

/// Campaigns over one channel, each with another action.
struct Actions<'a> {
    workspace: &'a Workspace,
    channel: &'static str,
    done: RefCell<BTreeSet<String>>,
}

impl<'a> Actions<'a> {
    fn over(workspace: &'a Workspace, channel: &'static str) -> Self {
        workspace.write("audiences/ana.csv", format!("phone,nome\n{ANA},Ana\n"));
        Self { workspace, channel, done: RefCell::default() }
    }

    /// Previews and runs a campaign of the action for one recipient. Gives what the account holds then.
    fn run(&self, audience: &str, action: &str) -> Value {
        let (word, _) = action.split_once(' ').expect("an action");
        let (name, channel) = (format!("{} {word}", self.channel), self.channel);
        self.workspace.write(
            &format!("{channel}-{word}.toml"),
            format!(
                "version = 1\nname = \"{name}\"\nchannel = \"{channel}\"\n[audience]\n{audience}\n[action]\n{action}\n"
            ),
        );
        let preview =
            self.workspace.disparo(["preview", &name, "--format", "json"]).finish().expect(0).json();
        assert!(!preview["action"][word].is_null(), "{preview}");
        let run = self.workspace.run(&name).expect(0);
        let tally = run.tally();
        assert_eq!((tally.recipients, tally.accepted), (1, 1), "{action}: {run}");
        self.done.borrow_mut().insert(word.to_owned());
        self.workspace.sandbox().account(channel)
    }
}

/// The actions that the definition's schema has.
fn known(workspace: &Workspace) -> BTreeSet<String> {
    let schema = workspace.disparo(["schema"]).finish().expect(0).json();
    let found =
        properties(&schema["properties"]["action"]).unwrap_or_else(|| panic!("no actions in {schema}"));
    found.keys().cloned().collect()
}

/// The properties of the first object below that has some.
fn properties(value: &Value) -> Option<&serde_json::Map<String, Value>> {
    match value {
        Value::Object(object) => match object.get("properties") {
            Some(Value::Object(properties)) => Some(properties),
            _ => object.values().find_map(properties),
        },
        Value::Array(items) => items.iter().find_map(properties),
        _ => None,
    }
}

#[test]
fn every_action_does_what_it_says() {
    let workspace = workspace();
    let done = [groups(&workspace), contacts(&workspace), conversations(&workspace), of_wati(&workspace)];
    let done: BTreeSet<String> = done.into_iter().flatten().collect();
    assert_eq!(done, known(&workspace));
    assert_eq!(done.len(), 22);
}

fn groups(workspace: &Workspace) -> BTreeSet<String> {
    let actions = Actions::over(workspace, "sinch");
    workspace.write("audiences/subjects.csv", "bairro\nCambuí\n");
    workspace.write("icon.png", b"\x89PNG\r\n\x1a\nicon");
    let made =
        actions.run("file = \"audiences/subjects.csv\"", "create_group = { subject = \"{{ bairro }}\" }");
    let group = &made["groups"][0];
    assert_eq!(group["subject"], "Cambuí");
    let (id, link) = (group["id"].as_str().expect("an id"), group["link"].clone());
    let of_group = format!("group = \"{id}\"");

    let account = actions.run(GROUPS, "set_group_subject = { subject = \"{{ group_id[:2] }} Novo\" }");
    assert_eq!(account["groups"][0]["subject"], "55 Novo");
    let icon = "set_group_icon = { file = \"icon.png\", type = \"image/png\" }";
    assert_eq!(actions.run(GROUPS, icon)["groups"][0]["icon"], "image/png");
    assert_eq!(actions.run(GROUPS, "remove_group_icon = {}")["groups"][0]["icon"], Value::Null);

    let invite = format!("send_invite = {{ {of_group}, text = \"Entre: {{link}}\" }}");
    let before = workspace.sandbox().accepted().len();
    actions.run(PERSON, &invite);
    let invited = workspace.sandbox().accepted();
    assert_eq!(invited[before..].iter().map(|one| one.to.as_str()).collect::<Vec<_>>(), [ANA]);
    let joining = json!({ "link": link, "waId": ANA }).to_string();
    assert_eq!(workspace.sandbox().call("POST", "/sandbox/sinch/join", &joining).0, 200);

    let is_in = |account: &Value, list: &str| {
        let people = account["groups"][0][list].as_array().expect("a list");
        people.contains(&json!(ANA))
    };
    let account = actions.run(PERSON, &format!("add_admin = {{ {of_group} }}"));
    assert!(is_in(&account, "admins") && is_in(&account, "participants"), "{account}");
    let account = actions.run(PERSON, &format!("remove_admin = {{ {of_group} }}"));
    assert!(!is_in(&account, "admins") && is_in(&account, "participants"), "{account}");
    let account = actions.run(PERSON, &format!("remove_participant = {{ {of_group} }}"));
    assert!(!is_in(&account, "participants"), "{account}");

    assert_ne!(actions.run(GROUPS, "revoke_invite = {}")["groups"][0]["link"], link);
    let account = actions.run(GROUPS, "leave_group = {}");
    assert_eq!(account["groups"][0]["participants"], json!([]));
    actions.done.into_inner()
}

fn contacts(workspace: &Workspace) -> BTreeSet<String> {
    let actions = Actions::over(workspace, "omnichannel");
    let vip = made(workspace, "omnichannel", &["tags", "create", "VIP", "--color", "#ff0000"]);
    let create = "create_contact = { name = \"{{ nome }}\", platform = \"karoochat\" }";
    let account = actions.run(PERSON, create);
    let contact = |account: &Value| account["contacts"][0].clone();
    let made = contact(&account);
    assert_eq!((&made["contactIdentifier"], &made["name"]), (&json!(ANA), &json!("Ana")));
    assert_eq!(made["platform"], "karoochat");

    let changed =
        contact(&actions.run(PERSON, "update_contact = { custom_name = \"{{ nome }} B\", ignored = true }"));
    assert_eq!((&changed["customName"], &changed["isIgnored"]), (&json!("Ana B"), &json!(true)));
    let account = actions.run(PERSON, "upsert_contact = { name = \"{{ nome }}\", custom_name = \"Aninha\" }");
    assert_eq!((&contact(&account)["customName"], &account["contacts"][1]), (&json!("Aninha"), &Value::Null));
    assert_eq!(contact(&actions.run(PERSON, "remove_platform = {}"))["platform"], Value::Null);
    assert_eq!(contact(&actions.run(PERSON, "add_tags = [\"vip\"]"))["tagIds"], json!([vip]));
    assert_eq!(contact(&actions.run(PERSON, "remove_tags = [\"VIP\"]"))["tagIds"], json!([]));
    actions.done.into_inner()
}

fn conversations(workspace: &Workspace) -> BTreeSet<String> {
    let actions = Actions::over(workspace, "omnichannel");
    let start = "start_conversation = { platform_config = \"64ef5c84f9deb1326965919f\", user_name = \"{{ nome }}\", \
                 company_name = \"Loja\" }";
    let account = actions.run(PERSON, start);
    let sessions = account["sessions"].as_object().expect("sessions");
    let (session, number) = sessions.iter().next().expect("a session");
    assert_eq!((sessions.len(), number), (1, &json!(ANA)));

    workspace.write("audiences/sessions.csv", format!("sessao\n{session}\n"));
    let account = actions.run(
        "file = \"audiences/sessions.csv\"",
        "send_to_session = { session = \"{{ sessao }}\", agent = \"Ana\", text = \"Oi\" }",
    );
    let messages = |account: &Value| -> Vec<String> {
        serde_json::from_value(account["messages"].clone()).expect("ids of messages")
    };
    let [first] = messages(&account).try_into().expect("one message");
    let account = actions.run(PERSON, &format!("send_quoting = {{ quoted = \"{first}\", text = \"Sim\" }}"));
    assert_eq!(messages(&account).len(), 2);

    workspace.write("audiences/messages.csv", format!("id\n{first}\n"));
    let account = actions.run(
        "file = \"audiences/messages.csv\"",
        "delete_message = { message = \"{{ id }}\", sender = \"sender_123\" }",
    );
    assert_eq!(messages(&account).len(), 1);
    assert!(!messages(&account).contains(&first));
    actions.done.into_inner()
}

fn of_wati(workspace: &Workspace) -> BTreeSet<String> {
    let actions = Actions::over(workspace, "wati");
    let account = actions.run(PERSON, "set_attributes = { cidade = \"Recife\" }");
    assert!(account["contacts"][0].to_string().contains("Recife"), "{account}");
    let account = actions.run(PERSON, "set_chat_status = \"solved\"");
    assert_eq!(account["conversations"][0]["status"], "SOLVED", "{account}");
    actions.done.into_inner()
}
