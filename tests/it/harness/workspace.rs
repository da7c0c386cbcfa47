//! A workspace in a temporary folder whose channels point at a sandbox process.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use tempfile::TempDir;

use super::clock::{Rehearsal, variable};
use super::command::{Command, Finished};
use super::oracle::Oracle;
use super::people::People;
use super::sandbox::Sandbox;
use super::turn::Turn;

/// A workspace with the channels `devino`, `wati-a` and `wati-b`, none of which has a limit of its own.
///
/// Dropped, it holds the guarantees against everything that happened in it.
pub struct Workspace {
    folder: TempDir,
    sandbox: Sandbox,
    repeats: Cell<bool>,
    is_judged: Cell<bool>,
    clock: Option<Rehearsal>,
    // Last: the turn is over when the processes are.
    _turn: Turn,
}

impl Workspace {
    /// Over a sandbox that takes everything.
    pub fn new() -> Self {
        let turn = Turn::beside_others();
        Self::over(Sandbox::start(), turn)
    }

    /// Over a sandbox that behaves as the scenario says.
    pub fn with_scenario(scenario: &str) -> Self {
        let turn = Turn::beside_others();
        Self::over(Sandbox::with_scenario(scenario), turn)
    }

    /// As [`Workspace::with_scenario`], while no other workspace is used: for a heavy test, or one that
    /// measures. It is the test's first workspace.
    pub fn alone_with_scenario(scenario: &str) -> Self {
        let turn = Turn::alone();
        Self::over(Sandbox::with_scenario(scenario), turn)
    }

    /// Over a sandbox that takes everything, where every clock shows `moment` (RFC 3339) now: see
    /// [`Workspace::clock`].
    pub fn at(moment: &str) -> Self {
        let turn = Turn::beside_others();
        let clock = Rehearsal::at(moment);
        let sandbox = Sandbox::rehearsing(&clock, None);
        let mut workspace = Self::over(sandbox, turn);
        workspace.clock = Some(clock);
        workspace
    }

    /// As [`Workspace::at`], over a sandbox that behaves as the scenario says, while no other workspace is used: see
    /// [`Workspace::alone_with_scenario`].
    pub fn alone_at(moment: &str, scenario: &str) -> Self {
        let turn = Turn::alone();
        let clock = Rehearsal::at(moment);
        let sandbox = Sandbox::rehearsing(&clock, Some(scenario));
        let mut workspace = Self::over(sandbox, turn);
        workspace.clock = Some(clock);
        workspace
    }

    /// The clock of a workspace that is at another time.
    pub fn clock(&self) -> &Rehearsal {
        self.clock.as_ref().expect("a workspace made with `at`")
    }

    fn over(sandbox: Sandbox, turn: Turn) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (repeats, is_judged) = (Cell::new(false), Cell::new(true));
        let workspace = Self { folder, sandbox, repeats, is_judged, clock: None, _turn: turn };
        workspace.write("channels.toml", workspace.channels());
        workspace
    }

    /// The default channels, for tests that add to them.
    pub fn channels(&self) -> String {
        let base_url = self.sandbox.base_url();
        let common = format!(
            "base_url = \"{base_url}\"\nrate = \"none\"\ntimeout = \"5s\"\n\
             retry = {{ attempts = 20, first = \"10ms\", most = \"200ms\" }}\n"
        );
        let wati = |number: &str| {
            format!(
                "provider = \"wati\"\ntenant = \"1234\"\nnumber = \"{number}\"\ntoken = {{ env = \"TEST_WATI_TOKEN\" }}\n{common}"
            )
        };
        format!(
            "[devino]\nprovider = \"devino\"\nfrom = \"MyCompany\"\nkey = {{ env = \"TEST_DEVINO_KEY\" }}\n{common}\n\
             [wati-a]\n{}\n[wati-b]\n{}",
            wati("5511900000001"),
            wati("5521900000002")
        )
    }

    /// Leaves the channel `devino` alone in `channels.toml`: it gives up after two tries. `more` are keys.
    pub fn only_devino(&self, more: &str) {
        self.write("channels.toml", self.devino(self.sandbox.base_url(), more));
    }

    /// The text of the channel `devino` as [`Workspace::only_devino`] writes it, at another address.
    pub fn devino(&self, base_url: &str, more: &str) -> String {
        format!(
            "[devino]\nprovider = \"devino\"\nfrom = \"MyCompany\"\nkey = {{ env = \"TEST_DEVINO_KEY\" }}\n\
             {}{more}\n",
            impatient(base_url)
        )
    }

    /// Leaves the channel `wati` alone in `channels.toml`: it gives up after two tries and makes one call
    /// at a time.
    pub fn only_wati(&self) {
        let common = impatient(self.sandbox.base_url());
        let channel = format!(
            "[wati]\nprovider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\n\
             token = {{ env = \"TEST_WATI_TOKEN\" }}\nin_flight = 1\n{common}"
        );
        self.write("channels.toml", channel);
    }

    /// The far side's process ends; nobody listens at its address.
    pub fn far_side_ends(&mut self) {
        self.sandbox.end();
    }

    /// The far side is back at its address, with an empty record.
    pub fn far_side_begins(&mut self) {
        self.sandbox.begin_again();
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The far side.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Writes a file of the workspace, with the folders above it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let file = self.folder().join(name);
        fs::create_dir_all(file.parent().expect("inside the folder")).expect("a writable folder");
        fs::write(&file, content).expect("a writable folder");
        file
    }

    /// Writes `audiences/<name>.csv` and `<name>.toml`, a text campaign over the channel `devino`.
    /// `more` is appended: tables such as `[pace]` and `[safety]`.
    pub fn text_campaign(&self, name: &str, people: &People, more: &str) -> PathBuf {
        self.write(&format!("audiences/{name}.csv"), people.csv());
        let definition = format!(
            "version = 1\nname = \"{name}\"\nchannel = \"devino\"\n\n\
             [audience]\nfile = \"audiences/{name}.csv\"\n\n\
             [message]\ntext = \"Oi {{{{ nome }}}}, você é a pessoa {{{{ n }}}}.\"\n\n{more}\n"
        );
        self.write(&format!("{name}.toml"), definition)
    }

    /// `disparo` in this workspace, with the channels' secrets in its environment.
    pub fn disparo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let command = match &self.clock {
            Some(clock) => {
                let (name, file) = variable(&clock.file());
                Command::new(arguments).environment(name, &file)
            }
            None => Command::new(arguments),
        };
        command
            .in_folder(self.folder())
            .environment("DISPARO_WORKSPACE", &self.folder().to_string_lossy())
            .environment("TEST_DEVINO_KEY", "c2FuZGJveC1rZXk")
            .environment("TEST_WATI_TOKEN", "sandbox-token")
    }

    /// `disparo run` of a campaign without questions, its result as JSON.
    pub fn run(&self, campaign: &str) -> Finished {
        self.disparo(["run", campaign, "--yes", "--format", "json"]).finish()
    }

    /// From here on a person may be accepted more than once: the test sends again on purpose.
    pub fn repeats_on_purpose(&self) {
        self.repeats.set(true);
    }

    /// Holds the guarantees now, and not once more when it is dropped.
    pub fn judge(&self) {
        Oracle::of(self).judge(self.repeats.get());
        self.is_judged.set(false);
    }

    /// The guarantees cannot be held against this workspace, for this reason.
    pub fn is_not_judged(&self, reason: &str) {
        assert!(!reason.is_empty());
        self.is_judged.set(false);
    }
}

/// Keys of a channel without a limit that gives up after two tries.
fn impatient(base_url: &str) -> String {
    format!(
        "base_url = \"{base_url}\"\nrate = \"none\"\ntimeout = \"5s\"\n\
         retry = {{ attempts = 2, first = \"10ms\", most = \"20ms\" }}\n"
    )
}

impl Drop for Workspace {
    fn drop(&mut self) {
        if self.is_judged.get() && !thread::panicking() {
            Oracle::of(self).judge(self.repeats.get());
        }
    }
}
