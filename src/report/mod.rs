//! What is told about runs: always read from the journal and the roster, never from the engine.

mod audit;
mod canary;
mod error;
mod explain;
mod funnel;
mod funnel_text;
mod reasons;
mod recipients;
mod results;
mod summary;
mod text;
mod times;
mod traces;
mod words;

pub use audit::{Audit, audit};
pub use canary::{canary_json, canary_text};
pub use error::ReportError;
pub use explain::{PastDoubt, PastFailure, Told, tell};
pub use funnel::{Funnel, Stages};
pub use reasons::ReasonCount;
pub use recipients::{RecipientLine, recipients, write_csv};
pub use results::{Results, results_folder, write_results};
pub use summary::{DoubtLine, RunReport, doubt_lines, overview, report, run_json};
pub use text::{goes_on, local_moment, moment, report_text, tally_text};
pub use times::Percentiles;
pub use words::{Remark, Words};
