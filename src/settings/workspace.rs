//! The folder of one team: its definitions, channels, results and store.

use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;

use super::preferences::Preferences;
use crate::domain::{Language, Problems, Zone};

const CHANNELS: &str = "channels.toml";
const SETTINGS: &str = "workspace.toml";

/// A workspace's folder, and where everything in it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    root: PathBuf,
    preferences: Preferences,
}

/// Why a folder is no workspace.
#[derive(Debug, Error)]
pub enum WorkspaceError {
    /// There is nothing of that name.
    #[error("there is no folder `{}`", .0.display())]
    Missing(PathBuf),
    /// It is something else than a folder.
    #[error("`{}` is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// Its `workspace.toml` is wrong.
    #[error("{0}")]
    Settings(Box<Problems>),
    /// It cannot be looked into.
    #[error("the folder `{}` cannot be read: {source}", folder.display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl WorkspaceError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Missing(folder) => format!(
                "`disparo init {}` makes a workspace there; --workspace DIR or DISPARO_WORKSPACE names another",
                folder.display()
            ),
            Self::NotAFolder(_) => {
                "name the folder that has your channels.toml, with --workspace or DISPARO_WORKSPACE"
                    .to_owned()
            }
            Self::Settings(_) => "mend workspace.toml".to_owned(),
            Self::Unreadable { folder, .. } => format!("chmod u+rx {}", folder.display()),
        }
    }
}

impl Workspace {
    /// The workspace in this folder. Paths keep the form in which the folder was named.
    ///
    /// # Errors
    /// When there is no such folder, or its `workspace.toml` is wrong.
    pub fn find(folder: &Path) -> Result<Self, WorkspaceError> {
        let unreadable = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => WorkspaceError::Missing(folder.to_owned()),
            _ => WorkspaceError::Unreadable { folder: folder.to_owned(), source },
        };
        if !fs::metadata(folder).map_err(unreadable)?.is_dir() {
            return Err(WorkspaceError::NotAFolder(folder.to_owned()));
        }
        let settings = folder.join(SETTINGS);
        let preferences = if settings.try_exists().map_err(unreadable)? {
            Preferences::read(&settings).map_err(|problems| WorkspaceError::Settings(Box::new(problems)))?
        } else {
            Preferences::default()
        };
        Ok(Self { root: folder.to_owned(), preferences })
    }

    /// The workspace that a definition belongs to: the nearest folder around it with a `channels.toml`,
    /// else the folder it lies in.
    ///
    /// # Errors
    /// Those of [`Workspace::find`].
    pub fn around(definition: &Path) -> Result<Self, WorkspaceError> {
        let folders = || definition.ancestors().skip(1).map(named);
        let with_channels = folders().find(|folder| folder.join(CHANNELS).is_file());
        let folder = with_channels.or_else(|| folders().next()).unwrap_or(Path::new("."));
        Self::find(folder)
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The language of reports.
    #[must_use]
    pub fn language(&self) -> Language {
        self.preferences.language
    }

    /// In which zone times are written where nobody says otherwise: that of `workspace.toml`, else the machine's,
    /// else UTC.
    #[must_use]
    pub fn zone(&self) -> Zone {
        let machines = || Zone::of_rules(jiff::tz::TimeZone::system());
        self.preferences.timezone.clone().or_else(machines).unwrap_or_else(Zone::utc)
    }

    /// What the team has decided for all of its campaigns.
    #[must_use]
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// `channels.toml`.
    #[must_use]
    pub fn channels_file(&self) -> PathBuf {
        self.root.join(CHANNELS)
    }

    /// `.disparo`: the store, frozen rosters, lock and socket.
    #[must_use]
    pub fn store_dir(&self) -> PathBuf {
        self.root.join(".disparo")
    }

    /// `results`.
    #[must_use]
    pub fn results_dir(&self) -> PathBuf {
        self.root.join("results")
    }

    /// `inbox`: what is dropped here is launched by `serve` unasked.
    #[must_use]
    pub fn inbox_dir(&self) -> PathBuf {
        self.root.join("inbox")
    }

    /// `suppressions.csv`: people who must not be messaged.
    #[must_use]
    pub fn suppressions_file(&self) -> PathBuf {
        self.root.join("suppressions.csv")
    }

    /// The definitions that lie in the folder: its `.toml` files but those with settings, by name. Hidden
    /// files, such as an editor's, are none.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn definitions(&self) -> Result<Vec<PathBuf>, WorkspaceError> {
        let unreadable = |source| WorkspaceError::Unreadable { folder: self.root.clone(), source };
        let mut definitions = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            let file = self.root.join(&name);
            let is_hidden = name.as_encoded_bytes().starts_with(b".");
            let is_definition = file.extension().is_some_and(|extension| extension == "toml")
                && name != CHANNELS
                && name != SETTINGS;
            if is_definition && !is_hidden && file.is_file() {
                definitions.push(file);
            }
        }
        definitions.sort();
        Ok(definitions)
    }
}

/// What `workspace.toml` says.
/// The folder above a bare file name is the one we are in.
fn named(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for file in files {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().expect("inside the folder")).expect("a writable folder");
            fs::write(file, "").expect("a writable folder");
        }
        folder
    }

    #[test]
    fn definitions_are_the_other_toml_files_by_name() {
        let files = ["b.toml", "a.toml", "channels.toml", ".a.toml", "notes.md", "inbox/c.toml", "d.toml/x"];
        let folder = folder_with(&files);
        let workspace = Workspace::find(folder.path()).expect("a workspace");
        let names: Vec<_> = workspace.definitions().expect("readable");
        assert_eq!(names, [folder.path().join("a.toml"), folder.path().join("b.toml")]);
    }

    #[test]
    fn what_is_no_workspace_is_said() {
        let folder = folder_with(&["workspace.toml"]);
        let file = folder.path().join("workspace.toml");
        assert!(matches!(Workspace::find(&file), Err(WorkspaceError::NotAFolder(_))));
        let absent = folder.path().join("absent");
        let error = Workspace::find(&absent).expect_err("absent");
        assert_eq!(error.to_string(), format!("there is no folder `{}`", absent.display()));
        assert!(error.hint().contains("disparo init"));
    }

    #[test]
    fn the_language_is_that_of_workspace_toml() {
        let folder = folder_with(&["workspace.toml"]);
        let language = |text: &str| {
            fs::write(folder.path().join("workspace.toml"), text).expect("a writable folder");
            Workspace::find(folder.path()).map(|workspace| workspace.language())
        };
        for (text, expected) in [
            ("", Language::English),
            ("language = \"en\"", Language::English),
            ("language = \"pt\"", Language::Portuguese),
            ("language = \"es\"", Language::Spanish),
        ] {
            assert_eq!(language(text).expect(text), expected);
        }
        let wrong = ["language = \"fr\"", "language = 1", "langauge = \"pt\"", "\n[retention]\ndays = 3"];
        let words = wrong.map(|text| match language(text) {
            Err(WorkspaceError::Settings(problems)) => {
                let [problem] = problems.list() else { panic!("{problems}") };
                let place = problems.place(problem).expect("a place");
                format!("{place}: {} | {}", problem.sentence, problem.hint.as_deref().unwrap_or("-"))
            }
            other => panic!("{text}: {other:?}"),
        });
        insta::assert_snapshot!(words.join("\n"));
    }

    #[test]
    fn a_definition_lies_in_a_workspace() {
        let folder = folder_with(&["channels.toml", "inbox/deep/x.toml"]);
        for definition in ["inbox/deep/x.toml", "x.toml"] {
            let workspace = Workspace::around(&folder.path().join(definition)).expect("a workspace");
            assert_eq!(workspace.root(), folder.path());
        }
        let bare = folder_with(&["y/x.toml"]);
        let workspace = Workspace::around(&bare.path().join("y/x.toml")).expect("a workspace");
        assert_eq!(workspace.root(), bare.path().join("y"));
        assert_eq!(Workspace::around(Path::new("x.toml")).expect("here").root(), Path::new("."));
    }
}
