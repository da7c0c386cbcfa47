//! Definitions in the workspace's own folder: status and notes beside those with a schedule, drafts in peace.

use std::fs;

use super::{SETTINGS, definition, runs};
use crate::harness::{People, Serve, Workspace, until};

fn workspace() -> Workspace {
    let workspace = Workspace::at("2027-03-01T09:00:00-03:00");
    workspace.write("workspace.toml", format!("timezone = \"America/Sao_Paulo\"\n{SETTINGS}"));
    workspace
}

#[test]
fn a_scheduled_definition_has_its_status_beside_it() {
    let workspace = workspace();
    workspace.write("x.csv", People::seeded(11, 3).csv());
    workspace.write("daily.toml", definition("daily", "x.csv", "[schedule]\ncron = \"0 10 * * *\"\n"));
    let mut serve = Serve::start(&workspace);
    let file = workspace.folder().join("daily.status.txt");
    let said = |serve: &mut Serve, what: &str| {
        serve.process().until(what, |_| fs::read_to_string(&file).ok().filter(|text| text.contains(what)))
    };
    said(&mut serve, "next: 2027-03-01 10:00:00 -03");
    workspace.clock().jump_to("2027-03-01T10:00:01-03:00");
    said(&mut serve, "state: completed");
    said(&mut serve, "next: 2027-03-02 10:00:00 -03");
    fs::remove_file(workspace.folder().join("daily.toml")).expect("removed");
    until("the status to go", || (!file.exists()).then_some(()));
    serve.terminate().expect(0);
}

#[test]
fn a_definition_for_a_moment_has_its_status_beside_it() {
    let workspace = workspace();
    workspace.write("x.csv", People::seeded(12, 3).csv());
    workspace.write("soon.toml", definition("soon", "x.csv", "[schedule]\nat = 2027-03-01T10:00:00\n"));
    let mut serve = Serve::start(&workspace);
    let file = workspace.folder().join("soon.status.txt");
    let said = |serve: &mut Serve, what: &str| {
        serve.process().until(what, |_| fs::read_to_string(&file).ok().filter(|text| text.contains(what)))
    };
    said(&mut serve, "next: 2027-03-01 10:00:00 -03");
    workspace.clock().jump_to("2027-03-01T10:00:01-03:00");
    assert!(!said(&mut serve, "state: completed").contains("next:"));
    serve.terminate().expect(0);
    assert_eq!(runs(&workspace).len(), 1);
}

#[test]
fn what_cannot_be_scheduled_has_a_note_until_it_is_mended_and_drafts_have_none() {
    let workspace = workspace();
    let cron = "[schedule]\ncron = \"0 10 * * *\"\n";
    let broken = definition("broken", "x.csv", cron).replace("[message]", "[massage]");
    workspace.write("broken.toml", &broken);
    workspace.write("draft.toml", "name = \"draft\"\n");
    workspace.write("half.toml", "name = \"half");
    workspace.write("gone.toml.problem.txt", "of a file that is not there any more");
    workspace.write("late.toml", definition("late", "late.csv", cron));
    workspace.write("x.csv", People::seeded(13, 3).csv());
    let mut serve = Serve::start(&workspace);
    let note = |name: &str| workspace.folder().join(format!("{name}.toml.problem.txt"));
    let told =
        |serve: &mut Serve, name: &str| serve.process().until(name, |_| fs::read_to_string(note(name)).ok());
    let gone = |name: &str| until(&format!("{name}'s note to go"), || (!note(name).exists()).then_some(()));
    let text = told(&mut serve, "broken");
    assert!(text.contains("broken.toml:") && text.contains("massage"), "{text}");
    assert!(!text.contains(&*workspace.folder().to_string_lossy()), "{text}");
    gone("gone");
    // Due, and without its audience.
    workspace.clock().jump_to("2027-03-01T10:00:01-03:00");
    let text = told(&mut serve, "late");
    assert!(text.contains("late.csv"), "{text}");
    workspace.write("broken.toml", broken.replace("[massage]", "[message]"));
    gone("broken");
    workspace.write("late.csv", People::seeded(14, 3).csv());
    workspace.clock().jump_to("2027-03-01T10:00:40-03:00");
    gone("late");
    assert!(!note("draft").exists() && !note("half").exists());
    serve.terminate().expect(0);
}
