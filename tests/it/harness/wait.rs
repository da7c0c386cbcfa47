//! Waiting for something that can be observed, until a deadline; never for time to pass.

use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine; whoever waits this long waits for ever.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// How often is looked.
const GLANCE: Duration = Duration::from_millis(2);

/// A moment after which a test stops waiting.
#[derive(Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// [`PATIENCE`] from now.
    pub fn start() -> Self {
        Self::after(PATIENCE)
    }

    /// So long from now.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's patience is measured outside the program under test"
    )]
    pub fn after(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// How much is left; `None` when it has passed.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's patience is measured outside the program under test"
    )]
    pub fn left(self) -> Option<Duration> {
        self.0.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }
}

/// Looks again and again until `seen` gives something.
///
/// # Panics
/// When it has given nothing within [`PATIENCE`].
pub fn until<T>(what: &str, mut seen: impl FnMut() -> Option<T>) -> T {
    let deadline = Deadline::start();
    loop {
        if let Some(value) = seen() {
            return value;
        }
        assert!(deadline.left().is_some(), "waited {PATIENCE:?} for {what}");
        thread::sleep(GLANCE);
    }
}
