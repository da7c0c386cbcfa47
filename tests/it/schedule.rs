//! `disparo schedule`: when campaigns are sent next, in three time zones, over days on which clocks are changed.

use serde_json::Value;

use crate::harness::{People, Serve, Workspace};

/// The campaigns of `disparo schedule`, by name.
fn campaign(answer: &Value, name: &str) -> Value {
    let campaigns = answer["campaigns"].as_array().expect("campaigns");
    let found = campaigns.iter().find(|campaign| campaign["campaign"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {answer}")).clone()
}

fn times(campaign: &Value, key: &str) -> Vec<String> {
    let firings = campaign["firings"].as_array().expect("firings");
    firings.iter().map(|firing| firing[key].as_str().unwrap_or("-").to_owned()).collect()
}

/// The night before clocks are put forward in New York, in a workspace of São Paulo.
fn spring() -> Workspace {
    let workspace = Workspace::at("2027-03-13T12:00:00-05:00");
    workspace.write("workspace.toml", "timezone = \"America/Sao_Paulo\"\nholidays = [2027-03-15]\n");
    let people = People::seeded(1, 2);
    let scheduled = |name: &str, more: &str| {
        workspace.text_campaign(name, &people, &format!("[schedule]\n{more}"));
    };
    scheduled("daily", "cron = \"30 2 * * *\"\ntimezone = \"America/New_York\"");
    scheduled("often", "cron = \"*/30 * * * *\"\ntimezone = \"America/New_York\"");
    scheduled(
        "tokyo",
        "cron = \"0 8 * * MON\"\ntimezone = \"Asia/Tokyo\"\nvalid_until = 2027-03-22T00:00:00",
    );
    scheduled(
        "once",
        "at = 2027-03-14T22:00:00\nwindow = { days = \"mon-fri\", from = \"08:00\", to = \"20:00\" }",
    );
    scheduled("past", "at = 2027-03-13T08:00:00-05:00");
    scheduled("stale", "at = 2027-03-12T08:00:00\nvalid_until = 2027-03-12T20:00:00\nlate = \"send\"");
    workspace.text_campaign("draft", &people, "");
    workspace
}

#[test]
fn firings_are_told_in_the_campaigns_zone_and_the_workspaces() {
    let workspace = spring();
    let answer =
        workspace.disparo(["schedule", "--count", "2", "--format", "json"]).finish().expect(0).json();
    assert_eq!(answer["timezone"], "America/Sao_Paulo");
    let daily = campaign(&answer, "daily");
    // 02:30 is left out on the 14th; in São Paulo, which has no summer time, 08:00 of one day is 07:00 of the next.
    assert_eq!(times(&daily, "campaign_time"), ["2027-03-14T03:00:00-04:00", "2027-03-15T02:30:00-04:00"]);
    assert_eq!(times(&daily, "local_time"), ["2027-03-14T04:00:00-03:00", "2027-03-15T03:30:00-03:00"]);
    assert_eq!(times(&daily, "weekday"), ["Sunday", "Monday"]);
    assert_eq!(times(&daily, "clock_change"), ["moved", "-"]);
    assert_eq!((&daily["state"], &daily["cron"]), (&"scheduled".into(), &"30 2 * * *".into()));
    let tokyo = campaign(&answer, "tokyo");
    assert_eq!(times(&tokyo, "campaign_time"), ["2027-03-15T08:00:00+09:00"], "nothing after valid_until");
    assert_eq!(times(&tokyo, "local_time"), ["2027-03-14T20:00:00-03:00"]);
    let once = campaign(&answer, "once");
    assert_eq!(times(&once, "campaign_time"), ["2027-03-14T22:00:00-03:00"]);
    assert_eq!(once["window"]["holidays"], 1);
    let past = campaign(&answer, "past");
    assert_eq!((&past["state"], &past["then"]), (&"overdue".into(), &"hold".into()));
    assert_eq!(past["overdue_since"], "2027-03-13T13:00:00Z");
    assert_eq!(campaign(&answer, "stale")["state"], "expired");
    assert_eq!(campaign(&answer, "draft")["state"], "draft");
    let left_out = "2027-03-14T01:00:00-05:00";
    let often =
        workspace.disparo(["schedule", "often", "--from", left_out, "--count", "3", "--format", "json"]);
    let often = campaign(&often.finish().expect(0).json(), "often");
    let shown = ["2027-03-14T01:30:00-05:00", "2027-03-14T03:00:00-04:00", "2027-03-14T03:30:00-04:00"];
    assert_eq!(times(&often, "campaign_time"), shown);
}

#[test]
fn people_read_the_same() {
    let workspace = spring();
    let told = workspace.disparo(["schedule", "--count", "1"]).finish().expect(0);
    let text = told.stdout;
    for line in [
        "daily: cron 30 2 * * *, America/New_York\n",
        "  Sun 2027-03-14 03:00 -04:00   Sun 2027-03-14 04:00 -03:00 America/Sao_Paulo   in 14h",
        "clocks are put forward: its time is left out that day\n",
        "once: at 2027-03-14 22:00, America/Sao_Paulo\n",
        "  window: mon-fri 08:00–20:00, not on 1 holiday\n",
        // The Monday is a holiday.
        "  the next one waits for its window until Tue 2027-03-16 08:00 -03:00",
        "  overdue by 4h: it is held for a person once `disparo serve` or `disparo run --scheduled` runs",
        "  expired: nothing of it is sent any more",
    ] {
        // The clock goes on while the command starts.
        let later = line.replace("in 14h", "in 13h 59m");
        assert!(text.contains(line) || text.contains(&later), "{line} is not in\n{text}");
    }
    assert!(text.starts_with("past: "), "what is late comes first:\n{text}");
    assert!(told.stderr.contains("1 draft, sent when somebody runs it: draft"), "{}", told.stderr);
}

#[test]
fn a_day_that_has_an_hour_twice_is_told_hour_by_hour() {
    let workspace = Workspace::at("2027-11-07T00:45:00-04:00");
    workspace.write("workspace.toml", "timezone = \"Europe/Lisbon\"\n");
    let people = People::seeded(1, 2);
    let zone = "timezone = \"America/New_York\"";
    workspace.text_campaign("daily", &people, &format!("[schedule]\ncron = \"30 1 * * *\"\n{zone}"));
    workspace.text_campaign("hourly", &people, &format!("[schedule]\ncron = \"0 * * * *\"\n{zone}"));
    let told = |name: &str| {
        let answer = workspace.disparo(["schedule", name, "--count", "3", "--format", "json"]).finish();
        campaign(&answer.expect(0).json(), name)
    };
    let daily = told("daily");
    let once = ["2027-11-07T01:30:00-04:00", "2027-11-08T01:30:00-05:00", "2027-11-09T01:30:00-05:00"];
    assert_eq!(times(&daily, "campaign_time"), once);
    assert_eq!(times(&daily, "clock_change"), ["first", "-", "-"]);
    let hourly = told("hourly");
    let twice = ["2027-11-07T01:00:00-04:00", "2027-11-07T01:00:00-05:00", "2027-11-07T02:00:00-05:00"];
    assert_eq!(times(&hourly, "campaign_time"), twice);
    assert_eq!(times(&hourly, "clock_change"), ["first", "second", "-"]);
    assert_eq!(times(&hourly, "local_time")[0], "2027-11-07T05:00:00+00:00");
}

#[test]
fn a_broken_definition_hides_no_other_and_a_daemon_answers_alike() {
    let workspace = spring();
    let people = People::seeded(1, 2);
    workspace.text_campaign("broken", &people, "[schedule]\ncron = \"0 25 * * *\"");
    let mine = workspace.disparo(["schedule", "tokyo", "broken", "--format", "json"]).finish().expect(3);
    assert!(mine.stderr.contains("`25` is no hour of a cron pattern"), "{}", mine.stderr);
    assert_eq!(times(&campaign(&mine.json(), "tokyo"), "weekday"), ["Monday"]);
    // Nothing is due while serve runs.
    for late in ["past", "stale"] {
        std::fs::remove_file(workspace.folder().join(format!("{late}.toml")))
            .expect("the definition is there");
    }
    let serve = Serve::start(&workspace);
    let its = workspace.disparo(["schedule", "tokyo", "broken", "--format", "json"]).finish().expect(3);
    assert!(its.stderr.contains("`25` is no hour of a cron pattern"), "{}", its.stderr);
    assert_eq!(
        times(&campaign(&its.json(), "tokyo"), "campaign_time"),
        times(&campaign(&mine.json(), "tokyo"), "campaign_time")
    );
    serve.terminate();
    let refused = workspace.disparo(["schedule", "--from", "soon"]).finish().expect(2);
    assert!(refused.stderr.contains("--from soon is no moment"), "{}", refused.stderr);
}
