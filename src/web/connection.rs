//! One connection: its requests, and how long it may stay without one.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::{Answerer, Peers};
use crate::clock::{Clock, Tick};

/// How long the first request's head may take from the connection on, the agreement on TLS included.
pub(super) const HEAD_TIME: Duration = Duration::from_secs(10);

/// How long a connection may then be idle, a slow head and an answer that nobody reads included. Longer than
/// the minute for which proxies commonly keep theirs: who closes first while a post is on its way loses it.
pub(super) const IDLE_TIME: Duration = Duration::from_secs(75);

/// More headers than any provider or proxy sends.
const MOST_HEADERS: usize = 64;

/// The most bytes of a head. The least that hyper takes.
const LARGEST_HEAD: usize = 8 << 10;

/// Who is at the other end, and whether there was room for them.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) address: IpAddr,
    pub(super) peers: Arc<Peers>,
    pub(super) is_full: bool,
}

/// Serves requests until the other side leaves, takes too long, or `ending` says that it is enough: then the
/// request under way is the last.
pub(super) async fn serve<Stream>(
    stream: Stream,
    desk: Arc<impl Answerer>,
    caller: Caller,
    until: Tick,
    mut ending: watch::Receiver<bool>,
) where
    Stream: AsyncRead + AsyncWrite + Unpin,
{
    let (patience, waiting) = watch::channel(Some(until));
    let clock = Arc::clone(desk.clock());
    let service = service_fn(|request: Request<Incoming>| {
        patience.send_replace(None);
        let (desk, caller, patience) = (&desk, &caller, &patience);
        async move {
            let answer = desk.answer(&caller.peers, caller.address, caller.is_full, request).await;
            patience.send_replace(Some(desk.clock().tick().after(IDLE_TIME)));
            Ok::<_, Infallible>(answer)
        }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .max_headers(MOST_HEADERS)
            .max_buf_size(LARGEST_HEAD)
            .serve_connection(TokioIo::new(stream), service)
    );
    let mut out_of_patience = pin!(runs_out(&*clock, waiting));
    let mut is_ending = false;
    loop {
        tokio::select! {
            // An error says that the other side went away, or does not speak HTTP.
            _ = &mut connection => return,
            () = &mut out_of_patience => return,
            _ = ending.wait_for(|ending| *ending), if !is_ending => {
                is_ending = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Waits until the moment that `patience` names has come; while it names none, somebody is being served.
async fn runs_out(clock: &dyn Clock, mut patience: watch::Receiver<Option<Tick>>) {
    loop {
        let until = *patience.borrow_and_update();
        let sleep = async {
            match until {
                Some(tick) => clock.sleep_until(tick).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = sleep => return,
            changed = patience.changed() => if changed.is_err() {
                return;
            },
        }
    }
}
