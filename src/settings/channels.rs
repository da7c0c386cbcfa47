//! `channels.toml`: the accounts and numbers to send from.

use std::path::{Path, PathBuf};

use thiserror::Error;
use toml::Spanned;
use toml::de::DeValue;

use super::Workspace;
use super::channel;
use super::hidden::{Hidden, redact_unreadable};
use super::portfolios::{self, Portfolios};
use crate::document::{self, Findings};
use crate::domain::{Channel, Problem, Problems, ProviderFacts, naming};

/// The channels of a workspace, in the order of the file.
#[derive(Debug, Clone)]
pub struct Channels {
    file: PathBuf,
    channels: Vec<Channel>,
}

/// A campaign asks for a channel that does not exist.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("`{}` has no channel `{name}`", file.display())]
pub struct UnknownChannel {
    /// The name that was asked for.
    pub name: String,
    /// Where it should be.
    pub file: PathBuf,
    /// What to do about it.
    pub hint: String,
}

impl Channels {
    /// Reads and checks all channels of a workspace. Secrets are not fetched: see [`super::secret::resolve`].
    ///
    /// # Errors
    /// All problems of the file at once. No report shows what is or may be a secret. Syntax errors come
    /// alone.
    pub fn load(workspace: &Workspace, facts: &[&'static ProviderFacts]) -> Result<Self, Problems> {
        let file = workspace.channels_file();
        if !file.exists() {
            let hint = "it lists the accounts and numbers to send from; `disparo init` writes an example";
            return Err(Problems::unreadable(&file, "there is no such file", Some(hint.to_owned())));
        }
        let source = document::read(&file)?;
        let channels = read(&file, &source, workspace.root(), facts)?;
        Ok(Self { file, channels })
    }

    /// The channel of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == name)
    }

    /// The channel of this name, or what to say when there is none.
    ///
    /// # Errors
    /// With a name that is like it, when there is one.
    pub fn find(&self, name: &str) -> Result<&Channel, UnknownChannel> {
        self.get(name).ok_or_else(|| UnknownChannel {
            name: name.to_owned(),
            file: self.file.clone(),
            hint: naming::hint_of_known(name, "channels", self.names().collect::<Vec<_>>()),
        })
    }

    /// The names in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.channels.iter().map(|channel| channel.name.as_str())
    }
}

fn read(
    file: &Path,
    source: &str,
    root: &Path,
    facts: &[&'static ProviderFacts],
) -> Result<Vec<Channel>, Problems> {
    let mut findings = Findings::default();
    let table = document::parse(source, &mut findings);
    if let Some(problems) = findings.into_problems(file, redact_unreadable(source)) {
        return Err(problems);
    }
    let mut findings = Findings::default();
    let mut hidden = Hidden::default();
    let mut elsewhere = Vec::new();
    let mut channels = Vec::new();
    let mut portfolios = Portfolios::default();
    for (name, value) in table.get_ref() {
        let (name, place) = (name.get_ref(), name.span());
        let DeValue::Table(table) = value.get_ref() else {
            hidden.add(value.span());
            let problem =
                Problem::at(place, name.as_ref(), format!("`{name}` stands outside of any channel"))
                    .with_hint(
                        "a channel begins with its name in brackets, and its keys follow: [devino-main]",
                    );
            findings.report(problem);
            continue;
        };
        if name.as_ref() == portfolios::TABLE {
            portfolios.read(table, &mut findings);
            continue;
        }
        portfolios.note(name, table);
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            findings.report(Problem::at(place, name.as_ref(), "a channel needs a name of plain letters"));
            continue;
        }
        let table = Spanned::new(value.span(), table.clone());
        channels.extend(channel::read(name, &table, facts, root, &mut hidden, &mut findings, &mut elsewhere));
    }
    portfolios.share(&mut channels, &mut findings);
    if table.get_ref().is_empty() {
        findings.report(
            Problem::about("", "the file has no channel").with_hint("`disparo init` writes an example"),
        );
    }
    let here = findings.into_problems(file, hidden.redact(source));
    // One file is told at a time: this one, then those that it names.
    match here.into_iter().chain(elsewhere).next() {
        Some(problems) => Err(problems),
        None => Ok(channels),
    }
}
