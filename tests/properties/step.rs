//! What can be asked of a journal, drawn at random, sensible or not.

use disparo::domain::{
    Attempt, DoubtCause, HoldKind, HoldReason, Reason, RunEvent, Verdict, Verdicts, Waiting,
};
use disparo::journal::Settlement;
use jiff::Timestamp;
use proptest::prelude::*;

/// People by position: `length` of them from `first`, every `stride`th.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub first: u32,
    pub length: u32,
    pub stride: u32,
}

impl Span {
    pub fn numbers(self) -> Vec<u32> {
        (0..self.length).map(|position| self.first + position * self.stride).collect()
    }
}

/// One thing asked.
#[derive(Debug, Clone)]
pub enum Step {
    /// The first of those who are pending, as an engine would.
    IntendNext {
        length: usize,
    },
    Intend {
        span: Span,
        attempt: Attempt,
    },
    /// `call` picks one of those in flight.
    Settle {
        call: usize,
        verdicts: Verdicts,
    },
    Withdraw {
        call: usize,
    },
    /// The permit is lost, as by a task that died.
    Forget {
        call: usize,
    },
    Happen(RunEvent),
    SettleDoubt {
        named: Option<Span>,
        settlement: Settlement,
    },
    Skip(Span),
    Refuse(Span),
}

/// What happens to the store.
#[derive(Debug, Clone)]
pub enum Move {
    /// Steps of one of the two runs, asked at once.
    Ask(Vec<(usize, Step)>),
    /// The process dies, and another one opens the store.
    Reopen,
    /// A copy of the files is opened beside it.
    OpenCopy,
}

fn span() -> impl Strategy<Value = Span> {
    (0_u32..24, 1_u32..7, 1_u32..3).prop_map(|(first, length, stride)| Span { first, length, stride })
}

fn verdict() -> impl Strategy<Value = Verdict> {
    let reason = || Reason::new("invalid:to", "the number is not valid");
    prop_oneof![
        4 => Just(Verdict::Accepted { id: None }),
        1 => Just(Verdict::Rejected { reason: reason() }),
        1 => Just(Verdict::Transient { reason: reason() }),
        1 => Just(Verdict::Unsent),
        2 => Just(Verdict::InDoubt { cause: DoubtCause::Timeout }),
    ]
}

fn verdicts() -> impl Strategy<Value = Verdicts> {
    prop_oneof![
        verdict().prop_map(Verdicts::All),
        // Shorter and longer than the call, too.
        prop::collection::vec(verdict(), 0..9).prop_map(Verdicts::Each),
    ]
}

fn event() -> impl Strategy<Value = RunEvent> {
    let reason = HoldReason { kind: HoldKind::StopAbove, sentence: "too many were rejected".to_owned() };
    prop_oneof![
        8 => Just(RunEvent::Started),
        2 => Just(RunEvent::Interrupted),
        2 => Just(RunEvent::Paused),
        1 => Just(RunEvent::Held(reason)),
        4 => (0_u64..3).prop_map(|in_doubt| RunEvent::Finished { in_doubt }),
        1 => Just(RunEvent::Reopened),
        1 => Just(RunEvent::Cancelled),
        2 => Just(RunEvent::Waits(Waiting::Window { until: Timestamp::UNIX_EPOCH })),
        1 => Just(RunEvent::Expired),
    ]
}

fn settlement() -> impl Strategy<Value = Settlement> {
    prop_oneof![
        Just(Settlement::ConfirmedSent),
        Just(Settlement::ConfirmedNotSent),
        Just(Settlement::AssumedSent),
        Just(Settlement::Resend),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1_usize..9).prop_map(|length| Step::IntendNext { length }),
        4 => (span(), 1_u16..4).prop_map(|(span, attempt)| Step::Intend { span, attempt: Attempt(attempt) }),
        8 => (any::<usize>(), verdicts()).prop_map(|(call, verdicts)| Step::Settle { call, verdicts }),
        2 => any::<usize>().prop_map(|call| Step::Withdraw { call }),
        1 => any::<usize>().prop_map(|call| Step::Forget { call }),
        6 => event().prop_map(Step::Happen),
        3 => (prop::option::of(span()), settlement())
            .prop_map(|(named, settlement)| Step::SettleDoubt { named, settlement }),
        1 => span().prop_map(Step::Skip),
        1 => span().prop_map(Step::Refuse),
    ]
}

/// A schedule of moves.
pub fn schedule() -> impl Strategy<Value = Vec<Move>> {
    let asked = prop::collection::vec((0_usize..2, step()), 1..6);
    let step = prop_oneof![
        20 => asked.prop_map(Move::Ask),
        2 => Just(Move::Reopen),
        1 => Just(Move::OpenCopy),
    ];
    prop::collection::vec(step, 10..50)
}
