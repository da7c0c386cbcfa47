//! The hot folder: what is dropped into `inbox/` is launched by `serve`, once, whole, and in peace.

mod bad_files;
mod crashes;
mod dropped;
mod root;
mod thousand;
mod twice;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::harness::{People, Serve, Workspace, until};

/// So short that tests do not wait.
pub const SETTINGS: &str = "[folder]\nstable_for = \"150ms\"\npoll = \"300ms\"\n";

/// A workspace with an inbox of short patience.
pub fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("workspace.toml", SETTINGS);
    fs::create_dir_all(workspace.folder().join("inbox")).expect("a writable folder");
    workspace
}

/// The text of a definition over the channel `devino`.
pub fn definition(name: &str, audience: &str, more: &str) -> String {
    format!(
        "version = 1\nname = \"{name}\"\nchannel = \"devino\"\n\n[audience]\nfile = \"{audience}\"\n\n\
         [message]\ntext = \"Oi {{{{ nome }}}}, você é a pessoa {{{{ n }}}}.\"\n\n{more}\n"
    )
}

/// Drops a definition and its audience beside it.
pub fn drop_campaign(workspace: &Workspace, name: &str, people: &People) {
    workspace.write(&format!("inbox/{name}.csv"), people.csv());
    workspace.write(&format!("inbox/{name}.toml"), definition(name, &format!("{name}.csv"), ""));
}

/// A file of the inbox.
pub fn inbox(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.folder().join("inbox").join(name)
}

/// The text of a file of the inbox, once it is there.
pub fn text(workspace: &Workspace, serve: &mut Serve, name: &str) -> String {
    let file = inbox(workspace, name);
    serve.process().until(name, |_| fs::read_to_string(&file).ok())
}

/// The status of a dropped definition, once it is `state`.
pub fn status(workspace: &Workspace, serve: &mut Serve, name: &str, state: &str) -> Value {
    let file = inbox(workspace, &format!("{name}.status.json"));
    serve.process().until(&format!("{name} to be {state}"), |_| {
        let status: Value =
            serde_json::from_str(&fs::read_to_string(&file).ok()?).expect("whole at any time");
        (status["state"] == state).then_some(status)
    })
}

/// All runs.
pub fn runs(workspace: &Workspace) -> Vec<Value> {
    let listed = workspace.disparo(["status", "--format", "json"]).finish().expect(0).json();
    listed.as_array().expect("a list").clone()
}

/// Waits until a file of the inbox is gone.
pub fn until_gone(workspace: &Workspace, name: &str) {
    let file = inbox(workspace, name);
    until(&format!("{name} to go"), || (!file.exists()).then_some(()));
}
