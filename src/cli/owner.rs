//! The process that owns the store: everything that commands carried out in it share.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use secrecy::ExposeSecret;
use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::definition::Defaults;
use crate::domain::{Channel, FrozenChannel, Plan, RunId};
use crate::engine::{Engine, Interrupt, Link, planning};
use crate::events::{Events, Tap};
use crate::journal::{Journal, OpenError};
use crate::metrics::Metrics;
use crate::provider::{self, all_facts};
use crate::reconcile::{Reconciler, Wire};
use crate::report::{self, Results, Words};
use crate::roster::{self, Roster};
use crate::settings::{Channels, Environment, Workspace};
use crate::ui::Exit;

use super::connections::Connections;
use super::failure::Failure;
use super::hooks::{self, Hooks};
use super::late::Followed;
use super::listening::Ears;
use super::underway::Underway;

/// See the module.
#[derive(Debug)]
pub struct Owner {
    /// The folder.
    pub workspace: Workspace,
    /// Sends.
    pub engine: Engine,
    /// Held while a run is planned, until the journal knows it: two plans of one campaign made at once
    /// would each reach everybody.
    pub planning: Mutex<()>,
    /// Held by what follows a run while that is planned and sent: two at once would each do it for everybody.
    pub following: Mutex<()>,
    /// For whom it was done.
    pub followed: Followed,
    /// The runs that somebody here sends.
    pub underway: Underway,
    /// Held by a pass over what schedules want, until all of it is launched.
    pub scheduling: Mutex<()>,
    /// Held by whoever takes what is dropped into the inbox: the copies of two would lie in the same folders.
    pub taking: Mutex<()>,
    /// Why what was due could not be launched, by its definition, until it is.
    pub unlaunched: std::sync::Mutex<BTreeMap<PathBuf, Arc<Failure>>>,
    /// Held while a run's results are written: two commands may do that for the same run.
    writing: std::sync::Mutex<()>,
    /// The addresses of webhooks.
    pub hooks: Hooks,
    /// Whether this process listens for them.
    pub ears: Ears,
    /// What is counted for operators.
    pub metrics: Arc<Metrics>,
    connections: Arc<Connections>,
    /// Of which all reconcilers of this process are: they take turns.
    reconciler: Reconciler,
}

impl Owner {
    /// Opens the workspace's store as its owner.
    ///
    /// # Errors
    /// When another process has it, or it cannot be read.
    pub fn open(
        workspace: Workspace,
        environment: Environment,
        clock: Arc<dyn Clock>,
        interrupt: Interrupt,
    ) -> Result<Self, OpenError> {
        let journal = Arc::new(Journal::open(&workspace.store_dir(), Arc::clone(&clock))?);
        let connections =
            Arc::new(Connections::new(environment, Arc::clone(&clock), Some(Arc::clone(&journal))));
        let told = Arc::clone(&connections);
        let hooks = Hooks::new(Arc::clone(&journal), Arc::clone(&clock));
        let reconciler = Reconciler::new(
            Arc::clone(&journal),
            Arc::clone(&clock),
            BTreeMap::new(),
            workspace.preferences().opt_out_words.clone(),
            Arc::new(move |channel: &str| told.shared(channel).report_throttled()),
        );
        let metrics = Arc::new(Metrics::new(Arc::clone(&journal), Arc::clone(&clock)));
        let events = Events::tapped(Arc::clone(&metrics) as Arc<dyn Tap>);
        let engine = Engine { journal, clock, events, interrupt };
        Ok(Self {
            workspace,
            engine,
            planning: Mutex::new(()),
            following: Mutex::new(()),
            followed: Followed::default(),
            underway: Underway::default(),
            scheduling: Mutex::new(()),
            taking: Mutex::new(()),
            unlaunched: std::sync::Mutex::default(),
            writing: std::sync::Mutex::new(()),
            hooks,
            ears: Ears::default(),
            metrics,
            connections,
            reconciler,
        })
    }

    /// Removes what belongs to no run: what was there of plans when the process that made them died.
    ///
    /// # Errors
    /// When the store or the results cannot be read.
    pub fn sweep(&self) -> Result<(), Failure> {
        let views = self.engine.journal.views().map_err(|error| Failure::new(Exit::Unexpected, error))?;
        planning::sweep_fetched(self.engine.journal.path()).map_err(|error| {
            let sentence = format!("cannot remove what an earlier process asked an account for: {error}");
            Failure::new(Exit::Unexpected, sentence)
        })?;
        let known = views.iter().map(|view| view.facts.plan.run).collect();
        let swept = roster::sweep(self.engine.journal.path(), &known);
        let swept = swept.map_err(|error| Failure::new(Exit::Unexpected, error))?;
        // `7.partial` or `7`: see the rosters' folder.
        let number = |roster: &PathBuf| roster.file_stem()?.to_str()?.parse().ok().map(RunId);
        let never_made = swept.iter().filter_map(number).collect();
        let results = self.workspace.results_dir();
        planning::sweep(&results, &never_made).map_err(|error| {
            let sentence =
                format!("cannot remove what an unfinished plan left in {}: {error}", results.display());
            Failure::new(Exit::Unexpected, sentence)
        })
    }

    /// Writes what came of a run into the workspace's results.
    ///
    /// # Errors
    /// When the journal or the roster cannot be read, or a file not be written.
    pub fn write_results(&self, roster: &Roster) -> Result<Results, Failure> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(report::write_results(
            &self.engine.journal,
            roster,
            &self.words(roster.plan()),
            &self.workspace.results_dir(),
        )?)
    }

    /// The words of reports about a plan: the workspace's language, over the limits of the plan's channels.
    /// A channel that is no longer there speaks by what Disparo knows of its provider.
    #[must_use]
    pub fn words(&self, plan: &Plan) -> Words {
        let channels = self.channels().ok();
        let limits = plan.channels.iter().filter_map(|planned| {
            let channel = channels.as_ref().and_then(|channels| channels.get(&planned.name));
            let embedded = || {
                let facts = all_facts().into_iter().find(|facts| facts.name == planned.provider)?;
                facts.limits.as_ref().ok().cloned()
            };
            channel.map(|channel| Arc::clone(&channel.limits)).or_else(embedded)
        });
        Words::new(self.workspace.language(), limits.collect())
    }

    /// What the team has decided for definitions that do not say otherwise.
    #[must_use]
    pub fn defaults(&self) -> Defaults {
        Defaults { zone: self.workspace.zone(), holidays: self.workspace.preferences().holidays.clone() }
    }

    /// All channels of the workspace.
    ///
    /// # Errors
    /// Everything that is wrong with `channels.toml`.
    pub fn channels(&self) -> Result<Channels, Failure> {
        Ok(Channels::load(&self.workspace, &all_facts())?)
    }

    /// The channels of a plan, as they are set up now.
    ///
    /// # Errors
    /// When `channels.toml` is wrong or lacks one.
    pub fn channels_of(&self, plan: &Plan) -> Result<Vec<Channel>, Failure> {
        let channels = self.channels()?;
        let find = |planned: &FrozenChannel| match channels.get(&planned.name) {
            Some(channel) => Ok(channel.clone()),
            None => Err(Failure::invalid(format!(
                "run {} was planned for channel `{}`, which {} no longer has",
                plan.run_name,
                planned.name,
                self.workspace.channels_file().display()
            ))),
        };
        plan.channels.iter().map(find).collect()
    }

    /// Applies what is heard over any channel of the workspace.
    ///
    /// # Errors
    /// When `channels.toml` is wrong.
    pub fn reconciler(&self) -> Result<Reconciler, Failure> {
        let channels = self.channels()?;
        let mut wires = BTreeMap::new();
        for channel in channels.names().filter_map(|name| channels.get(name)) {
            let provider = provider::open(channel).map_err(Failure::invalid)?;
            wires.insert(channel.name.clone(), Wire::of(provider.as_ref()));
        }
        Ok(self.reconciler.over(wires))
    }

    /// Applies what was kept by a process that ended before it applied it: nobody is messaged who asked to be left
    /// alone by then, and nobody once more whose message is known to have arrived.
    ///
    /// # Errors
    /// When `channels.toml` is wrong, or the store fails.
    pub async fn catch_up(&self) -> Result<(), Failure> {
        // Whoever listens here applies it as it comes.
        if self.ears.get().is_none() && self.engine.journal.waiting_letters()? > 0 {
            self.reconciler()?.apply_waiting().await?;
        }
        Ok(())
    }

    /// Makes one channel ready.
    ///
    /// # Errors
    /// As [`Owner::links`].
    pub async fn link(&self, channel: &Channel) -> Result<Link, Failure> {
        self.connections.link(&self.with_webhook(channel).await?).await
    }

    /// The channel with its webhook's address, where it has one: statuses of its messages come there, whether
    /// somebody listens now or `serve` does later.
    async fn with_webhook(&self, channel: &Channel) -> Result<Channel, Failure> {
        let ear = self.ears.get();
        let base = match &ear {
            Some(ear) if channel.sandbox => Some(&ear.base),
            _ => channel.callback_url.as_ref(),
        };
        let Some(base) = base else { return Ok(channel.clone()) };
        let secret = self.hooks.newest(&channel.name).await?;
        if let Some(ear) = &ear {
            ear.listen_for(channel)?;
        }
        let webhook = hooks::address(base, &channel.name, secret.expose_secret()).into();
        Ok(Channel { webhook: Some(webhook), ..channel.clone() })
    }

    /// Makes channels ready to send: secrets resolved, the simulator started where one asks for it.
    ///
    /// # Errors
    /// When a secret cannot be read or the simulator not be started.
    pub async fn links(&self, channels: &[Channel]) -> Result<Vec<Arc<Link>>, Failure> {
        let mut links = Vec::with_capacity(channels.len());
        for channel in channels {
            links.push(Arc::new(self.link(channel).await?));
        }
        Ok(links)
    }
}
