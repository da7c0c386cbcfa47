//! The owner's side: takes commands from other processes, many at once.

use std::future::Future;
use std::os::unix::net::UnixListener as BlockingListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::BufReader;
use tokio::net::{TcpStream, UnixListener};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::{Clock, Sleep};

use super::protocol::{self, Line, Request};
use super::socket::{self, Address, Bound};
use super::stream::Connection;
use super::{ControlError, Door, Session};

/// How long a client may take to say what it wants.
const REQUEST_TIME: Duration = Duration::from_secs(5);

/// How long a client may take to read what was written for it.
const READING_TIME: Duration = Duration::from_secs(10);

/// Commands at once; more than that are told to come back.
const MOST_CLIENTS: usize = 64;

/// Answers on the store's socket until it is dropped.
#[derive(Debug)]
pub struct Server {
    listener: UnixListener,
    bound: Bound,
    clock: Arc<dyn Clock>,
    door: Option<Door>,
}

impl Server {
    /// Listens in the store's folder, which becomes its owner's alone. The caller holds the store's
    /// lock: a socket that nobody answers on is what a dead owner left, and is removed.
    ///
    /// Drop the server before the lock is given back.
    ///
    /// # Errors
    /// When somebody answers there, or the folder cannot be written.
    pub fn bind(store_dir: &Path, clock: Arc<dyn Clock>) -> Result<Self, ControlError> {
        socket::make_private(store_dir)?;
        let path = socket::path(store_dir);
        let error = |source| ControlError::Socket { doing: "listen on", path: path.clone(), source };
        let address = Address::of(&path).map_err(error)?;
        if std::os::unix::net::UnixStream::connect(address.path()).is_ok() {
            return Err(ControlError::InUse { path });
        }
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => return Err(error(source)),
            Ok(()) | Err(_) => {}
        }
        let listener = BlockingListener::bind(address.path()).map_err(error)?;
        let bound = Bound::new(path.clone()).map_err(error)?;
        listener.set_nonblocking(true).map_err(error)?;
        Ok(Self { listener: UnixListener::from_std(listener).map_err(error)?, bound, clock, door: None })
    }

    /// Answers those who come in by this door, too.
    #[must_use]
    pub fn with_door(self, door: Option<Door>) -> Self {
        Self { door, ..self }
    }

    /// Where it listens.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.bound.path()
    }

    /// Carries out commands with `executor`, which gives each one's exit code, until `ending` is done;
    /// then takes no more, tells those that only watch that it is [`Session::closing`], and waits for all.
    ///
    /// Each command has a thread of its own and goes on when its client leaves.
    pub async fn serve<Executor, Execution>(mut self, executor: Executor, ending: impl Future<Output = ()>)
    where
        Executor: Fn(Request, Session) -> Execution + Send + Sync + 'static,
        Execution: Future<Output = u8> + 'static,
    {
        let executor = Arc::new(executor);
        let clock = Arc::clone(&self.clock);
        let (close, closing) = watch::channel(false);
        let mut clients = JoinSet::new();
        let mut ending = std::pin::pin!(ending);
        loop {
            tokio::select! {
                biased;
                () = &mut ending => break,
                Some(_) = clients.join_next() => {}
                guest = next_guest(&mut self.door) => {
                    let is_full = clients.len() >= MOST_CLIENTS;
                    let patience = after(&*clock, REQUEST_TIME);
                    clients.spawn(answer(guest, is_full, patience, closing.clone(), Arc::clone(&executor)));
                }
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) if !socket::is_ours(&stream) => {
                        tracing::warn!("refused a command from another user");
                    }
                    Ok((stream, _)) => {
                        let is_full = clients.len() >= MOST_CLIENTS;
                        let patience = after(&*clock, REQUEST_TIME);
                        let reader = BufReader::new(stream);
                        clients.spawn(answer(reader, is_full, patience, closing.clone(), Arc::clone(&executor)));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "failed to take a command from the control socket");
                        // Out of file descriptors, most likely: without a pause this would spin.
                        after(&*clock, Duration::from_millis(100)).await;
                    }
                },
            }
        }
        // Nobody connects to an owner that no longer takes commands.
        drop(self);
        close.send_replace(true);
        while clients.join_next().await.is_some() {}
    }
}

/// The next who comes in by the door; nobody ever where there is none.
async fn next_guest(door: &mut Option<Door>) -> BufReader<TcpStream> {
    match door {
        Some(door) => door.guest().await,
        None => std::future::pending().await,
    }
}

async fn answer<Stream: Connection, Executor, Execution>(
    mut reader: BufReader<Stream>,
    is_full: bool,
    patience: Sleep,
    closing: watch::Receiver<bool>,
    executor: Arc<Executor>,
) where
    Executor: Fn(Request, Session) -> Execution + Send + Sync + 'static,
    Execution: Future<Output = u8> + 'static,
{
    let read = tokio::select! {
        read = protocol::read_line(&mut reader) => read,
        () = patience => return,
    };
    let request = match read {
        Ok(Line::Whole(_)) if is_full => {
            Err(format!("the workspace's owner is busy with {MOST_CLIENTS} other commands; try again"))
        }
        Ok(Line::Whole(line)) => Request::read(&line),
        Ok(Line::TooLong) => Err("the request is too long".to_owned()),
        // A client that is gone is not worth an answer.
        Ok(Line::Ended) | Err(_) => return,
    };
    let heard = reader.buffer().to_vec();
    let session = reader.into_inner().blocking(READING_TIME);
    let session = session.and_then(|stream| Session::new(stream, heard, closing, Stream::IS_REMOTE));
    let Ok((session, listener)) = session else { return };
    let Ok(end) = listener.end() else { return };
    tokio::task::spawn_blocking(move || listener.listen());
    let runtime = Handle::current();
    let command = tokio::task::spawn_blocking(move || match request {
        Ok(request) => {
            let sink = session.sink().clone();
            sink.taken();
            sink.exit(runtime.block_on(executor(request, session)));
        }
        Err(sentence) => {
            // Nobody is left to be told where this fails.
            drop(session.sink().stderr(&format!("error: {sentence}\n")));
            session.sink().exit(1);
        }
    });
    if let Err(error) = command.await {
        tracing::error!(%error, "a command for another process failed");
    }
    end();
}

/// A wait of this much time from now.
fn after(clock: &dyn Clock, time: Duration) -> Sleep {
    clock.sleep_until(clock.tick().after(time))
}
