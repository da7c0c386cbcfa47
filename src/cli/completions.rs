//! `disparo completions`: what a shell has to know to complete the command line.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::ui::{Exit, Printer};

use super::arguments;
use super::failure::Failure;

/// Which shell.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell that is to complete
    shell: Shell,
}

/// Prints its script.
///
/// # Errors
/// Never, but commands can fail.
pub fn completions(arguments: &Arguments, printer: &Printer) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut arguments::Arguments::command(), "disparo", &mut script);
    printer.raw_data(&String::from_utf8_lossy(&script));
    Ok(Exit::Settled)
}
