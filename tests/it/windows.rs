//! `schedule.window` and `schedule.valid_until` through the real binary, on a clock that jumps from edge to edge.

use std::fmt::Write;

use disparo::domain::Zone;
use jiff::civil::time;
use jiff::{SignedDuration, Timestamp};

use crate::harness::{Accepted, People, Running, Workspace, until};

const BY_RECIPIENT: &str = "[schedule]\ntimezone = \"America/Sao_Paulo\"\n\
     window = { days = \"mon-sun\", from = \"08:00\", to = \"20:00\", clock = \"recipient\" }\n\n";
const BY_SENDER: &str = "[schedule]\ntimezone = \"America/Sao_Paulo\"\n\
     window = { days = \"mon-sun\", from = \"08:00\", to = \"20:00\", clock = \"sender\" }\n\n";

/// Manaus, São Paulo and Lisbon: how their numbers begin, and where their people are.
const PLACES: [(&str, &str); 3] =
    [("5592981", "America/Manaus"), ("5511981", "America/Sao_Paulo"), ("351912", "Europe/Lisbon")];

/// So many numbers of each of the three places, in turn.
fn audience(each: usize) -> String {
    let mut csv = "nome,telefone\n".to_owned();
    for index in 0..each {
        for (start, _) in PLACES {
            writeln!(csv, "Ana,+{start}{index:06}").expect("a string takes everything");
        }
    }
    csv
}

fn at(moment: &str) -> Timestamp {
    moment.parse().expect("a moment")
}

/// When somebody was accepted.
fn arrival(one: &Accepted) -> Timestamp {
    Timestamp::from_millisecond(one.wall_ms).expect("a time")
}

/// The place whose number it is.
fn place(one: &Accepted) -> &'static str {
    let place = PLACES.iter().find(|(start, _)| one.to.starts_with(start));
    place.unwrap_or_else(|| panic!("nobody's number: {one:?}")).1
}

/// Lets real time pass until the workspace's clock shows `moment`.
fn reach(workspace: &Workspace, moment: Timestamp) {
    until("time passes", || (workspace.clock().now() >= moment).then_some(()));
}

fn write(workspace: &Workspace, more: &str) {
    workspace.only_devino("chunk = 3");
    workspace.write("audiences/vip.csv", audience(160));
    workspace.write(
        "vip.toml",
        format!(
            "version = 1\nname = \"vip\"\nchannel = \"devino\"\n\n[audience]\nfile = \"audiences/vip.csv\"\n\n\
             [message]\ntext = \"Oi {{{{ nome }}}}\"\n\n{more}"
        ),
    );
}

#[test]
fn nobody_hears_of_it_before_eight_or_after_twenty_where_they_are() {
    let workspace = Workspace::at("2027-03-10T19:55:00Z");
    write(&workspace, &format!("{BY_RECIPIENT}[pace]\nrate = \"12/s\"\n"));
    let mut run = workspace.disparo(["run", "vip", "--yes"]).start();
    run.until("the first are sent to", |_| (workspace.sandbox().count("accepted") > 0).then_some(()));
    // 20:00 in Lisbon, São Paulo and Manaus, then 08:00 in the Azores (where numbers of Lisbon may be), São Paulo and Manaus.
    let shutting = ["2027-03-10T20:00:00Z", "2027-03-10T23:00:00Z", "2027-03-11T00:00:00Z"].map(at);
    let opening = ["2027-03-11T09:00:00Z", "2027-03-11T11:00:00Z", "2027-03-11T12:00:00Z"].map(at);
    for edge in shutting {
        workspace.clock().jump_to(&(edge - SignedDuration::from_secs(4)).to_string());
        reach(&workspace, edge + SignedDuration::from_millis(500));
    }
    for (edge, zone) in opening.iter().zip(["Europe/Lisbon", "America/Sao_Paulo", "America/Manaus"]) {
        workspace.clock().jump_to(&(*edge - SignedDuration::from_millis(700)).to_string());
        run.until("somebody for whom it opened", |_| {
            let accepted = workspace.sandbox().accepted();
            accepted.iter().any(|one| arrival(one) >= *edge && place(one) == zone).then_some(())
        });
    }
    // Everybody else at once, and the whole of it once more over the evening.
    run.interrupt();
    run.wait().expect(5);
    workspace.clock().jump_to("2027-03-11T19:59:58.2Z");
    let mut rest = workspace.disparo(["resume", "--rate", "300/s"]).start();
    rest.until("the night", |rest| rest.stderr().contains("outside its window").then_some(()));
    workspace.clock().jump_to("2027-03-12T09:00:00Z");
    rest.wait().expect(0);
    let accepted = workspace.sandbox().accepted();
    assert_eq!(accepted.len(), 480);
    for one in &accepted {
        let zone: Zone = place(one).parse().expect("a zone");
        let there = zone.at(arrival(one)).time();
        assert!((time(8, 0, 0, 0)..time(20, 0, 0, 0)).contains(&there), "{there} for {}", place(one));
    }
    let near = |edge: Timestamp, zone: &str| {
        let is_near = |one: &&Accepted| {
            arrival(one).duration_since(edge).abs() < SignedDuration::from_secs(5) && place(one) == zone
        };
        accepted.iter().filter(is_near).count()
    };
    for (edge, (_, zone)) in shutting.iter().zip(PLACES.iter().rev()) {
        assert!(near(*edge, zone) > 0, "nobody of {zone} before {edge}");
    }
}

/// A run that waits for its window, which says so.
fn waiting(workspace: &Workspace, arguments: [&str; 3]) -> Running {
    let mut run = workspace.disparo(arguments).start();
    run.until("the wait", |run| {
        let told = "vip-1: outside its window, goes on Wed 2027-03-10 08:00 (America/Sao_Paulo)";
        run.stderr().contains(told).then_some(())
    });
    run
}

#[test]
fn a_wait_is_left_by_ctrl_c_and_by_a_kill_and_gone_on_with() {
    let workspace = Workspace::at("2027-03-10T07:00:00-03:00");
    workspace.only_devino("");
    workspace.text_campaign("vip", &People::seeded(7, 20), BY_SENDER);
    let run = waiting(&workspace, ["run", "vip", "--yes"]);
    let paused = workspace.disparo(["pause", "1"]).finish();
    assert!(paused.expect(0).stdout.contains("vip-1 is paused"));
    run.wait().expect(5);
    waiting(&workspace, ["resume", "1", "-v"]).kill();
    let status = workspace.disparo(["status", "1", "--format", "json"]).finish().expect(0).json();
    assert_eq!(status["state"], "waiting");
    assert_eq!(
        (&status["waiting"]["for"], &status["waiting"]["until"]),
        (&"window".into(), &"2027-03-10T11:00:00Z".into())
    );
    let resumed = waiting(&workspace, ["resume", "1", "-v"]);
    resumed.interrupt();
    let left = resumed.wait().expect(5);
    assert!(left.stderr.contains("`disparo resume vip-1`"), "{}", left.stderr);
    let table = workspace.disparo(["status"]).finish().expect(0).stdout;
    assert!(
        table.contains("outside its window, goes on Wed 2027-03-10 08:00 (America/Sao_Paulo)"),
        "{table}"
    );
    let resumed = waiting(&workspace, ["resume", "1", "-v"]);
    assert_eq!(workspace.sandbox().count("calls"), 0);
    workspace.clock().jump_to("2027-03-10T08:00:00-03:00");
    resumed.wait().expect(0);
    assert_eq!(workspace.sandbox().count("accepted"), 20);
}

#[test]
fn what_is_not_worth_sending_any_more_is_not_sent() {
    let workspace = Workspace::at("2027-03-10T12:00:00-03:00");
    workspace.only_devino("chunk = 1");
    let schedule = "[schedule]\ntimezone = \"America/Sao_Paulo\"\nvalid_until = 2027-03-10T12:30:00\n\n[pace]\nrate = \"10/s\"\n";
    workspace.text_campaign("vip", &People::seeded(8, 200), schedule);
    let run = workspace.disparo(["run", "vip", "--yes", "--format", "json"]).start();
    until("somebody to be sent to", || (!workspace.sandbox().accepted().is_empty()).then_some(()));
    workspace.clock().jump_to("2027-03-10T12:29:58-03:00");
    let run = run.wait().expect(4);
    let tally = run.tally();
    assert_eq!(run.json()["state"], "expired");
    assert!(tally.accepted > 0 && tally.accepted + tally.expired == 200, "{tally:?}");
    let end = at("2027-03-10T12:30:00-03:00");
    assert!(workspace.sandbox().accepted().iter().all(|one| arrival(one) < end));
    assert!(workspace.disparo(["resume", "1"]).finish().expect(2).stderr.contains("is expired"));
    workspace.clock().jump_to("2027-03-10T12:30:00-03:00");
    let late = workspace.run("vip").expect(3).stderr;
    assert!(late.contains("was worth sending until 2027-03-10 12:30 (America/Sao_Paulo)"), "{late}");
}
