//! A thousand files at once, ten of them bad. `DISPARO_INBOX_FILES` makes it more, or fewer:
//!
//! ```text
//! DISPARO_INBOX_FILES=10000 cargo test --test it inbox::thousand
//! ```

use std::collections::BTreeSet;
use std::fs;

use super::bad_files::ten_bad;
use super::{definition, inbox, runs, workspace};
use crate::harness::{People, Serve, knob};

#[test]
fn a_thousand_files_at_once_are_all_handled() {
    let count = usize::try_from(knob("DISPARO_INBOX_FILES").unwrap_or(1_000)).expect("a count");
    let workspace = workspace();
    // As often as it is looked where nobody says otherwise: the system tells of changes.
    workspace.write("workspace.toml", "[folder]\nstable_for = \"150ms\"\n");
    let mut serve = Serve::start(&workspace);
    let bad = ten_bad(&workspace);
    let good = count - bad.len();
    for number in 0..good {
        let name = format!("c{number:05}");
        let people = People::seeded(1_000 + number as u64, 1);
        workspace.write(&format!("inbox/{name}.toml"), definition(&name, &format!("{name}.csv"), ""));
        workspace.write(&format!("inbox/{name}.csv"), people.csv());
    }
    let is_completed = |entry: &fs::DirEntry| {
        let is_status = entry.file_name().to_string_lossy().ends_with(".status.json");
        is_status
            && fs::read_to_string(entry.path()).is_ok_and(|text| text.contains("\"state\": \"completed\""))
    };
    let completed =
        || fs::read_dir(inbox(&workspace, "")).expect("a folder").flatten().filter(is_completed).count();
    let mut most = 0;
    // As long as more and more are handled.
    while most < good {
        most = serve.process().until("more campaigns", |_| {
            // A look reads a thousand files.
            std::thread::sleep(std::time::Duration::from_millis(300));
            Some(completed()).filter(|now| *now > most)
        });
    }
    for name in bad {
        assert!(inbox(&workspace, &format!("{name}.problem.txt")).exists(), "{name}");
    }
    let notes = fs::read_dir(inbox(&workspace, "")).expect("a folder").flatten();
    let notes = notes.filter(|entry| entry.file_name().to_string_lossy().ends_with(".problem.txt"));
    assert_eq!(notes.count(), bad.len());
    serve.terminate().expect(0);
    let runs = runs(&workspace);
    assert_eq!(runs.len(), good);
    assert!(runs.iter().all(|run| run["state"] == "completed" && run["tally"]["accepted"] == 1));
    let messaged: BTreeSet<_> =
        workspace.sandbox().accepted().into_iter().map(|accepted| accepted.to).collect();
    assert_eq!((messaged.len(), workspace.sandbox().accepted().len()), (good, good));
    workspace
        .is_not_judged("a process for each of a thousand runs takes longer than all of them did; see above");
}
