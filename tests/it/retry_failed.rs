//! Messages that fail after they were accepted, sent again: by command, and where the campaign opted in by
//! itself.

use serde_json::Value;

use crate::harness::{Serve, Workspace, until};

/// Whose messages fail later with 2301, and somebody whose do not.
const PEOPLE: &str = "nome,telefone,n\nAna,+5599900002301,1\nZé,+5511987654321,2\n";

/// Everything becomes of a message at once, and nobody answers.
const STATUSES: &str = "[statuses]\ndelivered = \"100%\"\nread = \"100%\"\nafter = \"0s\"\n";

/// Devino's 2301 says to wait for five minutes: a test does not.
const SOON: &str = "[[failure]]\ncode = \"2301\"\nclass = \"transient\"\nretry = \"1s\"\nen = \"too many messages in a short time\"\n\
     pt = \"mensagens demais\"\nes = \"demasiados mensajes\"\n";

fn workspace(safety: &str) -> Workspace {
    let workspace = Workspace::with_scenario(STATUSES);
    workspace.repeats_on_purpose();
    workspace.write("audiences/oi.csv", PEOPLE);
    workspace.write("limits.toml", SOON);
    workspace.write(
        "oi.toml",
        format!(
            "version = 1\nname = \"oi\"\nchannel = \"devino\"\n[audience]\nfile = \"audiences/oi.csv\"\n\
             [message]\ntext = \"Oi {{{{ nome }}}}\"\n[safety]\n{safety}\n"
        ),
    );
    workspace
}

fn told(workspace: &Workspace, run: &str) -> Value {
    workspace.disparo(["report", run, "--format", "json"]).finish().expect(0).json()
}

/// Waits until so many of a run's messages failed.
fn until_failed(workspace: &Workspace, run: &str, failed: u64) -> Value {
    until("the failure is heard of", || {
        let told = told(workspace, run);
        (told["deliveries"]["failed"] == failed).then_some(told)
    })
}

#[test]
fn a_command_sends_again_what_failed_and_says_when_it_is_too_early() {
    let workspace = workspace("");
    let serve = Serve::start(&workspace);
    let callback = format!("callback_url = \"{}\"\n", serve.base_url());
    workspace.only_devino(&callback);
    workspace.run("oi").expect(0);
    let report = until_failed(&workspace, "1", 1);
    assert_eq!(
        (&report["may_be_sent_again"]["now"], &report["may_be_sent_again"]["later"]),
        (&0.into(), &1.into())
    );
    let early = workspace.disparo(["retry", "1", "--failed", "--yes"]).finish();
    assert_ne!(early.code(), Some(0), "{early}");
    assert!(early.stderr.contains("the first may at 20"), "{early}");
    let text = workspace.disparo(["report", "1"]).finish().expect(0).stdout;
    assert!(text.contains("1 message that failed may be sent again later, the first at 20"), "{text}");

    // Over a channel where one need not wait for long.
    workspace.only_devino(&format!("{callback}limits = \"limits.toml\"\n"));
    workspace.disparo(["run", "oi", "--again", "--yes"]).finish().expect(0);
    until_failed(&workspace, "2", 1);
    for (run, linked) in [("2", "3"), ("3", "4")] {
        let text = until("its time", || {
            let text = workspace.disparo(["report", run]).finish().expect(0).stdout;
            text.contains("1 message that failed may be sent again: `disparo retry").then_some(text)
        });
        assert!(!text.contains("later"), "{text}");
        let again =
            workspace.disparo(["retry", run, "--failed", "--yes", "--format", "json"]).finish().expect(0);
        assert_eq!((again.tally().recipients, again.tally().accepted), (1, 1), "{again}");
        let report = until_failed(&workspace, linked, 1);
        let origin: u64 = run.parse().expect("a number");
        assert_eq!((&report["purpose"], &report["undelivered_of"]), (&"retry_failed".into(), &origin.into()));
        let text = workspace.disparo(["report", run]).finish().expect(0).stdout;
        assert!(text.contains(&format!("followed by oi-{linked}, over its undelivered")), "{text}");
        workspace.disparo(["audit", linked]).finish().expect(0);
    }
    let often = workspace.disparo(["retry", "4", "--failed", "--yes"]).finish();
    assert!(often.stderr.contains("more than twice"), "{often}");
    assert_eq!(told(&workspace, "2")["tally"]["accepted"], 2, "the original stays accepted");
    serve.terminate().expect(0);
}

#[test]
fn a_campaign_that_opted_in_sends_again_while_it_is_listened_for() {
    let workspace = workspace("retry_failed = true");
    workspace.is_not_judged("the far side is the command's own");
    workspace.write(
        "channels.toml",
        "[devino]\nprovider = \"devino\"\nfrom = \"MyCompany\"\nsandbox = true\nrate = \"none\"\nlimits = \"limits.toml\"\n",
    );
    workspace.write("audiences/oi.csv", "nome,telefone,n\nAna,+5599900002301,1\nZé,+5599900002302,2\n");
    let listen = ["run", "oi", "--yes", "--listen", "127.0.0.1:0", "--listen-for", "30s"];
    let ended = workspace.disparo(listen).finish();
    assert!(matches!(ended.code(), Some(0)), "{ended}");
    let runs = workspace.disparo(["status", "--format", "json"]).finish().expect(0).json();
    let runs = runs.as_array().expect("a list");
    let purposes: Vec<_> = runs.iter().map(|run| run["purpose"].as_str().expect("a word")).collect();
    assert_eq!(
        purposes.iter().filter(|purpose| **purpose == "retry_failed").count(),
        2,
        "{purposes:?}\n{ended}"
    );
    assert!(ended.stderr.contains("1 message of run oi-1 that could not be delivered"), "{ended}");
}

#[test]
fn a_campaign_that_opted_in_sends_again_while_serve_runs() {
    let workspace = workspace("retry_failed = true");
    let serve = Serve::start(&workspace);
    workspace.only_devino(&format!("callback_url = \"{}\"\nlimits = \"limits.toml\"\n", serve.base_url()));
    workspace.run("oi").expect(0);
    // It fails each time, and is sent again twice; nobody waits for others where there are none.
    until("the second time", || {
        let runs = workspace.disparo(["status", "--format", "json"]).finish().expect(0).json();
        (runs.as_array().map(Vec::len) == Some(3)).then_some(())
    });
    let third = until_failed(&workspace, "3", 1);
    assert_eq!((&third["purpose"], &third["undelivered_of"]), (&"retry_failed".into(), &2.into()), "{third}");
    let ended = serve.terminate().expect(0);
    assert!(ended.stderr.contains("1 message of run oi-1 that could not be delivered"), "{ended}");
    assert_eq!(told(&workspace, "1")["tally"]["accepted"], 2, "the original stays accepted");
}
