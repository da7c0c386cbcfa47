//! Launches after a first one that did not simply end well: resumed, retried, repeated, refused.

use std::collections::{BTreeMap, BTreeSet};

use crate::harness::{Finished, People, Workspace, report};

/// How often the far side took each number.
fn taken(workspace: &Workspace) -> BTreeMap<String, usize> {
    let mut taken = BTreeMap::new();
    for one in workspace.sandbox().accepted() {
        *taken.entry(one.to).or_default() += 1;
    }
    taken
}

/// Everybody of `phones`, each so often.
fn each(phones: &[String], times: usize) -> BTreeMap<String, usize> {
    phones.iter().map(|phone| (phone.clone(), times)).collect()
}

fn resume(workspace: &Workspace) -> Finished {
    workspace.disparo(["resume", "--format", "json"]).finish()
}

fn retry(workspace: &Workspace, run: &str) -> Finished {
    workspace.disparo(["retry", run, "--yes", "--format", "json"]).finish()
}

/// A rule that rejects these people.
fn rejects(phones: &[String]) -> String {
    let numbers: Vec<_> = phones.iter().map(|phone| format!("\"+{phone}\"")).collect();
    format!("[[recipients]]\nrefuse = \"invalid\"\nfield = \"to\"\nnumbers = [{}]\n", numbers.join(", "))
}

/// Who of a run has this status.
fn with_status(workspace: &Workspace, run: &str, status: &str) -> BTreeSet<String> {
    let lines = report(workspace, run).into_values().filter(|line| line.status == status);
    lines.map(|line| line.phone).collect()
}

#[test]
fn stop_above_holds_the_run_and_counts_anew_on_resume() {
    let workspace = Workspace::new();
    workspace.only_devino("chunk = 50\nin_flight = 1");
    let people = People::seeded(71, 400);
    let phones = people.phones();
    // Eleven of the first hundred are more than a tenth; so are eleven of the third.
    let bad: Vec<_> = phones[..11].iter().chain(&phones[200..211]).cloned().collect();
    workspace.sandbox().change_scenario(&rejects(&bad));
    workspace.text_campaign("welcome", &people, "[safety]\nstop_above = \"10%\"");
    let run = workspace.run("welcome").expect(6);
    assert_eq!(run.json()["held"]["kind"], "stop_above", "{run}");
    let sentence = run.json()["held"]["sentence"].as_str().unwrap_or_default().to_owned();
    assert!(sentence.starts_with("11 of the last 100 "), "{sentence}");
    assert_eq!((run.tally().accepted, run.tally().rejected, run.tally().pending), (89, 11, 300));
    // Anew: the next hundred have no failure, and with them eleven of two hundred are few.
    let resumed = resume(&workspace).expect(4);
    assert_eq!((resumed.tally().accepted, resumed.tally().rejected), (378, 22), "{resumed}");
    assert_eq!(taken(&workspace).len(), 378);
}

#[test]
fn retry_sends_to_the_rejected_alone_in_a_run_of_its_own() {
    let workspace = Workspace::new();
    workspace.only_devino("chunk = 10");
    let people = People::seeded(73, 50);
    let (bad, _) = people.phones().split_at(5);
    // Of the last ten people nobody knows; they were reached, and a retry leaves them alone.
    let last = people.phones().last().expect("fifty");
    let lost = format!("[[faults]]\nthen = \"drop\"\naccepted = true\ncontaining = [\"+{last}\"]\n");
    workspace.sandbox().change_scenario(&(rejects(bad) + &lost));
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome").expect(7);
    assert_eq!((run.tally().rejected, run.tally().in_doubt), (5, 10), "{run}");
    let run = run.run();

    workspace.sandbox().change_scenario(&rejects(&bad[..2]));
    let again = retry(&workspace, &run).expect(4);
    assert_ne!(again.run(), run);
    assert_eq!(
        (again.tally().recipients, again.tally().accepted, again.tally().rejected),
        (5, 3, 2),
        "{again}"
    );

    // Of the first run's rejected, three are reached by now.
    workspace.sandbox().change_scenario("");
    let last = retry(&workspace, &run).expect(0);
    assert_eq!((last.tally().already, last.tally().accepted), (3, 2), "{last}");
    assert_eq!(taken(&workspace), each(people.phones(), 1));

    let refused = retry(&workspace, &last.run()).expect(2);
    assert!(refused.stderr.contains("nobody who was rejected"), "{refused}");
}

#[test]
fn again_sends_to_everybody_once_more() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let people = People::seeded(74, 30);
    workspace.text_campaign("welcome", &people, "");
    workspace.run("welcome").expect(0);
    let same = workspace.run("welcome").expect(0);
    assert_eq!((same.tally().already, same.tally().accepted), (30, 0), "{same}");
    assert_eq!(taken(&workspace), each(people.phones(), 1));
    let again =
        workspace.disparo(["run", "welcome", "--again", "--yes", "--format", "json"]).finish().expect(0);
    assert_eq!((again.tally().already, again.tally().accepted), (0, 30), "{again}");
    assert_eq!(taken(&workspace), each(people.phones(), 2));
}

#[test]
fn beside_an_unfinished_run_nothing_new_begins() {
    let workspace = Workspace::new();
    workspace.only_devino("chunk = 5\nin_flight = 1");
    let people = People::seeded(75, 20);
    let bad = &people.phones()[..1];
    workspace
        .sandbox()
        .change_scenario(&(rejects(bad) + "[[faults]]\nthen = \"status\"\nstatus = 401\ncalls = \"3..\"\n"));
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome").expect(6);
    assert_eq!((run.tally().accepted, run.tally().rejected, run.tally().pending), (9, 1, 10), "{run}");
    let calls = workspace.sandbox().state()["calls"].clone();
    let name = run.run();
    for refused in [workspace.run("welcome"), retry(&workspace, &name)] {
        let refused = refused.expect(2);
        for word in [name.as_str(), "held", &format!("disparo resume {name}")] {
            assert!(refused.stderr.contains(word), "no {word}: {refused}");
        }
    }
    assert_eq!(workspace.sandbox().state()["calls"], calls);

    // Another campaign of the workspace is none of its business.
    workspace.sandbox().change_scenario("");
    let others = People::seeded(76, 5);
    workspace.text_campaign("other", &others, "");
    assert_eq!(workspace.run("other").expect(0).tally().accepted, 5);
    workspace.disparo(["resume", &name]).finish().expect(4);
    assert_eq!(taken(&workspace).len(), 19 + 5);
}

#[test]
fn a_run_of_the_edited_definition_reaches_those_whom_the_first_did_not() {
    let workspace = Workspace::new();
    workspace.only_devino("chunk = 5");
    let people = People::seeded(77, 20);
    let phones = people.phones();
    // Of the second call's people nobody knows; they were reached.
    let lost = format!("[[faults]]\nthen = \"drop\"\naccepted = true\ncontaining = [\"+{}\"]\n", phones[5]);
    workspace.sandbox().change_scenario(&(rejects(&phones[..2]) + &lost));
    let file = workspace.text_campaign("welcome", &people, "");
    let first = workspace.run("welcome").expect(7);
    assert_eq!(
        (first.tally().accepted, first.tally().rejected, first.tally().in_doubt),
        (13, 2, 5),
        "{first}"
    );

    workspace.sandbox().change_scenario("");
    let definition = std::fs::read_to_string(&file).expect("just written");
    workspace.write("welcome.toml", definition.replace("Oi ", "Olá "));
    let newcomers = People::seeded(78, 3);
    let rows: String = newcomers.csv().lines().skip(1).flat_map(|row| [row, "\n"]).collect();
    workspace.write("audiences/welcome.csv", people.csv() + &rows);
    let second = workspace.run("welcome").expect(0);
    assert_eq!((second.tally().already, second.tally().accepted), (18, 5), "{second}");
    let reached = with_status(&workspace, &second.run(), "accepted");
    assert_eq!(reached, phones[..2].iter().chain(newcomers.phones()).cloned().collect());
    assert_eq!(taken(&workspace), each(&[phones, newcomers.phones()].concat(), 1));
}

#[test]
fn a_test_goes_to_the_testers_and_counts_for_nobody() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let people = People::seeded(79, 10);
    let testers = [people.phones()[4].clone(), "5511912345678".to_owned()];
    let safety = format!("[safety]\ntest_to = [\"+{}\", \"+{}\"]", testers[0], testers[1]);
    workspace.text_campaign("welcome", &people, &safety);
    // One of the testers is a recipient too, and gets what they were sent as a tester once more.
    workspace.repeats_on_purpose();
    let test =
        workspace.disparo(["run", "welcome", "--test", "--yes", "--format", "json"]).finish().expect(0);
    assert_eq!((test.tally().recipients, test.tally().accepted), (2, 2), "{test}");
    assert_eq!(taken(&workspace), each(&testers, 1));
    let run = workspace.run("welcome").expect(0);
    assert_eq!((run.tally().already, run.tally().accepted), (0, 10), "{run}");
    let twice: Vec<_> = taken(&workspace).into_iter().filter(|(_, times)| *times > 1).collect();
    assert_eq!(twice, [(testers[0].clone(), 2)]);

    workspace.text_campaign("untested", &people, "");
    let refused = workspace.disparo(["run", "untested", "--test", "--yes"]).finish().expect(2);
    assert!(refused.stderr.contains("test_to"), "{refused}");
}

#[test]
fn a_run_whose_channel_points_elsewhere_is_not_resumed() {
    let workspace = Workspace::new();
    workspace.only_devino("chunk = 5\nin_flight = 1");
    let people = People::seeded(80, 20);
    workspace.sandbox().change_scenario("[[faults]]\nthen = \"status\"\nstatus = 403\ncalls = 2\n");
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome").expect(6);
    assert_eq!((run.tally().accepted, run.tally().pending), (5, 15), "{run}");
    let calls = workspace.sandbox().state()["calls"].clone();
    let planned = std::fs::read_to_string(workspace.folder().join("channels.toml")).expect("written");
    let wati = "[devino]\nprovider = \"wati\"\ntenant = \"1\"\nnumber = \"5511900000001\"\ntoken = { env = \"TEST_WATI_TOKEN\" }\n";
    for (channels, word) in [
        (planned.replace("MyCompany", "OurCompany"), "from"),
        (planned.replace("127.0.0.1", "localhost"), "base_url"),
        (planned.replace("[devino]", "[other]"), "no longer has"),
        (wati.to_owned(), "provider"),
    ] {
        workspace.write("channels.toml", channels);
        let refused = resume(&workspace).expect(3);
        assert!(refused.stderr.contains(word) && refused.stderr.contains("devino"), "no {word}: {refused}");
    }
    assert_eq!(workspace.sandbox().state()["calls"], calls);
    // What may change while a run waits: secrets, pace, the size of calls.
    workspace
        .write("channels.toml", planned.replace("chunk = 5", "chunk = 4").replace("\"none\"", "\"500/s\""));
    assert_eq!(resume(&workspace).expect(0).tally().accepted, 20);
    assert_eq!(taken(&workspace), each(people.phones(), 1));
}
