//! Which channel a command is about: the one that is named, or the only one that offers what is wanted.

use crate::cli::failure::Failure;
use crate::domain::Channel;
use crate::provider::{self, Provider};
use crate::settings::Channels;

/// The channel, of those that `offers` does not refuse with a sentence.
///
/// # Errors
/// When there is no such channel, the one that is named does not offer it, or not exactly one does.
pub fn choose<'a>(
    channels: &'a Channels,
    named: Option<&str>,
    offers: impl Fn(&Channel, &dyn Provider) -> Result<(), String>,
) -> Result<&'a Channel, Failure> {
    if let Some(name) = named {
        let channel =
            channels.find(name).map_err(|unknown| Failure::usage(&unknown).with_hint(&unknown.hint))?;
        let provider = provider::open(channel).map_err(Failure::invalid)?;
        return match offers(channel, provider.as_ref()) {
            Ok(()) => Ok(channel),
            Err(sentence) => Err(refused(channel, &sentence)),
        };
    }
    let mut offering = Vec::new();
    let mut refusing = Vec::new();
    for channel in channels.names().filter_map(|name| channels.get(name)) {
        let provider = provider::open(channel).map_err(Failure::invalid)?;
        match offers(channel, provider.as_ref()) {
            Ok(()) => offering.push(channel),
            Err(sentence) => refusing.push((channel, sentence)),
        }
    }
    match (offering.as_slice(), refusing.as_slice()) {
        ([only], _) => Ok(only),
        ([], [(channel, sentence)]) => Err(refused(channel, sentence)),
        ([], _) => {
            let why = refusing.iter().map(|(channel, sentence)| format!("\n  {}: {sentence}", channel.name));
            let why: String = why.collect();
            Err(Failure::usage(format!("no channel of this workspace can do this:{why}")))
        }
        _ => {
            let names: Vec<_> = offering.iter().map(|channel| channel.name.as_str()).collect();
            Err(Failure::usage(format!("several channels can do this: {}", names.join(", ")))
                .with_hint("say which one with --channel NAME"))
        }
    }
}

fn refused(channel: &Channel, sentence: &str) -> Failure {
    Failure::usage(format!("channel `{}`: {sentence}", channel.name))
}
