//! The sandbox as a process of its own, and its record of what it accepted.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::command::Command;
use super::http::Controls;
use super::running::Running;

/// A running sandbox.
pub struct Sandbox {
    base_url: String,
    controls: Controls,
    _process: Running,
    _folder: TempDir,
}

/// A recipient whom the sandbox accepted, as its record tells it.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The line as it was written.
    pub line: Value,
}

impl Accepted {
    /// The number's digits.
    pub fn phone(&self) -> String {
        let phone = self.line["phone"].as_str();
        phone.unwrap_or_else(|| panic!("no phone in {}", self.line)).trim_start_matches('+').to_owned()
    }
}

impl Sandbox {
    /// One that takes everything.
    pub fn start() -> Self {
        Self::start_with(None)
    }

    /// One that behaves as the scenario says.
    pub fn with_scenario(scenario: &str) -> Self {
        Self::start_with(Some(scenario))
    }

    fn start_with(scenario: Option<&str>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new(["sandbox", "--listen", "127.0.0.1:0"]);
        if let Some(scenario) = scenario {
            let file = folder.path().join("scenario.toml");
            fs::write(&file, scenario).expect("a writable folder");
            command = command.arguments(["--scenario".as_ref(), file.as_os_str()]);
        }
        let mut process = command.start();
        let base_url = process.until("the sandbox's address", |process| {
            let stdout = process.stdout();
            let (first, _) = stdout.split_once('\n')?;
            let address = first.strip_prefix("listening on ");
            Some(address.unwrap_or_else(|| panic!("the first line is `{first}`")).to_owned())
        });
        let controls = Controls::of(&base_url);
        Self { base_url, controls, _process: process, _folder: folder }
    }

    /// Its address, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Whom it has accepted, in order.
    pub fn accepted(&self) -> Vec<Accepted> {
        let record = self.controls.get("/sandbox/record");
        let line = |line: &str| {
            let line = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            Accepted { line }
        };
        record.lines().map(line).collect()
    }

    /// What it counts beside.
    pub fn state(&self) -> Value {
        let state = self.controls.get("/sandbox/state");
        serde_json::from_str(&state).unwrap_or_else(|error| panic!("{error}: {state}"))
    }

    /// Behaves as another scenario says from now on.
    pub fn change_scenario(&self, scenario: &str) {
        self.controls.post("/sandbox/scenario", scenario);
    }

    /// Answers nobody until [`Sandbox::release`].
    pub fn hold(&self) {
        self.controls.post("/sandbox/hold", "");
    }

    /// Answers whoever waits, and goes on.
    pub fn release(&self) {
        self.controls.post("/sandbox/release", "");
    }
}
