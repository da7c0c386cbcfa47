//! The providers' single calls as commands: contacts, tags, groups, chats, messages, templates.
//!
//! A question goes straight to the provider: it needs no store, works while another process owns it, and is
//! spaced by the channel's rate among the questions of its own command. A change is a small run over one
//! channel, so that intent, outcome, doubt and `resume` hold for it as for a campaign; it is planned, sent and
//! told by the code of `run`.

mod asking;
mod changing;
mod channel;
mod chats;
mod contact_fields;
mod contacts;
mod dry_run;
mod groups;
mod icon;
mod message;
mod messages;
mod needed_groups;
mod options;
mod outcome;
mod question;
mod request;
mod shown;
mod table;
mod tag_names;
mod tags;
mod templates;
mod unused;

pub use changing::change;
pub use chats::Arguments as Chats;
pub use contacts::Arguments as Contacts;
pub use groups::Arguments as Groups;
pub use messages::Arguments as Messages;
pub use outcome::tell;
pub use question::answer;
pub use tags::Arguments as Tags;
pub use templates::Arguments as Templates;
