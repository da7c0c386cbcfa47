//! Commands from another machine: the same answers as here, and nothing for whoever does not know the token.

use std::fs::{Permissions, set_permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::thread;

use crate::harness::{Command, Finished, People, Serve, Workspace, until};

const TOKEN: &str = "5f1d2c0b9a8e7f6d5c4b3a2918171615";
const GUESS: &str = "0f1d2c0b9a8e7f6d5c4b3a2918171615";

/// A workspace whose `serve` takes commands from elsewhere, and where.
fn served(workspace: &Workspace) -> (Serve, String) {
    write_token(workspace, TOKEN, 0o600);
    settle(workspace, "address = \"127.0.0.1:0\"\ntoken = { file = \"control.token\" }");
    let mut serve = Serve::start_with(workspace, ["-vv"]);
    let address = serve.process().until("the address for commands", |serve| {
        let stderr = serve.stderr();
        let (_, rest) = stderr.split_once("commands of other machines are taken on ")?;
        rest.split_once('\n').map(|(address, _)| address.trim().to_owned())
    });
    (serve, address)
}

fn write_token(workspace: &Workspace, token: &str, mode: u32) {
    let file = workspace.write("control.token", format!("{token}\n"));
    set_permissions(file, Permissions::from_mode(mode)).expect("our own file");
}

fn settle(workspace: &Workspace, control: &str) {
    workspace.write("workspace.toml", format!("[control]\n{control}\n"));
}

/// `disparo` on a machine that has nothing of the workspace.
fn elsewhere(folder: &tempfile::TempDir, address: &str, token: &str, arguments: &[&str]) -> Command {
    Command::new(arguments)
        .in_folder(folder.path())
        .environment("DISPARO_REMOTE", address)
        .environment("DISPARO_TOKEN", token)
}

fn say(finished: Finished) -> (Option<i32>, String, String) {
    (finished.code(), finished.stdout, finished.stderr)
}

#[test]
fn it_is_answered_as_here() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    workspace.text_campaign("sale", &People::seeded(1, 30), "[safety]\nmax_in_doubt = 10\n");
    workspace.text_campaign("other", &People::seeded(2, 5), "");
    let (serve, address) = served(&workspace);
    let folder = tempfile::tempdir().expect("a folder");
    let there = |arguments: &[&str]| elsewhere(&folder, &address, TOKEN, arguments);

    // Sent from elsewhere, by a path that is the server's.
    let ran = there(&["run", "other.toml", "--yes", "--format", "json"]).finish().expect(0);
    assert_eq!(ran.tally().accepted, 5);
    workspace.sandbox().hold();
    let mut run = there(&["run", "sale", "--yes", "--format", "json"]).start();
    workspace.sandbox().until_held(1);
    there(&["pause", "sale-2"]).finish().expect(0);
    assert!(!run.has_ended(), "its calls are under way");
    workspace.sandbox().release();
    let run = run.wait().expect(5);
    assert_eq!(run.json()["state"], "paused", "{run}");

    let token = workspace.folder().join("control.token").to_string_lossy().into_owned();
    for command in [
        &["status"][..],
        &["status", "--all", "--format", "json"],
        &["status", "sale-2"],
        &["report", "other-1"],
        &["report", "other-1", "--format", "csv"],
        &["audit", "other-1", "--format", "json"],
        &["check", "sale"],
        &["status", "nobody-9"],
        &["pause", "other-1"],
        &["doubt", "list"],
        &["run", "absent"],
    ] {
        let here = workspace.disparo([]).arguments(command).finish();
        assert_eq!(say(there(command).finish()), say(here), "{command:?}");
    }
    // By flags, and without the variables.
    let by_flags = Command::new(["status", "--remote", &address, "--token-file", &token]);
    let here = workspace.disparo(["status"]).finish();
    assert_eq!(say(by_flags.in_folder(folder.path()).finish()), say(here));

    let resumed = there(&["resume", "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 30);
    serve.terminate().expect(0);
}

#[test]
fn ctrl_c_is_passed_on() {
    let workspace = Workspace::new();
    workspace.text_campaign("sale", &People::seeded(1, 30), "[safety]\nmax_in_doubt = 10\n");
    let (serve, address) = served(&workspace);
    let folder = tempfile::tempdir().expect("a folder");
    workspace.sandbox().hold();
    let mut run = elsewhere(&folder, &address, TOKEN, &["run", "sale", "--yes", "--format", "json"]).start();
    workspace.sandbox().until_held(1);
    run.interrupt();
    run.until("an answer", |run| run.stderr().contains("stopping: calls under way").then_some(()));
    workspace.sandbox().release();
    let run = run.wait().expect(5);
    assert_eq!((&run.json()["state"], run.tally().in_doubt), (&"interrupted".into(), 0), "{run}");
    serve.terminate().expect(0);
}

#[test]
fn whoever_does_not_know_the_token_gets_nothing_and_hinders_nobody() {
    let workspace = Workspace::new();
    workspace.text_campaign("sale", &People::seeded(1, 5), "");
    let (serve, address) = served(&workspace);
    let folder = tempfile::tempdir().expect("a folder");
    let status = || elsewhere(&folder, &address, TOKEN, &["status"]).finish();

    let wrong = elsewhere(&folder, &address, GUESS, &["run", "sale", "--yes"]).finish().expect(2);
    assert!(wrong.stderr.contains("the server does not take this token"), "{wrong}");
    let none = Command::new(["status", "--remote", &address]).in_folder(folder.path()).finish().expect(2);
    assert!(none.stderr.contains("there is no token") && none.stderr.contains("DISPARO_TOKEN"), "{none}");

    for garbage in [
        b"{\"version\":\"0\",\"arguments\":[\"status\"]}\n".to_vec(),
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        b"{\"nonce\":\"00\",\"proof\":\"zz\"}\n".to_vec(),
        vec![b'a'; 100_000],
        vec![0xFF, 0x16, 0x03, 0x01, b'\n'],
    ] {
        let mut stream = TcpStream::connect(&address).expect("it listens");
        // It may have hung up before all of it was written.
        drop(stream.write_all(&garbage));
        let mut said = Vec::new();
        drop(stream.read_to_end(&mut said));
        let lines = said.iter().filter(|byte| **byte == b'\n').count();
        assert!(lines <= 1, "{:?}: an answer beside the challenge", String::from_utf8_lossy(&said));
    }
    let silent: Vec<_> = (0..150).map(|_| TcpStream::connect(&address).expect("it listens")).collect();
    status().expect(0);
    // Guesses that wait for their turn hold up nobody for long.
    let guessing: Vec<_> = (0..4).map(|_| elsewhere(&folder, &address, GUESS, &["status"]).start()).collect();
    status().expect(0);
    for guess in guessing {
        guess.wait().expect(2);
    }
    drop(silent);
    let ended = serve.terminate().expect(0);
    let said = format!("{}{}", ended.stdout, ended.stderr);
    assert!(said.contains("does not know the token"), "{said}");
    assert!(!said.contains(TOKEN) && !said.contains(GUESS), "a token is told");
    assert!(workspace.sandbox().accepted().is_empty(), "somebody was sent to");
}

#[test]
fn a_server_that_does_not_know_the_token_learns_neither_it_nor_the_command() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    let zeros = "0".repeat(64);
    let impostor = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        stream.write_all(format!("{{\"challenge\":\"{zeros}\"}}\n").as_bytes()).expect("heard");
        let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
        let mut heard = String::new();
        reader.read_line(&mut heard).expect("a claim");
        stream.write_all(format!("{{\"proof\":\"{zeros}\"}}\n").as_bytes()).expect("heard");
        let claim = heard.len();
        // A reset says the same as an end.
        drop(reader.read_to_string(&mut heard));
        (heard.len() - claim, heard)
    });
    let folder = tempfile::tempdir().expect("a folder");
    let refused = elsewhere(&folder, &address, TOKEN, &["status", "a-secret-name"]).finish().expect(2);
    assert!(refused.stderr.contains("does not know the token"), "{refused}");
    let (after, heard) = impostor.join().expect("no panic");
    assert_eq!(after, 0, "{heard}");
    assert!(!heard.contains(TOKEN) && !heard.contains("a-secret-name"), "{heard}");
}

#[test]
fn what_is_wrong_with_it_is_told_before_anything_is_served() {
    let workspace = Workspace::new();
    let refused = |control: &str, code: i32, why: &str| {
        settle(&workspace, control);
        let serve = workspace.disparo(["serve", "--listen", "127.0.0.1:0"]).finish().expect(code);
        assert!(serve.stderr.contains(why) && !serve.stderr.contains(TOKEN), "{serve}");
        assert_eq!(serve.stdout, "", "{serve}");
    };
    let file = "token = { file = \"control.token\" }";
    refused(&format!("address = \"127.0.0.1:0\"\ntoken = \"{TOKEN}\""), 3, "holds the secret itself");
    refused(&format!("address = \"0.0.0.0:8322\"\n{file}"), 3, "SSH tunnel or a VPN");
    refused(&format!("address = \"127.0.0.1:0\"\n{file}"), 3, "there is no such file");
    write_token(&workspace, TOKEN, 0o640);
    refused(&format!("address = \"127.0.0.1:0\"\n{file}"), 3, "is open to others than its owner");
    write_token(&workspace, "fifteen-letters", 0o600);
    refused(&format!("address = \"127.0.0.1:0\"\n{file}"), 3, "has 15 characters, and needs 16 or more");
    write_token(&workspace, TOKEN, 0o600);
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound").to_string();
    refused(&format!("address = \"{address}\"\n{file}"), 1, "cannot listen for commands on");
    drop(taken);

    let folder = tempfile::tempdir().expect("a folder");
    let nobody = elsewhere(&folder, &address, TOKEN, &["status"]).finish().expect(1);
    assert!(nobody.stderr.contains(&format!("cannot connect to {address}")), "{nobody}");
    for local in [&["serve"][..], &["init"], &["templates", "list"], &["schema"]] {
        let refused = Command::new(local).arguments(["--remote", &address]).in_folder(folder.path());
        let refused = refused.finish().expect(2);
        assert!(refused.stderr.contains("not carried out by another machine"), "{refused}");
    }
    until("nothing was made there", || {
        std::fs::read_dir(folder.path()).expect("a folder").next().is_none().then_some(())
    });
}
