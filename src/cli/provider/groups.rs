//! `disparo groups`: WhatsApp groups in which the account is.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::cli::failure::Failure;
use crate::domain::action::INVITE_LINK;
use crate::domain::{Action, Address, Content, Query};

use super::icon;
use super::options::{Changing, Over, number};
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
    /// List the groups in which the account is
    List {
        #[command(flatten)]
        over: Over,
        /// Ask each group for its subject and participants; one question a group
        #[arg(long)]
        info: bool,
    },
    /// Show one group; its participants' numbers are shown in full
    Show {
        #[command(flatten)]
        over: Over,
        /// Its id
        id: String,
    },
    /// Make groups; prints their ids
    Create {
        #[command(flatten)]
        options: Changing,
        /// What their members see
        #[arg(required = true, value_name = "SUBJECT")]
        subjects: Vec<String>,
    },
    /// Give a group another subject
    Rename {
        #[command(flatten)]
        options: Changing,
        /// Its id
        id: String,
        /// What its members see
        subject: String,
    },
    /// Show a group's invite link
    Invite {
        #[command(flatten)]
        over: Over,
        /// Its id
        id: String,
    },
    /// Make a group's invite link useless
    RevokeInvite {
        #[command(flatten)]
        options: Changing,
        /// Its id
        id: String,
    },
    /// Send people a group's invite link
    SendInvite {
        #[command(flatten)]
        options: Changing,
        /// The group's id
        id: String,
        /// Their numbers
        #[arg(required = true, value_name = "NUMBER")]
        numbers: Vec<String>,
        /// The text, with {link} where the link goes
        #[arg(long, default_value = INVITE_LINK)]
        text: String,
    },
    /// Take people out of a group
    Remove(People),
    /// Make participants administrators
    Promote(People),
    /// Make administrators ordinary participants
    Demote(People),
    /// Leave groups
    Leave {
        #[command(flatten)]
        options: Changing,
        #[command(flatten)]
        which: Which,
    },
    /// A group's picture
    Icon {
        /// What to do.
        #[command(subcommand)]
        call: Icon,
    },
    /// Send a text to a group
    Send {
        #[command(flatten)]
        options: Changing,
        /// The group's id
        id: String,
        /// The text
        text: String,
    },
}

/// Groups to leave.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// Their ids
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Leave every group in which the account is alone, except those that an unfinished run makes or
    /// that were sent something from here; asks each group, and shows which before it leaves
    #[arg(long)]
    unused: bool,
}

/// People of a group.
#[derive(Debug, Args)]
struct People {
    #[command(flatten)]
    options: Changing,
    /// The group's id
    id: String,
    /// Their numbers
    #[arg(required = true, value_name = "NUMBER")]
    numbers: Vec<String>,
}

/// What can be done with a picture.
#[derive(Debug, Subcommand)]
enum Icon {
    /// Show where it can be had
    Show {
        #[command(flatten)]
        over: Over,
        /// The group's id
        id: String,
    },
    /// Set it
    Set {
        #[command(flatten)]
        options: Changing,
        /// The group's id
        id: String,
        /// The picture
        file: PathBuf,
        /// Its MIME type [default: by its first bytes]
        #[arg(long = "type", value_name = "MIME")]
        content_type: Option<String>,
    },
    /// Take it away
    Remove {
        #[command(flatten)]
        options: Changing,
        /// The group's id
        id: String,
    },
}

impl Arguments {
    /// Whether nothing is changed.
    pub fn asks(&self) -> bool {
        matches!(
            self.call,
            Call::List { .. }
                | Call::Show { .. }
                | Call::Invite { .. }
                | Call::Icon { call: Icon::Show { .. } }
        )
    }

    /// What it comes to; paths begin at `cwd`.
    pub fn request(&self, cwd: &Path) -> Result<Request, Failure> {
        let plain = |over: &Over, query| Ok(Question::plain(over.channel.clone(), query));
        match &self.call {
            Call::List { over, info } => Ok(Request::Ask(Box::new(Question {
                channel: over.channel.clone(),
                query: Query::Groups,
                all: true,
                scope: if *info { Scope::EachGroup } else { Scope::Plain },
            }))),
            Call::Show { over, id } => plain(over, Query::Group { id: id.clone() }),
            Call::Invite { over, id } => plain(over, Query::GroupInvite { group: id.clone() }),
            Call::Icon { call: Icon::Show { over, id } } => {
                plain(over, Query::GroupIcon { group: id.clone() })
            }
            Call::Leave { options, which: Which { unused: true, .. } } => {
                Ok(Request::LeaveUnused(options.clone()))
            }
            call => {
                let (options, name, contents) = call.contents(cwd)?;
                Ok(Request::Change(Change { options: options.clone(), name, contents }))
            }
        }
    }
}

type Contents<'a> = (&'a Changing, &'static str, Vec<(Address, Content)>);

impl Call {
    /// What is changed: how, by which words, and what.
    fn contents(&self, cwd: &Path) -> Result<Contents<'_>, Failure> {
        Ok(match self {
            Self::Create { options, subjects } => {
                let create = |subject: &String| {
                    let action = Action::CreateGroup { subject: subject.clone() };
                    (Address::Named(subject.as_str().into()), Content::Action(action))
                };
                (options, "groups create", subjects.iter().map(create).collect())
            }
            Self::Rename { options, id, subject } => {
                let action = Action::SetGroupSubject { subject: subject.clone() };
                (options, "groups rename", vec![of_group(id, action)])
            }
            Self::RevokeInvite { options, id } => {
                (options, "groups revoke-invite", vec![of_group(id, Action::RevokeInvite)])
            }
            Self::SendInvite { options, id, numbers, text } => {
                let action = Action::SendInvite { group: id.clone(), text: text.clone() };
                (options, "groups send-invite", each(numbers, &action)?)
            }
            Self::Remove(People { options, id, numbers }) => {
                (options, "groups remove", each(numbers, &Action::RemoveParticipant { group: id.clone() })?)
            }
            Self::Promote(People { options, id, numbers }) => {
                (options, "groups promote", each(numbers, &Action::AddAdmin { group: id.clone() })?)
            }
            Self::Demote(People { options, id, numbers }) => {
                (options, "groups demote", each(numbers, &Action::RemoveAdmin { group: id.clone() })?)
            }
            Self::Leave { options, which: Which { ids, .. } } => {
                let leave = |id: &String| of_group(id, Action::LeaveGroup);
                (options, "groups leave", ids.iter().map(leave).collect())
            }
            Self::Icon { call: Icon::Set { options, id, file, content_type } } => {
                let (content_type, image) = icon::read(&cwd.join(file), content_type.as_deref())?;
                let action = Action::SetGroupIcon { content_type, image };
                (options, "groups icon set", vec![of_group(id, action)])
            }
            Self::Icon { call: Icon::Remove { options, id } } => {
                (options, "groups icon remove", vec![of_group(id, Action::RemoveGroupIcon)])
            }
            Self::Send { options, id, text } => {
                let content = Content::Text { text: text.clone() };
                (options, "groups send", vec![(Address::Group(id.as_str().into()), content)])
            }
            Self::List { .. } | Self::Show { .. } | Self::Invite { .. } | Self::Icon { .. } => {
                return Err(Failure::usage("this command changes nothing"));
            }
        })
    }
}

fn of_group(id: &str, action: Action) -> (Address, Content) {
    (Address::Group(id.into()), Content::Action(action))
}

fn each(numbers: &[String], action: &Action) -> Result<Vec<(Address, Content)>, Failure> {
    let one = |text: &String| Ok((Address::Phone(number(text)?), Content::Action(action.clone())));
    numbers.iter().map(one).collect()
}
