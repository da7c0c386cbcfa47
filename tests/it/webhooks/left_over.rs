//! What was answered 200 by a process that was killed before it applied it.

use std::sync::Arc;

use disparo::clock::SystemClock;
use disparo::domain::{Heard, Inbound, MessageId, Phone};
use disparo::journal::{Journal, Letter};

use crate::harness::{People, Workspace};

fn asks_to_be_left_alone(phone: &str) -> Heard {
    Heard::Inbound(Box::new(Inbound {
        id: MessageId::Number(1),
        from: Phone::from_digits(phone).expect("a number"),
        to: None,
        group: None,
        kind: "text".into(),
        text: Some("SAIR".into()),
        payload: None,
        in_reply_to: None,
        profile: None,
        details: None,
        at: None,
    }))
}

#[test]
fn an_opt_out_that_only_waits_is_heeded_by_the_next_command_that_sends() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let people = People::seeded(17, 5);
    workspace.text_campaign("oi", &people, "");
    {
        let store = Journal::open(&workspace.folder().join(".disparo"), Arc::new(SystemClock::new()));
        let heard = vec![asks_to_be_left_alone(&people.phones()[2])];
        let letter = Letter { channel: "devino".to_owned(), received: 1_790_000_000_000, heard };
        let keep = async { store.expect("nobody has the store").keep(vec![letter]).await };
        tokio::runtime::Runtime::new().expect("a runtime").block_on(keep).expect("kept");
    }
    let run = workspace.run("oi").expect(0);
    assert_eq!((run.tally().suppressed, run.tally().accepted), (1, 4), "{run}");
}
