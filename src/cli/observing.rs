//! What operators ask of a process that stays up: metrics, whether it lives, whether it can do its work.
//!
//! It has an address of its own and none unless one is named. On the listener for webhooks nothing could keep it
//! from strangers: behind a proxy that passes everything on, every request comes from this machine.

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::json;
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::metrics::{CONTENT_TYPE, Outside};
use crate::ui::Exit;
use crate::web::{Counts, Listener, Panel, Peers, Shown, Sight};

use super::failure::Failure;
use super::listening::Listening;
use super::owner::Owner;

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// A panel that is being served.
#[derive(Debug)]
pub struct Observing {
    address: SocketAddr,
    end: watch::Sender<bool>,
    served: JoinHandle<()>,
}

/// What the answers are made of.
#[derive(Debug, Clone)]
struct Observed {
    owner: Arc<Owner>,
    webhooks: Arc<Counts>,
    /// Whether nothing is applied any more of what webhooks bring.
    applier_failed: watch::Receiver<bool>,
}

impl Observing {
    /// Serves the panel at this address.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn start(owner: &Arc<Owner>, address: SocketAddr, listening: &Listening) -> Result<Self, Failure> {
        let listener = Listener::bind(address, None, Peers::default()).map_err(|error| {
            let hint = "name another with --metrics ADDRESS, or in workspace.toml as metrics of [listen]";
            Failure::new(Exit::Usage, error.to_string().replacen("webhooks", "metrics", 1)).with_hint(hint)
        })?;
        let address = listener.address();
        let observed = Observed {
            owner: Arc::clone(owner),
            webhooks: listening.counts(),
            applier_failed: listening.applier_failed(),
        };
        let clock = Arc::clone(&owner.engine.clock);
        let panel = Arc::new(Panel::new(clock, move |sight| show(observed.clone(), sight)));
        let (end, mut ended) = watch::channel(false);
        let served = tokio::spawn(listener.serve(panel, async move {
            // An error says that whoever would end it is gone, which ends it too.
            drop(ended.wait_for(|ended| *ended).await);
        }));
        Ok(Self { address, end, served })
    }

    /// Where it is asked, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers nothing more.
    pub async fn finish(self) {
        self.end.send_replace(true);
        if let Err(error) = self.served.await {
            tracing::error!(%error, "failed to answer operators");
        }
    }
}

async fn show(observed: Observed, sight: Sight) -> Shown {
    if sight == Sight::Health {
        // That this is answered is all that it says: nothing here waits for the disk.
        return Shown { is_well: true, content_type: JSON, text: "{\"alive\":true}\n".to_owned() };
    }
    let shown = spawn_blocking(move || match sight {
        Sight::Metrics => observed.metrics(),
        Sight::Health | Sight::Readiness => observed.readiness(),
    });
    shown.await.unwrap_or_else(|error| unwell(&[format!("a defect in Disparo: {error}")]))
}

impl Observed {
    fn metrics(&self) -> Shown {
        let channels = match self.owner.channels() {
            Ok(channels) => {
                let limits = |name: &str| Some((name.to_owned(), channels.get(name)?.rates.clone()));
                channels.names().filter_map(limits).collect()
            }
            Err(error) => {
                tracing::warn!(error = error.sentence(), "the channels' limits are not among the metrics");
                Vec::new()
            }
        };
        let webhooks = self.webhooks.so_far();
        let outside = Outside {
            channels,
            webhooks: vec![
                ("taken", webhooks.posts),
                ("malformed", webhooks.malformed),
                ("refused", webhooks.refused),
                ("unavailable", webhooks.unavailable),
            ],
            is_ready: self.problems().is_empty(),
        };
        match self.owner.metrics.scrape(&outside) {
            Ok(text) => Shown { is_well: true, content_type: CONTENT_TYPE, text },
            Err(error) => Shown { is_well: false, content_type: TEXT, text: format!("{error}\n") },
        }
    }

    fn readiness(&self) -> Shown {
        match self.problems().as_slice() {
            [] => Shown { is_well: true, content_type: JSON, text: "{\"ready\":true}\n".to_owned() },
            problems => unwell(problems),
        }
    }

    /// What keeps it from its work, in sentences.
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if let Err(error) = self.owner.engine.journal.is_fit() {
            problems.push(error.to_string());
        }
        if *self.applier_failed.borrow() {
            problems.push(
                "what webhooks bring is kept, but not applied any more; restart the process".to_owned(),
            );
        }
        problems
    }
}

fn unwell(problems: &[String]) -> Shown {
    let text = format!("{}\n", json!({ "ready": false, "problems": problems }));
    Shown { is_well: false, content_type: JSON, text }
}
