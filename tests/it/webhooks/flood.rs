//! How many webhooks are answered while a run sends, and what that costs the run: measured and printed, never judged.
//!
//! Small as a part of the suite. `DISPARO_FLOOD_RECIPIENTS` makes it longer, and `DISPARO_BINARY` measures a
//! binary that was built for release:
//!
//! ```text
//! cargo build --release
//! DISPARO_BINARY=$PWD/target/release/disparo DISPARO_FLOOD_RECIPIENTS=100000 \
//!     cargo test --test it webhooks::flood -- --nocapture
//! ```

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde_json::{Value, json};

use super::told::{ARRAY, devino_status};
use crate::harness::{Accepted, Deadline, People, Poster, Serve, Workspace, knob, tell, until};

/// Connections over which is posted at once.
const CONNECTIONS: u32 = 8;

/// The least that must be answered in a second, by the product's own measure.
const WANTED: u32 = 5_000;

/// Sinch takes no answer that comes later.
const LATE: Duration = Duration::from_millis(200);

/// So many messages are told of, at most: others would take memory and change nothing.
const MOST: usize = 200_000;

/// How a provider tells what became of messages.
struct Form {
    channel: &'static str,
    /// Statuses in one post.
    array: usize,
    /// Each person's statuses.
    statuses: [&'static str; 3],
    /// One that comes last, and how it is counted.
    last: (&'static str, &'static str),
    /// One status, and when it is to have been, in milliseconds since 1970.
    status: fn(usize, &Accepted, &str, i64) -> Value,
}

const DEVINO: Form = Form {
    channel: "devino",
    array: ARRAY,
    statuses: ["SENT", "DELIVERED", "READ"],
    last: ("VISITED", "clicked"),
    status: |index, message, word, at| devino_status(index, &message.callback_data, word, 0, at),
};

/// One event in a post. Only those of the newer names have our own name for the message, as Wati's do.
const WATI: Form = Form {
    channel: "wati",
    array: 1,
    statuses: ["templateMessageSent_v2", "sentMessageDELIVERED_v2", "sentMessageREAD"],
    last: ("sentMessageREPLIED_v2", "replied"),
    status: |index, message, event, at| {
        let mut event = json!({
            "eventType": event, "id": format!("wati-{index}"), "whatsappMessageId": format!("wamid.{index}"),
            "localMessageId": message.callback_data, "conversationId": "c", "ticketId": "t", "text": "Oi",
            "type": "template", "timestamp": (at / 1_000).to_string(), "operatorEmail": "o@example.com",
        });
        if event["eventType"] == "sentMessageREAD" {
            event["localMessageId"] = Value::Null;
        }
        event
    },
};

impl Form {
    /// A workspace with this channel alone.
    fn workspace(&self, recipients: u64) -> Workspace {
        let workspace = Workspace::alone_with_scenario("");
        let people = People::seeded(1, recipients.try_into().expect("fits into memory"));
        for campaign in ["before", "alone", "beside", "flooded"] {
            workspace.text_campaign(campaign, &people, "");
            if self.channel == "wati" {
                workspace.write(
                    &format!("{campaign}.toml"),
                    format!(
                        "version = 1\nname = \"{campaign}\"\nchannel = \"wati\"\n\
                         [audience]\nfile = \"audiences/{campaign}.csv\"\n\
                         [message.template]\nid = \"promo\"\nparams = {{ nome = \"{{{{ nome }}}}\" }}\n"
                    ),
                );
            }
        }
        self.hear_at(&workspace, "");
        workspace
    }

    /// Writes the channel, with these keys more.
    fn hear_at(&self, workspace: &Workspace, more: &str) {
        let wati = || {
            format!(
                "[wati]\nprovider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\nmode = \"v3\"\n\
                 token = {{ env = \"TEST_WATI_TOKEN\" }}\nbase_url = \"{}\"\nrate = \"none\"\n{more}\n",
                workspace.sandbox().base_url()
            )
        };
        match self.channel {
            "wati" => drop(workspace.write("channels.toml", wati())),
            _ => workspace.only_devino(more),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a measurement is taken outside the program under test")]
fn now() -> Instant {
    Instant::now()
}

/// What came of posting.
struct Poured {
    took: Duration,
    /// How long each answer of 200 took, in order.
    answers: Vec<Duration>,
    unavailable: usize,
    /// Statuses in each post.
    array: usize,
}

impl Poured {
    fn tell(&self, what: &str) {
        let seconds = self.took.as_secs_f64();
        let posts = self.answers.len();
        let percentile =
            |hundredths: usize| self.answers.get(posts * hundredths / 100).copied().unwrap_or_default();
        let late = self.answers.iter().filter(|took| **took > LATE).count();
        tell(&format!(
            "{what}: {:.0} posts/s, {:.0} receipts/s, answered in {:.1?} (p50), {:.1?} (p99), {:.1?} (longest); \
             {:.2} % of {posts} later than {LATE:?}, {} answered 503",
            posts as f64 / seconds,
            (posts * self.array) as f64 / seconds,
            percentile(50),
            percentile(99),
            self.answers.last().copied().unwrap_or_default(),
            100.0 * late as f64 / posts.max(1) as f64,
            self.unavailable,
        ));
    }
}

/// Posts one body after the other until `is_over`, each connection at most once in `pause`.
fn pour(
    base_url: &str,
    path: &str,
    bodies: &[String],
    next: &AtomicUsize,
    pause: Duration,
    is_over: &AtomicBool,
) -> Poured {
    let begun = now();
    let one_connection = || {
        let (mut poster, mut answers, mut unavailable) = (Poster::to(base_url), Vec::new(), 0);
        while !is_over.load(Ordering::Relaxed) {
            let pause = Deadline::after(pause);
            let body = &bodies[next.fetch_add(1, Ordering::Relaxed) % bodies.len()];
            let asked = now();
            let answer = poster
                .post(path, body.as_bytes())
                .unwrap_or_else(|error| panic!("no answer to post {}: {error}", answers.len() + 1));
            match answer.status {
                200 => answers.push(asked.elapsed()),
                503 => unavailable += 1,
                _ => panic!("{answer:?}"),
            }
            if let Some(left) = pause.left() {
                thread::sleep(left);
            }
        }
        (answers, unavailable)
    };
    let poured: Vec<_> = thread::scope(|scope| {
        let connections: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(one_connection)).collect();
        connections.into_iter().map(|connection| connection.join().expect("posts")).collect()
    });
    let took = begun.elapsed();
    let unavailable = poured.iter().map(|(_, unavailable)| unavailable).sum();
    let mut answers: Vec<_> = poured.into_iter().flat_map(|(answers, _)| answers).collect();
    answers.sort_unstable();
    Poured { took, answers, unavailable, array: 1 }
}

/// Sends a campaign while `beside` goes on; `after` comes once everybody is taken. Gives how many people a
/// second were.
fn send(
    workspace: &Workspace,
    campaign: &str,
    recipients: u64,
    beside: impl FnOnce(&AtomicBool) + Send,
    after: impl FnOnce(),
) -> f64 {
    let before = workspace.sandbox().count("accepted");
    let run = workspace.disparo(["run", campaign, "--yes", "--format", "json"]).start();
    workspace.sandbox().until_accepted(before + 1);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| beside(&is_over));
        workspace.sandbox().until_accepted(before + recipients);
        is_over.store(true, Ordering::Relaxed);
    });
    after();
    run.wait().expect(0);
    let accepted: Vec<Accepted> = workspace.sandbox().accepted();
    let arrivals = accepted[usize::try_from(before).expect("fits")..].iter().map(|one| one.arrival_us);
    let (first, last) = (arrivals.clone().min().expect("somebody"), arrivals.max().expect("somebody"));
    recipients as f64 * 1e6 / (last - first).max(1) as f64
}

/// What is told of a run's messages.
struct Statuses<'a> {
    form: &'a Form,
    run: String,
    created: i64,
    messages: Vec<Accepted>,
}

impl Statuses<'_> {
    fn of(&self, index: usize, word: &str) -> String {
        (self.form.status)(index, &self.messages[index], word, self.created + 1).to_string()
    }

    /// Everybody's, shuffled, in arrays.
    fn bodies(&self) -> Vec<String> {
        let every = self
            .form
            .statuses
            .iter()
            .flat_map(|word| (0..self.messages.len()).map(move |index| (index, word)));
        let mut statuses: Vec<String> = every.map(|(index, word)| self.of(index, word)).collect();
        statuses.shuffle(&mut StdRng::seed_from_u64(1));
        if self.form.array == 1 {
            return statuses;
        }
        statuses.chunks(self.form.array).map(|array| format!("[{}]", array.join(","))).collect()
    }

    /// How long it takes until everything that was posted is applied: the last says of somebody what is said of
    /// nobody else, save `number` people before.
    fn applied(&self, workspace: &Workspace, serve: &Serve, url: &str, number: usize) -> Duration {
        let begun = now();
        assert_eq!(serve.post(url, self.of(number, self.form.last.0)), 200);
        until("the last receipt to be applied", || {
            let status = workspace.disparo(["status", &self.run, "--format", "json"]).finish().expect(0);
            (status.json()["deliveries"][self.form.last.1] == number + 1).then_some(())
        });
        begun.elapsed()
    }
}

#[test]
fn arrays_of_receipts_are_answered_while_a_run_sends() {
    measure(&DEVINO);
}

#[test]
fn single_receipts_are_answered_while_a_run_sends() {
    measure(&WATI);
}

fn measure(form: &Form) {
    let recipients = knob("DISPARO_FLOOD_RECIPIENTS").unwrap_or(3_000);
    let workspace = form.workspace(recipients);
    let before = workspace.run("before").expect(0);
    let created = before.json()["created"].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok());
    let created = created.expect("a moment").as_millisecond();
    let mut messages = workspace.sandbox().accepted();
    messages.truncate(MOST);
    let statuses = Statuses { form, run: before.run(), created, messages };
    let bodies = statuses.bodies();

    let serve = Serve::start(&workspace);
    form.hear_at(&workspace, &format!("callback_url = \"{}\"", serve.base_url()));
    let url = serve.url(&workspace, form.channel);
    let path = url.strip_prefix(serve.base_url()).expect("below the listener's address");
    // What is sent from here on has no address: nobody else posts.
    form.hear_at(&workspace, "");
    let alone = send(&workspace, "alone", recipients, |_| {}, || {});
    tell(&format!("{}: {recipients} people, no webhooks: {alone:.0} people/s", form.channel));
    let next = AtomicUsize::new(0);
    let array = u32::try_from(form.array).expect("small");
    let paced = Duration::from_secs(1) * CONNECTIONS * array / WANTED;
    for (number, (campaign, pause)) in
        [("beside", paced), ("flooded", Duration::ZERO)].into_iter().enumerate()
    {
        let (mut poured, mut applied) = (None, None);
        let rate = send(
            &workspace,
            campaign,
            recipients,
            |is_over| poured = Some(pour(serve.base_url(), path, &bodies, &next, pause, is_over)),
            || applied = Some(statuses.applied(&workspace, &serve, &url, number)),
        );
        let poured = poured.expect("something was posted");
        Poured { array: form.array, ..poured }.tell(campaign);
        let (share, applied) = (rate / alone, applied.expect("it was waited for"));
        tell(&format!("{campaign}: {rate:.0} people/s, {share:.2} of what is sent without webhooks"));
        tell(&format!("{campaign}: everything is applied {applied:.1?} after the last post"));
    }
    serve.terminate().expect(0);
}
