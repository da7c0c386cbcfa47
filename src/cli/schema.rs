//! `disparo schema`: the JSON Schema of campaign definitions, for editors.

use clap::Args;

use crate::definition;
use crate::ui::{Exit, Printer};

use super::failure::Failure;

/// Nothing to choose.
#[derive(Debug, Args)]
pub struct Arguments {}

/// Prints it.
///
/// # Errors
/// Never, but commands can fail.
pub fn schema(printer: &Printer) -> Result<Exit, Failure> {
    printer.data(&format!("{:#}", definition::schema()));
    Ok(Exit::Settled)
}
