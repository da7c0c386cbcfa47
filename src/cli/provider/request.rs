//! What a command line of the providers' single calls comes to: a question, or a change.

use std::path::Path;

use crate::cli::arguments::Command;
use crate::cli::failure::Failure;
use crate::domain::{Address, Content, Query};

use super::options::Changing;

/// See the module.
#[derive(Debug)]
pub enum Request {
    /// Something is asked.
    Ask(Box<Question>),
    /// Something is changed.
    Change(Change),
    /// Every group is left in which the account is alone.
    LeaveUnused(Changing),
}

/// Something to ask.
#[derive(Debug)]
pub struct Question {
    /// The channel, where it is named.
    pub channel: Option<String>,
    /// What.
    pub query: Query,
    /// Whether every page is followed.
    pub all: bool,
    /// What more is asked for it.
    pub scope: Scope,
}

/// What an answer is made of beside the question's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Nothing.
    Plain,
    /// Each group that is found, in full.
    EachGroup,
    /// The templates of this name alone.
    OfName(String),
    /// The recipients of the bulk send that is found.
    WithRecipients(Query),
}

/// Something to change.
#[derive(Debug)]
pub struct Change {
    /// How.
    pub options: Changing,
    /// What its runs are called: the command's words.
    pub name: &'static str,
    /// What is done, each with what it concerns.
    pub contents: Vec<(Address, Content)>,
}

impl Question {
    /// A question whose answer comes in one piece.
    #[must_use]
    pub fn plain(channel: Option<String>, query: Query) -> Request {
        Request::Ask(Box::new(Self { channel, query, all: false, scope: Scope::Plain }))
    }
}

impl Command {
    /// Whether it only asks a provider: it needs no store then.
    pub(in crate::cli) fn asks_a_provider(&self) -> bool {
        match self {
            Self::Contacts(arguments) => arguments.asks(),
            Self::Tags(arguments) => arguments.asks(),
            Self::Groups(arguments) => arguments.asks(),
            Self::Messages(arguments) => arguments.asks(),
            Self::Templates(_) => true,
            _ => false,
        }
    }

    /// Whether it changes something at a provider.
    pub(in crate::cli) fn changes_at_a_provider(&self) -> bool {
        self.is_of_a_provider() && !self.asks_a_provider()
    }

    fn is_of_a_provider(&self) -> bool {
        matches!(
            self,
            Self::Contacts(_)
                | Self::Tags(_)
                | Self::Groups(_)
                | Self::Chats(_)
                | Self::Messages(_)
                | Self::Templates(_)
        )
    }

    /// What it comes to; paths begin at `cwd`.
    pub fn request(&self, cwd: &Path) -> Result<Request, Failure> {
        match self {
            Self::Contacts(arguments) => arguments.request(cwd),
            Self::Tags(arguments) => arguments.request(),
            Self::Groups(arguments) => arguments.request(cwd),
            Self::Chats(arguments) => arguments.request(),
            Self::Messages(arguments) => arguments.request(),
            Self::Templates(arguments) => Ok(arguments.request()),
            _ => Err(Failure::usage("this command is not one of a provider's single calls")),
        }
    }
}
