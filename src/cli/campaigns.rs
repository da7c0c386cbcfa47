//! Finding campaigns: by the path of a definition, or by a campaign's name.

use std::path::{Path, PathBuf};

use crate::definition;
use crate::domain::ids::slug;
use crate::domain::{AudienceSource, Campaign, Channel, WeightedChannel};
use crate::engine::planning::Source;
use crate::provider::{self, Provider};
use crate::settings::{Channels, Workspace};

use super::failure::Failure;
use super::hooks;
use super::owner::Owner;

/// A definition with the channels that it names.
#[derive(Debug)]
pub struct Loaded {
    /// The definition.
    pub campaign: Campaign,
    /// Its channels' settings, in its order.
    pub channels: Vec<Channel>,
    /// Their providers.
    pub providers: Vec<Box<dyn Provider>>,
    /// The fallback's settings and provider.
    pub fallback: Option<(Channel, Box<dyn Provider>)>,
    /// The channel whose account is asked for the audience, where the definition names one.
    pub asked: Option<Channel>,
}

impl Loaded {
    /// Whether every channel is the simulator.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        self.channels.iter().all(|channel| channel.sandbox)
    }

    /// What planning takes; `providers` are [`Loaded::providers`].
    #[must_use]
    pub fn source<'a>(&'a self, providers: &'a [&'a dyn Provider]) -> Source<'a> {
        let fallback = self.fallback.as_ref().map(|(_, provider)| provider.as_ref());
        Source { campaign: &self.campaign, channels: &self.channels, providers, fallback }
    }

    /// The providers, as planning takes them.
    #[must_use]
    pub fn providers(&self) -> Vec<&dyn Provider> {
        self.providers.iter().map(AsRef::as_ref).collect()
    }
}

/// The definition's file that `wanted` means: a path, or a campaign's name.
///
/// # Errors
/// When there is none, or more than one.
pub fn find(workspace: &Workspace, cwd: &Path, wanted: &str) -> Result<PathBuf, Failure> {
    let path = cwd.join(wanted);
    if path.is_file() {
        return Ok(path);
    }
    if wanted.ends_with(".toml") || wanted.contains('/') {
        return Err(Failure::invalid(format!("{wanted}: there is no such file"))
            .with_hint("a path begins at the current folder; a campaign can also be named by its `name`"));
    }
    let named = named(workspace, wanted)?;
    match named.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Failure::invalid(format!(
            "no definition in {} has the name \"{wanted}\"",
            workspace.root().display()
        ))
        .with_hint("give the path of a definition, such as campaigns/welcome.toml, or a campaign's name")),
        several => Err(two_of_one_name(wanted, several)),
    }
}

/// All definitions of the workspace.
///
/// # Errors
/// When its folder cannot be read.
pub fn all(workspace: &Workspace) -> Result<Vec<PathBuf>, Failure> {
    workspace.definitions().map_err(|error| {
        Failure::invalid(format!("cannot read the workspace {}: {error}", workspace.root().display()))
    })
}

fn named(workspace: &Workspace, wanted: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut files = all(workspace)?;
    files.retain(|file| {
        definition::name_of(file).is_some_and(|name| name == wanted || slug(&name) == slug(wanted))
    });
    Ok(files)
}

fn two_of_one_name(name: &str, files: &[PathBuf]) -> Failure {
    let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    Failure::invalid(format!("several definitions have the name \"{name}\": {}", files.join(" and ")))
        .with_hint("a campaign's name tells its runs from those of others: give one of them another name")
}

/// Reads and validates a definition, and finds its channels.
///
/// # Errors
/// Everything that is wrong with the definition or `channels.toml`.
pub fn load(owner: &Owner, channels: &Channels, file: &Path) -> Result<Loaded, Failure> {
    let mut campaign = definition::load(file, owner.workspace.root(), &owner.defaults())?;
    let cap = &mut campaign.conduct.frequency_cap;
    *cap = cap.or(owner.workspace.preferences().frequency_cap);
    let mut same = named(&owner.workspace, &campaign.name)?;
    if !same.iter().any(|other| is_same_file(other, file)) {
        same.insert(0, file.to_owned());
    }
    if same.len() > 1 {
        return Err(two_of_one_name(&campaign.name, &same));
    }
    let mut found = Vec::with_capacity(campaign.channels.len());
    let mut providers = Vec::with_capacity(campaign.channels.len());
    let find = |name: &str| {
        channels.find(name).map_err(|unknown| {
            Failure::invalid(format!("{}: {unknown}", file.display())).with_hint(unknown.hint)
        })
    };
    for WeightedChannel { name, .. } in &campaign.channels {
        let channel = find(name)?;
        // What they are opened for is to judge and to show.
        providers.push(provider::open(&hooks::shown(channel)).map_err(Failure::invalid)?);
        found.push(channel.clone());
    }
    let fallback = match &campaign.fallback {
        Some(name) => {
            let channel = find(name)?.clone();
            let provider = provider::open(&channel).map_err(Failure::invalid)?;
            Some((channel, provider))
        }
        None => None,
    };
    let asked = match &campaign.audience.source {
        AudienceSource::Account { channel: Some(name), .. } => Some(find(name)?.clone()),
        AudienceSource::Account { channel: None, .. } | AudienceSource::File(_) => None,
    };
    let loaded = Loaded { campaign, channels: found, providers, fallback, asked };
    refuse_rehearsal_with_a_real_end(&loaded, file)?;
    Ok(loaded)
}

/// A rehearsal is sent without being asked about, so that nobody real may come at its end.
fn refuse_rehearsal_with_a_real_end(loaded: &Loaded, file: &Path) -> Result<(), Failure> {
    let Some((fallback, _)) = &loaded.fallback else { return Ok(()) };
    if !loaded.is_sandbox() || fallback.sandbox {
        return Ok(());
    }
    let sentence = format!(
        "{}: the campaign's channels are sandboxes, and `fallback.channel`, {}, is a real one",
        file.display(),
        fallback.name
    );
    Err(Failure::invalid(sentence).with_hint("name a sandbox channel as the fallback of a rehearsal"))
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}
