//! The same answers with a daemon and without: what is read of runs in every state, and what commands do to them.

use crate::harness::{Finished, People, Running, Serve, Workspace, until};

/// A far side that refuses the account.
const REFUSED: &str = "[[faults]]\nthen = \"status\"\nstatus = 401\n";

/// What a command came to, as far as two processes can compare it.
type Said = (Option<i32>, String, String);

fn say(finished: Finished) -> Said {
    (finished.code(), finished.stdout, finished.stderr)
}

/// The same without how long it is until something, which passes.
fn timeless((code, stdout, stderr): Said) -> Said {
    let mut parts = stdout.split("\"seconds\":");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.trim_start_matches(|one: char| one == ' ' || one.is_ascii_digit()));
    (code, first + &rest.collect::<String>(), stderr)
}

/// A run whose first calls the far side holds back.
fn held_back(workspace: &Workspace, name: &str) -> Running {
    workspace.text_campaign(name, &People::seeded(1, 30), "[safety]\nmax_in_doubt = 10\n");
    let held = workspace.sandbox().count("held");
    workspace.sandbox().hold();
    let run = workspace.disparo(["run", name, "--yes"]).start();
    until("a call that is held", || (workspace.sandbox().count("held") > held).then_some(()));
    run
}

/// A run of which some are pending.
fn interrupted(workspace: &Workspace, name: &str) {
    let mut run = held_back(workspace, name);
    run.interrupt();
    run.until("the end to begin", |run| run.stderr().contains("stopping").then_some(()));
    workspace.sandbox().release();
    run.wait().expect(5);
}

/// A run of which everybody was sent to and some are in doubt.
fn doubtful(workspace: &Workspace, name: &str, run_name: &str) {
    let mut run = held_back(workspace, name);
    run.interrupt();
    run.until("the end to begin", |run| run.stderr().contains("stopping").then_some(()));
    run.interrupt();
    run.wait().expect(5);
    workspace.sandbox().release();
    workspace.disparo(["resume", run_name]).finish().expect(7);
}

/// A run that waits for a person.
fn refused(workspace: &Workspace, name: &str) {
    workspace.sandbox().change_scenario(REFUSED);
    workspace.text_campaign(name, &People::seeded(2, 5), "");
    workspace.run(name).expect(6);
    workspace.sandbox().change_scenario("");
}

fn completed(workspace: &Workspace, name: &str) {
    workspace.text_campaign(name, &People::seeded(3, 5), "");
    workspace.run(name).expect(0);
}

#[test]
fn what_is_read_is_the_same_byte_for_byte() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    completed(&workspace, "done");
    doubtful(&workspace, "doubtful", "doubtful-2");
    interrupted(&workspace, "paused");
    workspace.disparo(["pause", "paused-3"]).finish().expect(0);
    refused(&workspace, "held");
    refused(&workspace, "gone");
    workspace.disparo(["cancel", "gone-5"]).finish().expect(0);
    let daily = "[schedule]\ncron = \"30 2 * * *\"\ntimezone = \"America/New_York\"\n";
    workspace.text_campaign("planned", &People::seeded(4, 5), daily);
    let phone = People::seeded(3, 5).phones()[0].clone();
    let runs = ["done-1", "doubtful-2", "paused-3", "held-4", "gone-5"];
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["status"],
        vec!["status", "--all"],
        vec!["explain", &phone],
        vec!["doubt", "list"],
        vec!["doubt", "list", "doubtful-2"],
        vec!["suppress", "list"],
        vec!["schedule", "planned", "--from", "2035-03-10T00:00:00Z"],
        // Refused, each for its reason.
        vec!["status", "nobody-9"],
        vec!["pause", "done-1"],
        vec!["pause"],
        vec!["resume"],
        vec!["resume", "gone-5"],
        vec!["cancel", "gone-5"],
        vec!["retry", "done-1"],
        vec!["approve", "paused-3", "--recipients", "20"],
        vec!["doctor", "--adopt"],
    ];
    for run in runs {
        commands.extend([vec!["status", run], vec!["report", run], vec!["audit", run]]);
    }
    let all = || {
        let mut said = Vec::new();
        for command in &commands {
            let formats: &[&str] = match command[0] {
                "report" => &["text", "json", "csv"],
                // People are told how long it is until then, which passes.
                "schedule" => &["json"],
                _ => &["text", "json"],
            };
            for format in formats {
                let finished =
                    workspace.disparo([]).arguments(command).arguments(["--format", format]).finish();
                said.push((format!("{command:?} {format}"), timeless(say(finished))));
            }
        }
        said
    };
    let alone = all();
    let serve = Serve::start(&workspace);
    let beside = all();
    serve.terminate().expect(0);
    for (alone, beside) in alone.into_iter().zip(beside) {
        assert_eq!(alone, beside);
    }
}

/// What each command does to a run in a state, one after the other: its words, its exit code, the state after.
type Steps<'a> = &'a [(&'a [&'a str], i32, &'a str)];

/// What is said at each step, without what differs between any two runs.
fn take(workspace: &Workspace, run: &str, steps: Steps<'_>) -> Vec<Said> {
    let mut all = Vec::new();
    for (command, code, state) in steps {
        let words = command.iter().map(|word| if *word == "RUN" { run } else { word });
        let finished = workspace.disparo([]).arguments(words).finish();
        assert_eq!(finished.code(), Some(*code), "{command:?}: {finished}");
        let status = workspace.disparo(["status", run, "--format", "json"]).finish().expect(0).json();
        assert_eq!(status["state"], *state, "after {command:?}: {finished}");
        let (code, stdout, stderr) = say(finished);
        let first = stdout.lines().next().unwrap_or_default().to_owned();
        all.push((code, first, stderr.replace(&*workspace.folder().to_string_lossy(), "FOLDER")));
    }
    all
}

/// Every command in every state that a run can be in by itself.
fn table(has_daemon: bool) -> Vec<Said> {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let serve = has_daemon.then(|| Serve::start(&workspace));
    doubtful(&workspace, "doubtful", "doubtful-1");
    let approve: &[&str] = &["approve", "RUN", "--recipients", "5"];
    let (pause, resume, cancel, retry): (&[&str], &[&str], &[&str], &[&str]) =
        (&["pause", "RUN"], &["resume", "RUN"], &["cancel", "RUN"], &["retry", "RUN", "--yes"]);
    let mut said = Vec::new();

    completed(&workspace, "done");
    let end = "completed";
    let steps: Steps<'_> =
        &[(approve, 2, end), (pause, 2, end), (resume, 2, end), (cancel, 2, end), (retry, 2, end)];
    said.extend(take(&workspace, "done-2", steps));

    let end = "settling";
    let steps: Steps<'_> =
        &[(approve, 2, end), (pause, 2, end), (cancel, 2, end), (retry, 2, end), (resume, 7, end)];
    said.extend(take(&workspace, "doubtful-1", steps));

    interrupted(&workspace, "left");
    let steps: Steps<'_> = &[
        (approve, 2, "interrupted"),
        (retry, 2, "interrupted"),
        (pause, 0, "paused"),
        (pause, 0, "paused"),
        (approve, 2, "paused"),
        (retry, 2, "paused"),
        (resume, 0, "completed"),
    ];
    said.extend(take(&workspace, "left-3", steps));

    refused(&workspace, "held");
    let steps: Steps<'_> = &[
        (approve, 2, "held"),
        (retry, 2, "held"),
        (pause, 0, "paused"),
        (cancel, 0, "cancelled"),
        (cancel, 2, "cancelled"),
        (pause, 2, "cancelled"),
        (resume, 2, "cancelled"),
        (approve, 2, "cancelled"),
        (retry, 2, "cancelled"),
    ];
    said.extend(take(&workspace, "held-4", steps));

    let mut run = held_back(&workspace, "live");
    let steps: Steps<'_> =
        &[(approve, 2, "sending"), (retry, 2, "sending"), (resume, 2, "sending"), (pause, 0, "paused")];
    said.extend(take(&workspace, "live-5", steps));
    assert!(!run.has_ended(), "its calls are under way");
    workspace.sandbox().release();
    run.wait().expect(5);
    said.extend(take(&workspace, "live-5", &[(resume, 0, "completed")]));
    if let Some(serve) = serve {
        serve.terminate().expect(0);
    }
    said
}

#[test]
fn what_commands_do_in_every_state_is_the_same() {
    let (alone, beside) = (table(false), table(true));
    for (alone, beside) in alone.into_iter().zip(beside) {
        assert_eq!(alone, beside);
    }
}

/// Outside its window at noon.
const AFTERNOONS: &str = "[schedule]\ntimezone = \"UTC\"\n\
     window = { days = \"mon-sun\", from = \"13:00\", to = \"20:00\", clock = \"sender\" }\n";

/// Every command in the states in which time keeps a run.
fn table_of_time(has_daemon: bool) -> Vec<Said> {
    let workspace = Workspace::at("2027-05-03T07:00:00Z");
    workspace.only_devino("");
    for name in ["late", "gone"] {
        let schedule = "[schedule]\nat = 2027-05-03T08:00:00\ntimezone = \"UTC\"\nlate = \"hold\"\n";
        workspace.text_campaign(name, &People::seeded(5, 5), schedule);
    }
    workspace.disparo(["run", "--scheduled"]).finish().expect(0);
    workspace.clock().jump_to("2027-05-03T12:00:00Z");
    workspace.disparo(["run", "--scheduled"]).finish().expect(6);
    let late = ["late", "gone"].map(|name| {
        let runs = workspace.disparo(["status", "--all", "--format", "json"]).finish().expect(0).json();
        let runs = runs.as_array().expect("runs").clone();
        let run = runs.iter().find(|run| run["campaign"] == name).expect("a run").clone();
        assert_eq!((&run["state"], &run["held"]["kind"]), (&"held".into(), &"late".into()), "{run}");
        run["run"].as_str().expect("a name").to_owned()
    });
    let serve = has_daemon.then(|| Serve::start(&workspace));
    let approve: &[&str] = &["approve", "RUN", "--recipients", "5"];
    let (pause, resume, cancel, retry): (&[&str], &[&str], &[&str], &[&str]) =
        (&["pause", "RUN"], &["resume", "RUN"], &["cancel", "RUN"], &["retry", "RUN", "--yes"]);
    let mut said = Vec::new();
    let steps: Steps<'_> = &[(approve, 2, "held"), (retry, 2, "held"), (resume, 0, "completed")];
    said.extend(take(&workspace, &late[0], steps));
    let steps: Steps<'_> = &[(pause, 0, "paused"), (cancel, 0, "cancelled"), (resume, 2, "cancelled")];
    said.extend(take(&workspace, &late[1], steps));

    let until_it_waits = |name: &str| {
        workspace.text_campaign(name, &People::seeded(6, 5), AFTERNOONS);
        let mut run = workspace.disparo(["run", name, "--yes"]).start();
        run.until("the wait", |run| run.stderr().contains("outside its window").then_some(()));
        run
    };
    let run = until_it_waits("never");
    let steps: Steps<'_> = &[
        (approve, 2, "waiting"),
        (retry, 2, "waiting"),
        (resume, 2, "waiting"),
        (cancel, 0, "cancelled"),
        (resume, 2, "cancelled"),
    ];
    said.extend(take(&workspace, "never-3", steps));
    run.wait().expect(0);
    let run = until_it_waits("soon");
    said.extend(take(&workspace, "soon-4", &[(pause, 0, "paused"), (retry, 2, "paused")]));
    run.wait().expect(5);
    assert_eq!(workspace.sandbox().accepted().len(), 5, "nobody outside their window");
    workspace.clock().jump_to("2027-05-03T13:00:00Z");
    said.extend(take(&workspace, "soon-4", &[(resume, 0, "completed")]));
    assert_eq!(workspace.sandbox().accepted().len(), 10);
    if let Some(serve) = serve {
        serve.terminate().expect(0);
    }
    said
}

#[test]
fn what_commands_do_while_time_keeps_a_run_is_the_same() {
    let (alone, beside) = (table_of_time(false), table_of_time(true));
    assert_eq!(alone.len(), beside.len());
    for (alone, beside) in alone.into_iter().zip(beside) {
        assert_eq!(alone, beside);
    }
}
