//! The process's environment: the only place that reads it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// The variables that Disparo may look at.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Variables that stand in for the process's own; tests have no other way to set one.
    given: Option<BTreeMap<String, OsString>>,
}

impl Environment {
    /// The environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self { given: None }
    }

    /// Exactly these variables.
    #[must_use]
    pub fn of<const N: usize>(variables: [(&str, &str); N]) -> Self {
        let given = variables.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
        Self { given: Some(given.collect()) }
    }

    /// `DISPARO_WORKSPACE`: the folder of the workspace, unless a flag names one.
    #[must_use]
    pub fn workspace(&self) -> Option<PathBuf> {
        self.variable("DISPARO_WORKSPACE").filter(|folder| !folder.is_empty()).map(PathBuf::from)
    }

    /// `NO_COLOR`, present and not empty (<https://no-color.org>): no colours, whatever the terminal can do.
    #[must_use]
    pub fn wants_no_colour(&self) -> bool {
        self.variable("NO_COLOR").is_some_and(|value| !value.is_empty())
    }

    /// `DISPARO_CLOCK`: a file that says by how much the clock of a rehearsal differs from the machine's.
    #[must_use]
    pub fn clock(&self) -> Option<PathBuf> {
        self.variable("DISPARO_CLOCK").filter(|file| !file.is_empty()).map(PathBuf::from)
    }

    /// `DISPARO_REMOTE`: where commands are carried out, unless a flag names another place.
    #[must_use]
    pub fn remote(&self) -> Option<String> {
        let given = self.variable("DISPARO_REMOTE").filter(|address| !address.is_empty())?;
        Some(given.to_string_lossy().into_owned())
    }

    /// `DISPARO_LOG`: what is logged; `None` leaves it to the command. What is no text is no filter.
    #[must_use]
    pub fn log(&self) -> Option<String> {
        let given = self.variable("DISPARO_LOG").filter(|filter| !filter.is_empty())?;
        Some(given.to_string_lossy().into_owned())
    }

    /// The command line, without the program's name.
    #[must_use]
    pub fn arguments(&self) -> Vec<OsString> {
        std::env::args_os().skip(1).collect()
    }

    #[expect(clippy::disallowed_methods, reason = "settings are the one place that reads the environment")]
    pub(super) fn variable(&self, name: &str) -> Option<OsString> {
        match &self.given {
            None => std::env::var_os(name),
            Some(given) => given.get(name).cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_says_nothing() {
        let environment = Environment::of([("DISPARO_WORKSPACE", ""), ("NO_COLOR", "")]);
        assert_eq!(environment.workspace(), None);
        assert!(!environment.wants_no_colour());
        let environment = Environment::of([("DISPARO_WORKSPACE", "there"), ("NO_COLOR", "1")]);
        assert_eq!(environment.workspace(), Some(PathBuf::from("there")));
        assert!(environment.wants_no_colour());
    }

    #[test]
    fn the_process_has_an_environment() {
        assert!(Environment::of_process().variable("PATH").is_some());
        assert!(Environment::of_process().variable("DISPARO_NOBODY_SETS_THIS").is_none());
    }
}
