//! The bad files of a folder, each against its snapshot.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use disparo::domain::Problems;
use disparo::ui::diagnostics::{Drawing, render};

/// How snapshots are drawn: as for a file or a log, in which no machine differs from another.
const PLAIN: Drawing = Drawing { colour: false, unicode: true, width: 100 };

/// The `.toml` files of a folder, by name. Tests run in the package's folder, so the paths in snapshots
/// are the same on every machine.
pub fn all_in(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let files = entries.map(|entry| entry.expect("readable").path());
    let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|end| end == "toml")).collect();
    files.sort();
    files
}

/// Whether a file of a workspace holds settings and no campaign.
pub fn is_settings(file: &Path) -> bool {
    file.ends_with("channels.toml") || file.ends_with("workspace.toml")
}

/// Compares what is said about each file of `folder/bad` with its snapshot beside it. A snapshot without
/// a file is a mistake of its own.
pub fn each_bad_file_is_explained(folder: &str, read: impl Fn(&Path) -> Problems) {
    let files = all_in(&format!("{folder}/bad"));
    let snapshots = format!("../{folder}/bad/snapshots").replace("../tests/", "../");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(&snapshots));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for file in &files {
            let name = file.file_stem().expect("a name").to_string_lossy();
            insta::assert_snapshot!(&*name, render(&read(file), PLAIN));
        }
    });
    let stem = |file: &Path| file.file_stem().expect("a name").to_string_lossy().into_owned();
    let explained: BTreeSet<String> = files.iter().map(|file| stem(file)).collect();
    let entries = fs::read_dir(format!("{folder}/bad/snapshots")).expect("snapshots are there");
    let kept = entries.map(|entry| stem(&entry.expect("readable").path()));
    let orphans: Vec<String> = kept.filter(|name| !explained.contains(name)).collect();
    assert_eq!(orphans, Vec::<String>::new(), "snapshots without a file");
}
