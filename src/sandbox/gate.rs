//! The gate in front of acceptance: tests close it, see who waits, and open it again.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

/// How the gate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Open,
    Held,
    Closed,
}

/// Everybody passes while it is open.
#[derive(Debug)]
pub(super) struct Gate {
    standing: watch::Sender<Standing>,
    waiting: AtomicU64,
}

/// Counts one who waits, for as long as it lives.
struct Waiting<'a>(&'a AtomicU64);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Gate {
    pub(super) fn new() -> Self {
        Self { standing: watch::Sender::new(Standing::Open), waiting: AtomicU64::new(0) }
    }

    pub(super) fn hold(&self) {
        self.turn(Standing::Held);
    }

    pub(super) fn release(&self) {
        self.turn(Standing::Open);
    }

    /// For good: nobody passes any more, and those who wait are told so.
    pub(super) fn close(&self) {
        self.turn(Standing::Closed);
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Acquire)
    }

    /// Waits until the gate is open; `false` when it never will be. `told` is called when somebody has to
    /// wait, after being counted.
    pub(super) async fn pass(&self, told: impl FnOnce()) -> bool {
        let mut standing = self.standing.subscribe();
        let waiting = (*standing.borrow_and_update() == Standing::Held).then(|| {
            self.waiting.fetch_add(1, Ordering::AcqRel);
            told();
            Waiting(&self.waiting)
        });
        let turned = standing.wait_for(|standing| *standing != Standing::Held).await;
        let is_open = turned.is_ok_and(|standing| *standing == Standing::Open);
        drop(waiting);
        is_open
    }

    fn turn(&self, to: Standing) {
        self.standing.send_if_modified(|standing| {
            let turns = *standing != Standing::Closed && *standing != to;
            if turns {
                *standing = to;
            }
            turns
        });
    }
}
