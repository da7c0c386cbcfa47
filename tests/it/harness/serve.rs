//! `disparo serve` as a process of its own, and the addresses of its webhooks.

use serde_json::Value;

use super::command::Finished;
use super::http::Controls;
use super::running::Running;
use super::workspace::Workspace;

/// A running `serve` of a workspace. Killed when it is dropped before it was ended.
pub struct Serve {
    process: Running,
    base_url: String,
    controls: Controls,
}

impl Serve {
    /// Starts it on a free port, and returns once it listens. Sandbox channels can be heard at once; for the
    /// others write a `callback_url` with [`Serve::base_url`] into `channels.toml`, which each command reads
    /// anew.
    pub fn start(workspace: &Workspace) -> Self {
        Self::start_with(workspace, [])
    }

    /// As [`Serve::start`], with more arguments.
    pub fn start_with<const N: usize>(workspace: &Workspace, arguments: [&str; N]) -> Self {
        Self::listening(workspace, "127.0.0.1:0", arguments)
    }

    /// Starts it at the address of one that was killed.
    pub fn start_again_at(workspace: &Workspace, base_url: &str) -> Self {
        let address = base_url.strip_prefix("http://").unwrap_or_else(|| panic!("{base_url} is no HTTP"));
        let again = Self::listening(workspace, address, []);
        assert_eq!(again.base_url, base_url);
        again
    }

    fn listening<const N: usize>(workspace: &Workspace, address: &str, arguments: [&str; N]) -> Self {
        let command = workspace.disparo(["serve", "--listen", address]).arguments(arguments);
        let mut process = command.start();
        let base_url = process.until("the listener's address", |process| {
            let stdout = process.stdout();
            let (first, _) = stdout.split_once('\n')?;
            let (_, address) =
                first.split_once(" on ").unwrap_or_else(|| panic!("the first line is `{first}`"));
            Some(address.to_owned())
        });
        let controls = Controls::of(&base_url);
        Self { process, base_url, controls }
    }

    /// Its address, without a trailing slash: what a channel's `callback_url` is to be.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The whole address of a channel's webhook, as `serve --print-urls` tells it.
    pub fn url(&self, workspace: &Workspace, channel: &str) -> String {
        let printed = workspace.disparo(["serve", "--print-urls", "--format", "json"]).finish().json();
        let channels = printed.as_array().unwrap_or_else(|| panic!("no list of channels: {printed}"));
        let found = channels.iter().find(|found| found["channel"] == channel);
        let url = found.map(|found| &found["url"]);
        url.and_then(Value::as_str).unwrap_or_else(|| panic!("no address of {channel}: {printed}")).to_owned()
    }

    /// Posts a body to one of its addresses: the status of the answer.
    ///
    /// # Panics
    /// When the answer has a body, or there is none.
    pub fn post(&self, url: &str, body: impl AsRef<[u8]>) -> u16 {
        let path = url.strip_prefix(&self.base_url).unwrap_or_else(|| panic!("{url} is elsewhere"));
        let (status, answered) = self.controls.call("POST", path, body);
        assert_eq!(answered, "", "an answer to a webhook says nothing");
        status
    }

    /// The process.
    pub fn process(&mut self) -> &mut Running {
        &mut self.process
    }

    /// SIGKILL, as a power cut would.
    pub fn kill(self) -> Finished {
        self.process.kill()
    }

    /// Its end, which something else brought about.
    pub fn wait(self) -> Finished {
        self.process.wait()
    }

    /// SIGTERM, as a service manager would, and its end.
    pub fn terminate(self) -> Finished {
        self.process.terminate();
        self.process.wait()
    }
}
