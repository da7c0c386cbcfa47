//! `disparo sandbox`: the provider simulator, on its own.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::sandbox::{Audience, LeanSandbox, MOST_PEOPLE, Recording, Sandbox, SandboxError, Scenario};
use crate::ui::{DataStream, Exit, Printer, words};

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
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    made_up: Option<MadeUp>,
    /// Where to listen; port 0 finds a free one
    #[arg(long, value_name = "ADDRESS", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))]
    listen: SocketAddr,
    /// A file that says how the far side misbehaves
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Keep the record of what was accepted in this file too
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Take every message without judging or keeping it, Devino's alone: for benchmarks of whoever sends
    #[arg(long, conflicts_with_all = ["scenario", "record"])]
    lean: bool,
    /// How long the lean one takes for each answer, as in "10ms"
    #[arg(long, value_name = "TIME", requires = "lean", default_value = "0s", value_parser = humantime::parse_duration)]
    latency: Duration,
}

/// What it makes up.
#[derive(Debug, Subcommand)]
enum MadeUp {
    /// Write a made-up audience, the same for the same numbers on any machine
    ///
    /// The numbers have the form of Brazilian mobiles and may belong to people: send them to a sandbox alone.
    Audience(People),
}

/// Which audience.
#[derive(Debug, Args)]
struct People {
    /// Rows, the header aside
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MOST_PEOPLE))]
    rows: u64,
    /// Other numbers for another
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Of so many in a hundred rows the number is written in another shape, doubled, or no number
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    dirty: u8,
    /// Where it is written; stdout when left out
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
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
    if let Some(MadeUp::Audience(people)) = &arguments.made_up {
        return make_up(people, cwd, printer);
    }
    let ended = Arc::new(Notify::new());
    let end = Arc::clone(&ended);
    interrupt::listen(Arc::clone(&clock), interrupt::DRAIN, move |_| end.notify_one())?;
    let failed = |error: SandboxError| Failure::new(Exit::Unexpected, error);
    let tell = |address: SocketAddr| {
        printer.data(&format!("listening on http://{address}"));
        printer.note("Ctrl-C ends it");
    };
    if arguments.lean {
        let sandbox = LeanSandbox::start(arguments.listen, arguments.latency, clock).map_err(failed)?;
        tell(sandbox.address());
        ended.notified().await;
        return Ok(Exit::Settled);
    }
    let scenario = match &arguments.scenario {
        Some(file) => Scenario::load(&cwd.join(file))?,
        None => Scenario::default(),
    };
    let recording =
        arguments.record.as_ref().map_or(Recording::Memory, |file| Recording::File(cwd.join(file)));
    let sandbox = Sandbox::start_recording(arguments.listen, scenario, clock, &recording).map_err(failed)?;
    tell(sandbox.address());
    ended.notified().await;
    sandbox.stop().await;
    Ok(Exit::Settled)
}

fn make_up(people: &People, cwd: &Path, printer: &Printer) -> Result<Exit, Failure> {
    let audience = Audience { rows: people.rows, seed: people.seed, dirty_percent: people.dirty };
    let Some(output) = &people.output else {
        let mut out = BufWriter::new(DataStream::new(printer));
        // What stdout does not take is the printer's business.
        let _ = audience.write(&mut out).and_then(|()| out.flush());
        return Ok(Exit::Settled);
    };
    let file = cwd.join(output);
    let written = File::create(&file).and_then(|file| {
        let mut out = BufWriter::new(file);
        audience.write(&mut out)?;
        out.flush()
    });
    written.map_err(|error| {
        Failure::new(Exit::Unexpected, format!("{}: the audience cannot be written: {error}", file.display()))
            .with_hint("name a file in a folder that can be written, on a disk with space left")
    })?;
    printer.note(&format!("{}: {}", file.display(), words::counted(people.rows, "row", "rows")));
    Ok(Exit::Settled)
}
