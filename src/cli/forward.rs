//! Handing a command to the process that owns the store.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::control::{Client, ControlError, Output, Request};
use crate::ui::{Exit, Printer, confirm};

use super::failure::Failure;
use super::interrupt;

/// Ctrl-Cs that may wait to be passed on; the second already stops everything.
const PRESSES: usize = 8;

/// Has the owner carry out the command line, as if this process did; `None` when the owner ended before
/// it had taken it. Where the command `sends`, Ctrl-C is passed on; otherwise it ends this process alone.
///
/// # Errors
/// When the command line cannot be handed over, or the owner ends before it has answered.
pub async fn forward(
    client: Client,
    line: Vec<OsString>,
    sends: bool,
    clock: Arc<dyn Clock>,
    printer: &Printer,
    cwd: &Path,
) -> Result<Option<Exit>, Failure> {
    let (press, presses) = mpsc::channel(PRESSES);
    if sends {
        interrupt::listen(clock, interrupt::DRAIN, move |_| {
            // One that finds no room comes after several others.
            let _ = press.try_send(());
        })?;
    }
    let screen = printer.screen();
    let request = Request {
        version: Request::VERSION.to_owned(),
        arguments: line.into_iter().map(text).collect::<Result<_, _>>()?,
        colour: screen.colour,
        width: screen.width,
        live: screen.live,
        cwd: cwd.to_owned(),
    };
    let print = |output| {
        match output {
            Output::Stdout(text) => printer.raw_data(&text),
            Output::Stderr(text) => printer.as_it_is(&text),
        }
        !printer.is_closed()
    };
    let ask = async |question| confirm::ask_here(printer, question).await;
    match client.execute(&request, print, ask, presses).await {
        Ok(code) => Ok(Some(Exit::of_code(code).ok_or(ControlError::Unreadable)?)),
        Err(ControlError::NotTaken) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn text(argument: OsString) -> Result<String, ControlError> {
    argument.into_string().map_err(|argument| ControlError::NotText(argument.display().to_string()))
}
