//! Files that people write, good and bad: definitions and `channels.toml`, read by the library and
//! rendered as the terminal would show them.

#[cfg(test)]
#[path = "definitions/campaigns.rs"]
mod campaigns;
#[cfg(test)]
#[path = "definitions/channels.rs"]
mod channels;
#[cfg(test)]
#[path = "definitions/files.rs"]
mod files;
#[cfg(test)]
#[path = "definitions/schema.rs"]
mod schema;
