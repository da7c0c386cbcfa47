//! `disparo contacts`: whom the account knows.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use crate::audience;
use crate::cli::failure::Failure;
use crate::domain::{Action, Address, ContactFields, ContactFilter, Content, Country, Phone, Query};

use super::contact_fields::{Fields, Kind};
use super::options::{Changing, Over, Pages, number, pair};
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
    /// List contacts; numbers are shown in full, because they are what is asked for
    List {
        #[command(flatten)]
        over: Over,
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        filter: Box<Filter>,
    },
    /// Show one contact, with its number in full
    Show {
        #[command(flatten)]
        over: Over,
        /// Its id
        id: String,
    },
    /// Make a contact; prints its id
    Create {
        #[command(flatten)]
        options: Changing,
        /// The person's number, or the group's identifier
        number: String,
        /// What it is
        #[arg(long = "type", value_name = "KIND", default_value = "individual")]
        kind: Kind,
        #[command(flatten)]
        fields: Box<Fields>,
    },
    /// Change a contact that is known by its id or by its number
    Update {
        #[command(flatten)]
        options: Changing,
        #[command(flatten)]
        contact: Known,
        /// The number that it gets instead of the one it has
        #[arg(long, value_name = "NUMBER")]
        new_number: Option<String>,
        #[command(flatten)]
        fields: Box<Fields>,
    },
    /// Change a person's contact, or make one where there is none
    Upsert {
        #[command(flatten)]
        options: Changing,
        /// The person's number
        number: String,
        #[command(flatten)]
        fields: Box<Fields>,
    },
    /// Set attributes of people's contacts, the same for all
    SetAttributes {
        #[command(flatten)]
        options: Changing,
        /// Numbers, and attributes as NAME=VALUE
        #[arg(required = true, value_name = "NUMBER|NAME=VALUE")]
        words: Vec<String>,
        /// A CSV file with a column of numbers, for more people
        #[arg(long, value_name = "CSV")]
        file: Option<PathBuf>,
    },
    /// Let a contact belong to no platform any more
    RemovePlatform {
        #[command(flatten)]
        options: Changing,
        #[command(flatten)]
        contact: Known,
    },
    /// List a contact's tags
    Tags {
        #[command(flatten)]
        over: Over,
        /// The contact's id
        id: String,
    },
    /// Put tags on a contact
    Tag {
        #[command(flatten)]
        options: Changing,
        #[command(flatten)]
        contact: Known,
        /// A tag, by name or id; may stand several times
        #[arg(long, value_name = "TAG", required = true)]
        tag: Vec<String>,
    },
    /// Take tags from a contact
    Untag {
        #[command(flatten)]
        options: Changing,
        #[command(flatten)]
        contact: Known,
        /// A tag, by name or id; may stand several times
        #[arg(long, value_name = "TAG", required = true)]
        tag: Vec<String>,
    },
}

/// Which contacts: everything that is given must fit.
#[derive(Debug, Clone, Args)]
struct Filter {
    /// Part of the name
    #[arg(long)]
    name: Option<String>,
    /// The number, or a group's identifier
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// A tag, by name or id; may stand several times
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// People only, or groups only
    #[arg(long = "type", value_name = "KIND")]
    kind: Option<Kind>,
    /// An attribute and its value
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    attribute: Option<(String, String)>,
    /// The day on which they were made, as the provider writes it
    #[arg(long, value_name = "DAY")]
    created: Option<String>,
    /// The oldest or the newest first
    #[arg(long, default_value = "asc")]
    order: Order,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Order {
    /// The oldest first
    Asc,
    /// The newest first
    Desc,
}

/// Which contact.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
struct Known {
    /// The contact's id
    id: Option<String>,
    /// The person's number, by which the contact is looked up
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
}

impl Known {
    /// The address, and the id where that is what is known.
    fn contact(&self) -> Result<(Address, Option<String>), Failure> {
        match (&self.id, &self.number) {
            (Some(id), _) => Ok((Address::Named(id.as_str().into()), Some(id.clone()))),
            (None, Some(text)) => Ok((Address::Phone(number(text)?), None)),
            (None, None) => Err(Failure::usage("say which contact: its id, or --number NUMBER")),
        }
    }
}

impl Arguments {
    /// Whether nothing is changed.
    pub fn asks(&self) -> bool {
        matches!(self.call, Call::List { .. } | Call::Show { .. } | Call::Tags { .. })
    }

    /// What it comes to; paths begin at `cwd`.
    pub fn request(&self, cwd: &Path) -> Result<Request, Failure> {
        let one = |options: &Changing, name, address, action| {
            let contents = vec![(address, Content::Action(action))];
            Ok(Request::Change(Change { options: options.clone(), name, contents }))
        };
        match &self.call {
            Call::List { over, pages, filter } => Ok(Request::Ask(Box::new(Question {
                channel: over.channel.clone(),
                query: Query::Contacts { filter: filter.of_contacts(), paging: pages.paging() },
                all: pages.all,
                scope: Scope::Plain,
            }))),
            Call::Show { over, id } => {
                Ok(Question::plain(over.channel.clone(), Query::Contact { id: id.clone() }))
            }
            Call::Tags { over, id } => {
                Ok(Question::plain(over.channel.clone(), Query::ContactTags { contact: id.clone() }))
            }
            Call::Create { options, number: text, kind, fields } => {
                let fields = fields.of_contact(kind.is_group());
                let address = match kind {
                    Kind::Individual => Address::Phone(number(text)?),
                    Kind::Group => Address::Group(text.as_str().into()),
                };
                one(options, "contacts create", address, Action::CreateContact { fields })
            }
            Call::Update { options, contact, new_number, fields } => {
                let identifier = new_number.as_deref().map(number).transpose()?.map(Phone::digits);
                let fields = ContactFields { identifier, ..fields.of_contact(false) };
                if fields == ContactFields::default() {
                    return Err(Failure::usage("nothing is to be changed")
                        .with_hint("`disparo contacts update --help` lists what can be"));
                }
                let (address, contact) = contact.contact()?;
                one(options, "contacts update", address, Action::UpdateContact { contact, fields })
            }
            Call::Upsert { options, number: text, fields } => {
                let action = Action::UpsertContact { fields: fields.of_contact(false) };
                one(options, "contacts upsert", Address::Phone(number(text)?), action)
            }
            Call::SetAttributes { options, words, file } => {
                let contents = set_attributes(words, file.as_deref().map(|file| cwd.join(file)))?;
                let name = "contacts set-attributes";
                Ok(Request::Change(Change { options: options.clone(), name, contents }))
            }
            Call::RemovePlatform { options, contact } => {
                let (address, contact) = contact.contact()?;
                one(options, "contacts remove-platform", address, Action::RemovePlatform { contact })
            }
            Call::Tag { options, contact, tag } => {
                let (address, contact) = contact.contact()?;
                one(options, "contacts tag", address, Action::AddTags { contact, tags: tag.clone() })
            }
            Call::Untag { options, contact, tag } => {
                let (address, contact) = contact.contact()?;
                one(options, "contacts untag", address, Action::RemoveTags { contact, tags: tag.clone() })
            }
        }
    }
}

impl Filter {
    fn of_contacts(&self) -> ContactFilter {
        // A group's identifier stays as it is; a number is asked for by its digits.
        let identifier = self.number.as_ref().map(|text| match number(text) {
            Ok(phone) => phone.digits(),
            Err(_) => text.clone(),
        });
        ContactFilter {
            name: self.name.clone(),
            identifier,
            tags: self.tag.clone(),
            is_group: self.kind.map(Kind::is_group),
            attribute: self.attribute.clone(),
            created: self.created.clone(),
            descending: self.order == Order::Desc,
        }
    }
}

/// The same attributes for everybody: numbers among the words, and those of a file.
fn set_attributes(words: &[String], file: Option<PathBuf>) -> Result<Vec<(Address, Content)>, Failure> {
    let (attributes, numbers): (Vec<_>, Vec<_>) = words.iter().partition(|word| word.contains('='));
    let attributes: Vec<_> =
        attributes.into_iter().map(|word| pair(word)).collect::<Result<_, _>>().map_err(Failure::usage)?;
    if attributes.is_empty() {
        return Err(Failure::usage("no attribute is set").with_hint("write at least one as NAME=VALUE"));
    }
    let mut phones = numbers.into_iter().map(|text| number(text)).collect::<Result<Vec<_>, _>>()?;
    if let Some(file) = file {
        if !file.exists() {
            return Err(Failure::invalid(format!("{}: there is no such file", file.display())));
        }
        let listed = audience::suppressions::read(&file, Country::BRAZIL).map_err(|error| {
            let failure = Failure::invalid(&error);
            match error.hint() {
                Some(hint) => failure.with_hint(hint),
                None => failure,
            }
        })?;
        phones.extend(listed);
    }
    if phones.is_empty() {
        return Err(Failure::usage("nobody is named").with_hint("write numbers, or name a --file of them"));
    }
    let content = Content::Action(Action::SetAttributes { attributes });
    Ok(phones.into_iter().map(|phone| (Address::Phone(phone), content.clone())).collect())
}
