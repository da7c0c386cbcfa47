//! What surrounds campaigns: the workspace's folder, the channels of `channels.toml`, the environment
//! and the secrets.
//!
//! Secrets are only ever named by where they are kept; [`secret::resolve`] fetches one when its channel
//! is used, so that the secret of a channel which nobody uses now hinders nobody.

mod channel;
mod channels;
mod control;
mod environment;
mod folder;
mod hidden;
mod holidays;
mod listen;
mod portfolios;
mod preferences;
mod prices;
mod provider_keys;
mod raw;
mod reference;
mod routes;
pub mod secret;
#[cfg(test)]
mod testing;
mod workspace;

pub use channels::{Channels, UnknownChannel};
pub use control::Control;
pub use environment::Environment;
pub use folder::Folder;
pub use listen::{Identity, IdentityError, Listen};
pub use preferences::Preferences;
pub use prices::{Money, Prices};
pub use secret::SecretError;
pub use workspace::{Workspace, WorkspaceError};
