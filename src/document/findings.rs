//! What has been found wrong in a document so far.

use std::collections::BTreeSet;
use std::path::Path;

use crate::domain::{Problem, Problems};

/// Problems of one document, and the keys that need no second word: a key whose value could not be
/// read is not missing as well, nor is the one that somebody misspelt.
#[derive(Debug, Default)]
pub struct Findings {
    problems: Vec<Problem>,
    spoken_of: BTreeSet<String>,
}

impl Findings {
    /// Notes a problem, and that its key has been spoken of.
    pub fn report(&mut self, problem: Problem) {
        self.spoken_of.insert(problem.key.clone());
        self.problems.push(problem);
    }

    /// Notes that `key` needs no second word.
    pub fn speak_of(&mut self, key: impl Into<String>) {
        self.spoken_of.insert(key.into());
    }

    /// Whether something was said about `key`.
    #[must_use]
    pub fn has_spoken_of(&self, key: &str) -> bool {
        self.spoken_of.contains(key)
    }

    /// Whether something was said about a key of the table `table`, however deep.
    #[must_use]
    pub fn has_spoken_below(&self, table: &str) -> bool {
        let below = format!("{table}.");
        self.spoken_of.range(below.clone()..).next().is_some_and(|key| key.starts_with(&below))
    }

    /// The value, or its problem noted.
    pub fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.report(problem)).ok()
    }

    /// The value that a document cannot do without; its absence is reported, once, with `absent`.
    pub fn require<T>(&mut self, value: Option<T>, absent: impl FnOnce() -> Problem) -> Option<T> {
        if value.is_none() {
            let problem = absent();
            if !self.has_spoken_of(&problem.key) {
                self.report(problem);
            }
        }
        value
    }

    /// All problems of `file`, whose text may be shown as `source`.
    #[must_use]
    pub fn into_problems(self, file: &Path, source: impl Into<String>) -> Option<Problems> {
        Problems::new(file, source, self.problems)
    }
}
