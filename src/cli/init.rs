//! `disparo init`: a new workspace with a commented example.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::ui::{Exit, Printer};

use super::failure::Failure;

/// Writes example campaigns, their audiences and channels.toml. The channels use the built-in simulator, so
/// that the examples can be run at once, without an account at a provider. Existing files are never touched.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder, made where it does not exist [default: --workspace, else ./campaigns]
    dir: Option<PathBuf>,
}

/// The repository's own workspace.
const FILES: [(&str, &[u8]); 15] = [
    ("channels.toml", include_bytes!("../../campaigns/channels.toml")),
    ("workspace.toml", include_bytes!("../../campaigns/workspace.toml")),
    ("welcome.toml", include_bytes!("../../campaigns/welcome.toml")),
    ("black-friday.toml", include_bytes!("../../campaigns/black-friday.toml")),
    ("catalogue.toml", include_bytes!("../../campaigns/catalogue.toml")),
    ("clubs.toml", include_bytes!("../../campaigns/clubs.toml")),
    ("contacts.toml", include_bytes!("../../campaigns/contacts.toml")),
    ("attributes.toml", include_bytes!("../../campaigns/attributes.toml")),
    ("invoices.toml", include_bytes!("../../campaigns/invoices.toml")),
    ("suppressions.csv", include_bytes!("../../campaigns/suppressions.csv")),
    ("audiences/welcome.csv", include_bytes!("../../campaigns/audiences/welcome.csv")),
    ("audiences/catalogue.tsv", include_bytes!("../../campaigns/audiences/catalogue.tsv")),
    ("audiences/vip.xlsx", include_bytes!("../../campaigns/audiences/vip.xlsx")),
    ("audiences/clubs.csv", include_bytes!("../../campaigns/audiences/clubs.csv")),
    ("audiences/invoices.csv", include_bytes!("../../campaigns/audiences/invoices.csv")),
];

/// Keeps people's numbers out of version control, unless the folder itself says what to keep out.
const GITIGNORE: (&str, &[u8]) =
    (".gitignore", b"# Made by Disparo, with people's numbers in it.\n.disparo/\nresults/\n");

/// Carries the command out.
///
/// # Errors
/// When one of the files exists already, or cannot be written.
pub fn init(
    arguments: &Arguments,
    workspace: Option<&Path>,
    cwd: &Path,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let shown = arguments.dir.as_deref().or(workspace).unwrap_or(Path::new("campaigns"));
    let dir = cwd.join(shown);
    refuse_existing(&dir, shown)?;
    let inbox = dir.join("inbox");
    fs::create_dir_all(&inbox).map_err(|error| {
        Failure::new(Exit::Unexpected, format!("cannot make {}: {error}", shown.join("inbox").display()))
    })?;
    let has_own = dir.join(GITIGNORE.0).symlink_metadata().is_ok();
    for (name, content) in FILES.into_iter().chain((!has_own).then_some(GITIGNORE)) {
        write(&dir.join(name), content).map_err(|error| {
            Failure::new(Exit::Unexpected, format!("cannot write {}: {error}", shown.join(name).display()))
        })?;
    }
    let shown = shown.display();
    printer.data(&format!("{shown} is a workspace now, with seven example campaigns"));
    printer.note(&format!(
        "\nThe examples are sent to a simulator, not to people. Next:\n\
         \n  disparo check   {shown}/welcome.toml    what would happen, row by row\
         \n  disparo preview {shown}/welcome.toml    the exact messages\
         \n  disparo run     {shown}/welcome.toml    send\
         \n\nThen put your own account into {shown}/channels.toml."
    ));
    Ok(Exit::Settled)
}

fn refuse_existing(dir: &Path, shown: &Path) -> Result<(), Failure> {
    let existing = FILES.iter().find(|(name, _)| dir.join(name).symlink_metadata().is_ok());
    match existing {
        None => Ok(()),
        Some((name, _)) => {
            let sentence = format!("{} already exists; nothing was written", shown.join(name).display());
            Err(Failure::usage(sentence).with_hint("name another folder: disparo init DIR"))
        }
    }
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(content)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Files below a folder with their contents, without the store and the results.
    fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(next).expect("a folder") {
                let path = entry.expect("an entry").path();
                let name = path.strip_prefix(folder).expect("below it").to_string_lossy().into_owned();
                if path.is_dir() && name != ".disparo" && name != "results" {
                    folders.push(path);
                } else if path.is_file() {
                    found.insert(name, fs::read(&path).expect("readable"));
                }
            }
        }
        found
    }

    #[test]
    fn a_new_workspace_is_the_repositorys_own() {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns");
        let written: BTreeMap<_, _> =
            FILES.iter().map(|(name, content)| ((*name).to_owned(), content.to_vec())).collect();
        let own = files(&repository);
        assert_eq!(written.keys().collect::<Vec<_>>(), own.keys().collect::<Vec<_>>());
        assert!(written == own);
    }
}
