//! Limits of an hour and longer: over restarts and jumps of the clock, over a portfolio's numbers, over whatever counts
//! as a call; and what a person is told of them.

use serde_json::Value;

use crate::harness::{People, Running, Workspace};

/// Sends until a limit is used up, which is said.
fn until_used_up(workspace: &Workspace, campaign: &str, limit: &str) -> Running {
    waits_for(workspace.disparo(["run", campaign, "--yes"]).start(), limit)
}

fn waits_for(mut run: Running, limit: &str) -> Running {
    let said = format!("the limit of {limit} is used up until");
    run.until("the limit to be used up", |run| run.stderr().contains(&said).then_some(()));
    run
}

fn count(workspace: &Workspace, run: &str, place: &str) -> u64 {
    status(workspace, run)["tally"][place].as_u64().expect("a count")
}

fn status(workspace: &Workspace, run: &str) -> Value {
    workspace.disparo(["status", run, "--format", "json"]).finish().expect(0).json()
}

/// Two channels that share 60 people a day, with a campaign of 40 people over each.
fn portfolio() -> Workspace {
    let workspace = Workspace::at("2027-03-14T01:30:00-05:00");
    let one = workspace.devino(workspace.sandbox().base_url(), "chunk = 50\nportfolio = \"loja\"\n");
    let other = one.replacen("[devino]", "[other]", 1).replacen("MyCompany", "Another", 1);
    workspace.write("channels.toml", format!("{one}\n{other}\n[portfolios]\nloja = \"60/24h\"\n"));
    workspace.text_campaign("first", &People::seeded(1, 40), "");
    let file = workspace.text_campaign("second", &People::seeded(2, 40), "");
    let definition = std::fs::read_to_string(&file).expect("a definition");
    workspace.write("second.toml", definition.replace("\"devino\"", "\"other\""));
    assert_eq!(workspace.run("first").expect(0).tally().accepted, 40);
    workspace
}

#[test]
fn the_numbers_of_a_portfolio_share_its_budget_over_restarts_and_use_all_of_it() {
    let workspace = portfolio();
    let run = until_used_up(&workspace, "second", "60/d");
    workspace.sandbox().until_accepted(60);
    assert_eq!(workspace.sandbox().accepted().len(), 60, "the last call is as small as what is left");
    run.interrupt();
    run.wait().expect(5);
    assert_eq!(count(&workspace, "second-2", "pending"), 20);
    // Another process counts what was sent before it.
    workspace.clock().jump_to("2027-03-14T20:00:00-05:00");
    let again = waits_for(workspace.disparo(["resume", "second-2"]).start(), "60/d");
    assert_eq!(workspace.sandbox().accepted().len(), 60);
    // It goes on by itself when the day is over.
    workspace.clock().jump_to("2027-03-15T01:40:00-05:00");
    again.wait().expect(0);
    assert_eq!(count(&workspace, "second-2", "accepted"), 40);
}

#[test]
fn the_status_says_which_limit_keeps_a_run_waiting_and_until_when() {
    let workspace = portfolio();
    let run = until_used_up(&workspace, "second", "60/d");
    let waiting = status(&workspace, "second-2");
    assert_eq!((&waiting["state"], &waiting["waiting"]["for"]), (&"sending".into(), &"limit".into()));
    let used_up = &waiting["used_up"][0];
    assert_eq!(
        (&used_up["channel"], &used_up["portfolio"], &used_up["limit"]),
        (&"other".into(), &"loja".into(), &"60/d".into()),
        "{waiting}"
    );
    assert_eq!(used_up["until"], waiting["waiting"]["until"]);
    let until = used_up["until"].as_str().expect("a moment");
    assert!(until.starts_with("2027-03-15T06:3"), "a day after the first calls: {until}");
    let sentence =
        "portfolio loja, which channel other belongs to: the limit of 60/d is used up until 2027-03-15 06:3";
    for arguments in [&["status"][..], &["status", "second-2"]] {
        let told = workspace.disparo([]).arguments(arguments).finish().expect(0);
        assert!(told.stdout.contains(sentence), "{told}");
    }
    run.interrupt();
    run.wait().expect(5);
    let stopped = status(&workspace, "second-2");
    assert_eq!((&stopped["waiting"], &stopped["used_up"]), (&Value::Null, &Value::Array(Vec::new())));
}

#[test]
fn a_campaigns_own_limit_is_told_of_unless_it_was_given_another() {
    let workspace = Workspace::at("2027-03-14T12:00:00Z");
    workspace.only_devino("chunk = 10\n");
    workspace.text_campaign("sale", &People::seeded(1, 40), "[pace]\nrate = \"20/d\"\n");
    let run = until_used_up(&workspace, "sale", "20/d");
    let waiting = status(&workspace, "sale-1");
    assert_eq!(
        (&waiting["used_up"][0]["channel"], &waiting["waiting"]["for"]),
        (&Value::Null, &"limit".into())
    );
    let told = workspace.disparo(["status"]).finish().expect(0);
    assert!(told.stdout.contains("the campaign: the limit of 20/d is used up until 2027-03-15"), "{told}");
    run.interrupt();
    run.wait().expect(5);
    workspace.sandbox().hold();
    let run = workspace.disparo(["resume", "sale-1", "--rate", "100/d", "--format", "json"]).start();
    workspace.sandbox().until_held(1);
    assert_eq!(status(&workspace, "sale-1")["used_up"], Value::Array(Vec::new()));
    workspace.sandbox().release();
    assert_eq!(run.wait().expect(0).tally().accepted, 40);
}

#[test]
fn a_months_calls_are_counted_over_restarts_until_the_month_is_over() {
    let workspace = Workspace::at("2027-03-30T12:00:00Z");
    workspace.write("mine.toml", "[monthly_calls]\ndefault = 3\n");
    workspace.only_devino("chunk = 10\nlimits = \"mine.toml\"\n");
    workspace.text_campaign("sale", &People::seeded(1, 50), "");
    let limit = "3 calls in a calendar month";
    let run = until_used_up(&workspace, "sale", limit);
    workspace.sandbox().until_accepted(30);
    assert_eq!(workspace.sandbox().accepted().len(), 30);
    let used_up = status(&workspace, "sale-1")["used_up"][0].clone();
    assert_eq!((&used_up["limit"], &used_up["portfolio"]), (&limit.into(), &Value::Null));
    assert_eq!(used_up["until"], "2027-04-01T00:02:00Z");
    run.interrupt();
    run.wait().expect(5);
    let again = waits_for(workspace.disparo(["resume"]).start(), limit);
    assert_eq!(workspace.sandbox().accepted().len(), 30);
    workspace.clock().jump_to("2027-04-01T00:05:00Z");
    again.wait().expect(0);
    assert_eq!(count(&workspace, "sale-1", "accepted"), 50);
}

#[test]
fn look_ups_and_the_questions_of_plans_are_calls_of_the_month_too() {
    let workspace = Workspace::at("2027-03-30T12:00:00Z");
    workspace.is_not_judged("the record names no recipients of contacts that were changed");
    let base_url = workspace.sandbox().base_url();
    workspace.write("mine.toml", "[monthly_calls]\ndefault = 6\n");
    let channel = format!(
        "[crm]\nprovider = \"omnichannel\"\naccount = \"loja\"\nchannel = \"canal-1\"\nplatform = \"site\"\n\
         token = {{ env = \"TEST_WATI_TOKEN\" }}\nbase_url = \"{base_url}\"\nrate = \"none\"\ntimeout = \"5s\"\n\
         limits = \"mine.toml\"\nin_flight = 1\n"
    );
    workspace.write("channels.toml", channel);
    let people =
        "telefone,nome\n5511987650001,Ana\n5511987650002,Rui\n5511987650003,Eva\n5511987650004,Ivo\n";
    workspace.write("audiences/pessoas.csv", people);
    workspace.write(
        "contatos.toml",
        "version = 1\nname = \"contatos\"\nchannel = \"crm\"\n[audience]\nfile = \"audiences/pessoas.csv\"\n\
         [action]\nupsert_contact = { name = \"{{ nome }}\" }\n",
    );
    // Each contact is looked up, and then made: three of them are six calls.
    let run = until_used_up(&workspace, "contatos", "6 calls in a calendar month");
    assert_eq!(count(&workspace, "contatos-1", "accepted"), 3);
    assert_eq!(workspace.sandbox().calls().len(), 6);
    run.interrupt();
    run.wait().expect(5);
    // A plan whose audience is asked for has no call left to ask.
    workspace.write(
        "todos.toml",
        "version = 1\nname = \"todos\"\nchannel = \"crm\"\n[audience]\nsource = { contacts = {} }\n\
         [message]\ntext = \"Oi\"\n",
    );
    let refused = workspace.run("todos");
    assert_ne!(refused.code(), Some(0), "{refused}");
    assert!(refused.stderr.contains("6 calls in a calendar month is used up until 2027-04-01"), "{refused}");
    assert_eq!(workspace.sandbox().calls().len(), 6);
    workspace.clock().jump_to("2027-04-01T00:05:00Z");
    let again = workspace.disparo(["resume", "contatos-1", "--format", "json"]).finish().expect(0);
    assert_eq!(again.tally().accepted, 4);
}
