//! The repository's own workspace: every example works as it stands.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::harness::Command;

/// A copy of `campaigns/`, so that nothing is written into the repository.
struct Examples {
    folder: TempDir,
}

impl Examples {
    fn copy() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns"), folder.path());
        Self { folder }
    }

    fn disparo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        Command::new(["--workspace".as_ref(), self.folder.path().as_os_str()]).arguments(arguments)
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// The results of the campaign's only run.
    fn results(&self, slug: &str) -> PathBuf {
        let runs = fs::read_dir(self.folder.path().join("results").join(slug)).expect("a results folder");
        let runs: Vec<_> = runs.map(|run| run.expect("readable").path()).collect();
        assert_eq!(runs.len(), 1, "{runs:?}");
        runs[0].clone()
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a readable folder") {
        let entry = entry.expect("a readable entry").path();
        let name = entry.file_name().expect("a name").to_owned();
        if entry.is_dir() && name != ".disparo" && name != "results" {
            fs::create_dir(to.join(&name)).expect("a new folder");
            copy(&entry, &to.join(&name));
        } else if entry.is_file() {
            fs::copy(&entry, to.join(&name)).expect("a readable file");
        }
    }
}

#[test]
fn the_main_job_ends_with_everyone_accounted_for() {
    let examples = Examples::copy();
    let run =
        examples.disparo(["run", &examples.file("welcome.toml"), "--format", "json"]).finish().expect(0);
    let tally = run.tally();
    assert!(tally.adds_up(), "{tally:?}");
    assert_eq!((tally.rows, tally.filtered, tally.duplicate, tally.invalid), (349, 19, 7, 8), "{tally:?}");
    assert_eq!((tally.recipients, tally.suppressed, tally.accepted), (315, 6, 309), "{tally:?}");
    let results = examples.results("boas-vindas");
    let rejects = fs::read_to_string(results.join("rejects.csv")).expect("rejects.csv");
    assert_eq!(csv::Reader::from_reader(rejects.as_bytes()).records().count(), 8, "{rejects}");
    assert!(rejects.contains("5,51199E+12"), "{rejects}");
    for file in ["recipients.csv", "summary.json", "report.txt"] {
        assert!(results.join(file).is_file(), "{file} is missing");
    }
}

#[test]
fn every_example_is_valid_and_can_be_sent() {
    let examples = Examples::copy();
    for name in ["welcome", "black-friday", "invoices", "catalogue", "clubs", "contacts", "attributes"] {
        let definition = examples.file(&format!("{name}.toml"));
        examples.disparo(["check", &definition]).finish().expect(0);
        examples.disparo(["preview", &definition, "--limit", "3"]).finish().expect(0);
    }
}

#[test]
fn what_is_no_message_is_done_and_counted_too() {
    let examples = Examples::copy();
    let definition = examples.file("clubs.toml");
    let tally = examples.disparo(["run", &definition, "--format", "json"]).finish().expect(0).tally();
    assert!(tally.adds_up(), "{tally:?}");
    assert_eq!((tally.recipients, tally.accepted), (4, 4), "{tally:?}");
}

/// `word = …` of a definition, whether it is done or stands there as an example, with the file's name.
fn shown(words: &BTreeSet<String>) -> Vec<(String, String)> {
    let mut shown = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns")).expect("the examples")
    {
        let file = entry.expect("readable").path();
        if file.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        for line in fs::read_to_string(&file).expect("readable").lines() {
            let line = line.strip_prefix("# ").unwrap_or(line);
            if line.split_once(" = ").is_some_and(|(word, _)| words.contains(word)) {
                shown.push((file.display().to_string(), line.to_owned()));
            }
        }
    }
    shown
}

/// Each as a definition of its own: what is wrong with it before any row is read, where something is.
fn mistake(file: &str, audience: &str, content: &str) -> Option<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let definition = folder.path().join("a.toml");
    let text = format!("version = 1\nname = \"a\"\nchannel = \"a\"\n[audience]\n{audience}\n{content}\n");
    fs::write(&definition, text).expect("a writable folder");
    let zone = disparo::domain::Zone::utc();
    let defaults = disparo::definition::Defaults { zone, holidays: std::collections::BTreeSet::new() };
    let mistake = disparo::definition::load(&definition, folder.path(), &defaults).err()?;
    Some(format!("{file}: {audience}, {content}: {mistake:?}"))
}

#[test]
fn every_action_and_every_source_is_shown_and_can_be_used() {
    let schema = Command::new(["schema"]).finish().expect(0).json();
    let words = |pointer: &str| -> BTreeSet<String> {
        let object = schema.pointer(pointer).and_then(serde_json::Value::as_object);
        object.unwrap_or_else(|| panic!("no {pointer} in {schema}")).keys().cloned().collect()
    };
    let actions = words("/properties/action/properties");
    let shown_actions = shown(&actions);
    let found = shown_actions.iter().filter_map(|(_, line)| Some(line.split_once(" = ")?.0.to_owned()));
    assert_eq!(found.collect::<BTreeSet<_>>(), actions);
    let sources = shown(&BTreeSet::from(["source".to_owned()]));
    for key in words("/properties/audience/properties/source/properties") {
        assert!(sources.iter().any(|(_, line)| line.contains(&format!("{key} = "))), "no source has {key}");
    }
    // Some are about groups, and the others not.
    let of_actions = shown_actions.iter().filter_map(|(file, line)| {
        let content = format!("[action]\n{line}");
        mistake(file, "file = \"a.csv\"", &content)
            .and_then(|_| mistake(file, "source = { groups = \"all\" }", &content))
    });
    let of_sources =
        sources.iter().filter_map(|(file, line)| mistake(file, line, "[message]\ntext = \"Oi\""));
    let mistakes: Vec<_> = of_actions.chain(of_sources).collect();
    assert!(mistakes.is_empty(), "{mistakes:#?}");
}

#[test]
fn an_empty_account_as_an_audience_is_said_in_one_sentence() {
    let examples = Examples::copy();
    let text = "version = 1\nname = \"Todos\"\nchannel = \"sinch\"\n[audience]\nsource = { groups = \"all\" }\n\
                [message]\ntext = \"Oi\"\n";
    fs::write(examples.file("todos.toml"), text).expect("a writable folder");
    for command in ["check", "run"] {
        let told = examples.disparo([command, &examples.file("todos.toml")]).finish().expect(3).stderr;
        assert!(told.contains("the account of channel sinch has no groups; nothing is to be done"), "{told}");
        assert!(told.contains("`disparo sandbox` keeps one"), "{told}");
    }
}
