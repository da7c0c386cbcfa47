//! Getting at the store: as its owner, or through whoever owns it.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::control::Client;
use crate::engine::Interrupt;
use crate::journal::OpenError;
use crate::settings::{Environment, Workspace};
use crate::ui::Printer;

use super::failure::Failure;
use super::owner::Owner;

/// How long an owner that does not answer is waited for. Commands that only look or settle something own
/// the store for a moment and do not listen; whoever sends does.
const PATIENCE: Duration = Duration::from_secs(30);

/// Time between two attempts.
const PAUSE: Duration = Duration::from_millis(25);

/// After this long, the person is told what is waited for.
const SILENCE: Duration = Duration::from_secs(2);

/// Who owns the store.
#[derive(Debug)]
pub enum Reached {
    /// This process, from now on.
    Ours(Box<Owner>),
    /// Another one, which takes commands.
    Anothers(Client),
}

/// Opens the store, or finds its owner.
///
/// # Errors
/// When the store cannot be opened, or its owner neither answers nor ends.
pub async fn reach(
    workspace: &Workspace,
    environment: &Environment,
    clock: &Arc<dyn Clock>,
    printer: &Printer,
) -> Result<Reached, Failure> {
    let begun = clock.tick();
    let mut is_told = false;
    loop {
        let in_use =
            match Owner::open(workspace.clone(), environment.clone(), clock.clone(), Interrupt::new()) {
                Ok(owner) => return Ok(Reached::Ours(Box::new(owner))),
                Err(error @ OpenError::InUse { .. }) => error,
                Err(error) => return Err(error.into()),
            };
        if let Some(client) = Client::connect(&workspace.store_dir()).await? {
            return Ok(Reached::Anothers(client));
        }
        let waited = clock.tick().since(begun);
        if waited > PATIENCE {
            return Err(
                Failure::from(in_use).with_hint("it neither takes commands nor ends; end it and try again")
            );
        }
        if waited > SILENCE && !is_told {
            printer.note(&format!("waiting: {in_use}"));
            is_told = true;
        }
        clock.sleep_until(clock.tick().after(PAUSE)).await;
    }
}
