//! From the shapes of a definition to a campaign: the top of the file. Each table has its own file.

use std::path::Path;

use super::raw::RawDefinition;
use super::{audience, message, pace, safety};
use crate::document::{Findings, Placed, TextOrTexts, value};
use crate::domain::{Campaign, Pace, Problem};

/// The only version of the format so far.
const VERSION: i64 = 1;

/// A campaign's name becomes a folder and, at Wati, the name of a broadcast.
const LONGEST_NAME: usize = 100;

/// Checks everything and reports everything. `None` when something that a campaign cannot do without is
/// missing or wrong; then `findings` says so.
pub fn validate(
    raw: RawDefinition,
    file: &Path,
    workspace_root: &Path,
    source: &str,
    findings: &mut Findings,
) -> Option<Campaign> {
    version(raw.version, findings);
    let absent = |key: &str, hint: &str| Problem::about(key, format!("`{key}` is missing")).with_hint(hint);
    let name = findings.require(raw.name, || absent("name", "write name = \"…\" at the top of the file"));
    let name = name.and_then(|name| findings.keep(valid_name(name)));
    let channels = findings.require(raw.channel, || {
        absent("channel", "write channel = \"…\" at the top of the file, with a name of channels.toml")
    });
    let channels = channels.and_then(|channels| valid_channels(channels, findings));
    let audience =
        findings.require(raw.audience, || absent("audience", "write a table [audience] with a file"));
    let audience =
        audience.and_then(|audience| audience::validate(audience, workspace_root, source, findings));
    let message = findings.require(raw.message, || absent("message", "write a table [message] with a text"));
    let message = message.and_then(|message| message::validate(message, source, findings));
    let pace = raw.pace.map_or_else(Pace::default, |pace| pace::validate(pace.value.0, findings));
    let safety = safety::validate(raw.safety.map(|safety| safety.value.0).unwrap_or_default(), findings);
    Some(Campaign {
        file: file.to_owned(),
        name: name?,
        channels: channels?,
        audience: audience?,
        message: message?,
        pace,
        safety: safety.brakes,
        max_recipients: safety.max_recipients,
        test_to: safety.test_to,
        fallback: None,
    })
}

fn version(version: Option<Placed<i64>>, findings: &mut Findings) {
    let version = findings.require(version, || {
        Problem::about("version", "`version` is missing").with_hint("write version = 1 as the first line")
    });
    if let Some(Placed { value, span }) = version.filter(|version| version.value != VERSION) {
        let sentence = format!("`version` must be {VERSION}: this Disparo knows no version {value}");
        findings.report(Problem::at(span, "version", sentence));
    }
}

fn valid_name(name: Placed<String>) -> Result<String, Problem> {
    let Placed { value: name, span } = value::text(name, "name")?;
    let name = name.trim();
    let length = name.chars().count();
    if length > LONGEST_NAME {
        let sentence = format!("`name` has {length} characters; {LONGEST_NAME} is the most");
        return Err(Problem::at(span, "name", sentence));
    }
    if name.chars().any(char::is_control) {
        return Err(Problem::at(span, "name", "`name` must be one line of plain text"));
    }
    Ok(name.to_owned())
}

fn valid_channels(channels: Placed<TextOrTexts>, findings: &mut Findings) -> Option<Vec<String>> {
    const KEY: &str = "channel";
    let span = channels.span.clone();
    let mut names: Vec<String> = Vec::new();
    for channel in channels.into_texts() {
        let Some(Placed { value: name, span }) = findings.keep(value::text(channel, KEY)) else { continue };
        if names.contains(&name) {
            let sentence = format!("`channel` names {name} twice");
            findings.report(Problem::at(span, KEY, sentence));
        } else {
            names.push(name);
        }
    }
    let names = if names.is_empty() { None } else { Some(names) };
    findings.require(names, || Problem::at(span, KEY, "`channel` names no channel"))
}
