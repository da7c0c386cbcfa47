//! The command line: one file per command, and what they share.
//!
//! A command that needs the store is carried out by whichever process owns it: this one, when nobody
//! does, or the owner on our behalf (`control`). Both run the same code.

mod adopt;
mod after;
mod approve;
mod arguments;
mod audit;
mod campaigns;
mod cancel;
mod check;
mod completions;
mod connections;
mod content_words;
mod daemon;
mod doctor;
mod doubt;
mod execute;
mod explain;
mod explain_text;
mod failure;
mod fallback;
mod flight;
mod follow_ups;
mod forward;
mod hooks;
mod init;
mod intake;
mod interrupt;
mod late;
mod launch;
mod launcher;
mod limits;
mod listening;
mod man;
mod news;
mod observing;
mod own;
mod owner;
mod pause;
mod person;
mod place;
mod prepare;
mod preview;
mod provider;
mod reach;
mod reconcile;
mod refresh;
mod remote;
mod report;
mod resume;
mod retry;
mod retry_failed;
mod run;
mod runs;
mod sandbox;
mod schedule;
mod schedule_text;
mod schema;
mod serve;
mod start;
mod status;
mod suppress;
mod telling;
mod underway;
mod urls;

pub use arguments::Arguments;
pub use start::main;

#[cfg(test)]
mod tests;
