//! Doubt settled: by the campaign's own policy once it is old enough, or by a person who says what to do.

use std::collections::{BTreeMap, BTreeSet};

use crate::harness::{Finished, People, Workspace, doubts, report, until};

/// How often the far side took each number.
fn taken(workspace: &Workspace) -> BTreeMap<String, usize> {
    let mut taken = BTreeMap::new();
    for one in workspace.sandbox().accepted() {
        *taken.entry(one.to).or_default() += 1;
    }
    taken
}

/// The status of everybody in the report.
fn statuses(workspace: &Workspace, run: &str) -> BTreeMap<String, String> {
    report(workspace, run).into_iter().map(|(phone, line)| (phone, line.status)).collect()
}

fn resume(workspace: &Workspace, run: &str) -> Finished {
    workspace.disparo(["resume", run, "--format", "json"]).finish()
}

/// Calls with these people are taken but for the answer, or not taken at all.
fn lost(phones: &[String], accepted: bool) -> String {
    let containing: Vec<_> = phones.iter().map(|phone| format!("\"+{phone}\"")).collect();
    format!("[[faults]]\nthen = \"drop\"\naccepted = {accepted}\ncontaining = [{}]\n", containing.join(", "))
}

#[test]
fn each_policy_settles_what_is_older_than_doubt_ttl() {
    let workspace = Workspace::new();
    workspace.only_devino("chunk = 1");
    let mut runs = Vec::new();
    for (seed, policy) in [(61, "hold"), (62, "assume_sent"), (63, "resend")] {
        let people = People::seeded(seed, 6);
        workspace.sandbox().change_scenario(&lost(&people.phones()[..2], false));
        let safety = format!("[safety]\non_doubt = \"{policy}\"\ndoubt_ttl = \"3s\"");
        workspace.text_campaign(policy, &people, &safety);
        let run = workspace.run(policy).expect(7);
        assert_eq!((run.tally().accepted, run.tally().in_doubt), (4, 2), "not old enough: {run}");
        runs.push((policy, people, run.run()));
    }
    workspace.sandbox().change_scenario("");
    for (policy, _, run) in runs.iter().skip(1) {
        let settled = until("doubt to be old enough", || {
            let resumed = resume(&workspace, run);
            (resumed.code() != Some(7)).then_some(resumed)
        });
        assert_eq!(settled.expect(0).tally().accepted, 6, "{policy}");
    }
    let taken = taken(&workspace);
    let reached = |people: &People| people.phones().iter().filter(|phone| taken.contains_key(*phone)).count();
    let [(_, held, hold), (_, assumed, assume_sent), (_, resent, resend)] = &runs[..] else {
        panic!("three")
    };

    // By now the doubt of the first run is older than that of the others.
    let still = resume(&workspace, hold).expect(7);
    assert_eq!((still.tally().accepted, still.tally().in_doubt, reached(held)), (4, 2, 4));

    assert_eq!(reached(assumed), 4, "nobody is sent to on an assumption");
    let marked = report(&workspace, assume_sent).into_values().filter(|line| line.status == "assumed_sent");
    let marked: BTreeSet<_> = marked.map(|line| line.phone).collect();
    assert_eq!(marked, assumed.phones()[..2].iter().cloned().collect());

    assert_eq!(reached(resent), 6);
    let attempts: Vec<_> =
        resent.phones()[..2].iter().map(|phone| report(&workspace, resend)[phone].calls).collect();
    assert_eq!(attempts, [2, 2]);
}

#[test]
fn a_policy_with_no_time_to_live_settles_within_the_run_and_resends_only_so_often() {
    let workspace = Workspace::new();
    workspace.only_devino("chunk = 1");
    let people = People::seeded(64, 5);
    // Never taken, never answered: two attempts, as many as the channel's retry allows.
    workspace.sandbox().change_scenario(&lost(&people.phones()[..1], false));
    let safety = "[safety]\non_doubt = \"resend\"\ndoubt_ttl = \"0s\"";
    workspace.text_campaign("welcome", &people, safety);
    let run = workspace.run("welcome").expect(7);
    assert_eq!((run.tally().accepted, run.tally().in_doubt), (4, 1), "{run}");
    assert_eq!(report(&workspace, &run.run())[&people.phones()[0]].calls, 2);
    assert_eq!(workspace.sandbox().state()["calls"], 6);
}

/// A run over eight people, each a call: of the first six nobody knows, and the first three of them were reached.
fn doubtful() -> (Workspace, Vec<String>, String) {
    let workspace = Workspace::new();
    workspace.only_devino("chunk = 1");
    let people = People::seeded(65, 8);
    let phones = people.phones().to_vec();
    let faults = lost(&phones[..3], true) + &lost(&phones[3..6], false);
    workspace.sandbox().change_scenario(&faults);
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome").expect(7).run();
    workspace.sandbox().change_scenario("");
    let listed: BTreeSet<_> = doubts(&workspace, &run).into_keys().collect();
    assert_eq!(listed, phones[..6].iter().cloned().collect());
    (workspace, phones, run)
}

#[test]
fn a_person_settles_the_doubt_of_those_they_name() {
    let (workspace, phones, run) = doubtful();
    let settle = |arguments: &[&str], phone: &str| {
        let command = workspace.disparo(["doubt"]).arguments(arguments).arguments([run.as_str(), phone]);
        command.finish()
    };
    let plus = |at: usize| format!("+{}", phones[at]);
    settle(&["confirm", "--sent"], &plus(0)).expect(0);
    settle(&["assume-sent"], &plus(1)).expect(0);
    // On purpose: the far side took this one before, and will again.
    workspace.repeats_on_purpose();
    settle(&["resend"], &plus(2)).expect(0);
    // Without the country, as a person in Brazil writes it.
    settle(&["confirm", "--not-sent"], &phones[3][2..]).expect(0);

    let statuses_now = statuses(&workspace, &run);
    let of = |at: usize| statuses_now[&phones[at]].as_str();
    let now: Vec<_> = (0..8).map(of).collect();
    let accepted = "accepted";
    assert_eq!(
        now,
        [accepted, "assumed_sent", "pending", "pending", "in_doubt", "in_doubt", accepted, accepted]
    );

    let resumed = resume(&workspace, &run).expect(7);
    let tally = resumed.tally();
    assert_eq!((tally.accepted, tally.in_doubt, tally.pending), (6, 2, 0), "{resumed}");
    let taken = taken(&workspace);
    let times: Vec<_> = phones.iter().map(|phone| taken.get(phone).copied().unwrap_or(0)).collect();
    assert_eq!(times, [1, 1, 2, 1, 0, 0, 1, 1]);
}

#[test]
fn nobody_is_settled_where_one_of_the_named_is_not_in_doubt() {
    let (workspace, phones, run) = doubtful();
    let before = statuses(&workspace, &run);
    let accepted = format!("+{}", phones[6]);
    let in_doubt = format!("+{}", phones[4]);
    for (stranger, word) in
        [(accepted.as_str(), "not in doubt"), ("+5511999990000", "not in doubt"), ("12", "12")]
    {
        let command = ["doubt", "confirm", "--not-sent", &run, &in_doubt, stranger];
        let refused = workspace.disparo(command).finish().expect(2);
        assert!(refused.stderr.contains(word), "{refused}");
        assert_eq!(statuses(&workspace, &run), before);
    }
    // Neither or both of the evidences make no sense.
    workspace.disparo(["doubt", "confirm", &run]).finish().expect(2);
    workspace.disparo(["doubt", "confirm", "--sent", "--not-sent", &run]).finish().expect(2);
    assert_eq!(statuses(&workspace, &run), before);
}

#[test]
fn a_person_settles_all_doubt_of_a_run_at_once() {
    for (arguments, code, calls) in [
        (&["confirm", "--sent"][..], 0, 0),
        (&["assume-sent"], 0, 0),
        (&["confirm", "--not-sent"], 5, 6),
        (&["resend"], 5, 6),
    ] {
        let (workspace, _, run) = doubtful();
        let before = workspace.sandbox().state()["calls"].as_u64().expect("a number");
        let settled = workspace.disparo(["doubt"]).arguments(arguments).arguments([&run]).finish().expect(0);
        assert!(settled.stdout.contains("6 people"), "{settled}");
        assert!(doubts(&workspace, &run).is_empty());
        let status = workspace.disparo(["status", &run, "--format", "json"]).finish().expect(0);
        let state = if code == 0 { "completed" } else { "paused" };
        assert_eq!(status.json()["state"], state, "{arguments:?}");
        if code != 0 {
            // Three of them were reached before: a person said otherwise, or that it may be twice.
            workspace.repeats_on_purpose();
            assert_eq!(resume(&workspace, &run).expect(0).tally().accepted, 8);
        }
        let after = workspace.sandbox().state()["calls"].as_u64().expect("a number");
        assert_eq!(after - before, calls, "{arguments:?}");
    }
}

#[test]
fn doubt_of_a_cancelled_run_is_settled_without_sending_and_the_campaign_can_go_on() {
    let workspace = Workspace::new();
    workspace.only_devino("chunk = 1\nin_flight = 1");
    let people = People::seeded(66, 6);
    let phones = people.phones();
    let refused = "[[faults]]\nthen = \"status\"\nstatus = 401\ncalls = \"4..\"\n";
    let faults = lost(&phones[..1], true) + &lost(&phones[1..2], false) + refused;
    workspace.sandbox().change_scenario(&faults);
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome").expect(6);
    assert_eq!((run.tally().accepted, run.tally().in_doubt, run.tally().pending), (1, 2, 3), "{run}");
    let run = run.run();
    workspace.sandbox().change_scenario("");
    workspace.disparo(["cancel", &run]).finish().expect(0);
    workspace.disparo(["resume", &run]).finish().expect(2);

    let not_sent = ["doubt", "confirm", "--not-sent", &run, &format!("+{}", phones[1])];
    let settled = workspace.disparo(not_sent).finish().expect(0);
    assert!(settled.stdout.contains("the run is cancelled"), "{settled}");
    let cancelled = workspace.disparo(["status", &run, "--format", "json"]).finish().expect(0).tally();
    let places = (cancelled.accepted, cancelled.in_doubt, cancelled.pending, cancelled.cancelled);
    assert_eq!(places, (1, 1, 0, 4), "{cancelled:?}");

    // A new run of the campaign reaches those, and not the one of whom nobody knows.
    let next = workspace.run("welcome").expect(0);
    assert_eq!((next.tally().already, next.tally().accepted), (2, 4), "{next}");
    let expected: BTreeMap<_, _> = phones.iter().map(|phone| (phone.clone(), 1)).collect();
    assert_eq!(taken(&workspace), expected);
}
