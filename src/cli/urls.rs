//! `disparo serve --print-urls` and `--rotate-url`: the addresses to give to providers. Nothing else shows them.

use std::net::SocketAddr;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::domain::Channel;
use crate::ui::Exit;
use crate::ui::printer::Format;

use super::execute::Execution;
use super::failure::Failure;
use super::hooks;

/// A channel, and its webhook's address or why it has none.
struct Shown {
    channel: String,
    url: Result<SecretString, String>,
}

/// Prints the address of every channel.
///
/// # Errors
/// When `channels.toml` is wrong, or a secret cannot be made.
pub async fn print(execution: &Execution, listen: Option<SocketAddr>) -> Result<Exit, Failure> {
    let owner = &execution.owner;
    let channels = owner.channels()?;
    let mut shown = Vec::new();
    for channel in channels.names().filter_map(|name| channels.get(name)) {
        let url = match base(execution, channel, listen) {
            Ok(base) => {
                heed(execution, channel)?;
                let secret = owner.hooks.newest(&channel.name).await?;
                Ok(hooks::address(&base, &channel.name, secret.expose_secret()).into())
            }
            Err(missing) => Err(missing),
        };
        shown.push(Shown { channel: channel.name.clone(), url });
    }
    let exit = if shown.iter().any(|shown| shown.url.is_ok()) { Exit::Settled } else { Exit::Invalid };
    tell(execution, &shown);
    Ok(exit)
}

/// Makes a channel's address anew and prints it.
///
/// # Errors
/// When there is no such channel, or its secret cannot be made.
pub async fn rotate(
    execution: &Execution,
    channel: &str,
    listen: Option<SocketAddr>,
) -> Result<Exit, Failure> {
    let owner = &execution.owner;
    let channels = owner.channels()?;
    let channel =
        channels.find(channel).map_err(|error| Failure::usage(&error).with_hint(error.hint.clone()))?;
    // Without an address nobody could be told what is new about it.
    let base = base(execution, channel, listen).map_err(Failure::invalid)?;
    heed(execution, channel)?;
    let secret = owner.hooks.rotate(&channel.name).await?;
    let url = Ok(hooks::address(&base, &channel.name, secret.expose_secret()).into());
    tell(execution, &[Shown { channel: channel.name.clone(), url }]);
    execution.printer.note("webhooks to the address before this one are taken for 30 more days");
    Ok(Exit::Settled)
}

/// An address that is shown is heard, also that of a channel that was not there when the listener began.
fn heed(execution: &Execution, channel: &Channel) -> Result<(), Failure> {
    execution.owner.ears.get().map_or(Ok(()), |ear| ear.listen_for(channel))
}

/// The base of a channel's address, or what is missing for one.
fn base(execution: &Execution, channel: &Channel, listen: Option<SocketAddr>) -> Result<String, String> {
    let owner = &execution.owner;
    let name = &channel.name;
    if !channel.sandbox {
        return channel.callback_url.clone().ok_or_else(|| {
            format!(
                "channel `{name}` has no callback_url in channels.toml: the public address at which the \
                 provider reaches `disparo serve`, such as \"https://hooks.example.com\""
            )
        });
    }
    let settings = &owner.workspace.preferences().listen;
    let named = || listen.or(settings.address).filter(|address| address.port() != 0);
    let base = owner.ears.get().map(|ear| ear.base).or_else(|| Some(format!("http://{}", named()?)));
    base.ok_or_else(|| {
        format!(
            "channel `{name}` is the simulator's, which reaches the listener of its own process alone, and \
             none is running; name one with --listen"
        )
    })
}

fn tell(execution: &Execution, shown: &[Shown]) {
    let printer = &execution.printer;
    match printer.format() {
        Format::Json => {
            let json = |shown: &Shown| {
                let url = shown.url.as_ref().ok().map(|url| url.expose_secret().to_owned());
                let missing = shown.url.as_ref().err();
                json!({ "channel": shown.channel, "url": url, "missing": missing })
            };
            printer.json(&shown.iter().map(json).collect::<Vec<Value>>());
        }
        Format::Text => {
            let width = shown.iter().map(|shown| shown.channel.chars().count()).max().unwrap_or(0);
            for Shown { channel, url } in shown {
                match url {
                    Ok(url) => printer.data(&format!("{channel:<width$}  {}", url.expose_secret())),
                    Err(missing) => printer.warning(missing),
                }
            }
        }
    }
}
