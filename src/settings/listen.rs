//! `[listen]` of `workspace.toml`: where webhooks are listened for, and whose are taken.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::{fs, io};

use ipnet::IpNet;
use secrecy::SecretString;
use serde::Deserialize;
use thiserror::Error;

use super::SecretError;
use super::secret;
use crate::document::{Findings, Placed, Table, TextList};
use crate::domain::Problem;

/// See the module. Everything may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listen {
    /// Where.
    pub address: Option<SocketAddr>,
    /// How it shows who it is; without, nothing is encrypted.
    pub identity: Option<Identity>,
    /// Proxies whose word is taken for where a request comes from.
    pub proxies: Vec<IpNet>,
    /// Who may post; everybody when empty.
    pub allow: Vec<IpNet>,
    /// Where `/metrics`, `/healthz` and `/readyz` are answered; nowhere when absent.
    pub metrics: Option<SocketAddr>,
}

/// Files with a certificate and its key, both PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The chain, the own certificate first.
    pub certificate: PathBuf,
    /// The private key, which its owner alone can read.
    pub key: PathBuf,
}

/// Why a certificate or its key could not be had.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// The certificate.
    #[error("the certificate's file `{}` cannot be read: {source}", file.display())]
    Certificate {
        /// Its file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The key.
    #[error(transparent)]
    Key(#[from] SecretError),
}

impl IdentityError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Certificate { .. } => {
                "[listen] certificate in workspace.toml is seen from the workspace's folder".to_owned()
            }
            Self::Key(SecretError::OpenToOthers { file, .. }) => format!("chmod 600 {}", file.display()),
            Self::Key(_) => "[listen] key in workspace.toml names the certificate's private key".to_owned(),
        }
    }
}

impl Identity {
    /// Reads both: the certificate's PEM, and the key's.
    ///
    /// # Errors
    /// When one cannot be read, or others than its owner can read the key.
    pub fn read(&self) -> Result<(Vec<u8>, SecretString), IdentityError> {
        let unreadable = |source| IdentityError::Certificate { file: self.certificate.clone(), source };
        let certificate = fs::read(&self.certificate).map_err(unreadable)?;
        Ok((certificate, secret::read_private(&self.key)?))
    }
}

/// The table, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawListen {
    address: Option<Placed<String>>,
    certificate: Option<Placed<String>>,
    key: Option<Placed<String>>,
    proxies: Option<Placed<TextList>>,
    allow: Option<Placed<TextList>>,
    metrics: Option<Placed<String>>,
}

/// Reads the table of a workspace in this folder.
pub(super) fn read(raw: Placed<Table<RawListen>>, root: &Path, findings: &mut Findings) -> Listen {
    let (span, Table(raw)) = (raw.span, raw.value);
    let webhooks = "write \"127.0.0.1:8321\" behind a proxy, \"0.0.0.0:443\" for everybody";
    let address = raw.address.and_then(|given| findings.keep(address_of(&given, "listen.address", webhooks)));
    let operators =
        "write \"127.0.0.1:9321\" for this machine alone, or an address that only your operators reach";
    let metrics =
        raw.metrics.and_then(|given| findings.keep(address_of(&given, "listen.metrics", operators)));
    let mut file = |given: Option<Placed<String>>, key: &str| {
        let given = given?;
        if given.value.trim().is_empty() {
            findings.report(Problem::at(given.span, key, format!("`{key}` is empty")));
            return None;
        }
        Some(root.join(given.value))
    };
    let (certificate, key) = (file(raw.certificate, "listen.certificate"), file(raw.key, "listen.key"));
    let identity = match (certificate, key) {
        (Some(certificate), Some(key)) => Some(Identity { certificate, key }),
        (None, None) => None,
        (certificate, _) => {
            let (has, lacks) =
                if certificate.is_some() { ("certificate", "key") } else { ("key", "certificate") };
            let path = format!("listen.{lacks}");
            let problem = || {
                let sentence = format!("`{path}` is missing: `listen.{has}` is of no use without it");
                Problem::at(span, &path, sentence)
                    .with_hint("write both for TLS; leave both out behind a proxy that speaks TLS")
            };
            let _ = findings.require(None::<()>, problem);
            None
        }
    };
    let proxies = networks(raw.proxies, "listen.proxies", findings);
    let allow = networks(raw.allow, "listen.allow", findings);
    Listen { address, identity, proxies, allow, metrics }
}

/// An address with a port, under this key.
pub(super) fn address_of(given: &Placed<String>, key: &str, hint: &str) -> Result<SocketAddr, Problem> {
    given.value.parse().map_err(|_| {
        let sentence = format!("`{key}` is not an address with a port: \"{}\"", given.value);
        Problem::at(given.span.clone(), key, sentence).with_hint(hint)
    })
}

/// Networks, or single addresses.
fn networks(given: Option<Placed<TextList>>, key: &str, findings: &mut Findings) -> Vec<IpNet> {
    let Some(given) = given else { return Vec::new() };
    if given.value.0.is_empty() {
        let problem = Problem::at(given.span, key, format!("`{key}` is an empty list"));
        findings.report(problem.with_hint("leave it out"));
        return Vec::new();
    }
    let read = |text: &Placed<String>| {
        let network = text.value.parse().or_else(|_| text.value.parse::<IpAddr>().map(IpNet::from));
        network.map_err(|_| {
            let sentence = format!("`{key}` has something that is no network: \"{}\"", text.value);
            Problem::at(text.span.clone(), key, sentence)
                .with_hint("write networks, \"10.0.0.0/8\", or addresses, \"203.0.113.7\"")
        })
    };
    given
        .value
        .0
        .iter()
        .filter_map(|text| findings.keep(read(text).map(|network: IpNet| network.trunc())))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::settings::Preferences;
    use crate::settings::testing::written;

    #[test]
    fn the_table_says_where_and_whom() {
        let (folder, file) = written(
            "[listen]\naddress = \"0.0.0.0:443\"\ncertificate = \"tls/chain.pem\"\nkey = \"/etc/key.pem\"\n\
             proxies = [\"10.1.2.3/8\", \"fd00::/8\"]\nallow = [\"203.0.113.7\"]\nmetrics = \"127.0.0.1:9321\"\n",
        );
        let network = |text: &str| text.parse::<IpNet>().expect("a network");
        let expected = Listen {
            address: Some("0.0.0.0:443".parse().expect("an address")),
            identity: Some(Identity {
                certificate: folder.path().join("tls/chain.pem"),
                key: PathBuf::from("/etc/key.pem"),
            }),
            proxies: vec![network("10.0.0.0/8"), network("fd00::/8")],
            allow: vec![network("203.0.113.7/32")],
            metrics: Some("127.0.0.1:9321".parse().expect("an address")),
        };
        assert_eq!(Preferences::read(&file).expect("readable").listen, expected);
        let (_folder, file) = written("[listen]");
        assert_eq!(Preferences::read(&file).expect("readable").listen, Listen::default());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let told = [
            "listen = 8321",
            "[listen]\naddress = 8321",
            "[listen]\naddress = \"localhost\"",
            "[listen]\nmetrics = \"9321\"",
            "[listen]\nadress = \"127.0.0.1:8321\"",
            "[listen]\ncertificate = \"chain.pem\"",
            "[listen]\nkey = \"key.pem\"",
            "[listen]\ncertificate = \" \"\nkey = 1",
            "[listen]\nproxies = []\nallow = [\"10.0.0.0/8\", \"10.0.0.0/33\", \"example.com\"]",
        ]
        .map(|text| {
            let (_folder, file) = written(text);
            let problems = Preferences::read(&file).expect_err(text);
            let lines = problems.list().iter().map(|problem| {
                let place = problems.place(problem).expect("a place");
                format!("{place}: {} | {}", problem.sentence, problem.hint.as_deref().unwrap_or("-"))
            });
            lines.collect::<Vec<_>>().join("\n")
        });
        insta::assert_snapshot!(told.join("\n\n"));
    }

    #[test]
    fn a_key_is_its_owners_alone() {
        let (folder, _) = written("");
        let identity =
            Identity { certificate: folder.path().join("chain.pem"), key: folder.path().join("key.pem") };
        assert!(matches!(identity.read(), Err(IdentityError::Certificate { .. })));
        fs::write(&identity.certificate, "a chain\nof lines\n").expect("a writable folder");
        fs::write(&identity.key, "a key\nof lines\n").expect("a writable folder");
        fs::set_permissions(&identity.key, Permissions::from_mode(0o644)).expect("our own file");
        let error = identity.read().expect_err("open to others");
        assert!(matches!(&error, IdentityError::Key(SecretError::OpenToOthers { .. })), "{error}");
        assert_eq!(error.hint(), format!("chmod 600 {}", identity.key.display()));
        fs::set_permissions(&identity.key, Permissions::from_mode(0o600)).expect("our own file");
        assert_eq!(identity.read().expect("readable").0, b"a chain\nof lines\n");
    }
}
