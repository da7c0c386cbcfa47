//! The listener itself: its connections, how many there may be, and their end.

use std::future::Future;
use std::net::{self, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::connection::{self, Caller, HEAD_TIME};
use super::{Answerer, ListenError, Peers, Tls};

/// Connections that are served at once. Processes commonly have 1,024 descriptors, and sending needs some.
pub(super) const MOST: usize = 256;

/// Connections beyond [`MOST`] whose every request is answered 503. Still more are closed at once.
const TOO_MANY: usize = 64;

/// How long requests under way are waited for at the end.
const LAST_TIME: Duration = Duration::from_secs(10);

/// Listens on one address.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
    peers: Arc<Peers>,
}

impl Listener {
    /// Takes an address; port 0 any free one. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn bind(address: SocketAddr, tls: Option<Tls>, peers: Peers) -> Result<Self, ListenError> {
        let failed = |source| ListenError::Address { address, source };
        let socket = net::TcpListener::bind(address).map_err(failed)?;
        socket.set_nonblocking(true).map_err(failed)?;
        let bound = socket.local_addr().map_err(failed)?;
        let socket = TcpListener::from_std(socket).map_err(failed)?;
        Ok(Self { socket, address: bound, tls, peers: Arc::new(peers) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `ending` is done; then takes no more requests, and waits a while for those under way.
    pub async fn serve(self, desk: Arc<impl Answerer>, ending: impl Future<Output = ()>) {
        let clock = Arc::clone(desk.clock());
        let (end, ended) = watch::channel(false);
        let mut connections = JoinSet::new();
        let mut ending = pin!(ending);
        loop {
            tokio::select! {
                biased;
                () = &mut ending => break,
                Some(_) = connections.join_next() => {}
                accepted = self.socket.accept() => match accepted {
                    Ok(_) if connections.len() >= MOST + TOO_MANY => desk.counts().unavailable(),
                    Ok((stream, peer)) => {
                        let is_full = connections.len() >= MOST;
                        let caller = Caller { address: peer.ip(), peers: Arc::clone(&self.peers), is_full };
                        let tls = self.tls.clone();
                        connections.spawn(welcome(stream, tls, Arc::clone(&desk), caller, ended.clone()));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "failed to take a connection");
                        // Out of file descriptors, most likely: without a pause this would spin.
                        clock.sleep_until(clock.tick().after(Duration::from_millis(100))).await;
                    }
                },
            }
        }
        drop(self.socket);
        end.send_replace(true);
        let all = async { while connections.join_next().await.is_some() {} };
        tokio::select! {
            () = all => {}
            () = clock.sleep_until(clock.tick().after(LAST_TIME)) => {}
        }
    }
}

/// Agrees on TLS where it is spoken, and serves the connection.
async fn welcome(
    stream: TcpStream,
    tls: Option<Tls>,
    desk: Arc<impl Answerer>,
    caller: Caller,
    ended: watch::Receiver<bool>,
) {
    // Without it answers only come later.
    drop(stream.set_nodelay(true));
    let until = desk.clock().tick().after(HEAD_TIME);
    let Some(tls) = tls else {
        return connection::serve(stream, desk, caller, until, ended).await;
    };
    let agreed = tokio::select! {
        agreed = tls.acceptor().accept(stream) => agreed,
        () = desk.clock().sleep_until(until) => return,
    };
    match agreed {
        Ok(stream) => connection::serve(stream, desk, caller, until, ended).await,
        Err(error) => {
            desk.counts().refused();
            tracing::debug!(%error, "a connection was refused: no agreement on TLS");
        }
    }
}
