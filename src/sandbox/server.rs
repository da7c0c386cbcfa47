//! The sandbox itself: a listener, its connections, and their end.

use std::fmt;
use std::io;
use std::net::{self, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use super::counter::{Inspect, Open};
use super::desk::Desk;
use super::registry::PROVIDERS;
use super::reply::CloseConnection;
use super::{Record, RecordError, Recording, Scenario, WebhookAddressError, inspection};
use crate::clock::Clock;

/// Why the sandbox does not start.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// The address cannot be listened on.
    #[error("the sandbox cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Called outside a tokio runtime.
    #[error("the sandbox needs a tokio runtime to run on")]
    NoRuntime,
    /// The record cannot be kept.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// A running simulator of all providers. Stops when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    desk: Arc<Desk>,
    accounts: Accounts,
    stopping: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

/// The providers' accounts.
struct Accounts(Arc<[Arc<dyn Inspect>]>);

impl fmt::Debug for Accounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.0.iter().map(|account| account.service())).finish()
    }
}

/// Who is at the other end of the connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

/// Makes hyper close a connection instead of answering.
#[derive(Debug, Error)]
#[error("the scenario closes this connection")]
struct ClosedOnPurpose;

impl Sandbox {
    /// Starts a sandbox that keeps its record in memory. Port 0 takes any free one. Must be called on a
    /// tokio runtime, on which it runs.
    ///
    /// # Errors
    /// When the address cannot be listened on, or outside a runtime.
    pub fn start(
        listen: SocketAddr,
        scenario: Scenario,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SandboxError> {
        Self::start_recording(listen, scenario, clock, &Recording::Memory)
    }

    /// Starts a sandbox that keeps its record as told.
    ///
    /// # Errors
    /// As [`Sandbox::start`], and when the record file cannot be used.
    pub fn start_recording(
        listen: SocketAddr,
        scenario: Scenario,
        clock: Arc<dyn Clock>,
        recording: &Recording,
    ) -> Result<Self, SandboxError> {
        let desk = Arc::new(Desk::new(scenario, clock, recording)?);
        let (listener, address, runtime) = self::listen(listen)?;
        let (stopping, stopped) = oneshot::channel();
        let (routes, accounts, posting) = rooms(&desk);
        let serving = runtime.spawn(serve(listener, routes, posting, stopped));
        Ok(Self { address, desk, accounts, stopping: Some(stopping), serving })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address for channels, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it accepted.
    #[must_use]
    pub fn record(&self) -> Record {
        Record::new(self.desk.clone())
    }

    /// Begins another scenario, with counts and limits anew. The record stays.
    pub fn set_scenario(&self, scenario: Scenario) {
        self.desk.set_scenario(scenario);
    }

    /// Posts the webhooks of the provider of that name to `url` from now on; to nobody where it is `None`. Devino's
    /// statuses go to each message's own `callbackUrl` whatever this is.
    ///
    /// # Errors
    /// When there is no such provider, or the address is not plain HTTP on this computer.
    pub fn send_webhooks_to(&self, service_name: &str, url: Option<&str>) -> Result<(), WebhookAddressError> {
        let account = self.accounts.0.iter().find(|account| account.service().name() == service_name);
        account.ok_or(WebhookAddressError::UnknownProvider)?.send_webhooks_to(url)
    }

    /// Lets calls that arrive from now on wait in front of acceptance.
    pub fn hold(&self) {
        self.desk.gate.hold();
    }

    /// Lets them in.
    pub fn release(&self) {
        self.desk.gate.release();
    }

    /// Closes the listener and every connection. Calls that wait at the gate are never accepted.
    pub async fn stop(mut self) {
        self.desk.gate.close();
        drop(self.stopping.take());
        // An error would say that serving had ended already.
        drop((&mut self.serving).await);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.desk.gate.close();
        self.serving.abort();
    }
}

/// A listener, where it listens, and the runtime that it was made on.
///
/// # Errors
/// When the address cannot be listened on, or outside a runtime.
fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr, Handle), SandboxError> {
    let runtime = Handle::try_current().map_err(|_| SandboxError::NoRuntime)?;
    let (listener, bound) = bind(address).map_err(|source| SandboxError::Listen { address, source })?;
    Ok((listener, bound, runtime))
}

fn bind(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((TcpListener::from_std(listener)?, address))
}

/// What polls until the sandbox ends.
type Posting = Vec<Pin<Box<dyn Future<Output = ()> + Send>>>;

/// Every provider's routes with the sandbox's own, accounts, and posts.
fn rooms(desk: &Arc<Desk>) -> (Router, Accounts, Posting) {
    let open = PROVIDERS.iter().map(|provider| (provider.open)(desk));
    let mut routes = Router::new();
    let (mut accounts, mut posting) = (Vec::new(), Vec::new());
    for Open { routes: own, account, posting: post } in open {
        routes = routes.merge(own);
        accounts.push(account);
        posting.push(post);
    }
    let accounts = Accounts(accounts.into());
    (routes.merge(inspection::routes(desk.clone(), accounts.0.clone())), accounts, posting)
}

/// Serves until told to stop, which the sender's end is as well.
async fn serve(listener: TcpListener, routes: Router, posting: Posting, stopped: oneshot::Receiver<()>) {
    // Ends when this does.
    let mut posts: JoinSet<()> = posting.into_iter().collect();
    let mut connections = JoinSet::new();
    let serve = |stream, peer| serve_connection(stream, peer, routes.clone());
    tokio::select! {
        _ = stopped => {}
        () = accept(listener, &mut connections, serve) => {}
    }
    posts.shutdown().await;
    connections.shutdown().await;
}

/// Serves each connection in a task of its own; never ends by itself.
pub(super) async fn accept<F: Future<Output = ()> + Send + 'static>(
    listener: TcpListener,
    connections: &mut JoinSet<()>,
    serve: impl Fn(TcpStream, SocketAddr) -> F,
) {
    let mut is_full = false;
    loop {
        tokio::select! {
            accepted = listener.accept(), if !is_full => match accepted {
                Ok((stream, peer)) => drop(connections.spawn(serve(stream, peer))),
                // Out of descriptors, most likely: there is room when a connection ends.
                Err(_) => is_full = !connections.is_empty(),
            },
            Some(_) = connections.join_next() => is_full = false,
        }
    }
}

async fn serve_connection(stream: TcpStream, peer: SocketAddr, routes: Router) {
    // Without it answers only come later.
    drop(stream.set_nodelay(true));
    let routes = TowerToHyperService::new(routes);
    let service = service_fn(|mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        let answered = routes.call(request);
        async move {
            match answered.await {
                Ok(response) => sendable(response),
                Err(never) => match never {},
            }
        }
    });
    // An error says that the client went away, or that the scenario closed the connection.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

fn sendable(response: Response) -> Result<Response, ClosedOnPurpose> {
    let closes = response.extensions().get::<CloseConnection>().is_some();
    if closes { Err(ClosedOnPurpose) } else { Ok(response) }
}
