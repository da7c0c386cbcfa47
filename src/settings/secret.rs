//! Secrets: fetched from where they are kept, at the moment they are needed.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use thiserror::Error;

use super::Environment;
use crate::domain::SecretReference;

/// No provider's key or token is longer than this, in bytes.
const LONGEST: u64 = 16 * 1024;

/// Permissions of anybody but the owner.
const OTHERS: u32 = 0o077;

/// Why a secret could not be had. Never says anything of the secret itself.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The variable does not exist.
    #[error("the environment variable `{0}` is not set")]
    VariableMissing(String),
    /// The variable is empty.
    #[error("the environment variable `{0}` is empty")]
    VariableEmpty(String),
    /// The variable cannot be sent in a header.
    #[error(
        "the environment variable `{0}` has something in it that no key or token has, such as a line break"
    )]
    VariableUnusable(String),
    /// The file cannot be opened or read.
    #[error("the secret's file `{}` cannot be read: {}", file.display(), in_words(source))]
    FileUnreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is a folder, a pipe or a device.
    #[error("`{}` is not a file", .0.display())]
    NotAFile(PathBuf),
    /// Others than its owner may read or change it.
    #[error("the secret's file `{}` is open to others than its owner (mode {mode:03o})", file.display())]
    OpenToOthers {
        /// The file.
        file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// There is nothing in the file.
    #[error("the secret's file `{}` is empty", .0.display())]
    FileEmpty(PathBuf),
    /// What the file has cannot be sent in a header.
    #[error("the secret's file `{}` has something else in it than one line with a key or token", .0.display())]
    FileUnusable(PathBuf),
}

impl SecretError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::VariableMissing(name) | Self::VariableEmpty(name) | Self::VariableUnusable(name) => {
                format!("set `{name}` to the secret in the environment in which disparo is started")
            }
            Self::OpenToOthers { file, .. } => format!("chmod 600 {}", file.display()),
            Self::FileUnreadable { .. } | Self::NotAFile(_) | Self::FileEmpty(_) | Self::FileUnusable(_) => {
                "write the secret, and nothing else, into a file that only you can read".to_owned()
            }
        }
    }
}

fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it belongs to somebody else".to_owned(),
        _ => error.to_string(),
    }
}

/// Fetches a secret from this process's environment or from its file, without the line's end.
///
/// # Errors
/// When it is not there, empty, cannot be a key or token, or lies open to others.
pub fn resolve(reference: &SecretReference) -> Result<SecretString, SecretError> {
    resolve_in(reference, &Environment::of_process())
}

/// Like [`resolve`], with the variables of `environment`.
///
/// # Errors
/// Those of [`resolve`].
pub fn resolve_in(
    reference: &SecretReference,
    environment: &Environment,
) -> Result<SecretString, SecretError> {
    match reference {
        SecretReference::Env(name) => from_variable(name, environment),
        SecretReference::File(file) => from_file(file),
    }
}

fn from_variable(name: &str, environment: &Environment) -> Result<SecretString, SecretError> {
    let value = environment.variable(name).ok_or_else(|| SecretError::VariableMissing(name.to_owned()))?;
    let value = value.into_string().map_err(|_| SecretError::VariableUnusable(name.to_owned()))?;
    match usable(value) {
        Ok(secret) => Ok(secret),
        Err(Unusable::Empty) => Err(SecretError::VariableEmpty(name.to_owned())),
        Err(Unusable::Unprintable) => Err(SecretError::VariableUnusable(name.to_owned())),
    }
}

fn from_file(path: &Path) -> Result<SecretString, SecretError> {
    match usable(text_of(path)?) {
        Ok(secret) => Ok(secret),
        Err(Unusable::Empty) => Err(SecretError::FileEmpty(path.to_owned())),
        Err(Unusable::Unprintable) => Err(SecretError::FileUnusable(path.to_owned())),
    }
}

/// The text of a file of many lines that its owner alone can read: a private key.
///
/// # Errors
/// When it cannot be read, or lies open to others.
pub(super) fn read_private(path: &Path) -> Result<SecretString, SecretError> {
    text_of(path).map(SecretString::from)
}

/// The text of a file that its owner alone can read.
fn text_of(path: &Path) -> Result<String, SecretError> {
    let unreadable = |source| SecretError::FileUnreadable { file: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    // What is looked at is what is read: the open file, not whatever its path names by then.
    let facts = file.metadata().map_err(unreadable)?;
    if !facts.is_file() {
        return Err(SecretError::NotAFile(path.to_owned()));
    }
    let mode = facts.permissions().mode() & 0o777;
    if mode & OTHERS != 0 {
        return Err(SecretError::OpenToOthers { file: path.to_owned(), mode });
    }
    if facts.len() > LONGEST {
        return Err(SecretError::FileUnusable(path.to_owned()));
    }
    let mut text = String::new();
    match file.take(LONGEST).read_to_string(&mut text) {
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(SecretError::FileUnusable(path.to_owned()))
        }
        Err(error) => Err(unreadable(error)),
    }
}

enum Unusable {
    Empty,
    Unprintable,
}

/// The text as a secret, if a header can carry it (visible ASCII and spaces, RFC 9110 §5.5).
fn usable(mut text: String) -> Result<SecretString, Unusable> {
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    if text.trim().is_empty() {
        return Err(Unusable::Empty);
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Err(Unusable::Unprintable);
    }
    Ok(SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use secrecy::ExposeSecret;

    use super::*;

    fn of_variable(value: &str) -> Result<SecretString, SecretError> {
        let environment = Environment::of([("KEY", value)]);
        resolve_in(&SecretReference::Env("KEY".to_owned()), &environment)
    }

    fn of_file(content: &[u8], mode: u32) -> Result<SecretString, SecretError> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("key");
        fs::write(&file, content).expect("a writable folder");
        fs::set_permissions(&file, Permissions::from_mode(mode)).expect("our own file");
        resolve(&SecretReference::File(file))
    }

    #[test]
    fn a_variable_holds_one_line() {
        assert_eq!(of_variable("abc\n").expect("a secret").expose_secret(), "abc");
        assert!(matches!(of_variable(""), Err(SecretError::VariableEmpty(_))));
        assert!(matches!(of_variable("a\nb"), Err(SecretError::VariableUnusable(_))));
        let missing = resolve(&SecretReference::Env("DISPARO_NOBODY_SETS_THIS".to_owned()));
        assert!(matches!(missing, Err(SecretError::VariableMissing(_))));
    }

    #[test]
    fn a_file_is_its_owners_alone() {
        for mode in [0o600, 0o400] {
            assert_eq!(of_file(b"abc\r\n", mode).expect("a secret").expose_secret(), "abc");
        }
        for mode in [0o640, 0o604, 0o620, 0o601, 0o660] {
            let error = of_file(b"abc", mode).expect_err("open to others");
            assert!(matches!(error, SecretError::OpenToOthers { .. }), "{mode:o}: {error}");
            assert!(error.hint().starts_with("chmod 600 "), "{}", error.hint());
            assert!(error.to_string().contains(&format!("{mode:o}")), "{error}");
        }
    }

    #[test]
    fn a_file_holds_one_line() {
        assert!(matches!(of_file(b"\n", 0o600), Err(SecretError::FileEmpty(_))));
        for content in [b"a\nb".as_slice(), b"\xFF", &[b'a'; 20_000]] {
            assert!(matches!(of_file(content, 0o600), Err(SecretError::FileUnusable(_))));
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let absent = resolve(&SecretReference::File(folder.path().join("absent")));
        assert!(matches!(absent, Err(SecretError::FileUnreadable { .. })));
        let not_a_file = resolve(&SecretReference::File(folder.path().to_owned()));
        assert!(matches!(not_a_file, Err(SecretError::NotAFile(_))));
    }
}
