//! From a file to its text.

use std::path::Path;
use std::{fs, io};

use crate::domain::{Problem, Problems};

/// No definition and no list of channels is longer than this, in bytes; an audience given by mistake may be.
const LONGEST: u64 = 1024 * 1024;

/// Reads a file that a person wrote, without the byte-order mark that some editors put before it.
///
/// # Errors
/// When it is missing, unreadable, absurdly long or not UTF-8.
pub fn read(file: &Path) -> Result<String, Problems> {
    let unreadable = |error: io::Error| {
        let (sentence, hint) = match error.kind() {
            io::ErrorKind::NotFound => ("there is no such file".to_owned(), None),
            io::ErrorKind::IsADirectory => ("this is a folder, not a file".to_owned(), None),
            io::ErrorKind::PermissionDenied => {
                ("the file may not be read".to_owned(), Some(format!("chmod u+r {}", file.display())))
            }
            _ => (format!("the file cannot be read: {error}"), None),
        };
        Problems::unreadable(file, sentence, hint)
    };
    let length = fs::metadata(file).map_err(unreadable)?.len();
    if length > LONGEST {
        let sentence = format!("the file has {length} bytes, which is too long for a file of settings");
        return Err(Problems::unreadable(file, sentence, Some("is it an audience?".to_owned())));
    }
    decode(file, fs::read(file).map_err(unreadable)?)
}

fn decode(file: &Path, bytes: Vec<u8>) -> Result<String, Problems> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        let hint = "save it as UTF-8 (in Notepad: Save as, Encoding: UTF-8)".to_owned();
        return Err(Problems::unreadable(file, "the file is written in UTF-16", Some(hint)));
    }
    let bytes = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(text) => text.to_vec(),
        None => bytes,
    };
    String::from_utf8(bytes).map_err(|error| {
        let start = error.utf8_error().valid_up_to();
        // Up to the first bad byte the text and its lossy reading are the same, so the place is true. What
        // follows is not shown: nobody knows what it says.
        let readable = String::from_utf8_lossy(&error.as_bytes()[..start]);
        let source = format!("{readable}{}", char::REPLACEMENT_CHARACTER);
        let span = start..start + char::REPLACEMENT_CHARACTER.len_utf8();
        let problem = Problem::at(span, "", "the file is not written in UTF-8")
            .with_hint("save it as UTF-8; a letter with an accent is usually where other encodings show");
        Problems::new(file, source, vec![problem.clone()])
            .unwrap_or_else(|| Problems::unreadable(file, problem.sentence, problem.hint))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> Result<String, String> {
        decode(Path::new("x.toml"), bytes.to_vec()).map_err(|problems| problems.to_string())
    }

    #[test]
    fn only_utf_8_is_text() {
        for (bytes, expected) in [
            (b"name = 'a'".as_slice(), Ok("name = 'a'")),
            (b"\xEF\xBB\xBFname".as_slice(), Ok("name")),
            (b"a\nn = 'S\xE3o'".as_slice(), Err("x.toml:2:7: the file is not written in UTF-8")),
            (b"\xFF\xFEn\0".as_slice(), Err("x.toml: the file is written in UTF-16")),
        ] {
            assert_eq!(decoded(bytes), expected.map(str::to_owned).map_err(str::to_owned));
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let error = read(&folder.path().join("absent.toml")).expect_err("absent");
        assert_eq!(error.list()[0].sentence, "there is no such file");
        let error = read(folder.path()).expect_err("a folder");
        assert_eq!(error.list()[0].sentence, "this is a folder, not a file");
    }
}
