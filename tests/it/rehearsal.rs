//! The clock of a rehearsal: everything is dated by it, and nobody real is messaged while it shows another time.

use crate::harness::{People, Workspace};

#[test]
fn a_rehearsal_is_dated_by_its_clock() {
    let workspace = Workspace::at("2027-03-14T01:30:00-05:00");
    workspace.text_campaign("spring", &People::seeded(1, 3), "");
    workspace.run("spring").expect(0);
    let status = workspace.disparo(["status", "spring-1", "--format", "json"]).finish().json();
    let at = status["created"].as_str().unwrap_or_default().to_owned();
    assert!(at.starts_with("2027-03-14T06:3"), "{at}");
}

#[test]
fn nobody_real_is_messaged_at_another_time() {
    let workspace = Workspace::at("2027-03-14T01:30:00-05:00");
    let channel = workspace.devino("https://api.devino.online", "");
    workspace.write("channels.toml", channel);
    workspace.text_campaign("spring", &People::seeded(1, 3), "");
    let refused = workspace.run("spring");
    assert!(refused.expect(3).stderr.contains("DISPARO_CLOCK is for rehearsals"));
}
