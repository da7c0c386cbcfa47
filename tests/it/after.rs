//! `[after]` through the real binary: what is done for everybody who was accepted, by linked runs, once for each.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{People, Serve, Workspace, report, until};

const TEMPLATE: &str = "[wati.templates.promo]\nparams = [\"nome\"]\n";

/// A campaign over Wati, one person in a call.
fn workspace(scenario: &str, people: &People) -> Workspace {
    let workspace = Workspace::with_scenario(&format!("{scenario}{TEMPLATE}"));
    workspace.only_wati();
    workspace.write("audiences/vip.csv", people.csv());
    workspace.write(
        "vip.toml",
        "version = 1\nname = \"vip\"\nchannel = \"wati\"\n[audience]\nfile = \"audiences/vip.csv\"\n\
         [message.template]\nid = \"promo\"\nparams = { nome = \"{{ nome }}\" }\n\
         [after]\nchat_status = \"solved\"\nattributes = { campanha = \"{{ campaign | upper }}\", \
         run = \"{{ run }}\" }\n",
    );
    workspace
}

fn status(workspace: &Workspace, run: &str) -> Value {
    workspace.disparo(["status", run, "--format", "json"]).finish().expect(0).json()
}

fn runs(workspace: &Workspace) -> usize {
    let runs = workspace.disparo(["status", "--format", "json"]).finish().expect(0).json();
    runs.as_array().map_or(0, Vec::len)
}

/// Who of a run stands there, by the number's digits.
fn standing(workspace: &Workspace, run: &str, place: &str) -> BTreeSet<String> {
    let lines = report(workspace, run).into_iter();
    lines.filter(|(_, line)| line.status == place).map(|(phone, _)| phone).collect()
}

/// For whom the far side did something, and how often at the most.
fn done(workspace: &Workspace, kind: &str) -> (BTreeSet<String>, usize) {
    let all: Vec<_> = workspace.sandbox().accepted().into_iter().filter(|one| one.kind == kind).collect();
    let people: BTreeSet<_> = all.iter().map(|one| one.to.clone()).collect();
    let most = people.iter().map(|to| all.iter().filter(|one| one.to == *to).count()).max();
    (people, most.unwrap_or(0))
}

const CHANGES: [&str; 2] = ["set_chat_status", "set_attributes"];

#[test]
fn everybody_who_was_accepted_and_nobody_else_is_done_for_once() {
    let people = People::seeded(501, 40);
    let refused: Vec<_> = people.phones()[20..23].iter().map(|phone| format!("\"+{phone}\"")).collect();
    let refused =
        format!("[[recipients]]\nrefuse = \"not_on_whatsapp\"\nnumbers = [{}]\n", refused.join(", "));
    let lost = format!(
        "[[faults]]\nthen = \"drop\"\naccepted = false\noperation = \"message\"\ncontaining = [\"+{}\"]\n",
        people.phones()[7]
    );
    let workspace = workspace(&format!("{lost}{refused}"), &people);
    let check = workspace.disparo(["check", "vip"]).finish().expect(0).stdout;
    assert!(check.contains("after         set_chat_status = \"solved\""), "{check}");
    let ended = workspace.run("vip").expect(7);
    let accepted = standing(&workspace, "1", "accepted");
    let in_doubt = standing(&workspace, "1", "in_doubt");
    assert_eq!(in_doubt, BTreeSet::from([people.phones()[7].clone()]), "{ended}");
    assert_eq!(accepted.len(), 36, "three are rejected, one is in doubt");
    for kind in CHANGES {
        assert_eq!(done(&workspace, kind), (accepted.clone(), 1), "{kind}");
    }
    let contacts = workspace.sandbox().account("wati")["contacts"].to_string();
    assert!(contacts.contains("VIP") && contacts.contains("vip-1"), "{contacts}");
    let (second, third) = (status(&workspace, "2"), status(&workspace, "3"));
    assert_eq!(
        (&second["purpose"], &second["after"], &third["after"]),
        (&"after".into(), &1.into(), &1.into())
    );
    let told = |run: &str| workspace.disparo(["report", run]).finish().expect(0).stdout;
    assert!(told("1").contains("followed by vip-2, set_chat_status for its accepted"), "{}", told("1"));
    assert!(told("1").contains("followed by vip-3, set_attributes for its accepted"), "{}", told("1"));
    assert!(told("2").contains("takes up    the accepted of vip-1 (after)"), "{}", told("2"));

    // Whoever turns out to be accepted later is taken up later, and alone.
    workspace.sandbox().change_scenario(&format!("{refused}{TEMPLATE}"));
    workspace.disparo(["doubt", "confirm", "--not-sent", "1"]).finish().expect(0);
    workspace.disparo(["resume", "--format", "json"]).finish().expect(4);
    for kind in CHANGES {
        let everybody: BTreeSet<_> = accepted.union(&in_doubt).cloned().collect();
        assert_eq!(done(&workspace, kind), (everybody, 1), "{kind}");
    }
    let again = workspace.disparo(["resume", "1"]).finish().expect(2);
    assert!(again.stderr.contains("nothing to resume"), "{again}");
    assert_eq!(runs(&workspace), 5);
}

#[test]
fn killed_in_the_middle_it_is_gone_on_with_and_planned_once() {
    let people = People::seeded(502, 60);
    let workspace = workspace("latency = \"10ms\"\n", &people);
    let mut process = workspace.disparo(["run", "vip", "--yes", "--format", "json"]).start();
    process.lives_until(|| done(&workspace, "set_chat_status").0.len() >= 5);
    assert!(process.kill().code().is_none(), "everything was done before it was killed");
    workspace.disparo(["resume", "--format", "json"]).finish().expect(0);
    let everybody: BTreeSet<_> = people.phones().iter().cloned().collect();
    for kind in CHANGES {
        assert_eq!(done(&workspace, kind).0, everybody, "{kind}");
    }
    assert_eq!(runs(&workspace), 3);
}

#[test]
fn what_a_channel_does_not_do_is_refused_before_anything_is_sent() {
    let people = People::seeded(503, 5);
    let workspace = workspace("", &people);
    workspace.write("channels.toml", workspace.channels());
    let definition = std::fs::read_to_string(workspace.folder().join("vip.toml")).expect("a definition");
    // The second of the channels cannot do it.
    let definition = definition.replace("\"wati\"", "[\"wati-a\", \"devino\"]");
    let definition = definition.replace("params = { nome = \"{{ nome }}\" }", "params = [\"{{ nome }}\"]");
    workspace.write("vip.toml", definition);
    for command in ["check", "run"] {
        let refused = workspace.disparo([command, "vip"]).finish().expect(3);
        assert!(refused.stderr.contains("after.chat_status: channel devino: "), "{refused}");
        assert!(refused.stderr.contains("every channel of the campaign"), "{refused}");
    }
    assert_eq!(workspace.sandbox().count("accepted"), 0);
}

/// Ana has written before; the account has one tag.
const OMNICHANNEL: &str = r##"
[omnichannel]
tags = [{ id = "65a000000000000000000001", name = "VIP", color = "#ff0000" }]
contacts = [{ identifier = "5521988880001", name = "Ana" }]
"##;

fn omnichannel(after: &str) -> Workspace {
    let workspace = Workspace::with_scenario(OMNICHANNEL);
    let channel = format!(
        "[cirrus]\nprovider = \"omnichannel\"\naccount = \"9a92ea44\"\nchannel = \"64ef5c84f9deb1326965919e\"\n\
         platform = \"karoochat\"\ntoken = {{ env = \"TEST_WATI_TOKEN\" }}\nbase_url = \"{}\"\nrate = \"none\"\n\
         timeout = \"5s\"\nretry = {{ attempts = 20, first = \"10ms\", most = \"200ms\" }}\n",
        workspace.sandbox().base_url()
    );
    workspace.write("channels.toml", channel);
    workspace.write("audiences/vip.csv", "telefone\n+5521988880001\n");
    workspace.write(
        "vip.toml",
        format!(
            "version = 1\nname = \"vip\"\nchannel = \"cirrus\"\n[audience]\nfile = \"audiences/vip.csv\"\n\
             [message]\ntext = \"Oi!\"\n[after]\n{after}\n"
        ),
    );
    workspace
}

#[test]
fn tags_of_the_omnichannel_are_named_as_the_account_names_them() {
    let workspace = omnichannel("add_tags = [\"{{ campaign }}\"]");
    workspace.run("vip").expect(0);
    let contact = workspace.sandbox().account("omnichannel")["contacts"][0].clone();
    assert_eq!(contact["tagIds"], serde_json::json!(["65a000000000000000000001"]), "{contact}");

    for (after, why) in [
        ("add_tags = [\"Ouro\"]", "has no tag \"Ouro\""),
        ("attributes = { a = \"b\" }", "after.attributes: channel cirrus: "),
    ] {
        let workspace = omnichannel(after);
        let refused = workspace.disparo(["check", "vip"]).finish().expect(3);
        assert!(refused.stderr.contains(why), "{refused}");
    }
}

#[test]
fn who_turns_out_to_be_accepted_while_serve_runs_is_done_for_as_well() {
    let people = People::seeded(504, 3);
    // Of the first nobody knows whether they were reached, and the provider cannot be asked either.
    let lost = format!(
        "[[faults]]\nthen = \"drop\"\naccepted = true\noperation = \"message\"\ncontaining = [\"+{}\"]\n\
         [[faults]]\nthen = \"status\"\nstatus = 500\noperation = \"messages\"\n",
        people.phones()[0]
    );
    let template = format!("{TEMPLATE}body = \"Olá {{{{nome}}}}, promoção!\"\n");
    let workspace = workspace("", &people);
    workspace.sandbox().change_scenario(&format!("{lost}{template}"));
    workspace.run("vip").expect(7);
    let everybody: BTreeSet<_> = people.phones().iter().cloned().collect();
    for kind in CHANGES {
        assert_eq!(done(&workspace, kind).0.len(), 2, "{kind}");
    }
    workspace.sandbox().change_scenario(&template);
    let mut serve = Serve::start(&workspace);
    for kind in CHANGES {
        until("what is done for whoever was accepted late", || {
            (done(&workspace, kind) == (everybody.clone(), 1)).then_some(())
        });
    }
    serve.process().until("a word about it", |serve| {
        serve.stderr().contains("set_attributes is done for 1 accepted person of run vip-1").then_some(())
    });
    serve.terminate().expect(0);
    assert_eq!(runs(&workspace), 5);
}

#[test]
fn who_turns_out_to_be_accepted_while_a_run_listens_is_done_for_as_well() {
    let people = People::seeded(505, 3);
    let lost = format!(
        "[[faults]]\nthen = \"drop\"\naccepted = true\noperation = \"message\"\ncontaining = [\"+{}\"]\n\
         [[faults]]\nthen = \"status\"\nstatus = 500\noperation = \"messages\"\n",
        people.phones()[0]
    );
    // Receipts come once the run is sent and what follows it is done.
    let statuses =
        "[statuses]\ndelivered = \"100%\"\nread = \"100%\"\nafter = \"1s\"\n[webhooks]\nlate = \"2s..2s\"\n";
    let workspace = workspace(&format!("{statuses}{lost}"), &people);
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let address = free.expect("a free port").to_string();
    let channels = std::fs::read_to_string(workspace.folder().join("channels.toml")).expect("channels");
    workspace.write(
        "channels.toml",
        format!("{channels}callback_url = \"http://{address}\"\nmode = \"v3\"\nchunk = 1\n"),
    );
    let urls = workspace.disparo(["serve", "--print-urls", "--format", "json"]).finish().expect(0).json();
    workspace.sandbox().send_webhooks_to("wati", urls[0]["url"].as_str());
    let arguments = ["run", "vip", "--yes", "--listen", address.as_str(), "--listen-for", "1h"];
    let ended = workspace.disparo(arguments).finish().expect(0);
    assert!(ended.stderr.contains("set_attributes is done for 2 accepted people of run vip-1"), "{ended}");
    assert!(ended.stderr.contains("set_attributes is done for 1 accepted person of run vip-1"), "{ended}");
    let everybody: BTreeSet<_> = people.phones().iter().cloned().collect();
    for kind in CHANGES {
        assert_eq!(done(&workspace, kind), (everybody.clone(), 1), "{kind}");
    }
}
