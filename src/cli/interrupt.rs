//! Ctrl-C, and SIGTERM, which service managers send: neither ends the process by itself.

use tokio::signal::unix::{SignalKind, signal};

use crate::ui::Exit;

use super::failure::Failure;

/// Calls `press` at each from here on.
///
/// # Errors
/// When the system does not let us listen.
pub fn listen(mut press: impl FnMut() + Send + 'static) -> Result<(), Failure> {
    let failed = |error| Failure::new(Exit::Unexpected, format!("cannot listen to Ctrl-C: {error}"));
    let mut interrupted = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminated = signal(SignalKind::terminate()).map_err(failed)?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(()) = interrupted.recv() => press(),
                Some(()) = terminated.recv() => press(),
                else => break,
            }
        }
    });
    Ok(())
}
