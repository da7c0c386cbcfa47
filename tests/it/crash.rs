//! SIGKILL at random moments of a run's whole life, under faults of the far side: nobody is messaged
//! twice, nobody is lost, and doubt stays within its bound.
//!
//! `DISPARO_CRASH_SEED` repeats a schedule, `DISPARO_CRASH_KILLS` and `DISPARO_CRASH_RECIPIENTS` make the
//! first test longer or shorter.

mod ordeal;
mod providers;
mod serving;
mod team;

use std::fs;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use self::ordeal::{Kills, Ordeal};
use crate::harness::{Command, Deadline, Finished, People, Workspace, knob, seed, tell};

/// 2 % lost answers, 1 % 500, 1 % cut answers, 2 % 429.
const FAULTS: &str = include_str!("../data/scenarios/crash.toml");

/// People at risk at once in these campaigns.
const MAX_IN_DOUBT: u64 = 60;

/// A workspace under faults, with calls of `chunk` people.
fn workspace(chunk: u64) -> Workspace {
    let workspace = Workspace::alone_with_scenario(FAULTS);
    let channels = workspace.channels().replacen("[devino]", &format!("[devino]\nchunk = {chunk}"), 1);
    workspace.write("channels.toml", channels);
    workspace
}

fn run(workspace: &Workspace) -> Command {
    workspace.disparo(["run", "welcome", "--yes", "--format", "json"])
}

/// Holds the guarantees, and the bound over doubt that only who killed knows.
fn judge(workspace: &Workspace, ended: &Finished, kills: Kills, max_in_doubt: u64) {
    workspace.judge();
    let tally = ended.tally();
    assert!(tally.adds_up(), "{tally:?}");
    assert_eq!(tally.pending, 0, "{ended}");
    let lost = |answered: &str| matches!(answered, "dropped" | "truncated" | "500");
    let calls = workspace.sandbox().calls();
    let unread: u64 = calls.iter().filter(|call| lost(&call.answered)).map(|call| call.recipients).sum();
    let most = kills.all() * max_in_doubt + unread;
    assert!(tally.in_doubt <= most, "{} in doubt, of at most {most} after {kills:?}", tally.in_doubt);
    tell(&format!("{kills:?}, {} calls, {unread} people in calls without an answer: {tally:?}", calls.len()));
}

#[test]
fn a_hundred_kills_message_nobody_twice_and_lose_nobody() {
    let seed = seed("a hundred kills");
    let recipients = knob("DISPARO_CRASH_RECIPIENTS").unwrap_or(20_000);
    let wanted = knob("DISPARO_CRASH_KILLS").unwrap_or(100);
    let workspace = workspace(10);
    let people = People::seeded(seed, recipients.try_into().expect("fits into memory"));
    workspace.text_campaign("welcome", &people, &format!("[safety]\nmax_in_doubt = {MAX_IN_DOUBT}"));
    let mut ordeal = Ordeal::new(&workspace, seed, recipients, MAX_IN_DOUBT, wanted);
    let ended = ordeal.suffer(run(&workspace));
    let kills = ordeal.kills;
    judge(&workspace, &ended, kills, MAX_IN_DOUBT);
    assert!(kills.sending >= wanted, "only {kills:?}; a run for more people lasts longer");
    assert_eq!(ended.json()["state"], "settling");
    let accepted = workspace.sandbox().count("accepted");
    assert!(accepted > recipients / 2, "the kills left {accepted} people only to be sent to");
}

#[test]
fn doubt_that_kills_leave_is_assumed_where_the_campaign_says_so() {
    let seed = seed("assume_sent");
    let workspace = workspace(10);
    let safety =
        format!("[safety]\nmax_in_doubt = {MAX_IN_DOUBT}\non_doubt = \"assume_sent\"\ndoubt_ttl = \"0s\"");
    workspace.text_campaign("welcome", &People::seeded(seed, 2_000), &safety);
    let mut ordeal = Ordeal::new(&workspace, seed, 2_000, MAX_IN_DOUBT, 10);
    let ended = ordeal.suffer(run(&workspace));
    judge(&workspace, &ended, ordeal.kills, MAX_IN_DOUBT);
    assert_eq!(ended.json()["state"], "completed");
    assert_eq!(ended.tally().accepted, 2_000, "{ended}");
    assert!(ended.json()["assumed_sent"].as_u64().expect("a number") > 0, "{ended}");
}

#[test]
fn singles_are_no_more_in_doubt_than_calls_in_flight() {
    let seed = seed("singles");
    let workspace = workspace(1);
    workspace.write("audiences/welcome.csv", People::seeded(seed, 600).csv());
    let definition = r#"
        version = 1
        name    = "welcome"
        channel = ["wati-a", "wati-b"]
        [audience]
        file = "audiences/welcome.csv"
        [message.template]
        id     = "welcome"
        params = { nome = "{{ nome }}" }
        [safety]
        max_in_doubt = 6
    "#;
    workspace.write("welcome.toml", definition);
    let mut ordeal = Ordeal::new(&workspace, seed, 600, 6, 10);
    let ended = ordeal.suffer(run(&workspace));
    judge(&workspace, &ended, ordeal.kills, 6);
    assert_eq!(ended.json()["state"], "settling");
    assert!(ordeal.kills.sending >= 10, "only {:?}", ordeal.kills);
}

#[test]
fn a_run_whose_process_died_before_its_results_were_written_gets_them_from_resume() {
    let workspace = Workspace::new();
    workspace.text_campaign("welcome", &People::seeded(11, 5), "");
    workspace.run("welcome").expect(0);
    let folder = workspace.folder().join("results/welcome/welcome-1");
    fs::remove_dir_all(&folder).expect("a results folder");
    let resumed = workspace.disparo(["resume", "welcome-1"]).finish().expect(2);
    assert!(resumed.stderr.contains("there is nothing to resume"), "{resumed}");
    assert!(folder.join("summary.json").is_file() && folder.join("recipients.csv").is_file());
}

/// The folders of rosters, whose runs may exist or not.
fn rosters(workspace: &Workspace) -> usize {
    fs::read_dir(workspace.folder().join(".disparo/rosters")).map_or(0, Iterator::count)
}

/// The results folders of the campaign.
fn results(workspace: &Workspace) -> Vec<String> {
    let folders = fs::read_dir(workspace.folder().join("results/welcome")).expect("a results folder");
    let name = |folder: std::io::Result<fs::DirEntry>| folder.expect("readable").file_name();
    folders.map(|folder| name(folder).to_string_lossy().into_owned()).collect()
}

#[test]
fn killed_while_it_plans_nothing_is_sent_and_nothing_is_left() {
    let seed = seed("planning");
    let mut random = StdRng::seed_from_u64(seed);
    let workspace = Workspace::alone_with_scenario("latency = \"5ms\"");
    let people = People::seeded(seed, 5_000);
    workspace.text_campaign("welcome", &people, "");
    // A row that is rejected, so that there is a file of them.
    workspace.write("audiences/welcome.csv", format!("nome,telefone,n\nZé,12,0\n{}", &people.csv()[16..]));
    let mut half_made = 0;
    for _ in 0..12 {
        let mut process = run(&workspace).start();
        process.lives_until(|| rosters(&workspace) > 0);
        let moment = Deadline::after(Duration::from_millis(random.random_range(0..60)));
        process.lives_until(|| moment.left().is_none());
        process.kill();
        half_made += usize::from(rosters(&workspace) > 0);
        let status = workspace.disparo(["status", "--format", "json"]).finish().expect(0).json();
        let runs = status.as_array().expect("a list").len();
        assert_eq!(rosters(&workspace), runs, "rosters without a run stay behind");
        if runs > 0 {
            break;
        }
        assert_eq!(workspace.sandbox().count("calls"), 0, "a plan that is not a run has sent something");
    }
    tell(&format!("{half_made} plans were left half made"));
    assert!(half_made > 0);
    let status = workspace.disparo(["status", "--format", "json"]).finish().expect(0).json();
    let is_planned = !status.as_array().expect("a list").is_empty();
    let ended = if is_planned {
        workspace.disparo(["resume", "--format", "json"]).finish()
    } else {
        run(&workspace).finish()
    };
    assert_eq!(ended.tally().pending, 0, "{ended}");
    assert_eq!(ended.tally().invalid, 1, "{ended}");
    let left = results(&workspace);
    assert_eq!(left, [ended.run()], "only a run has results");
}

#[test]
fn killed_while_doubt_is_settled_it_is_settled_whole_or_not_at_all() {
    let seed = seed("doubt");
    let mut random = StdRng::seed_from_u64(seed);
    let lost = "[[faults]]\nthen = \"drop\"\naccepted = true\nshare = \"60%\"";
    let workspace = Workspace::alone_with_scenario(lost);
    workspace.text_campaign("welcome", &People::seeded(seed, 1_000), "");
    let in_doubt = run(&workspace).finish().expect(7).tally().in_doubt;
    let listed = workspace.disparo(["doubt", "list", "1", "--format", "json"]).finish().expect(0).stdout;
    let doubt = |line| serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON");
    let phone = |line| doubt(line)["doubt"]["phone"].as_str().map(|digits| format!("+{digits}"));
    let phones: Vec<_> = listed.lines().filter_map(phone).collect();
    assert_eq!(phones.len() as u64, in_doubt);
    let left = || workspace.disparo(["status", "1", "--format", "json"]).finish().expect(0).tally().in_doubt;
    let (mut killed, mut before) = (0, in_doubt);
    for ten in phones.chunks(10).take(20) {
        let settle = || workspace.disparo(["doubt", "confirm", "--sent", "1"]).arguments(ten);
        let mut process = settle().start();
        let moment = Deadline::after(Duration::from_millis(random.random_range(0..60)));
        process.lives_until(|| moment.left().is_none());
        killed += usize::from(process.kill().code().is_none());
        if left() == before {
            settle().finish().expect(0);
        }
        assert_eq!(left(), before - 10, "ten people were settled in part, or others with them");
        before -= 10;
    }
    tell(&format!("{killed} of 20 commands were killed, {in_doubt} people were in doubt"));
    assert!(killed > 0);
    workspace.disparo(["doubt", "confirm", "--sent", "1"]).finish().expect(0);
    let status = workspace.disparo(["status", "1", "--format", "json"]).finish().expect(0);
    assert_eq!((status.tally().accepted, status.json()["state"].as_str()), (1_000, Some("completed")));
}
