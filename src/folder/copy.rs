//! Reading what somebody dropped: nothing outside the workspace, nothing that could wait for ever, and exactly the
//! bytes that are hashed.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use blake3::Hasher;
use rustix::fs::{CWD, Mode, OFlags, openat};
use thiserror::Error;

/// The folder of the store, which is nobody's to send from.
const STORE: &str = ".disparo";

/// Why a file is not read.
#[derive(Debug, Error)]
pub enum Refused {
    /// It lies, or its link leads, out of the workspace.
    #[error("it leads out of the workspace")]
    Outside,
    /// It is a folder, a pipe, a socket or a device.
    #[error("it is no file")]
    NoFile,
    /// It cannot be opened or read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Opens a file for reading that lies in the folder `root`, as its links lead. Where it lies is found out first, and
/// then no link is followed any more: nothing that is put in its place meanwhile leads elsewhere.
///
/// # Errors
/// When it lies elsewhere, is no file, or cannot be opened.
pub fn open_within(root: &Path, path: &Path) -> Result<File, Refused> {
    let root = root.canonicalize()?;
    let path = path.canonicalize()?;
    let inside = path.strip_prefix(&root).map_err(|_| Refused::Outside)?;
    if inside.starts_with(STORE) {
        return Err(Refused::Outside);
    }
    let common = OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let folder = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut opened = openat(CWD, &root, folder, Mode::empty()).map_err(io::Error::from)?;
    let mut parts = inside.components().peekable();
    while let Some(part) = parts.next() {
        let flags = if parts.peek().is_some() { common | OFlags::DIRECTORY } else { common };
        opened = openat(&opened, part.as_os_str(), flags, Mode::empty()).map_err(io::Error::from)?;
    }
    let file = File::from(opened);
    if file.metadata()?.is_file() { Ok(file) } else { Err(Refused::NoFile) }
}

/// Copies all of `from` into the new file `to`, and hashes its length and bytes. Gives the length.
///
/// # Errors
/// When it cannot be read or written, or has another length in the end than at the start
/// ([`io::ErrorKind::WouldBlock`]): somebody is still writing into it.
pub fn copy(from: &mut File, to: PathBuf, hasher: &mut Hasher) -> io::Result<u64> {
    let length = from.metadata()?.len();
    hasher.update(&length.to_le_bytes());
    let mut copied = File::create_new(to)?;
    let mut buffer = vec![0; 128 * 1024];
    let mut total = 0;
    loop {
        let read = from.read(&mut buffer)?;
        let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else { break };
        hasher.update(piece);
        copied.write_all(piece)?;
        total += u64::try_from(piece.len()).unwrap_or(u64::MAX);
    }
    if total != length {
        return Err(io::Error::new(io::ErrorKind::WouldBlock, "it is still being written into"));
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_files_of_the_workspace_are_opened() {
        let around = tempfile::tempdir().expect("a folder");
        let root = around.path().join("w");
        fs::create_dir_all(root.join("inbox/deep")).expect("made");
        fs::create_dir_all(root.join(".disparo")).expect("made");
        fs::write(root.join("in.csv"), "in").expect("written");
        fs::write(root.join(".disparo/store"), "in").expect("written");
        fs::write(around.path().join("out.csv"), "out").expect("written");
        symlink("../in.csv", root.join("inbox/in")).expect("linked");
        symlink(root.join("in.csv"), root.join("inbox/whole")).expect("linked");
        symlink("../../out.csv", root.join("inbox/out")).expect("linked");
        symlink("../..", root.join("inbox/up")).expect("linked");
        symlink("../.disparo/store", root.join("inbox/store")).expect("linked");
        symlink("loop", root.join("inbox/loop")).expect("linked");
        let open = |path: &str| open_within(&root, &root.join(path));
        for path in ["in.csv", "inbox/in", "inbox/whole", "inbox/../in.csv"] {
            let mut text = String::new();
            open(path).expect(path).read_to_string(&mut text).expect(path);
            assert_eq!(text, "in");
        }
        for path in ["inbox/out", "../out.csv", "inbox/up/out.csv", "inbox/store", "/etc/passwd"] {
            assert!(matches!(open(path), Err(Refused::Outside)), "{path}");
        }
        assert!(matches!(open("inbox/deep"), Err(Refused::NoFile)));
        assert!(matches!(open("inbox/loop"), Err(Refused::Io(_))));
        assert!(matches!(open("absent"), Err(Refused::Io(_))));
    }

    #[test]
    fn the_length_is_part_of_the_hash() {
        let folder = tempfile::tempdir().expect("a folder");
        let hash = |parts: [&str; 2]| {
            let mut hasher = Hasher::new();
            for (number, part) in parts.iter().enumerate() {
                let file = folder.path().join("from");
                fs::write(&file, part).expect("written");
                let to = folder.path().join(format!("{}-{number}", parts.concat().len()));
                let _ = fs::remove_file(&to);
                copy(&mut File::open(&file).expect("there"), to.clone(), &mut hasher).expect("copied");
                assert_eq!(fs::read_to_string(to).expect("there"), *part);
            }
            hasher.finalize()
        };
        assert_ne!(hash(["ab", "c"]), hash(["a", "bc"]));
        assert_eq!(hash(["ab", "c"]), hash(["ab", "c"]));
    }
}
