//! The audience: rows of a CSV, TSV or XLSX file, streamed, and the telephone numbers in them.

pub mod phone;
