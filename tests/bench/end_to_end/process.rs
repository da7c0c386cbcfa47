//! Running programs and measuring them as wholes: wall clock and the most memory that they ever held.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use disparo::clock::{Clock, SystemClock, Tick};

/// Between two looks at a process's memory, which the kernel keeps the peak of.
const LOOK: Duration = Duration::from_millis(3);

/// What a program took.
#[derive(Debug, Clone)]
pub struct Ran {
    /// From its start to its end.
    pub wall: Duration,
    /// Bytes, at most.
    pub peak: u64,
    /// What it printed on stdout.
    pub stdout: String,
}

/// Time, for everything that is measured here.
pub struct Stopwatch {
    clock: SystemClock,
    began: Tick,
}

impl Stopwatch {
    /// Begins now.
    pub fn start() -> Self {
        let clock = SystemClock::new();
        let began = clock.tick();
        Self { clock, began }
    }

    /// Since then.
    pub fn elapsed(&self) -> Duration {
        self.clock.tick().since(self.began)
    }
}

/// Runs a program to its end.
///
/// # Panics
/// When it fails, with what it said.
pub fn run(command: &mut Command) -> Ran {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [out, err] = ["out", "err"].map(|name| folder.path().join(name));
    let file = |path| fs::File::create(path).expect("a writable folder");
    command.stdin(Stdio::null()).stdout(file(&out)).stderr(file(&err));
    let watch = Stopwatch::start();
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut peak = 0;
    let status = loop {
        peak = peak.max(peak_of(&child));
        match child.try_wait().expect("a child of ours") {
            Some(status) => break status,
            None => thread::sleep(LOOK),
        }
    };
    let wall = watch.elapsed();
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    assert!(status.success(), "{command:?} ended with {status}: {}", read(&err));
    Ran { wall, peak, stdout: read(&out) }
}

/// The most memory that a process held so far, in bytes; 0 once it has ended.
pub fn peak_of(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// A process that is ended when nobody needs it any more.
pub struct Running(pub Child);

impl Running {
    /// Ends it, and waits for its end.
    pub fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
