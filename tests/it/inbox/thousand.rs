//! A thousand files at once, ten of them bad.

use std::fs;

use super::bad_files::ten_bad;
use super::{definition, inbox, runs, workspace};
use crate::harness::{People, Serve, knob, tell};

#[test]
fn a_thousand_files_at_once_are_all_handled() {
    let count = usize::try_from(knob("DISPARO_INBOX_FILES").unwrap_or(1_000)).expect("a count");
    let workspace = workspace();
    let mut serve = Serve::start(&workspace);
    let bad = ten_bad(&workspace);
    let good = count - bad.len();
    for number in 0..good {
        let name = format!("c{number:05}");
        let people = People::seeded(1_000 + number as u64, 1);
        workspace.write(&format!("inbox/{name}.toml"), definition(&name, &format!("{name}.csv"), ""));
        workspace.write(&format!("inbox/{name}.csv"), people.csv());
    }
    let completed = || {
        let is_completed = |entry: fs::DirEntry| {
            let is_status = entry.file_name().to_string_lossy().ends_with(".status.json");
            is_status
                && fs::read_to_string(entry.path())
                    .is_ok_and(|text| text.contains("\"state\": \"completed\""))
        };
        fs::read_dir(inbox(&workspace, ""))
            .expect("a folder")
            .flatten()
            .filter(|_| true)
            .map(is_completed)
            .filter(|is| *is)
            .count()
    };
    let mut most = 0;
    // As long as more and more are handled.
    while most < good {
        most = serve.process().until("more campaigns", |_| {
            std::thread::sleep(std::time::Duration::from_millis(500));
            Some(completed()).filter(|now| *now > most)
        });
        tell(&format!("{most} of {good}"));
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
    assert!(runs.iter().all(|run| run["state"] == "completed"));
}
