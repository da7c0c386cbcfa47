//! The same content makes one run; an edited one reaches only those who were not reached.

use std::fs;
use std::process::Command;

use super::{definition, drop_campaign, inbox, runs, status, text, until_gone, workspace};
use crate::harness::{People, Serve, until};

#[test]
fn the_same_content_is_sent_once_and_an_edited_one_to_those_who_are_new() {
    let workspace = workspace();
    let mut serve = Serve::start(&workspace);
    let people = People::seeded(1, 8);
    drop_campaign(&workspace, "x", &people);
    status(&workspace, &mut serve, "x", "completed");
    // The same under another name.
    workspace.write("inbox/copy.toml", definition("x", "x.csv", ""));
    let note = text(&workspace, &mut serve, "copy.toml.problem.txt");
    assert!(note.contains("was sent before, on ") && note.contains("as run x-1"), "{note}");
    fs::remove_file(inbox(&workspace, "copy.toml")).expect("removed");
    until_gone(&workspace, "copy.toml.problem.txt");
    // The same file written again.
    drop_campaign(&workspace, "x", &people);
    let note = text(&workspace, &mut serve, "x.toml.problem.txt");
    assert!(note.contains("as run x-1"), "{note}");
    // Three more rows.
    workspace.write("inbox/x.csv", People::seeded(1, 11).csv());
    until_gone(&workspace, "x.toml.problem.txt");
    let file = inbox(&workspace, "x.status.json");
    serve.process().until("the edited campaign", |_| {
        let status: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(&file).ok()?).expect("whole");
        let is_new = status["run"] == "x-2" && status["state"] == "completed";
        is_new.then(|| {
            assert_eq!((&status["tally"]["accepted"], &status["tally"]["already"]), (&3.into(), &8.into()))
        })
    });
    // An edited definition under another name is the same campaign.
    let greeting = definition("x", "x.csv", "").replace("Oi", "Olá");
    workspace.write("inbox/x-mended.toml", greeting);
    let status = status(&workspace, &mut serve, "x-mended", "completed");
    assert_eq!(status["tally"]["already"], 11, "{status}");
    serve.terminate().expect(0);
    assert_eq!(runs(&workspace).len(), 3);
}

#[test]
fn what_was_given_up_is_not_called_sent() {
    let workspace = workspace();
    let rate = "[pace]\nrate = \"1/h\"\n";
    workspace.write("inbox/x.csv", People::seeded(4, 3).csv() + "Nobody,1\n");
    workspace.write("inbox/x.toml", definition("x", "x.csv", rate));
    let mut serve = Serve::start(&workspace);
    status(&workspace, &mut serve, "x", "sending");
    workspace.disparo(["cancel", "x-1"]).finish();
    status(&workspace, &mut serve, "x", "cancelled");
    let told = text(&workspace, &mut serve, "x.status.txt");
    assert!(told.contains("given up: ") && !told.contains("100%"), "{told}");
    assert!(told.contains("not read: 1 row; results/x/x-1/rejects.csv says why"), "{told}");
    workspace.write("inbox/copy.toml", definition("x", "x.csv", rate));
    let note = text(&workspace, &mut serve, "copy.toml.problem.txt");
    assert!(
        note.contains("was taken before, on ") && note.contains("as run x-1, which was cancelled"),
        "{note}"
    );
    serve.terminate().expect(0);
}

#[test]
fn the_systems_cron_beside_a_daemon_takes_nothing_a_second_time() {
    let workspace = workspace();
    let mut serve = Serve::start(&workspace);
    let names: Vec<_> = (0..12).map(|number| format!("c{number:02}")).collect();
    for (number, name) in names.iter().enumerate() {
        drop_campaign(&workspace, name, &People::seeded(200 + number as u64, 3));
    }
    for _ in 0..3 {
        workspace.disparo(["run", "--scheduled"]).finish().expect(0);
    }
    for name in &names {
        status(&workspace, &mut serve, name, "completed");
        assert!(!inbox(&workspace, &format!("{name}.toml.problem.txt")).exists(), "{name}");
    }
    serve.terminate().expect(0);
    assert_eq!(runs(&workspace).len(), names.len());
}

#[test]
fn what_was_taken_is_left_in_peace_by_the_next_serve() {
    let workspace = workspace();
    let mut serve = Serve::start(&workspace);
    drop_campaign(&workspace, "x", &People::seeded(2, 4));
    status(&workspace, &mut serve, "x", "completed");
    serve.terminate().expect(0);
    let mut serve = Serve::start(&workspace);
    drop_campaign(&workspace, "y", &People::seeded(3, 4));
    status(&workspace, &mut serve, "y", "completed");
    let found = status(&workspace, &mut serve, "x", "completed");
    assert_eq!(found["run"], "x-1");
    assert!(!inbox(&workspace, "x.toml.problem.txt").exists());
    serve.terminate().expect(0);
    assert_eq!(runs(&workspace).len(), 2);
}

#[test]
fn what_an_older_store_does_not_know_of_waits_until_a_person_drops_it_again() {
    let workspace = workspace();
    let mut serve = Serve::start(&workspace);
    drop_campaign(&workspace, "x", &People::seeded(2, 4));
    status(&workspace, &mut serve, "x", "completed");
    serve.terminate().expect(0);
    let store = workspace.folder().join(".disparo");
    let backup = workspace.folder().join("backup");
    let copied = Command::new("cp").arg("-a").args([&store, &backup]).status().expect("cp runs");
    assert!(copied.success());
    let mut serve = Serve::start(&workspace);
    drop_campaign(&workspace, "y", &People::seeded(3, 4));
    status(&workspace, &mut serve, "y", "completed");
    serve.terminate().expect(0);
    fs::remove_dir_all(&store).expect("removed");
    fs::rename(backup, &store).expect("renamed");
    workspace.disparo(["doctor", "--adopt", "--yes"]).finish().expect(0);

    let mut serve = Serve::start(&workspace);
    let note = text(&workspace, &mut serve, "y.toml.problem.txt");
    assert!(note.contains("taken over from a backup") && note.contains("save it once more"), "{note}");
    assert_eq!(status(&workspace, &mut serve, "x", "completed")["run"], "x-1");
    drop_campaign(&workspace, "y", &People::seeded(4, 4));
    status(&workspace, &mut serve, "y", "completed");
    serve.terminate().expect(0);
    assert_eq!(workspace.sandbox().accepted().len(), 12);
    workspace.is_not_judged("its journal is older than what was sent");
}

#[test]
fn two_files_of_one_name_wait_for_a_person() {
    let workspace = workspace();
    workspace.write("inbox/x.csv", People::seeded(4, 4).csv());
    workspace.write("inbox/a.toml", definition("same", "x.csv", ""));
    workspace.write("inbox/b.toml", definition("same", "x.csv", "# other\n"));
    workspace.write("root.toml", definition("theirs", "inbox/x.csv", ""));
    workspace.write("inbox/c.toml", definition("theirs", "x.csv", "# other\n"));
    let mut serve = Serve::start(&workspace);
    for (name, other) in [("a", "b.toml"), ("b", "a.toml"), ("c", "root.toml")] {
        let note = text(&workspace, &mut serve, &format!("{name}.toml.problem.txt"));
        assert!(note.contains(other), "{note}");
    }
    assert!(runs(&workspace).is_empty());
    fs::remove_file(inbox(&workspace, "a.toml")).expect("removed");
    status(&workspace, &mut serve, "b", "completed");
    fs::remove_file(workspace.folder().join("root.toml")).expect("removed");
    status(&workspace, &mut serve, "c", "completed");
    until("the notes to go", || {
        let left = fs::read_dir(inbox(&workspace, "")).expect("a folder");
        let notes = left.filter(|entry| {
            entry.as_ref().expect("an entry").file_name().to_string_lossy().ends_with(".problem.txt")
        });
        (notes.count() == 0).then_some(())
    });
    serve.terminate().expect(0);
}
