//! A plan that waits for a person's approval: nothing is sent before it was given for that plan and that many people.

use crate::harness::{Finished, People, Serve, Workspace, until};

/// A run of 5 people that waits.
fn waiting(workspace: &Workspace, name: &str) -> Finished {
    workspace.text_campaign(name, &People::seeded(1, 5), "[safety]\napproval = true\n");
    workspace.disparo(["run", name]).finish().expect(6)
}

fn state_of(workspace: &Workspace, run: &str) -> String {
    let status = workspace.disparo(["status", run, "--format", "json"]).finish().expect(0).json();
    status["state"].as_str().unwrap_or_else(|| panic!("no state in {status}")).to_owned()
}

#[test]
fn a_run_is_sent_once_its_plan_and_its_number_were_approved() {
    let workspace = Workspace::new();
    let told = waiting(&workspace, "sale");
    let status = workspace.disparo(["status", "sale-1", "--format", "json"]).finish().expect(0).json();
    assert_eq!(
        (&status["state"], &status["waiting"]["for"]),
        (&"waiting".into(), &"approval".into()),
        "{status}"
    );
    let hash = status["plan_hash"].as_str().expect("a hash").to_owned();
    let command = format!("disparo approve sale-1 --recipients 5 --plan {}", &hash[..12]);
    assert!(told.stderr.contains(&command), "{told}");
    let listed = workspace.disparo(["status"]).finish().expect(0);
    assert!(listed.stdout.contains("disparo approve sale-1 --recipients "), "{listed}");
    let shown = workspace.disparo(["status", "sale-1"]).finish().expect(0);
    assert!(shown.stderr.contains("disparo approve sale-1 --recipients "), "{shown}");
    assert!(shown.stdout.contains(&hash[..12]), "{shown}");

    let resumed = workspace.disparo(["resume", "sale-1"]).finish().expect(6);
    assert!(resumed.stderr.contains("waits for approval") && resumed.stderr.contains(&command), "{resumed}");
    workspace.disparo(["pause", "sale-1"]).finish().expect(2);
    workspace.disparo(["retry", "sale-1", "--yes"]).finish().expect(2);
    let wrong: [(&[&str], &str); 4] = [
        (&["--recipients", "4"], "would be sent to 5 recipients, not to 4"),
        (&["--recipients", "5", "--plan", "000000000000"], "does not begin with 000000000000"),
        (&["--recipients", "5", "--plan", &hash[..4]], "does not begin with"),
        (&["--recipients", "6", "--plan", &hash], "would be sent to 5 recipients, not to 6"),
    ];
    for (arguments, why) in wrong {
        let refused = workspace.disparo(["approve", "sale-1"]).arguments(arguments).finish().expect(2);
        assert!(refused.stderr.contains("nothing was approved") && refused.stderr.contains(why), "{refused}");
    }
    assert_eq!(state_of(&workspace, "sale-1"), "waiting");
    assert_eq!(workspace.sandbox().accepted().len(), 0, "nobody was sent to");

    let approve = ["approve", "sale-1", "--recipients", "5", "--plan", &hash[..12]];
    let approved = workspace.disparo(approve).finish().expect(0);
    assert!(approved.stdout.contains("disparo resume sale-1"), "{approved}");
    let again = workspace.disparo(approve).finish().expect(2);
    assert!(again.stderr.contains("does not wait for approval"), "{again}");
    let resumed = workspace.disparo(["resume", "sale-1", "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 5);
}

#[test]
fn a_daemon_sends_what_was_approved_and_what_is_given_up_is_never_sent() {
    let workspace = Workspace::new();
    let serve = Serve::start(&workspace);
    waiting(&workspace, "sale");
    waiting(&workspace, "gone");
    workspace.disparo(["cancel", "gone-2"]).finish().expect(0);
    workspace.disparo(["approve", "gone-2", "--recipients", "5"]).finish().expect(2);
    workspace.disparo(["approve", "sale-1", "--recipients", "5"]).finish().expect(0);
    until("the run to be sent", || (state_of(&workspace, "sale-1") == "completed").then_some(()));
    serve.terminate().expect(0);
    assert_eq!(state_of(&workspace, "gone-2"), "cancelled");
    assert_eq!(workspace.sandbox().accepted().len(), 5);
}
