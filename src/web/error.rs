//! Why nobody can be listened to.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;

/// See the module. Never says anything of a key.
#[derive(Debug, Error)]
pub enum ListenError {
    /// The address cannot be listened on.
    #[error("cannot listen for webhooks on {address}: {source}")]
    Address {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The certificate's file has no certificate in it.
    #[error("the certificate's file has no certificate in PEM form")]
    NoCertificate,
    /// The key's file has no private key in it.
    #[error("the key's file has no private key in PEM form")]
    NoKey,
    /// They cannot be used together.
    #[error("the certificate and its key cannot be used: {0}")]
    Unusable(rustls::Error),
}

impl ListenError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Address { .. } => {
                "name another with --listen ADDRESS, or in workspace.toml under [listen]; port 0 finds a free one"
            }
            Self::NoCertificate => "[listen] certificate names the whole chain, your own certificate first",
            Self::NoKey => "[listen] key names the private key that belongs to the certificate",
            Self::Unusable(_) => "see that certificate and key in [listen] belong together",
        }
    }
}
