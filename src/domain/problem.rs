//! What is wrong in a file that a person wrote: everything at once, each with its place.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One thing that is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Bytes of the source to underline; `None` where the whole file is meant.
    pub span: Option<Range<usize>>,
    /// The key, with the tables it stands in: `audience.file`. Empty where the whole file is meant.
    pub key: String,
    /// What is wrong, in a sentence without a full stop.
    pub sentence: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem with the bytes `span`.
    #[must_use]
    pub fn at(span: Range<usize>, key: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { span: Some(span), ..Self::about(key, sentence) }
    }

    /// A problem that has no place of its own, such as a table that is missing.
    #[must_use]
    pub fn about(key: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { span: None, key: key.into(), sentence: sentence.into(), hint: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A line and a column of a text, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl Place {
    /// Where the byte `offset` of `source` stands; the end of `source` for anything behind it.
    #[must_use]
    pub fn of(source: &str, offset: usize) -> Self {
        let before = &source[..source.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// All problems of one file; at least one, in the order of their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    file: PathBuf,
    source: String,
    list: Vec<Problem>,
}

impl Problems {
    /// The problems of `file`, whose text is `source` (as it may be shown: without secrets). Sorted by
    /// place, those without one first. `None` when there are none.
    #[must_use]
    pub fn new(file: &Path, source: impl Into<String>, mut list: Vec<Problem>) -> Option<Self> {
        list.sort_by_key(|problem| problem.span.as_ref().map(|span| (span.start, span.end)));
        if list.is_empty() { None } else { Some(Self { file: file.to_owned(), source: source.into(), list }) }
    }

    /// The one problem of a file that cannot be read at all.
    #[must_use]
    pub fn unreadable(file: &Path, sentence: impl Into<String>, hint: Option<String>) -> Self {
        let problem = Problem { hint, ..Problem::about("", sentence) };
        Self { file: file.to_owned(), source: String::new(), list: vec![problem] }
    }

    /// The file, as it was named by whoever asked for it.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The file's text as it may be shown; spans count its bytes.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The problems in the order of their places.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// Where a problem is, when it has a place.
    #[must_use]
    pub fn place(&self, problem: &Problem) -> Option<Place> {
        problem.span.as_ref().map(|span| Place::of(&self.source, span.start))
    }
}

impl fmt::Display for Problems {
    /// A line for each problem, `file:line:column: sentence`. `ui::diagnostics` shows more.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            write!(formatter, "{}", self.file.display())?;
            if let Some(place) = self.place(problem) {
                write!(formatter, ":{place}")?;
            }
            write!(formatter, ": {}", problem.sentence)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_from_one() {
        let source = "a\nção = 1\n";
        for (offset, line, column) in
            [(0, 1, 1), (1, 1, 2), (2, 2, 1), (4, 2, 2), (6, 2, 3), (source.len(), 3, 1), (99, 3, 1)]
        {
            assert_eq!(Place::of(source, offset), Place { line, column }, "{offset}");
        }
    }

    #[test]
    fn problems_stand_in_the_order_of_the_file() {
        let list = vec![
            Problem::at(4..5, "b", "`b` is wrong"),
            Problem::at(0..1, "a", "`a` is wrong"),
            Problem::about("c", "`c` is missing"),
        ];
        let problems = Problems::new(Path::new("x.toml"), "a=1\nb=2\n", list).expect("three");
        assert_eq!(
            problems.to_string(),
            "x.toml: `c` is missing\nx.toml:1:1: `a` is wrong\nx.toml:2:1: `b` is wrong"
        );
        assert!(Problems::new(Path::new("x.toml"), "", Vec::new()).is_none());
    }
}
