//! The house rules, held against the source text. Each test first shows on small bad sources that its
//! rule can fail, then that the house keeps it.

#[cfg(test)]
#[path = "architecture/floors.rs"]
mod floors;
#[cfg(test)]
#[path = "architecture/rule.rs"]
mod rule;
#[cfg(test)]
#[path = "architecture/source.rs"]
mod source;

use rule::{Breach, Rule};
use source::Source;

const LONGEST_FILE: usize = 400;

fn house() -> Vec<Source> {
    Source::all_below("src")
}

fn house_and_tests() -> Vec<Source> {
    let mut sources = house();
    sources.extend(Source::all_below("tests"));
    sources
}

#[test]
fn imports_only_go_down() {
    floors::IMPORTS_GO_DOWN.holds_in(&house());
}

#[test]
fn the_sandbox_shares_only_wires_with_the_providers() {
    floors::SANDBOX_SHARES_WIRES.holds_in(&house());
}

#[test]
fn every_room_has_a_floor() {
    floors::ROOMS_HAVE_FLOORS.holds_in(&house());
}

#[test]
fn files_are_short() {
    let long: &'static str = Box::leak("//! Long.\n".repeat(LONGEST_FILE + 1).into_boxed_str());
    let fits: &'static str = Box::leak("//! Fits.\n".repeat(LONGEST_FILE).into_boxed_str());
    Rule {
        says: "a file has at most 400 lines, because it does one thing",
        mend: "find the second thing that the file does, and give it a file and a name of its own",
        breaches: |source| {
            let lines = source.text.lines().count();
            if lines > LONGEST_FILE { vec![Breach::new(lines, format!("{lines} lines"))] } else { Vec::new() }
        },
        bad: Box::leak(Box::new([("src/engine/plan.rs", long)])),
        good: Box::leak(Box::new([("src/engine/plan.rs", fits)])),
    }
    .holds_in(&house_and_tests());
}

#[test]
fn every_file_says_what_it_is_for() {
    Rule {
        says: "a file opens with a `//!` line that says what it is for",
        mend: "write that sentence; if it needs an \"and\", there are two files in it",
        breaches: |source| {
            let first = source.text.lines().next().unwrap_or_default();
            let is_root = source.path == "src/lib.rs" && first.starts_with("#![doc = include_str!(");
            let says = first.strip_prefix("//! ").is_some_and(|sentence| sentence.trim().len() > 8);
            if says || is_root { Vec::new() } else { vec![Breach::new(1, format!("begins with `{first}`"))] }
        },
        bad: &[
            ("src/engine/plan.rs", "use std::fmt;\n"),
            ("src/engine/plan.rs", "\n//! Late, because of the empty line.\n"),
            ("src/engine/plan.rs", "//! \n"),
            ("src/engine/plan.rs", "/// Documents the next item only.\nfn plan() {}\n"),
        ],
        good: &[
            ("src/engine/plan.rs", "//! Makes the plan.\n"),
            ("src/lib.rs", "#![doc = include_str!(\"ARCHITECTURE.md\")]\n"),
        ],
    }
    .holds_in(&house_and_tests());
}

#[test]
fn the_first_file_of_a_room_only_shows_the_way() {
    Rule {
        says: "mod.rs and lib.rs hold the module's doc, `mod` and `pub use`: no items of their own",
        mend: "give the item a file named for what it is",
        breaches: |source| {
            let is_shown = source.path.ends_with("/mod.rs") && !source.path.ends_with("/tests/mod.rs");
            if !is_shown && source.path != "src/lib.rs" {
                return Vec::new();
            }
            let items: [&[&str]; 7] =
                [&["fn"], &["impl"], &["struct"], &["enum"], &["trait"], &["const"], &["static"]];
            Breach::of_words(source, &items)
        },
        bad: &[
            ("src/engine/mod.rs", "//! Sends.\nmod plan;\npub fn send() {}"),
            ("src/lib.rs", "pub struct Engine;"),
        ],
        good: &[
            ("src/engine/mod.rs", "//! Sends.\nmod plan;\npub use plan::Plan;\n#[cfg(test)]\nmod tests;"),
            ("src/engine/plan.rs", "pub struct Plan;"),
        ],
    }
    .holds_in(&house_and_tests());
}

#[test]
fn only_the_ui_prints() {
    Rule {
        says: "nothing prints outside `ui`",
        mend: "return a value or tell an event, and let `ui` put it into words",
        breaches: |source| {
            if source.is_in("src/ui") {
                return Vec::new();
            }
            let macros: [&[&str]; 5] =
                [&["println", "!"], &["print", "!"], &["eprintln", "!"], &["eprint", "!"], &["dbg", "!"]];
            let mut breaches = Breach::of_words(source, &macros);
            for path in source.paths() {
                let last = path.segments.last().map_or("", String::as_str);
                let is_type = path.segments.iter().any(|segment| segment == "io");
                if matches!(last, "stdout" | "stderr") || (is_type && matches!(last, "Stdout" | "Stderr")) {
                    breaches.push(Breach::new(path.line, path.segments.join("::")));
                }
            }
            breaches
        },
        bad: &[
            ("src/engine/plan.rs", "fn plan() { println!(\"planned\"); }"),
            ("src/main.rs", "fn main() { std::eprintln!(\"oh\") }"),
            ("src/cli/run.rs", "fn run() { dbg!(1); }"),
            ("src/cli/run.rs", "use std::io::{self, Write}; fn run() { io::stdout().flush(); }"),
            ("src/cli/run.rs", "use std::{fmt, io::{Write, stderr}};"),
            ("src/report/text.rs", "fn text(out: std::io::Stdout) {}"),
            ("src/report/text.rs", "fn text() { tokio::io::stderr(); }"),
        ],
        good: &[
            ("src/ui/printer.rs", "fn print() { println!(\"here\"); std::io::stdout(); }"),
            ("src/ui.rs", "fn print() { eprint!(\"here\"); }"),
            ("src/report/text.rs", "/// Like `println!`.\nfn text() -> &'static str { \"println!()\" }"),
            ("src/report/text.rs", "fn run(command: Command) { command.stdout(Stdio::piped()); }"),
            ("src/control/protocol.rs", "fn frame() { Frame::Stdout(TEXT) }"),
        ],
    }
    .holds_in(&house());
}

#[test]
fn only_the_clock_reads_time() {
    Rule {
        says: "nobody but `clock` reads the time or waits for it",
        mend: "take a `clock::Clock`: `now`, `tick`, `sleep_until`; then a test can move it by hand",
        breaches: |source| {
            if source.is_in("src/clock") {
                return Vec::new();
            }
            let mut breaches = Breach::of_words(source, &[&[".", "elapsed", "("]]);
            for path in source.paths() {
                let words: Vec<&str> = path.segments.iter().map(String::as_str).collect();
                let reads = match words.as_slice() {
                    ["std", "time", name, ..] => matches!(*name, "Instant" | "SystemTime" | "*"),
                    ["tokio", "time", ..] => !path.is_test,
                    [.., "Instant" | "SystemTime" | "Timestamp" | "Zoned" | "Utc" | "Local", "now"] => true,
                    _ => false,
                };
                if reads {
                    breaches.push(Breach::new(path.line, words.join("::")));
                }
            }
            breaches
        },
        bad: &[
            ("src/pace/slot.rs", "fn slot() { std::time::Instant::now(); }"),
            ("src/pace/slot.rs", "use std::time::{Duration, Instant};"),
            ("src/journal/write.rs", "use jiff::Timestamp; fn write() { Timestamp::now(); }"),
            ("src/engine/send.rs", "async fn send() { tokio::time::sleep(WAIT).await; }"),
            ("src/engine/send.rs", "fn send(started: Started) { started.elapsed(); }"),
        ],
        good: &[
            ("src/clock.rs", "use std::time::Instant; fn now() { Instant::now(); }"),
            ("src/pace/slot.rs", "use std::time::Duration; use crate::clock::Clock;"),
            ("src/pace/slot.rs", "fn slot(clock: &dyn Clock) { clock.now(); }"),
        ],
    }
    .holds_in(&house());
}

#[test]
fn only_settings_read_the_environment() {
    Rule {
        says: "nobody but `settings` reads the environment (clap's `env = …` in `cli` aside)",
        mend: "ask `settings::Environment`, once, at the top, and hand the value down",
        breaches: |source| {
            if source.is_in("src/settings") {
                return Vec::new();
            }
            let is_environment = |path: &&source::SourcePath| {
                let begins =
                    |words: &[&str]| path.segments.iter().zip(words).filter(|(a, b)| a == b).count() == 2;
                !path.is_ours && (begins(&["std", "env"]) || path.segments[0] == "env")
            };
            let paths = source.paths();
            let breaches = paths.iter().filter(is_environment);
            breaches.map(|path| Breach::new(path.line, path.segments.join("::"))).collect()
        },
        bad: &[
            ("src/cli/run.rs", "fn run() { std::env::var(\"DEVINO_KEY\"); }"),
            ("src/main.rs", "use std::env; fn main() { env::args(); }"),
            ("src/provider/mod.rs", "use std::{env::current_dir, fs};"),
        ],
        good: &[
            ("src/settings/environment.rs", "fn key() { std::env::var(\"DEVINO_KEY\"); }"),
            ("src/cli/mod.rs", "struct Flags { #[arg(env = \"DISPARO_WORKSPACE\")] workspace: PathBuf }"),
            ("src/cli/doctor.rs", "const VERSION: &str = env!(\"CARGO_PKG_VERSION\");"),
        ],
    }
    .holds_in(&house());
}

#[test]
fn only_the_journal_knows_the_store() {
    Rule {
        says: "only `journal` names sled",
        mend: "give the journal a function named for what you need to know",
        breaches: |source| {
            let is_exempt = source.is_in("src/journal");
            if is_exempt { Vec::new() } else { Breach::of_words(source, &[&["sled"]]) }
        },
        bad: &[("src/engine/plan.rs", "fn plan(tree: &sled::Tree) {}"), ("src/cli/doctor.rs", "use sled;")],
        good: &[
            ("src/journal/store.rs", "use sled::Db;"),
            ("src/engine/plan.rs", "/// Kept in sled.\nfn f() {}"),
        ],
    }
    .holds_in(&house());
}

#[test]
fn only_the_transport_touches_the_network_of_providers() {
    Rule {
        says: "only `provider::transport` names reqwest (and tests of the sandbox, which stand in for it)",
        mend: "give `Transport` a permit and a request; it is the one place that knows what may have left",
        breaches: |source| {
            if source.is_in("src/provider/transport") {
                return Vec::new();
            }
            let is_breach = |token: &&source::Token| {
                token.text == "reqwest" && !(token.is_test && source.is_in("src/sandbox"))
            };
            source.tokens.iter().filter(is_breach).map(|token| Breach::new(token.line, "reqwest")).collect()
        },
        bad: &[
            ("src/provider/devino/client.rs", "use reqwest::Client;"),
            ("src/sandbox/devino.rs", "fn call() { reqwest::get(URL); }"),
            ("src/engine/send.rs", "#[cfg(test)] mod tests { use reqwest::Client; }"),
        ],
        good: &[
            ("src/provider/transport.rs", "use reqwest::Client;"),
            ("src/provider/transport/client.rs", "use reqwest::Client;"),
            ("src/sandbox/devino.rs", "#[cfg(test)] mod tests { use reqwest::Client; }"),
        ],
    }
    .holds_in(&house());
}

#[test]
fn nothing_is_left_for_later() {
    const NOTES: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    Rule {
        says: "nothing is left for later: no todo!, no unimplemented!, no notes to do it, no ignored test",
        mend: "do it now, or leave it out and say so where a user reads it",
        breaches: |source| {
            let macros: [&[&str]; 3] = [&["todo", "!"], &["unimplemented", "!"], &["#", "[", "ignore"]];
            let mut breaches = Breach::of_words(source, &macros);
            for (index, line) in source.text.lines().enumerate() {
                let mut words = line.split(|c: char| !c.is_alphanumeric());
                let note = words.find(|word| NOTES.contains(word));
                breaches.extend(note.map(|note| Breach::new(index + 1, note)));
            }
            breaches
        },
        bad: &[
            ("src/engine/plan.rs", "fn plan() { todo!() }"),
            ("src/engine/plan.rs", "fn plan() { unimplemented!(\"soon\") }"),
            ("src/engine/plan.rs", concat!("// TO", "DO: the other half\nfn plan() {}")),
            ("tests/it/crash.rs", "#[test] #[ignore = \"slow\"] fn crash() {}"),
        ],
        good: &[("src/engine/plan.rs", "/// Rows to do.\nfn todo(rows: &[Row]) { todo(rows) }")],
    }
    .holds_in(&house_and_tests());
}

#[test]
fn exceptions_to_lints_give_reasons() {
    Rule {
        says: "`#[expect(…, reason = \"…\")]`, never `#[allow(…)]`",
        mend: "use `expect` with a reason; it complains when it is no longer needed",
        breaches: |source| Breach::of_words(source, &[&["[", "allow", "("], &[",", "allow", "("]]),
        bad: &[
            ("src/engine/plan.rs", "#[allow(dead_code)] fn plan() {}"),
            ("src/engine/plan.rs", "#![allow(clippy::all)]"),
            ("src/engine/plan.rs", "#[cfg_attr(test, allow(dead_code))] fn plan() {}"),
        ],
        good: &[(
            "src/engine/plan.rs",
            "#[expect(dead_code, reason = \"next commit\")] fn allow(a: A) { self.allow(a) }",
        )],
    }
    .holds_in(&house_and_tests());
}

#[test]
fn the_domain_is_facts() {
    Rule {
        says: "`domain` has no async, no files, no network, no log",
        mend: "compute it here from values, and let a room above fetch them",
        breaches: |source| {
            if !source.is_in("src/domain") {
                return Vec::new();
            }
            let words: [&[&str]; 4] = [&["async"], &[".", "await"], &["tracing"], &["tokio"]];
            let mut breaches = Breach::of_words(source, &words);
            for path in source.paths() {
                let reaches_out = path.segments[0] == "std"
                    && matches!(path.segments[1].as_str(), "fs" | "net" | "io" | "process" | "env");
                if reaches_out {
                    breaches.push(Breach::new(path.line, path.segments.join("::")));
                }
            }
            breaches
        },
        bad: &[
            ("src/domain/plan.rs", "async fn plan() {}"),
            ("src/domain/plan.rs", "use std::{fmt, fs::File};"),
            ("src/domain/plan.rs", "fn plan() { tracing::info!(\"planned\"); }"),
        ],
        good: &[
            ("src/domain/plan.rs", "use std::fmt; use std::path::PathBuf;"),
            ("src/engine/plan.rs", "async fn plan() { std::fs::read(PATH); }"),
        ],
    }
    .holds_in(&house());
}

#[test]
fn names_are_words_of_the_house() {
    const EMPTY: [&str; 9] =
        ["Manager", "Handler", "Processor", "Helper", "Helpers", "Util", "Utils", "Info", "Data"];
    Rule {
        says: "a type or module is named for what it is: no Manager, Handler, Processor, Helper, Util, Info, Data",
        mend: "say what it is or does in one of the product's words",
        breaches: |source| {
            let is_breach = |pair: &&[source::Token]| {
                let declares = ["struct", "enum", "trait", "type", "mod"].contains(&pair[0].text.as_str());
                let name = pair[1].text.as_str();
                // The name that http_body's trait gives to what a body consists of.
                let is_given = pair[0].text == "type" && name == "Data";
                let is_empty = |word: &&str| name.ends_with(*word) || name == word.to_lowercase();
                declares && !is_given && EMPTY.iter().any(is_empty)
            };
            let pairs = source.tokens.windows(2).filter(is_breach);
            pairs.map(|pair| Breach::new(pair[1].line, pair[1].text.clone())).collect()
        },
        bad: &[
            ("src/engine/plan.rs", "struct RunManager;"),
            ("src/engine/plan.rs", "pub mod utils {}"),
            ("src/engine/plan.rs", "enum CallInfo {}"),
        ],
        good: &[("src/engine/plan.rs", "struct Database; mod information {}")],
    }
    .holds_in(&house_and_tests());
}
