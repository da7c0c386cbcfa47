//! The short way for the common template: text with `{{ column }}` in it, perhaps through one simple
//! filter. Rendered without Jinja, to exactly what Jinja would make of it.

use std::borrow::Cow;

use super::names::is_identifier;
use super::words;
use crate::domain::{Names, Row};

/// A template of text and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segments(Box<[Segment]>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Text(String),
    Column(usize, Dress),
}

/// A filter that needs nothing but the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dress {
    AsIs,
    Title,
    Upper,
    Lower,
    FirstName,
}

impl Segments {
    /// The segments of a source; `None` where it needs Jinja.
    pub(super) fn of(source: &str, names: &Names) -> Option<Self> {
        if source.contains("{%") || source.contains("{#") {
            return None;
        }
        let mut segments = Vec::new();
        let mut rest = without_last_line_end(source);
        while let Some((text, behind)) = rest.split_once("{{") {
            let (expression, behind) = behind.split_once("}}")?;
            segments.push(Segment::Text(text.to_owned()));
            segments.push(column(expression, names)?);
            rest = behind;
        }
        segments.push(Segment::Text(rest.to_owned()));
        segments.retain(|segment| *segment != Segment::Text(String::new()));
        Some(Self(segments.into()))
    }

    /// What the row makes of it.
    pub(super) fn render(&self, row: &Row) -> String {
        let value = |position: usize| row.values.get(position).map_or("", String::as_str);
        let length = self.0.iter().map(|segment| match segment {
            Segment::Text(text) => text.len(),
            Segment::Column(position, _) => value(*position).len(),
        });
        let mut rendered = String::with_capacity(length.sum());
        for segment in &self.0 {
            match segment {
                Segment::Text(text) => rendered.push_str(text),
                Segment::Column(position, dress) => rendered.push_str(&dress.put_on(value(*position))),
            }
        }
        rendered
    }
}

impl Dress {
    fn named(filter: &str) -> Option<Self> {
        match filter {
            "title" => Some(Self::Title),
            "upper" => Some(Self::Upper),
            "lower" => Some(Self::Lower),
            "first_name" => Some(Self::FirstName),
            _ => None,
        }
    }

    fn put_on(self, value: &str) -> Cow<'_, str> {
        match self {
            Self::AsIs => Cow::Borrowed(value),
            Self::Title => Cow::Owned(words::title(value)),
            Self::Upper => Cow::Owned(value.to_uppercase()),
            Self::Lower => Cow::Owned(value.to_lowercase()),
            Self::FirstName => Cow::Owned(words::first_name(value)),
        }
    }
}

fn column(expression: &str, names: &Names) -> Option<Segment> {
    let (name, dress) = match expression.split_once('|') {
        Some((name, filter)) => (name.trim(), Dress::named(filter.trim())?),
        None => (expression.trim(), Dress::AsIs),
    };
    is_identifier(name)
        .then(|| names.position(name))
        .flatten()
        .map(|position| Segment::Column(position, dress))
}

/// Jinja drops one line end at the very end of a source.
fn without_last_line_end(source: &str) -> &str {
    let source = source.strip_suffix('\n').unwrap_or(source);
    source.strip_suffix('\r').unwrap_or(source)
}
