//! Notes beside files: seen whole or not at all, and never written again while they say the same.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Held while a note is written: a daemon and a pass that it makes for the system's cron may tell of one definition
/// at the same moment, by way of the same temporary file.
static WRITING: Mutex<()> = Mutex::new(());

/// Writes a note in the place of what is there of its name, unless it says the same already. Whoever reads it
/// meanwhile sees the old one or the new one. It need not survive a power cut: it is written from what does. Gives
/// whether it was written.
///
/// # Errors
/// When the folder cannot be written.
pub fn put(path: &Path, text: &str) -> io::Result<bool> {
    if says(path, text) {
        return Ok(false);
    }
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let new = path.with_file_name(format!(".{name}.tmp"));
    // Left by a process that died; and nothing is written through a link.
    absent(fs::remove_file(&new))?;
    let written = File::create_new(&new).and_then(|mut file| file.write_all(text.as_bytes()));
    let put = written.and_then(|()| fs::rename(&new, path));
    if put.is_err() {
        let _ = fs::remove_file(&new);
    }
    put.map(|()| true)
}

/// Removes a note; nothing is said when there is none.
///
/// # Errors
/// When it cannot be removed.
pub fn remove(path: &Path) -> io::Result<()> {
    absent(fs::remove_file(path))
}

fn absent(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn says(path: &Path, text: &str) -> bool {
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let is_like_it = |file: &fs::Metadata| file.is_file() && file.len() == length;
    if !fs::symlink_metadata(path).is_ok_and(|file| is_like_it(&file)) {
        return false;
    }
    let mut there = Vec::new();
    let read = File::open(path).and_then(|file| file.take(length + 1).read_to_end(&mut there));
    read.is_ok() && there == text.as_bytes()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    #[test]
    fn a_note_is_written_when_it_says_something_new() {
        let folder = tempfile::tempdir().expect("a folder");
        let note = folder.path().join("x.problem.txt");
        assert!(put(&note, "one").expect("written"));
        let first = fs::metadata(&note).expect("there").ino();
        assert!(!put(&note, "one").expect("left alone"));
        assert_eq!(fs::metadata(&note).expect("there").ino(), first);
        put(&note, "two").expect("written");
        assert_eq!(fs::read_to_string(&note).expect("there"), "two");
        remove(&note).expect("removed");
        remove(&note).expect("not there");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }

    #[test]
    fn a_note_is_written_by_several_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let note = folder.path().join("note");
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let note = &note;
                scope.spawn(move || {
                    for number in 0..50 {
                        put(note, &format!("{writer} {number}")).expect("written");
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let folder = tempfile::tempdir().expect("a folder");
        let (note, other) = (folder.path().join("note"), folder.path().join("other"));
        fs::write(&other, "mine").expect("written");
        symlink(&other, &note).expect("linked");
        symlink(&other, folder.path().join(".note.tmp")).expect("linked");
        put(&note, "text").expect("written");
        assert_eq!(fs::read_to_string(&other).expect("there"), "mine");
        assert_eq!(fs::read_to_string(&note).expect("there"), "text");
    }
}
