//! The socket's place in the store's folder, its rights, and addresses short enough for the kernel.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tokio::net::UnixStream;

use super::ControlError;

/// The socket's name in the store's folder.
const NAME: &str = "control.sock";

/// The kernel takes 107 bytes (Linux) or 103 (macOS) for a socket's path.
const LONGEST_ADDRESS: usize = 100;

/// Where the socket of a store is.
pub(super) fn path(store_dir: &Path) -> PathBuf {
    store_dir.join(NAME)
}

/// A path under which the kernel finds the socket, as long as the value lives.
#[derive(Debug)]
pub(super) struct Address {
    path: PathBuf,
    /// Keeps the number in `path` valid.
    _folder: Option<OwnedFd>,
}

impl Address {
    /// The socket's own path where it is short enough; else a path through the open folder, which is
    /// short wherever the workspace lies.
    pub(super) fn of(socket: &Path) -> io::Result<Self> {
        if socket.as_os_str().len() <= LONGEST_ADDRESS {
            return Ok(Self { path: socket.to_owned(), _folder: None });
        }
        Self::through_folder(socket)
    }

    #[cfg(target_os = "linux")]
    fn through_folder(socket: &Path) -> io::Result<Self> {
        use std::os::fd::AsRawFd;

        use rustix::fs::{Mode, OFlags, open};

        let folder = socket.parent().unwrap_or(Path::new("."));
        let folder = open(folder, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let path = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()).join(NAME);
        Ok(Self { path, _folder: Some(folder) })
    }

    #[cfg(not(target_os = "linux"))]
    fn through_folder(_: &Path) -> io::Result<Self> {
        let sentence =
            "the path is too long for a socket on this system; move the workspace to a shorter path";
        Err(io::Error::new(io::ErrorKind::InvalidFilename, sentence))
    }

    /// The path to give to the kernel.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Makes the store's folder where there is none, and takes it away from everybody but its owner.
pub(super) fn make_private(store_dir: &Path) -> Result<(), ControlError> {
    let error = |source| ControlError::Socket { doing: "make private", path: store_dir.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(store_dir).map_err(error)?;
    if fs::metadata(store_dir).map_err(error)?.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(store_dir, Permissions::from_mode(0o700)).map_err(error)?;
    }
    Ok(())
}

/// A socket of ours on the disk, removed when dropped unless somebody has put another in its place.
#[derive(Debug)]
pub(super) struct Bound {
    path: PathBuf,
    identity: (u64, u64),
}

impl Bound {
    /// Remembers the socket just bound at `path`, and makes it its owner's alone.
    pub(super) fn new(path: PathBuf) -> io::Result<Self> {
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        let identity = identity(&path)?;
        Ok(Self { path, identity })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|identity| identity == self.identity) {
            // A socket that stays behind is stale, and removed by the next owner.
            drop(fs::remove_file(&self.path));
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    fs::symlink_metadata(path).map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Whether the process at the other end runs as the same user.
pub(super) fn is_ours(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == rustix::process::geteuid().as_raw())
}
