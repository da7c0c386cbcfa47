//! Outcomes of any length: how a call's recipients were cut into chunks, and a chunk's record into
//! parts, changes nothing that is read back.

use disparo::domain::{
    Attempt, ChunkRecipients, DoubtCause, MessageId, Reason, RunEvent, RunId, Standing, Verdict, Verdicts,
};
use disparo::journal::Journal;
use proptest::prelude::*;

use super::plans::{HASH, open, people, plan, wait};

const WHOLE: RunId = RunId(1);
const IN_PIECES: RunId = RunId(2);

fn verdict() -> impl Strategy<Value = Verdict> {
    let reason = (0_usize..700).prop_map(|length| Reason::new("template", "é".repeat(length)));
    prop_oneof![
        4 => any::<u64>().prop_map(|id| Verdict::Accepted { id: Some(MessageId::Number(id)) }),
        1 => "[a-zA-Z.]{1,80}".prop_map(|id| Verdict::Accepted { id: Some(MessageId::from(id.as_str())) }),
        2 => reason.prop_map(|reason| Verdict::Rejected { reason }),
        1 => Just(Verdict::Unsent),
        1 => (300_u16..600).prop_map(|status| Verdict::InDoubt { cause: DoubtCause::UnexpectedStatus(status) }),
    ]
}

fn start(journal: &Journal, run: RunId, standings: &[Standing]) {
    let most = u32::try_from(standings.len()).expect("few");
    wait(journal.create_run(plan(run, standings, most), HASH, standings.to_vec(), Vec::new())).expect("made");
    wait(journal.happen(run, RunEvent::Started)).expect("started");
}

fn send(journal: &Journal, run: RunId, chunk: ChunkRecipients, verdicts: Vec<Verdict>) {
    let permit = wait(journal.intend(run, 0, Attempt::FIRST, chunk)).expect("intended");
    wait(journal.settle(permit.spend(), Verdicts::Each(verdicts))).expect("settled");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_say_what_the_whole_says(
        verdicts in prop::collection::vec(verdict(), 1..1_500),
        piece in 1_usize..400,
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let number = u32::try_from(verdicts.len()).expect("few");
        let standings = vec![Standing::Send; verdicts.len()];
        let journal = open(folder.path());
        start(&journal, WHOLE, &standings);
        start(&journal, IN_PIECES, &standings);
        send(&journal, WHOLE, people(0..number).expect("somebody"), verdicts.clone());
        let mut from = 0;
        for verdicts in verdicts.chunks(piece.max(number as usize / 20)) {
            let to = from + u32::try_from(verdicts.len()).expect("few");
            send(&journal, IN_PIECES, people(from..to).expect("somebody"), verdicts.to_vec());
            from = to;
        }
        drop(journal);

        let journal = open(folder.path());
        let read = |run| {
            journal.attach(run, standings.iter().copied()).expect("attached");
            let doubts: Vec<_> = journal.doubts(run).expect("attached");
            let doubts: Vec<_> = doubts.into_iter().map(|(person, doubt)| (person, doubt.cause)).collect();
            (
                journal.histories(run, 0..number).expect("read"),
                journal.view(run).expect("the run").summary.tally,
                doubts,
            )
        };
        let whole = read(WHOLE);
        prop_assert_eq!(&whole, &read(IN_PIECES));
        for (history, verdict) in whole.0.iter().zip(&verdicts) {
            match verdict {
                Verdict::Accepted { id } => prop_assert_eq!(&history.message_id, id),
                Verdict::Rejected { reason } | Verdict::Transient { reason } => {
                    prop_assert_eq!(history.reason.as_ref(), Some(reason));
                }
                Verdict::Unsent | Verdict::InDoubt { .. } => prop_assert_eq!(&history.message_id, &None),
            }
        }
    }
}
