//! What is told about runs: always read from the journal and the roster, never from the engine.

mod audit;
mod error;
mod recipients;
mod results;
mod summary;
mod text;
mod words;

pub use audit::{Audit, audit};
pub use error::ReportError;
pub use recipients::{RecipientLine, recipients, write_csv};
pub use results::{Results, write_results};
pub use summary::{DoubtLine, ReasonCount, RunReport, doubt_lines, report, run_json};
pub use text::{moment, report_text, tally_text};
pub use words::{Remark, Words};
