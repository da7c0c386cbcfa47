//! `disparo serve`: own the store for as long as nobody says otherwise, and hear what providers tell.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::domain::Channel;
use crate::engine::Urgency;
use crate::reconcile::poll::Poller;
use crate::ui::printer::Format;
use crate::ui::{Exit, words};

use super::daemon::{Keeper, Systemd};
use super::execute::Execution;
use super::failure::Failure;
use super::follow_ups::FollowUps;
use super::intake::Intake;
use super::launcher::Launcher;
use super::listening::{Listening, USUAL};
use super::observing::Observing;
use super::person::Person;
use super::refresh::Refresh;
use super::telling::Telling;
use super::{reconcile, urls};

/// What to serve, or what to show.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Where to listen for webhooks; port 0 finds a free one [default: that of workspace.toml, else 127.0.0.1:8321]
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<SocketAddr>,
    /// At SIGTERM or SIGHUP, how long calls under way are waited for before they are left in doubt
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = humantime::parse_duration)]
    pub(super) drain: Duration,
    /// Where to answer /metrics, /healthz and /readyz, in plain HTTP to whoever reaches it; port 0 finds a free one
    /// [default: metrics of [listen] in workspace.toml, else nowhere]
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// Print each channel's webhook address, secret included, and serve nothing
    #[arg(long)]
    print_urls: bool,
    /// Make a new secret for a channel's webhook address, and print it; the old one is taken for 30 more days
    #[arg(long, value_name = "CHANNEL", conflicts_with = "print_urls")]
    rotate_url: Option<String>,
}

impl Arguments {
    /// Whether it stays, beside answering a question.
    pub(super) fn stays(&self) -> bool {
        !self.print_urls && self.rotate_url.is_none()
    }
}

/// Carries the command out; a serving one until Ctrl-C.
///
/// # Errors
/// When another process serves, the address is taken, or the settings are wrong.
pub async fn serve(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    if arguments.print_urls {
        return urls::print(execution, arguments.listen).await;
    }
    if let Some(channel) = &arguments.rotate_url {
        return urls::rotate(execution, channel, arguments.listen).await;
    }
    if matches!(execution.person, Person::There(_)) {
        return Err(is_owned());
    }
    let owner = &execution.owner;
    let address = arguments.listen.or(owner.workspace.preferences().listen.address).unwrap_or(USUAL);
    let channels = owner.channels()?;
    let count = channels.names().count();
    let can_be_heard = |channel: &Channel| channel.sandbox || channel.callback_url.is_some();
    // Before the first receipt is heard: whoever it proves to have been accepted is late.
    let daemon = Execution { telling: Telling::Line, ..execution.clone() };
    let follow_ups = FollowUps::new(daemon.clone())?;
    // Before anybody is told that this listens: what fails, fails at once.
    let poller = reconcile::poller(execution).await?;
    let listening = Listening::start(owner, address).await?;
    let launcher = Launcher::new(daemon);
    let systemd = Systemd::of_process();
    let printer = &execution.printer;
    let panel = arguments.metrics.or(owner.workspace.preferences().listen.metrics);
    let observing = panel.map(|address| Observing::start(owner, address, &listening)).transpose()?;
    if let Some(observing) = &observing {
        printer.note(&format!("metrics, health and readiness are on {}", observing.base_url()));
    }
    let base_url = listening.base_url();
    match printer.format() {
        Format::Json => printer.json(&json!({ "listening": base_url, "channels": count })),
        Format::Text => {
            let channels = words::counted(count as u64, "channel", "channels");
            printer.data(&format!("listening for {channels} on {base_url}"));
        }
    }
    let inbox = owner.workspace.inbox_dir();
    printer.note(&format!("what is dropped into {} is sent without being asked", inbox.display()));
    if !channels.names().filter_map(|name| channels.get(name)).any(can_be_heard) {
        printer.warning(
            "no channel can be heard yet: none has a callback_url in channels.toml, the public address of this listener",
        );
    }
    let parts = Parts {
        refresh: Refresh::start(owner),
        keeper: Keeper::new(launcher.clone(), systemd).await?,
        intake: Intake::new(execution.clone(), launcher.clone()),
        launcher,
        poller,
        follow_ups,
        listening,
    };
    systemd.ready(&format!("listening on {base_url}"));
    let kept = tokio::select! {
        kept = parts.keep(execution) => kept,
        () = systemd.keep_alive(&*owner.engine.clock) => Ok(()),
    };
    if let Some(observing) = observing {
        observing.finish().await;
    }
    systemd.stopping("ended");
    kept.map(|()| Exit::Settled)
}

/// Everything that stays up while it serves.
struct Parts {
    listening: Listening,
    poller: Poller,
    follow_ups: FollowUps,
    keeper: Keeper,
    intake: Intake,
    launcher: Launcher,
    refresh: Refresh,
}

impl Parts {
    /// Keeps all of it up until it is to end, and ends with what is under way.
    async fn keep(self, execution: &Execution) -> Result<(), Failure> {
        let Self { listening, poller, follow_ups, keeper, intake, launcher, refresh } = self;
        let ending = || {
            let failed = listening.failed();
            async move {
                tokio::select! {
                    () = execution.interrupt.reached(Urgency::Drain) => {}
                    () = failed => {}
                }
            }
        };
        let parts = async {
            let ((), followed_up, kept, taken) = tokio::join!(
                poller.run(ending()),
                ending_all(execution, follow_ups.run(ending())),
                ending_all(execution, keeper.run(ending())),
                ending_all(execution, intake.run(ending()))
            );
            launcher.finish().await;
            followed_up.and(kept).and(taken)
        };
        let ended = parts.await;
        let counted = listening.finish().await?;
        refresh.finish().await;
        execution.printer.note(&counted.to_string());
        ended
    }
}

/// A part without which the others are not to go on: they end when it does, and so does what is being sent.
async fn ending_all(
    execution: &Execution,
    part: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let ended = part.await;
    if execution.interrupt.urgency() == Urgency::None {
        execution.interrupt.press();
    }
    ended
}

/// Somebody else has the store.
#[must_use]
pub fn is_owned() -> Failure {
    Failure::usage("another process of disparo owns this workspace, so that nothing can be served here")
        .with_hint("wait until it has ended, or end it; `disparo status` says what is being sent")
}
