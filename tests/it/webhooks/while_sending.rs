//! `run --listen`: a one-off launch hears what becomes of its messages.

use serde_json::Value;

use crate::harness::{People, Workspace};

/// Leaves one channel of the built-in simulator alone.
fn rehearsal(workspace: &Workspace) {
    workspace.write(
        "channels.toml",
        "[devino]\nprovider = \"devino\"\nfrom = \"MyCompany\"\nrate = \"none\"\nsandbox = true\n",
    );
    // The far side of this channel is not the one that the guarantees are held against.
    workspace.is_not_judged("the channel's far side is within the process");
}

#[test]
fn it_waits_until_every_message_has_a_final_word() {
    let workspace = Workspace::new();
    rehearsal(&workspace);
    workspace.text_campaign("oi", &People::seeded(1, 20), "");
    let run =
        workspace.disparo(["run", "oi", "--listen", "127.0.0.1:0", "--format", "json"]).finish().expect(0);
    assert!(run.stderr.contains("waiting for news of 20 messages, up to "), "{run}");
    let told = run.json();
    assert_eq!(told["deliveries"]["read"], 20, "{told}");
}

#[test]
fn ctrl_c_ends_the_waiting_and_nothing_else() {
    let workspace = Workspace::new();
    workspace.text_campaign("oi", &People::seeded(1, 3), "");
    // Nobody of these is ever reported to have read anything: the wait would last an hour.
    workspace.only_devino("callback_url = \"http://127.0.0.1:1\"");
    let arguments = ["run", "oi", "--yes", "--listen", "127.0.0.1:0", "--listen-for", "1h"];
    let mut run = workspace.disparo(arguments).start();
    run.until("the waiting", |run| run.stderr().contains("waiting for news of 3 messages").then_some(()));
    run.interrupt();
    let run = run.wait().expect(0);
    assert!(run.stderr.contains("calls under way are waited for"), "{run}");
    assert!(run.stderr.contains("results are in"), "{run}");
}

#[test]
fn what_has_no_news_in_time_is_said() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    workspace.text_campaign("oi", &People::seeded(1, 3), "");
    let arguments = ["run", "oi", "--yes", "--listen", "127.0.0.1:0", "--listen-for", "1ms"];
    let run = workspace.disparo(arguments).finish().expect(0);
    assert!(run.stderr.contains("no final word of 3 messages so far"), "{run}");
    let alone = workspace.disparo(["run", "oi", "--listen-for", "1m"]).finish().expect(2);
    assert!(alone.stderr.contains("--listen"), "{alone}");
}

#[test]
fn changes_to_contacts_and_chats_are_not_waited_for() {
    let workspace = Workspace::new();
    workspace.is_not_judged("the channel's far side is within the process");
    workspace.write(
        "channels.toml",
        "[wati]\nprovider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\nrate = \"none\"\nsandbox = true\n",
    );
    workspace.write("audiences/vip.csv", People::seeded(2, 5).csv());
    workspace.write(
        "vip.toml",
        "version = 1\nname = \"vip\"\nchannel = \"wati\"\n[audience]\nfile = \"audiences/vip.csv\"\n\
         [message.template]\nid = \"promo\"\nparams = { nome = \"{{ nome }}\" }\n[after]\nchat_status = \"solved\"\n",
    );
    // Nothing is ever heard of a chat's status: the wait would last an hour.
    let arguments = ["run", "vip", "--listen", "127.0.0.1:0", "--listen-for", "1h", "--format", "json"];
    let run = workspace.disparo(arguments).finish().expect(0);
    let told: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let [sent, changed] = told.as_slice() else { panic!("two runs: {run}") };
    assert_eq!((&sent["deliveries"]["read"], &changed["tally"]["accepted"]), (&5.into(), &5.into()), "{run}");
    assert!(!run.stderr.contains("waiting for news of 10 messages"), "{run}");
}
