//! `cargo bench --bench end_to_end`: the whole program beside its references, in one go, as a table of ratios.
//!
//! The far side is `disparo sandbox --lean`, in a process of its own. References are programs that a user would
//! write (`tests/bench/reference/`), started where `python3` and `node` are there; `oha`, where it is on the PATH;
//! and parts of the same work, measured in this process. What is not there is said in the table.
//!
//! `cargo test --bench end_to_end` runs the same with small numbers, to see that everything is counted: nothing is timed
//! then.
//!
//! ```text
//! cargo bench --bench end_to_end                      # the table
//! cargo bench --bench end_to_end -- resume report     # these lines of it
//! cargo bench --bench end_to_end -- scaling           # how cost grows, up to ten million rows
//! ```

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot be made has nothing to go on with"
)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "its table is all that it makes")]

mod bench;
mod disk;
mod far_side;
mod lines;
#[path = "../parts.rs"]
mod parts;
mod process;
mod reference;
mod table;
mod workspace;

use std::process::ExitCode;

use bench::Bench;
use table::Table;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_full = arguments.iter().any(|argument| argument == "--bench");
    let named: Vec<_> = arguments.into_iter().filter(|argument| !argument.starts_with('-')).collect();
    let bench = match Bench::new(is_full) {
        Ok(bench) => bench,
        Err(why) => {
            eprintln!("the benchmark cannot begin: {why}");
            return ExitCode::FAILURE;
        }
    };
    let mut table = Table::new(is_full);
    for (name, measure) in lines::ALL {
        let is_wanted = if named.is_empty() {
            *name != lines::SCALING
        } else {
            named.iter().any(|wanted| wanted == name)
        };
        if is_wanted || !is_full {
            table.begin(name);
            measure(&bench, &mut table);
        }
    }
    table.print();
    ExitCode::SUCCESS
}
