//! A message's template, held against those of the account before anything is sent.

use crate::harness::Workspace;

const SCENARIO: &str = include_str!("../data/scenarios/wati_templates.toml");

fn workspace(scenario: &str, template: &str) -> Workspace {
    let workspace = Workspace::with_scenario(scenario);
    workspace.only_wati();
    workspace.write("audiences/vip.csv", "telefone,nome\n5511987654321,Ana\n5511987654322,Bia\n");
    workspace.write(
        "vip.toml",
        format!(
            "version = 1\nname = \"vip\"\nchannel = \"wati\"\n[audience]\nfile = \"audiences/vip.csv\"\n\
             [message.template]\n{template}\n"
        ),
    );
    workspace
}

#[test]
fn what_the_account_does_not_have_so_is_refused_and_nobody_is_messaged() {
    let both = "params = { nome = \"{{ nome }}\", cupom = \"A1\" }";
    for (template, said) in [
        (format!("id = \"promu\"\n{both}"), "the account has no template `promu`; did you mean \"promo\"?"),
        (
            "id = \"pending\"\nparams = { nome = \"{{ nome }}\" }".to_owned(),
            "is not approved, its status is PENDING",
        ),
        (format!("id = \"promo\"\nlanguage = \"es\"\n{both}"), "the template `promo` does not exist in es"),
        (
            "id = \"promo\"\nparams = { nome = \"{{ nome }}\" }".to_owned(),
            "takes `cupom`, for which the message has no value",
        ),
        (
            "id = \"promo\"\nparams = { nome = \"{{ nome }}\", cupon = \"A1\" }".to_owned(),
            "has no parameter `cupon`; did you mean \"cupom\"?",
        ),
        (
            "id = \"promo\"\nparams = [\"{{ nome }}\", \"A1\"]".to_owned(),
            "calls its parameters by name; write params",
        ),
    ] {
        let workspace = workspace(SCENARIO, &template);
        for finished in [workspace.disparo(["check", "vip"]).finish(), workspace.run("vip")] {
            let finished = finished.expect(3);
            assert!(finished.stderr.contains("channel wati: message.template."), "{finished}");
            assert!(finished.stderr.contains(said), "{said}: {finished}");
        }
        assert!(workspace.sandbox().accepted().is_empty());
    }
}

#[test]
fn what_the_account_has_is_sent_and_nothing_is_said() {
    let template = "id = \"promo\"\nlanguage = \"pt-BR\"\nparams = { nome = \"{{ nome }}\", cupom = \"A1\" }";
    let workspace = workspace(SCENARIO, template);
    let checked = workspace.disparo(["check", "vip", "--format", "json"]).finish().expect(0).json();
    assert_eq!(checked["notes"], serde_json::json!([]), "{checked}");
    assert_eq!(workspace.run("vip").expect(0).tally().accepted, 2);
}

#[test]
fn an_account_without_a_list_hinders_nothing_and_is_noted() {
    let workspace = workspace("", "id = \"promo\"\nparams = { nome = \"{{ nome }}\" }");
    let check = workspace.disparo(["check", "vip"]).finish().expect(0);
    assert!(
        check.stdout.contains("note          the account of channel wati has no list of its templates"),
        "{check}"
    );
    assert_eq!(workspace.run("vip").expect(0).tally().accepted, 2);
}

#[test]
fn an_account_that_does_not_answer_hinders_nothing_and_is_noted() {
    let silent = format!(
        "{SCENARIO}\n[[faults]]\nthen = \"status\"\nstatus = 500\noperation = \"templates\"\ncalls = \"1..\"\n"
    );
    let workspace = workspace(&silent, "id = \"promo\"\nparams = { nome = \"{{ nome }}\", cupom = \"A1\" }");
    let check = workspace.disparo(["check", "vip"]).finish().expect(0);
    assert!(
        check.stdout.contains("nobody knows whether the account of channel wati has the template"),
        "{check}"
    );
    assert_eq!(workspace.run("vip").expect(0).tally().accepted, 2);
}
