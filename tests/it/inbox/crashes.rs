//! `serve` dies, or is told to end, at any moment: no campaign is made twice, and none is forgotten.

use std::collections::BTreeSet;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{drop_campaign, inbox, runs, workspace};
use crate::harness::{Deadline, People, Serve, seed};

#[test]
fn a_killed_serve_makes_no_campaign_twice_and_forgets_none() {
    let workspace = workspace();
    let mut random = StdRng::seed_from_u64(seed("inbox"));
    let names: Vec<_> = (0..12).map(|number| format!("c{number:02}")).collect();
    for (number, name) in names.iter().enumerate() {
        drop_campaign(&workspace, name, &People::seeded(100 + number as u64, 20));
    }
    for _ in 0..6 {
        let mut serve = Serve::start(&workspace);
        let moment = Deadline::after(Duration::from_millis(random.random_range(100..900)));
        serve.process().lives_until(|| moment.left().is_none());
        if random.random_bool(0.5) {
            serve.kill();
        } else {
            // Whoever is told to end blames no file for it.
            serve.terminate();
            let notes =
                names.iter().filter(|name| inbox(&workspace, &format!("{name}.toml.problem.txt")).exists());
            assert_eq!(notes.count(), 0);
        }
    }
    let mut serve = Serve::start(&workspace);
    serve.process().until("every campaign to have its run", |_| {
        let has_run = |name: &String| {
            let status = std::fs::read_to_string(inbox(&workspace, &format!("{name}.status.json"))).ok()?;
            let status: serde_json::Value = serde_json::from_str(&status).expect("whole");
            status["run"].is_string().then_some(())
        };
        names.iter().all(|name| has_run(name).is_some()).then_some(())
    });
    serve.terminate().expect(0);
    let runs = runs(&workspace);
    let campaigns: BTreeSet<_> = runs.iter().map(|run| run["campaign"].as_str().expect("a name")).collect();
    assert_eq!(runs.len(), names.len(), "{runs:#?}");
    assert_eq!(campaigns.len(), names.len());
    for name in &names {
        assert!(!inbox(&workspace, &format!("{name}.toml.problem.txt")).exists(), "{name}");
    }
    // Whoever is in doubt after a crash is left alone, and what was interrupted goes on.
    for run in runs
        .iter()
        .filter(|run| ["planned", "interrupted"].contains(&run["state"].as_str().expect("a state")))
    {
        workspace.disparo(["resume", run["run"].as_str().expect("a name")]).finish();
    }
}
