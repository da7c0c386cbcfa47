//! Problems of a file as people read them: the place, the text underlined, and what to do.

use std::fmt;
use std::ops::Range;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use crate::domain::{Place, Problem, Problems};

/// How reports are drawn; whoever prints knows what the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawing {
    /// Colours, as ANSI escapes.
    pub colour: bool,
    /// Lines and arrows of Unicode; otherwise ASCII.
    pub unicode: bool,
    /// Characters in a line.
    pub width: usize,
}

/// A report for each problem, and a last line that says how many there are in which file, and that
/// nothing was sent. Lines end with a newline.
#[must_use]
pub fn render(problems: &Problems, drawing: Drawing) -> String {
    let file = printable(&problems.file().display().to_string());
    let source = Lines { file: &file, text: &printable(problems.source()), longest: drawing.width };
    let mut text = String::new();
    for problem in problems.list() {
        let report = Report { problem, source: &source };
        let mut handler = GraphicalReportHandler::new_themed(theme(drawing))
            .with_width(drawing.width)
            .with_context_lines(Lines::WHOLE)
            .without_syntax_highlighting()
            .with_links(false);
        if let Some(hint) = &problem.hint {
            handler = handler.with_footer(format!("hint: {}", printable(hint)));
        }
        if handler.render_report(&mut text, &report).is_err() {
            text.push_str(&printable(&problem.sentence));
        }
        text.push('\n');
    }
    let count = problems.list().len();
    let noun = if count == 1 { "problem" } else { "problems" };
    text.push_str(&format!("{count} {noun} in {file}; nothing was sent\n"));
    text
}

fn theme(drawing: Drawing) -> GraphicalTheme {
    GraphicalTheme {
        characters: if drawing.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if drawing.colour { ThemeStyles::ansi() } else { ThemeStyles::none() },
    }
}

/// The text without what a terminal would obey. Each byte stays one byte, so that places stay true.
fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => printable.push(character),
            '\r' => printable.push(' '),
            _ if character.is_control() => printable.extend(std::iter::repeat_n('?', character.len_utf8())),
            _ => printable.push(character),
        }
    }
    printable
}

/// The text of a file as miette wants to see it: of what is underlined it shows the line and nothing
/// beside it, because a neighbouring remark might hold what nobody should read over a shoulder.
struct Lines<'l> {
    file: &'l str,
    text: &'l str,
    /// Characters of a line that are shown; of a longer one, those around the place.
    longest: usize,
}

impl Lines<'_> {
    /// The lines of context for which miette is given the whole line. With none it asks for the place alone.
    const WHOLE: usize = 1;

    /// The bytes of `span` that stand on its first line.
    fn on_first_line(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.floor_char_boundary(span.end).max(start);
        let first_line = self.text[start..end].find('\n').map_or(end, |newline| start + newline);
        start..first_line
    }

    /// The line around `offset`, or as much of it as may be shown.
    fn line_around(&self, offset: usize) -> Range<usize> {
        let start = self.text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
        let end = self.text[offset..].find('\n').map_or(self.text.len(), |newline| offset + newline);
        if self.text[start..end].chars().count() <= self.longest {
            return start..end;
        }
        let back = |(index, _): (usize, char)| start + index;
        let window_start =
            self.text[start..offset].char_indices().rev().nth(self.longest / 3).map_or(start, back);
        let forth = |(index, _): (usize, char)| window_start + index;
        let window_end = self.text[window_start..end].char_indices().nth(self.longest).map_or(end, forth);
        window_start..window_end
    }
}

impl SourceCode for Lines<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let place = span.offset()..span.offset() + span.len();
        let shown = if lines_before < Self::WHOLE { place } else { self.line_around(place.start) };
        let text = self.text.get(shown.clone()).ok_or(MietteError::OutOfBounds)?;
        let Place { line, column } = Place::of(self.text, shown.start);
        Ok(Box::new(MietteSpanContents::new_named(
            self.file.to_owned(),
            text.as_bytes(),
            (shown.start, shown.len()).into(),
            line - 1,
            column - 1,
            1,
        )))
    }
}

/// One problem as miette wants to see it.
struct Report<'r> {
    problem: &'r Problem,
    source: &'r Lines<'r>,
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(formatter)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&printable(&self.problem.sentence))
    }
}

impl std::error::Error for Report<'_> {}

impl Diagnostic for Report<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let on_line = self.source.on_first_line(self.problem.span.as_ref()?);
        let shown = self.source.line_around(on_line.start);
        let span = on_line.start..on_line.end.min(shown.end);
        Some(Box::new(std::iter::once(LabeledSpan::underline(span))))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const PLAIN: Drawing = Drawing { colour: false, unicode: false, width: 80 };

    fn problems() -> Problems {
        let source = "name = \"Olá\"\nrate = \"40\"\n";
        let list = vec![
            Problem::at(21..25, "rate", "`rate` is not a rate").with_hint("write \"40/s\""),
            Problem::about("channel", "`channel` is missing"),
        ];
        Problems::new(Path::new("campaigns/x.toml"), source, list).expect("two")
    }

    #[test]
    fn a_report_has_place_snippet_and_hint() {
        insta::assert_snapshot!(render(&problems(), PLAIN));
        insta::assert_snapshot!(render(&problems(), Drawing { unicode: true, ..PLAIN }));
    }

    #[test]
    fn of_a_long_line_the_middle_is_shown() {
        let source =
            format!("version = 1\ntext = \"{}here{}\"\nname = 1\n", "ção ".repeat(100), " e lá".repeat(100));
        let start = source.find("here").expect("there");
        let list = vec![
            Problem::at(start..start + 4, "text", "here it is"),
            Problem::at(start..source.len(), "text", "from here on"),
        ];
        let problems = Problems::new(Path::new("x.toml"), source, list).expect("two");
        insta::assert_snapshot!(render(&problems, PLAIN));
    }

    #[test]
    fn only_colour_brings_escapes() {
        assert!(!render(&problems(), PLAIN).contains('\u{1b}'));
        assert!(render(&problems(), Drawing { colour: true, ..PLAIN }).contains('\u{1b}'));
    }

    #[test]
    fn a_file_cannot_steer_the_terminal() {
        let source = "name = \"\u{1b}[2J\u{9b}\"\r\n";
        let list = vec![Problem::at(7..13, "name", "bad \u{1b}[31m name").with_hint("\u{7}")];
        let problems = Problems::new(Path::new("x\u{1b}.toml"), source, list).expect("one");
        let text = render(&problems, PLAIN);
        assert!(!text.chars().any(|character| character.is_control() && character != '\n'), "{text:?}");
    }
}
