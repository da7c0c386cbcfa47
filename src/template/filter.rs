//! `audience.where`: which rows are sent at all.

use std::collections::HashSet;
use std::sync::LazyLock;

use minijinja::value::ValueKind;
use minijinja::{Environment, Error, Expression};

use super::TemplateError;
use super::comparisons;
use super::environment::environment;
use super::error::{is_of_source, sentence};
use super::names::used_columns;
use super::row_context::{RowContext, UsedColumns};
use crate::domain::{Names, Row};

const FIELD: &str = "audience.where";
const TRIAL: &str = "1";

/// Expressions borrow their environment; this one holds nothing but filters.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(environment);

/// A condition over the columns.
#[derive(Debug)]
pub struct Filter {
    source: String,
    expression: Expression<'static, 'static>,
    columns: UsedColumns,
}

impl Filter {
    /// Compiles `uf == 'SP' and total|float > 100`.
    ///
    /// # Errors
    /// The expression is none, or uses a name that is no column.
    pub fn compile(source: &str, names: &Names) -> Result<Self, TemplateError> {
        let in_source = |error: &Error| TemplateError::Source {
            field: FIELD.to_owned(),
            sentence: sentence(error, source),
        };
        let expression =
            ENVIRONMENT.compile_expression_owned(source.to_owned()).map_err(|error| in_source(&error))?;
        let known = ENVIRONMENT.globals().map(|(name, _)| name.to_owned()).collect::<HashSet<_>>();
        let undeclared = expression.undeclared_variables(false);
        let columns: UsedColumns = used_columns(FIELD, source, undeclared, &known, names)?.into();
        if let Some(sentence) = comparisons::in_expression(source, names) {
            return Err(TemplateError::Source { field: FIELD.to_owned(), sentence });
        }
        match expression.eval(RowContext::all(&columns, TRIAL)) {
            Err(error) if is_of_source(&error) => return Err(in_source(&error)),
            _ => {}
        }
        Ok(Self { source: source.to_owned(), expression, columns })
    }

    /// Whether the row is to be sent.
    ///
    /// # Errors
    /// The row gives neither true nor false: a text where a number was wanted, an undefined name, or an
    /// expression that is no condition. The row is bad, not filtered.
    pub fn keeps(&self, row: &Row) -> Result<bool, TemplateError> {
        let value = self
            .expression
            .eval(RowContext::of(&self.columns, row))
            .map_err(|error| self.bad_row(row, sentence(&error, &self.source)))?;
        match value.kind() {
            ValueKind::Bool => Ok(value.is_true()),
            ValueKind::String => {
                let example = "compare it with something, as in uf == 'SP'";
                Err(self
                    .bad_row(row, format!("the condition gives a text, neither true nor false; {example}")))
            }
            kind => Err(self.bad_row(row, format!("the condition gives a {kind}, neither true nor false"))),
        }
    }

    fn bad_row(&self, row: &Row, sentence: String) -> TemplateError {
        TemplateError::Row { field: FIELD.to_owned(), row: row.number, sentence }
    }
}
