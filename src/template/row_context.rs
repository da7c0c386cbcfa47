//! A row as Jinja sees it: only the columns that a source uses, looked up when it asks.

use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object};

use crate::domain::Row;

/// The columns that one source uses, by name and position in the row.
pub(super) type UsedColumns = Arc<[(String, usize)]>;

/// The values of one row.
#[derive(Debug)]
pub(super) struct RowContext {
    columns: UsedColumns,
    values: Box<[Value]>,
}

impl RowContext {
    /// The row as a context for rendering.
    pub(super) fn of(columns: &UsedColumns, row: &Row) -> Value {
        Self::with(columns, |position| row.values.get(position).map_or("", String::as_str))
    }

    /// A context in which every column has the same text, for a trial.
    pub(super) fn all(columns: &UsedColumns, text: &str) -> Value {
        Self::with(columns, |_| text)
    }

    fn with<'row>(columns: &UsedColumns, value: impl Fn(usize) -> &'row str) -> Value {
        let values = columns.iter().map(|(_, position)| Value::from(value(*position))).collect();
        Value::from_object(Self { columns: Arc::clone(columns), values })
    }
}

impl Object for RowContext {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let index = self.columns.iter().position(|(name, _)| name == key)?;
        self.values.get(index).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}
