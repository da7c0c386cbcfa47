//! What can be wrong with a template: the source, for all rows; or what one row makes of it.

use minijinja::{Error, ErrorKind};
use thiserror::Error;

/// Why a template cannot be used, or why one row cannot be rendered.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum TemplateError {
    /// The source is no template.
    #[error("{field}: {sentence}")]
    Source {
        /// Where in the definition: `message.text`.
        field: String,
        /// What is wrong with it.
        sentence: String,
    },
    /// A name that the audience has no column for.
    #[error("{field} uses {{{{ {name} }}}}, but the audience has no column \"{name}\"")]
    UnknownName {
        /// Where in the definition: `message.text`.
        field: String,
        /// As written in the template.
        name: String,
        /// What was probably meant, and which columns there are.
        hint: String,
    },
    /// This row cannot be rendered or filtered; others may. `Display` is the reason alone: whoever
    /// tells it says which row and which field.
    #[error("{sentence}")]
    Row {
        /// Where in the definition: `message.text`.
        field: String,
        /// Number of the row.
        row: u64,
        /// Why.
        sentence: String,
    },
}

impl TemplateError {
    /// Where in the definition the template stands: `message.text`, `audience.where`.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Source { field, .. } | Self::UnknownName { field, .. } | Self::Row { field, .. } => field,
        }
    }

    /// What to do, where there is more to say.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::UnknownName { hint, .. } => Some(hint),
            Self::Source { .. } | Self::Row { .. } => None,
        }
    }
}

/// Jinja's error in a sentence, with the part of the source at fault.
pub(super) fn sentence(error: &Error, source: &str) -> String {
    let reason = match error.detail() {
        Some(detail) => detail.to_owned(),
        None => error.kind().to_string(),
    };
    if error.kind() == ErrorKind::SyntaxError
        && error.range().and_then(|range| source.get(range)) == Some("=")
    {
        return "`=` sets a value; to compare, write `==`".to_owned();
    }
    match error.range().and_then(|range| source.get(range)) {
        Some(part) if !part.trim().is_empty() && part.len() <= 80 => format!("`{}`: {reason}", part.trim()),
        _ => reason,
    }
}

/// Whether an error lies in the source, whatever the row holds.
pub(super) fn is_of_source(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::SyntaxError
            | ErrorKind::UnknownFilter
            | ErrorKind::UnknownTest
            | ErrorKind::UnknownFunction
            | ErrorKind::UnknownMethod
            | ErrorKind::UnknownBlock
            | ErrorKind::TooManyArguments
            | ErrorKind::MissingArgument
            | ErrorKind::TemplateNotFound
            | ErrorKind::BadInclude
    )
}
