//! `disparo man`: the manual, made from the same words as `--help`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::ui::{Exit, Printer};

use super::arguments;
use super::failure::Failure;

/// Where the pages go.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Write a page for every command into this folder, which is made where it does not exist
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// What a process can end with.
const EXIT_STATUS: [(&str, &str); 8] = [
    ("0", "everything is settled and accepted, or simply done"),
    ("1", "something that should not happen; the message says what"),
    ("2", "the command line makes no sense, or needs an answer that nobody can give"),
    ("3", "a definition, an audience or a file of settings is not valid; nothing was sent"),
    ("4", "finished, but some recipients were rejected, or their time was over"),
    ("5", "interrupted, or waiting for its window: `disparo resume` goes on"),
    ("6", "held or waiting for approval: a person is needed"),
    ("7", "finished, but recipients in doubt remain: `disparo doubt`"),
];

/// What of the environment is looked at.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("DISPARO_WORKSPACE", "the workspace's folder, unless --workspace names one"),
    (
        "DISPARO_LOG",
        "what is logged, in place of what -v and the command choose: `debug`, or by room, \
         `warn,disparo::engine=trace`",
    ),
    ("NO_COLOR", "present and not empty: no colours"),
    ("TERM", "`dumb`: no colours, and nothing is drawn"),
];

/// What is where in a workspace.
const FILES: [(&str, &str); 7] = [
    ("channels.toml", "the accounts and numbers to send from; secrets by reference"),
    ("workspace.toml", "what holds for all campaigns of the team; may be absent"),
    ("*.toml", "campaign definitions, one a file"),
    ("suppressions.csv", "people who must not be messaged"),
    ("results/CAMPAIGN/RUN/", "what came of each run"),
    (".disparo/", "the store: journal, frozen recipients, lock; never edited by hand"),
    (".disparo/control.sock", "where the process that owns the store answers the others"),
];

/// Prints the main page, or writes all of them.
///
/// # Errors
/// When the folder or a page cannot be written.
pub fn man(arguments: &Arguments, cwd: &Path, printer: &Printer) -> Result<Exit, Failure> {
    let mut command = arguments::Arguments::command().disable_help_subcommand(true);
    command.build();
    let Some(dir) = &arguments.dir else {
        let page = page(&command).map_err(|error| unwritten(Path::new("stdout"), &error))?;
        printer.raw_data(&page);
        return Ok(Exit::Settled);
    };
    let folder = cwd.join(dir);
    fs::create_dir_all(&folder).map_err(|error| unwritten(dir, &error))?;
    let mut pages = 0;
    write(&command, &folder, &mut pages).map_err(|error| unwritten(dir, &error))?;
    printer.note(&format!("{pages} pages are in {}", dir.display()));
    Ok(Exit::Settled)
}

fn unwritten(place: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Unexpected, format!("the manual cannot be written to {}: {error}", place.display()))
        .with_hint("name a folder that you can write to, with --dir DIR")
}

/// Writes a command's page and those of its own commands.
fn write(command: &Command, folder: &Path, pages: &mut u64) -> io::Result<()> {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        write(inner, folder, pages)?;
    }
    *pages += 1;
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    fs::write(folder.join(format!("{name}.1")), page(command)?)
}

/// One page. The sections that hold for every command come last.
fn page(command: &Command) -> io::Result<String> {
    let source = format!("disparo {}", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).source(source).manual("Disparo");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.get_subcommands().any(|inner| !inner.is_hide_set()) {
        man.render_subcommands_section(&mut text)?;
    }
    let mut shared = Roff::default();
    for (heading, entries) in
        [("EXIT STATUS", &EXIT_STATUS[..]), ("ENVIRONMENT", &ENVIRONMENT[..]), ("FILES", &FILES[..])]
    {
        shared.control("SH", [heading]);
        for (name, says) in entries {
            shared.control("TP", []);
            shared.text([bold(*name)]);
            shared.text([roman(*says)]);
        }
    }
    shared.to_writer(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
