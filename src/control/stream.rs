//! The two ways on which commands come: the store's own socket, and TCP behind a token.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

/// A connection while something is still waited for without a thread.
pub(super) trait Connection: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Whether commands on it come from another machine.
    const IS_REMOTE: bool;

    /// The same for a thread that may wait; a write may take so long.
    fn blocking(self, reading_time: Duration) -> io::Result<Stream>;
}

impl Connection for tokio::net::UnixStream {
    const IS_REMOTE: bool = false;

    fn blocking(self, reading_time: Duration) -> io::Result<Stream> {
        let stream = self.into_std()?;
        stream.set_nonblocking(false)?;
        stream.set_write_timeout(Some(reading_time))?;
        Ok(Stream::Unix(stream))
    }
}

impl Connection for tokio::net::TcpStream {
    const IS_REMOTE: bool = true;

    fn blocking(self, reading_time: Duration) -> io::Result<Stream> {
        let stream = self.into_std()?;
        stream.set_nonblocking(false)?;
        stream.set_write_timeout(Some(reading_time))?;
        Ok(Stream::Tcp(stream))
    }
}

/// A connection for threads that may wait.
#[derive(Debug)]
pub(super) enum Stream {
    /// The store's own socket.
    Unix(std::os::unix::net::UnixStream),
    /// Another machine's.
    Tcp(std::net::TcpStream),
}

impl Stream {
    /// Another handle of the same connection.
    pub(super) fn try_clone(&self) -> io::Result<Self> {
        match self {
            Self::Unix(stream) => stream.try_clone().map(Self::Unix),
            Self::Tcp(stream) => stream.try_clone().map(Self::Tcp),
        }
    }

    /// Ends it; what was written before still arrives.
    pub(super) fn shut_down(&self) -> io::Result<()> {
        match self {
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
        }
    }
}

impl Read for &Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Unix(stream) => (&mut &*stream).read(buffer),
            Stream::Tcp(stream) => (&mut &*stream).read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.write(buffer),
            Self::Tcp(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Unix(stream) => stream.flush(),
            Self::Tcp(stream) => stream.flush(),
        }
    }
}
