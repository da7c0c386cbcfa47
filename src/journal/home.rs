//! Where a store is at home: the machine, the folder, and a file that Disparo made there.
//!
//! A copy of a workspace and a snapshot that was put back know of the same pending people as the store that they
//! come from. So the store remembers the file `home-N` in its folder: its inode, and when that was made, which no
//! copy has. Its name counts: it is renamed when the store is opened and when it is closed, so that an older journal
//! that is put back around it is told by a number that is too low for it, and a folder that is copied over it has two.
//! A folder that is renamed on the same disk takes its inodes along, and stays at home.
//!
//! What is copied block by block with everything around it cannot be told: a clone of a virtual machine, or a
//! snapshot of a whole disk that comes back in its place. Where a machine has no identifier (containers), the
//! rest decides.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

/// The file's name up to its number.
const PREFIX: &str = "home-";

/// How far the number in the name may be ahead of what is remembered: closed once, and opened once by a process
/// that was killed before it could remember that.
const AHEAD: u64 = 2;

/// Where the system says which machine this is.
const MACHINE: &str = "/etc/machine-id";

/// What a store remembers of its home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// The machine, as a digest: its identifier is nobody else's business. `None` where it has none.
    machine: Option<[u8; 16]>,
    /// The store's folder.
    folder: Vec<u8>,
    /// The disk that the file is on.
    device: u64,
    /// The file.
    file: Made,
    /// The number in the file's name when this was written.
    count: u64,
}

/// A file as the disk knows it, which a copy of it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    inode: u64,
    /// When, in nanoseconds since the Unix epoch; `None` where the disk does not say. An inode's number is
    /// given again once its file is gone.
    at: Option<u64>,
}

/// What speaks against a store being the one that Disparo made here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strange {
    /// Another machine.
    Machine,
    /// The file is another one, or gone.
    Copy,
    /// The file was renamed more often than the journal knows of.
    Older,
    /// Another disk, and another folder.
    Disk,
}

impl fmt::Display for Strange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Machine => "it was made on another machine",
            Self::Copy => "its files are a copy or came from a backup",
            Self::Older => "its journal is older than its folder and came from a backup",
            Self::Disk => "it was made on another disk and in another folder",
        })
    }
}

/// The file in the folder of a store that is at home. It is renamed once more when this is dropped.
#[derive(Debug)]
pub struct Marker {
    folder: PathBuf,
    count: u64,
}

impl Drop for Marker {
    fn drop(&mut self) {
        // Where that fails, a backup of just now cannot be told from the store as it is.
        drop(rename(&self.folder, self.count, self.count + 1));
    }
}

/// Looks whether the store in `folder` is at home. Gives the file and what is to be remembered of it from now on.
///
/// # Errors
/// When the folder cannot be read or written.
pub fn open(folder: &Path, remembered: Option<&Home>) -> io::Result<Result<(Marker, Home), Strange>> {
    open_on(machine(Path::new(MACHINE))?, folder, remembered)
}

/// The same on this machine.
fn open_on(
    machine: Option<[u8; 16]>,
    folder: &Path,
    remembered: Option<&Home>,
) -> io::Result<Result<(Marker, Home), Strange>> {
    let Some(home) = remembered else {
        let (count, home) = make_on(machine, folder)?;
        return Ok(Ok((Marker { folder: folder.to_owned(), count }, home)));
    };
    let found = match judge(machine, folder, home)? {
        Ok(found) => found,
        Err(strange) => return Ok(Err(strange)),
    };
    let count = home.count + AHEAD;
    rename(folder, found, count)?;
    let home = look(machine, folder, count)?;
    Ok(Ok((Marker { folder: folder.to_owned(), count }, home)))
}

/// When anything of a file was changed, by the clock of its disk: nanoseconds since the Unix epoch.
pub type Changed = i64;

/// Makes a new file in place of all that are there, durably, and gives what is to be remembered of it, and when
/// that was.
///
/// # Errors
/// When the folder cannot be read or written.
pub fn make(folder: &Path) -> io::Result<(Home, Changed)> {
    let (count, home) = make_on(machine(Path::new(MACHINE))?, folder)?;
    let metadata = fs::symlink_metadata(file(folder, count))?;
    Ok((home, metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec())))
}

fn make_on(machine: Option<[u8; 16]>, folder: &Path) -> io::Result<(u64, Home)> {
    let numbers = numbers(folder)?;
    let count = numbers.iter().max().map_or(1, |newest| newest + 1);
    OpenOptions::new().write(true).create_new(true).open(file(folder, count))?.sync_all()?;
    for number in numbers {
        fs::remove_file(file(folder, number))?;
    }
    File::open(folder)?.sync_all()?;
    Ok((count, look(machine, folder, count)?))
}

/// The number in the file's name where the store is at home.
fn judge(machine: Option<[u8; 16]>, folder: &Path, home: &Home) -> io::Result<Result<u64, Strange>> {
    if matches!((machine, home.machine), (Some(here), Some(there)) if here != there) {
        return Ok(Err(Strange::Machine));
    }
    let Some(count) = only(folder)? else { return Ok(Err(Strange::Copy)) };
    let found = look(machine, folder, count)?;
    Ok(if found.file != home.file {
        Err(Strange::Copy)
    } else if count > home.count + AHEAD {
        Err(Strange::Older)
    } else if found.folder != home.folder && found.device != home.device {
        Err(Strange::Disk)
    } else {
        Ok(count)
    })
}

fn look(machine: Option<[u8; 16]>, folder: &Path, count: u64) -> io::Result<Home> {
    let metadata = fs::symlink_metadata(file(folder, count))?;
    let since = metadata.created().ok().and_then(|made| made.duration_since(UNIX_EPOCH).ok());
    let at = since.and_then(|since| u64::try_from(since.as_nanos()).ok());
    Ok(Home {
        machine,
        folder: fs::canonicalize(folder)?.as_os_str().as_bytes().to_vec(),
        device: metadata.dev(),
        file: Made { inode: metadata.ino(), at },
        count,
    })
}

/// The number of the only such file.
fn only(folder: &Path) -> io::Result<Option<u64>> {
    Ok(match numbers(folder)?.as_slice() {
        [only] => Some(*only),
        _ => None,
    })
}

fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        numbers.extend(number.and_then(|number| number.parse::<u64>().ok()));
    }
    Ok(numbers)
}

fn file(folder: &Path, count: u64) -> PathBuf {
    folder.join(format!("{PREFIX}{count}"))
}

fn rename(folder: &Path, from: u64, to: u64) -> io::Result<()> {
    fs::rename(file(folder, from), file(folder, to))
}

/// The machine that this file identifies, as a digest; `None` where it is not there or says nothing.
fn machine(file: &Path) -> io::Result<Option<[u8; 16]>> {
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        text => text?,
    };
    // Written so until a machine has begun for the first time.
    let known = Some(text.trim()).filter(|text| !text.is_empty() && *text != "uninitialized");
    Ok(known.map(|text| {
        let mut digest = [0; 16];
        let whole = blake3::derive_key("disparo: the machine of a store", text.as_bytes());
        digest.copy_from_slice(&whole[..16]);
        digest
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Option<[u8; 16]> = Some([1; 16]);

    fn begin(folder: &Path) -> Home {
        open_on(HERE, folder, None).expect("writable").expect("a new store is ours").1
    }

    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder") {
            let name = entry.expect("an entry").file_name();
            fs::copy(from.join(&name), to.join(&name)).expect("copied");
        }
    }

    #[track_caller]
    fn strange(machine: Option<[u8; 16]>, folder: &Path, home: &Home) -> Strange {
        let before = numbers(folder).expect("readable");
        let strange = open_on(machine, folder, Some(home)).expect("readable").expect_err("not at home");
        assert_eq!(numbers(folder).expect("readable"), before, "nothing of it is changed");
        strange
    }

    #[test]
    fn a_store_is_at_home_as_often_as_it_is_opened_closed_or_killed() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut home = begin(folder.path());
        for is_killed in [false, true, true, false] {
            let (marker, now) =
                open_on(HERE, folder.path(), Some(&home)).expect("readable").expect("at home");
            if is_killed {
                std::mem::forget(marker);
            }
            home = now;
        }
        // Killed between the renaming and what is remembered of it, again and again.
        for _ in 0..3 {
            let opened = open_on(HERE, folder.path(), Some(&home)).expect("readable");
            std::mem::forget(opened.expect("at home"));
        }
        // No power to bring the renaming to the disk.
        let found = only(folder.path()).expect("readable").expect("one");
        rename(folder.path(), found, home.count - 1).expect("renamed");
        assert!(open_on(HERE, folder.path(), Some(&home)).expect("readable").is_ok());
    }

    #[test]
    fn a_folder_that_is_renamed_stays_at_home_and_its_copy_is_not() {
        let root = tempfile::tempdir().expect("a folder");
        let (first, second) = (root.path().join("first"), root.path().join("second"));
        fs::create_dir(&first).expect("a folder");
        let home = begin(&first);
        fs::rename(&first, &second).expect("renamed");
        copy(&second, &first);
        assert_eq!(strange(HERE, &first, &home), Strange::Copy);
        assert!(open_on(HERE, &second, Some(&home)).expect("readable").is_ok());
    }

    #[test]
    fn what_is_put_back_is_not_at_home() {
        let root = tempfile::tempdir().expect("a folder");
        let (store, backup) = (root.path().join("store"), root.path().join("backup"));
        fs::create_dir(&store).expect("a folder");
        let home = begin(&store);
        copy(&store, &backup);
        // In place of a folder that was removed: the inode's number may be the same.
        fs::remove_dir_all(&store).expect("removed");
        copy(&backup, &store);
        assert_eq!(strange(HERE, &store, &home), Strange::Copy);

        fs::remove_dir_all(&store).expect("removed");
        fs::create_dir(&store).expect("a folder");
        let old = begin(&store);
        fs::remove_dir_all(&backup).expect("removed");
        copy(&store, &backup);
        drop(open_on(HERE, &store, Some(&old)).expect("readable").expect("at home"));
        // The journal alone.
        assert_eq!(strange(HERE, &store, &old), Strange::Older);
        // Over the folder, in which the file has another name by now.
        copy(&backup, &store);
        assert_eq!(strange(HERE, &store, &old), Strange::Copy);
    }

    #[test]
    fn another_machine_or_disk_is_told_and_a_machine_without_a_name_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = begin(folder.path());
        assert_eq!(strange(Some([2; 16]), folder.path(), &home), Strange::Machine);
        let elsewhere = Home { device: home.device + 1, folder: b"/elsewhere".to_vec(), ..home.clone() };
        assert_eq!(strange(HERE, folder.path(), &elsewhere), Strange::Disk);
        let renumbered = Home { device: home.device + 1, ..home.clone() };
        let (_, home) = open_on(None, folder.path(), Some(&renumbered)).expect("readable").expect("at home");
        assert!(open_on(HERE, folder.path(), Some(&home)).expect("readable").is_ok());
    }

    #[test]
    fn a_machine_is_a_digest_of_what_identifies_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("machine-id");
        assert_eq!(machine(&file).expect("no error"), None);
        for empty in ["", "\n", "uninitialized\n"] {
            fs::write(&file, empty).expect("written");
            assert_eq!(machine(&file).expect("readable"), None);
        }
        fs::write(&file, "0123456789abcdef0123456789abcdef\n").expect("written");
        assert!(machine(&file).expect("readable").is_some());
    }
}
