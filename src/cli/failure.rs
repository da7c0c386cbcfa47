//! Why a command failed: one sentence, what to do about it, and the exit code.

use std::fmt::Display;

use crate::control::ControlError;
use crate::domain::problem::Problems;
use crate::engine::EngineError;
use crate::engine::planning::PlanError;
use crate::journal::{JournalError, OpenError};
use crate::reconcile::ReconcileError;
use crate::report::ReportError;
use crate::settings::WorkspaceError;
use crate::ui::diagnostics::{self, Drawing};
use crate::ui::{Exit, Printer};

/// See the module.
#[derive(Debug)]
pub enum Failure {
    /// A sentence.
    Sentence {
        /// What happened, where and why.
        sentence: String,
        /// What to do.
        hint: Option<String>,
        /// The exit code.
        exit: Exit,
    },
    /// Everything that is wrong with a file.
    Problems(Box<Problems>),
}

impl Failure {
    /// A failure of this exit code.
    pub fn new(exit: Exit, sentence: impl Display) -> Self {
        Self::Sentence { sentence: sentence.to_string(), hint: None, exit }
    }

    /// The same with something to do about it.
    #[must_use]
    pub fn with_hint(self, text: impl Display) -> Self {
        match self {
            Self::Sentence { sentence, exit, .. } => {
                Self::Sentence { sentence, hint: Some(text.to_string()), exit }
            }
            problems @ Self::Problems(_) => problems,
        }
    }

    /// The command line asks for something that is not there, or cannot be.
    pub fn usage(sentence: impl Display) -> Self {
        Self::new(Exit::Usage, sentence)
    }

    /// A report's format is asked for elsewhere.
    #[must_use]
    pub fn csv_is_for_reports() -> Self {
        Self::usage("only `disparo report` writes CSV; use --format text or json")
    }

    /// A definition, an audience or a setting is wrong.
    pub fn invalid(sentence: impl Display) -> Self {
        Self::new(Exit::Invalid, sentence)
    }

    /// What is wrong, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Sentence { sentence, .. } => sentence.clone(),
            Self::Problems(problems) => match problems.list() {
                [only] => only.sentence.clone(),
                several => format!("{} problems; `disparo check` shows them", several.len()),
            },
        }
    }

    /// Tells the person, and gives the exit code.
    #[must_use]
    pub fn tell(&self, printer: &Printer) -> Exit {
        match self {
            Self::Sentence { sentence, hint, exit } => {
                printer.error(sentence, hint.as_deref());
                *exit
            }
            Self::Problems(problems) => {
                let screen = printer.screen();
                let drawing = Drawing { colour: screen.colour, unicode: screen.live, width: screen.width };
                printer.raw_error(&diagnostics::render(problems, drawing));
                Exit::Invalid
            }
        }
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Problems(Box::new(problems))
    }
}

impl From<WorkspaceError> for Failure {
    fn from(error: WorkspaceError) -> Self {
        match error {
            WorkspaceError::Settings(problems) => Self::Problems(problems),
            error => Self::usage(&error).with_hint(error.hint()),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let failure = Self::new(Exit::Unexpected, &error);
        match error {
            OpenError::Io { .. } | OpenError::Store { .. } => failure.with_hint(
                "see that you may read and write this folder and everything in it, and that there is space left",
            ),
            // Their sentences say what to do.
            OpenError::InUse { .. }
            | OpenError::Newer { .. }
            | OpenError::Network { .. }
            | OpenError::Damaged(_) => failure,
        }
    }
}

impl From<ControlError> for Failure {
    fn from(error: ControlError) -> Self {
        let exit = match error {
            ControlError::WrongToken | ControlError::Impostor => Exit::Usage,
            _ => Exit::Unexpected,
        };
        Self::new(exit, error)
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::NoRun(_)
            | JournalError::Transition(_)
            | JournalError::NotInDoubt { .. }
            | JournalError::Overtaken { .. }
            | JournalError::Launched { .. } => Self::usage(error),
            JournalError::DiskFull { .. } | JournalError::NotAdopted { .. } => Self::new(Exit::Held, error),
            JournalError::Broken(_) => Self::new(Exit::Unexpected, error).with_hint(
                "nothing more is sent and nothing is lost: see that the disk has space, then `disparo resume`",
            ),
            error => Self::new(Exit::Unexpected, error),
        }
    }
}

impl From<ReconcileError> for Failure {
    fn from(error: ReconcileError) -> Self {
        match error {
            ReconcileError::Journal(error) => error.into(),
            error @ ReconcileError::Broken(_) => Self::new(Exit::Unexpected, error),
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Journal(error) => error.into(),
            EngineError::MovedChannel(error) => Self::invalid(error),
            error => Self::new(Exit::Unexpected, error),
        }
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        let hint = error.hint();
        let failure = match error {
            // No run was made, so that there is none to resume.
            PlanError::Journal(JournalError::DiskFull { path, left }) => {
                let sentence = format!(
                    "only {left} MiB are left on the disk of {}: too little to begin a run",
                    path.display()
                );
                Self::new(Exit::Unexpected, sentence)
                    .with_hint("nothing was sent; free some space and run it again")
            }
            PlanError::Journal(error) => error.into(),
            PlanError::Engine(error) => error.into(),
            PlanError::Interrupted => Self::new(Exit::Interrupted, error),
            PlanError::Roster(_)
            | PlanError::Rejects(_)
            | PlanError::Folder { .. }
            | PlanError::Remove { .. } => Self::new(Exit::Unexpected, error),
            PlanError::Unfinished { .. }
            | PlanError::NobodyToTest
            | PlanError::NobodyRejected { .. }
            | PlanError::NobodyLeftAfter { .. } => Self::usage(error),
            error => Self::invalid(error),
        };
        match hint {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Journal(error) => error.into(),
            error => Self::new(Exit::Unexpected, error),
        }
    }
}
