//! What cannot be taken gets a note that a marketer understands, and holds up nobody.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command as Process;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::{definition, drop_campaign, inbox, runs, status, text, until_gone, workspace};
use crate::harness::{People, Serve, Workspace, until};

/// Ten definitions that cannot be sent, each for another reason.
pub fn ten_bad(workspace: &Workspace) -> [&'static str; 10] {
    let put = |name: &str, content: &str| drop(workspace.write(&format!("inbox/{name}"), content));
    put("bad-audience.bin", "phone\n");
    put("bad-empty.csv", "");
    put("bad-syntax.toml", "version = 1\nname = \"half");
    put("bad-zero.toml", "");
    put("bad-key.toml", &definition("bad-key", "people.csv", "[pace]\nrat = \"1/s\"\n"));
    put("bad-channel.toml", &definition("bad-channel", "people.csv", "").replace("devino", "devina"));
    put("bad-kind.toml", &definition("bad-kind", "bad-audience.bin", ""));
    put("bad-rows.toml", &definition("bad-rows", "bad-empty.csv", ""));
    put("bad-many.toml", &definition("bad-many", "people.csv", "[safety]\nmax_recipients = 1\n"));
    put("bad-column.toml", &definition("bad-column", "people.csv", "").replace("{{ n }}", "{{ nn }}"));
    put("people.csv", &People::seeded(70, 3).csv());
    let latin = workspace.write("inbox/bad-letters.toml", "");
    fs::write(latin, b"version = 1\nname = \"S\xe3o\"\n").expect("written");
    let outside = workspace.folder().parent().expect("a folder above").join("disparo-outside.toml");
    symlink(outside, inbox(workspace, "bad-link.toml")).expect("linked");
    [
        "bad-syntax.toml",
        "bad-zero.toml",
        "bad-key.toml",
        "bad-channel.toml",
        "bad-kind.toml",
        "bad-rows.toml",
        "bad-many.toml",
        "bad-column.toml",
        "bad-letters.toml",
        "bad-link.toml",
    ]
}

#[test]
fn each_bad_file_gets_a_note_and_the_others_are_sent() {
    let workspace = workspace();
    let bad = ten_bad(&workspace);
    drop_campaign(&workspace, "zz-good", &People::seeded(1, 3));
    let mut serve = Serve::start(&workspace);
    status(&workspace, &mut serve, "zz-good", "completed");
    let notes = bad.map(|name| text(&workspace, &mut serve, &format!("{name}.problem.txt")));
    insta::assert_snapshot!("notes", notes.join("---\n"));
    // Mended, it goes, and its note with it.
    workspace.write("inbox/bad-zero.toml", definition("mended", "people.csv", ""));
    until_gone(&workspace, "bad-zero.toml.problem.txt");
    status(&workspace, &mut serve, "bad-zero", "completed");
    // Mended elsewhere, too.
    let channels = fs::read_to_string(workspace.folder().join("channels.toml")).expect("there");
    let one = channels.split("[wati-a]").next().expect("the first").replace("[devino]", "[devina]");
    workspace.write("channels.toml", format!("{channels}\n{one}"));
    status(&workspace, &mut serve, "bad-channel", "completed");
    fs::remove_file(inbox(&workspace, "bad-key.toml")).expect("removed");
    until_gone(&workspace, "bad-key.toml.problem.txt");
    serve.terminate().expect(0);
    assert_eq!(runs(&workspace).len(), 3);
}

#[test]
fn what_is_no_file_is_not_opened_and_what_is_not_finished_is_left_alone() {
    let workspace = workspace();
    let at = |name: &str| inbox(&workspace, name);
    mknodat(CWD, at("pipe.toml"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
    mknodat(CWD, at("people.csv"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
    let _socket = UnixListener::bind(at("socket.toml")).expect("a socket");
    fs::create_dir(at("folder.toml")).expect("a folder");
    workspace.write("inbox/x.toml", definition("x", "people.csv", ""));
    fs::copy(workspace.folder().join("channels.toml"), at("channels.toml")).expect("copied");
    workspace.write("inbox/suppressions.csv", "phone\n");
    let left = ["~$x.xlsx", "y.toml.part", "z.csv.crdownload", "a.tmp", ".b.toml", "c.toml.swp", "notes.md"];
    for name in left {
        workspace.write(&format!("inbox/{name}"), "half");
    }
    workspace.write("inbox/spring/spring.toml", definition("spring", "spring/people.csv", ""));
    workspace.write("inbox/lists/people.csv", "phone\n");
    let noted = [
        "spring",
        "pipe.toml",
        "socket.toml",
        "folder.toml",
        "people.csv",
        "x.toml",
        "channels.toml",
        "suppressions.csv",
    ];
    let mut serve = Serve::start(&workspace);
    drop_campaign(&workspace, "zz-good", &People::seeded(2, 3));
    status(&workspace, &mut serve, "zz-good", "completed");
    for name in noted {
        let note = text(&workspace, &mut serve, &format!("{name}.problem.txt"));
        assert!(note.contains("was not taken"), "{note}");
    }
    for name in left.into_iter().chain(["lists"]) {
        assert!(!at(&format!("{name}.problem.txt")).exists(), "{name}");
    }
    let spring = text(&workspace, &mut serve, "spring.problem.txt");
    assert!(spring.contains("only those directly in the inbox are taken"), "{spring}");
    fs::rename(at("spring/spring.toml"), at("spring.toml")).expect("moved up");
    until_gone(&workspace, "spring.problem.txt");
    serve.terminate().expect(0);
    assert_eq!(runs(&workspace).len(), 1);
}

#[test]
fn a_link_is_followed_within_the_workspace_alone() {
    let workspace = workspace();
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("secret.csv"), People::seeded(3, 3).csv()).expect("written");
    symlink(outside.path().join("secret.csv"), inbox(&workspace, "out.csv")).expect("linked");
    symlink(outside.path(), inbox(&workspace, "deep")).expect("linked");
    workspace.write("audiences/in.csv", People::seeded(4, 3).csv());
    symlink("../audiences/in.csv", inbox(&workspace, "in.csv")).expect("linked");
    let up = format!("../{}/secret.csv", outside.path().file_name().expect("a name").to_string_lossy());
    for (name, audience) in [
        ("in", "in.csv"),
        ("out", "out.csv"),
        ("deep", "deep/secret.csv"),
        ("up", &up),
        ("gone", "in/../../../nobody/x.csv"),
    ] {
        workspace.write(&format!("inbox/{name}.toml"), definition(name, audience, ""));
    }
    let mut serve = Serve::start(&workspace);
    status(&workspace, &mut serve, "in", "completed");
    for name in ["out", "deep", "up", "gone"] {
        let note = text(&workspace, &mut serve, &format!("{name}.toml.problem.txt"));
        assert!(note.contains("of the workspace's folder"), "{note}");
    }
    serve.terminate().expect(0);
    assert_eq!(runs(&workspace).len(), 1);
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that tests nothing here says so")]
fn what_may_not_be_read_is_said_in_the_teams_language() {
    let workspace = workspace();
    workspace.write("workspace.toml", format!("language = \"pt\"\n{}", super::SETTINGS));
    workspace.write("inbox/x.csv", People::seeded(5, 3).csv());
    let file = workspace.write("inbox/x.toml", definition("x", "x.csv", ""));
    fs::set_permissions(&file, Permissions::from_mode(0o000)).expect("our own file");
    // Whoever may read everything becomes somebody who may not.
    let is_root = fs::read(&file).is_ok();
    if is_root && !give_to_nobody(&workspace) {
        eprintln!("NOT TESTED: this is root, and `setpriv` cannot start the binary as anybody else");
        return;
    }
    let taken = || {
        let command = workspace.disparo(["run", "--scheduled"]);
        if is_root { command.through("setpriv", NOBODY) } else { command }.finish()
    };
    let note = until("the note", || {
        taken();
        fs::read_to_string(inbox(&workspace, "x.toml.problem.txt")).ok()
    });
    assert!(note.contains("não foi aceito") && note.contains("may not be read"), "{note}");
    fs::set_permissions(&file, Permissions::from_mode(0o644)).expect("our own file");
    workspace.write("inbox/x.toml", definition("x", "x.csv", "# mended\n"));
    until("the campaign to be sent", || {
        taken();
        fs::read_to_string(inbox(&workspace, "x.status.txt")).ok().filter(|text| text.contains("completed"))
    });
    assert!(!inbox(&workspace, "x.toml.problem.txt").exists());
}

/// Starts a program as somebody who owns nothing.
const NOBODY: [&str; 3] = ["--reuid=65534", "--regid=65534", "--clear-groups"];

/// Gives a workspace to nobody. Tells whether they can start the binary in it.
fn give_to_nobody(workspace: &Workspace) -> bool {
    let given = Process::new("chown").arg("-R").arg("65534:65534").arg(workspace.folder()).status();
    let can_start = || {
        let binary = workspace.disparo(["--version"]).into_process().get_program().to_owned();
        let started = Process::new("setpriv").args(NOBODY).arg(binary).arg("--version").output();
        started.is_ok_and(|started| started.status.success())
    };
    given.is_ok_and(|given| given.success()) && can_start()
}
