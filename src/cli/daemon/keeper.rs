//! Keeps schedules while a process serves: makes a pass whenever something may be due, and hands runs that became
//! ready to whoever sends them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::cli::execute::Execution;
use crate::cli::failure::Failure;
use crate::cli::launcher::Launcher;
use crate::engine::Urgency;
use crate::ui::{Exit, words};

use super::alarm::Alarm;
use super::pass::{Outlook, Pass};
use super::supervisor::Supervisor;
use super::systemd::Systemd;

/// Between two looks at definitions and clock, whatever else wakes it: nothing depends on one long sleep.
const LOOK: Duration = Duration::from_secs(2);

/// Between two looks at runs that nobody has in hand, where the journal tells nothing new: a command that left one
/// may have given it back after it wrote the last of it, and what could not be gone on with is tried again.
const LEFT: Duration = Duration::from_secs(5);

/// Between two looks, however much happens meanwhile.
const BETWEEN: Duration = Duration::from_millis(100);

/// See the module.
pub struct Keeper {
    launcher: Launcher,
    pass: Pass,
    supervisor: Supervisor,
    alarm: Alarm,
    news: watch::Receiver<u64>,
    outlook: Outlook,
    systemd: Systemd,
}

impl Keeper {
    /// Sends over this launcher, and tells the service manager how it stands.
    ///
    /// # Errors
    /// When the store cannot be read, or the alarm does not work.
    pub async fn new(launcher: Launcher, systemd: Systemd) -> Result<Self, Failure> {
        let engine = &launcher.execution().owner.engine;
        let news = engine.journal.follow_news()?;
        let alarm = Alarm::start(engine.clock.clone()).await.map_err(broken)?;
        let (pass, supervisor) = (Pass::new(launcher.clone()), Supervisor::new(launcher.clone()));
        let outlook = Outlook::default();
        Ok(Self { launcher, pass, supervisor, alarm, news, outlook, systemd })
    }

    /// Goes on with what was left behind and launches what is due, then whatever comes until `ending`. What is being
    /// sent then is in the launcher's hands.
    ///
    /// # Errors
    /// When the store or the workspace's folder cannot be read.
    pub async fn run(mut self, ending: impl Future<Output = ()>) -> Result<(), Failure> {
        tokio::pin!(ending);
        let (gone_on, _) = self.supervisor.begin().await?;
        if gone_on > 0 {
            let runs = words::counted(gone_on, "run", "runs");
            self.execution().printer.note(&format!("going on with {runs} that an earlier process left"));
        }
        self.make_pass().await?;
        self.tell();
        let clock = Arc::clone(&self.execution().owner.engine.clock);
        let mut looked = clock.tick();
        loop {
            let before = (self.outlook.scheduled, self.outlook.next);
            tokio::select! {
                () = &mut ending => break,
                () = self.rest() => {}
            }
            if self.news.has_changed().unwrap_or(true) || clock.tick().since(looked) >= LEFT {
                self.news.mark_unchanged();
                looked = clock.tick();
                self.supervisor.look().await?;
            }
            self.make_pass().await?;
            if self.execution().interrupt.urgency() > Urgency::None {
                break;
            }
            if before != (self.outlook.scheduled, self.outlook.next) {
                self.tell();
            }
        }
        self.alarm.stop().await;
        Ok(())
    }

    /// Says how many schedules there are, and when the next is due.
    fn tell(&self) {
        let schedules = words::counted(self.outlook.scheduled as u64, "schedule", "schedules");
        let told = match self.outlook.next {
            Some(next) => format!("{schedules}; the next is due {next}"),
            None => schedules,
        };
        self.systemd.status(&told);
        let is_any = self.outlook.scheduled > 0;
        self.execution().printer.note(if is_any { &told } else { "no definition has a schedule" });
    }

    async fn make_pass(&mut self) -> Result<(), Failure> {
        self.outlook = self.pass.make().await?;
        self.alarm.set(self.outlook.next).await.map_err(broken)
    }

    /// Until something may have become due.
    async fn rest(&self) {
        let clock = &self.execution().owner.engine.clock;
        clock.sleep_until(clock.tick().after(BETWEEN)).await;
        let wait = self.outlook.next.map(|next| next.duration_since(clock.now()));
        let wait =
            wait.map_or(LOOK, |wait| if wait.is_negative() { Duration::ZERO } else { wait.unsigned_abs() });
        let mut news = self.news.clone();
        tokio::select! {
            () = clock.sleep_until(clock.tick().after(wait.min(LOOK))) => {}
            () = self.alarm.rung() => {}
            // The journal outlives this: waiting for its news cannot fail.
            _ = news.changed() => {}
        }
    }

    fn execution(&self) -> &Execution {
        self.launcher.execution()
    }
}

fn broken(error: tokio_cron_scheduler::JobSchedulerError) -> Failure {
    Failure::new(Exit::Unexpected, format!("the alarm of the schedules does not work: {error}"))
}
