//! A campaign in which one thing is wrong, and the words with which it is refused.

use std::fs;
use std::path::PathBuf;

use crate::harness::{Command, Finished, People, Workspace};

/// A workspace with the text campaign `welcome` to three people.
pub struct Campaign {
    pub workspace: Workspace,
}

impl Campaign {
    /// As it should be.
    pub fn new() -> Self {
        let workspace = Workspace::new();
        workspace.text_campaign("welcome", &People::seeded(1, 3), "");
        workspace.is_not_judged("it is refused: the far side's record is looked at instead");
        Self { workspace }
    }

    /// A file of the workspace.
    pub fn file(&self, name: &str) -> PathBuf {
        self.workspace.folder().join(name)
    }

    /// Replaces the first `from` in a file, which must be there.
    pub fn replace(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.file(name)).expect("a file");
        assert!(text.contains(from), "{name} has no {from}:\n{text}");
        fs::write(self.file(name), text.replacen(from, to, 1)).expect("a writable file");
    }

    /// `disparo`, which calls the workspace `.`, so that its words are the same wherever it lies.
    pub fn disparo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        self.workspace.disparo(arguments).environment("DISPARO_WORKSPACE", ".")
    }

    /// `disparo run welcome --yes`.
    pub fn run(&self) -> Command {
        self.disparo(["run", "welcome", "--yes"])
    }

    /// The words of a command that ended with `code` and reached nobody; they stand in the snapshot `name`.
    #[track_caller]
    pub fn refuses(&self, name: &str, command: Command, code: i32) {
        let refused = command.finish().expect(code);
        assert_eq!(self.workspace.sandbox().accepted().len(), 0, "somebody was reached: {refused}");
        insta::assert_snapshot!(name, words(&refused));
    }

    /// Nothing stood in the way of the campaign but what has been mended: everybody is reached once.
    #[track_caller]
    pub fn works_now(&self) {
        self.run().finish().expect(0);
        assert_eq!(self.workspace.sandbox().accepted().len(), 3);
    }
}

fn words(finished: &Finished) -> String {
    let Finished { stdout, stderr, .. } = finished;
    if stdout.is_empty() { stderr.clone() } else { format!("stdout:\n{stdout}\nstderr:\n{stderr}") }
}

/// A campaign in which `spoil` makes one thing wrong: `disparo run` refuses it.
#[track_caller]
pub fn refused(name: &str, code: i32, spoil: impl FnOnce(&Campaign)) {
    let campaign = Campaign::new();
    spoil(&campaign);
    campaign.refuses(name, campaign.run(), code);
}
