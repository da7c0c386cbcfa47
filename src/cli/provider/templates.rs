//! `disparo templates`: the message templates that the account has.

use clap::{Args, Subcommand};

use crate::domain::{Paging, Query};

use super::options::{Over, Pages};
use super::request::{Question, Request, Scope};

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
    /// List templates
    List {
        #[command(flatten)]
        over: Over,
        #[command(flatten)]
        pages: Pages,
    },
    /// Show a template in all its languages
    Show {
        #[command(flatten)]
        over: Over,
        /// Its name
        name: String,
    },
}

impl Arguments {
    /// What it comes to.
    pub fn request(&self) -> Request {
        Request::Ask(Box::new(match &self.call {
            Call::List { over, pages } => Question {
                channel: over.channel.clone(),
                query: Query::Templates { paging: pages.paging() },
                all: pages.all,
                scope: Scope::Plain,
            },
            Call::Show { over, name } => Question {
                channel: over.channel.clone(),
                query: Query::Templates { paging: Paging::FIRST },
                all: true,
                scope: Scope::OfName(name.clone()),
            },
        }))
    }
}
