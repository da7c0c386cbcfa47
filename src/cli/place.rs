//! Which workspace a command is about.

use std::path::Path;

use crate::settings::Workspace;

use super::arguments::Command;
use super::failure::Failure;

/// The file that makes a folder a workspace.
const MARK: &str = "channels.toml";

/// Where a workspace is looked for when nobody names one.
const USUAL: &str = "campaigns";

/// The workspace that is named, or that of the first definition that is named, or `./campaigns`, or the
/// current folder.
///
/// # Errors
/// When there is none.
pub fn choose(named: Option<&Path>, command: &Command) -> Result<Workspace, Failure> {
    if let Some(named) = named {
        return refuse_unmarked(Workspace::find(named)?);
    }
    if let Some(definition) = command.definition().map(Path::new).filter(|path| path.is_file()) {
        return refuse_unmarked(Workspace::around(definition)?);
    }
    let is_workspace = |folder: &&Path| folder.join(MARK).is_file();
    match [Path::new(USUAL), Path::new(".")].iter().copied().find(is_workspace) {
        Some(folder) => Ok(Workspace::find(folder)?),
        None => {
            let sentence =
                format!("there is no workspace here: neither {USUAL} nor this folder has a {MARK}");
            let hint = "name one with --workspace DIR, or make one with `disparo init`";
            Err(Failure::usage(sentence).with_hint(hint))
        }
    }
}

/// A folder that is named by mistake gets no store. One that has a store is a workspace, whatever it lacks.
fn refuse_unmarked(workspace: Workspace) -> Result<Workspace, Failure> {
    if workspace.channels_file().exists() || workspace.store_dir().exists() {
        return Ok(workspace);
    }
    let sentence = format!("`{}` is not a workspace: it has no {MARK}", workspace.root().display());
    Err(Failure::usage(sentence)
        .with_hint("name another with --workspace DIR, or make one with `disparo init`"))
}

impl Command {
    /// The first definition that is named, as it is written; perhaps a campaign's name.
    fn definition(&self) -> Option<&str> {
        match self {
            Self::Check(arguments) => arguments.campaigns.first().map(String::as_str),
            Self::Schedule(arguments) => arguments.campaigns.first().map(String::as_str),
            Self::Run(arguments) => arguments.campaigns.first().map(String::as_str),
            Self::Preview(arguments) => Some(&arguments.campaign),
            _ => None,
        }
    }
}
