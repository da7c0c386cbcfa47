//! A command of the real binary before a far side that says exactly what a test has it say.

use super::command::{Command, Finished};
use super::raw_server::{Received, Recorder};
use super::workspace::Workspace;

/// A workspace whose one channel is before such a far side, another one with each command.
pub struct Replay {
    workspace: Workspace,
    channel: String,
}

impl Replay {
    /// Over a channel as `channels.toml` has it, without its address.
    pub fn over(channel: impl Into<String>) -> Self {
        Self::within(Workspace::new(), channel)
    }

    /// In a workspace whose sandbox the test needs.
    pub fn within(workspace: Workspace, channel: impl Into<String>) -> Self {
        workspace.is_not_judged("the far side is no sandbox");
        Self { workspace, channel: channel.into() }
    }

    /// The workspace.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The same over another channel.
    #[must_use]
    pub fn with(self, channel: impl Into<String>) -> Self {
        Self { channel: channel.into(), ..self }
    }

    /// A question and these answers: what was printed, and what the far side was asked.
    pub fn asks(&self, words: &[&str], answers: &[(u16, &str)]) -> (Finished, Vec<Received>) {
        self.finish(answers, |command| command.arguments(words).arguments(["--format", "json"]))
    }

    /// A change, likewise.
    pub fn changes(&self, words: &[&str], answers: &[(u16, &str)]) -> (Finished, Vec<Received>) {
        self.finish(answers, |command| command.arguments(words).arguments(["--yes", "--format", "json"]))
    }

    fn finish(
        &self,
        answers: &[(u16, &str)],
        words: impl FnOnce(Command) -> Command,
    ) -> (Finished, Vec<Received>) {
        let far_side =
            Recorder::answering(answers.iter().map(|(status, body)| (*status, (*body).to_owned())));
        let address = far_side.base_url();
        self.workspace.write(
            "channels.toml",
            format!(
                "{}\nbase_url = \"{address}\"\nrate = \"none\"\ntimeout = \"5s\"\n\
                 retry = {{ attempts = 2, first = \"10ms\", most = \"20ms\" }}\n",
                self.channel
            ),
        );
        let finished = words(self.workspace.disparo([])).finish();
        (finished, far_side.received())
    }
}

/// The id that a change prints.
#[track_caller]
pub fn printed_id(finished: &Finished) -> String {
    let json = finished.json();
    json["outcomes"][0]["id"].as_str().unwrap_or_else(|| panic!("no id in {finished}")).to_owned()
}
