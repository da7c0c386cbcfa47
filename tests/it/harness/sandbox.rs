//! The sandbox as a process of its own, and its record of what it accepted.

use std::fs;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::TempDir;

use super::clock::{Rehearsal, variable};
use super::command::Command;
use super::http::Controls;
use super::running::Running;

/// A running sandbox.
pub struct Sandbox {
    base_url: String,
    controls: Controls,
    process: Option<Running>,
    _folder: TempDir,
}

/// A recipient whom the sandbox accepted: a line of its record.
#[derive(Debug, Clone, Deserialize)]
pub struct Accepted {
    /// The provider's name.
    pub provider: String,
    /// `message`, or what else was done.
    pub kind: String,
    /// Devino's `from`, Wati's `channelNumber`.
    pub sender: String,
    /// The number's digits, as they were asked for; or what else identifies whom or what it concerns.
    pub to: String,
    /// Devino's `callbackData`, Sinch's `correlationId`, Wati's `local_message_id` or `broadcast_name`.
    pub callback_data: String,
    /// The call's number, from 1.
    pub call: u64,
    /// When the call was decided, on the sandbox's clock, in microseconds.
    pub arrival_us: u64,
    /// The same on the clock on its wall, in milliseconds since 1970.
    pub wall_ms: i64,
    /// A fingerprint of what the person gets to see.
    pub digest: String,
}

/// A call that the sandbox has answered.
#[derive(Debug, Clone, Deserialize)]
pub struct Answered {
    /// How many messages it carried.
    pub recipients: u64,
    /// The status, or `dropped`, `hung`, `truncated`.
    pub answered: String,
}

impl Accepted {
    /// The number of the run, where the provider carries our correlation: store, run, recipient, attempt.
    pub fn run(&self) -> Option<u32> {
        match self.callback_data.split('.').collect::<Vec<_>>().as_slice() {
            [_, run, recipient, attempt] => {
                let _: (u32, u32) = (recipient.parse().ok()?, attempt.parse().ok()?);
                run.parse().ok()
            }
            _ => None,
        }
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

    /// One on the clock of a rehearsal, which behaves as the scenario says where one is given.
    pub fn rehearsing(clock: &Rehearsal, scenario: Option<&str>) -> Self {
        let (name, file) = variable(&clock.file());
        Self::start_command(Command::new([] as [&str; 0]).environment(name, &file), scenario)
    }

    fn start_with(scenario: Option<&str>) -> Self {
        Self::start_command(Command::new([] as [&str; 0]), scenario)
    }

    fn start_command(command: Command, scenario: Option<&str>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = command.arguments(["sandbox", "--listen", "127.0.0.1:0"]);
        if let Some(scenario) = scenario {
            let file = folder.path().join("scenario.toml");
            fs::write(&file, scenario).expect("a writable folder");
            command = command.arguments(["--scenario".as_ref(), file.as_os_str()]);
        }
        let (process, base_url) = listening(command);
        let controls = Controls::of(&base_url);
        Self { base_url, controls, process: Some(process), _folder: folder }
    }

    /// Its process ends; nobody listens at its address.
    pub fn end(&mut self) {
        // Dropped, it is killed and waited for.
        self.process = None;
    }

    /// Another process takes its place at the same address, takes everything, and has an empty record.
    pub fn begin_again(&mut self) {
        let address = self.base_url.trim_start_matches("http://");
        let (process, base_url) = listening(Command::new(["sandbox", "--listen", address]));
        assert_eq!(base_url, self.base_url);
        self.process = Some(process);
    }

    /// A call of a provider's, as anybody could make it: the status, and the body.
    pub fn call(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        self.controls.call(method, path, body)
    }

    /// Everything that a provider's account holds.
    pub fn account(&self, provider: &str) -> Value {
        read(&self.controls.get(&format!("/sandbox/account/{provider}")))
    }

    /// Its address, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Whom it has accepted, in order.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.controls.get("/sandbox/record").lines().map(read).collect()
    }

    /// Every call that it has answered, in order.
    pub fn calls(&self) -> Vec<Answered> {
        self.controls.get("/sandbox/calls").lines().map(read).collect()
    }

    /// One of its counts, as [`Sandbox::state`] names them.
    pub fn count(&self, what: &str) -> u64 {
        let state = self.state();
        state[what].as_u64().unwrap_or_else(|| panic!("no count of {what} in {state}"))
    }

    /// Its counts: `calls`, `recipients`, `accepted`, `duplicates`, `refused`, `held`, `answered`.
    pub fn state(&self) -> Value {
        read(&self.controls.get("/sandbox/state"))
    }

    /// Its counts as soon as so many recipients are accepted, since it began.
    pub fn until_accepted(&self, recipients: u64) -> Value {
        read(&self.controls.get(&format!("/sandbox/wait?accepted={recipients}")))
    }

    /// Its counts as soon as so many calls wait at the gate that [`Sandbox::hold`] closed.
    pub fn until_held(&self, calls: u64) -> Value {
        read(&self.controls.get(&format!("/sandbox/wait?held={calls}")))
    }

    /// Behaves as another scenario says from now on.
    pub fn change_scenario(&self, scenario: &str) {
        self.controls.post("/sandbox/scenario", scenario);
    }

    /// Calls that arrive wait in front of acceptance until [`Sandbox::release`].
    pub fn hold(&self) {
        self.controls.post("/sandbox/hold", "");
    }

    /// Lets whoever waits go on.
    pub fn release(&self) {
        self.controls.post("/sandbox/release", "");
    }
}

/// Starts a sandbox, and gives its address once it listens.
fn listening(command: Command) -> (Running, String) {
    let mut process = command.start();
    let base_url = process.until("the sandbox's address", |process| {
        let stdout = process.stdout();
        let (first, _) = stdout.split_once('\n')?;
        let address = first.strip_prefix("listening on ");
        Some(address.unwrap_or_else(|| panic!("the first line is `{first}`")).to_owned())
    });
    (process, base_url)
}

/// Reads what the sandbox said.
#[track_caller]
pub fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}
