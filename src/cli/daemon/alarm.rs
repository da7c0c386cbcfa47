//! Wakes whoever keeps schedules when the next moment comes.
//!
//! The moment is computed elsewhere, and given to tokio-cron-scheduler as a job that runs once: its own cron jobs
//! keep a zone as the offset that it had when the job was made, and are an hour off after a change of clocks. It
//! only wakes; whether something is due is asked of the clock. So an alarm that rings too early, twice or not at
//! all does no harm.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::clock::Clock;

/// Wall time may drift so far against monotonic time before it is taken for a jump.
const DRIFT: SignedDuration = SignedDuration::from_secs(1);

/// See the module.
pub struct Alarm {
    scheduler: JobScheduler,
    clock: Arc<dyn Clock>,
    rung: Arc<Notify>,
    set: Option<Set>,
}

/// The moment for which it is set.
struct Set {
    job: Job,
    at: Timestamp,
    /// Wall time less monotonic time when it was set.
    ahead: SignedDuration,
}

impl Alarm {
    /// An alarm that is not set.
    ///
    /// # Errors
    /// When the scheduler does not start.
    pub async fn start(clock: Arc<dyn Clock>) -> Result<Self, JobSchedulerError> {
        let scheduler = JobScheduler::new().await?;
        scheduler.start().await?;
        Ok(Self { scheduler, clock, rung: Arc::new(Notify::new()), set: None })
    }

    /// Sets it for this moment, or for none; what it was set for before is forgotten. Nothing is done where it
    /// stands for that moment already and the wall clock has not jumped since.
    ///
    /// # Errors
    /// When the scheduler takes no job.
    pub async fn set(&mut self, at: Option<Timestamp>) -> Result<(), JobSchedulerError> {
        let now = self.clock.now();
        let ahead = self.ahead(now);
        let stands = |set: &Set| Some(set.at) == at && (ahead - set.ahead).abs() <= DRIFT;
        if self.set.as_ref().map_or(at.is_none(), stands) {
            return Ok(());
        }
        if let Some(set) = self.set.take() {
            // One that has rung is gone by itself.
            drop(self.scheduler.remove(&set.job.guid()).await);
        }
        let Some(at) = at else { return Ok(()) };
        let rung = Arc::clone(&self.rung);
        let ring = move |_, _| -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
            rung.notify_one();
            Box::pin(std::future::ready(()))
        };
        // The scheduler has the machine's clock, not that of a rehearsal: it is told how long to wait. It counts
        // in whole seconds.
        let wait = at.duration_since(now).max(SignedDuration::ZERO).unsigned_abs();
        let wait = std::time::Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        let job = Job::new_one_shot_async(wait, ring)?;
        self.scheduler.add(job.clone()).await?;
        self.set = Some(Set { job, at, ahead });
        Ok(())
    }

    /// Done when it rings.
    pub async fn rung(&self) {
        self.rung.notified().await;
    }

    /// It rings no more.
    pub async fn stop(mut self) {
        drop(self.scheduler.shutdown().await);
    }

    fn ahead(&self, now: Timestamp) -> SignedDuration {
        let tick = SignedDuration::try_from(self.clock.tick().0).unwrap_or(SignedDuration::MAX);
        now.as_duration().saturating_sub(tick)
    }
}
