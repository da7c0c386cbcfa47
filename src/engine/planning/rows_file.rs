//! The file in which an audience's rows stand: the marketer's own, or one that is removed after use.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Below the store: what accounts were asked for. Only its owner can look into it.
const FOLDER: &str = "fetched";

/// See the module.
#[derive(Debug)]
pub struct RowsFile {
    path: PathBuf,
    is_fetched: bool,
}

impl RowsFile {
    /// The marketer's own.
    pub fn given(path: &Path) -> Self {
        Self { path: path.to_owned(), is_fetched: false }
    }

    /// The name of a file that holds what an account was asked for, and is removed when this is dropped.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn fetched(store: &Path, campaign: &str) -> io::Result<Self> {
        let folder = store.join(FOLDER);
        make_private(&folder)?;
        // Two commands may ask for the same audience at once.
        let name = format!("{campaign}-{:016x}.csv", rand::random::<u64>());
        Ok(Self { path: folder.join(name), is_fetched: true })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether an account was asked for it.
    pub fn is_fetched(&self) -> bool {
        self.is_fetched
    }
}

impl Drop for RowsFile {
    fn drop(&mut self) {
        if self.is_fetched {
            // What cannot be removed now is removed when the store is opened again.
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Removes what processes that died have left.
///
/// # Errors
/// When the disk refuses.
pub fn sweep_fetched(store: &Path) -> io::Result<()> {
    match fs::remove_dir_all(store.join(FOLDER)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}
