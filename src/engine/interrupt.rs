//! How a process is told to stop sending: drain first, then at once.

use tokio::sync::watch;

/// How urgently sending is to end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// It is not.
    #[default]
    None,
    /// No new call begins; calls in flight are waited for.
    Drain,
    /// At once: calls in flight are left in doubt.
    Stop,
}

/// The handle by which a person's Ctrl-C reaches every run of the process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Interrupt {
    urgency: watch::Sender<Urgency>,
}

impl Interrupt {
    /// Nobody has asked for anything.
    #[must_use]
    pub fn new() -> Self {
        Self { urgency: watch::Sender::new(Urgency::None) }
    }

    /// Asks for more urgency: drain at the first call, stop at the second. Gives what is asked for now.
    pub fn press(&self) -> Urgency {
        self.urgency.send_modify(|urgency| {
            *urgency = match urgency {
                Urgency::None => Urgency::Drain,
                Urgency::Drain | Urgency::Stop => Urgency::Stop,
            };
        });
        *self.urgency.borrow()
    }

    /// What is asked for now.
    #[must_use]
    pub fn urgency(&self) -> Urgency {
        *self.urgency.borrow()
    }

    /// Waits until at least `urgency` is asked for.
    pub async fn reached(&self, urgency: Urgency) {
        let mut following = self.urgency.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        drop(following.wait_for(|asked| *asked >= urgency).await);
    }
}

impl Default for Interrupt {
    fn default() -> Self {
        Self::new()
    }
}
