//! `channels.toml`: what good ones mean, what is said about bad ones, and that no secret is ever shown.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use disparo::domain::{Problems, RetryPolicy, SecretReference};
use disparo::provider::all_facts;
use disparo::settings::{Channels, Workspace};
use disparo::ui::diagnostics::{Drawing, render};
use proptest::prelude::*;

use super::files;

/// A workspace of its own with this `channels.toml`.
fn load(source: &[u8]) -> Result<Channels, Problems> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("channels.toml"), source).expect("a writable folder");
    Channels::load(&Workspace::find(folder.path()).expect("a workspace"), &all_facts())
}

/// The problems of a file that lies among the test data, under the name that it has there.
fn problems_of(file: &Path) -> Problems {
    let problems = load(&fs::read(file).expect("readable")).expect_err("a bad file should not be taken");
    let list = problems.list().to_vec();
    Problems::new(file, problems.source(), list).expect("as many as before")
}

fn good(name: &str) -> Channels {
    let source = fs::read(Path::new("tests/data/channels/good").join(name)).expect("readable");
    load(&source).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn every_bad_file_is_explained() {
    files::each_bad_file_is_explained("tests/data/channels", problems_of);
}

#[test]
fn a_full_channel_means_what_it_says() {
    let channels = good("full.toml");
    assert_eq!(channels.names().collect::<Vec<_>>(), ["devino-main", "wati-sp", "demo"]);
    let channel = channels.get("devino-main").expect("it is there");
    assert_eq!(channel.provider, "devino");
    assert_eq!(channel.values.get("from").map(String::as_str), Some("MyCompany"));
    assert_eq!(channel.secret, Some(SecretReference::Env("DEVINO_KEY".to_owned())));
    assert_eq!(channel.rates.iter().map(ToString::to_string).collect::<Vec<_>>(), ["50/s", "10000/d"]);
    assert_eq!((channel.chunk.get(), channel.in_flight.get()), (50, 4));
    assert_eq!(channel.timeout, Duration::from_secs(20));
    let retry = RetryPolicy {
        attempts: 3.try_into().expect("not zero"),
        first: Duration::from_millis(500),
        most: Duration::from_secs(30),
    };
    assert_eq!(channel.retry, retry);
    assert_eq!(channel.base_url, "http://127.0.0.1:8080/proxy");
    assert!(!channel.sandbox);
}

#[test]
fn a_short_channel_has_the_providers_defaults() {
    let channels = good("full.toml");
    let facts = all_facts().into_iter().find(|facts| facts.name == "wati").expect("it is there");
    let limits = facts.limits.as_ref().expect("readable limits");
    let channel = channels.get("wati-sp").expect("it is there");
    let Some(SecretReference::File(file)) = &channel.secret else { panic!("not a file") };
    assert!(file.is_absolute() && file.ends_with("secrets/wati.token"), "{}", file.display());
    assert_eq!(channel.values.get("number").map(String::as_str), Some("5511999990000"));
    assert!(channel.rates.is_empty(), "\"none\" takes every limit away");
    assert_eq!(channel.chunk.get(), limits.call.chunk);
    assert_eq!(channel.in_flight.get(), limits.call.in_flight);
    assert_eq!(channel.timeout, Duration::from_secs(30));
    assert_eq!(channel.retry, RetryPolicy::default());
    assert_eq!(channel.base_url, limits.base_url);
}

#[test]
fn a_sandbox_channel_needs_no_secret() {
    let channels = good("full.toml");
    let channel = channels.get("demo").expect("it is there");
    assert!(channel.sandbox && channel.secret.is_none());
    let documented: Vec<String> = channel.rates.iter().map(ToString::to_string).collect();
    let facts = all_facts().into_iter().find(|facts| facts.name == "devino").expect("it is there");
    let limits = facts.limits.as_ref().expect("readable limits");
    let expected: Vec<String> = limits.rates["default"].iter().map(ToString::to_string).collect();
    assert_eq!(documented, expected);
}

/// A workspace whose channel names a limits file of its own.
fn with_limits(keys: &str, limits: &str) -> Result<Channels, Problems> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let channel = "[mine]\nprovider = 'devino'\nfrom = 'x'\nsandbox = true\nlimits = 'mine.toml'\n";
    fs::write(folder.path().join("channels.toml"), format!("{channel}{keys}")).expect("a writable folder");
    fs::write(folder.path().join("mine.toml"), limits).expect("a writable folder");
    Channels::load(&Workspace::find(folder.path()).expect("a workspace"), &all_facts())
}

#[test]
fn a_channels_own_limits_hold_for_it() {
    let limits = "call = { chunk = 20, most = 30 }\nrates.gold = ['200/s']\n";
    let channels = with_limits("plan = 'gold'\n", limits).unwrap_or_else(|problems| panic!("{problems}"));
    let channel = channels.get("mine").expect("it is there");
    assert_eq!((channel.chunk.get(), channel.most_recipients.get(), channel.in_flight.get()), (20, 30, 8));
    assert_eq!(channel.rates.iter().map(ToString::to_string).collect::<Vec<_>>(), ["200/s"]);
    assert_eq!(channel.limits.call.chunk, 20);
}

#[test]
fn what_is_wrong_with_a_channels_own_limits_is_said_of_that_file() {
    let told = |keys: &str, limits: &str| {
        let problems = with_limits(keys, limits).expect_err("refused");
        let file = problems.file().file_name().expect("a name").to_string_lossy().into_owned();
        let lines = problems.list().iter().map(|problem| {
            let place = problems.place(problem).map(|place| place.to_string()).unwrap_or_default();
            format!("{file}:{place} {} | {}", problem.sentence, problem.hint.as_deref().unwrap_or("-"))
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    let words = [
        told("plan = 'silver'", ""),
        told("chunk = 31", "call = { chunk = 20, most = 30 }"),
        told("", "call = { most = 30 }"),
        told("", "cal = { most = 30 }"),
        // The file that names the other comes first.
        told("chunk = 0", "cal = 1"),
    ];
    insta::assert_snapshot!(words.join("\n"));
}

#[test]
fn the_repositorys_own_channels_are_good() {
    let workspace = Workspace::find(Path::new("campaigns")).expect("a workspace");
    let channels = Channels::load(&workspace, &all_facts()).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(channels.names().all(|name| channels.get(name).is_some_and(|channel| channel.sandbox)));
}

#[test]
fn an_unknown_channel_brings_one_like_it_to_mind() {
    let error = good("full.toml").find("devino-mian").expect_err("a slip of the finger");
    assert_eq!(error.file.file_name(), Some("channels.toml".as_ref()));
    assert!(error.to_string().ends_with("has no channel `devino-mian`"), "{error}");
    assert_eq!(error.hint, "did you mean \"devino-main\"? The channels are: devino-main, wati-sp, demo");
}

#[test]
fn a_workspace_without_channels_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let workspace = Workspace::find(folder.path()).expect("a workspace");
    let problems = Channels::load(&workspace, &all_facts()).expect_err("nothing there");
    assert_eq!(problems.file(), PathBuf::from(folder.path()).join("channels.toml"));
    assert!(problems.list()[0].hint.as_deref().is_some_and(|hint| hint.contains("disparo init")));
}

/// Ways in which people put a secret where it does not belong.
const MISTAKES: [&str; 17] = [
    "[c]\nprovider = 'devino'\nfrom = 'x'\nkey = '§'\n",
    "[c]\nprovider = 'devino'\nfrom = 'x'\nkey = §\n",
    "[c]\nprovider = 'devino'\nfrom = 'x'\nkey = \"§\nrate = '1/s'\n",
    "[c]\nprovider = 'devino'\nfrom = 'x'\nkey = ['§']\n",
    "[c]\nprovider = 'devino'\nfrom = 'x'\nkey = { value = '§' }\n",
    "[c]\nprovider = 'devino'\nfrom = 'x'\nkey = { env = '§ ' }\n",
    "[c]\nprovider = 'devino'\nfrom = 'x'\nkey = { env = '§', value = '§ @' }\nchunk = 0 \n",
    "[c]\nprovider = 'devino'\nfrom = 'x'\nkay = '§'\n",
    "[c]\nprovider = 'devno'\nfrom = 'x'\nkey = '§'\n",
    "[c]\nfrom = 'x'\nkey = '§'\nchunk = 0\n",
    "[c]\nprovider = 'wati'\ntenant = '1'\nnumber = '5511999990000'\ntoken = '''\n§'''\n",
    "[c]\nprovider = 'wati'\ntoken.file = 1\ntoken.literal = '§'\n",
    "[c]\nprovider = 'devino'\nbase_url = 'https://user:§@example.com'\n",
    "[c]\nprovider = 'devino'\nkey = '§'\nretry = { attempts = 0, first = 'x' } y\n",
    "key = '§'\n",
    "§\n",
    "[c]\nprovider = 'devino'\nkey: §\n",
];

proptest! {
    #[test]
    fn no_secret_is_ever_shown(secret in "[1-9][a-z0-9]{7}[A-Z]{4}[0-9]{4}", mistake in 0..MISTAKES.len()) {
        let source = MISTAKES[mistake].replace('§', &secret);
        let problems = load(source.as_bytes()).expect_err("a mistake");
        let drawing = Drawing { colour: false, unicode: true, width: 120 };
        let shown = format!("{}\n{problems}\n{problems:?}", render(&problems, drawing));
        prop_assert!(!shown.contains(&secret), "{shown}");
        prop_assert!(!shown.contains(&secret[..8]), "{shown}");
    }
}
