//! Finding runs: by name, by number, or the only one that can be meant.

use crate::journal::RunView;
use crate::ui::Exit;

use super::failure::Failure;
use super::owner::Owner;

/// All runs, oldest first.
///
/// # Errors
/// When the store cannot be read.
pub fn all(owner: &Owner) -> Result<Vec<RunView>, Failure> {
    owner.engine.journal.views().map_err(|error| Failure::new(Exit::Unexpected, error))
}

/// The run that `wanted` means: `black-friday-12`, or just `12`.
///
/// # Errors
/// When there is none.
pub fn find(owner: &Owner, wanted: &str) -> Result<RunView, Failure> {
    let views = all(owner)?;
    let is_meant = |view: &&RunView| {
        let plan = &view.facts.plan;
        plan.run_name.as_str() == wanted || plan.run.to_string() == wanted
    };
    if let Some(view) = views.iter().find(is_meant) {
        return Ok(view.clone());
    }
    let failure = Failure::usage(format!("there is no run \"{wanted}\""));
    Err(match views.last() {
        Some(newest) => failure.with_hint(format!(
            "`disparo status` lists the runs; the newest is {}",
            newest.facts.plan.run_name
        )),
        None => failure.with_hint("nothing has been run in this workspace yet"),
    })
}

/// The run that `wanted` means, or the only one for which `is_candidate` holds.
///
/// # Errors
/// When there is none, or more than one.
pub fn find_or_only(
    owner: &Owner,
    wanted: Option<&str>,
    what: &str,
    is_candidate: impl Fn(&RunView) -> bool,
) -> Result<RunView, Failure> {
    if let Some(wanted) = wanted {
        return find(owner, wanted);
    }
    let mut candidates: Vec<_> = all(owner)?.into_iter().filter(is_candidate).collect();
    match candidates.len() {
        1 => Ok(candidates.remove(0)),
        0 => Err(Failure::usage(format!("there is no run to {what}"))
            .with_hint("`disparo status` lists the runs with their states")),
        _ => {
            let names: Vec<_> = candidates.iter().map(|view| view.facts.plan.run_name.to_string()).collect();
            Err(Failure::usage(format!("several runs could be meant: {}", names.join(", ")))
                .with_hint(format!("say which one to {what}")))
        }
    }
}
