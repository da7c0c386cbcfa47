//! Receipts settle doubt: a message of which the provider speaks was taken, whatever became of its answer.

use std::collections::BTreeSet;

use super::far_side::identifiers;
use super::form::{DEVINO, Form, OMNICHANNEL, SINCH_PERSONAL, Stage, TEMPLATES, WATI, WATI_BULK, WATI_V3};
use super::known::known;
use crate::harness::{People, Serve, Workspace, doubts, report, until};

/// Wati does not answer when it is asked, so that nothing but webhooks can settle a doubt.
const MUTE: &str = "[[faults]]\nthen = \"status\"\nstatus = 500\nprovider = \"wati\"\noperation = \"messages\"\n\
                    [[faults]]\nthen = \"status\"\nstatus = 500\nprovider = \"wati\"\noperation = \"broadcast_recipients\"\n\
                    [[faults]]\nthen = \"status\"\nstatus = 500\nprovider = \"wati\"\noperation = \"broadcast\"\n";

/// Calls with these people are taken, and never answered.
fn scenario(lost: &[String]) -> String {
    let containing: Vec<_> = lost.iter().map(|phone| format!("\"+{phone}\"")).collect();
    format!(
        "[statuses]\nafter = \"1ms..20ms\"\n{TEMPLATES}{MUTE}\
         [[faults]]\nthen = \"drop\"\naccepted = true\noperation = \"message\"\ncontaining = [{}]\n",
        containing.join(", ")
    )
}

/// Everybody is accepted under the identifier that the provider gave, and read; nobody twice.
fn is_over(workspace: &Workspace, form: Form, run: &str) {
    assert!(doubts(workspace, run).is_empty());
    let status = workspace.disparo(["status", run, "--format", "json"]).finish().expect(0);
    assert_eq!(status.json()["state"], "completed", "{status}");
    let told = identifiers(workspace, form.provider);
    let lines = report(workspace, run);
    assert_eq!(lines.len(), told.len());
    for (phone, line) in &lines {
        assert_eq!(line.status, "accepted", "{line:?}");
        // Wati's third version names a message by its broadcast and our own name for it, and the older bulk
        // calls name none.
        let is_told = !line.message_id.is_empty() && !line.message_id.contains('/');
        assert!(!is_told || line.message_id == told[phone], "{line:?}");
    }
    let taken: Vec<_> = workspace.sandbox().accepted().into_iter().map(|one| one.to).collect();
    assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), taken.len(), "somebody was taken twice");
}

/// `run --listen` ends with 0: what it hears settles what it lost.
fn is_settled_while_it_listens(form: Form, seed: u64) {
    let people = People::seeded(seed, 6);
    let workspace = Workspace::with_scenario(&scenario(&people.phones()[..3]));
    let form = Form { chunk: form.chunk.min(2), failing: None, ..form };
    let Stage { serve, workspace, address, .. } = {
        let stage = Stage::new(form, workspace, "");
        stage.campaign(&people, "");
        stage
    };
    // Nobody listens for now: the run does, where `serve` did.
    serve.terminate().expect(0);
    let listen = base_of(&address).trim_start_matches("http://").to_owned();
    let run = workspace.disparo(["run", "vip", "--yes", "--format", "json", "--listen", &listen]).finish();
    let run = run.expect(0);
    assert_eq!((run.tally().accepted, run.tally().in_doubt), (6, 0), "{run}");
    let run = run.run();
    is_over(&workspace, form, &run);
    let lines = report(&workspace, &run);
    for phone in &people.phones()[..3] {
        assert_eq!(lines[phone].code, "confirmed_sent", "{:?}", lines[phone]);
        assert!(lines[phone].reason.contains("delivery notice"), "{:?}", lines[phone]);
    }
    assert!(known(&workspace, &run).values().all(|word| word == "read"));
}

/// What a run left in doubt is settled once somebody listens again.
fn is_settled_afterwards(form: Form, seed: u64) {
    let people = People::seeded(seed, 6);
    let workspace = Workspace::with_scenario(&scenario(&people.phones()[..3]));
    let form = Form { chunk: form.chunk.min(2), failing: None, ..form };
    let stage = Stage::new(form, workspace, "");
    stage.campaign(&people, "");
    let Stage { serve, workspace, address, .. } = stage;
    serve.terminate().expect(0);
    let run = workspace.run("vip").expect(7).run();
    assert!(!doubts(&workspace, &run).is_empty());
    let serve = Serve::start_again_at(&workspace, base_of(&address));
    until("the doubt to be settled", || doubts(&workspace, &run).is_empty().then_some(()));
    workspace.disparo(["reconcile", &run]).finish().expect(0);
    is_over(&workspace, form, &run);
    serve.terminate().expect(0);
}

/// The sender dies with calls under way; the provider takes them and tells whoever comes next, who sends to
/// the others without being asked.
fn is_settled_after_a_kill(form: Form, seed: u64) {
    let form = Form { chunk: form.chunk.min(2), failing: None, ..form };
    let stage = Stage::new(form, Workspace::new(), "in_flight = 2");
    stage.campaign(&People::seeded(seed, 8), "");
    let (run, sending) = stage.held(&format!("[statuses]\nafter = \"1ms..20ms\"\n{TEMPLATES}{MUTE}"), 2);
    let Stage { serve, workspace, address, .. } = stage;
    serve.kill();
    drop(sending);
    assert!(!doubts(&workspace, &run).is_empty());
    workspace.sandbox().release();
    let serve = Serve::start_again_at(&workspace, base_of(&address));
    until("the doubt to be settled", || doubts(&workspace, &run).is_empty().then_some(()));
    until("the run to be taken up again and to end", || {
        let status = workspace.disparo(["status", &run, "--format", "json"]).finish().expect(0);
        (status.json()["state"] == "completed").then_some(())
    });
    is_over(&workspace, form, &run);
    serve.terminate().expect(0);
}

/// Where the listener of a webhook's address listens, without a trailing slash.
fn base_of(address: &str) -> &str {
    let (base, _) = address.split_once("/webhooks/").expect("a webhook's address");
    base
}

#[test]
fn of_devino() {
    is_settled_while_it_listens(DEVINO, 441);
    is_settled_afterwards(DEVINO, 451);
    is_settled_after_a_kill(DEVINO, 461);
}

#[test]
fn of_wati_one_person_a_call() {
    is_settled_while_it_listens(WATI, 442);
    is_settled_afterwards(WATI, 452);
    is_settled_after_a_kill(WATI, 462);
}

#[test]
fn of_wati_many_people_a_call() {
    is_settled_while_it_listens(WATI_BULK, 443);
    is_settled_afterwards(WATI_BULK, 453);
    is_settled_after_a_kill(WATI_BULK, 463);
}

#[test]
fn of_wati_of_the_third_version() {
    is_settled_while_it_listens(WATI_V3, 444);
    is_settled_afterwards(WATI_V3, 454);
    is_settled_after_a_kill(WATI_V3, 464);
}

#[test]
fn of_sinch() {
    is_settled_while_it_listens(SINCH_PERSONAL, 445);
    is_settled_afterwards(SINCH_PERSONAL, 455);
    is_settled_after_a_kill(SINCH_PERSONAL, 465);
}

#[test]
fn of_the_omnichannel() {
    is_settled_while_it_listens(OMNICHANNEL, 446);
    is_settled_afterwards(OMNICHANNEL, 456);
    is_settled_after_a_kill(OMNICHANNEL, 466);
}
