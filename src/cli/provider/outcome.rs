//! What came of a change: for each recipient what the provider said, and the id of what was made.

use serde_json::json;

use crate::cli::failure::Failure;
use crate::cli::launch;
use crate::cli::owner::Owner;
use crate::domain::RunState;
use crate::engine::occurrence;
use crate::journal::RunView;
use crate::report::{self, RecipientLine};
use crate::ui::printer::Format;
use crate::ui::{Exit, Printer};

use super::table::Table;

/// Tells how the run of a change ended. One recipient leaves no folder of results: what is told here is all of
/// it, and `disparo report` tells it again.
///
/// # Errors
/// When the journal or the roster cannot be read, or the results not be written.
pub fn tell(owner: &Owner, printer: &Printer, view: &RunView) -> Result<Exit, Failure> {
    let plan = &view.facts.plan;
    let roster = occurrence::attach(&owner.engine.journal, plan.run)?;
    let mut lines = Vec::new();
    report::recipients(&owner.engine.journal, &roster, &owner.words(plan), &mut |line| {
        lines.push(line);
        Ok(())
    })?;
    let results = if roster.len() > 1 { Some(owner.write_results(&roster)?.folder) } else { None };
    let held = match &view.summary.state {
        RunState::Held(reason) => Some(reason),
        _ => None,
    };
    match printer.format() {
        Format::Json => printer.json(&json!({
            "run": plan.run_name,
            "change": plan.campaign,
            "channel": plan.channels.first().map(|channel| channel.name.as_str()),
            "state": view.summary.state.word(),
            "held": held.map(|reason| json!({ "kind": reason.kind, "sentence": reason.sentence })),
            "tally": view.summary.tally,
            "outcomes": lines.iter().map(json_of).collect::<Vec<_>>(),
            "results": results,
        })),
        Format::Text => {
            printer.data(&text_of(&lines));
            if let Some(reason) = held {
                printer.warning(&format!("{}: held: {reason}", plan.run_name));
            }
            if let Some(folder) = &results {
                printer.note(&format!("\nresults are in {}", folder.display()));
            }
            if let Some(next) = launch::next_step(view) {
                printer.note(&next);
            }
        }
    }
    let of_run = Exit::of_run(&view.summary.state, &view.summary.tally);
    // Whoever names somebody wants that person reached.
    let spared = if view.summary.tally.suppressed > 0 { Exit::Rejected } else { Exit::Settled };
    Ok(Exit::worst([of_run, spared]))
}

fn json_of(line: &RecipientLine) -> serde_json::Value {
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    json!({
        "address": line.phone,
        "status": line.status,
        "id": given(&line.message_id),
        "code": given(&line.code),
        "reason": given(&line.reason),
    })
}

fn text_of(lines: &[RecipientLine]) -> String {
    if let [line] = lines {
        let said = said(line);
        return format!("{}: {}{}{said}", line.phone, word(line), if said.is_empty() { "" } else { ", " });
    }
    let mut table = Table::new(["for", "outcome", "id or reason"]);
    for line in lines {
        table.row([line.phone.clone(), word(line).to_owned(), said(line)]);
    }
    table.to_string()
}

fn word(line: &RecipientLine) -> &str {
    match line.status {
        "accepted" => "done",
        "rejected" => "refused",
        "in_doubt" => "in doubt",
        "assumed_sent" => "assumed to be done",
        other => other,
    }
}

fn said(line: &RecipientLine) -> String {
    match (line.message_id.as_str(), line.reason.as_str()) {
        ("", "") => String::new(),
        ("", reason) => format!("{reason} ({})", line.code),
        (id, _) => format!("id {id}"),
    }
}
