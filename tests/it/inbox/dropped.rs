//! Files are taken once they are whole, whatever order they come in.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::MetadataExt;

use super::{definition, drop_campaign, inbox, runs, status, text, workspace};
use crate::harness::{People, Serve, Workspace, until};

/// Copies byte by byte, as a slow line does, and lets go of it in the end.
fn copy_slowly(workspace: &Workspace, name: &str, content: &str) {
    let file = inbox(workspace, name);
    let mut copied = OpenOptions::new().create(true).append(true).open(file).expect("a writable folder");
    for byte in content.as_bytes() {
        copied.write_all(&[*byte]).expect("a writable file");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

#[test]
fn files_copied_byte_by_byte_are_taken_once_and_whole() {
    for polled in [false, true] {
        let workspace = workspace();
        if polled {
            workspace.write("workspace.toml", format!("{}watch = false\n", super::SETTINGS));
        }
        let people = People::seeded(1, 20);
        let mut serve = Serve::start(&workspace);
        let (one, two) = (definition("one", "one.csv", ""), definition("two", "two.csv", ""));
        copy_slowly(&workspace, "one.toml", &one);
        copy_slowly(&workspace, "one.csv", &people.csv());
        copy_slowly(&workspace, "two.csv", &people.csv());
        copy_slowly(&workspace, "two.toml", &two);
        for name in ["one", "two"] {
            let status = status(&workspace, &mut serve, name, "completed");
            assert_eq!(status["tally"]["accepted"], 20, "{status}");
        }
        serve.terminate().expect(0);
        assert_eq!(runs(&workspace).len(), 2);
    }
}

#[test]
fn a_file_that_is_renamed_into_place_is_taken_at_once() {
    let workspace = workspace();
    workspace.write("workspace.toml", "[folder]\nstable_for = \"10m\"\npoll = \"1h\"\n");
    workspace.write("inbox/other.toml", "");
    let mut serve = Serve::start(&workspace);
    // Looked at, so that the folder is watched.
    text(&workspace, &mut serve, "other.status.txt");
    for (name, content) in [("x.csv", People::seeded(2, 5).csv()), ("x.toml", definition("x", "x.csv", ""))] {
        let part = workspace.write(&format!("inbox/{name}.part"), content);
        fs::rename(part, inbox(&workspace, name)).expect("renamed");
    }
    let status = status(&workspace, &mut serve, "x", "completed");
    assert_eq!(status["tally"]["accepted"], 5);
    serve.terminate().expect(0);
}

#[test]
fn a_definition_waits_for_its_audience_and_is_told_of() {
    let workspace = workspace();
    let mut serve = Serve::start(&workspace);
    workspace.write("inbox/late.toml", definition("late", "audiences/late.csv", ""));
    let waiting = status(&workspace, &mut serve, "late", "waiting");
    until("the audience to be waited for", || {
        let status = fs::read_to_string(inbox(&workspace, "late.status.txt")).ok()?;
        status.contains("waits for audiences/late.csv").then_some(())
    });
    assert_eq!(waiting["run"], serde_json::Value::Null);
    assert!(!inbox(&workspace, "late.toml.problem.txt").exists());
    // In the workspace, not beside it.
    workspace.write("audiences/late.csv", People::seeded(3, 4).csv());
    let status = status(&workspace, &mut serve, "late", "completed");
    assert_eq!(status["tally"]["accepted"], 4);
    // What lies beside it comes first.
    workspace.write("audiences/near.csv", People::seeded(4, 2).csv());
    workspace.write("inbox/audiences/near.csv", People::seeded(5, 3).csv());
    workspace.write("inbox/near.toml", definition("near", "audiences/near.csv", ""));
    let status = super::status(&workspace, &mut serve, "near", "completed");
    assert_eq!(status["tally"]["accepted"], 3);
    serve.terminate().expect(0);
}

#[test]
fn an_inbox_that_comes_later_is_looked_into() {
    let workspace = Workspace::new();
    workspace.write("workspace.toml", super::SETTINGS);
    let mut serve = Serve::start(&workspace);
    drop_campaign(&workspace, "x", &People::seeded(6, 3));
    status(&workspace, &mut serve, "x", "completed");
    serve.terminate().expect(0);
}

#[test]
fn a_campaign_for_a_moment_waits_for_it_and_one_that_comes_too_late_is_not_sent() {
    let workspace = Workspace::at("2027-03-01T09:00:00-03:00");
    workspace.write("workspace.toml", format!("timezone = \"America/Sao_Paulo\"\n{}", super::SETTINGS));
    let at = |moment: &str| format!("[schedule]\nat = {moment}\n");
    workspace.write("inbox/x.csv", People::seeded(7, 3).csv());
    workspace.write("inbox/soon.toml", definition("soon", "x.csv", &at("2027-03-01T12:00:00")));
    workspace.write("inbox/past.toml", definition("past", "x.csv", &at("2027-03-01T07:00:00")));
    workspace.write("inbox/cron.toml", definition("cron", "x.csv", "[schedule]\ncron = \"0 8 * * FRI\"\n"));
    let mut serve = Serve::start(&workspace);
    let past = text(&workspace, &mut serve, "past.toml.problem.txt");
    assert!(past.contains("2027-03-01 07:00:00 -03") && past.contains("has passed"), "{past}");
    assert!(text(&workspace, &mut serve, "cron.toml.problem.txt").contains("schedule.cron"));
    let file = inbox(&workspace, "soon.status.txt");
    until("the moment to be waited for", || {
        fs::read_to_string(&file).ok().filter(|text| text.contains("next: 2027-03-01 12:00:00 -03"))
    });
    workspace.clock().jump_to("2027-03-01T12:00:01-03:00");
    status(&workspace, &mut serve, "soon", "completed");
    serve.terminate().expect(0);
    assert_eq!(runs(&workspace).len(), 1);
}

#[test]
fn what_is_not_worth_sending_any_more_is_told_whether_its_audience_came_or_not() {
    let workspace = Workspace::at("2027-03-01T09:00:00-03:00");
    workspace.write("workspace.toml", format!("timezone = \"America/Sao_Paulo\"\n{}", super::SETTINGS));
    let until_moment = |moment: &str| format!("[schedule]\nvalid_until = {moment}\n");
    workspace.write("inbox/x.csv", People::seeded(12, 3).csv());
    workspace.write("inbox/past.toml", definition("past", "x.csv", &until_moment("2027-03-01T08:00:00")));
    workspace.write("inbox/alone.toml", definition("alone", "y.csv", &until_moment("2027-03-01T12:00:00")));
    let mut serve = Serve::start(&workspace);
    let past = text(&workspace, &mut serve, "past.toml.problem.txt");
    assert!(past.contains("2027-03-01") && past.contains("worth sending until"), "{past}");
    let file = inbox(&workspace, "alone.status.txt");
    until("the audience to be waited for", || {
        fs::read_to_string(&file).ok().filter(|text| text.contains("waits for y.csv"))
    });
    workspace.clock().jump_to("2027-03-01T12:00:01-03:00");
    let alone = text(&workspace, &mut serve, "alone.toml.problem.txt");
    assert!(alone.contains("until 2027-03-01 12:00:00 -03, and y.csv was not here"), "{alone}");
    serve.terminate().expect(0);
    assert!(runs(&workspace).is_empty());
}

#[test]
fn what_waits_for_a_person_says_what_they_can_do() {
    let workspace = workspace();
    workspace.write("inbox/x.csv", People::seeded(13, 3).csv());
    workspace.write("inbox/x.toml", definition("x", "x.csv", "[safety]\napproval = true\n"));
    let mut serve = Serve::start(&workspace);
    let waiting = status(&workspace, &mut serve, "x", "waiting");
    let waiting = match waiting["run"].is_string() {
        true => waiting,
        false => serve.process().until("the run", |_| {
            let text = fs::read_to_string(inbox(&workspace, "x.status.json")).ok()?;
            let status: serde_json::Value = serde_json::from_str(&text).expect("whole");
            status["run"].is_string().then_some(status)
        }),
    };
    assert_eq!(waiting["waits_for"], "a person's approval", "{waiting}");
    let file = inbox(&workspace, "x.status.txt");
    let told = until("the same in words", || {
        fs::read_to_string(&file).ok().filter(|text| text.contains("state: waits for approval"))
    });
    assert!(told.contains("disparo approve x-1 --recipients 3"), "{told}");
    workspace.disparo(["approve", "x-1", "--recipients", "3"]).finish().expect(0);
    status(&workspace, &mut serve, "x", "completed");
    serve.terminate().expect(0);
}

#[test]
fn status_files_say_what_is_happening_and_rest_when_nothing_does() {
    let workspace = workspace();
    drop_campaign(&workspace, "spring", &People::seeded(8, 5));
    let mut serve = Serve::start(&workspace);
    let mut status = status(&workspace, &mut serve, "spring", "completed");
    for key in ["plan_hash", "created", "changed"] {
        assert!(status[key].is_string(), "{status}");
        status[key] = "…".into();
    }
    insta::assert_snapshot!("status_json", format!("{status:#}"));
    insta::assert_snapshot!("status_text", text(&workspace, &mut serve, "spring.status.txt"));
    let inode = || {
        ["spring.status.json", "spring.status.txt"]
            .map(|name| fs::metadata(inbox(&workspace, name)).expect("there").ino())
    };
    let before = inode();
    drop_campaign(&workspace, "other", &People::seeded(9, 5));
    super::status(&workspace, &mut serve, "other", "completed");
    assert_eq!(inode(), before, "nothing changed");
    fs::remove_file(inbox(&workspace, "spring.toml")).expect("removed");
    super::until_gone(&workspace, "spring.status.json");
    serve.terminate().expect(0);
}

#[test]
fn what_is_heard_after_the_end_is_told_as_well() {
    let workspace = Workspace::with_scenario("[statuses]\nafter = \"2s\"\n");
    workspace.write("workspace.toml", super::SETTINGS);
    let mut serve = Serve::start(&workspace);
    workspace.only_devino(&format!("callback_url = \"{}\"", serve.base_url()));
    let url = serve.url(&workspace, "devino");
    workspace.sandbox().send_webhooks_to("devino", Some(&url));
    drop_campaign(&workspace, "spring", &People::seeded(11, 5));
    status(&workspace, &mut serve, "spring", "completed");
    serve.process().until("everybody's reading to be told", |_| {
        let told = fs::read_to_string(inbox(&workspace, "spring.status.txt")).ok()?;
        told.contains("delivered: 5\nread: 5\n").then_some(())
    });
    serve.terminate().expect(0);
}

#[test]
fn the_systems_cron_takes_what_has_settled_and_complains_once() {
    let workspace = workspace();
    drop_campaign(&workspace, "x", &People::seeded(10, 3));
    let scheduled = || workspace.disparo(["run", "--scheduled"]).finish();
    until("the campaign to have settled and to be sent", || {
        let told = scheduled().expect(0);
        assert_eq!((told.stdout.as_str(), told.stderr.as_str()), ("", ""));
        fs::read_to_string(inbox(&workspace, "x.status.txt")).ok().filter(|text| text.contains("completed"))
    });
    workspace.write("inbox/bad.toml", "version = 1\n");
    until("the complaint", || (scheduled().code() == Some(3)).then_some(()));
    assert!(inbox(&workspace, "bad.toml.problem.txt").exists());
    scheduled().expect(0);
    assert_eq!(runs(&workspace).len(), 1);
}
