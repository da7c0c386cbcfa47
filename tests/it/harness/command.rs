//! One call of the real binary, and what came of it.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitStatus;

use disparo::domain::Tally;
use serde_json::Value;

use super::knobs::text_knob;
use super::running::Running;

/// A command line of `disparo`, not yet started.
#[derive(Debug, Clone)]
pub struct Command {
    arguments: Vec<OsString>,
    environment: Vec<(String, String)>,
    folder: Option<std::path::PathBuf>,
    wrapper: Vec<OsString>,
}

impl Command {
    /// `disparo` with `arguments`.
    pub fn new<I: IntoIterator<Item: AsRef<OsStr>>>(arguments: I) -> Self {
        let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
        Self { arguments, environment: Vec::new(), folder: None, wrapper: Vec::new() }
    }

    /// More arguments.
    #[must_use]
    pub fn arguments<I: IntoIterator<Item: AsRef<OsStr>>>(mut self, arguments: I) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// With an environment variable.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Started in `folder`.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// Started by another program, which gets the command line behind its own `arguments`.
    #[must_use]
    pub fn through<const N: usize>(mut self, program: &str, arguments: [&str; N]) -> Self {
        self.wrapper = std::iter::once(program).chain(arguments).map(OsString::from).collect();
        self
    }

    /// Starts it.
    pub fn start(self) -> Running {
        Running::start(self)
    }

    /// Starts it and waits for its end.
    pub fn finish(self) -> Finished {
        self.start().wait()
    }

    /// As a person would type it.
    pub fn line(&self) -> String {
        let words = self.arguments.iter().map(|argument| argument.to_string_lossy());
        std::iter::once("disparo".into()).chain(words).collect::<Vec<_>>().join(" ")
    }

    /// The process to spawn: nothing of the caller's settings reaches it.
    pub fn into_process(self) -> std::process::Command {
        let mut words = self.wrapper;
        words.push(binary());
        words.extend(self.arguments);
        let mut process = std::process::Command::new(&words[0]);
        process.args(&words[1..]);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("DISPARO_") {
                process.env_remove(name);
            }
        }
        process.env("NO_COLOR", "1").envs(self.environment);
        if let Some(folder) = self.folder {
            process.current_dir(folder);
        }
        process
    }
}

/// The binary under test: that of this build, or another one, to measure what is built for release.
fn binary() -> OsString {
    text_knob("DISPARO_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_disparo").to_owned()).into()
}

/// A command that has ended.
#[derive(Debug, Clone)]
pub struct Finished {
    line: String,
    status: ExitStatus,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl Finished {
    /// What came of the command called `line`.
    pub fn new(line: String, status: ExitStatus, stdout: String, stderr: String) -> Self {
        Self { line, status, stdout, stderr }
    }

    /// Its exit code; `None` when a signal ended it.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Itself, if it ended with `code`.
    ///
    /// # Panics
    /// Otherwise, with all that it said.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code(), Some(code), "{self}");
        self
    }

    /// Its stdout as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON ({error}) from {self}"))
    }

    /// The balance in its JSON.
    #[track_caller]
    pub fn tally(&self) -> Tally {
        let json = self.json();
        serde_json::from_value(json["tally"].clone())
            .unwrap_or_else(|error| panic!("no tally ({error}) in {json}"))
    }

    /// The run named in its JSON.
    #[track_caller]
    pub fn run(&self) -> String {
        let json = self.json();
        json["run"].as_str().unwrap_or_else(|| panic!("no run in {json}")).to_owned()
    }
}

impl std::fmt::Display for Finished {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, status, stdout, stderr } = self;
        write!(formatter, "`{line}` ended with {status}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}
