//! Tests of the sandbox over real HTTP.

mod bench;
mod devino;
mod faults;
mod inspection;
mod recipients;
mod record_file;
mod scenarios;
mod seeds;
mod sinch;
mod wati;
