//! The repository's own workspace: every example works as it stands.

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
    for name in ["welcome", "black-friday", "invoices", "catalogue", "clubs", "contacts"] {
        let definition = examples.file(&format!("{name}.toml"));
        examples.disparo(["check", &definition]).finish().expect(0);
        examples.disparo(["preview", &definition, "--limit", "3"]).finish().expect(0);
    }
}
