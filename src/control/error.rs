//! What can go wrong between the owner of a store and the others.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a command could not be handed to the owner of the store, or the owner could not listen.
#[derive(Debug, Error)]
pub enum ControlError {
    /// The socket or its folder cannot be used.
    #[error("cannot {doing} {}: {source}", .path.display())]
    Socket {
        /// A verb: `listen on`.
        doing: &'static str,
        /// The socket or its folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Somebody answers on the socket although the caller owns the store.
    #[error("another process already answers on {}", .path.display())]
    InUse {
        /// The socket.
        path: PathBuf,
    },
    /// The other side belongs to another user.
    #[error("{} belongs to another user: commands are taken from, and given to, oneself alone", .path.display())]
    Stranger {
        /// The socket.
        path: PathBuf,
    },
    /// Nobody took the connection in time.
    #[error("{} does not answer", .place.display())]
    Silent {
        /// The address.
        place: PathBuf,
    },
    /// What answers is no door for commands.
    #[error("what answers there is no `disparo serve` that takes commands, or it has no time for them")]
    NoGreeting,
    /// The server does not take the token.
    #[error("the server does not take this token: it is not that of [control] in its workspace.toml")]
    WrongToken,
    /// The server does not know the token.
    #[error("what answers there does not know the token, so that it is given no command")]
    Impostor,
    /// Too many want to be judged.
    #[error("the server has too many connections that want to give commands; try again")]
    Busy,
    /// The command line does not fit.
    #[error("the command line is too long to be handed to the process that owns the workspace")]
    TooLong,
    /// An argument is not text.
    #[error(
        "the command line cannot be handed to the process that owns the workspace: {0} is not valid UTF-8"
    )]
    NotText(String),
    /// The owner ended before it had begun with the command: nothing has been done.
    #[error("the process that owns the workspace ended before it took the command; run the command again")]
    NotTaken,
    /// The owner ended, or was killed, before it had carried the command out.
    #[error("the process that owns the workspace ended before it had answered; run the command again")]
    OwnerEnded,
    /// The owner's answer makes no sense.
    #[error(
        "the process that owns the workspace answered with something unreadable; is it another version of disparo?"
    )]
    Unreadable,
}
