//! The key `channel` and the table `[fallback]`: who sends.

use super::raw::RawFallback;
use super::raw_channels::RawChannels;
use crate::document::{Findings, Placed, Table, value};
use crate::domain::{Problem, WeightedChannel};

const KEY: &str = "channel";

/// Checks the channels: at least one, none twice, weights of at least 1.
pub fn validate(raw: Placed<RawChannels>, findings: &mut Findings) -> Option<Vec<WeightedChannel>> {
    let Placed { value: raw, span } = raw;
    let given: Vec<(Placed<String>, Option<Placed<i64>>)> = match raw {
        RawChannels::One(name) => vec![(Placed { value: name, span: span.clone() }, None)],
        RawChannels::Even(names) => names.into_iter().map(|name| (name, None)).collect(),
        RawChannels::Weighted(weights) => {
            weights.into_iter().map(|(name, weight)| (name, Some(weight))).collect()
        }
    };
    let mut channels: Vec<WeightedChannel> = Vec::new();
    for (name, weight) in given {
        let Some(Placed { value: name, span }) = findings.keep(value::text(name, KEY)) else { continue };
        let channel = match weight {
            None => WeightedChannel::even(name),
            Some(weight) => {
                let key = format!("{KEY}.{name}");
                let Some(weight) = findings.keep(value::count(&weight, &key)) else { continue };
                WeightedChannel { name, weight }
            }
        };
        if channels.iter().any(|known| known.name == channel.name) {
            let sentence = format!("`channel` names {} twice", channel.name);
            findings.report(Problem::at(span, KEY, sentence));
        } else {
            channels.push(channel);
        }
    }
    let channels = if channels.is_empty() { None } else { Some(channels) };
    // A weight that could not be read has been spoken of.
    if channels.is_none() && findings.has_spoken_below(KEY) {
        return None;
    }
    findings.require(channels, || Problem::at(span, KEY, "`channel` names no channel"))
}

/// Checks the fallback: a channel that is none of the others.
pub fn fallback(
    raw: Placed<Table<RawFallback>>,
    channels: Option<&[WeightedChannel]>,
    findings: &mut Findings,
) -> Option<String> {
    const KEY: &str = "fallback.channel";
    let Placed { value: Table(raw), span } = raw;
    let name = findings.require(raw.channel, || {
        Problem::at(span, KEY, "`fallback.channel` is missing")
            .with_hint("write channel = \"…\" below [fallback], with a name of channels.toml")
    })?;
    let Placed { value: name, span } = findings.keep(value::text(name, KEY))?;
    if channels.is_some_and(|channels| channels.iter().any(|channel| channel.name == name)) {
        let sentence = format!("`fallback.channel` is {name}, which is already a channel of the campaign");
        findings.report(
            Problem::at(span, KEY, sentence)
                .with_hint("name another channel: whom a channel rejects, the same channel rejects again"),
        );
        return None;
    }
    Some(name)
}
