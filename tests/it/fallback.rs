//! `[fallback]` through the real binary: whom one provider rejects is tried over another by a linked run;
//! nobody in doubt is, and nobody twice.

use std::collections::BTreeSet;
use std::fs;

use jiff::SignedDuration;
use serde_json::Value;

use crate::harness::{People, Serve, Workspace, doubts, report};

/// Devino rejects the numbers that end in these.
const REJECTS: &str =
    "[[recipients]]\nrefuse = \"invalid\"\nendings = [\"2\", \"5\", \"7\"]\nprovider = \"devino\"\n";

/// The channel `sinch` beside the usual ones.
fn with_sinch(workspace: &Workspace) -> String {
    let base_url = workspace.sandbox().base_url();
    format!(
        "{}\n[sinch]\nprovider = \"sinch\"\nuser = \"maria\"\ntoken = {{ env = \"TEST_DEVINO_KEY\" }}\n\
         base_url = \"{base_url}\"\nrate = \"none\"\ntimeout = \"5s\"\n\
         retry = {{ attempts = 20, first = \"10ms\", most = \"200ms\" }}\n",
        workspace.channels().replacen("[devino]", "[devino]\nchunk = 10\nin_flight = 2", 1)
    )
}

/// A campaign over Devino with Sinch behind it.
fn workspace(scenario: &str, people: &People) -> Workspace {
    let workspace = Workspace::with_scenario(scenario);
    furnish(&workspace, people);
    workspace
}

fn furnish(workspace: &Workspace, people: &People) {
    workspace.write("channels.toml", with_sinch(workspace));
    workspace.write("audiences/welcome.csv", people.csv());
    workspace.write(
        "welcome.toml",
        "version = 1\nname = \"welcome\"\nchannel = \"devino\"\n[fallback]\nchannel = \"sinch\"\n\
         [audience]\nfile = \"audiences/welcome.csv\"\n[message]\ntext = \"Oi! A loja abre às oito.\"\n",
    );
}

fn status(workspace: &Workspace, run: &str) -> Value {
    workspace.disparo(["status", run, "--format", "json"]).finish().expect(0).json()
}

/// Who of a run stands there, by the number's digits.
fn standing(workspace: &Workspace, run: &str, place: &str) -> BTreeSet<String> {
    let lines = report(workspace, run).into_iter();
    lines.filter(|(_, line)| line.status == place).map(|(phone, _)| phone).collect()
}

/// Whom the far side accepted from a provider's calls.
fn taken(workspace: &Workspace, provider: &str) -> BTreeSet<String> {
    let accepted = workspace.sandbox().accepted();
    accepted.into_iter().filter(|one| one.provider == provider).map(|one| one.to).collect()
}

/// A run whose process dies after the run's end and before its fallback is planned: whichever comes first,
/// SIGKILL or the process's own end, as the fallback's channel is not there when it is due.
fn left_between(workspace: &Workspace) {
    workspace.sandbox().hold();
    let mut process = workspace.disparo(["run", "welcome", "--yes", "--format", "json"]).start();
    workspace.sandbox().until_held(1);
    let channels = with_sinch(workspace);
    workspace.write("channels.toml", workspace.channels());
    workspace.sandbox().release();
    let results = workspace.folder().join("results/welcome/welcome-1/summary.json");
    process.lives_until(|| results.is_file());
    process.kill();
    workspace.write("channels.toml", channels);
}

#[test]
fn the_rejected_go_over_another_provider_and_nobody_in_doubt_does() {
    let lost = "[[faults]]\nthen = \"drop\"\naccepted = true\ncalls = 3\n";
    let people = People::seeded(301, 100);
    let workspace = workspace(&format!("{lost}{REJECTS}"), &people);
    let ended = workspace.run("welcome").expect(7);
    let (first, second) = (status(&workspace, "1"), status(&workspace, "2"));
    let rejected = standing(&workspace, "1", "rejected");
    let in_doubt: BTreeSet<_> = doubts(&workspace, "1").into_keys().collect();
    assert_eq!((in_doubt.len(), rejected.is_empty()), (10, false), "{ended}");

    assert_eq!(taken(&workspace, "sinch"), rejected, "others than the rejected were taken over");
    assert_eq!(standing(&workspace, "2", "accepted"), rejected);
    // Each keeps its own tally: the first run's rejected stay rejected.
    let count = |run: &Value, place: &str| run["tally"][place].as_u64();
    let of_rejected = Some(rejected.len() as u64);
    assert_eq!((count(&first, "rejected"), count(&first, "in_doubt")), (of_rejected, Some(10)));
    assert_eq!((count(&second, "recipients"), count(&second, "accepted")), (of_rejected, of_rejected));
    assert_eq!((&first["state"], &second["state"]), (&"settling".into(), &"completed".into()));
    // Both tell of the other.
    assert_eq!((&first["fallback"], &second["purpose"]), (&"sinch".into(), &"fallback".into()));
    assert_eq!((&second["rejected_of"], &second["channels"][0]), (&1.into(), &"sinch".into()));
    let told = |run: &str| workspace.disparo(["report", run]).finish().expect(0).stdout;
    assert!(told("1").contains("followed by welcome-2, over its rejected"), "{}", told("1"));
    assert!(told("2").contains("takes up    the rejected of welcome-1"), "{}", told("2"));
}

#[test]
fn killed_between_a_run_and_its_fallback_it_is_planned_and_sent_by_resume() {
    let people = People::seeded(302, 200);
    let workspace = workspace(REJECTS, &people);
    left_between(&workspace);
    let runs = workspace.disparo(["status", "--format", "json"]).finish().expect(0).json();
    assert_eq!(runs.as_array().map(Vec::len), Some(1), "the fallback was planned before the kill: {runs}");
    let rejected = standing(&workspace, "1", "rejected");
    assert!(taken(&workspace, "sinch").is_empty());

    workspace.disparo(["resume", "--format", "json"]).finish().expect(0);
    assert_eq!(taken(&workspace, "sinch"), rejected);
    assert_eq!(status(&workspace, "2")["tally"]["accepted"], rejected.len());
    let again = workspace.disparo(["resume", "1"]).finish().expect(2);
    assert!(again.stderr.contains("nothing to resume"), "{again}");
}

#[test]
fn killed_between_a_run_and_its_fallback_it_is_planned_and_sent_by_serve_and_by_cron() {
    for by_cron in [false, true] {
        let people = People::seeded(304, 100);
        let workspace = workspace(REJECTS, &people);
        left_between(&workspace);
        let rejected = standing(&workspace, "1", "rejected");
        if by_cron {
            workspace.disparo(["run", "--scheduled"]).finish().expect(0);
        } else {
            let mut serve = Serve::start(&workspace);
            serve
                .process()
                .until("a word", |serve| serve.stderr().contains("going on with 1 run").then_some(()));
            serve.process().until("the fallback", |_| (taken(&workspace, "sinch") == rejected).then_some(()));
            serve.terminate().expect(0);
        }
        assert_eq!(taken(&workspace, "sinch"), rejected);
        workspace.disparo(["run", "--scheduled"]).finish().expect(0);
        assert_eq!(status(&workspace, "2")["tally"]["accepted"], rejected.len());
    }
}

#[test]
fn what_followed_long_ago_is_left_to_a_person() {
    let people = People::seeded(305, 60);
    let workspace = Workspace::alone_at("2027-05-03T08:00:00Z", REJECTS);
    furnish(&workspace, &people);
    left_between(&workspace);
    workspace.clock().advance(SignedDuration::from_hours(3));
    let mut serve = Serve::start(&workspace);
    serve.process().until("a word", |serve| {
        let told = serve.stderr();
        (told.contains("what follows it was not begun") && told.contains("disparo resume welcome-1"))
            .then_some(())
    });
    serve.terminate().expect(0);
    assert!(taken(&workspace, "sinch").is_empty());
}

#[test]
fn killed_while_the_fallback_is_sent_resume_goes_on_with_it_and_sends_to_nobody_twice() {
    let people = People::seeded(303, 200);
    let workspace = workspace(&format!("latency = \"20ms\"\n{REJECTS}"), &people);
    workspace.sandbox().hold();
    let mut process = workspace.disparo(["run", "welcome", "--yes", "--format", "json"]).start();
    workspace.sandbox().until_held(1);
    workspace.write(
        "channels.toml",
        with_sinch(&workspace).replacen("[sinch]", "[sinch]\nchunk = 5\nin_flight = 1", 1),
    );
    workspace.sandbox().release();
    process.lives_until(|| taken(&workspace, "sinch").len() >= 10);
    assert!(process.kill().code().is_none(), "it had sent everything before it was killed");

    let resumed = workspace.disparo(["resume", "1", "--format", "json"]).finish();
    assert!(matches!(resumed.code(), Some(0 | 7)), "{resumed}");
    let (first, second) = (status(&workspace, "1"), status(&workspace, "2"));
    assert_eq!((&second["rejected_of"], &second["tally"]["pending"]), (&1.into(), &0.into()));
    let accounted = standing(&workspace, "2", "accepted").len() + standing(&workspace, "2", "in_doubt").len();
    assert_eq!(first["tally"]["rejected"], accounted);
    // Dropped, the workspace holds that nobody was taken twice.
}

#[test]
fn whoever_is_suppressed_before_the_fallback_is_planned_is_spared() {
    let people = People::seeded(304, 100);
    let workspace = workspace(REJECTS, &people);
    left_between(&workspace);
    let mut rejected = standing(&workspace, "1", "rejected");
    let spared = rejected.pop_first().expect("somebody was rejected");
    workspace.disparo(["suppress", "add", &format!("+{spared}")]).finish().expect(0);

    workspace.disparo(["resume", "1", "--format", "json"]).finish().expect(0);
    assert_eq!(taken(&workspace, "sinch"), rejected);
    assert_eq!(standing(&workspace, "2", "suppressed"), BTreeSet::from([spared]));
}

#[test]
fn a_fallback_that_rejects_everybody_is_not_tried_again() {
    let refused = "[[recipients]]\nrefuse = \"blacklisted\"\nprovider = \"sinch\"\n";
    let people = People::seeded(305, 60);
    let workspace = workspace(&format!("{REJECTS}{refused}"), &people);
    // A text for each: Sinch is called for one person at a time, and names whom it refuses.
    let definition = fs::read_to_string(workspace.folder().join("welcome.toml")).expect("a definition");
    workspace.write("welcome.toml", definition.replace("Oi!", "Oi, {{ nome }}, pessoa {{ n }}!"));
    let ended = workspace.run("welcome").expect(4);
    let rejected = standing(&workspace, "1", "rejected");
    assert_eq!(standing(&workspace, "2", "rejected"), rejected, "{ended}");
    assert!(taken(&workspace, "sinch").is_empty());
    let calls = workspace.sandbox().count("calls");
    let again = workspace.disparo(["resume", "1"]).finish().expect(2);
    assert!(again.stderr.contains("nothing to resume"), "{again}");
    assert_eq!(workspace.sandbox().count("calls"), calls);
    let runs = workspace.disparo(["status", "--format", "json"]).finish().expect(0).json();
    assert_eq!(runs.as_array().map(Vec::len), Some(2), "{runs}");
}
