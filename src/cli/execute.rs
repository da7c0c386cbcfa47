//! Carrying out a command in the process that owns the store, for itself or for another process.

use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::{Engine, Interrupt};
use crate::ui::{Exit, Printer};

use super::arguments::{Command, OutputFormat};
use super::failure::Failure;
use super::news::{self, News};
use super::owner::Owner;
use super::person::Person;
use super::telling::Telling;
use super::{
    approve, audit, cancel, check, doctor, doubt, explain, pause, preview, provider, reconcile, report,
    resume, retry, run, schedule, serve, status, suppress,
};

/// One command being carried out.
#[derive(Debug, Clone)]
pub struct Execution {
    /// What it shares with the others.
    pub owner: Arc<Owner>,
    /// Where it prints.
    pub printer: Printer,
    /// How results are printed.
    pub format: OutputFormat,
    /// Where its relative paths begin.
    pub cwd: PathBuf,
    /// Who can be asked.
    pub person: Person,
    /// Ctrl-C, as far as it concerns this command.
    pub interrupt: Interrupt,
    /// What is listened for around this command, where something is.
    pub news: Option<Arc<News>>,
    /// How much is told of its runs.
    pub telling: Telling,
}

impl Execution {
    /// Carries a command out, tells what goes wrong, and gives the exit code.
    pub async fn carry_out(&self, command: Command) -> Exit {
        match self.dispatch(command).await {
            Ok(exit) => exit,
            Err(failure) => failure.tell(&self.printer),
        }
    }

    /// What sends for this command: it hears the Ctrl-C that concerns it.
    #[must_use]
    pub fn engine(&self) -> Engine {
        Engine { interrupt: self.interrupt.clone(), ..self.owner.engine.clone() }
    }

    async fn dispatch(&self, command: Command) -> Result<Exit, Failure> {
        if self.format == OutputFormat::Csv && !matches!(command, Command::Report(_)) {
            return Err(Failure::csv_is_for_reports());
        }
        if !command.only_reads() {
            self.owner.engine.journal.is_at_home()?;
        }
        if command.heeds_what_was_heard() {
            self.owner.catch_up().await?;
        }
        match command {
            Command::Check(arguments) => check::check(self, &arguments).await,
            Command::Preview(arguments) => preview::preview(self, &arguments).await,
            Command::Run(arguments) => {
                let run = async |execution: &Self| run::run(execution, &arguments).await;
                news::around(self, &arguments.listen, run).await
            }
            Command::Resume(arguments) => {
                let resume = async |execution: &Self| resume::resume(execution, &arguments).await;
                news::around(self, &arguments.listen, resume).await
            }
            Command::Approve(arguments) => approve::approve(self, &arguments).await,
            Command::Pause(arguments) => pause::pause(self, &arguments).await,
            Command::Cancel(arguments) => cancel::cancel(self, &arguments).await,
            Command::Retry(arguments) => {
                let retry = async |execution: &Self| retry::retry(execution, &arguments).await;
                news::around(self, &arguments.listen, retry).await
            }
            Command::Status(arguments) => status::status(self, &arguments).await,
            Command::Schedule(arguments) => schedule::schedule(self, &arguments).await,
            Command::Doubt(arguments) => doubt::doubt(self, &arguments).await,
            Command::Reconcile(arguments) => reconcile::reconcile(self, &arguments).await,
            Command::Report(arguments) => report::report(self, &arguments),
            Command::Explain(arguments) => explain::explain(self, &arguments).await,
            Command::Suppress(arguments) => suppress::suppress(self, &arguments).await,
            Command::Audit(arguments) => audit::audit(self, &arguments),
            Command::Doctor(arguments) => doctor::doctor(self, &arguments).await,
            command @ (Command::Contacts(_)
            | Command::Tags(_)
            | Command::Groups(_)
            | Command::Chats(_)
            | Command::Messages(_)
            | Command::Templates(_)) => provider::change(self, &command).await,
            Command::Serve(arguments) => serve::serve(self, &arguments).await,
            Command::Init(_)
            | Command::Schema(_)
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Sandbox(_) => {
                Err(Failure::usage("this command needs no store and is not carried out for others"))
            }
        }
    }
}
