//! Channels made ready: secrets resolved, the simulator started where one asks for it.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;

use crate::clock::Clock;
use crate::domain::Channel;
use crate::engine::{Budget, Link, Shared};
use crate::journal::Journal;
use crate::provider;
use crate::provider::transport::Transport;
use crate::sandbox::{Recording, Sandbox, Scenario};
use crate::settings::{Environment, secret};
use crate::ui::Exit;

use super::failure::Failure;

/// What links share: one simulator, which lives as long as this, and what holds for all links of a channel.
#[derive(Debug)]
pub struct Connections {
    environment: Environment,
    clock: Arc<dyn Clock>,
    sandbox: OnceCell<Sandbox>,
    shared: Mutex<HashMap<String, Arc<Shared>>>,
    budgets: Mutex<HashMap<String, Arc<Budget>>>,
    /// Where requests are counted; a process that only asks has none.
    journal: Option<Arc<Journal>>,
}

/// Whether an address is one of this machine's own.
fn is_on_this_machine(base_url: &str) -> bool {
    let url = url::Url::parse(base_url);
    url.is_ok_and(|url| match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    })
}

impl Connections {
    /// Nothing is read or started before it is needed.
    #[must_use]
    pub fn new(environment: Environment, clock: Arc<dyn Clock>, journal: Option<Arc<Journal>>) -> Self {
        let (shared, budgets) = (Mutex::default(), Mutex::default());
        Self { environment, clock, sandbox: OnceCell::new(), shared, budgets, journal }
    }

    /// Makes a channel ready.
    ///
    /// # Errors
    /// When its secret cannot be read or the simulator not be started.
    pub async fn link(&self, channel: &Channel) -> Result<Link, Failure> {
        let invalid =
            |error: &dyn std::fmt::Display| Failure::invalid(format!("channel `{}`: {error}", channel.name));
        let (base_url, secret) = if channel.sandbox {
            let sandbox = self.sandbox.get_or_try_init(|| self.start_sandbox()).await?;
            if let Some(webhook) = &channel.webhook {
                sandbox
                    .send_webhooks_to(channel.provider, Some(webhook.expose_secret()))
                    .map_err(|error| invalid(&error))?;
            }
            // The simulator takes any credential of the right form.
            (format!("http://{}", sandbox.address()), SecretString::from("sandbox".to_owned()))
        } else {
            let reference = channel.secret.as_ref().ok_or_else(|| invalid(&"it has no secret"))?;
            let secret = secret::resolve_in(reference, &self.environment)
                .map_err(|error| invalid(&error).with_hint(error.hint()))?;
            if self.clock.is_rehearsal() && !is_on_this_machine(&channel.base_url) {
                let sentence = "DISPARO_CLOCK is for rehearsals: at another time than the real one nobody real is messaged";
                return Err(invalid(&sentence).with_hint("leave DISPARO_CLOCK out, or send to a sandbox"));
            }
            (channel.base_url.clone(), secret)
        };
        let entry = provider::entry(channel).map_err(Failure::invalid)?;
        let provider = (entry.open)(channel).map_err(Failure::invalid)?;
        let transport = Transport::new(entry, channel, &base_url, secret).map_err(Failure::invalid)?;
        let link = Link::sharing(channel.clone(), provider, transport, self.shared(&channel.name));
        let budget = channel.portfolio.as_ref().map(|portfolio| self.budget(&portfolio.name));
        Ok(Link { budget, ..link })
    }

    /// What all links of the channel share.
    #[must_use]
    pub fn shared(&self, channel: &str) -> Arc<Shared> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Shared::counting(self.journal.clone()));
        Arc::clone(shared.entry(channel.to_owned()).or_insert_with(new))
    }

    fn budget(&self, portfolio: &str) -> Arc<Budget> {
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(budgets.entry(portfolio.to_owned()).or_default())
    }

    async fn start_sandbox(&self) -> Result<Sandbox, Failure> {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        // Its record would grow with the campaign, and nobody reads it when the process ends.
        let clock = Arc::clone(&self.clock);
        let started = Sandbox::start_recording(listen, Scenario::default(), clock, &Recording::Counts);
        started.map_err(|error| Failure::new(Exit::Unexpected, format!("cannot start the sandbox: {error}")))
    }
}
