//! What a shell completes and what the manual says: every command and every flag, without a workspace.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::process::{Command as System, Stdio};

use clap::CommandFactory;
use disparo::cli::Arguments;

use crate::harness::Command;

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "elvish", "powershell"];

/// Every command of the command line with the words that lead to it, and all of its long flags.
fn commands() -> Vec<(Vec<String>, BTreeSet<String>)> {
    fn collect(command: &clap::Command, words: &[String], found: &mut Vec<(Vec<String>, BTreeSet<String>)>) {
        let flags = command.get_arguments().filter(|argument| !argument.is_hide_set());
        let flags = flags.filter_map(|argument| Some(format!("--{}", argument.get_long()?)));
        found.push((words.to_vec(), flags.collect()));
        for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
            collect(inner, &[words, &[inner.get_name().to_owned()]].concat(), found);
        }
    }
    let mut root = Arguments::command().disable_help_subcommand(true);
    root.build();
    let mut found = Vec::new();
    collect(&root, &["disparo".to_owned()], &mut found);
    found
}

#[test]
fn every_shell_gets_a_script_with_every_command() {
    let nowhere = tempfile::tempdir().expect("a temporary folder");
    for shell in SHELLS {
        let printed = Command::new(["completions", shell]).in_folder(nowhere.path()).finish().expect(0);
        assert_eq!(printed.stderr, "");
        for (words, _) in commands() {
            let command = words.last().expect("a name");
            assert!(printed.stdout.contains(command.as_str()), "{shell} does not know {words:?}");
        }
        accepts(shell, &printed.stdout);
    }
    assert!(fs::read_dir(nowhere.path()).expect("readable").next().is_none(), "it left something behind");
    assert!(Command::new(["completions", "csh"]).finish().expect(2).stderr.contains("bash"));
}

/// The shell itself reads the script, where it is installed.
fn accepts(shell: &str, script: &str) {
    if !["bash", "zsh", "fish"].contains(&shell) {
        return;
    }
    let command = System::new(shell).arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = command else {
        assert_ne!(shell, "bash", "bash is everywhere");
        // Not `eprintln!`, which the test runner keeps to itself.
        writeln!(io::stderr(), "SKIPPED: {shell} is not installed, its script is not read")
            .expect("a stderr");
        return;
    };
    child.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("it reads");
    let read = child.wait_with_output().expect("it ends");
    assert!(read.status.success(), "{shell}: {}", String::from_utf8_lossy(&read.stderr));
}

#[test]
fn the_manual_has_a_page_for_every_command_with_every_flag() {
    let nowhere = tempfile::tempdir().expect("a temporary folder");
    let written = Command::new(["man", "--dir", "pages"]).in_folder(nowhere.path()).finish().expect(0);
    assert_eq!(written.stdout, "");
    let commands = commands();
    let pages = fs::read_dir(nowhere.path().join("pages")).expect("a folder").count();
    assert_eq!(pages, commands.len());
    for (words, flags) in &commands {
        let file = nowhere.path().join("pages").join(format!("{}.1", words.join("-")));
        let page = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "\"EXIT STATUS\"", "ENVIRONMENT", "FILES"] {
            assert!(page.contains(&format!("\n.SH {section}\n")), "{words:?} has no {section}");
        }
        let plain = page.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "");
        for flag in flags {
            assert!(plain.contains(flag.as_str()), "{words:?} does not tell of {flag}");
        }
        for (inner, _) in commands.iter().filter(|(inner, _)| inner.len() == words.len() + 1) {
            if inner.starts_with(words) {
                assert!(
                    plain.contains(&format!("{}(1)", inner.join("-"))),
                    "{words:?} does not name {inner:?}"
                );
            }
        }
    }
    let main = Command::new(["man"]).in_folder(nowhere.path()).finish().expect(0);
    let page = fs::read_to_string(nowhere.path().join("pages/disparo.1")).expect("the main page");
    assert_eq!(main.stdout, page);
    fs::write(nowhere.path().join("file"), "").expect("a writable folder");
    let refused = Command::new(["man", "--dir", "file/pages"]).in_folder(nowhere.path()).finish().expect(1);
    assert!(refused.stderr.contains("file/pages") && refused.stderr.contains("hint: "), "{refused}");
}
