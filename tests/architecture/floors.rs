//! The floors: which room stands on which, and who may know whom.

use crate::rule::{Breach, Rule};
use crate::source::Source;

/// Rooms from the ground up. A room knows those of lower floors.
const FLOORS: [&[&str]; 5] = [
    &["domain", "clock", "events", "document", "calendar"],
    &["definition", "settings", "audience", "template", "roster", "journal", "provider", "pace", "folder"],
    &["engine", "report", "metrics"],
    &["control", "reconcile", "sandbox", "web"],
    &["main", "cli", "ui"],
];

/// Who may know what beside lower floors, with the reason.
const EXCEPTIONS: [(&str, &str, &str); 9] = [
    ("main", "cli", "the binary hands over to the commands"),
    ("main", "ui", "and prints what they return"),
    ("cli", "ui", "a command shows what it did"),
    ("events", "domain", "events tell facts"),
    ("document", "domain", "what is wrong in a document is a problem like any other"),
    ("calendar", "domain", "and so is what is wrong in a calendar"),
    ("calendar", "document", "the key `holidays` is one of documents"),
    ("provider", "journal::Permit", "a provider sends for a permit alone"),
    ("provider", "journal::Spent", "and gives it back used"),
];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn is_allowed(from: &str, to: &str, path: &str) -> bool {
    let goes_down = floor(to).is_some_and(|lower| floor(from).is_some_and(|upper| lower < upper));
    let is_exception = |(room, target, _): &(&str, &str, &str)| {
        *room == from
            && path.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    from == to || goes_down || EXCEPTIONS.iter().any(is_exception)
}

/// No room knows one above it or beside it.
pub const IMPORTS_GO_DOWN: Rule = Rule {
    says: "imports only go down, and rooms of one floor do not know each other",
    mend: "move what both need down to `domain`, or let a room above hand it over as a value",
    breaches: |source| {
        let from = source.room();
        let mut breaches = Vec::new();
        for path in source.paths().iter().filter(|path| path.is_ours && from != "lib") {
            let written = path.segments.join("::");
            let to = path.segments.first().map_or("", String::as_str);
            if !is_allowed(from, to, &written) {
                breaches.push(Breach::new(path.line, format!("`{from}` knows `{written}`")));
            }
        }
        breaches
    },
    bad: &[
        ("src/domain/plan.rs", "use crate::events::Events;"),
        ("src/audience/reader.rs", "use crate::settings::Workspace;"),
        ("src/audience/reader.rs", "fn read() { crate::template::Filter::compile(); }"),
        ("src/audience/reader.rs", "use crate::{domain::Phone, engine::Plan};"),
        ("src/audience/reader.rs", "use super::super::journal::Journal;"),
        ("src/audience/mod.rs", "use super::pace::Pace;"),
        ("src/audience/reader.rs", "mod inner { use super::super::super::ui; }"),
        ("src/provider/transport.rs", "use crate::journal::{Permit, Journal};"),
        ("src/provider/transport.rs", "use crate::journal;\nfn open() { crate::journal::open(); }"),
        ("src/engine/plan.rs", "use crate::cli::Flags;"),
        ("src/engine/plan.rs", "use crate::report::Report;"),
        ("src/ui/printer.rs", "use crate::cli::Flags;"),
        ("src/main.rs", "use disparo::nowhere::Nothing;"),
    ],
    good: &[
        ("src/domain/plan.rs", "use super::{Rate, Tally}; use crate::domain::Phone;"),
        ("src/audience/reader.rs", "use crate::domain::{Phone, Row}; use super::mapping::Mapping;"),
        ("src/audience/reader.rs", "mod tests { use super::*; use super::super::mapping; }"),
        ("src/provider/transport.rs", "use crate::journal::{Permit, Spent};"),
        ("src/provider/transport.rs", "/// See [`crate::engine::Engine`].\nfn send(text: &str) {}"),
        ("src/engine/send.rs", "use crate::{journal::Journal, pace::Pace, provider::transport::Transport};"),
        ("src/main.rs", "use disparo::{cli, ui}; fn main() { cli::run(); }"),
        ("src/lib.rs", "pub mod cli; pub use crate::cli::run;"),
    ],
};

/// The sandbox speaks a provider's wire, and judges for itself.
pub const SANDBOX_SHARES_WIRES: Rule = Rule {
    says: "of the providers, the sandbox imports only `provider::<name>::wire`",
    mend: "write the far side's rule from the seed once more in the sandbox; shared judgement would hide a mistake",
    breaches: |source| {
        let is_breach = |words: &[String]| match words.first().map(String::as_str) {
            Some("provider") => words.get(2).is_none_or(|third| third != "wire"),
            _ => false,
        };
        let is_checked = source.room() == "sandbox";
        let paths = source.paths();
        let breaches = paths.iter().filter(|path| is_checked && path.is_ours && is_breach(&path.segments));
        breaches.map(|path| Breach::new(path.line, path.segments.join("::"))).collect()
    },
    bad: &[
        ("src/sandbox/devino.rs", "use crate::provider::devino::classify;"),
        ("src/sandbox/devino.rs", "use crate::provider::Provider;"),
    ],
    good: &[
        (
            "src/sandbox/devino.rs",
            "use crate::provider::devino::wire::Request; use crate::provider::wati::wire;",
        ),
        ("src/engine/send.rs", "use crate::provider::Provider;"),
    ],
};

/// A new room is placed before it is furnished.
pub const ROOMS_HAVE_FLOORS: Rule = Rule {
    says: "every room has a floor",
    mend: "add the room to FLOORS in tests/architecture/floors.rs and to src/ARCHITECTURE.md",
    breaches: |source: &Source| {
        let room = source.room();
        let is_placed = room == "lib" || floor(room).is_some();
        if is_placed { Vec::new() } else { vec![Breach::new(1, format!("`{room}` has no floor"))] }
    },
    bad: &[("src/helpers.rs", "fn help() {}"), ("src/attic/mod.rs", "mod box_of_things;")],
    good: &[
        ("src/lib.rs", "pub mod domain;"),
        ("src/engine/mod.rs", "mod plan;"),
        ("src/clock.rs", "fn now() {}"),
    ],
};
