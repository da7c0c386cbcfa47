//! The reconciler while it stays up: letters as they come, receipts that wait, and those that waited too long.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::Tick;
use crate::journal::{Alias, UnmatchedCursor};

use super::matching::Reach;
use super::reconciler::{Counts, ReconcileError, Reconciler};

/// Young receipts are tried again this often: what they wait for is the answer to a call in flight, or a
/// receipt that was overtaken.
const AGAIN: Duration = Duration::from_secs(2);

/// A receipt is young for so long, in milliseconds.
const YOUNG: i64 = 15 * 60 * 1_000;

/// Young receipts that are tried again, at most: an account may be used by others as well, whose messages
/// nobody here will ever know.
const MOST_YOUNG: usize = 10_000;

/// How long a receipt waits, in milliseconds: 30 days.
const RETENTION: i64 = 30 * 24 * 60 * 60 * 1_000;

/// Those that waited too long are dropped this often.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Waiting receipts that are read together.
const PAGE: usize = 1_000;

impl Reconciler {
    /// Applies letters as they come, until `ending`, and then those that still wait. `kept` is told of each.
    ///
    /// # Errors
    /// When the journal fails: nothing more can be applied, and what waits is kept.
    pub async fn run(
        &self,
        kept: Arc<Notify>,
        ending: impl Future<Output = ()>,
    ) -> Result<(), ReconcileError> {
        let ended = self.stay_up(&kept, ending).await;
        if let Err(error) = &ended {
            tracing::error!(%error, "receipts are not applied any more; they are kept, and applied by the next process");
        }
        ended
    }

    async fn stay_up(&self, kept: &Notify, ending: impl Future<Output = ()>) -> Result<(), ReconcileError> {
        tokio::pin!(ending);
        let mut next_sweep = self.clock.tick();
        let mut next_try = next_sweep.after(AGAIN);
        loop {
            self.apply_waiting().await?;
            if self.clock.tick() >= next_sweep {
                self.sweep().await?;
                next_sweep = self.clock.tick().after(DAY);
            }
            let wake = if self.has_young() { next_try.min(next_sweep) } else { next_sweep };
            tokio::select! {
                () = &mut ending => break,
                () = kept.notified() => {}
                () = self.clock.sleep_until(wake) => {}
            }
            if self.clock.tick() >= next_try {
                self.try_young().await?;
                next_try = self.after(AGAIN);
            }
        }
        self.apply_waiting().await?;
        Ok(())
    }

    fn after(&self, wait: Duration) -> Tick {
        self.clock.tick().after(wait)
    }

    fn has_young(&self) -> bool {
        !self.young.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Tries every receipt that waits once more.
    ///
    /// # Errors
    /// When the journal fails.
    pub async fn try_all(&self, reach: Reach) -> Result<Counts, ReconcileError> {
        let _turn = self.turn.lock().await;
        let mut counts = Counts::default();
        let mut cursor = UnmatchedCursor::default();
        loop {
            let page = self.journal.next_unmatched(&mut cursor, PAGE).map_err(ReconcileError::Journal)?;
            if page.is_empty() {
                return Ok(counts);
            }
            let passed = self
                .pass(reach, move |pass| page.into_iter().try_for_each(|waiting| pass.take_again(waiting)));
            counts += self.write(passed.await?).await?;
        }
    }

    /// Tries the receipts once more that have not waited for long.
    ///
    /// # Errors
    /// When the journal fails.
    pub async fn try_young(&self) -> Result<Counts, ReconcileError> {
        let _turn = self.turn.lock().await;
        let names = self.take_young();
        if names.is_empty() {
            return Ok(Counts::default());
        }
        let passed = self.pass(Reach::Recent, move |pass| {
            for name in names {
                for waiting in pass.journal.unmatched(name)? {
                    pass.take_again(waiting)?;
                }
            }
            Ok(())
        });
        self.write(passed.await?).await
    }

    /// Names under which receipts have not waited for long. Those that go on waiting come back with the pass.
    fn take_young(&self) -> BTreeSet<Alias> {
        let young = std::mem::take(&mut *self.young.lock().unwrap_or_else(PoisonError::into_inner));
        young.into_iter().map(|(name, _)| name).collect()
    }

    /// Remembers those of these receipts that are young.
    pub(super) fn remember_young(&self, waiting: Vec<(Alias, i64)>) {
        let oldest = self.clock.now().as_millisecond().saturating_sub(YOUNG);
        let mut young = self.young.lock().unwrap_or_else(PoisonError::into_inner);
        young.extend(waiting);
        young.retain(|(_, heard)| *heard >= oldest);
        if young.len() > MOST_YOUNG {
            young.sort_unstable_by_key(|(_, heard)| Reverse(*heard));
            young.truncate(MOST_YOUNG);
        }
    }

    /// Drops the receipts that have waited for 30 days, and remembers the young ones of a process before this.
    /// Gives how many were dropped.
    ///
    /// # Errors
    /// When the journal fails.
    pub async fn sweep(&self) -> Result<u64, ReconcileError> {
        let _turn = self.turn.lock().await;
        let oldest = self.clock.now().as_millisecond().saturating_sub(RETENTION);
        let mut dropped = 0;
        let mut cursor = UnmatchedCursor::default();
        loop {
            let page = self.journal.next_unmatched(&mut cursor, PAGE)?;
            if page.is_empty() {
                return Ok(dropped);
            }
            let (old, other): (Vec<_>, Vec<_>) =
                page.into_iter().partition(|waiting| waiting.received < oldest);
            dropped += old.len() as u64;
            let passed = self.pass(Reach::Recent, move |pass| {
                old.into_iter().for_each(|waiting| pass.forget(waiting));
                other.iter().for_each(|waiting| pass.goes_on_waiting(waiting));
                Ok(())
            });
            self.write(passed.await?).await?;
        }
    }
}
