//! SIGKILL of `serve` while webhooks pour in: what was answered 200 is known afterwards, all of it and nothing else.
//!
//! `DISPARO_CRASH_SEED` repeats the posts and the moments, `DISPARO_CRASH_KILLS` and `DISPARO_CRASH_RECIPIENTS`
//! make it longer or shorter.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::told::{Post, Told};
use crate::harness::{Accepted, Deadline, People, Poster, Serve, Workspace, knob, report, seed, tell, until};

/// Connections over which is posted at once.
const CONNECTIONS: usize = 8;

/// A kill comes so many microseconds after the post that it was waiting for, at most.
const HESITATION: u64 = 20_000;

/// Channels of three providers, each with its campaign: `devino`, `sinch` and `wati`.
fn workspace(seed: u64, recipients: usize) -> Workspace {
    let workspace = Workspace::alone_with_scenario("");
    channels(&workspace, "");
    let of = |offset: u64, count: usize| People::seeded(seed.wrapping_add(offset), count);
    workspace.text_campaign("devino", &of(0, recipients), "");
    for (name, people, message) in [
        ("sinch", of(1, recipients / 5), "[message]\ntext = \"Oi!\""),
        (
            "wati",
            of(2, recipients / 10),
            "[message.template]\nid = \"promo\"\nparams = { nome = \"{{ nome }}\" }",
        ),
    ] {
        workspace.write(&format!("audiences/{name}.csv"), people.csv());
        let audience = format!("[audience]\nfile = \"audiences/{name}.csv\"");
        let definition =
            format!("version = 1\nname = \"{name}\"\nchannel = \"{name}\"\n{audience}\n{message}\n");
        workspace.write(&format!("{name}.toml"), definition);
    }
    workspace
}

/// Writes the channels, each with these keys more.
fn channels(workspace: &Workspace, more: &str) {
    let base_url = workspace.sandbox().base_url();
    let common = format!("base_url = \"{base_url}\"\nrate = \"none\"\n{more}\n");
    workspace.write(
        "channels.toml",
        format!(
            "[devino]\nprovider = \"devino\"\nfrom = \"MyCompany\"\nkey = {{ env = \"TEST_DEVINO_KEY\" }}\n{common}\
             [sinch]\nprovider = \"sinch\"\nuser = \"maria\"\ntoken = {{ env = \"TEST_DEVINO_KEY\" }}\n{common}\
             [wati]\nprovider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\nmode = \"v3\"\n\
             token = {{ env = \"TEST_WATI_TOKEN\" }}\n{common}"
        ),
    );
}

/// Sends all campaigns, and says what their providers are going to tell of them.
fn told(workspace: &Workspace, random: &mut StdRng) -> (BTreeMap<&'static str, String>, Told) {
    let mut runs = BTreeMap::new();
    let mut told = Told::default();
    for channel in ["devino", "sinch", "wati"] {
        let run = workspace.run(channel).expect(0);
        let created: jiff::Timestamp =
            run.json()["created"].as_str().and_then(|at| at.parse().ok()).expect("a moment");
        let accepted = workspace.sandbox().accepted();
        let messages: Vec<Accepted> = accepted.into_iter().filter(|one| one.provider == channel).collect();
        let begun = created.as_millisecond();
        match channel {
            "devino" => told.by_devino(&messages, begun, random),
            "sinch" => told.by_sinch(&messages, begun, random),
            _ => told.by_wati(&messages, begun),
        }
        runs.insert(channel, run.run());
    }
    (runs, told)
}

/// Posts that wait, and those that were answered.
struct Flood<'a> {
    waiting: Mutex<VecDeque<Post>>,
    paths: &'a BTreeMap<&'static str, String>,
    answered: AtomicU64,
    /// Those whose connection broke before an answer came, and those that were answered 503: posted once more.
    cut: AtomicU64,
    unavailable: AtomicU64,
}

impl Flood<'_> {
    fn next(&self) -> Option<Post> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Posts over one connection, until nothing waits: each until it is answered 200, as a provider does.
    fn pour(&self, base_url: &str) {
        let mut poster = Poster::to(base_url);
        while let Some(post) = self.next() {
            let path = &self.paths[post.channel];
            until("an answer of 200", || match poster.post(path, post.body.as_bytes()) {
                Ok(answer) if answer.status == 200 => {
                    assert!(answer.is_empty(), "{answer:?}");
                    Some(())
                }
                Ok(answer) => {
                    assert_eq!(answer.status, 503, "{answer:?}");
                    self.unavailable.fetch_add(1, Ordering::Relaxed);
                    None
                }
                // Nobody listens while it starts again.
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => None,
                Err(_) => {
                    self.cut.fetch_add(1, Ordering::Relaxed);
                    None
                }
            });
            self.answered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Kills `serve` so often while the posts pour in, and once more when the last was answered.
fn kill_while_it_pours(
    workspace: &Workspace,
    posts: Vec<Post>,
    paths: &BTreeMap<&'static str, String>,
    base_url: &str,
    kills: u64,
    random: &mut StdRng,
) {
    let all = posts.len() as u64;
    let (answered, cut, unavailable) = Default::default();
    let flood = Flood { waiting: Mutex::new(posts.into()), paths, answered, cut, unavailable };
    let mut late = 0;
    let serve = thread::scope(|scope| {
        let mut serve = Serve::start_again_at(workspace, base_url);
        for _ in 0..CONNECTIONS {
            scope.spawn(|| flood.pour(base_url));
        }
        let share = all / (kills + 1);
        for kill in 0..kills {
            let wanted = kill * share + random.random_range(share / 2..=share);
            let so_far = || flood.answered.load(Ordering::Relaxed);
            serve.process().lives_until(|| so_far() >= wanted);
            let moment = Deadline::after(Duration::from_micros(random.random_range(0..HESITATION)));
            serve.process().lives_until(|| moment.left().is_none());
            late += u64::from(so_far() == all);
            serve.kill();
            serve = Serve::start_again_at(workspace, base_url);
        }
        serve
    });
    // What was answered last waits to be applied.
    serve.kill();
    let (cut, unavailable) = (flood.cut.into_inner(), flood.unavailable.into_inner());
    tell(&format!("{kills} kills, {all} posts, {cut} of them cut off, {unavailable} answered 503"));
    assert_eq!(late, 0, "kills that came when everything was answered");
    assert!(cut > 0 || kills == 0, "no kill has cut off a post");
}

#[test]
fn what_was_answered_200_is_known_after_kills_and_nothing_else() {
    let seed = seed("a flood of webhooks");
    let mut random = StdRng::seed_from_u64(seed);
    let kills = knob("DISPARO_CRASH_KILLS").unwrap_or(8);
    let recipients = knob("DISPARO_CRASH_RECIPIENTS").unwrap_or(5_000).try_into().expect("fits into memory");
    let workspace = workspace(seed, recipients);
    let (runs, told) = told(&workspace, &mut random);
    let serve = Serve::start(&workspace);
    let base_url = serve.base_url().to_owned();
    channels(&workspace, &format!("callback_url = \"{base_url}\""));
    let path = |channel| serve.url(&workspace, channel).split_off(base_url.len());
    let paths = BTreeMap::from(["devino", "sinch", "wati"].map(|channel| (channel, path(channel))));
    serve.terminate().expect(0);

    let mut posts = told.posts.clone();
    let twice: Vec<_> = posts.iter().filter(|_| random.random_ratio(1, 5)).cloned().collect();
    posts.extend(twice);
    posts.shuffle(&mut random);
    kill_while_it_pours(&workspace, posts, &paths, &base_url, kills, &mut random);

    // It applies what the one before had taken, and ends when it has.
    Serve::start_again_at(&workspace, &base_url).terminate().expect(0);
    let mut known = BTreeMap::new();
    for run in runs.values() {
        for (phone, line) in report(&workspace, run) {
            assert_eq!(line.status, "accepted");
            for (column, at) in [
                ("sent", line.sent),
                ("delivered", line.delivered),
                ("read", line.read),
                ("replied", line.replied),
                ("failed", line.failed),
                ("clicked", line.clicked),
            ] {
                let at: Option<jiff::Timestamp> = (!at.is_empty()).then(|| at.parse().expect("a moment"));
                known.extend(at.map(|at| ((phone.clone(), column), at.as_millisecond())));
            }
        }
    }
    let missing: Vec<_> = told.marks.iter().filter(|(mark, at)| known.get(*mark) != Some(at)).collect();
    assert!(missing.is_empty(), "{} of {} are lost: {missing:?}", missing.len(), told.marks.len());
    let invented: Vec<_> = known.iter().filter(|(mark, _)| !told.marks.contains_key(*mark)).collect();
    assert!(invented.is_empty(), "{} are invented: {invented:?}", invented.len());
    tell(&format!(
        "{} moments of messages are known, {} people opted out",
        known.len(),
        told.opted_out.len()
    ));

    let listed = workspace.disparo(["suppress", "list", "--format", "json"]).finish().expect(0);
    let phone = |line| {
        let person: serde_json::Value = serde_json::from_str(line).expect("JSON");
        person["phone"].as_str().expect("a number").to_owned()
    };
    let left_alone: BTreeSet<_> = listed.stdout.lines().map(phone).collect();
    assert_eq!(left_alone, told.opted_out.into_iter().collect());
}
