//! What a file's name says of it.

use std::path::Path;

/// What a file is for, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A campaign's definition.
    Definition,
    /// Something that a definition may name as its audience.
    Audience,
    /// A file that means something in the workspace's own folder, and nothing elsewhere.
    Settings,
    /// Something that a program is still at: an editor's, a browser's, a spreadsheet's.
    Temporary,
    /// A note of Disparo's own.
    Note,
    /// Anything else.
    Other,
}

const SETTINGS: [&str; 3] = ["channels.toml", "workspace.toml", "suppressions.csv"];
const TEMPORARY: [&str; 9] =
    [".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp", ".temp", ".swp", "~"];

/// Behind the name of a file that was not taken.
const PROBLEM: &str = ".problem.txt";
/// Behind the stem of a definition.
const STATUS: [&str; 2] = [".status.json", ".status.txt"];

/// What a name says. Capitals mean nothing.
#[must_use]
pub fn role(name: &str) -> Role {
    let name = name.to_lowercase();
    let ends_with_any = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    if name.starts_with(['.', '~']) || name.starts_with('#') || ends_with_any(&TEMPORARY) {
        return Role::Temporary;
    }
    if name.ends_with(PROBLEM) || ends_with_any(&STATUS) {
        return Role::Note;
    }
    if SETTINGS.contains(&name.as_str()) {
        return Role::Settings;
    }
    match Path::new(&name).extension().and_then(|extension| extension.to_str()) {
        Some("toml") => Role::Definition,
        Some("csv" | "tsv" | "txt" | "xlsx") => Role::Audience,
        _ => Role::Other,
    }
}

/// The name of the note beside a file that was not taken.
#[must_use]
pub fn note_of(file: &str) -> String {
    format!("{file}{PROBLEM}")
}

/// The name of the file beside which this note was put, if it is one; of a definition's status files, the
/// definition.
#[must_use]
pub fn owner_of(note: &str) -> Option<String> {
    if let Some(file) = note.strip_suffix(PROBLEM) {
        return Some(file.to_owned());
    }
    let stem = STATUS.iter().find_map(|end| note.strip_suffix(end))?;
    Some(format!("{stem}.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_file_is_for() {
        for (name, expected) in [
            ("x.toml", Role::Definition),
            ("Black Friday.TOML", Role::Definition),
            ("x.csv", Role::Audience),
            ("x.XLSX", Role::Audience),
            ("~$x.xlsx", Role::Temporary),
            (".x.toml.swp", Role::Temporary),
            (".x.toml", Role::Temporary),
            ("x.toml~", Role::Temporary),
            ("x.csv.part", Role::Temporary),
            ("x.csv.crdownload", Role::Temporary),
            ("x.tmp", Role::Temporary),
            ("x.toml.problem.txt", Role::Note),
            ("x.status.json", Role::Note),
            ("x.status.txt", Role::Note),
            ("channels.toml", Role::Settings),
            ("Workspace.toml", Role::Settings),
            ("suppressions.csv", Role::Settings),
            ("notes.md", Role::Other),
            ("x", Role::Other),
        ] {
            assert_eq!(role(name), expected, "{name}");
        }
    }

    #[test]
    fn a_note_belongs_to_its_file() {
        assert_eq!(owner_of(&note_of("x.csv")).as_deref(), Some("x.csv"));
        assert_eq!(owner_of("x.status.json").as_deref(), Some("x.toml"));
        assert_eq!(owner_of("x.status.txt").as_deref(), Some("x.toml"));
        assert_eq!(owner_of("x.txt"), None);
    }
}
