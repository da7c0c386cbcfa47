//! Commands that are carried out by `serve` on another machine.

use std::path::Path;
use std::sync::Arc;

use secrecy::ExposeSecret;

use crate::clock::Clock;
use crate::control::{Client, Token};
use crate::domain::SecretReference;
use crate::settings::{Environment, SecretError, secret};
use crate::ui::{Exit, Printer};

use super::arguments::{Command, Global};
use super::failure::Failure;
use super::forward;

/// The variable with the token, where no file is named.
const VARIABLE: &str = "DISPARO_TOKEN";

/// Where the command is carried out, when that is another machine.
///
/// # Errors
/// When the command line names another machine, and the command cannot be carried out there.
pub fn address_of(
    global: &Global,
    environment: &Environment,
    command: &Command,
) -> Result<Option<String>, Failure> {
    let is_elsewhere = command.can_be_elsewhere();
    match (&global.remote, environment.remote()) {
        (Some(_), _) if !is_elsewhere => {
            Err(Failure::usage("this command is not carried out by another machine's `disparo serve`")
                .with_hint("leave out --remote; what needs the machine's own files or accounts is run on it"))
        }
        (Some(address), _) => Ok(Some(address.clone())),
        (None, Some(address)) if is_elsewhere => Ok(Some(address)),
        (None, _) if global.token_file.is_some() && is_elsewhere => {
            Err(Failure::usage("--token-file is of no use without --remote HOST:PORT"))
        }
        (None, _) => Ok(None),
    }
}

/// Has the command line carried out there.
///
/// # Errors
/// When there is no token, nobody answers, one side does not know the token, or the answer breaks off.
pub async fn carry_out(
    address: &str,
    global: &Global,
    command: &Command,
    environment: &Environment,
    clock: Arc<dyn Clock>,
    printer: &Printer,
    cwd: &Path,
) -> Result<Exit, Failure> {
    let token = token_of(global, environment, cwd)?;
    loop {
        let client = Client::connect_to(address, &token, &*clock).await?;
        let line = environment.arguments();
        let forwarded =
            forward::forward(client, line, command.sends(), Arc::clone(&clock), printer, cwd).await?;
        if let Some(exit) = forwarded {
            return Ok(exit);
        }
    }
}

fn token_of(global: &Global, environment: &Environment, cwd: &Path) -> Result<Token, Failure> {
    let kept = match &global.token_file {
        Some(file) => SecretReference::File(cwd.join(file)),
        None => SecretReference::Env(VARIABLE.to_owned()),
    };
    let token = secret::resolve_in(&kept, environment).map_err(|error| match error {
        SecretError::VariableMissing(_) | SecretError::VariableEmpty(_) => {
            Failure::usage("there is no token for the server of --remote").with_hint(format!(
                "set {VARIABLE} to it, or name a file that only you can read with --token-file FILE"
            ))
        }
        error => Failure::usage(&error).with_hint(error.hint()),
    })?;
    Ok(Token::new(token.expose_secret()))
}

/// The token by which a workspace's `serve` knows who may give commands from elsewhere.
///
/// # Errors
/// When it cannot be had, or is short.
pub fn token_of_server(kept: &SecretReference) -> Result<Token, Failure> {
    let token = secret::resolve(kept).map_err(|error| {
        let hint = error.hint();
        Failure::invalid(format!("the token of [control] in workspace.toml cannot be had: {error}"))
            .with_hint(hint)
    })?;
    let length = token.expose_secret().chars().count();
    if length < Token::LEAST {
        let sentence = format!(
            "the token of [control] in workspace.toml has {length} characters, and needs {} or more",
            Token::LEAST
        );
        return Err(Failure::invalid(sentence).with_hint("`openssl rand -hex 32` makes a good one"));
    }
    Ok(Token::new(token.expose_secret()))
}

impl Command {
    /// Whether another machine's `serve` may carry it out: what it carries out for processes of its own machine.
    fn can_be_elsewhere(&self) -> bool {
        let is_local = matches!(
            self,
            Self::Init(_) | Self::Schema(_) | Self::Completions(_) | Self::Man(_) | Self::Sandbox(_)
        );
        let stays = matches!(self, Self::Serve(arguments) if arguments.stays());
        !is_local && !stays && !self.asks_a_provider()
    }
}
