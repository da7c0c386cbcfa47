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

/// Stands in for all providers on one address, as strict as they are, and records what it accepted.
/// Point a channel's base_url at it to rehearse a campaign; nothing leaves this computer.
///
/// What becomes of messages, and what people write, is posted as the provider does: Devino's statuses to the
/// callbackUrl of each message, everything else to the address that is set with
/// POST /sandbox/PROVIDER/webhook {"url": "http://127.0.0.1:…"}. A scenario's [webhooks] makes posts come late,
/// twice, in disorder, or not at all; GET /sandbox/webhooks lists them. What is not answered is posted again
/// until it is, but not by a sandbox that is started anew.
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
    interrupt::listen(Arc::clone(&clock), interrupt::DRAIN, move |_| end.notify_one())?;
    let sandbox = Sandbox::start_recording(arguments.listen, scenario, clock, &recording)
        .map_err(|error| Failure::new(Exit::Unexpected, error))?;
    printer.data(&format!("listening on http://{}", sandbox.address()));
    printer.note("Ctrl-C ends it");
    ended.notified().await;
    sandbox.stop().await;
    Ok(Exit::Settled)
}
