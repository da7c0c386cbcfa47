//! What systemd is told, where it started this process as a service of `Type=notify`; nobody is told otherwise.

use std::time::Duration;

use sd_notify::NotifyState;

use crate::clock::Clock;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub struct Systemd {
    watchdog: Option<Duration>,
}

impl Systemd {
    /// Whoever started this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self { watchdog: sd_notify::watchdog_enabled() }
    }

    /// Everything is up, and this is what it does.
    pub fn ready(&self, status: &str) {
        tell(&[NotifyState::Ready, NotifyState::Status(status)]);
    }

    /// What it does now.
    pub fn status(&self, status: &str) {
        tell(&[NotifyState::Status(status)]);
    }

    /// It ends.
    pub fn stopping(&self, status: &str) {
        tell(&[NotifyState::Stopping, NotifyState::Status(status)]);
    }

    /// Says that this process lives, as often as the service manager wants to hear it, for ever.
    pub async fn keep_alive(&self, clock: &dyn Clock) {
        let Some(patience) = self.watchdog else { return std::future::pending().await };
        loop {
            tell(&[NotifyState::Watchdog]);
            clock.sleep_until(clock.tick().after(patience / 2)).await;
        }
    }
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}
