//! The rows of the guarantees' table "What a failed call means" after which nobody knows who was
//! messaged: those people are in doubt, nobody else is, and nobody is sent to again.

use std::collections::BTreeMap;
use std::fmt::Write;

use disparo::domain::Tally;

use crate::harness::{Breakage, People, Workspace, breaking, doubts, report};

/// People in a call.
const CHUNK: usize = 3;

/// What goes wrong with a call of three people.
struct Case {
    /// The fault, as the scenario writes it.
    fault: &'static str,
    /// Which of the three the far side takes all the same.
    taken: [bool; CHUNK],
    /// Who is in doubt then; the others are accepted.
    in_doubt: [bool; CHUNK],
    /// What the list of doubt says of them.
    cause: &'static str,
}

const fn whole(fault: &'static str, taken: bool, cause: &'static str) -> Case {
    Case { fault, taken: [taken; CHUNK], in_doubt: [true; CHUNK], cause }
}

const LOST: &str = "the connection was lost before the provider answered";
const UNREADABLE: &str = "the provider's answer could not be read";
const INCOMPLETE: &str = "the provider's answer does not mention this recipient";

const CASES: &[Case] = &[
    // Statuses that prove nothing, each once with the call taken and once not, where that may differ. A
    // client that followed a redirect would send twice.
    whole("then = \"status\"\nstatus = 302\naccepted = true", true, "HTTP status 302"),
    whole("then = \"status\"\nstatus = 307\naccepted = true", true, "HTTP status 307"),
    whole("then = \"status\"\nstatus = 308", false, "HTTP status 308"),
    whole("then = \"status\"\nstatus = 408\naccepted = true", true, "HTTP status 408"),
    whole("then = \"status\"\nstatus = 408", false, "HTTP status 408"),
    whole("then = \"status\"\nstatus = 409\naccepted = true", true, "HTTP status 409"),
    whole("then = \"status\"\nstatus = 409", false, "HTTP status 409"),
    whole("then = \"status\"\nstatus = 500\naccepted = true", true, "HTTP status 500"),
    whole("then = \"status\"\nstatus = 500", false, "HTTP status 500"),
    whole("then = \"status\"\nstatus = 502\naccepted = true", true, "HTTP status 502"),
    whole("then = \"status\"\nstatus = 503\naccepted = true", true, "HTTP status 503"),
    whole("then = \"status\"\nstatus = 503", false, "HTTP status 503"),
    whole("then = \"status\"\nstatus = 504\nretry_after = \"1s\"", false, "HTTP status 504"),
    // Statuses that no document lists.
    whole("then = \"status\"\nstatus = 201\naccepted = true", true, "HTTP status 201"),
    whole("then = \"status\"\nstatus = 202", false, "HTTP status 202"),
    whole("then = \"status\"\nstatus = 402", false, "HTTP status 402"),
    whole("then = \"status\"\nstatus = 405", false, "HTTP status 405"),
    whole("then = \"status\"\nstatus = 418\naccepted = true", true, "HTTP status 418"),
    whole("then = \"status\"\nstatus = 451", false, "HTTP status 451"),
    whole("then = \"status\"\nstatus = 599", false, "HTTP status 599"),
    // Nothing, or nothing that can be read.
    whole("then = \"drop\"\naccepted = true", true, LOST),
    whole("then = \"drop\"", false, LOST),
    whole("then = \"hang\"\naccepted = true", true, "the provider did not answer in time"),
    whole("then = \"hang\"", false, "the provider did not answer in time"),
    whole("then = \"garbage\"\naccepted = true", true, UNREADABLE),
    whole("then = \"truncate\"", true, UNREADABLE),
    whole("then = \"status\"\nstatus = 200\nbody = ''\naccepted = true", true, UNREADABLE),
    whole(
        "then = \"status\"\nstatus = 200\nbody = '{\"result\":[{\"code\":\"OK\"'\naccepted = true",
        true,
        UNREADABLE,
    ),
    // Answers that do not say whom they are about.
    whole("then = \"missing\"", true, INCOMPLETE),
    whole("then = \"extra\"", true, INCOMPLETE),
    whole("then = \"status\"\nstatus = 200\nbody = '{}'\naccepted = true", true, INCOMPLETE),
    whole("then = \"status\"\nstatus = 200\nbody = '{\"result\":[]}'\naccepted = true", true, INCOMPLETE),
    whole("then = \"status\"\nstatus = 200\nbody = '{\"result\":null}'", false, INCOMPLETE),
    Case {
        fault: "then = \"status\"\nstatus = 200\naccepted = true\nbody = '{\"result\":[{\"code\":\"OK\",\"messageId\":\"1\"},null,{\"code\":\"OK\",\"messageId\":\"3\"}]}'",
        taken: [true; CHUNK],
        in_doubt: [false, true, false],
        cause: INCOMPLETE,
    },
    Case {
        fault: "then = \"status\"\nstatus = 200\naccepted = true\nbody = '{\"result\":[{\"code\":\"OK\",\"messageId\":\"1\"},{\"code\":\"OK\"},{\"code\":\"QUEUED\"}]}'",
        taken: [true; CHUNK],
        in_doubt: [false, false, true],
        cause: UNREADABLE,
    },
];

/// The first call's people are those of the first case, and so on.
fn scenario(people: &People) -> String {
    let mut scenario = String::new();
    for (case, people) in CASES.iter().zip(people.phones().chunks(CHUNK)) {
        let fault = case.fault;
        writeln!(scenario, "[[faults]]\n{fault}\ncontaining = [\"+{}\"]", people[0]).expect("a string");
    }
    scenario
}

#[test]
fn every_answer_that_proves_nothing_leaves_its_people_in_doubt_and_nobody_else() {
    let workspace = Workspace::new();
    let channel = workspace.devino(workspace.sandbox().base_url(), &format!("chunk = {CHUNK}"));
    workspace.write("channels.toml", channel.replace("\"5s\"", "\"3s\""));
    let healthy = 2;
    let people = People::seeded(51, (CASES.len() + healthy) * CHUNK);
    workspace.sandbox().change_scenario(&scenario(&people));
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome").expect(7);
    assert_eq!(run.json()["state"], "settling", "{run}");

    let all = people.phones().len() as u64;
    let in_doubt = CASES.iter().flat_map(|case| case.in_doubt).filter(|doubt| *doubt).count() as u64;
    let accepted = all - in_doubt;
    let expected = Tally { rows: all, recipients: all, accepted, in_doubt, ..Tally::default() };
    assert_eq!(run.tally(), expected, "{run}");

    let listed = doubts(&workspace, &run.run());
    let lines = report(&workspace, &run.run());
    let mut taken = BTreeMap::<_, u32>::new();
    for one in workspace.sandbox().accepted() {
        *taken.entry(one.to).or_default() += 1;
    }
    let calls = people.phones().chunks(CHUNK);
    let ordinary = Case { fault: "", taken: [true; CHUNK], in_doubt: [false; CHUNK], cause: "" };
    let cases = CASES.iter().chain(std::iter::repeat(&ordinary));
    for (case, people) in cases.zip(calls) {
        for (position, phone) in people.iter().enumerate() {
            let of = format!("{phone}, number {position} of the case\n{}", case.fault);
            assert_eq!(taken.remove(phone), case.taken[position].then_some(1), "{of}");
            let line = &lines[phone];
            assert_eq!(line.calls, 1, "{of}");
            match listed.get(phone) {
                Some(cause) => {
                    assert!(case.in_doubt[position] && cause.contains(case.cause), "{cause}: {of}");
                    assert_eq!((line.status.as_str(), &line.reason), ("in_doubt", cause), "{of}");
                }
                None => {
                    assert_eq!((line.status.as_str(), case.in_doubt[position]), ("accepted", false), "{of}")
                }
            }
        }
    }
    assert!(taken.is_empty(), "taken and nobody's: {taken:?}");

    let calls = workspace.sandbox().state()["calls"].clone();
    assert_eq!(calls, (CASES.len() + healthy) as u64, "one call for each chunk");
    let resumed = workspace.disparo(["resume", &run.run(), "--format", "json"]).finish().expect(7);
    assert_eq!(resumed.tally(), expected, "a resume sends to nobody who is in doubt");
    assert_eq!(workspace.sandbox().state()["calls"], calls);
}

#[test]
fn connections_that_break_after_the_first_byte_leave_their_people_in_doubt() {
    const CALLS: [(Breakage, &str); 8] = [
        (Breakage::Reset, LOST),
        (Breakage::Say(""), LOST),
        (Breakage::Say("HTTP/1.1 200 O"), LOST),
        (Breakage::Say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{\"r"), UNREADABLE),
        (Breakage::Say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"res"), UNREADABLE),
        (Breakage::Say("HTTP/1.1 200 OK\r\n\r\n{\"result\":[{\"code\":\"OK\",\"mess"), UNREADABLE),
        (Breakage::Say("SSH-2.0-OpenSSH_9.6\r\n"), UNREADABLE),
        (Breakage::Say("HTTP/1.1 200 OK\r\nContent-Length: zero\r\n\r\n"), UNREADABLE),
    ];
    let workspace = Workspace::new();
    let address = breaking(CALLS.map(|(breakage, _)| breakage));
    let channel = workspace.devino(&format!("http://{address}"), "chunk = 1\nin_flight = 1");
    workspace.write("channels.toml", channel);
    let people = People::seeded(52, CALLS.len());
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome").expect(7);
    assert_eq!(run.tally().in_doubt, CALLS.len() as u64, "{run}");
    let listed = doubts(&workspace, &run.run());
    for ((breakage, cause), phone) in CALLS.iter().zip(people.phones()) {
        assert_eq!(listed[phone], *cause, "{breakage:?}");
    }
}
