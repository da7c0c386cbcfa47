//! Settings as tests write them.

use std::fs;
use std::path::PathBuf;

/// A folder with a `workspace.toml` of this text, and that file.
pub fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("workspace.toml");
    fs::write(&file, text).expect("a writable folder");
    (folder, file)
}
