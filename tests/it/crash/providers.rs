//! Every provider's calls under SIGKILL: a campaign for many people in each form in which a provider takes
//! one, and groups that are made.
//!
//! Every form is sent to ten thousand people; `DISPARO_CRASH_RECIPIENTS` and `DISPARO_CRASH_KILLS` make each
//! of them longer or shorter, and `DISPARO_CRASH_SEED` repeats its moments.

use super::ordeal::Ordeal;
use super::{FAULTS, MAX_IN_DOUBT, judge, knob, run, seed, tell};
use crate::harness::{People, Workspace};

/// People of a campaign, unless the knob says otherwise.
const PEOPLE: u64 = 10_000;

/// Kills of sending processes, unless the knob says otherwise.
const KILLS: u64 = 6;

/// A form in which a provider takes a campaign.
struct Form {
    name: &'static str,
    /// Keys of its channel.
    channel: &'static str,
    /// The tables of its definition that say what is sent.
    content: &'static str,
    /// People in a call.
    chunk: u64,
    /// People of the campaign, unless the knob says otherwise.
    people: u64,
}

impl Form {
    /// As many as may be at risk at once, where a call is for one person; enough of the others.
    fn in_flight(&self) -> u64 {
        if self.is_single() { MAX_IN_DOUBT } else { 24 }
    }

    /// Whether a call is for one person: Sinch takes several only for equal texts.
    fn is_single(&self) -> bool {
        self.chunk == 1 || (self.channel == SINCH && self.content == PERSONAL)
    }

    /// The usual faults of a far side that answers fast. A 429 holds a whole channel up for some five
    /// seconds, so that there are only a few of them, however many calls there are.
    fn scenario(&self) -> String {
        let faults = FAULTS.replace("10ms..40ms", "0ms..3ms");
        let (others, throttles) = faults.rsplit_once("2%").expect("the 429s are the last of the faults");
        let share = if self.is_single() { "0.02%" } else { "0.2%" };
        format!("{others}{share}{throttles}{TEMPLATES}")
    }
}

const DEVINO: &str = "provider = \"devino\"\nfrom = \"MyCompany\"\nkey = { env = \"TEST_DEVINO_KEY\" }";
const WATI: &str = "provider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\ntoken = { env = \"TEST_WATI_TOKEN\" }";
const SINCH: &str =
    "provider = \"sinch\"\nuser = \"team@example.com\"\ntoken = { env = \"TEST_WATI_TOKEN\" }";

const WATI_BULK: &str = "provider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\nmode = \"bulk\"\ntoken = { env = \"TEST_WATI_TOKEN\" }";
const WATI_V3: &str = "provider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\nmode = \"v3\"\ntoken = { env = \"TEST_WATI_TOKEN\" }";
const OMNICHANNEL: &str = "provider = \"omnichannel\"\naccount = \"9a92ea44\"\nchannel = \"64ef5c84f9deb1326965919e\"\nplatform = \"karoochat\"\ntoken = { env = \"TEST_WATI_TOKEN\" }";

const PERSONAL: &str = "[message]\ntext = \"Oi {{ nome }}, você é a pessoa {{ n }}.\"";
const EQUAL: &str = "[message]\ntext = \"Oi! A loja abre às oito.\"";
const TEMPLATE: &str = "[message.template]\nid = \"welcome\"\nparams = { nome = \"{{ nome }}\" }";

/// The template that Wati's account has.
const TEMPLATES: &str = "\n[wati.templates.welcome]\nparams = [\"nome\"]\n";

/// A workspace whose only channel is `main`.
fn workspace(form: &Form, timeout: &str) -> Workspace {
    let workspace = Workspace::alone_with_scenario(&form.scenario());
    let base_url = workspace.sandbox().base_url();
    let Form { channel, chunk, .. } = form;
    workspace.write(
        "channels.toml",
        format!(
            "[main]\n{channel}\nbase_url = \"{base_url}\"\nrate = \"none\"\ntimeout = \"{timeout}\"\n\
             chunk = {chunk}\nin_flight = {}\n\
             retry = {{ attempts = 20, first = \"5ms\", most = \"100ms\" }}\n",
            form.in_flight()
        ),
    );
    workspace
}

fn survives(form: &Form) {
    let seed = seed(form.name);
    let people = knob("DISPARO_CRASH_RECIPIENTS").unwrap_or(form.people);
    let wanted = knob("DISPARO_CRASH_KILLS").unwrap_or(KILLS);
    let workspace = workspace(form, "5s");
    let audience = People::seeded(seed, people.try_into().expect("fits into memory"));
    workspace.write("audiences/welcome.csv", audience.csv());
    let definition = format!(
        "version = 1\nname = \"welcome\"\nchannel = \"main\"\n[audience]\nfile = \"audiences/welcome.csv\"\n\
         {}\n[safety]\nmax_in_doubt = {MAX_IN_DOUBT}\n",
        form.content
    );
    workspace.write("welcome.toml", definition);
    let mut ordeal = Ordeal::new(&workspace, seed, people, MAX_IN_DOUBT, wanted);
    let ended = ordeal.suffer(run(&workspace));
    judge(&workspace, &ended, ordeal.kills, MAX_IN_DOUBT);
    assert!(ordeal.kills.sending >= wanted / 2, "only {:?}", ordeal.kills);
}

#[test]
fn devino() {
    survives(&Form { name: "devino", channel: DEVINO, content: PERSONAL, chunk: 10, people: PEOPLE });
}

#[test]
fn wati_one_person_a_call() {
    survives(&Form { name: "wati", channel: WATI, content: TEMPLATE, chunk: 1, people: PEOPLE });
}

#[test]
fn wati_many_people_a_call() {
    survives(&Form { name: "wati, bulk", channel: WATI_BULK, content: TEMPLATE, chunk: 20, people: PEOPLE });
}

#[test]
fn wati_of_the_third_version() {
    survives(&Form { name: "wati, v3", channel: WATI_V3, content: TEMPLATE, chunk: 20, people: PEOPLE });
}

#[test]
fn omnichannel() {
    survives(&Form {
        name: "omnichannel",
        channel: OMNICHANNEL,
        content: PERSONAL,
        chunk: 1,
        people: PEOPLE,
    });
}

#[test]
fn sinch_with_the_same_text_for_everybody() {
    survives(&Form { name: "sinch, equal texts", channel: SINCH, content: EQUAL, chunk: 10, people: PEOPLE });
}

#[test]
fn sinch_with_a_text_for_each() {
    survives(&Form {
        name: "sinch, personal texts",
        channel: SINCH,
        content: PERSONAL,
        chunk: 10,
        people: PEOPLE,
    });
}

#[test]
fn groups_are_each_made_once_and_none_is_left_in_doubt() {
    const GROUPS: u64 = 500;
    let seed = seed("groups");
    let wanted = knob("DISPARO_CRASH_KILLS").unwrap_or(KILLS);
    let form = Form { name: "groups", channel: SINCH, content: "", chunk: 1, people: GROUPS };
    let workspace = workspace(&form, "2s");
    let subjects: String = (1..=GROUPS).map(|number| format!("Turma {number}\n")).collect();
    workspace.write("audiences/welcome.csv", format!("turma\n{subjects}"));
    let definition = "version = 1\nname = \"welcome\"\nchannel = \"main\"\n[audience]\nfile = \"audiences/welcome.csv\"\n\
                      [action]\ncreate_group = { subject = \"{{ turma }}\" }\n[safety]\nmax_in_doubt = 8\n";
    workspace.write("welcome.toml", definition);
    let mut ordeal = Ordeal::new(&workspace, seed, GROUPS, 8, wanted);
    let ended = ordeal.suffer(run(&workspace));
    tell(&format!("{:?}: {:?}", ordeal.kills, ended.tally()));
    assert_eq!((ended.tally().accepted, ended.tally().in_doubt), (GROUPS, 0), "{ended}");
    assert_eq!(ended.json()["state"], "completed");
    assert!(ordeal.kills.sending >= wanted / 2, "only {:?}", ordeal.kills);
    let made = workspace.sandbox().accepted();
    assert_eq!(made.len() as u64, GROUPS, "a group was made twice");
}
