//! Follows events while a command works, and shows what they tell.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::bars::Bars;
use super::plain::Plain;
use super::view::View;
use crate::clock::{Clock, Tick};
use crate::domain::RunId;
use crate::events::Event;
use crate::ui::printer::{self, Printer};

/// Time between two pictures.
const FRAME: Duration = Duration::from_millis(125);

/// Progress being shown. Finish it before the command prints its result.
#[derive(Debug)]
pub struct Progress {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Progress {
    /// Begins to show what `events` tell of `run`; nothing when the printer is quiet or prints for programs.
    #[must_use]
    pub fn start(printer: &Printer, clock: Arc<dyn Clock>, events: Receiver<Event>, run: RunId) -> Self {
        let (stop, stopped) = oneshot::channel();
        let screen = Screen::of(printer);
        let task = tokio::spawn(follow(events, run, clock, screen, stopped));
        Self { stop, task }
    }

    /// Shows what was told until now and leaves the screen to others.
    pub async fn finish(self) {
        // An error says that the task is already done, which is what is wanted.
        let _ = self.stop.send(());
        drop(self.task.await);
    }
}

/// How progress is shown.
enum Screen {
    Nothing,
    Plain(Printer, Plain),
    Bars(Printer, Bars),
}

impl Screen {
    fn of(printer: &Printer) -> Self {
        if !printer.shows_progress() {
            Self::Nothing
        } else if printer.draws() {
            Self::Bars(printer.clone(), Bars::new(printer.bars().clone()))
        } else {
            Self::Plain(printer.clone(), Plain::default())
        }
    }

    fn tell(&self, sentence: &str) {
        match self {
            Self::Nothing => {}
            Self::Plain(printer, _) | Self::Bars(printer, _) => printer.note(sentence),
        }
    }

    fn show(&mut self, view: &View, now: Tick) {
        match self {
            Self::Nothing => {}
            Self::Plain(printer, plain) => {
                for sentence in plain.due(view, now) {
                    printer.note(&sentence);
                }
            }
            Self::Bars(_, bars) => bars.draw(view, now, printer::Screen::of_process().width),
        }
    }

    fn leave(self) {
        if let Self::Bars(_, bars) = self {
            bars.clear();
        }
    }
}

async fn follow(
    mut events: Receiver<Event>,
    run: RunId,
    clock: Arc<dyn Clock>,
    mut screen: Screen,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut view = View::default();
    let mut frame = clock.sleep_until(clock.tick().after(FRAME));
    loop {
        tokio::select! {
            biased;
            _ = &mut stopped => break,
            () = &mut frame => {
                screen.show(&view, clock.tick());
                frame = clock.sleep_until(clock.tick().after(FRAME));
            }
            event = events.recv() => match event {
                Ok(event) if event.run() == Some(run) => hear(&mut view, event, &screen, clock.tick()),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => view.lose_events(),
                Err(RecvError::Closed) => break,
            },
        }
    }
    loop {
        match events.try_recv() {
            Ok(event) if event.run() == Some(run) => hear(&mut view, event, &screen, clock.tick()),
            Ok(_) => {}
            Err(TryRecvError::Lagged(_)) => view.lose_events(),
            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
        }
    }
    screen.show(&view, clock.tick());
    screen.leave();
}

fn hear(view: &mut View, event: Event, screen: &Screen, now: Tick) {
    if let Some(sentence) = view.hear(event, now) {
        screen.tell(&sentence);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::view::tests::{RUN, started};
    use super::*;
    use crate::clock::ManualClock;
    use crate::events::Events;
    use crate::ui::printer::{DEFAULT_WIDTH, Format, Screen as Look, Verbosity};
    use crate::ui::sink::Captured;

    /// The same of a run that is sent beside the one that is shown.
    fn of_another(event: Event) -> Event {
        match event {
            Event::Started { name, channels, tally, .. } => {
                Event::Started { run: RunId(RUN.0 + 1), name, channels, tally }
            }
            other => other,
        }
    }

    async fn told(format: Format, verbosity: Verbosity) -> String {
        let captured = Arc::new(Captured::default());
        let look = Look { colour: true, width: DEFAULT_WIDTH, live: false };
        let printer = Printer::new(format, verbosity, look, captured.clone());
        let events = Events::new();
        let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
        let progress = Progress::start(&printer, clock, events.listen(), RUN);
        events.tell(of_another(started(&["another"], 7)));
        events.tell(started(&["demo"], 2));
        progress.finish().await;
        assert_eq!(captured.out(), "");
        captured.err()
    }

    #[tokio::test]
    async fn what_was_told_before_the_end_is_shown() {
        let line = "welcome-1: sending to 2 recipients through demo\n";
        assert_eq!(told(Format::Text, Verbosity::Normal).await, line);
    }

    #[tokio::test]
    async fn programs_and_the_quiet_see_nothing() {
        assert_eq!(told(Format::Json, Verbosity::Normal).await, "");
        assert_eq!(told(Format::Text, Verbosity::Quiet).await, "");
    }
}
