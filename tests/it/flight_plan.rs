//! `check` as a flight plan: when what would be sent, what would not fit, what is left of limits, what it costs.

use serde_json::Value;

use crate::harness::{People, Workspace};

/// Two numbers each of Manaus, São Paulo and Lisbon.
const THREE_PLACES: &str = "nome,telefone,n\nAna,+5592981234561,1\nZé,+5592981234562,2\nCaio,+5511981234561,3\n\
     João,+5511981234562,4\nLuísa,+351912345671,5\nMárcia,+351912345672,6\n";
const FRIDAY_EVENING: &str = "at = 2027-03-05T18:00:00\ntimezone = \"America/Sao_Paulo\"\n\
     window = { days = \"mon-fri\", from = \"08:00\", to = \"20:00\" }\n";

/// 900 people, six a minute.
fn campaign(workspace: &Workspace, schedule: &str) {
    let more = format!("[pace]\nrate = \"6/m\"\n\n[schedule]\n{schedule}");
    workspace.text_campaign("welcome", &People::seeded(1, 900), &more);
}

/// What is said of the campaign, without the file's path.
fn text(workspace: &Workspace) -> String {
    let checked = workspace.disparo(["check", "welcome"]).finish().expect(0);
    checked.stdout.lines().skip(1).collect::<Vec<_>>().join("\n")
}

fn json(workspace: &Workspace) -> Value {
    workspace.disparo(["check", "welcome", "--format", "json"]).finish().expect(0).json()
}

#[test]
fn a_weekend_is_slept_through() {
    let workspace = Workspace::at("2027-03-05T12:00:00Z");
    workspace.only_devino("");
    campaign(&workspace, FRIDAY_EVENING);
    insta::assert_snapshot!("weekend", text(&workspace));
    let checked = json(&workspace);
    insta::assert_json_snapshot!("weekend_json", checked["flight"]);
    assert_eq!(checked["channels"][0]["calls"], checked["calls"]);
    // 150 calls, 61.2 seconds apart, and the nights and days between.
    assert_eq!(checked["seconds"], 150.0 * 61.2 + 60.0 * 3_600.0);
    assert_eq!(checked["cost"], Value::Null);
}

#[test]
fn what_does_not_fit_before_the_campaign_is_stale_is_told() {
    let workspace = Workspace::at("2027-03-05T12:00:00Z");
    workspace.only_devino("");
    campaign(&workspace, &format!("{FRIDAY_EVENING}valid_until = 2027-03-08T08:10:00\n"));
    insta::assert_snapshot!("stale", text(&workspace));
    let flight = &json(&workspace)["flight"];
    assert_eq!(
        (&flight["will_not_fit"], &flight["valid_until"]),
        (&135.into(), &"2027-03-08T11:10:00Z".into())
    );
}

#[test]
fn recipients_are_counted_by_their_clocks() {
    let workspace = Workspace::at("2027-03-09T12:00:00Z");
    workspace.only_devino("");
    let schedule = "at = 2027-03-10T01:00:00\ntimezone = \"America/Sao_Paulo\"\n\
         window = { days = \"mon-sun\", from = \"08:00\", to = \"20:00\", clock = \"recipient\" }\n";
    campaign(&workspace, schedule);
    workspace.write("audiences/welcome.csv", THREE_PLACES);
    insta::assert_snapshot!("clocks", text(&workspace));
    let flight = &json(&workspace)["flight"];
    // Eight in the Azores, where numbers of Portugal may be, and a little after eight in Manaus.
    assert_eq!(flight["first"], "2027-03-10T09:00:00Z");
    assert!(flight["ends"].as_str().is_some_and(|ends| ends.starts_with("2027-03-10T12:00:")), "{flight}");
    insta::assert_json_snapshot!("clocks_json", flight["clocks"]);
}

#[test]
fn a_day_quota_that_is_partly_used_stretches_a_run_over_days() {
    let workspace = Workspace::at("2027-03-05T12:00:00Z");
    let limited = workspace.devino(workspace.sandbox().base_url(), "");
    workspace.write("channels.toml", limited.replace("rate = \"none\"", "rate = [\"102/s\", \"100/d\"]"));
    workspace.write("workspace.toml", "timezone = \"America/Sao_Paulo\"\n");
    workspace.text_campaign("earlier", &People::seeded(2, 40), "");
    workspace.text_campaign("welcome", &People::seeded(3, 150), "");
    assert_eq!(workspace.run("earlier").expect(0).tally().accepted, 40);
    let checked = json(&workspace);
    insta::assert_json_snapshot!("quota_json", checked["flight"]["limits"]);
    insta::assert_json_snapshot!("quota_days_json", checked["flight"]["days"]);
    let text = text(&workspace);
    assert!(
        text.contains("limit         devino, 100/d: 40 used before, 150 by this run, 10 left at its end"),
        "{text}"
    );
    assert!(text.contains("Sat 6 Mar 2027") && text.contains("at the earliest"), "{text}");
}

#[test]
fn messages_have_prices() {
    let workspace = Workspace::new();
    workspace.text_campaign("welcome", &People::seeded(1, 1), "");
    workspace.write("audiences/welcome.csv", THREE_PLACES);
    let cost = |prices: &str| {
        workspace.write("workspace.toml", format!("[prices]\ncurrency = \"BRL\"\n{prices}"));
        let line = text(&workspace).lines().find(|line| line.starts_with("  cost")).map(str::to_owned);
        line.expect("a cost")[16..].to_owned()
    };
    assert_eq!(cost("each = \"0.35\"\n"), "BRL 2.10");
    assert_eq!(cost("each = \"0.35\"\n[prices.countries]\nPT = \"0.6025\"\n"), "BRL 2.605");
    assert_eq!(cost("[prices.countries]\nPT = \"0.60\"\n"), "BRL 1.20, and 4 recipients without a price");
    assert_eq!(
        cost("each = \"1\"\n[prices.countries]\nPT = \"2\"\n[prices.channels]\ndevino = \"0.01\"\n"),
        "BRL 0.06"
    );
    cost("each = \"0.35\"\n[prices.channels]\nwati-x = \"1\"\n");
    let checked = json(&workspace);
    insta::assert_json_snapshot!("prices_json", (&checked["cost"], &checked["notes"]));
    // An action is no message.
    workspace.write(
        "welcome.toml",
        "version = 1\nname = \"welcome\"\nchannel = \"wati-a\"\n\n[audience]\nfile = \"audiences/welcome.csv\"\n\n\
         [action]\nset_chat_status = \"solved\"\n",
    );
    assert_eq!(cost("each = \"0.35\"\n"), "BRL 0.00");
    assert_eq!(cost("each = \"0.35\"\nactions = \"0.001\"\n"), "BRL 0.006");
}

#[test]
fn prices_that_are_none_are_told_with_their_places() {
    let workspace = Workspace::new();
    workspace.text_campaign("welcome", &People::seeded(1, 1), "");
    workspace.write(
        "workspace.toml",
        "[prices]\ncurrency = \"reais\"\neach = \"0,35\"\nactions = \"-1\"\n\n\
         [prices.countries]\nPortugal = \"0.60\"\nPT = \"0.1234567\"\n\n[prices.channels]\ndevino = \"free\"\n",
    );
    let refused = workspace.disparo(["check"]).finish().expect(3);
    insta::assert_snapshot!(
        "wrong_prices",
        refused.stderr.replace(&*workspace.folder().to_string_lossy(), ".")
    );
    workspace.write("workspace.toml", "[prices]\neach = \"0.35\"\n");
    let refused = workspace.disparo(["check"]).finish().expect(3);
    assert!(refused.stderr.contains("`prices` needs `currency`"), "{}", refused.stderr);
    // Whoever judges the workspace reads it.
    workspace.write("workspace.toml", "");
}
