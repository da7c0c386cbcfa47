//! The command line as a whole: that it holds together, and every `--help`, so that a change of words is seen.

use clap::{Command, CommandFactory};

use super::arguments::Arguments;

/// As wide as help ever gets.
const WIDTH: usize = 100;

#[test]
fn verify_cli() {
    Arguments::command().debug_assert();
}

#[test]
fn every_help() {
    let mut command = Arguments::command().term_width(WIDTH);
    command.build();
    insta::assert_snapshot!("help", help_of(&mut command));
}

/// The help of a command and of all below it.
fn help_of(command: &mut Command) -> String {
    let mut help = command.render_long_help().to_string();
    for below in command.get_subcommands_mut().filter(|below| below.get_name() != "help") {
        help.push_str(&format!("\n{}\n{}", "=".repeat(WIDTH), help_of(below)));
    }
    help
}
