//! What lies in a folder: names, and what the system tells of each file without opening it.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::name::{Role, role};

/// What kind of thing it is; of a link, where it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A file with bytes in it.
    File,
    /// A folder.
    Folder,
    /// A pipe, a socket or a device: opening one may wait for ever.
    Special,
    /// A link that leads nowhere.
    Broken,
}

/// What is seen of a file. The same facts again mean that nobody wrote into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Facts {
    /// Of what it is, or leads to.
    pub kind: Kind,
    /// In bytes.
    pub length: u64,
    /// When it was written, as it says itself: nanoseconds since the Unix epoch. Copying may set it back.
    pub modified: i64,
    /// When anything of it was changed, as the system saw it.
    pub changed: i64,
    /// Which file it is.
    pub inode: u64,
}

impl Facts {
    fn of(metadata: &Metadata) -> Self {
        let kind = if metadata.is_file() {
            Kind::File
        } else if metadata.is_dir() {
            Kind::Folder
        } else {
            Kind::Special
        };
        let nanoseconds =
            |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Self {
            kind,
            length: metadata.len(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }

    /// Whether it is the same file with, by what is seen, the same bytes. A new name or other permissions
    /// change nothing.
    #[must_use]
    pub fn is_same_content(&self, other: &Self) -> bool {
        (self.kind, self.length, self.modified, self.inode)
            == (other.kind, other.length, other.modified, other.inode)
    }
}

/// Something in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name; names that are no Unicode are left out.
    pub name: String,
    /// What is seen of it.
    pub facts: Facts,
}

/// What is seen of a file now, behind the links that it is; `None` where there is nothing of that name.
///
/// # Errors
/// When the folder around it cannot be searched.
pub fn look(path: &Path) -> io::Result<Option<Facts>> {
    let absent =
        |error: &io::Error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    let itself = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    if !itself.is_symlink() {
        return Ok(Some(Facts::of(&itself)));
    }
    // Whatever hinders: it leads to nothing that can be read.
    let target = fs::metadata(path).map(|metadata| Facts::of(&metadata));
    Ok(Some(target.unwrap_or(Facts { kind: Kind::Broken, ..Facts::of(&itself) })))
}

/// Whether some file in a folder has a name of this role; only the first ten thousand names are looked at. A folder
/// that cannot be read has none.
#[must_use]
pub fn holds(folder: &Path, wanted: Role) -> bool {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().take(10_000);
    names.filter_map(|entry| entry.file_name().into_string().ok()).any(|name| role(&name) == wanted)
}

/// What lies in a folder, by name. What disappears meanwhile is left out.
///
/// # Errors
/// When the folder cannot be read; `NotFound` where there is none.
pub fn list(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if let Some(facts) = look(&entry.path())? {
            entries.push(Entry { name, facts });
        }
    }
    entries.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(entries)
}
