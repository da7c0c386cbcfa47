//! Audiences that an account is asked for: fetched when the plan is made, and from there like any other.

use crate::harness::Workspace;

/// A workspace whose only channel is an account at the omnichannel, with a tag.
fn omnichannel() -> Workspace {
    let workspace = Workspace::new();
    workspace.is_not_judged("contacts are made and found; who was messaged is not what this is about");
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
