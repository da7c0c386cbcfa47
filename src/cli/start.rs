//! From the command line to an exit code.

use std::ffi::OsString;
use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;

use clap::Parser;

use crate::clock::{Clock, RehearsalClock, SystemClock};
use crate::settings::Environment;
use crate::ui::log::Log;
use crate::ui::printer::{Format, LogFormat, Verbosity};
use crate::ui::{Exit, Printer};

use super::arguments::{Arguments, Command};
use super::failure::Failure;
use super::place;
use super::reach::{self, Reached};
use super::{completions, forward, init, man, own, provider, remote, sandbox, schema, serve};

/// Reads the command line, carries the command out, and says how it ended.
pub async fn main() -> Exit {
    let environment = Environment::of_process();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error, log_format_of(&environment.arguments())),
    };
    let (clock, rehearsal) = clock_of(&environment);
    let global = &arguments.global;
    let printer = Printer::of_process(global.format.of_printer(), arguments.verbosity())
        .speaking(global.log_format, &clock);
    let filter = environment.log();
    let log = Log {
        verbosity: arguments.verbosity(),
        format: global.log_format,
        is_daemon: stays(&arguments.command),
        is_watched: printer.screen().live,
        filter: filter.as_deref(),
    };
    let started = log.start(&printer, &clock).map_err(Failure::usage).and(rehearsal);
    let carried_out = match started {
        Ok(()) => carry_out(arguments, environment, clock, &printer).await,
        Err(failure) => Err(failure),
    };
    let exit = match carried_out {
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

/// The clock of this process; beside the system's, why a rehearsal's cannot be had.
fn clock_of(environment: &Environment) -> (Arc<dyn Clock>, Result<(), Failure>) {
    match environment.clock().map(|file| RehearsalClock::of(&file)) {
        None => (Arc::new(SystemClock::new()), Ok(())),
        Some(Ok(clock)) => (Arc::new(clock), Ok(())),
        Some(Err(error)) => (Arc::new(SystemClock::new()), Err(Failure::usage(error))),
    }
}

async fn carry_out(
    arguments: Arguments,
    environment: Environment,
    clock: Arc<dyn Clock>,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let cwd = current_folder()?;
    let global = &arguments.global;
    if let Some(address) = remote::address_of(global, &environment, &arguments.command)? {
        let command = &arguments.command;
        return remote::carry_out(&address, global, command, &environment, clock, printer, &cwd).await;
    }
    let workspace = global.workspace.as_deref();
    match &arguments.command {
        Command::Init(init) => init::init(init, workspace, &cwd, printer),
        Command::Schema(_) => schema::schema(printer),
        Command::Completions(completions) => completions::completions(completions, printer),
        Command::Man(man) => man::man(man, &cwd, printer),
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
                if let Some(exit) =
                    forward::forward(client, line, command.sends(), Arc::clone(&clock), printer, &cwd).await?
                {
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

/// How a command line that cannot be read wants to be told so.
fn log_format_of(line: &[OsString]) -> LogFormat {
    let is_json = line.windows(2).any(|words| words[0] == "--log-format" && words[1] == "json")
        || line.iter().any(|word| word == "--log-format=json");
    if is_json { LogFormat::Json } else { LogFormat::Text }
}

/// Prints clap's help, version or refusal.
fn refuse(error: &clap::Error, format: LogFormat) -> Exit {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let printer = Printer::of_process(Format::Text, Verbosity::Normal).speaking(format, &clock);
    let text = error.render();
    let text = if printer.screen().colour { text.ansi().to_string() } else { text.to_string() };
    if error.use_stderr() {
        printer.raw_error(&text);
        Exit::Usage
    } else {
        printer.raw_data(&text);
        Exit::Settled
    }
}
