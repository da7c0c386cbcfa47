//! `disparo doctor`: look for what is wrong with the workspace and its store.

use clap::Args;
use serde_json::json;

use crate::engine::occurrence;
use crate::report::audit as examine;
use crate::ui::Exit;
use crate::ui::printer::Format;

use super::adopt;
use super::campaigns;
use super::execute::Execution;
use super::failure::Failure;
use super::runs;

/// What to do beside looking.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Take over a store that is a copy or came from a backup, instead of looking
    #[arg(long)]
    adopt: bool,
    /// Do not ask before that
    #[arg(long, short, requires = "adopt")]
    yes: bool,
}

/// Carries the command out. Everything is looked at, whatever is wrong.
///
/// # Errors
/// When the store cannot be read at all.
pub async fn doctor(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    if arguments.adopt {
        return adopt::adopt(execution, arguments.yes).await;
    }
    let mut findings = 0_u32;
    let mut tell = |what: &str, result: Result<String, String>| {
        let (word, sentence) = match &result {
            Ok(sentence) => ("ok", sentence),
            Err(sentence) => ("problem", sentence),
        };
        findings += u32::from(result.is_err());
        match execution.printer.format() {
            Format::Json => {
                execution.printer.json(&json!({ "about": what, "ok": result.is_ok(), "finding": sentence }));
            }
            Format::Text => execution.printer.data(&format!("{word:<8} {what}: {sentence}")),
        }
    };
    let owner = execution.owner.as_ref();
    let path = owner.engine.journal.path().display();
    let home = owner.engine.journal.is_at_home();
    let home = home.map(|()| format!("{path} can be read and is ours"));
    tell("store", home.map_err(|error| error.to_string()));
    match owner.channels() {
        Err(_) => tell("channels.toml", Err("it has problems; `disparo check` shows them".to_owned())),
        Ok(channels) => {
            for name in channels.names() {
                let Some(channel) = channels.get(name) else { continue };
                let link = owner.links(std::slice::from_ref(channel)).await;
                let about = format!("channel {name}");
                tell(&about, link.map(|_| "ready to send".to_owned()).map_err(|failure| failure.sentence()));
            }
            for file in campaigns::all(&owner.workspace)? {
                let about = file.display().to_string();
                let loaded = campaigns::load(owner, &channels, &file);
                tell(&about, loaded.map(|_| "valid".to_owned()).map_err(|failure| failure.sentence()));
            }
        }
    }
    for view in runs::all(owner)? {
        let plan = &view.facts.plan;
        let examined = occurrence::attach(&owner.engine.journal, plan.run)
            .map_err(|error| error.to_string())
            .and_then(|roster| examine(&owner.engine.journal, &roster).map_err(|error| error.to_string()));
        let result = match examined {
            Ok(audit) if audit.agrees() => Ok(format!("{}, adds up", view.summary.state.word())),
            Ok(audit) => Err(audit.findings.join("; ")),
            Err(error) => Err(error),
        };
        tell(&format!("run {}", plan.run_name), result);
    }
    if findings == 0 { Ok(Exit::Settled) } else { Ok(Exit::Invalid) }
}
