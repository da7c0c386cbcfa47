//! `disparo serve`: where it listens, whom it answers, what it tells, and how it ends.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::harness::{People, Serve, Workspace};

/// Leaves the channel `devino` alone, whose webhooks come to `base_url`.
fn heard_at(workspace: &Workspace, base_url: &str) {
    workspace.only_devino(&format!("callback_url = \"{base_url}\""));
}

/// A status as seed 002 has it, of a message that nobody here has sent.
const STATUS: &str = r#"[{"messageId": 9007199254740993, "status": "DELIVERED"}]"#;

#[test]
fn other_commands_are_carried_out_through_it() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    workspace.text_campaign("oi", &People::seeded(1, 3), "");
    let serve = Serve::start(&workspace);
    let run = workspace.run("oi").expect(0);
    assert_eq!(run.tally().accepted, 3);
    let second = workspace.disparo(["serve", "--listen", "127.0.0.1:0"]).finish().expect(2);
    assert!(second.stderr.contains("another process of disparo owns this workspace"), "{second}");
    let listened = workspace.disparo(["run", "oi", "--again", "--listen", "127.0.0.1:0"]).finish().expect(2);
    assert!(listened.stderr.contains("listens for webhooks already"), "{listened}");
    let ended = serve.terminate().expect(0);
    assert!(ended.stderr.contains("0 webhooks taken"), "{ended}");
    assert!(ended.stderr.contains("none has a callback_url"), "{ended}");
}

#[test]
fn each_channel_has_an_address_that_only_these_commands_show() {
    let workspace = Workspace::new();
    let serve = Serve::start(&workspace);
    heard_at(&workspace, serve.base_url());
    let url = serve.url(&workspace, "devino");
    let secret = url.strip_prefix(&format!("{}/webhooks/devino/", serve.base_url())).expect("below it");
    assert_eq!(secret.len(), 43, "256 bits: {url}");
    assert_eq!(serve.url(&workspace, "devino"), url, "it stays");
    workspace.text_campaign("oi", &People::seeded(1, 2), "");
    let shown = workspace.disparo(["preview", "oi", "--wire"]).finish().expect(0);
    assert!(shown.stdout.contains("/webhooks/devino/<secret>"), "{shown}");
    let run = workspace.disparo(["run", "oi", "--yes", "-v"]).finish().expect(0);
    let ended = serve.terminate().expect(0);
    assert!(!format!("{shown}{run}{ended}").contains(secret));
    let plans = fs::read_dir(workspace.folder().join(".disparo/rosters")).expect("rosters");
    for plan in plans {
        let plan = fs::read_to_string(plan.expect("a roster").path().join("plan.json")).expect("a plan");
        assert!(!plan.contains(secret), "{plan}");
    }
}

#[test]
fn posts_are_kept_refused_and_counted() {
    let workspace = Workspace::new();
    let serve = Serve::start(&workspace);
    heard_at(&workspace, serve.base_url());
    let url = serve.url(&workspace, "devino");
    assert_eq!(serve.post(&url, STATUS), 200);
    let deep = "[".repeat(100_000);
    let bodies: [(&[u8], &str); 5] = [
        (b"", "nothing"),
        (b"{", "truncated"),
        (b"true", "no webhook of Devino's"),
        (b"[{\"messageId\": 1, \"status\": \"\xff\"}]", "not UTF-8"),
        (deep.as_bytes(), "deeply nested"),
    ];
    for (body, why) in bodies {
        assert_eq!(serve.post(&url, body), 400, "{why}");
    }
    assert_eq!(serve.post(&url, "a".repeat((1 << 20) + 1)), 413);
    assert_eq!(serve.post(&url[..url.len() - 1], STATUS), 404);
    assert_eq!(serve.post(&url.replace("/devino/", "/other/"), STATUS), 404);
    assert_eq!(serve.post(&url, STATUS), 200, "none of it did harm");
    let ended = serve.terminate().expect(0);
    let counts = "2 webhooks taken with 2 events, 5 malformed, 3 refused, 0 not kept";
    assert!(ended.stderr.contains(counts), "{ended}");
}

#[test]
fn an_address_that_was_replaced_is_heard_as_well() {
    let workspace = Workspace::new();
    let serve = Serve::start(&workspace);
    heard_at(&workspace, serve.base_url());
    let before = serve.url(&workspace, "devino");
    let rotated = workspace.disparo(["serve", "--rotate-url", "devino"]).finish().expect(0);
    let after = serve.url(&workspace, "devino");
    assert_eq!(rotated.stdout, format!("devino  {after}\n"));
    assert_ne!(after, before);
    assert_eq!((serve.post(&before, STATUS), serve.post(&after, STATUS)), (200, 200));
    let unknown = workspace.disparo(["serve", "--rotate-url", "devin"]).finish().expect(2);
    assert!(unknown.stderr.contains("devino"), "{unknown}");
    serve.kill();
    let again = Serve::start(&workspace);
    heard_at(&workspace, again.base_url());
    for url in [&before, &after] {
        assert_eq!(
            again.post(&url.replace(serve_base(url), again.base_url()), STATUS),
            200,
            "another process"
        );
    }
    again.terminate().expect(0);
}

/// Everything of a webhook's address before its path.
fn serve_base(url: &str) -> &str {
    url.split_once("/webhooks/").map(|(base, _)| base).unwrap_or_else(|| panic!("{url}"))
}

#[test]
fn what_is_missing_for_an_address_is_said() {
    let workspace = Workspace::new();
    let wanting = workspace.disparo(["serve", "--print-urls"]).finish().expect(3);
    assert_eq!(wanting.stdout, "");
    assert!(wanting.stderr.contains("channel `wati-a` has no callback_url"), "{wanting}");
    workspace.write("channels.toml", "[rehearsal]\nprovider = \"devino\"\nfrom = \"A\"\nsandbox = true\n");
    let wanting = workspace.disparo(["serve", "--print-urls"]).finish().expect(3);
    assert!(wanting.stderr.contains("name one with --listen"), "{wanting}");
    let named = workspace.disparo(["serve", "--print-urls", "--listen", "127.0.0.1:8321"]).finish().expect(0);
    assert!(named.stdout.starts_with("rehearsal  http://127.0.0.1:8321/webhooks/rehearsal/"), "{named}");
}

#[test]
fn an_address_that_is_taken_is_refused() {
    let workspace = Workspace::new();
    let taken = workspace.sandbox().base_url().trim_start_matches("http://").to_owned();
    let refused = workspace.disparo(["serve", "--listen", &taken]).finish().expect(2);
    assert!(refused.stderr.contains(&format!("cannot listen for webhooks on {taken}")), "{refused}");
}

#[test]
fn a_certificate_is_used_and_its_key_is_nobody_elses() {
    let workspace = Workspace::new();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    workspace.write("tls/chain.pem", made.cert.pem());
    let key = workspace.write("tls/key.pem", made.signing_key.serialize_pem());
    workspace.write("workspace.toml", "[listen]\ncertificate = \"tls/chain.pem\"\nkey = \"tls/key.pem\"\n");
    fs::set_permissions(&key, Permissions::from_mode(0o644)).expect("our own file");
    let refused = workspace.disparo(["serve", "--listen", "127.0.0.1:0"]).finish().expect(3);
    assert!(refused.stderr.contains("open to others than its owner"), "{refused}");
    fs::set_permissions(&key, Permissions::from_mode(0o600)).expect("our own file");
    let serve = Serve::start(&workspace);
    assert!(serve.base_url().starts_with("https://"), "{}", serve.base_url());
    serve.terminate().expect(0);
}

#[test]
fn a_channel_that_is_added_while_it_listens_is_heard_once_its_address_is_shown() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let serve = Serve::start(&workspace);
    let callback = serve.base_url();
    workspace.write(
        "channels.toml",
        format!(
            "[later]\nprovider = \"devino\"\nfrom = \"A\"\nkey = {{ env = \"KEY\" }}\ncallback_url = \"{callback}\"\n"
        ),
    );
    let url = serve.url(&workspace, "later");
    assert_eq!(serve.post(&url, STATUS), 200);
    serve.terminate().expect(0);
}
