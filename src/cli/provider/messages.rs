//! `disparo messages`: what was said, one message more, and how a bulk send is doing.

use clap::{Args, Subcommand};

use crate::cli::failure::Failure;
use crate::domain::{Action, Address, Content, Query};

use super::message::Message;
use super::options::{Changing, Over, Pages, number};
use super::request::{Change, Question, Request, Scope};

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
    /// List the conversation with a person, the newest first
    List {
        #[command(flatten)]
        over: Over,
        #[command(flatten)]
        pages: Pages,
        /// The person's number
        number: String,
    },
    /// Send one message to a person, a group or into an open conversation; prints its id
    Send {
        #[command(flatten)]
        options: Changing,
        #[command(flatten)]
        message: Box<Message>,
    },
    /// Take a message back
    Delete {
        #[command(flatten)]
        options: Changing,
        /// Its id
        id: String,
        /// Who sent it: the sender's id
        #[arg(long, value_name = "ID")]
        sender: String,
    },
    /// Show how a bulk send is doing, and its recipients with their numbers in full
    Broadcast {
        #[command(flatten)]
        over: Over,
        #[command(flatten)]
        pages: Pages,
        /// Its id at the provider
        id: String,
    },
}

impl Arguments {
    /// Whether nothing is changed.
    pub fn asks(&self) -> bool {
        matches!(self.call, Call::List { .. } | Call::Broadcast { .. })
    }

    /// What it comes to.
    pub fn request(&self) -> Result<Request, Failure> {
        Ok(match &self.call {
            Call::List { over, pages, number: text } => Request::Ask(Box::new(Question {
                channel: over.channel.clone(),
                query: Query::Messages { phone: number(text)?, paging: pages.paging() },
                all: pages.all,
                scope: Scope::Plain,
            })),
            Call::Broadcast { over, pages, id } => Request::Ask(Box::new(Question {
                channel: over.channel.clone(),
                query: Query::Broadcast { id: id.clone() },
                all: pages.all,
                scope: Scope::WithRecipients(Query::BroadcastRecipients {
                    id: id.clone(),
                    paging: pages.paging(),
                }),
            })),
            Call::Send { options, message } => Request::Change(Change {
                options: options.clone(),
                name: "messages send",
                contents: vec![message.content()?],
            }),
            Call::Delete { options, id, sender } => {
                let action = Action::DeleteMessage { sender: sender.clone() };
                let contents = vec![(Address::Named(id.as_str().into()), Content::Action(action))];
                Request::Change(Change { options: options.clone(), name: "messages delete", contents })
            }
        })
    }
}
