//! From text to a TOML table, with syntax errors in words for people who have never heard of TOML.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, Error};

use super::Findings;
use crate::domain::{Place, Problem};

/// The parser's words for a key or table that stands in the file twice.
const DUPLICATE_KEY: &str = "duplicate key";

/// Reads the text as TOML. Syntax errors are all reported, but for those that follow from others: the
/// first of each line, and of a table that stands in the file twice only the table. What could be read in
/// spite of them is returned, for whoever needs only a part.
pub fn parse<'s>(source: &'s str, findings: &mut Findings) -> Spanned<DeTable<'s>> {
    let (table, mut errors) = DeTable::parse_recoverable(source);
    errors.sort_by_key(start);
    errors.dedup_by_key(|error| Place::of(source, start(error)).line);
    let mut second_table = None;
    for error in errors {
        if error.message() == DUPLICATE_KEY {
            let is_header = line_before(source, start(&error)).trim_start().starts_with('[');
            let follows = |table: usize| !source[table..start(&error)].contains("\n[");
            if !is_header && second_table.is_some_and(follows) {
                continue;
            }
            second_table = is_header.then(|| start(&error));
        }
        findings.report(problem(source, &error));
    }
    table
}

fn start(error: &Error) -> usize {
    error.span().map_or(0, |span| span.start)
}

/// What stands before `offset` on its line.
fn line_before(source: &str, offset: usize) -> &str {
    let before = &source[..offset];
    &before[before.rfind('\n').map_or(0, |newline| newline + 1)..]
}

fn problem(source: &str, error: &Error) -> Problem {
    let span = error.span().unwrap_or_default();
    let text = source.get(span.clone()).unwrap_or_default();
    let (sentence, hint) = in_our_words(error.message(), text);
    let problem = Problem::at(visible(source, error.message(), &span), "", sentence);
    match hint {
        Some(hint) => problem.with_hint(hint),
        None => problem,
    }
}

/// The bytes to underline. The parser finds out at the end of a text that it is not closed; people look
/// for its beginning. At the end of a line there is nothing to underline but what stands before it.
fn visible(source: &str, message: &str, span: &Range<usize>) -> Range<usize> {
    let what = message.split_once(", expected").map_or(message, |(what, _)| what);
    let quote = match what {
        "invalid basic string" => "\"",
        "invalid literal string" => "'",
        "invalid multi-line basic string" => "\"\"\"",
        "invalid multi-line literal string" => "\'\'\'",
        _ => "",
    };
    let before = &source[..span.start];
    if !quote.is_empty() {
        return before.rfind(quote).map_or_else(|| span.clone(), |opening| opening..span.start);
    }
    let after = &source[span.start..];
    let is_at_line_end = span.is_empty() && (after.is_empty() || after.starts_with(['\r', '\n']));
    match line_before(source, span.start).char_indices().next_back() {
        Some((_, last)) if is_at_line_end => span.start - last.len_utf8()..span.start,
        _ => span.clone(),
    }
}

/// The parser's message about `text`, said for people, and what to do.
fn in_our_words(message: &str, text: &str) -> (String, Option<String>) {
    let said = |sentence: &str, hint: &str| (sentence.to_owned(), Some(hint.to_owned()));
    let what = message.split_once(", expected").map_or(message, |(what, _)| what);
    match what {
        "string values must be quoted" if text.is_empty() => {
            said("there is no value behind the `=`", "write a value, or take the line away")
        }
        "string values must be quoted" if text.starts_with(['“', '”', '„', '«', '‘', '’']) => {
            said("these quotes are typographic ones", "write plain quotes: \"")
        }
        // The text itself is not repeated: in a file with accounts it may be a secret.
        "string values must be quoted" => {
            said("text needs quotes around it", "text looks like this: name = \"Black Friday\"")
        }
        "invalid basic string" | "invalid literal string" => said(
            "a quote is opened and not closed on the same line",
            "close it; a text of several lines stands between \"\"\" and \"\"\"",
        ),
        "invalid multi-line basic string" | "invalid multi-line literal string" => {
            said("a text that begins with three quotes does not end", "end it with the same three quotes")
        }
        DUPLICATE_KEY => (
            format!("`{text}` is written twice"),
            Some("keep one of them; a [table] stands in a file only once".to_owned()),
        ),
        "unclosed table" => said("`[` is opened and not closed", "a table begins like this: [audience]"),
        "unclosed array" => said("a list is opened and not closed", "a list looks like this: [\"a\", \"b\"]"),
        "missing comma between array elements" => {
            said("a comma is missing between two things of a list", "a list looks like this: [\"a\", \"b\"]")
        }
        "key with no value" | "invalid unquoted key" => {
            said("this line does not say `key = value`", "a line that is a remark begins with #")
        }
        "unexpected key or value" => {
            said("something follows where the line should end", "write each `key = value` on its own line")
        }
        "unexpected leading zero" => said(
            "a number does not begin with 0",
            "write phone numbers and other codes as text, in quotes: \"0123\"",
        ),
        _ if what.contains("unicode value digits") || what.contains("escape") => said(
            "a backslash means something special between \"quotes\"",
            "write paths with /, or between single quotes: 'C:\\folder'",
        ),
        _ => (format!("this is not TOML: {message}"), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(source: &str) -> Vec<String> {
        let mut findings = Findings::default();
        let _ = parse(source, &mut findings);
        let problems = findings.into_problems("x".as_ref(), source);
        problems.map(|all| all.to_string().lines().map(str::to_owned).collect()).unwrap_or_default()
    }

    #[test]
    fn each_line_has_one_error_in_words() {
        for (source, expected) in [
            ("name = Black Friday\n", vec!["x:1:8: text needs quotes around it"]),
            ("name = “a”\n", vec!["x:1:8: these quotes are typographic ones"]),
            ("name =\n", vec!["x:1:6: there is no value behind the `=`"]),
            ("name = \"a\nb = 1\n", vec!["x:1:8: a quote is opened and not closed on the same line"]),
            ("a = 1\na = 2\n", vec!["x:2:1: `a` is written twice"]),
            (
                "[a]\nb = 1\n[a]\nb = 1\nc = 1\n[d]\ne = 1\ne = 2\n",
                vec!["x:3:2: `a` is written twice", "x:8:1: `e` is written twice"],
            ),
            ("a = \"\"\"\nb\n", vec!["x:1:5: a text that begins with three quotes does not end"]),
            ("phone = 0119\n", vec!["x:1:9: a number does not begin with 0"]),
            ("rate: 4\n", vec!["x:1:5: this line does not say `key = value`"]),
            ("a = 'b' c = 'd'\n", vec!["x:1:9: something follows where the line should end"]),
            ("a = \"C:\\Users\"\n", vec!["x:1:10: a backslash means something special between \"quotes\""]),
            (
                "name = Ana\n[audience\n",
                vec!["x:1:8: text needs quotes around it", "x:2:9: `[` is opened and not closed"],
            ),
            ("name = 'a line from Windows'\r\n", vec![]),
        ] {
            assert_eq!(sentences(source), expected, "{source}");
        }
    }
}
