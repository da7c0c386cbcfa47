//! The oracle itself: a harness that cannot find fault proves nothing.

use crate::harness::{People, Workspace};

/// Two workspaces that send through the first one's far side, so that the first one's journal does not
/// know of everything that its far side took.
fn beside(mine: &People, others: &People) -> Workspace {
    let workspace = Workspace::new();
    workspace.text_campaign("welcome", mine, "");
    workspace.run("welcome").expect(0);
    let other = Workspace::new();
    other.is_not_judged("its far side is another's");
    other.write("channels.toml", workspace.channels());
    other.text_campaign("welcome", others, "");
    other.run("welcome").expect(0);
    workspace
}

#[test]
#[should_panic(expected = "accepted more than once")]
fn it_sees_whom_somebody_messaged_twice() {
    beside(&People::seeded(1, 3), &People::seeded(1, 3));
}

#[test]
#[should_panic(expected = "the far side took whom the journal forgot")]
fn it_sees_whom_the_journal_forgot() {
    beside(&People::seeded(1, 3), &People::seeded(2, 3));
}

#[test]
#[should_panic(expected = "the journal calls accepted whom nobody took")]
fn it_sees_whom_nobody_took() {
    let workspace = Workspace::new();
    let elsewhere = Workspace::new();
    elsewhere.is_not_judged("another's people are in its record");
    workspace.write("channels.toml", elsewhere.channels());
    workspace.text_campaign("welcome", &People::seeded(1, 3), "");
    workspace.run("welcome").expect(0);
}
