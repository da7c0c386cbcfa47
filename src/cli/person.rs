//! Who can be asked while a command is carried out.

use crate::control::Session;
use crate::ui::{Printer, confirm};

/// See the module.
#[derive(Debug, Clone)]
pub enum Person {
    /// Whoever sits at this process's terminal.
    Here,
    /// Whoever sits at that of the process that asked for the command.
    There(Session),
}

impl Person {
    /// Asks; `None` where nobody is there to answer.
    pub async fn ask(&self, printer: &Printer, question: String) -> Option<String> {
        match self {
            Self::Here => confirm::ask_here(printer, question).await,
            Self::There(session) => session.ask(&question).await,
        }
    }

    /// Waits until a command that only watches should end for the owner's sake; for ever where it is the
    /// owner's own.
    pub async fn closing(&self) {
        match self {
            Self::Here => std::future::pending().await,
            Self::There(session) => session.closing().await,
        }
    }
}
