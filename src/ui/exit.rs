//! Exit codes: what a script learns from a command that has ended.

use std::process::ExitCode;

use crate::domain::{RunState, Tally, Waiting};

/// How a command ended. The numbers are a promise to scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Exit {
    /// 0: everything settled and accepted, or simply done.
    Settled = 0,
    /// 1: something that should not happen.
    Unexpected = 1,
    /// 2: the command line makes no sense, or needs an answer that nobody can give.
    Usage = 2,
    /// 3: a definition, `channels.toml` or an audience is not valid; nothing was sent.
    Invalid = 3,
    /// 4: finished, some recipients rejected.
    Rejected = 4,
    /// 5: interrupted; `disparo resume` goes on.
    Interrupted = 5,
    /// 6: held: waits for a person.
    Held = 6,
    /// 7: finished, recipients in doubt remain.
    InDoubt = 7,
}

impl Exit {
    /// All, in the order in which they are reported where several apply.
    const ALL: [Self; 8] = [
        Self::Unexpected,
        Self::Usage,
        Self::Invalid,
        Self::Interrupted,
        Self::Held,
        Self::InDoubt,
        Self::Rejected,
        Self::Settled,
    ];

    /// What the state and the tally of a run come to.
    #[must_use]
    pub fn of_run(state: &RunState, tally: &Tally) -> Self {
        match state {
            RunState::Planned | RunState::Sending | RunState::Interrupted | RunState::Paused => {
                Self::Interrupted
            }
            RunState::Held(_) | RunState::Waiting(Waiting::Approval) => Self::Held,
            RunState::Waiting(Waiting::Window { .. }) => Self::Interrupted,
            RunState::Settling => Self::InDoubt,
            RunState::Completed | RunState::Cancelled | RunState::Expired if tally.in_doubt > 0 => {
                Self::InDoubt
            }
            // Who was not sent to in time is no success, and nothing that a person could go on with.
            RunState::Completed | RunState::Cancelled | RunState::Expired
                if tally.rejected + tally.expired > 0 =>
            {
                Self::Rejected
            }
            RunState::Completed | RunState::Cancelled | RunState::Expired => Self::Settled,
        }
    }

    /// The one to report where several apply; [`Exit::Settled`] for none.
    #[must_use]
    pub fn worst(exits: impl IntoIterator<Item = Self>) -> Self {
        let apply: Vec<Self> = exits.into_iter().collect();
        Self::ALL.into_iter().find(|exit| apply.contains(exit)).unwrap_or(Self::Settled)
    }

    /// The exit of that number; `None` for a number that has no meaning.
    #[must_use]
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|exit| exit.code() == code)
    }

    /// The number that the process ends with.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{HoldKind, HoldReason};

    #[test]
    fn codes_and_their_precedence_are_those_of_the_product() {
        assert_eq!(Exit::ALL.map(Exit::code), [1, 2, 3, 5, 6, 7, 4, 0]);
        for (position, exit) in Exit::ALL.into_iter().enumerate() {
            for other in &Exit::ALL[position..] {
                assert_eq!(Exit::worst([exit, *other]), exit);
                assert_eq!(Exit::worst([*other, exit]), exit);
            }
            assert_eq!(Exit::of_code(exit.code()), Some(exit));
        }
        assert_eq!(Exit::of_code(8), None);
        assert_eq!(Exit::worst([]), Exit::Settled);
    }

    #[test]
    fn a_run_ends_as_its_state_and_tally_say() {
        let held = RunState::Held(HoldReason { kind: HoldKind::Disk, sentence: "disk full".to_owned() });
        let tally = |rejected, in_doubt| Tally { rejected, in_doubt, ..Tally::default() };
        for (state, tally, expected) in [
            (RunState::Planned, tally(0, 0), Exit::Interrupted),
            (RunState::Sending, tally(1, 0), Exit::Interrupted),
            (RunState::Interrupted, tally(0, 1), Exit::Interrupted),
            (RunState::Paused, tally(1, 1), Exit::Interrupted),
            (held, tally(1, 1), Exit::Held),
            (RunState::Settling, tally(1, 1), Exit::InDoubt),
            (RunState::Completed, tally(1, 0), Exit::Rejected),
            (RunState::Completed, tally(0, 0), Exit::Settled),
            (RunState::Cancelled, tally(1, 1), Exit::InDoubt),
            (RunState::Cancelled, tally(1, 0), Exit::Rejected),
            (RunState::Cancelled, tally(0, 0), Exit::Settled),
        ] {
            assert_eq!(Exit::of_run(&state, &tally), expected, "{state:?}");
        }
    }

    #[test]
    fn suppressed_and_invalid_rows_alone_are_no_failure() {
        let tally = Tally { suppressed: 3, invalid: 2, already: 4, ..Tally::default() };
        assert_eq!(Exit::of_run(&RunState::Completed, &tally), Exit::Settled);
    }
}
