//! Audiences that an account is asked for: fetched when the plan is made, and from there like any other.

use crate::harness::Workspace;

/// A workspace whose only channel is an account at the omnichannel, with a tag.
fn omnichannel() -> Workspace {
    let workspace = Workspace::new();
    let base_url = workspace.sandbox().base_url();
    let channel = format!(
        "[crm]\nprovider = \"omnichannel\"\naccount = \"loja\"\nchannel = \"canal-1\"\nplatform = \"site\"\n\
         token = {{ env = \"TEST_WATI_TOKEN\" }}\nbase_url = \"{base_url}\"\nrate = \"none\"\ntimeout = \"5s\"\n"
    );
    workspace.write("channels.toml", channel);
    workspace
        .disparo(["tags", "create", "VIP", "--color", "#aa0000", "--channel", "crm", "--yes"])
        .finish()
        .expect(0);
    workspace
}

fn definition(workspace: &Workspace, name: &str, audience: &str, content: &str) {
    let text =
        format!("version = 1\nname = \"{name}\"\nchannel = \"crm\"\n\n[audience]\n{audience}\n\n{content}\n");
    workspace.write(&format!("{name}.toml"), text);
}

fn contacts(workspace: &Workspace) {
    let mut rows = String::from("telefone,nome,cidade\n");
    for number in 0..70 {
        let city = if number % 2 == 0 { "Recife" } else { "Natal" };
        rows.push_str(&format!("551198765{number:04},Pessoa {number},{city}\n"));
    }
    workspace.write("audiences/pessoas.csv", rows);
    definition(
        workspace,
        "contatos",
        "file = \"audiences/pessoas.csv\"",
        "[action]\nupsert_contact = { name = \"{{ nome }}\", tags = [\"vip\"], ignored = false }",
    );
    let tally = workspace.run("contatos").expect(0).tally();
    assert_eq!((tally.recipients, tally.accepted), (70, 70), "{tally:?}");
}

#[test]
fn contacts_of_several_pages_become_an_audience() {
    let workspace = omnichannel();
    contacts(&workspace);
    definition(
        &workspace,
        "todos",
        "source = { contacts = { type = \"individual\" } }\nwhere = \"name != 'Pessoa 3'\"",
        "[message]\ntext = \"Oi {{ name }}, {{ tags }}\"",
    );
    let checked = workspace.disparo(["check", "todos", "--format", "json"]).finish().expect(0).json();
    assert_eq!((&checked["rows"]["rows"], &checked["to_send"]), (&70.into(), &69.into()), "{checked}");
    let preview = workspace.disparo(["preview", "todos"]).finish().expect(0);
    assert!(preview.stdout.contains("Oi Pessoa") && preview.stdout.contains("VIP"), "{}", preview.stdout);
}

#[test]
fn whom_the_account_leaves_alone_no_campaign_reaches() {
    let workspace = omnichannel();
    contacts(&workspace);
    workspace.write("audiences/fora.csv", "telefone\n5511987650001\n5511987650002\n");
    definition(
        &workspace,
        "fora",
        "file = \"audiences/fora.csv\"",
        "[action]\nupdate_contact = { ignored = true }",
    );
    workspace.run("fora").expect(0);
    definition(&workspace, "vips", "source = { tag = \"VIP\" }", "[message]\ntext = \"Oi {{ name }}\"");
    let check = workspace.disparo(["check", "vips"]).finish().expect(0);
    assert!(
        check.stdout.contains("2 contacts are filtered because the account leaves them alone"),
        "{}",
        check.stdout
    );
    let tally = workspace.run("vips").expect(0).tally();
    assert_eq!((tally.rows, tally.filtered, tally.accepted), (70, 2, 68), "{tally:?}");
}

#[test]
fn a_tag_that_the_account_does_not_have_is_refused_with_those_it_has() {
    let workspace = omnichannel();
    workspace.write("audiences/a.csv", "telefone\n11987654321\n");
    definition(&workspace, "etiquetas", "file = \"audiences/a.csv\"", "[action]\nadd_tags = [\"VPI\"]");
    let check = workspace.disparo(["check", "etiquetas"]).finish().expect(3);
    assert!(check.stderr.contains("has no tag \"VPI\""), "{}", check.stderr);
    assert!(check.stderr.contains("did you mean \"VIP\"?"), "{}", check.stderr);
}

#[test]
fn a_group_among_the_contacts_is_told_as_one() {
    let workspace = omnichannel();
    workspace.write("audiences/grupos.csv", "grupo\n5511999990000-1513616971\n");
    let groups = "file = \"audiences/grupos.csv\"\ngroup = \"grupo\"";
    definition(
        &workspace,
        "grupos",
        groups,
        "[action]\ncreate_contact = { name = \"Turma\", type = \"group\" }",
    );
    workspace.run("grupos").expect(0);
    workspace.write("audiences/a.csv", "telefone\n11987654321\n");
    let person = "[action]\ncreate_contact = { name = \"Ana\" }";
    definition(&workspace, "pessoas", "file = \"audiences/a.csv\"", person);
    workspace.run("pessoas").expect(0);
    let message = "[message]\ntext = \"Oi {{ name }}\"";
    definition(&workspace, "todos", "source = { contacts = {} }", message);
    let checked = workspace.disparo(["check", "todos", "--format", "json"]).finish().expect(0).json();
    assert_eq!(
        (&checked["to_send"], &checked["invalid"][0]["column"]),
        (&1.into(), &"phone".into()),
        "{checked}"
    );
    let reason = checked["invalid"][0]["reason"].as_str().expect("a reason");
    assert!(reason.starts_with("it is a group and not a person"), "{reason}");
}

#[test]
fn an_account_that_has_nobody_is_told_in_one_sentence() {
    let workspace = omnichannel();
    let message = "[message]\ntext = \"Oi\"";
    for (source, said) in [
        ("{ tag = \"vip\" }", "the account of channel crm has no contacts with the tag \"vip\""),
        ("{ contacts = {} }", "has no contacts; nothing is to be done"),
        ("{ contacts = { name = \"Ana\" } }", "has no contacts that fit"),
    ] {
        definition(&workspace, "ninguem", &format!("source = {source}"), message);
        for finished in [workspace.disparo(["check", "ninguem"]).finish(), workspace.run("ninguem")] {
            let finished = finished.expect(3);
            assert!(finished.stderr.contains(said), "{said}: {finished}");
            assert!(!finished.stderr.contains(".disparo/fetched"), "{finished}");
        }
    }
}

/// Contacts of Wati come in pages of a hundred; the second is refused once because of the rate.
#[test]
fn contacts_of_wati_become_an_audience_though_a_page_is_throttled() {
    let workspace = Workspace::new();
    workspace.is_not_judged("contacts are made and found; who was messaged is not what this is about");
    workspace.only_wati();
    let mut rows = String::from("telefone\n");
    (0..130).for_each(|number| rows.push_str(&format!("551198765{number:04}\n")));
    workspace.write("audiences/pessoas.csv", rows);
    let definition = |name: &str, audience: &str, content: &str| {
        let text = format!(
            "version = 1\nname = \"{name}\"\nchannel = \"wati\"\n[audience]\n{audience}\n{content}\n"
        );
        workspace.write(&format!("{name}.toml"), text);
    };
    let city =
        "[action]\nset_attributes = { cidade = \"{{ 'Recife' if telefone[-1:] == '7' else 'Natal' }}\" }";
    definition("cidades", "file = \"audiences/pessoas.csv\"", city);
    assert_eq!(workspace.run("cidades").expect(0).tally().accepted, 130);
    workspace.sandbox().change_scenario(
        "[[faults]]\nthen = \"status\"\nstatus = 429\nretry_after = \"1s\"\noperation = \"contacts\"\ncalls = 2\n",
    );
    let recife = "source = { wati_contacts = {} }\nwhere = \"cidade == 'Recife'\"";
    definition("recife", recife, "[message]\ntext = \"Oi {{ name }}\"");
    let before = workspace.sandbox().calls().len();
    let checked = workspace.disparo(["check", "recife", "--format", "json"]).finish().expect(0).json();
    assert_eq!((&checked["rows"]["rows"], &checked["to_send"]), (&130.into(), &13.into()), "{checked}");
    let answers: Vec<_> =
        workspace.sandbox().calls().split_off(before).into_iter().map(|call| call.answered).collect();
    assert_eq!(answers, ["200", "429", "200"]);

    let attribute = "source = { contacts = { attribute = { cidade = \"Recife\" } } }";
    definition("recife", attribute, "[message]\ntext = \"Oi {{ name }}\"");
    let tally = workspace.run("recife").expect(0).tally();
    assert_eq!((tally.rows, tally.accepted), (13, 13), "{tally:?}");
}
