//! A workspace with one channel of each provider, and commands over them.

use serde_json::Value;

use crate::harness::{Finished, Workspace};

/// The channels' names, which are their providers'.
pub const PROVIDERS: [&str; 4] = ["devino", "wati", "sinch", "omnichannel"];

/// A workspace over a far side that takes everything.
pub fn workspace() -> Workspace {
    over(Workspace::new())
}

/// A workspace over a far side that behaves as the scenario says.
pub fn with_scenario(scenario: &str) -> Workspace {
    over(Workspace::with_scenario(scenario))
}

fn over(workspace: Workspace) -> Workspace {
    workspace.write("channels.toml", channels(workspace.sandbox().base_url()));
    workspace
}

/// One channel of each provider at this address.
pub fn channels(base_url: &str) -> String {
    let common = format!(
        "base_url = \"{base_url}\"\nrate = \"none\"\ntimeout = \"5s\"\n\
         retry = {{ attempts = 3, first = \"10ms\", most = \"20ms\" }}\n"
    );
    let secret = "{ env = \"TEST_WATI_TOKEN\" }";
    [
        "[devino]\nprovider = \"devino\"\nfrom = \"MyCompany\"\nkey = { env = \"TEST_DEVINO_KEY\" }\n".to_owned(),
        format!(
            "[wati]\nprovider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\ntoken = {secret}\n"
        ),
        format!("[sinch]\nprovider = \"sinch\"\nuser = \"empresa\"\ntoken = {secret}\nnamespace = \"ns\"\n"),
        format!(
            "[omnichannel]\nprovider = \"omnichannel\"\naccount = \"9a92ea44-244c-4cda-86be-6a9e32ba8f34\"\n\
             channel = \"689a05215b711247e8f54022\"\nplatform = \"karoochat\"\nagent = \"Ana\"\ntoken = {secret}\n"
        ),
    ]
    .map(|channel| format!("{channel}{common}\n"))
    .concat()
}

/// Asks over a channel.
pub fn asked(workspace: &Workspace, channel: &str, words: &[&str]) -> Finished {
    workspace.disparo([]).arguments(words).arguments(["--channel", channel]).finish()
}

/// Changes something over a channel without being asked.
pub fn changed(workspace: &Workspace, channel: &str, words: &[&str]) -> Finished {
    workspace.disparo([]).arguments(words).arguments(["--channel", channel, "--yes"]).finish()
}

/// The answer to a question.
pub fn found(workspace: &Workspace, channel: &str, words: &[&str]) -> Value {
    let command = workspace.disparo(["--format", "json"]).arguments(words);
    command.arguments(["--channel", channel]).finish().expect(0).json()
}

/// The id of what a change has made.
pub fn made(workspace: &Workspace, channel: &str, words: &[&str]) -> String {
    let command = workspace.disparo(["--format", "json"]).arguments(words);
    let json = command.arguments(["--channel", channel, "--yes"]).finish().expect(0).json();
    let id = json["outcomes"][0]["id"].as_str();
    id.unwrap_or_else(|| panic!("no id in {json}")).to_owned()
}

/// A value of each item of a list.
pub fn each(list: &Value, key: &str) -> Vec<String> {
    let items = list["items"].as_array().unwrap_or_else(|| panic!("no list: {list}"));
    let text = |item: &Value| item[key].as_str().unwrap_or_else(|| panic!("no {key} in {item}")).to_owned();
    items.iter().map(text).collect()
}
