//! From the command line to an exit code.

use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;

use clap::Parser;

use crate::clock::{Clock, RehearsalClock, SystemClock};
use crate::settings::Environment;
use crate::ui::printer::{Format, Verbosity};
use crate::ui::{Exit, Printer, log};

use super::arguments::{Arguments, Command};
use super::failure::Failure;
use super::place;
use super::reach::{self, Reached};
use super::{forward, init, own, provider, sandbox, schema, serve};

/// Reads the command line, carries the command out, and says how it ended.
pub async fn main() -> Exit {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    let printer = Printer::of_process(arguments.global.format.of_printer(), arguments.global.verbosity());
    log::start(&printer, arguments.global.verbosity());
    let exit = match carry_out(arguments, &printer).await {
        Ok(exit) => exit,
        Err(failure) => failure.tell(&printer),
    };
    match printer.finish() {
        Ok(()) => exit,
        Err(error) => {
            printer.error(&format!("the result could not be written to stdout: {error}"), None);
            Exit::worst([exit, Exit::Unexpected])
        }
    }
}

async fn carry_out(arguments: Arguments, printer: &Printer) -> Result<Exit, Failure> {
    let cwd = current_folder()?;
    let environment = Environment::of_process();
    let clock: Arc<dyn Clock> = match environment.clock() {
        None => Arc::new(SystemClock::new()),
        Some(file) => Arc::new(RehearsalClock::of(&file).map_err(Failure::usage)?),
    };
    let workspace = arguments.global.workspace.as_deref();
    match &arguments.command {
        Command::Init(init) => init::init(init, workspace, &cwd, printer),
        Command::Schema(_) => schema::schema(printer),
        Command::Sandbox(sandbox) => sandbox::sandbox(sandbox, &cwd, printer, clock).await,
        command if command.asks_a_provider() => {
            let workspace = place::choose(workspace, command)?;
            let format = arguments.global.format;
            provider::answer(command, format, &workspace, clock, &cwd, printer).await
        }
        command => {
            let workspace = place::choose(workspace, command)?;
            loop {
                let client = match reach::reach(&workspace, &environment, &clock, printer).await? {
                    Reached::Ours(owner) => return own::carry_out(owner, arguments, printer, cwd).await,
                    Reached::Anothers(_) if stays(&arguments.command) => return Err(serve::is_owned()),
                    Reached::Anothers(client) => client,
                };
                let line = environment.arguments();
                if let Some(exit) = forward::forward(client, line, command.sends(), printer, &cwd).await? {
                    return Ok(exit);
                }
            }
        }
    }
}

/// Whether the command is to own the store itself, and for long.
fn stays(command: &Command) -> bool {
    matches!(command, Command::Serve(arguments) if arguments.stays())
}

fn current_folder() -> Result<PathBuf, Failure> {
    absolute(Path::new("."))
        .map_err(|error| Failure::new(Exit::Unexpected, format!("cannot find the current folder: {error}")))
}

/// Prints clap's help, version or refusal.
fn refuse(error: &clap::Error) -> Exit {
    let printer = Printer::of_process(Format::Text, Verbosity::Normal);
    let text = error.render();
    let text = if printer.screen().colour { text.ansi().to_string() } else { text.to_string() };
    if error.use_stderr() {
        printer.raw_aside(&text);
        Exit::Usage
    } else {
        printer.raw_data(&text);
        Exit::Settled
    }
}
