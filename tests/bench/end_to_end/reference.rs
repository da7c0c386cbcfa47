//! Programs that a user would write or take instead, started where they are there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::process::{Ran, run};

/// Where their sources are.
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/reference");

/// See the module. Each is a program, or why it is not there.
pub struct References {
    /// Python with aiohttp.
    pub python: Result<PathBuf, String>,
    /// A folder in which node finds undici.
    pub node: Result<PathBuf, String>,
    /// oha.
    pub oha: Result<PathBuf, String>,
}

/// Requests that oha makes.
pub struct Load<'a> {
    /// Where to.
    pub url: &'a str,
    /// How many.
    pub requests: u64,
    /// How many at once.
    pub at_once: u64,
    /// A file with a body in each line, in turn.
    pub bodies: &'a Path,
}

#[derive(Deserialize)]
struct OhaSaid {
    summary: OhaSummary,
}

#[derive(Deserialize)]
struct OhaSummary {
    #[serde(rename = "successRate")]
    success_rate: f64,
    #[serde(rename = "requestsPerSec")]
    requests_per_second: f64,
}

impl References {
    /// Looks for them. Packages are installed for a measurement, below cargo's target folder; to try the benchmark
    /// nothing is fetched.
    pub fn find(is_full: bool) -> Self {
        let not_tried = || Err("nothing is timed".to_owned());
        if !is_full {
            return Self { python: not_tried(), node: not_tried(), oha: not_tried() };
        }
        let installed = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reference");
        std::fs::create_dir_all(&installed).expect("a writable target folder");
        Self { python: python(&installed), node: node(&installed), oha: on_path("oha", "cargo install oha") }
    }

    /// The aiohttp script over an audience.
    pub fn aiohttp(python: &Path, url: &str, audience: &Path, per_call: u64, at_once: u64) -> Ran {
        let script = format!("{SOURCES}/aiohttp_sender.py");
        run(Command::new(python)
            .arg(script)
            .arg(url)
            .arg(audience)
            .args([per_call.to_string(), at_once.to_string()]))
    }

    /// The undici script over an audience.
    pub fn undici(node: &Path, url: &str, audience: &Path, per_call: u64, at_once: u64) -> Ran {
        let script = node.join("undici_sender.mjs");
        run(Command::new("node")
            .arg(script)
            .arg(url)
            .arg(audience)
            .args([per_call.to_string(), at_once.to_string()]))
    }

    /// Requests a second by oha.
    pub fn oha(oha: &Path, load: &Load<'_>) -> f64 {
        let mut command = Command::new(oha);
        command.args(["--no-tui", "--output-format", "json", "-m", "POST", "-T", "application/json"]);
        command.args(["-n", &load.requests.to_string(), "-c", &load.at_once.to_string()]);
        command.arg("-Z").arg(load.bodies).arg(load.url);
        let said: OhaSaid = serde_json::from_str(&run(&mut command).stdout).expect("oha says JSON");
        assert!(said.summary.success_rate > 0.999, "oha was refused: {}", said.summary.success_rate);
        said.summary.requests_per_second
    }
}

fn on_path(program: &str, how: &str) -> Result<PathBuf, String> {
    let there = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    match there {
        Ok(status) if status.success() => Ok(PathBuf::from(program)),
        _ => Err(format!("no {program} on the PATH ({how})")),
    }
}

fn python(installed: &Path) -> Result<PathBuf, String> {
    on_path("python3", "Debian's python3 and python3-venv")?;
    let folder = installed.join("python");
    let python = folder.join("bin/python");
    if !python.exists() {
        done(Command::new("python3").args(["-m", "venv"]).arg(&folder), "python3 -m venv")?;
    }
    let requirements = format!("{SOURCES}/requirements.txt");
    done(
        Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r", &requirements]),
        "pip install aiohttp",
    )?;
    Ok(python)
}

fn node(installed: &Path) -> Result<PathBuf, String> {
    on_path("node", "Debian's nodejs and npm")?;
    let folder = installed.join("node");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    for name in ["undici_sender.mjs", "package.json"] {
        let copied = std::fs::copy(Path::new(SOURCES).join(name), folder.join(name));
        copied.map_err(|error| format!("{name} cannot be copied: {error}"))?;
    }
    let mut install = Command::new("npm");
    done(
        install.args(["install", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder),
        "npm install undici",
    )?;
    Ok(folder)
}

fn done(command: &mut Command, what: &str) -> Result<(), String> {
    match command.stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{what}` ended with {status}")),
        Err(error) => Err(format!("`{what}`: {error}")),
    }
}
