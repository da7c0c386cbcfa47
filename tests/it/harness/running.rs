//! A process of the real binary while it runs: what it has said so far, and how to end it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use rustix::process::{Pid, Signal, kill_process};

use super::command::{Command, Finished};
use super::wait::{Deadline, PATIENCE, until};

/// A running command. Killed when it is dropped before it ended.
pub struct Running {
    line: String,
    child: Child,
    stdout: Listener,
    stderr: Listener,
}

impl Running {
    /// Starts a command with its input closed and its output listened to.
    pub fn start(command: Command) -> Self {
        let line = command.line();
        let mut command = command.into_process();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {line}: {error}"));
        let stdout = Listener::to(child.stdout.take().expect("a pipe"));
        let stderr = Listener::to(child.stderr.take().expect("a pipe"));
        Self { line, child, stdout, stderr }
    }

    /// Bytes of memory that it occupies now.
    pub fn memory(&self) -> u64 {
        let file = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next());
        let kibibytes = resident.and_then(|number| number.parse::<u64>().ok());
        kibibytes.unwrap_or_else(|| panic!("{file}: {status}")) * 1_024
    }

    /// What it has written to stdout so far.
    pub fn stdout(&self) -> String {
        self.stdout.heard()
    }

    /// What it has written to stderr so far.
    pub fn stderr(&self) -> String {
        self.stderr.heard()
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.status().is_some()
    }

    /// Waits until `seen` gives something while the process runs.
    ///
    /// # Panics
    /// When the process ends first, with all that it said.
    pub fn until<T>(&mut self, what: &str, mut seen: impl FnMut(&Self) -> Option<T>) -> T {
        until(what, || {
            // The order matters: what was said before the end counts.
            let has_ended = self.has_ended();
            let value = seen(self);
            let said = || format!("{}\n{}", self.stdout(), self.stderr());
            assert!(value.is_some() || !has_ended, "{} ended before {what}:\n{}", self.line, said());
            value
        })
    }

    /// Waits until `is_over`, or until the process ends by itself.
    pub fn lives_until(&mut self, is_over: impl Fn() -> bool) {
        until("a moment in a process's life", || (self.has_ended() || is_over()).then_some(()));
    }

    /// SIGKILL, as a power cut would; returns when nothing of the process is left.
    pub fn kill(mut self) -> Finished {
        self.child.kill().expect("a child can be killed");
        self.wait()
    }

    /// SIGINT, as Ctrl-C.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// SIGTERM, as a service manager would.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// SIGHUP, as a terminal that closes.
    pub fn hang_up(&self) {
        self.signal(Signal::HUP);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the process still runs");
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it does not end within the harness's patience.
    pub fn wait(mut self) -> Finished {
        let deadline = Deadline::start();
        let status = loop {
            if let Some(status) = self.status() {
                break status;
            }
            let said = || format!("{}\n{}", self.stdout(), self.stderr());
            assert!(deadline.left().is_some(), "{} still runs after {PATIENCE:?}:\n{}", self.line, said());
            thread::sleep(std::time::Duration::from_millis(2));
        };
        let stdout = self.stdout.rest();
        let stderr = self.stderr.rest();
        Finished::new(std::mem::take(&mut self.line), status, stdout, stderr)
    }

    fn status(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be waited for")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails only when it has already ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Collects what a pipe says, line by line, so that the process never blocks on it.
struct Listener {
    heard: Arc<Mutex<String>>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    fn to(pipe: impl Read + Send + 'static) -> Self {
        let heard = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&heard);
        let thread = thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            let mut line = Vec::new();
            while pipe.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
                shared.lock().expect("not poisoned").push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
        Self { heard, thread: Some(thread) }
    }

    fn heard(&self) -> String {
        self.heard.lock().expect("not poisoned").clone()
    }

    fn rest(&mut self) -> String {
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the listener does not panic");
        }
        self.heard()
    }
}
