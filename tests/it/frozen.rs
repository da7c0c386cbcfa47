//! What is frozen stays frozen: whatever becomes of the files after a kill, `resume` sends exactly what the
//! run would have sent; and a run that is told to stop stops.

use std::collections::BTreeMap;
use std::fs;

use crate::harness::{People, Workspace};

/// Small calls, so that a kill comes in the middle.
fn small_calls(workspace: &Workspace, chunk: u64) {
    let channels = workspace.channels().replacen("[devino]", &format!("[devino]\nchunk = {chunk}"), 1);
    workspace.write("channels.toml", channels);
}

/// Who was sent what, as the far side saw it.
fn received(workspace: &Workspace) -> BTreeMap<String, String> {
    workspace.sandbox().accepted().into_iter().map(|one| (one.to, one.digest)).collect()
}

const SAFETY: &str = "[safety]\nmax_in_doubt = 80";

/// Everybody and their messages, where nothing comes between.
fn undisturbed(people: &People) -> BTreeMap<String, String> {
    let workspace = Workspace::new();
    workspace.text_campaign("welcome", people, SAFETY);
    workspace.run("welcome").expect(0);
    received(&workspace)
}

/// The same campaign, killed with calls in flight, `disturb`ed and resumed.
fn disturbed(people: &People, disturb: impl Fn(&Workspace)) -> BTreeMap<String, String> {
    let workspace = Workspace::with_scenario("latency = \"5ms\"");
    small_calls(&workspace, 10);
    workspace.text_campaign("welcome", people, SAFETY);
    let run = workspace.disparo(["run", "welcome", "--yes"]).start();
    workspace.sandbox().until_accepted(60);
    workspace.sandbox().hold();
    workspace.sandbox().until_held(1);
    run.kill();
    workspace.sandbox().release();
    disturb(&workspace);
    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(7);
    assert!(resumed.tally().accepted > 80 && resumed.tally().pending == 0, "{resumed}");
    received(&workspace)
}

#[test]
fn files_that_change_after_a_kill_change_nothing_that_is_sent() {
    let people = People::seeded(6, 500);
    let expected = undisturbed(&people);
    assert_eq!(expected.len(), 500);
    let edited = |workspace: &Workspace| {
        let others: Vec<_> = people.csv().lines().rev().map(|line| line.replace("Ana", "Eva")).collect();
        let header = "nome,telefone,n";
        workspace
            .write("audiences/welcome.csv", format!("{header}\nIvo,+5511987654321,0\n{}", others.join("\n")));
        let definition = fs::read_to_string(workspace.folder().join("welcome.toml")).expect("a definition");
        workspace.write("welcome.toml", definition.replace("Oi", "Adeus"));
    };
    let rechunked = |workspace: &Workspace| small_calls(workspace, 7);
    let deleted = |workspace: &Workspace| {
        fs::remove_dir_all(workspace.folder().join("audiences")).expect("audiences");
        fs::remove_file(workspace.folder().join("welcome.toml")).expect("a definition");
    };
    let all = [
        ("edited", disturbed(&people, edited)),
        ("another chunk", disturbed(&people, rechunked)),
        ("deleted", disturbed(&people, deleted)),
    ];
    for (what, sent) in all {
        // Calls that were in flight may have been lost with the process; nobody else was.
        let others: Vec<_> = sent.iter().filter(|(to, digest)| expected.get(*to) != Some(digest)).collect();
        assert!(others.is_empty(), "{what}: sent to others, or something else: {others:?}");
        assert!(sent.len() >= 500 - 80, "{what}: {} people only", sent.len());
    }
}

#[test]
fn a_channel_that_points_elsewhere_is_refused() {
    let workspace = Workspace::new();
    workspace.text_campaign("welcome", &People::seeded(7, 300), SAFETY);
    workspace.sandbox().hold();
    let run = workspace.disparo(["run", "welcome", "--yes"]).start();
    workspace.sandbox().until_held(1);
    run.kill();
    workspace.sandbox().release();
    let channels = workspace.channels();
    workspace.write("channels.toml", channels.replace("from = \"MyCompany\"", "from = \"Another\""));
    let calls = workspace.sandbox().count("calls");
    let refused = workspace.disparo(["resume"]).finish();
    assert!(refused.stderr.contains("from") && refused.stderr.contains("Another"), "{refused}");
    assert_ne!(refused.code(), Some(0), "{refused}");
    assert_eq!(workspace.sandbox().count("calls"), calls, "something was sent all the same");
    workspace.write("channels.toml", channels);
    workspace.disparo(["resume", "--format", "json"]).finish().expect(7);
}

#[test]
fn a_run_beside_an_unfinished_one_is_refused_and_names_resume() {
    let workspace = Workspace::new();
    let people = People::seeded(8, 300);
    workspace.text_campaign("welcome", &people, SAFETY);
    workspace.sandbox().hold();
    let run = workspace.disparo(["run", "welcome", "--yes"]).start();
    workspace.sandbox().until_held(1);
    // While it is sent, and after it died.
    for run in [Some(run), None] {
        let refused = workspace.run("welcome");
        assert_eq!(refused.code(), Some(2), "{refused}");
        assert!(refused.stderr.contains("disparo resume welcome-1"), "{refused}");
        if let Some(run) = run {
            run.kill();
            workspace.sandbox().release();
        }
    }
    workspace.disparo(["resume"]).finish().expect(7);
    // Not unfinished any more: a new plan reaches nobody who was accepted or is in doubt.
    let more = People::seeded(9, 20);
    let both = format!("{}{}", people.csv(), &more.csv()["nome,telefone,n\n".len()..]);
    workspace.write("audiences/welcome.csv", both);
    let again = workspace.run("welcome").expect(0).tally();
    assert_eq!((again.recipients, again.already, again.accepted), (320, 300, 20), "{again:?}");
}

#[test]
fn a_pause_under_full_speed_is_exact() {
    const TIMES: usize = 12;
    let workspace = Workspace::with_scenario("latency = \"1ms..8ms\"");
    small_calls(&workspace, 5);
    workspace.text_campaign("welcome", &People::seeded(10, 6_000), "[safety]\nmax_in_doubt = 40");
    let sandbox = workspace.sandbox();
    let mut exact = 0;
    let mut command = workspace.disparo(["run", "welcome", "--yes", "--format", "json"]);
    for _ in 0..TIMES {
        let before = sandbox.count("accepted");
        let run = command.start();
        sandbox.until_accepted(before + 100);
        let pause = workspace.disparo(["pause", "1", "--format", "json"]).finish().expect(0);
        let paused = pause.json();
        // In the JSON of a moment: accepted so far, and at most so many in calls under way.
        let most = pause.tally().accepted + paused["in_flight"].as_u64().expect("a number");
        assert_eq!(paused["state"], "paused");
        let run = run.wait().expect(5);
        assert_eq!(run.json()["state"], "paused");
        let accepted = sandbox.count("accepted");
        assert!(accepted <= most, "{accepted} people, {} after the pause", accepted - most);
        assert_eq!((run.tally().accepted, run.tally().in_doubt), (accepted, 0), "{run}");
        exact += usize::from(run.tally().pending > 0);
        command = workspace.disparo(["resume", "1", "--format", "json"]);
    }
    assert_eq!(exact, TIMES, "the run was over before it could be paused so often");
    assert_eq!(command.finish().expect(0).tally().accepted, 6_000);
}
