//! Wati's failures (providers.md §3.3 and §3.5) through the real binary: in HTTP 200 and in 400, with
//! and without words, with and without a body.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use disparo::provider::wati::FACTS;

use crate::harness::{Finished, People, Workspace, doubts, report};

/// A workspace with a template campaign over one number that makes one call at a time.
fn campaign(people: &People) -> Workspace {
    let workspace = Workspace::new();
    workspace.only_wati();
    workspace.write("audiences/vip.csv", people.csv());
    workspace.write(
        "vip.toml",
        "version = 1\nname = \"vip\"\nchannel = \"wati\"\n[audience]\nfile = \"audiences/vip.csv\"\n\
         [message.template]\nid = \"promo\"\nparams = { nome = \"{{ nome }}\" }\n",
    );
    workspace
}

/// The number of somebody is refused with a body.
fn answers(status: u16, body: &str, phone: Option<&str>) -> String {
    let whom = phone.map(|phone| format!("containing = [\"+{phone}\"]\n")).unwrap_or_default();
    format!("[[faults]]\nthen = \"status\"\nstatus = {status}\nbody = '''{body}'''\n{whom}")
}

fn resume(workspace: &Workspace) -> Finished {
    workspace.disparo(["resume", "--format", "json"]).finish()
}

fn taken(workspace: &Workspace) -> BTreeSet<String> {
    let accepted = workspace.sandbox().accepted();
    let taken: BTreeSet<_> = accepted.iter().map(|one| one.to.clone()).collect();
    assert_eq!(taken.len(), accepted.len(), "somebody was taken twice");
    taken
}

#[track_caller]
fn held(run: Finished, kind: &str, words: &[&str], (accepted, pending): (u64, u64)) {
    let run = run.expect(6);
    let json = run.json();
    assert_eq!(json["held"]["kind"], kind, "{run}");
    let sentence = json["held"]["sentence"].as_str().unwrap_or_default();
    for word in words {
        assert!(sentence.contains(word), "no `{word}` in {sentence}");
    }
    let tally = run.tally();
    let expected = (accepted, 0, 0, pending);
    assert_eq!((tally.accepted, tally.rejected, tally.in_doubt, tally.pending), expected, "{run}");
}

const NUMBER: &str = "the number is not on WhatsApp";
const REFUSED: &str = "Wati refuses the request";
const VALUES: &str = "the template's values are not those that the template has";

/// Status, body, code and words of failures for which the recipient is to blame: those that say so, and
/// those that say nothing while others are accepted.
const OF_RECIPIENT: [(u16, &str, &str, &str); 16] = [
    (200, r#"{"result":true,"validWhatsAppNumber":false}"#, "invalid.number", NUMBER),
    (200, r#"{"result":false,"validWhatsAppNumber":false}"#, "invalid.number", NUMBER),
    (200, r#"{"result":false,"info":"Invalid Whatsapp Number"}"#, "invalid.number", NUMBER),
    (
        200,
        r#"{"result":false,"errors":{"error":"","invalidWhatsappNumbers":["1"]}}"#,
        "invalid.number",
        NUMBER,
    ),
    (400, r#"{"code":400,"message":"Invalid phone"}"#, "invalid.number", NUMBER),
    (400, "1 is not a valid WhatsApp number", "invalid.number", NUMBER),
    (200, r#"{"result":false,"message":"Ticket has been expired."}"#, "ticket.expired", "24 hours"),
    (400, r#"{"result":false,"info":"Ticket has been expired."}"#, "ticket.expired", "24 hours"),
    (200, r#"{"result":false,"info":"Contact not found"}"#, "contact.unknown", "no such contact"),
    (400, "Conversation not found", "conversation.unknown", "no conversation"),
    (200, r#"{"result":false,"errors":{"invalidCustomParameters":["nome"]}}"#, "invalid.parameters", VALUES),
    (200, r#"{"result":false,"info":"Something else"}"#, "unknown", "the provider says: Something else"),
    (200, r#"{"result":false}"#, "unknown", REFUSED),
    (400, "Something else", "unknown", "the provider says: Something else"),
    (400, "", "http.400", "HTTP status 400"),
    (422, "{}", "http.422", "HTTP status 422"),
];

#[test]
fn what_concerns_a_recipient_rejects_that_one_in_words() {
    let people = People::seeded(101, 2 * OF_RECIPIENT.len() + 4);
    let workspace = campaign(&people);
    // Every second person is accepted, so that nobody takes the failures for the campaign's.
    let bad: Vec<_> = people.phones().iter().skip(1).step_by(2).take(OF_RECIPIENT.len()).collect();
    let mut scenario = String::new();
    for ((status, body, ..), phone) in OF_RECIPIENT.iter().zip(&bad) {
        scenario += &answers(*status, body, Some(phone));
    }
    // The far side's own words for two of them.
    let [.., absent, late] = people.phones() else { panic!("two") };
    for (phone, word) in [(absent, "not_on_whatsapp"), (late, "ticket_expired")] {
        writeln!(scenario, "[[recipients]]\nrefuse = \"{word}\"\nnumbers = [\"+{phone}\"]")
            .expect("a string");
    }
    workspace.sandbox().change_scenario(&scenario);
    let run = workspace.run("vip").expect(4);
    let rejected = OF_RECIPIENT.len() + 2;
    let good = people.phones().len() - rejected;
    assert_eq!((run.tally().accepted, run.tally().rejected), (good as u64, rejected as u64), "{run}");
    let lines = report(&workspace, &run.run());
    let own = [(absent, "invalid.number", NUMBER), (late, "ticket.expired", "24 hours")];
    let told = OF_RECIPIENT.iter().zip(bad).map(|((_, _, code, words), phone)| (phone, *code, *words));
    let mut refused = BTreeSet::new();
    for (phone, code, words) in told.chain(own) {
        let line = &lines[phone];
        assert_eq!((line.status.as_str(), line.code.as_str(), line.calls), ("rejected", code, 1), "{line:?}");
        assert!(line.reason.contains(words), "no `{words}`: {line:?}");
        refused.insert(phone.clone());
    }
    let all: BTreeSet<_> = people.phones().iter().cloned().collect();
    assert_eq!(taken(&workspace), all.difference(&refused).cloned().collect());
}

/// Wati's words (the first two are documented, for the others likely ones are put), and the code.
const OF_CAMPAIGN: [(&str, &str); 15] = [
    ("Check your template, it cannot have typos or blank text", "template.text"),
    ("Template is not approved.", "template.not.approved"),
    ("Template status is PENDING", "template.pending"),
    ("The template is unapproved", "template.not.approved"),
    ("Template was rejected by Meta", "template.not.approved"),
    ("Template is paused", "template.paused"),
    ("Template not found", "template.unknown"),
    ("The template does not exist", "template.unknown"),
    ("Marketing message daily limit reached for this tenant", "marketing.limit"),
    ("Daily limit exceeded", "daily.limit"),
    ("Account is in offline mode", "offline"),
    ("Trial quota exceeded", "trial.quota"),
    ("Monthly API quota exceeded", "quota"),
    ("Channel not found", "channel.unknown"),
    ("Attribute cupom is not defined", "attribute.unknown"),
];

/// Told by a status of v3 alone (its test is in the provider's own), or the same for every provider.
const ELSEWHERE: [&str; 3] = ["conversation.several", "http.", "rejected"];

#[test]
fn every_code_of_the_table_has_its_test_here() {
    let of_recipient = OF_RECIPIENT.iter().map(|(_, _, code, _)| *code);
    let tested: BTreeSet<_> = of_recipient.chain(OF_CAMPAIGN.iter().map(|(_, code)| *code)).collect();
    let limits = FACTS.limits.as_ref().expect("readable limits");
    let is_elsewhere = |code: &&str| ELSEWHERE.iter().any(|elsewhere| code.starts_with(elsewhere));
    let codes = limits.errors.iter().map(|row| row.code.as_str());
    let untested: Vec<_> = codes.filter(|code| !is_elsewhere(code) && !tested.contains(code)).collect();
    assert!(untested.is_empty(), "{untested:?}");
}

#[test]
fn what_concerns_the_campaign_holds_the_run_in_words_and_rejects_nobody() {
    let people = People::seeded(102, 6);
    let workspace = campaign(&people);
    // One of them is reached before the template fails.
    workspace.sandbox().change_scenario("[[recipients]]\nrefuse = \"template_not_approved\"\nfrom = 2\n");
    held(workspace.run("vip"), "campaign_refused", &["template.not.approved", "is not approved"], (1, 5));
    for (number, (words, code)) in OF_CAMPAIGN.into_iter().enumerate() {
        let (status, body) = match number % 3 {
            0 => (200, format!(r#"{{"result":false,"info":"{words}"}}"#)),
            1 => (400, format!(r#"{{"code":400,"message":"{words}","timestamp":"now"}}"#)),
            _ => (400, words.to_owned()),
        };
        workspace.sandbox().change_scenario(&answers(status, &body, None));
        let quoted = format!("the provider says: {}", words.trim_end_matches('.'));
        held(resume(&workspace), "campaign_refused", &["wati", code, &quoted], (1, 5));
    }
    for templates in ["[wati.templates.other]\n", "[wati.templates.promo]\nparams = [\"nome\", \"cupom\"]\n"]
    {
        workspace.sandbox().change_scenario(templates);
        held(resume(&workspace), "campaign_refused", &["template.text"], (1, 5));
    }
    workspace.sandbox().change_scenario("[wati.templates.promo]\nparams = [\"nome\"]\napproved = false\n");
    held(resume(&workspace), "campaign_refused", &["template.not.approved"], (1, 5));
    workspace.sandbox().change_scenario("[wati.templates.promo]\nparams = [\"nome\"]\n");
    assert_eq!(resume(&workspace).expect(0).tally().accepted, 6);
    assert_eq!(taken(&workspace), people.phones().iter().cloned().collect());
}

#[test]
fn four_alike_in_a_row_are_the_campaigns_fault_and_fewer_are_the_peoples() {
    for (people, is_campaign) in [(12, true), (4, true), (3, false), (1, false)] {
        let audience = People::seeded(103, people);
        let workspace = campaign(&audience);
        workspace.sandbox().change_scenario(&answers(
            200,
            r#"{"result":false,"info":"Something else"}"#,
            None,
        ));
        let run = workspace.run("vip");
        let people = people as u64;
        if is_campaign {
            held(run, "campaign_refused", &["Something else", "whoever the recipient is"], (0, people));
            assert_eq!(workspace.sandbox().state()["calls"], 1 + 4, "the question for the templates first");
            workspace.sandbox().change_scenario("");
            assert_eq!(resume(&workspace).expect(0).tally().accepted, people);
        } else {
            let run = run.expect(4);
            assert_eq!((run.tally().rejected, run.tally().accepted), (people, 0), "{run}");
            workspace.sandbox().change_scenario("");
            let again =
                workspace.disparo(["retry", &run.run(), "--yes", "--format", "json"]).finish().expect(0);
            assert_eq!(again.tally().accepted, people);
        }
        assert_eq!(taken(&workspace), audience.phones().iter().cloned().collect());
    }
}

#[test]
fn a_token_that_is_refused_with_an_empty_body_holds_the_run_until_it_is_right() {
    let people = People::seeded(104, 5);
    let workspace = campaign(&people);
    let run = ["run", "vip", "--yes", "--format", "json"];
    let run = workspace.disparo(run).environment("TEST_WATI_TOKEN", "two words").finish();
    held(run, "channel_refused", &["wati", "http.401", "credential"], (0, 5));
    workspace.sandbox().change_scenario("[[faults]]\nthen = \"status\"\nstatus = 403\n");
    held(resume(&workspace), "channel_refused", &["http.403"], (0, 5));
    workspace.sandbox().change_scenario("");
    assert_eq!(resume(&workspace).expect(0).tally().accepted, 5);
    assert_eq!(taken(&workspace), people.phones().iter().cloned().collect());
}

#[test]
fn a_429_with_an_empty_body_slows_the_channel_down() {
    let people = People::seeded(105, 5);
    let workspace = campaign(&people);
    workspace.sandbox().change_scenario("[[faults]]\nthen = \"status\"\nstatus = 429\ncalls = 2\n");
    let run = workspace.run("vip").expect(0);
    assert_eq!(run.tally().accepted, 5);
    assert_eq!(workspace.sandbox().state()["answered"]["429"], 1);
    assert_eq!(taken(&workspace), people.phones().iter().cloned().collect());
}

#[test]
fn answers_that_prove_nothing_leave_their_people_in_doubt() {
    const LOST: &str = "the connection was lost before the provider answered";
    const UNREADABLE: &str = "the provider's answer could not be read";
    const INCOMPLETE: &str = "the provider's answer does not mention this recipient";
    let faults = [
        ("then = \"drop\"\naccepted = true", LOST),
        ("then = \"drop\"", LOST),
        ("then = \"garbage\"\naccepted = true", UNREADABLE),
        ("then = \"truncate\"", UNREADABLE),
        ("then = \"missing\"", INCOMPLETE),
        (
            "then = \"status\"\nstatus = 200\naccepted = true\nbody = '{\"result\":null,\"info\":\"queued\"}'",
            INCOMPLETE,
        ),
        ("then = \"status\"\nstatus = 500\naccepted = true", "HTTP status 500"),
        ("then = \"status\"\nstatus = 500", "HTTP status 500"),
        ("then = \"status\"\nstatus = 503", "HTTP status 503"),
        ("then = \"status\"\nstatus = 302\naccepted = true", "HTTP status 302"),
    ];
    let people = People::seeded(106, faults.len() + 3);
    let workspace = campaign(&people);
    // Nor does Wati say afterwards whom it has messages for.
    let mut scenario = "[[faults]]\nthen = \"status\"\nstatus = 500\noperation = \"messages\"\n".to_owned();
    for ((fault, _), phone) in faults.iter().zip(people.phones()) {
        writeln!(scenario, "[[faults]]\n{fault}\ncontaining = [\"+{phone}\"]").expect("a string");
    }
    workspace.sandbox().change_scenario(&scenario);
    let run = workspace.run("vip").expect(7);
    assert_eq!((run.tally().accepted, run.tally().in_doubt), (3, faults.len() as u64), "{run}");
    let listed = doubts(&workspace, &run.run());
    let expected = faults.iter().zip(people.phones());
    let expected: BTreeMap<_, _> = expected.map(|((_, cause), phone)| (phone.clone(), *cause)).collect();
    assert_eq!(listed.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (phone, cause) in expected {
        assert!(listed[&phone].contains(cause), "no `{cause}`: {}", listed[&phone]);
    }
    let calls = 1 + people.phones().len() as u64 + 2;
    let which = "the question for the templates, one for each, and two tries to ask about the first in doubt";
    assert_eq!(workspace.sandbox().state()["calls"], calls, "{which}");
    assert_eq!(taken(&workspace).len(), 3 + 7);
}
