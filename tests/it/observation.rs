//! What operators see of a process that stays up: metrics, readiness, and its log.

mod openmetrics;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::process::Command as System;

use disparo::clock::{Clock, SystemClock};
use serde_json::Value;

use crate::harness::{Controls, People, Running, Serve, Workspace, until};
use openmetrics::Scrape;

/// A far side on which Devino rejects the numbers that end so, the first messages are turned away, and Devino's
/// calls with some of these people are taken, but never answered. Of Wati nobody is in doubt: `serve` would ask
/// about them.
fn trouble(people: &People) -> String {
    format!(
        "[[recipients]]\nrefuse = \"invalid\"\nendings = [\"2\", \"5\"]\nprovider = \"devino\"\n\
         [wati.templates.welcome]\nparams = [\"1\"]\nlanguage = \"pt_BR\"\n\
         [[faults]]\nthen = \"status\"\nstatus = 429\nretry_after = \"1s\"\noperation = \"message\"\ncalls = \"1..=8\"\n\
         [[faults]]\nthen = \"drop\"\naccepted = true\nprovider = \"devino\"\noperation = \"message\"\ncontaining = {:?}\n",
        people.phones()[..3].iter().map(|phone| format!("+{phone}")).collect::<Vec<_>>()
    )
}

/// A `serve` that is observed, and where.
fn observed<const N: usize>(workspace: &Workspace, arguments: [&str; N]) -> (Serve, Controls) {
    let arguments = ["--metrics", "127.0.0.1:0"].into_iter().chain(arguments).collect::<Vec<_>>();
    let mut serve = match arguments.as_slice() {
        [metrics, address] => Serve::start_with(workspace, [metrics, address]),
        [metrics, address, one] => Serve::start_with(workspace, [metrics, address, one]),
        [metrics, address, one, two] => Serve::start_with(workspace, [metrics, address, one, two]),
        other => Serve::start_with(workspace, [other[0], other[1], other[2], other[3], other[4]]),
    };
    let controls = panel(serve.process());
    (serve, controls)
}

/// Where the panel of a process is.
fn panel(process: &mut Running) -> Controls {
    let address = process.until("the panel's address", |process| {
        let stderr = process.stderr();
        let (_, rest) = stderr.split_once("readiness are on ")?;
        let end = rest.find(['\n', '"'])?;
        Some(rest[..end].to_owned())
    });
    Controls::of(&address)
}

/// The address of Devino's webhooks. Asked for once everything is sent: so the far side has it of no message, and
/// posts nothing by itself.
fn url_of_devino(workspace: &Workspace, serve: &Serve) -> String {
    let channels = std::fs::read_to_string(workspace.folder().join("channels.toml")).expect("written");
    let heard = format!("[devino]\ncallback_url = \"{}\"", serve.base_url());
    workspace.write("channels.toml", channels.replacen("[devino]", &heard, 1));
    serve.url(workspace, "devino")
}

fn scrape(panel: &Controls) -> Scrape {
    let (status, text) = panel.call("GET", "/metrics", "");
    assert_eq!(status, 200, "{text}");
    Scrape::read(&text)
}

/// A campaign over two providers with three channels.
fn two_providers() -> (Workspace, People) {
    let people = People::seeded(71, 300);
    let workspace = Workspace::with_scenario(&trouble(&people));
    let channels = workspace.channels().replacen("[devino]", "[devino]\nchunk = 20\nin_flight = 1", 1);
    workspace.write("channels.toml", channels.replace("rate = \"none\"", "rate = \"60000/m\""));
    workspace.write("audiences/welcome.csv", people.csv());
    workspace.write(
        "march.toml",
        "version = 1\nname = \"march\"\nchannel = { devino = 2, wati-a = 1, wati-b = 1 }\n\
         [audience]\nfile = \"audiences/welcome.csv\"\n\
         [message.template]\nid = \"welcome\"\nparams = [\"{{ nome }}\"]\n",
    );
    (workspace, people)
}

#[test]
fn the_metrics_of_a_run_are_its_tally_and_the_far_sides_record() {
    let (workspace, _) = two_providers();
    let (serve, panel) = observed(&workspace, []);
    let before = scrape(&panel);
    assert_eq!(before.value("disparo_ready"), 1.0);
    assert_eq!(before.sum("disparo_messages_total", &[]), 0.0);

    let run = workspace.run("march");
    let tally = run.tally();
    assert!(tally.rejected > 10 && tally.in_doubt > 0 && tally.accepted > 100, "{run}");
    let after = scrape(&panel);
    let messages = |labels: &[&str]| after.sum("disparo_messages_total", labels);
    assert_eq!(messages(&["class=\"accepted\""]), tally.accepted as f64, "{after:?}");
    assert_eq!(messages(&["class=\"rejected\""]), tally.rejected as f64, "{after:?}");
    assert_eq!(messages(&["class=\"in_doubt\""]), tally.in_doubt as f64, "{after:?}");
    assert!(messages(&["class=\"unsent\""]) > 0.0, "nobody was turned away: {after:?}");
    for (place, count) in [
        ("accepted", tally.accepted),
        ("rejected", tally.rejected),
        ("in_doubt", tally.in_doubt),
        ("pending", 0),
    ] {
        assert_eq!(after.value(&format!("disparo_recipients{{place=\"{place}\"}}")), count as f64, "{place}");
    }
    assert_eq!(after.value("disparo_recipients_in_doubt"), tally.in_doubt as f64);
    let record = workspace.sandbox().accepted();
    // The far side took those of the lost calls whom it does not reject.
    for (channel, sender) in
        [("devino", "MyCompany"), ("wati-a", "5511900000001"), ("wati-b", "5521900000002")]
    {
        let taken = record.iter().filter(|one| one.sender == sender).count() as f64;
        let of = format!("channel=\"{channel}\"");
        let accepted = messages(&[&of, "class=\"accepted\""]);
        let told = accepted + messages(&[&of, "class=\"in_doubt\""]);
        assert!(
            accepted > 0.0 && (accepted..=told).contains(&taken),
            "{channel}: {accepted} to {told}, not {taken}"
        );
        assert_eq!(
            after.sum("disparo_call_latency_seconds_count", &[&of]),
            after.sum("disparo_calls_total", &[&of]),
            "{channel}"
        );
        let limit =
            format!("disparo_channel_rate_limit{{channel=\"{channel}\",unit=\"recipients\",window=\"60\"}}");
        assert_eq!(after.value(&limit), 1_000.0, "{after:?}");
    }
    let calls = workspace.sandbox().calls();
    let answered = calls.iter().filter(|call| call.recipients > 0 && call.answered == "200").count() as f64;
    let outcome = |outcome: &str| after.sum("disparo_calls_total", &[&format!("outcome=\"{outcome}\"")]);
    assert_eq!(outcome("answered"), answered, "{after:?}");
    assert_eq!(after.sum("disparo_throttles_total", &[]), outcome("throttled"), "{after:?}");
    assert!(outcome("throttled") > 0.0 && outcome("in_doubt") > 0.0, "{after:?}");
    assert_eq!(after.sum("disparo_runs", &[]), 1.0);
    assert!(after.value("disparo_journal_flush_seconds_count") > 0.0);
    assert!(after.sum("disparo_store_size_bytes", &["part=\"journal\""]) > 1_000.0);
    assert!(
        after.value("disparo_disk_free_bytes") > 0.0
            && after.value("disparo_process_start_time_seconds") > 1e9
    );
    assert_eq!(after.sum("disparo_build_info", &[env!("CARGO_PKG_VERSION")]), 1.0);

    // Webhooks: each accepted message of Devino's is delivered, and somebody sends nonsense.
    let url = url_of_devino(&workspace, &serve);
    let ours: Vec<_> = record.iter().filter(|one| one.sender == "MyCompany").collect();
    let now = SystemClock::new().now().as_millisecond();
    let statuses = ours.iter().enumerate().map(|(index, one)| {
        crate::webhooks::told::devino_status(index, &one.callback_data, "DELIVERED", 0, now - 3_000)
    });
    let body = Value::Array(statuses.collect()).to_string();
    assert_eq!(serve.post(&url, &body), 200);
    assert_eq!(serve.post(&url, "nonsense"), 400);
    let told = ours.len() as f64;
    let heard = until("the receipts are applied", || {
        let heard = scrape(&panel);
        (heard.value("disparo_receipts_applied_total") >= told).then_some(heard)
    });
    assert_eq!(heard.value("disparo_webhook_events_total{channel=\"devino\"}"), told);
    assert_eq!(heard.value("disparo_webhooks_total{outcome=\"taken\"}"), 1.0);
    assert_eq!(heard.value("disparo_webhooks_total{outcome=\"malformed\"}"), 1.0);
    assert_eq!(heard.value("disparo_webhook_durable_seconds_count{channel=\"devino\"}"), 1.0);
    assert!(heard.value("disparo_webhook_behind_seconds_sum{channel=\"devino\"}") >= 3.0, "{heard:?}");
    assert_eq!(heard.value("disparo_deliveries{status=\"delivered\"}"), told);
    until("nothing waits", || (scrape(&panel).value("disparo_webhook_letters_waiting") == 0.0).then_some(()));
    serve.terminate().expect(0);
}

#[test]
fn the_panel_answers_what_is_asked_and_the_public_listener_nothing() {
    let workspace = Workspace::new();
    let (serve, panel) = observed(&workspace, []);
    let public = Controls::of(serve.base_url());
    for path in ["/metrics", "/healthz", "/readyz"] {
        assert_eq!(panel.call("GET", path, "").0, 200, "{path}");
        assert_eq!(panel.call("HEAD", path, ""), (200, String::new()), "{path}");
        assert_eq!(panel.call("POST", path, "x").0, 405, "{path}");
        assert_eq!(public.call("GET", path, ""), (404, String::new()), "{path} is shown to strangers");
    }
    assert_eq!(panel.call("GET", "/", "").0, 404);
    assert_eq!(panel.call("GET", "/metrics/", "").0, 404);
    assert_eq!(panel.call("GET", "/healthz", "").1, "{\"alive\":true}\n");
    assert_eq!(panel.call("GET", "/readyz", "").1, "{\"ready\":true}\n");
    let taken = workspace.disparo(["serve", "--listen", "127.0.0.1:0", "--metrics", "256.0.0.1:1"]);
    assert!(taken.finish().expect(2).stderr.contains("--metrics"));
    drop(serve);

    // The same by workspace.toml.
    workspace.write("workspace.toml", "[listen]\nmetrics = \"127.0.0.1:0\"\n");
    let mut serve = Serve::start(&workspace);
    let panel = self::panel(serve.process());
    assert_eq!(panel.call("GET", "/readyz", "").0, 200);
    serve.terminate().expect(0);
}

/// Mounts a disk of 8 MiB over the workspace's copy, for the command alone.
const SMALL_DISK: &str = "mkdir -p small && mount -t tmpfs -o size=8m small small && \
    cp channels.toml small/ && exec \"$@\"";

#[test]
fn a_full_disk_is_not_ready_and_says_why() {
    let can_mount = System::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "try", "/mnt"]).output();
    if !can_mount.is_ok_and(|output| output.status.success()) {
        // Not `eprintln!`, which the test runner keeps to itself.
        let skipped = "SKIPPED a_full_disk_is_not_ready_and_says_why: this system lets nobody mount a disk of their own";
        writeln!(io::stderr(), "{skipped}").expect("a stderr");
        return;
    }
    let workspace = Workspace::new();
    let command = workspace.disparo(["--workspace", "small", "serve", "--listen", "127.0.0.1:0"]);
    let command = command.arguments(["--metrics", "127.0.0.1:0"]);
    let mut process = command.through("unshare", ["-rm", "bash", "-c", SMALL_DISK, "small"]).start();
    let panel = panel(&mut process);
    let (status, why) = panel.call("GET", "/readyz", "");
    assert_eq!(status, 503, "{why}");
    let why: Value = serde_json::from_str(&why).expect("JSON");
    assert_eq!(why["ready"], false);
    assert!(why["problems"][0].as_str().is_some_and(|why| why.contains("MiB are left on the disk")), "{why}");
    assert_eq!(scrape(&panel).value("disparo_ready"), 0.0);
    assert_eq!(panel.call("GET", "/healthz", "").0, 200, "it lives all the same");
    process.kill();
}

#[test]
fn a_log_of_every_step_names_nobody_and_shows_no_secret() {
    let (workspace, people) = two_providers();
    let (serve, panel) = observed(&workspace, ["-vv", "--log-format", "json"]);
    let run = workspace.disparo(["run", "march", "--yes", "--format", "json", "-vv"]).finish();
    assert!(run.tally().accepted > 100, "{run}");
    let url = url_of_devino(&workspace, &serve);
    let record = workspace.sandbox().accepted();
    let one = record.iter().find(|one| one.sender == "MyCompany").expect("somebody");
    let status = crate::webhooks::told::devino_status(0, &one.callback_data, "READ", 0, 1_800_000_000_000);
    assert_eq!(serve.post(&url, Value::Array(vec![status]).to_string()), 200);
    assert_eq!(serve.post(&url, format!("{{\"to\": \"{}\"}}", one.to)), 400);
    until("it is applied", || (scrape(&panel).value("disparo_receipts_applied_total") == 1.0).then_some(()));
    let ended = serve.terminate().expect(0);
    let log = ended.stderr;

    let secret = url.rsplit('/').next().expect("a secret");
    for hidden in ["c2FuZGJveC1rZXk", "sandbox-token", secret] {
        assert!(!log.contains(hidden), "a secret is in the log");
    }
    for phone in people.phones() {
        // As it is written, and without the ninth digit.
        let digits = phone.trim_start_matches('+');
        assert!(!log.contains(digits) && !log.contains(&digits[4..]), "a number is in the log");
    }

    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    for line in &lines {
        let has = |key: &str| line[key].as_str().is_some_and(|value| !value.is_empty());
        assert!(["timestamp", "level", "message", "target"].into_iter().all(has), "{line}");
        let stamp: Result<jiff::Timestamp, _> = line["timestamp"].as_str().expect("a text").parse();
        assert!(stamp.is_ok(), "{line}");
    }
    let levels: BTreeSet<_> = lines.iter().filter_map(|line| line["level"].as_str()).collect();
    assert_eq!(levels, BTreeSet::from(["DEBUG", "INFO", "TRACE", "WARN"]));
    let said = |message: &str| {
        let found = lines.iter().find(|line| line["message"] == message);
        found.unwrap_or_else(|| panic!("nobody says \"{message}\" in {log}"))
    };
    let begun = said("the run is being sent");
    assert_eq!((&begun["recipients"], &begun["pending"]), (&300.into(), &300.into()), "{begun}");
    assert_eq!(
        (&begun["span"]["run"], &begun["span"]["campaign"]),
        (&"march-1".into(), &"march".into()),
        "{begun}"
    );
    let call = said("a call is settled");
    for field in ["attempt", "recipients", "accepted", "rejected", "in_doubt", "unsent", "latency_ms"] {
        assert!(call[field].is_u64(), "{field} in {call}");
    }
    let tally = run.tally();
    let ended = said("the run is not being sent any more");
    assert_eq!(
        (&ended["accepted"], &ended["in_doubt"]),
        (&tally.accepted.into(), &tally.in_doubt.into()),
        "{ended}"
    );
    assert!(said("throttled: the provider asks to slow down")["wait_ms"].is_u64());
    assert!(said("recipients are in doubt")["channel"].is_string());
}

#[test]
fn what_is_refused_before_anything_begins_is_json_too() {
    let workspace = Workspace::new();
    let refused = workspace.disparo(["serve", "--log-format", "json", "--nonsense"]).finish().expect(2);
    let line: Value = serde_json::from_str(refused.stderr.trim_end()).expect("one object");
    assert!(line["message"].as_str().is_some_and(|message| message.contains("--nonsense")), "{line}");
    workspace.write("channels.toml", "[a]\nprovider = \"nobody\"\n");
    let refused = workspace.disparo(["serve", "--log-format=json"]).finish().expect(3);
    for line in refused.stderr.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(line["level"], "ERROR", "{line}");
    }
    let loud = workspace.disparo(["status"]).environment("DISPARO_LOG", "loud").finish().expect(2);
    assert!(loud.stderr.contains("DISPARO_LOG") && loud.stderr.contains("\"loud\""), "{loud}");
}
