//! Rows of an audience: the columns of the file, what templates call them, and one line of values.

use std::sync::Arc;

use thiserror::Error;

use super::naming;

/// The columns of an audience, in the file's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    names: Arc<[String]>,
}

impl Columns {
    /// Columns by their names as in the file's header, trimmed.
    #[must_use]
    pub fn new(names: Vec<String>) -> Self {
        Self { names: names.into() }
    }

    /// The names in the file's order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Position of the column with exactly this name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|column| column == name)
    }
}

/// One row, decoded to UTF-8, values as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Number of the row: the first after the header is 1; empty lines are not counted.
    pub number: u64,
    /// One value for each column.
    pub values: Vec<String>,
}

/// What templates and filters call the columns: each by the name in the file's header, and by the
/// names that the definition's `audience.columns` gives, which win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    entries: Arc<[(String, usize)]>,
}

/// A rename of a column that the audience does not have.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("`audience.columns` calls the column \"{column}\" `{name}`, but the audience has no such column")]
pub struct UnknownColumn {
    /// The name for templates.
    pub name: String,
    /// The column that is not there.
    pub column: String,
    /// What to write instead, and which columns there are.
    pub hint: String,
}

impl Names {
    /// The columns under their own names and under `renames` (template name → column name).
    ///
    /// # Errors
    /// The first rename of a column that is not there.
    pub fn new(columns: &Columns, renames: &[(String, String)]) -> Result<Self, UnknownColumn> {
        let mut entries = Vec::with_capacity(columns.names().len() + renames.len());
        for (name, column) in renames {
            let position = columns.position(column).ok_or_else(|| UnknownColumn {
                name: name.clone(),
                column: column.clone(),
                hint: naming::hint_of_known(column, "columns", columns.names().iter().map(String::as_str)),
            })?;
            entries.push((name.clone(), position));
        }
        for (position, name) in columns.names().iter().enumerate() {
            if entries.iter().all(|(taken, _)| taken != name) {
                entries.push((name.clone(), position));
            }
        }
        Ok(Self { entries: entries.into() })
    }

    /// Position in [`Row::values`] of what a template calls `name`.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, position)| *position)
    }

    /// All names, renames first.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.entries.iter().map(|(name, _)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Columns {
        Columns::new(["first name", "cupom", "nome"].map(str::to_owned).to_vec())
    }

    fn rename(name: &str, column: &str) -> (String, String) {
        (name.to_owned(), column.to_owned())
    }

    #[test]
    fn renames_win_over_the_header() {
        let renames = [rename("nome", "first name"), rename("codigo", "cupom")];
        let names = Names::new(&columns(), &renames).expect("columns exist");
        assert_eq!(names.position("nome"), Some(0));
        assert_eq!(names.position("codigo"), Some(1));
        assert_eq!(names.position("cupom"), Some(1));
        assert_eq!(names.position("first name"), Some(0));
        assert_eq!(names.position("Nome"), None);
        assert_eq!(names.iter().collect::<Vec<_>>(), ["nome", "codigo", "first name", "cupom"]);
    }

    #[test]
    fn a_rename_of_nothing_is_told() {
        let error = Names::new(&columns(), &[rename("codigo", "Cupon")]).expect_err("no such column");
        assert_eq!(
            error.to_string(),
            "`audience.columns` calls the column \"Cupon\" `codigo`, but the audience has no such column"
        );
        assert_eq!(error.hint, "did you mean \"cupom\"? The columns are: first name, cupom, nome");
    }
}
