//! A workspace with one channel, one campaign and a made-up audience.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::bench::Bench;
use super::process::{Ran, run};

/// See the module. Removed when it is dropped.
pub struct Workspace {
    folder: TempDir,
    disparo: PathBuf,
}

/// How the channel sends.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    /// The far side.
    pub base_url: &'a str,
    /// Messages in a call.
    pub chunk: u64,
    /// Calls at once.
    pub in_flight: u64,
    /// Messages a second; "none" for as fast as it goes.
    pub rate: &'a str,
    /// Channels, all alike.
    pub channels: u64,
    /// Where `disparo serve` is reached.
    pub callback_url: Option<&'a str>,
}

impl<'a> Sending<'a> {
    /// 32 calls at once over one channel, as fast as it goes.
    pub fn fast(base_url: &'a str, chunk: u64) -> Self {
        Self { base_url, chunk, in_flight: 32, rate: "none", channels: 1, callback_url: None }
    }
}

impl Workspace {
    /// One with an audience of so many people.
    pub fn new(bench: &Bench, rows: u64, sending: Sending<'_>) -> Self {
        let workspace = Self {
            folder: tempfile::tempdir_in(bench.folder()).expect("a temporary folder"),
            disparo: bench.disparo().to_owned(),
        };
        let (rows, audience) = (rows.to_string(), workspace.audience());
        let made = workspace
            .command(&["sandbox", "audience", "--rows", &rows, "--dirty", "2", "-o"])
            .arg(audience)
            .status();
        assert!(made.expect("disparo starts").success(), "the audience could not be written");
        workspace.sends(sending);
        workspace
    }

    /// Writes channels and campaign.
    pub fn sends(&self, sending: Sending<'_>) {
        let Sending { base_url, chunk, in_flight, rate, channels, callback_url } = sending;
        let callback = callback_url.map(|url| format!("callback_url = \"{url}\"\n")).unwrap_or_default();
        let names: Vec<_> = (1..=channels).map(|number| format!("main-{number}")).collect();
        let text: String = names
            .iter()
            .map(|name| {
                format!(
                    "[{name}]\nprovider = \"devino\"\nfrom = \"Loja\"\nkey = {{ env = \"BENCH_KEY\" }}\n\
                     base_url = \"{base_url}\"\nrate = \"{rate}\"\nchunk = {chunk}\nin_flight = {in_flight}\n\
                     timeout = \"60s\"\n{callback}\n"
                )
            })
            .collect();
        self.write("channels.toml", &text);
        let channel = match names.as_slice() {
            [one] => format!("\"{one}\""),
            several => format!("{several:?}"),
        };
        let definition = format!(
            "version = 1\nname = \"bench\"\nchannel = {channel}\n[audience]\nfile = \"audience.csv\"\ncountry = \"BR\"\n\
             [message]\ntext = \"Oi {{{{ nome }}}}, o pedido {{{{ pedido }}}} saiu para {{{{ cidade }}}}.\"\n\
             [safety]\nmax_in_doubt = 4000\nmax_recipients = 100000000\n"
        );
        self.write("bench.toml", &definition);
    }

    /// A command of the binary in this workspace.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.disparo);
        command.args(arguments).current_dir(self.folder()).env("DISPARO_WORKSPACE", self.folder());
        command.env("BENCH_KEY", "benchmark");
        command
    }

    /// Runs one to its end.
    pub fn disparo(&self, arguments: &[&str]) -> Ran {
        run(&mut self.command(arguments))
    }

    /// Sends the campaign once more to everybody.
    pub fn send(&self) -> Ran {
        self.disparo(&["run", "bench", "--yes", "--again", "--format", "json"])
    }

    /// The audience.
    pub fn audience(&self) -> PathBuf {
        self.folder().join("audience.csv")
    }

    /// The store.
    pub fn store(&self) -> PathBuf {
        self.folder().join(".disparo")
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder().join(name), text).expect("a writable folder");
    }
}

/// How many a run says were accepted.
pub fn accepted(ran: &Ran) -> u64 {
    let run: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(run["state"], "completed", "{run}");
    run["tally"]["accepted"].as_u64().expect("a number")
}
