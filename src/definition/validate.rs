//! From the shapes of a definition to a campaign: the top of the file. Each table has its own file.

use std::path::Path;

use super::audience::Addressing;
use super::checks::Checks;
use super::load::Defaults;
use super::raw::RawDefinition;
use super::{action, audience, channels, conduct, message, pace, safety, schedule};
use crate::document::{Findings, Placed, value};
use crate::domain::{Action, Campaign, Conduct, ContentSpec, Pace, Problem, Schedule};

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
    defaults: &Defaults,
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
    let channels = channels.and_then(|given| channels::validate(given, findings));
    let fallback = raw.fallback.and_then(|given| channels::fallback(given, channels.as_deref(), findings));
    let mut checks = Checks { source, findings };
    // What a campaign without either sends is another mistake.
    let is_message = raw.message.is_some() || raw.action.is_none();
    let content = match (raw.message, raw.action) {
        (message, None) => {
            let message = checks.findings.require(message, || {
                absent("message", "write a table [message] with a text, or a table [action]")
            });
            message.and_then(|message| message::validate(message, &mut checks))
        }
        (message, Some(action)) => {
            if let Some(message) = message {
                let sentence = "a campaign has a [message] or an [action], not both";
                let problem = Problem::at(message.span, "message", sentence);
                checks.findings.report(problem.with_hint("keep one of them"));
            }
            action::validate(action, workspace_root, &mut checks).map(ContentSpec::Action)
        }
    };
    let audience =
        checks.findings.require(raw.audience, || absent("audience", "write a table [audience] with a file"));
    let audience = audience.and_then(|audience| {
        audience::validate(audience, addressing(content.as_ref()), workspace_root, &mut checks)
    });
    let after = raw.after.map_or_else(Vec::new, |after| conduct::after(after, is_message, &mut checks));
    let pace = raw.pace.map_or_else(Pace::default, |pace| pace::validate(pace.value.0, findings));
    let is_repeatable = match &content {
        Some(ContentSpec::Action(action)) => action.action.is_repeatable(),
        _ => false,
    };
    let safety = raw.safety.map(|safety| safety.value.0).unwrap_or_default();
    let safety = safety::validate(safety, is_repeatable, is_message, findings);
    let none = || Schedule::none(defaults.zone.clone());
    let schedule =
        raw.schedule.map_or_else(none, |given| schedule::validate(given, workspace_root, defaults, findings));
    Some(Campaign {
        file: file.to_owned(),
        name: name?,
        channels: channels?,
        fallback,
        audience: audience?,
        content: content?,
        pace,
        safety: safety.brakes,
        conduct: Conduct {
            canary: safety.canary,
            retry_failed: safety.retry_failed,
            after,
            frequency_cap: safety.frequency_cap,
        },
        max_recipients: safety.max_recipients,
        test_to: safety.test_to,
        schedule: Schedule { approval: safety.approval, ..schedule },
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

/// What the rows of an audience must be addressed by.
fn addressing(content: Option<&ContentSpec>) -> Addressing {
    let Some(ContentSpec::Action(spec)) = content else { return Addressing::Row };
    if spec.address.is_some() {
        return Addressing::Action;
    }
    match &spec.action {
        Action::SetGroupSubject { .. }
        | Action::SetGroupIcon { .. }
        | Action::RemoveGroupIcon
        | Action::LeaveGroup
        | Action::RevokeInvite => Addressing::Group,
        Action::SendInvite { .. }
        | Action::RemoveParticipant { .. }
        | Action::AddAdmin { .. }
        | Action::RemoveAdmin { .. }
        | Action::SetChatStatus { .. }
        | Action::StartConversation { .. } => Addressing::Person,
        _ => Addressing::Row,
    }
}
