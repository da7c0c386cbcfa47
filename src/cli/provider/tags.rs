//! `disparo tags`: what contacts are sorted by.

use clap::{Args, Subcommand};

use crate::cli::failure::Failure;
use crate::domain::{Action, Address, Content, Query};

use super::options::{Changing, Over, color};
use super::request::{Change, Question, Request};

/// What to do.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    call: Call,
}

/// The calls.
#[derive(Debug, Subcommand)]
enum Call {
    /// List tags
    List {
        #[command(flatten)]
        over: Over,
        /// Those of this name alone
        #[arg(long)]
        name: Option<String>,
    },
    /// Show one tag
    Show {
        #[command(flatten)]
        over: Over,
        /// Its id
        id: String,
    },
    /// Make a tag; prints its id
    Create {
        #[command(flatten)]
        options: Changing,
        /// Its name
        name: String,
        /// Its colour
        #[arg(long, value_name = "#RRGGBB", value_parser = color)]
        color: String,
    },
    /// Change a tag
    Update {
        #[command(flatten)]
        options: Changing,
        /// Its id
        id: String,
        #[command(flatten)]
        changes: Changes,
    },
    /// Remove a tag
    Delete {
        #[command(flatten)]
        options: Changing,
        /// Its id
        id: String,
    },
    /// List everybody who has a tag; numbers are shown in full
    Contacts {
        #[command(flatten)]
        over: Over,
        /// The tag's id
        id: String,
    },
}

/// What changes of a tag.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Changes {
    /// Its new name
    #[arg(long)]
    name: Option<String>,
    /// Its new colour
    #[arg(long, value_name = "#RRGGBB", value_parser = color)]
    color: Option<String>,
}

impl Arguments {
    /// Whether nothing is changed.
    pub fn asks(&self) -> bool {
        matches!(self.call, Call::List { .. } | Call::Show { .. } | Call::Contacts { .. })
    }

    /// What it comes to.
    pub fn request(&self) -> Result<Request, Failure> {
        let one = |options: &Changing, name, address: &str, action| {
            Request::Change(Change {
                options: options.clone(),
                name,
                contents: vec![(Address::Named(address.into()), Content::Action(action))],
            })
        };
        Ok(match &self.call {
            Call::List { over, name } => {
                Question::plain(over.channel.clone(), Query::Tags { name: name.clone() })
            }
            Call::Show { over, id } => Question::plain(over.channel.clone(), Query::Tag { id: id.clone() }),
            Call::Contacts { over, id } => {
                Question::plain(over.channel.clone(), Query::ContactsByTag { tag: id.clone() })
            }
            Call::Create { options, name, color } => {
                let action = Action::CreateTag { name: name.clone(), color: color.clone() };
                one(options, "tags create", name, action)
            }
            Call::Update { options, id, changes: Changes { name, color } } => {
                let action = Action::UpdateTag { name: name.clone(), color: color.clone() };
                one(options, "tags update", id, action)
            }
            Call::Delete { options, id } => one(options, "tags delete", id, Action::DeleteTag),
        })
    }
}
