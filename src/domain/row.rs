//! Rows of an audience: the columns of the file, and one line of values.

use std::sync::Arc;

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
