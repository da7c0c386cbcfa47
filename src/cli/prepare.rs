//! What `check`, `preview` and `run` share before rows are judged: accounts are asked, and whoever waits for
//! a long list sees it come.

use std::slice;
use std::time::Duration;

use crate::engine::occurrence::Wanted;
use crate::engine::planning::{Asking, Planned, Prepared, Source};
use crate::events::Event;
use crate::ui::words;

use super::campaigns::Loaded;
use super::execute::Execution;
use super::failure::Failure;
use super::fallback;

/// Between two words about a list that is still coming.
const BETWEEN: Duration = Duration::from_secs(3);

/// Plans a campaign: its accounts are asked, its rows judged, its fallback frozen beside it.
///
/// # Errors
/// When a channel cannot be made ready, an account not be asked, or the plan is refused.
pub async fn plan(execution: &Execution, loaded: &Loaded, wanted: Wanted) -> Result<Planned, Failure> {
    let owner = execution.owner.as_ref();
    let providers = loaded.providers();
    let source = loaded.source(&providers);
    let prepared = prepare_telling(execution, loaded, &source).await?;
    let fallback = fallback::frozen(owner, loaded).await?;
    let results = owner.workspace.results_dir();
    let mut planned = execution.engine().plan(&source, &prepared, wanted, &results).await?;
    planned.fallback = fallback;
    Ok(planned)
}

/// Asks what has to be asked, and tells what is worth knowing of the answers.
///
/// # Errors
/// As [`prepare`].
pub async fn prepare_telling(
    execution: &Execution,
    loaded: &Loaded,
    source: &Source<'_>,
) -> Result<Prepared, Failure> {
    let prepared = prepare(execution, loaded, source).await?;
    for note in &prepared.notes {
        execution.printer.warning(note);
    }
    Ok(prepared)
}

/// Asks what has to be asked.
///
/// # Errors
/// When a channel cannot be made ready, or an account not be asked.
pub async fn prepare(
    execution: &Execution,
    loaded: &Loaded,
    source: &Source<'_>,
) -> Result<Prepared, Failure> {
    let owner = execution.owner.as_ref();
    let links = owner.links(&loaded.channels).await?;
    let asked = match &loaded.asked {
        Some(channel) => owner.links(slice::from_ref(channel)).await?.pop(),
        None => None,
    };
    let engine = execution.engine();
    let mut heard = engine.events.listen();
    let mut told = engine.clock.tick();
    let preparing = engine.prepare(source, Asking { links: &links, source: asked.as_deref() });
    tokio::pin!(preparing);
    loop {
        tokio::select! {
            prepared = &mut preparing => return Ok(prepared?),
            event = heard.recv() => {
                let now = engine.clock.tick();
                let (campaign, items, total, doing) = match event {
                    Ok(Event::Fetched { campaign, items, total }) => {
                        (campaign, items, total, "asking for the audience")
                    }
                    Ok(Event::LookedAt { campaign, files, total }) => {
                        (campaign, files, Some(total), "looking at the files")
                    }
                    Ok(_) | Err(_) => continue,
                };
                if campaign != loaded.campaign.name || now.since(told) < BETWEEN {
                    continue;
                }
                told = now;
                let all = total.map(|total| format!(" of {}", words::count(total))).unwrap_or_default();
                let items = words::count(items);
                execution.printer.note(&format!("{doing} of {campaign}: {items}{all} so far"));
            }
        }
    }
}
