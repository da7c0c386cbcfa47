//! Listening for webhooks while this process owns the store: the listener, who takes what it hears, and who
//! makes it the truth of the store.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use secrecy::ExposeSecret;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::domain::Channel;
use crate::provider;
use crate::reconcile::{Hearing, Kept, Receiver, ReconcileError, Reconciler, Refused, Wire};
use crate::settings::Listen;
use crate::ui::Exit;
use crate::web::{Counted, Counts, Desk, ListenError, Listener, Peers, Taken, Tls};

use super::failure::Failure;
use super::owner::Owner;

/// Where to listen when nobody says.
pub const USUAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8321);

/// What the owner knows of a listener of this process while there is one.
#[derive(Debug, Clone)]
pub struct Ear {
    /// The base address at which the simulator of this process reaches it, without a trailing slash.
    pub base: String,
    receiver: Arc<Receiver>,
    reconciler: Reconciler,
}

/// The owner's ear: empty while nobody listens.
#[derive(Debug, Default)]
pub struct Ears(Mutex<Option<Ear>>);

impl Ears {
    /// The ear, where somebody listens.
    #[must_use]
    pub fn get(&self) -> Option<Ear> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, ear: Option<Ear>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = ear;
    }
}

impl Ear {
    /// Hears a channel too that was not there when the listener began.
    ///
    /// # Errors
    /// When the channel cannot be used.
    pub fn listen_for(&self, channel: &Channel) -> Result<(), Failure> {
        let hearing = hearing(channel)?;
        // What is heard has to find its message: so who applies it is told first.
        self.reconciler.listen_for(&channel.name, Wire::of(hearing.provider.as_ref()));
        self.receiver.listen_for(&channel.name, hearing);
        Ok(())
    }
}

/// A running listener.
#[derive(Debug)]
pub struct Listening {
    owner: Arc<Owner>,
    address: SocketAddr,
    scheme: &'static str,
    counts: Arc<Counts>,
    /// The listeners.
    hearing: Part<()>,
    /// Whoever applies what they heard, and ends after them.
    applying: Part<Result<(), ReconcileError>>,
    /// Whether nothing is applied any more, for a reason that `finish` gives.
    failed: watch::Receiver<bool>,
}

/// Tasks that end together when they are told to.
#[derive(Debug)]
struct Part<Ended> {
    end: watch::Sender<bool>,
    tasks: Vec<JoinHandle<Ended>>,
}

impl<Ended: Send + 'static> Part<Ended> {
    fn new() -> Self {
        Self { end: watch::Sender::new(false), tasks: Vec::new() }
    }

    /// Done once the part is to end.
    fn ending(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut ended = self.end.subscribe();
        async move {
            // An error says that whoever would end it is gone, which ends it too.
            drop(ended.wait_for(|ended| *ended).await);
        }
    }

    fn spawn(&mut self, task: impl Future<Output = Ended> + Send + 'static) {
        self.tasks.push(tokio::spawn(task));
    }

    /// Ends it, and gives how its tasks ended.
    async fn finish(self) -> Result<Vec<Ended>, Failure> {
        self.end.send_replace(true);
        let mut ended = Vec::with_capacity(self.tasks.len());
        for task in self.tasks {
            ended.push(task.await.map_err(|error| {
                let sentence = format!(
                    "a part of the listening broke: {error}; please report this as a fault of Disparo"
                );
                Failure::new(Exit::Unexpected, sentence)
            })?);
        }
        Ok(ended)
    }
}

impl Listening {
    /// Listens for all channels of the workspace, and applies what is heard.
    ///
    /// # Errors
    /// When this process listens already, the address is taken, or `channels.toml` or the certificate cannot
    /// be used.
    pub async fn start(owner: &Arc<Owner>, address: SocketAddr) -> Result<Self, Failure> {
        if owner.ears.get().is_some() {
            return Err(Failure::usage("the process that owns this workspace listens for webhooks already")
                .with_hint("leave --listen out: what comes is heard there"));
        }
        let hearings = hearings_of(owner).await?;
        let Bound { listeners, address: bound, scheme, inside } =
            bind(address, &owner.workspace.preferences().listen)?;
        let (journal, clock) = (&owner.engine.journal, &owner.engine.clock);
        let receiver = Arc::new(Receiver::new(Arc::clone(journal), Arc::clone(clock), hearings));
        let reconciler = owner.reconciler()?;
        let (secrets, takes) = (Arc::clone(owner), Arc::clone(&receiver));
        let counting = Arc::clone(owner);
        let desk = Arc::new(Desk::new(
            Arc::clone(clock),
            move |channel: &str| secrets.hooks.live(channel),
            move |channel: String, body| take(Arc::clone(&takes), Arc::clone(&counting), channel, body),
        ));
        let counts = desk.counts();
        let mut hearing = Part::new();
        for listener in listeners {
            let (desk, ending) = (Arc::clone(&desk), hearing.ending());
            hearing.spawn(async move { listener.serve(desk, ending).await });
        }
        let mut applying = Part::new();
        let (kept, ending) = (receiver.kept(), applying.ending());
        let applier = reconciler.clone();
        let (fail, failed) = watch::channel(false);
        applying.spawn(async move {
            let ended = applier.run(kept, ending).await;
            if ended.is_err() {
                fail.send_replace(true);
            }
            ended
        });
        let base = format!("http://{inside}");
        owner.ears.set(Some(Ear { base, receiver, reconciler }));
        Ok(Self { owner: Arc::clone(owner), address: bound, scheme, counts, hearing, applying, failed })
    }

    /// The address as a person would type it.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Done once nothing is applied any more, while webhooks are still taken: a person has to be told.
    pub fn failed(&self) -> impl Future<Output = ()> + use<> {
        let mut failed = self.failed.clone();
        async move {
            if failed.wait_for(|failed| *failed).await.is_err() {
                // It ended as it should.
                std::future::pending::<()>().await;
            }
        }
    }

    /// What came so far.
    #[must_use]
    pub fn counts(&self) -> Arc<Counts> {
        Arc::clone(&self.counts)
    }

    /// Whether nothing is applied any more.
    #[must_use]
    pub fn applier_failed(&self) -> watch::Receiver<bool> {
        self.failed.clone()
    }

    /// Takes no more webhooks, finishes with those under way, and applies everything that was kept.
    ///
    /// # Errors
    /// When what was kept cannot be applied; it is applied by the next process.
    pub async fn finish(self) -> Result<Counted, Failure> {
        self.owner.ears.set(None);
        self.hearing.finish().await?;
        for applied in self.applying.finish().await? {
            applied.map_err(|error| Failure::new(Exit::Unexpected, error))?;
        }
        Ok(self.counts.so_far())
    }
}

/// All channels of the workspace, to be heard. From here on their secrets are known, and each has one.
async fn hearings_of(owner: &Owner) -> Result<BTreeMap<String, Hearing>, Failure> {
    let channels = owner.channels()?;
    let mut hearings = BTreeMap::new();
    for channel in channels.names().filter_map(|name| channels.get(name)) {
        owner.hooks.newest(&channel.name).await?;
        hearings.insert(channel.name.clone(), hearing(channel)?);
    }
    Ok(hearings)
}

/// Listeners that have their addresses.
struct Bound {
    listeners: Vec<Listener>,
    address: SocketAddr,
    scheme: &'static str,
    /// Where the simulator of this process posts.
    inside: SocketAddr,
}

fn bind(address: SocketAddr, settings: &Listen) -> Result<Bound, Failure> {
    let tls = match &settings.identity {
        Some(identity) => {
            let (certificate, key) =
                identity.read().map_err(|error| Failure::invalid(&error).with_hint(error.hint()))?;
            Some(Tls::new(&certificate, key.expose_secret().as_bytes())?)
        }
        None => None,
    };
    let is_open = tls.is_none() && settings.allow.is_empty();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let peers = Peers { proxies: settings.proxies.clone(), allow: settings.allow.clone() };
    let listener = Listener::bind(address, tls, peers)?;
    let address = listener.address();
    let mut listeners = vec![listener];
    let mut inside = reachable(address);
    if !(is_open && inside.ip().is_loopback()) {
        // The simulator posts to this computer in plain HTTP, and is on no list.
        let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0).into(), None, Peers::default())?;
        inside = listener.address();
        listeners.push(listener);
    }
    Ok(Bound { listeners, address, scheme, inside })
}

async fn take(receiver: Arc<Receiver>, owner: Arc<Owner>, channel: String, body: Bytes) -> Taken {
    let clock = &owner.engine.clock;
    let began = clock.tick();
    match receiver.take(&channel, body).await {
        Ok(Kept { events, behind }) => {
            owner.metrics.heard(&channel, events, behind, clock.tick().since(began));
            Taken::Kept { events }
        }
        Err(Refused::Malformed(_)) => Taken::Malformed,
        Err(Refused::Unavailable(_) | Refused::NoChannel(_)) => Taken::Unavailable,
    }
}

fn hearing(channel: &Channel) -> Result<Hearing, Failure> {
    Ok(Hearing { provider: provider::open(channel).map_err(Failure::invalid)? })
}

/// Where this computer reaches what listens on every address.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

impl From<ListenError> for Failure {
    fn from(error: ListenError) -> Self {
        let exit = match error {
            ListenError::Address { .. } => Exit::Usage,
            ListenError::NoCertificate | ListenError::NoKey | ListenError::Unusable(_) => Exit::Invalid,
        };
        Self::new(exit, &error).with_hint(error.hint())
    }
}
