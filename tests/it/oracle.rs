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

/// A workspace whose only channel is Sinch at this address.
fn over_sinch(base_url: &str) -> Workspace {
    let workspace = Workspace::new();
    let channel = format!(
        "[sinch]\nprovider = \"sinch\"\nuser = \"loja\"\ntoken = {{ env = \"TEST_WATI_TOKEN\" }}\n\
         base_url = \"{base_url}\"\nrate = \"none\"\ntimeout = \"5s\"\n"
    );
    workspace.write("channels.toml", channel);
    workspace
}

/// Two workspaces of one account at Sinch run the same definition; gives the one whose far side it is.
fn twice_over_sinch(audience: &str, content: &str) -> Workspace {
    let mine = Workspace::new();
    let base_url = mine.sandbox().base_url().to_owned();
    let others = [over_sinch(&base_url), over_sinch(&base_url)];
    for one in &others {
        one.is_not_judged("its far side is another's");
        one.write("audiences/a.csv", audience);
        let definition = format!(
            "version = 1\nname = \"welcome\"\nchannel = \"sinch\"\n[audience]\nfile = \"audiences/a.csv\"\n{content}\n"
        );
        one.write("welcome.toml", definition);
        one.run("welcome").expect(0);
    }
    let journal = others[0].folder().join(".disparo");
    std::fs::rename(journal, mine.folder().join(".disparo")).expect("a journal");
    mine.write("channels.toml", std::fs::read(others[0].folder().join("channels.toml")).expect("channels"));
    mine
}

#[test]
#[should_panic(expected = "accepted more than once")]
fn it_sees_who_got_a_message_twice_over_sinch() {
    twice_over_sinch("telefone\n11987654321\n", "[message]\ntext = \"Oi\"");
}

#[test]
#[should_panic(expected = "accepted more than once")]
fn it_sees_a_group_that_was_made_twice() {
    twice_over_sinch("turma\nA\n", "[action]\ncreate_group = { subject = \"{{ turma }}\" }");
}
