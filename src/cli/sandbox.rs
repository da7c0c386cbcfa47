//! `disparo sandbox`: the provider simulator, on its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::sandbox::{Recording, Sandbox, Scenario};
use crate::ui::{Exit, Printer};

use super::failure::Failure;
use super::interrupt;

/// Stands in for Devino and Wati on one address, as strict as they are, and records what it accepted.
/// Point a channel's base_url at it to rehearse a campaign; nothing leaves this computer.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Where to listen; port 0 finds a free one
    #[arg(long, value_name = "ADDRESS", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))]
    listen: SocketAddr,
    /// A file that says how the far side misbehaves
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Keep the record of what was accepted in this file too
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// Listens until Ctrl-C. The first line on stdout says where.
///
/// # Errors
/// When the scenario is wrong or the address taken.
pub async fn sandbox(
    arguments: &Arguments,
    cwd: &Path,
    printer: &Printer,
    clock: Arc<dyn Clock>,
) -> Result<Exit, Failure> {
    let scenario = match &arguments.scenario {
        Some(file) => Scenario::load(&cwd.join(file))?,
        None => Scenario::default(),
    };
    let recording =
        arguments.record.as_ref().map_or(Recording::Memory, |file| Recording::File(cwd.join(file)));
    let ended = Arc::new(Notify::new());
    let end = Arc::clone(&ended);
    interrupt::listen(move || end.notify_one())?;
    let sandbox = Sandbox::start_recording(arguments.listen, scenario, clock, &recording)
        .map_err(|error| Failure::new(Exit::Unexpected, error))?;
    printer.data(&format!("listening on http://{}", sandbox.address()));
    printer.note("Ctrl-C ends it");
    ended.notified().await;
    sandbox.stop().await;
    Ok(Exit::Settled)
}
