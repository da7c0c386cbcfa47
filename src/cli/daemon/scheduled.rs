//! `disparo run --scheduled`: one pass for the system's cron, and its end.

use crate::cli::execute::Execution;
use crate::cli::failure::Failure;
use crate::cli::intake::Intake;
use crate::cli::launcher::Launcher;
use crate::cli::telling::Telling;
use crate::ui::Exit;

use super::pass::Pass;
use super::supervisor::Supervisor;

/// Goes on with what was left behind, launches what is due or was dropped into the inbox, sends all of it, and
/// gives the worst that came of it.
/// Nothing is said where nothing is wrong.
///
/// # Errors
/// When the store or the workspace's folder cannot be read.
pub async fn scheduled(execution: &Execution) -> Result<Exit, Failure> {
    let execution = Execution { telling: Telling::Trouble, ..execution.clone() };
    let launcher = Launcher::new(execution.clone());
    let (_, mut exits) = Supervisor::new(launcher.clone()).begin().await?;
    exits.extend(Pass::new(launcher.clone()).make().await?.exits);
    exits.push(Intake::new(execution, launcher.clone()).once().await?);
    exits.push(launcher.finish().await);
    Ok(Exit::worst(exits))
}
