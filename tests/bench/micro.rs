//! `cargo bench --bench micro`: what a row, a call and a receipt cost inside the program, one piece at a time.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be made has nothing to go on with")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use disparo::audience::phone;
use disparo::clock::{Clock, SystemClock};
use disparo::domain::delivery::{Delivery, Mark, Moment};
use disparo::domain::heard::Milestone;
use disparo::domain::{
    Attempt, ChunkRecipients, Columns, ContentSpec, Country, Names, PlanHash, RecipientNumber, Row, RunEvent,
    RunId, Standing,
};
use disparo::journal::{Journal, NewRun};
use disparo::provider::{self, CallTag, Outgoing, Provider, WireAnswer};
use disparo::template::ContentTemplate;

#[path = "parts.rs"]
mod parts;

use parts::{channel, plan, recipient};

/// Recipients in a call.
const CHUNK: u32 = 100;

/// Where nobody is sent to.
const HERE: &str = "http://127.0.0.1:9";

fn phones(criterion: &mut Criterion) {
    let brazil = Country::from_code("BR").expect("a country");
    let mut group = criterion.benchmark_group("phone");
    for (name, written) in [
        ("clean", "5511987654321"),
        ("as people write it", "(11) 98765-4321"),
        ("foreign", "+351 912 345 678"),
    ] {
        group.bench_function(name, |bencher| bencher.iter(|| phone::read(black_box(written), brazil)));
    }
    group.finish();
}

fn messages(criterion: &mut Criterion) {
    let columns = Columns::new(["nome", "telefone", "cidade", "pedido"].map(str::to_owned).to_vec());
    let names = Names::new(&columns, &[]).expect("columns");
    let row =
        Row { number: 1, values: ["Ana", "5511987654321", "São Paulo", "77"].map(str::to_owned).to_vec() };
    let mut group = criterion.benchmark_group("row to message");
    for (name, text) in [
        ("columns", "Oi {{ nome }}, o pedido {{ pedido }} saiu para {{ cidade }}."),
        ("a filter", "Oi {{ nome | upper }}, o pedido {{ pedido }} saiu para {{ cidade }}."),
    ] {
        let template =
            ContentTemplate::compile(&ContentSpec::Text(text.to_owned()), &names).expect("a template");
        group.bench_function(name, |bencher| bencher.iter(|| template.render(black_box(&row))));
    }
    group.finish();
}

fn calls(criterion: &mut Criterion) {
    let (devino, outgoing) = (devino(), outgoing());
    let mut group = criterion.benchmark_group("call");
    group.throughput(Throughput::Elements(CHUNK.into()));
    group.bench_function("chunk to JSON", |bencher| {
        bencher.iter(|| devino.request(black_box(&outgoing), None).expect("a request"));
    });
    let results: Vec<_> = (0..CHUNK)
        .map(|number| {
            format!("{{\"code\":\"OK\",\"messageId\":\"{}\"}}", 3_158_611_117_881_950_208 + u64::from(number))
        })
        .collect();
    let body = Bytes::from(format!("{{\"result\":[{}]}}", results.join(",")));
    let answer = WireAnswer { status: 200, body: Some(body), ..WireAnswer::default() };
    group.bench_function("answer to verdicts", |bencher| {
        bencher.iter(|| devino.classify(black_box(&outgoing), black_box(&answer)));
    });
    group.finish();
}

fn receipts(criterion: &mut Criterion) {
    let devino = devino();
    let posts: Vec<_> = (0..CHUNK)
        .map(|number| {
            serde_json::json!({
                "messageId": (3_158_611_117_881_950_208 + u64::from(number)).to_string(),
                "ts": 1_795_000_000_000_u64,
                "status": "DELIVERED",
                "errorCode": 0,
                "options": format!("a1b2c3d4.1.{number}.1"),
            })
        })
        .collect();
    let body = serde_json::Value::Array(posts).to_string();
    let mut group = criterion.benchmark_group("webhook");
    group.throughput(Throughput::Elements(CHUNK.into()));
    group.bench_function("post to receipts", |bencher| {
        bencher.iter(|| devino.hear(black_box(body.as_bytes())).expect("receipts"));
    });
    group.finish();
    let marks = [
        (Mark::Reached(Milestone::Read), Moment::new(4_000)),
        (Mark::Reached(Milestone::Sent), Moment::new(1_000)),
        (Mark::Reached(Milestone::Delivered), Moment::new(2_000)),
        (Mark::Reached(Milestone::Delivered), Moment::new(2_000)),
    ];
    criterion.bench_function("status lattice, four marks", |bencher| {
        bencher.iter(|| {
            let mut delivery = Delivery::default();
            for (mark, at) in marks {
                delivery.take(black_box(mark), at);
            }
            delivery.status()
        });
    });
}

/// An intent, which is durable before a call, and its withdrawal: a permit can be spent on a call alone.
fn journal(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let mut group = criterion.benchmark_group("journal");
    group.throughput(Throughput::Elements(CHUNK.into()));
    let mut chunks = 0_u32;
    let journal = runtime.block_on(journal_of(folder.path(), 2_000_000));
    group.bench_function("intent and withdrawal of a chunk", |bencher| {
        let next = || {
            let first = chunks * CHUNK;
            chunks += 1;
            ChunkRecipients::new((first..first + CHUNK).map(RecipientNumber).collect()).expect("somebody")
        };
        bencher.iter_batched(
            next,
            |chunk| {
                runtime.block_on(async {
                    let permit = journal.intend(RunId(1), 0, Attempt::FIRST, chunk).await.expect("an intent");
                    journal.withdraw(permit).await.expect("written")
                })
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

async fn journal_of(folder: &Path, people: u32) -> Journal {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let journal = Journal::open(&folder.join("store"), Arc::clone(&clock)).expect("a journal");
    let plan = plan(&journal, &*clock, &channel(HERE, CHUNK), people).await;
    let run = plan.run;
    let standings = vec![Standing::Send; people as usize];
    let new = NewRun::plain(plan, PlanHash([0; 32]), standings.clone(), Vec::new());
    journal.create_run_with(new).await.expect("made");
    journal.attach(run, standings.into_iter()).expect("attached");
    journal.happen(run, RunEvent::Started).await.expect("started");
    journal
}

fn devino() -> Box<dyn Provider> {
    provider::open(&channel(HERE, CHUNK)).expect("a provider")
}

fn outgoing() -> Outgoing {
    let tag = CallTag {
        store: "a1b2c3d4".to_owned(),
        run: RunId(1),
        attempt: Attempt::FIRST,
        campaign: "bench".to_owned(),
    };
    Outgoing { tag, recipients: (0..CHUNK).map(recipient).collect() }
}

criterion_group!(benches, phones, messages, calls, receipts, journal);
criterion_main!(benches);
