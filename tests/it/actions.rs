//! `[action]`: work over an audience that is no message, by the real binary against the far side.

use crate::harness::Workspace;

/// A workspace whose only channel is an account at Sinch.
fn sinch() -> Workspace {
    let workspace = Workspace::new();
    let base_url = workspace.sandbox().base_url();
    let channel = format!(
        "[sinch]\nprovider = \"sinch\"\nuser = \"loja\"\ntoken = {{ env = \"TEST_WATI_TOKEN\" }}\n\
         base_url = \"{base_url}\"\nrate = \"none\"\ntimeout = \"5s\"\n"
    );
    workspace.write("channels.toml", channel);
    workspace
}

fn definition(workspace: &Workspace, name: &str, audience: &str, action: &str) {
    let text = format!(
        "version = 1\nname = \"{name}\"\nchannel = \"sinch\"\n\n[audience]\n{audience}\n\n[action]\n{action}\n"
    );
    workspace.write(&format!("{name}.toml"), text);
}

#[test]
fn groups_are_made_from_rows_and_found_again_as_an_audience() {
    let workspace = sinch();
    let long = "x".repeat(26);
    let rows = format!("turma\nA\nB\nA\n{long}\n\"\"\nC\n");
    workspace.write("audiences/turmas.csv", rows);
    definition(
        &workspace,
        "turmas",
        "file = \"audiences/turmas.csv\"",
        "create_group = { subject = \"{{ turma }}\" }",
    );
    let check = workspace.disparo(["check", "turmas"]).finish().expect(0);
    assert!(check.stdout.contains("action        create_group"), "{}", check.stdout);
    let tally = workspace.run("turmas").expect(0).tally();
    assert_eq!((tally.recipients, tally.accepted, tally.duplicate), (3, 3, 1), "{tally:?}");
    assert_eq!(tally.invalid + tally.recipients + tally.duplicate, tally.rows, "{tally:?}");

    definition(
        &workspace,
        "nomes",
        "source = { groups = \"all\" }",
        "set_group_subject = { subject = \"Nova {{ group_id[-4:] }}\" }",
    );
    let tally = workspace.run("nomes").expect(0).tally();
    assert_eq!((tally.rows, tally.accepted), (3, 3), "{tally:?}");
    let left = std::fs::read_dir(workspace.folder().join(".disparo/fetched")).expect("the folder");
    assert_eq!(left.count(), 0, "what was asked for is removed when the plan is made");

    definition(&workspace, "fim", "source = { groups = \"all\" }", "leave_group = {}");
    let preview = workspace.disparo(["preview", "fim"]).finish().expect(0);
    assert!(preview.stdout.contains("leave_group"), "{}", preview.stdout);
    assert_eq!(workspace.run("fim").expect(0).tally().accepted, 3);
}

#[test]
fn pictures_are_read_when_the_plan_is_made() {
    let workspace = sinch();
    workspace.write("audiences/grupos.csv", "grupo;arquivo\n5511999990000-1513616971;a.png\n5511999990000-1513616972;../../b.png\n5511999990000-1513616973;c.png\n");
    workspace.write("icons/a.png", b"\x89PNG\r\n\x1a\npicture");
    definition(
        &workspace,
        "fotos",
        "file = \"audiences/grupos.csv\"\ngroup = \"grupo\"",
        "set_group_icon = { file = \"icons/{{ arquivo }}\", type = \"image/png\" }",
    );
    let check = workspace.disparo(["check", "fotos"]).finish().expect(0);
    assert!(check.stdout.contains("leads out of the workspace"), "{}", check.stdout);
    assert!(check.stdout.contains("icons/c.png cannot be read"), "{}", check.stdout);
    let checked = workspace.disparo(["check", "fotos", "--format", "json"]).finish().expect(0).json();
    assert_eq!(checked["to_send"], 1, "{checked}");
}

#[test]
fn an_action_that_the_provider_does_not_have_is_refused_for_every_row() {
    let workspace = sinch();
    workspace.write("audiences/a.csv", "telefone\n11987654321\n");
    definition(&workspace, "conversas", "file = \"audiences/a.csv\"", "set_chat_status = \"solved\"");
    let check = workspace.disparo(["check", "conversas"]).finish().expect(3);
    assert!(check.stderr.contains("none of the 1 rows can be sent"), "{}", check.stderr);
}

#[test]
fn a_person_is_taken_out_of_every_group_that_has_them() {
    let workspace = sinch();
    workspace.write("audiences/turmas.csv", "turma\nA\nB\n");
    definition(
        &workspace,
        "turmas",
        "file = \"audiences/turmas.csv\"",
        "create_group = { subject = \"{{ turma }}\" }",
    );
    workspace.run("turmas").expect(0);
    let listed = workspace.disparo(["groups", "list", "--channel", "sinch", "--format", "json"]).finish();
    let groups = listed.expect(0).json();
    let ids: Vec<&str> = groups["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["id"].as_str().expect("an id"))
        .collect();
    let [first, second] = ids[..] else { panic!("{groups}") };
    let number = "11987654321";
    workspace.write(
        "audiences/sair.csv",
        format!("telefone,grupo\n{number},{first}\n{number},{second}\n{number},{first}\n"),
    );
    let action = "remove_participant = { group = \"{{ grupo }}\" }";
    definition(&workspace, "sair", "file = \"audiences/sair.csv\"\nphone = \"telefone\"", action);
    let checked = workspace.disparo(["check", "sair", "--format", "json"]).finish().expect(0).json();
    assert_eq!((&checked["to_send"], &checked["rows"]["duplicate"]), (&2.into(), &1.into()), "{checked}");
}
