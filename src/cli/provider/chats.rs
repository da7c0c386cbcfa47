//! `disparo chats`: conversations with people.

use clap::{Args, Subcommand};

use crate::cli::failure::Failure;
use crate::domain::{Action, Address, ChatStatus, Content};

use super::options::{Changing, number};
use super::request::{Change, Request};

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
    /// Say how far the conversation with a person is
    Status {
        #[command(flatten)]
        options: Changing,
        /// The person's number
        number: String,
        /// How far
        #[arg(value_parser = status, value_name = "open|solved|pending|block")]
        status: ChatStatus,
    },
    /// Open a conversation with a person; prints the session's id
    Start {
        #[command(flatten)]
        options: Changing,
        /// The person's number
        number: String,
        /// Id of the platform's configuration
        #[arg(long, value_name = "ID")]
        platform_config: String,
        /// The person's name
        #[arg(long)]
        name: String,
        /// The company's name; needed for WhatsApp Web
        #[arg(long)]
        company: Option<String>,
        /// The platform
        #[arg(long)]
        platform: Option<String>,
        /// Whether it goes before others
        #[arg(long)]
        priority: bool,
    },
}

impl Arguments {
    /// What it comes to.
    pub fn request(&self) -> Result<Request, Failure> {
        let (options, name, person, action) = match &self.call {
            Call::Status { options, number, status } => {
                (options, "chats status", number, Action::SetChatStatus { status: *status })
            }
            Call::Start { options, number, platform_config, name, company, platform, priority } => {
                let action = Action::StartConversation {
                    platform_config: platform_config.clone(),
                    user_name: name.clone(),
                    company_name: company.clone(),
                    platform: platform.clone(),
                    priority: priority.then_some(true),
                };
                (options, "chats start", number, action)
            }
        };
        let contents = vec![(Address::Phone(number(person)?), Content::Action(action))];
        Ok(Request::Change(Change { options: options.clone(), name, contents }))
    }
}

fn status(word: &str) -> Result<ChatStatus, String> {
    let words = ChatStatus::ALL.map(ChatStatus::word).join(", ");
    let known = ChatStatus::ALL.into_iter().find(|status| status.word() == word);
    known.ok_or_else(|| format!("`{word}` is not one of {words}"))
}
