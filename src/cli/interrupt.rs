//! What asks a process to end: Ctrl-C, SIGTERM of service managers, SIGHUP of a terminal that closes. None of them
//! ends it by itself.

use std::fs;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::clock::{Clock, Tick};
use crate::ui::Exit;

use super::failure::Failure;

/// How long calls under way are waited for where nobody says otherwise, once the system asks for the end.
pub const DRAIN: Duration = Duration::from_secs(30);

/// Who asks, once more or for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A person, who will do it again when it takes too long.
    Person,
    /// The system, which gives so much time and then asks once more.
    System(Duration),
    /// That time is over.
    Deadline(Duration),
}

/// Calls `press` at each from here on. After the first that is the system's it is called once more when `drain` has
/// passed.
///
/// # Errors
/// When the system does not let us listen.
pub fn listen(
    clock: Arc<dyn Clock>,
    drain: Duration,
    mut press: impl FnMut(Asked) + Send + 'static,
) -> Result<(), Failure> {
    let of = |kind| {
        signal(kind).map_err(|error| {
            Failure::new(Exit::Unexpected, format!("cannot listen to Ctrl-C and SIGTERM: {error}"))
        })
    };
    let mut interrupted = of(SignalKind::interrupt())?;
    let mut terminated = of(SignalKind::terminate())?;
    // Whoever began it with `nohup` wants it to outlive the terminal.
    let mut hung_up = if ignores_hang_up() { None } else { Some(of(SignalKind::hangup())?) };
    tokio::spawn(async move {
        let mut deadline = None;
        let mut is_over = false;
        loop {
            let asked = tokio::select! {
                Some(()) = interrupted.recv() => Asked::Person,
                Some(()) = terminated.recv() => Asked::System(drain),
                // A shell and the terminal both send it: the second is not a second wish.
                () = heard(&mut hung_up), if deadline.is_none() => Asked::System(drain),
                () = reached(clock.as_ref(), deadline), if !is_over => Asked::Deadline(drain),
                else => break,
            };
            match asked {
                Asked::Person => {}
                Asked::System(_) => deadline = deadline.or_else(|| Some(clock.tick().after(drain))),
                Asked::Deadline(_) => is_over = true,
            }
            press(asked);
        }
    });
    Ok(())
}

async fn heard(signal: &mut Option<Signal>) {
    let heard = match signal {
        Some(signal) => signal.recv().await,
        None => None,
    };
    if heard.is_none() {
        pending().await
    }
}

async fn reached(clock: &dyn Clock, deadline: Option<Tick>) {
    match deadline {
        Some(deadline) => clock.sleep_until(deadline).await,
        None => pending().await,
    }
}

/// Whether SIGHUP was to be ignored when this process began: the lowest bit of a mask, as Linux tells it.
fn ignores_hang_up() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}
