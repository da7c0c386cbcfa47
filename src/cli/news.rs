//! `--listen` of the commands that send: webhooks are heard while they do, and for a while after.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;

use crate::domain::{Content, Recipient, RecipientNumber, RunId, RunState};
use crate::engine::{Urgency, occurrence};
use crate::ui::{Exit, words};

use super::execute::Execution;
use super::failure::Failure;
use super::listening::Listening;
use super::owner::Owner;
use super::{fallback, late, launch, retry_failed};

/// How long news are waited for when nobody says.
const USUAL: Duration = Duration::from_secs(120);

/// Between two looks at how many messages are still without a final word.
const LOOK: Duration = Duration::from_millis(100);

/// Between two words to the person who waits.
const BETWEEN: Duration = Duration::from_secs(15);

/// Whether and how long to listen.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Hearing what becomes of messages")]
pub struct Flags {
    /// Listen for webhooks here while sending, and then until every message was read, answered or failed
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// How long to listen after the last call, at most [default: 2m]
    #[arg(long, value_name = "DURATION", requires = "listen", value_parser = humantime::parse_duration)]
    listen_for: Option<Duration>,
}

/// The runs of a command whose end is told once there are news of their messages.
#[derive(Debug, Default)]
pub struct News {
    runs: Mutex<Vec<RunId>>,
}

impl News {
    /// The run's calls are made; its end is told with those of the command's other runs.
    pub fn expect_of(&self, run: RunId) {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).push(run);
    }

    fn runs(&self) -> Vec<RunId> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Carries a command out, with a listener around it where one is asked for.
///
/// # Errors
/// Those of the command, and of the listener.
pub async fn around(
    execution: &Execution,
    flags: &Flags,
    command: impl AsyncFnOnce(&Execution) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let Some(address) = flags.listen else { return command(execution).await };
    let listening = Listening::start(&execution.owner, address).await?;
    let note = format!("listening for webhooks on {}", listening.base_url());
    execution.printer.note(&note);
    let news = Arc::new(News::default());
    let listened = Execution { news: Some(Arc::clone(&news)), ..execution.clone() };
    let ended = command(&listened).await;
    let time = flags.listen_for.unwrap_or(USUAL);
    let waited = match &ended {
        Ok(_) => wait_and_send_again(&listened, &news, time).await,
        Err(_) => wait(execution, &news.runs(), time).await,
    };
    let counted = listening.finish().await?;
    execution.printer.detail(&counted.to_string());
    let told = tell(execution, &news.runs())?;
    waited?;
    Ok(match ended? {
        // What was heard may have settled a doubt since.
        Exit::Settled | Exit::Rejected | Exit::InDoubt => told,
        other => other,
    })
}

/// Waits for news of the command's runs; then does what follows them for people who are known late to have been
/// accepted, sends again what could not be delivered and may be, where the campaign opted in, and waits for news
/// of that.
async fn wait_and_send_again(execution: &Execution, news: &News, time: Duration) -> Result<(), Failure> {
    let clock = &execution.owner.engine.clock;
    let mut until = clock.tick().after(time);
    loop {
        let runs = news.runs();
        wait(execution, &runs, until.since(clock.tick())).await?;
        for run in &runs {
            if execution.interrupt.urgency() > Urgency::None {
                return Ok(());
            }
            late::follow(execution, *run).await?;
            retry_failed::follow(execution, *run).await?;
        }
        if news.runs().len() > runs.len() {
            until = clock.tick().after(time);
            continue;
        }
        let next = retry_failed::next(&execution.owner, &runs)?;
        let wait = next.map(|next| next.duration_since(clock.now()).max(SignedDuration::ZERO).unsigned_abs());
        match wait.map(|wait| clock.tick().after(wait)) {
            Some(due) if due <= until => tokio::select! {
                () = clock.sleep_until(due) => {}
                () = execution.interrupt.reached(Urgency::Drain) => return Ok(()),
            },
            _ => return Ok(()),
        }
    }
}

/// Waits until every accepted message of these runs has a final word, the time has passed, or Ctrl-C.
async fn wait(execution: &Execution, runs: &[RunId], time: Duration) -> Result<(), Failure> {
    let clock = &execution.owner.engine.clock;
    let until = clock.tick().after(time);
    let mut told = None;
    let runs: Vec<_> = runs.iter().copied().filter(|run| has_messages(&execution.owner, *run)).collect();
    while execution.interrupt.urgency() == Urgency::None {
        let waiting = without_final_word(&execution.owner, &runs)?;
        if waiting == 0 {
            break;
        }
        let now = clock.tick();
        let messages = words::counted(waiting, "message", "messages");
        if now >= until {
            execution
                .printer
                .note(&format!("no final word of {messages} so far; `disparo serve` hears what comes later"));
            break;
        }
        if told.is_none_or(|told| now.since(told) >= BETWEEN) {
            let left = words::duration(until.since(now));
            execution
                .printer
                .note(&format!("waiting for news of {messages}, up to {left}; Ctrl-C stops waiting"));
            told = Some(now);
        }
        tokio::select! {
            () = clock.sleep_until(until.min(now.after(LOOK))) => {}
            () = execution.interrupt.reached(Urgency::Drain) => {}
        }
    }
    Ok(())
}

/// Whether a run sends messages; of a change to a contact or chat nothing is heard. All recipients of a run get
/// the same kind of content.
fn has_messages(owner: &Owner, run: RunId) -> bool {
    let roster = occurrence::attach(&owner.engine.journal, run);
    let first = roster.map(|roster| roster.recipient(RecipientNumber(0)));
    !matches!(first, Ok(Ok(Recipient { content: Content::Action(_), .. })))
}

/// Messages that were neither read nor answered, and have not failed: accepted ones, and those of people in doubt
/// once the sending is done, which a receipt may prove.
fn without_final_word(owner: &Owner, runs: &[RunId]) -> Result<u64, Failure> {
    let mut all = 0;
    for run in runs {
        let view = owner.engine.journal.view(*run)?;
        let known = view.deliveries.read + view.deliveries.failed;
        let tally = view.summary.tally;
        let doubts = if view.summary.state == RunState::Settling { tally.in_doubt } else { 0 };
        all += (tally.accepted + doubts).saturating_sub(known);
    }
    Ok(all)
}

/// Writes the results of all these runs and tells how they ended, the worst of it as exit code.
fn tell(execution: &Execution, runs: &[RunId]) -> Result<Exit, Failure> {
    let owner = &execution.owner;
    let mut exits = Vec::with_capacity(runs.len());
    for run in runs {
        let view = owner.engine.journal.view(*run)?;
        exits.push(match launch::tell_end(owner, &execution.printer, &view) {
            Ok(_) => fallback::exit_of(owner, *run)?,
            // The results of one run do not hinder those of the others.
            Err(failure) => failure.tell(&execution.printer),
        });
    }
    Ok(Exit::worst(exits))
}
