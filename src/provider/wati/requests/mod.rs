//! The requests that send or change something: `version_one` for the calls of API v1, `version_three` for
//! those of v3, `account` for what both need to know of the channel and `values` for what both write.

mod account;
mod build;
mod values;
mod version_one;
mod version_three;

#[cfg(test)]
mod tests;

pub use account::{Account, escaped, with_query};
pub use build::build;
