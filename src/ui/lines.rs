//! Words to people as lines of JSON, in the form in which the log writes its events.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::clock::Clock;

/// How loud a line is: `tracing`'s names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loudness {
    /// Details.
    Debug,
    /// Notes.
    Info,
    /// Something that may be wrong.
    Warn,
    /// Something that is.
    Error,
}

impl Loudness {
    fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }
}

/// Makes such lines.
#[derive(Debug, Clone)]
pub struct Lines(Arc<dyn Clock>);

impl Lines {
    /// Lines with the time of this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(clock)
    }

    /// One line, its end included: an object with `timestamp`, `level`, `message`, perhaps `hint`, and `target`.
    #[must_use]
    pub fn line(&self, loudness: Loudness, message: &str, hint: Option<&str>) -> String {
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), format!("{:.6}", self.0.now()).into());
        line.insert("level".to_owned(), loudness.name().into());
        line.insert("message".to_owned(), message.trim().into());
        if let Some(hint) = hint {
            line.insert("hint".to_owned(), hint.into());
        }
        line.insert("target".to_owned(), "disparo::words".into());
        format!("{}\n", Value::Object(line))
    }
}
