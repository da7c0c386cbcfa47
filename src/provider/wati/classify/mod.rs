//! What Wati's answers mean (providers.md §3.3 and §3.4; guarantees, "What a failed call means").
//!
//! `answer` looks at the status and knows whose body it is; `single`, `bulk` and `broadcast` read the three
//! ways of sending a template, `change` everything else. `failures` finds what went wrong in the table of
//! `limits.toml`, `listed` finds whom an answer names.

mod answer;
mod broadcast;
mod bulk;
mod change;
mod failures;
mod listed;
mod single;

#[cfg(test)]
mod tests;

pub use answer::classify;
pub use failures::Failures;
