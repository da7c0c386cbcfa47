//! How far messages got: the funnel of a run is a recount of its recipients' lines, whatever was heard of them.

use disparo::domain::{
    Channel, Failure, FailureClass, Language, Mark, Milestone, Reason, RecipientNumber, RunId,
};
use disparo::engine::occurrence;
use disparo::journal::{Applied, Marked};
use disparo::report::{
    Funnel, RecipientLine, RunReport, Told, Words, recipients, report, tell, write_results,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::bench::{World, channel, limits};

const REJECTS: &str = "[[recipients]]\nrefuse = \"invalid\"\nendings = [\"7\"]\n";

fn words() -> Words {
    Words::new(Language::English, vec![limits("devino")])
}

fn failure() -> Failure {
    Failure {
        reason: Reason::new("2305", "the person is not on WhatsApp"),
        class: FailureClass::Suppress,
        retry: None,
    }
}

impl World {
    async fn heard(&self, run: RunId, marks: Vec<(u32, Mark, i64)>) {
        let journal = &self.engine.journal;
        journal.attach_deliveries(run).expect("attached");
        let marked = |(recipient, mark, at)| Marked {
            run,
            recipient: RecipientNumber(recipient),
            mark,
            at,
            failure: matches!(mark, Mark::Failed(_)).then(failure),
        };
        let marks = marks.into_iter().map(marked).collect();
        journal.apply(Applied { marks, ..Applied::default() }).await.expect("applied");
    }

    fn report(&self, run: RunId) -> RunReport {
        let roster = occurrence::attach(&self.engine.journal, run).expect("attached");
        report(&self.engine.journal, &roster, &words()).expect("a report")
    }

    fn funnel(&self, run: RunId) -> Funnel {
        self.report(run).funnel.expect("messages")
    }

    fn lines(&self, run: RunId) -> Vec<RecipientLine> {
        let roster = occurrence::attach(&self.engine.journal, run).expect("attached");
        let mut lines = Vec::new();
        let each = &mut |line| {
            lines.push(line);
            Ok(())
        };
        recipients(&self.engine.journal, &roster, &words(), each).expect("lines");
        lines
    }

    /// Milliseconds since the Unix epoch at which each recipient's answer was written.
    fn answered(&self, run: RunId, people: u32) -> Vec<Option<i64>> {
        let histories = self.engine.journal.histories(run, 0..people).expect("histories");
        histories.into_iter().map(|history| history.accepted).collect()
    }

    fn tell(&self, run: RunId, number: u32) -> Option<Told> {
        let roster = occurrence::attach(&self.engine.journal, run).expect("attached");
        tell(&self.engine.journal, &roster, &words(), RecipientNumber(number)).expect("told")
    }
}

/// The funnel counted from the lines, channel by channel, by nothing but their words.
fn assert_recounted(funnel: &Funnel, lines: &[RecipientLine]) {
    let mut sums = [0; 9];
    for (name, stages) in &funnel.channels {
        let lines: Vec<_> = lines.iter().filter(|line| line.channel == *name).collect();
        let count = |is: &dyn Fn(&RecipientLine) -> bool| lines.iter().filter(|line| is(line)).count() as u64;
        let delivery = |words: &[&str]| count(&|line| words.contains(&line.delivery));
        let accepted = ["accepted", "assumed_sent"];
        let is_heard = |line: &RecipientLine| {
            [&line.sent, &line.delivered, &line.read, &line.replied, &line.failed, &line.clicked]
                .iter()
                .any(|at| !at.is_empty())
        };
        let expected = [
            ("planned", count(&|line| !["already", "capped"].contains(&line.status))),
            ("accepted", count(&|line| accepted.contains(&line.status))),
            (
                "sent",
                count(&|line| {
                    !line.sent.is_empty() || ["delivered", "read", "replied"].contains(&line.delivery)
                }),
            ),
            ("delivered", delivery(&["delivered", "read", "replied"])),
            ("read", delivery(&["read", "replied"])),
            ("replied", delivery(&["replied"])),
            ("clicked", count(&|line| !line.clicked.is_empty())),
            ("failed", delivery(&["failed"])),
            ("no_news", count(&|line| accepted.contains(&line.status) && !is_heard(line))),
        ];
        assert_eq!(stages.in_order(), expected, "{name}");
        for (sum, (_, count)) in sums.iter_mut().zip(expected) {
            *sum += count;
        }
        for pair in stages.in_order()[..6].windows(2) {
            assert!(pair[1].1 <= pair[0].1, "more {} than {}", pair[1].0, pair[0].0);
        }
    }
    assert_eq!(funnel.all.in_order().map(|(_, count)| count), sums);
    let failed: u64 = funnel.failed.iter().map(|reason| reason.recipients).sum();
    assert_eq!(failed, funnel.all.heard.failed);
}

fn any_mark() -> impl Strategy<Value = Mark> {
    prop_oneof![
        Just(Mark::Reached(Milestone::Queued)),
        Just(Mark::Reached(Milestone::Sent)),
        Just(Mark::Reached(Milestone::Delivered)),
        Just(Mark::Reached(Milestone::Read)),
        Just(Mark::Reached(Milestone::Replied)),
        Just(Mark::Clicked),
        Just(Mark::Failed(0)),
        Just(Mark::Asked),
    ]
}

#[tokio::test]
async fn the_funnel_is_a_recount_of_the_lines_whatever_is_heard() {
    const PEOPLE: u32 = 60;
    let world = World::by_hand(REJECTS);
    let channels = [channel("one"), channel("two")];
    let mut runner = TestRunner::default();
    let marks = proptest::collection::vec((0..PEOPLE, any_mark(), 0_i64..90_000), 0..200);
    for _ in 0..12 {
        let run = world.freeze(PEOPLE, &channels, |_| {}).await;
        world.send(run, &channels).await;
        let begun = world.view(run).facts.plan.created.as_millisecond();
        let marks = marks.new_tree(&mut runner).expect("marks").current();
        // Of the rejected too: their marks count nowhere.
        world.heard(run, marks.into_iter().map(|(who, mark, at)| (who, mark, begun + at)).collect()).await;
        let funnel = world.funnel(run);
        assert_eq!((funnel.all.planned, funnel.all.accepted), (60, 54));
        assert_recounted(&funnel, &world.lines(run));
    }
}

#[tokio::test]
async fn times_to_deliver_are_those_between_the_answer_and_the_telephone() {
    let world = World::by_hand("");
    let channels = [channel("one"), channel("two")];
    let run = world.freeze(40, &channels, |_| {}).await;
    world.send(run, &channels).await;
    let delivered = Mark::Reached(Milestone::Delivered);
    let accepted = world.answered(run, 40);
    // Channel `one` has the even numbers: 0 ms, 2 s, …, 38 s; `two` the odd ones.
    let late = |number: u32| i64::from(number) * 1_000;
    let at = |number: u32| accepted[number as usize].expect("accepted") + late(number);
    let mut marks: Vec<_> = (0..40).map(|number| (number, delivered, at(number))).collect();
    // A receipt that came before the answer took no time.
    marks[0].2 -= 5_000;
    world.heard(run, marks).await;
    let funnel = world.funnel(run);
    let seconds = |stages: &disparo::report::Stages| {
        let times = stages.times.expect("times");
        (times.messages, times.p50.as_secs_f32().round(), times.p95.as_secs_f32().round())
    };
    assert_eq!(seconds(&funnel.all), (40, 19.0, 37.0));
    let each: Vec<_> = funnel.channels.iter().map(|(_, stages)| seconds(stages)).collect();
    assert_eq!(each, [(20, 18.0, 36.0), (20, 19.0, 37.0)]);
}

#[tokio::test]
async fn a_line_says_how_it_ended_and_since_when_there_is_no_news() {
    let world = World::by_hand(REJECTS);
    let channels: [Channel; 1] = [channel("one")];
    let run = world.freeze(20, &channels, |_| {}).await;
    world.send(run, &channels).await;
    let begun = world.view(run).facts.plan.created.as_millisecond();
    let at = |seconds: i64| begun + seconds * 1_000;
    let reached = Mark::Reached;
    world
        .heard(
            run,
            vec![
                (0, reached(Milestone::Sent), at(60)),
                (0, Mark::Asked, at(600)),
                (1, Mark::Asked, at(600)),
                (2, Mark::Failed(0), at(61)),
                (3, Mark::Failed(0), at(61)),
                (3, reached(Milestone::Read), at(90)),
                (4, reached(Milestone::Delivered), at(70)),
                (4, Mark::Asked, at(600)),
                (7, reached(Milestone::Delivered), at(70)),
            ],
        )
        .await;
    let lines = world.lines(run);
    let ends: Vec<_> = lines[..8].iter().map(|line| (line.delivery, line.code.as_str())).collect();
    assert_eq!(
        ends,
        [
            ("sent", "no_news"),
            ("accepted", "no_news"),
            ("failed", "2305"),
            ("read", ""),
            ("delivered", ""),
            ("accepted", ""),
            ("accepted", ""),
            ("", "invalid:to"),
        ]
    );
    assert_eq!(lines[2].reason, "the person is not on WhatsApp, or no longer");
    assert!(lines[0].reason.starts_with("no news since ") && !lines[0].sent.is_empty(), "{:?}", lines[0]);
    assert!(!lines[3].failed.is_empty() && !lines[3].read.is_empty(), "{:?}", lines[3]);
    assert_eq!(lines[7].delivered, "", "whoever was rejected has no delivery");
    let told = world.tell(run, 3).expect("a recipient");
    assert_eq!(told.failure.expect("it failed once").code, "2305");
    assert!(world.tell(run, 20).is_none());
    let report = world.report(run);
    let silent = report.funnel.expect("messages").all;
    // Of the 18 accepted, 0, 2, 3 and 4 were heard of.
    assert_eq!((silent.silent, silent.heard.failed, silent.heard.read), (14, 1, 1));
    assert!(silent.silent_since.is_some());
    let roster = occurrence::attach(&world.engine.journal, run).expect("attached");
    let results = world.folder.path().join("results");
    let results = write_results(&world.engine.journal, &roster, &words(), &results).expect("written");
    let text = std::fs::read_to_string(results.folder.join("report.txt")).expect("a report");
    assert!(
        text.contains("failed because\n           1  the person is not on WhatsApp, or no longer (2305)"),
        "{text}"
    );
}

#[tokio::test]
async fn what_was_in_doubt_says_so_and_how_it_was_settled() {
    use disparo::journal::{Proof, SettledBy, Settlement};

    let world = World::by_hand("[[faults]]\nthen = \"drop\"\naccepted = true\ncalls = 1\n");
    let channels = [channel("one")];
    let run = world.freeze(10, &channels, |_| {}).await;
    assert_eq!(world.send(run, &channels).await.summary.tally.in_doubt, 10);
    let journal = &world.engine.journal;
    let proved = vec![Proof { run, recipient: RecipientNumber(0), id: None, is_sent: true }];
    journal.apply(Applied { proved, ..Applied::default() }).await.expect("applied");
    let doubt = world.tell(run, 0).expect("a recipient").doubt.expect("there was one");
    assert_eq!((doubt.settled, doubt.by), (Some(Settlement::ConfirmedSent), Some(SettledBy::Receipt)));
    assert_eq!(doubt.cause, "the connection was lost before the provider answered");
    let line = &world.lines(run)[0];
    assert_eq!((line.status, line.code.as_str()), ("accepted", "confirmed_sent"));
    assert_eq!(line.reason, "a delivery notice proved that it was sent");
    assert_eq!(world.tell(run, 1).expect("a recipient").doubt.expect("there is one").settled, None);
    // When the provider took it nobody knows: no time is made up.
    let later = world.view(run).facts.plan.created.as_millisecond() + 90_000;
    world.heard(run, vec![(0, Mark::Reached(Milestone::Delivered), later)]).await;
    let stages = world.funnel(run).all;
    assert_eq!((stages.heard.delivered, stages.times), (1, None));
}
