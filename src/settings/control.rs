//! `[control]` of `workspace.toml`: where `serve` takes commands from other machines, and who may give them.

use std::net::SocketAddr;
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::hidden::Hidden;
use super::{listen, reference};
use crate::document::{Findings, Placed, Table};
use crate::domain::{Problem, SecretReference};

/// The table's name.
pub(super) const TABLE: &str = "control";

const ADDRESS: &str = "control.address";
const TOKEN: &str = "control.token";

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Where: this machine's own, since what is said there is not encrypted.
    pub address: SocketAddr,
    /// Where the token is kept, by which those who may give commands are known.
    pub token: SecretReference,
}

/// The table, as it is written; the token is read by [`read`] itself.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawControl {
    address: Option<Placed<String>>,
    #[serde(rename = "token")]
    _token: Option<IgnoredAny>,
}

/// Reads the table of a workspace in this folder out of the whole file.
pub(super) fn read(
    raw: Placed<Table<RawControl>>,
    file: &Spanned<DeTable<'_>>,
    root: &Path,
    hidden: &mut Hidden,
    findings: &mut Findings,
) -> Option<Control> {
    let (span, Table(raw)) = (raw.span, raw.value);
    let written = file.get_ref().get(TABLE).and_then(|value| value.get_ref().as_table())?;
    let missing = |path: &str, hint: &str| {
        let sentence = format!("`{path}` is missing: [control] is of no use without it");
        Problem::at(span.clone(), path, sentence).with_hint(hint)
    };
    let address = match raw.address {
        Some(given) => findings.keep(address_of(&given)),
        None => findings.require(None, || missing(ADDRESS, "write \"127.0.0.1:8322\"")),
    };
    let token = match written.get("token") {
        Some(given) => reference::read(given, TOKEN, root, hidden, findings),
        None => findings.require(None, || missing(TOKEN, &reference::hint(TOKEN))),
    };
    Some(Control { address: address?, token: token? })
}

/// Hides what may be a token, also under a key that is none.
pub(super) fn hide(file: &Spanned<DeTable<'_>>, hidden: &mut Hidden) {
    match file.get_ref().get(TABLE).map(|value| (value.get_ref(), value.span())) {
        Some((DeValue::Table(table), _)) => {
            let harmless = |name: &str, value: &DeValue<'_>| {
                name == "address" || (name == "token" && matches!(value, DeValue::Table(_)))
            };
            let others = table.iter().filter(|(name, value)| !harmless(name.get_ref(), value.get_ref()));
            others.for_each(|(_, value)| hidden.add(value.span()));
        }
        Some((_, span)) => hidden.add(span),
        None => {}
    }
}

fn address_of(given: &Placed<String>) -> Result<SocketAddr, Problem> {
    let address = listen::address_of(given, ADDRESS, "write \"127.0.0.1:8322\"")?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    let sentence =
        format!("`{ADDRESS}` is not this machine's alone, and what is said there is not encrypted");
    let tunnel = "write \"127.0.0.1:8322\" and use an SSH tunnel or a VPN: ssh -L 8322:127.0.0.1:8322 HOST";
    Err(Problem::at(given.span.clone(), ADDRESS, sentence).with_hint(tunnel))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Preferences;
    use crate::settings::testing::written;

    #[test]
    fn the_table_says_where_and_by_which_token() {
        let (folder, file) =
            written("[control]\naddress = \"127.0.0.1:8322\"\ntoken = { file = \"control.token\" }\n");
        let expected = Control {
            address: "127.0.0.1:8322".parse().expect("an address"),
            token: SecretReference::File(folder.path().join("control.token")),
        };
        assert_eq!(Preferences::read(&file).expect("readable").control, Some(expected));
        let (_folder, file) = written("[control]\naddress = \"[::1]:0\"\ntoken = { env = \"CONTROL\" }\n");
        let read = Preferences::read(&file).expect("readable").control.expect("a table");
        assert_eq!(read.token, SecretReference::Env("CONTROL".to_owned()));
        let (_folder, file) = written("language = \"pt\"\n");
        assert_eq!(Preferences::read(&file).expect("readable").control, None);
    }

    #[test]
    fn what_is_wrong_is_told_without_the_token() {
        let token = "{ env = \"T\" }";
        let told = [
            ("[control]\naddress = \"127.0.0.1:8322\"".to_owned(), "`control.token` is missing"),
            (format!("[control]\ntoken = {token}"), "`control.address` is missing"),
            (format!("[control]\naddress = \"8322\"\ntoken = {token}"), "is not an address with a port"),
            (format!("[control]\naddress = \"0.0.0.0:8322\"\ntoken = {token}"), "SSH tunnel or a VPN"),
            (format!("[control]\naddress = \"10.0.0.7:8322\"\ntoken = {token}"), "this machine's alone"),
            (
                "[control]\naddress = \"127.0.0.1:1\"\ntoken = \"sesame-sesame-sesame\"".to_owned(),
                "holds the secret itself",
            ),
            ("[control]\naddress = \"127.0.0.1:1\"\ntokn = \"sesame-sesame-sesame\"".to_owned(), "tokn"),
            ("control = \"sesame-sesame-sesame\"".to_owned(), "control"),
            ("[control]\ntoken = \"sesame-sesame-sesame".to_owned(), "a quote is opened"),
        ];
        for (text, expected) in told {
            let (_folder, file) = written(&text);
            let problems = Preferences::read(&file).expect_err(&text);
            let said = format!("{problems}\n{problems:?}");
            assert!(said.contains(expected), "{text}: {said}");
            assert!(!said.contains("sesame"), "{text}: {said}");
        }
    }
}
