//! One source of the definition, compiled: the short way where it is enough, Jinja otherwise.

use std::collections::HashSet;

use minijinja::{Environment, Error};

use super::TemplateError;
use super::comparisons;
use super::environment::environment;
use super::error::{is_of_source, sentence};
use super::names::used_columns;
use super::row_context::{RowContext, UsedColumns};
use super::segments::Segments;
use crate::domain::{Names, Row};

/// A text that every row cannot be worse than: it reads as a name, a number and a truth.
const TRIAL: &str = "1";

/// A compiled source.
#[derive(Debug)]
pub(super) struct Compiled {
    field: String,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Segments(Segments),
    /// Boxed: an environment is large, and few templates need one.
    Jinja(Box<Jinja>),
}

/// An environment that holds a single template, which an environment alone can own.
#[derive(Debug)]
struct Jinja {
    environment: Environment<'static>,
    columns: UsedColumns,
}

/// The name of the one template: without an ending, so that nothing is escaped.
const ONLY: &str = "template";

impl Compiled {
    /// Compiles a source; `field` says where it stands in the definition.
    pub(super) fn new(field: impl Into<String>, source: &str, names: &Names) -> Result<Self, TemplateError> {
        let field = field.into();
        let form = match Segments::of(source, names) {
            Some(segments) => Form::Segments(segments),
            None => Form::Jinja(Box::new(Jinja::new(&field, source, names)?)),
        };
        Ok(Self { field, form })
    }

    /// The same by Jinja alone, to hold the short way against.
    #[cfg(test)]
    pub(super) fn by_jinja(source: &str, names: &Names) -> Result<Self, TemplateError> {
        let form = Form::Jinja(Box::new(Jinja::new("message.text", source, names)?));
        Ok(Self { field: "message.text".to_owned(), form })
    }

    /// Whether the short way is enough.
    #[cfg(test)]
    pub(super) fn is_short(&self) -> bool {
        matches!(self.form, Form::Segments(_))
    }

    /// Where it stands in the definition.
    pub(super) fn field(&self) -> &str {
        &self.field
    }

    /// What the row makes of it.
    pub(super) fn render(&self, row: &Row) -> Result<String, TemplateError> {
        match &self.form {
            Form::Segments(segments) => Ok(segments.render(row)),
            Form::Jinja(jinja) => jinja.render(row).map_err(|(error, source)| TemplateError::Row {
                field: self.field.clone(),
                row: row.number,
                sentence: sentence(&error, &source),
            }),
        }
    }
}

impl Jinja {
    fn new(field: &str, source: &str, names: &Names) -> Result<Self, TemplateError> {
        let in_source = |error: &Error| TemplateError::Source {
            field: field.to_owned(),
            sentence: sentence(error, source),
        };
        let mut environment = environment();
        environment.add_template_owned(ONLY, source.to_owned()).map_err(|error| in_source(&error))?;
        let known = environment.globals().map(|(name, _)| name.to_owned()).collect::<HashSet<_>>();
        let template = environment.get_template(ONLY).map_err(|error| in_source(&error))?;
        let undeclared = template.undeclared_variables(false);
        let columns: UsedColumns = used_columns(field, source, undeclared, &known, names)?.into();
        if let Some(sentence) = comparisons::in_template(source, names) {
            return Err(TemplateError::Source { field: field.to_owned(), sentence });
        }
        // Jinja finds unknown filters and tests only when it comes to them.
        match template.render(RowContext::all(&columns, TRIAL)) {
            Err(error) if is_of_source(&error) => return Err(in_source(&error)),
            _ => {}
        }
        Ok(Self { environment, columns })
    }

    fn render(&self, row: &Row) -> Result<String, (Error, String)> {
        let template = self.environment.get_template(ONLY).map_err(|error| (error, String::new()))?;
        template
            .render(RowContext::of(&self.columns, row))
            .map_err(|error| (error, template.source().to_owned()))
    }
}
