//! Messages a second to a far side that answers at once, beside scripts that a user would write: of the sending
//! itself, from the first call to the last, and of the whole program, which reads, checks, freezes and reports.

use std::time::Duration;

use crate::bench::{Bench, per_second};
use crate::far_side::FarSide;
use crate::process::Ran;
use crate::reference::References;
use crate::table::Table;
use crate::workspace::{Sending, Workspace, accepted};

const AT_ONCE: u64 = 32;

/// See the module.
pub fn measure(bench: &Bench, table: &mut Table) {
    let many = Case { name: "100 a call", chunk: 100, rows: bench.size(1_000_000, 2_000), goal: 5.0 };
    let one = Case { name: "1 a call", chunk: 1, rows: bench.size(100_000, 300), goal: 2.0 };
    let python = bench.references.python.as_deref();
    let node = bench.references.node.as_deref();
    many.measure(bench, table, "aiohttp", python.map_err(String::clone), References::aiohttp);
    one.measure(bench, table, "undici", node.map_err(String::clone), References::undici);
}

struct Case {
    name: &'static str,
    chunk: u64,
    rows: u64,
    goal: f64,
}

impl Case {
    fn measure<T: Copy>(
        &self,
        bench: &Bench,
        table: &mut Table,
        script: &str,
        program: Result<T, String>,
        start: fn(T, &str, &std::path::Path, u64, u64) -> Ran,
    ) {
        let far_side = FarSide::lean(bench, Duration::ZERO);
        let base_url = far_side.base_url();
        let workspace = Workspace::new(bench, self.rows, Sending::fast(&base_url, self.chunk));
        // The far side counts from its start; what a program sent is the difference.
        let sent_by = |act: &mut dyn FnMut() -> (Duration, u64)| {
            let before = far_side.state();
            let (wall, accepted) = act();
            let after = far_side.state();
            assert_eq!(after.accepted - before.accepted, accepted, "the far side counted others");
            accepted as f64 / wall.as_secs_f64()
        };
        let ours = || {
            sent_by(&mut || {
                let ran = workspace.send();
                (ran.wall, accepted(&ran))
            })
        };
        let what = [format!("{}, whole program", self.name), format!("{}, first to last call", self.name)];
        match program {
            Err(why) => {
                let rate = bench.repeated(ours);
                table.absent(&what[0], &format!("{} alone; {why}", per_second(rate)));
            }
            Ok(program) => {
                let url = far_side.messages_url();
                let reference = || {
                    sent_by(&mut || {
                        let ran = start(program, &url, &workspace.audience(), self.chunk, AT_ONCE);
                        (ran.wall, ran.stdout.trim().parse().expect("a number"))
                    })
                };
                let (ours, theirs, ratio) = bench.pairs(ours, reference);
                table.ratio(
                    &what[0],
                    per_second(ours),
                    format!("{script} {}", per_second(theirs)),
                    ratio,
                    self.goal,
                );
                self.sending(bench, table, &what[1], &workspace, (script, theirs));
            }
        }
    }

    /// The sending itself, against a far side that counts nothing else.
    fn sending(
        &self,
        bench: &Bench,
        table: &mut Table,
        what: &str,
        workspace: &Workspace,
        theirs: (&str, f64),
    ) {
        let rate = bench.repeated(|| {
            let far_side = FarSide::lean(bench, Duration::ZERO);
            let base_url = far_side.base_url();
            workspace.sends(Sending::fast(&base_url, self.chunk));
            workspace.send();
            far_side.state().rate()
        });
        let (script, theirs) = theirs;
        let reference = format!("{script} {}", per_second(theirs));
        table.ratio(what, per_second(rate), reference, rate / theirs, self.goal);
    }
}
