//! What becomes of one row: filtered, duplicate, invalid, or a recipient.

use roaring::RoaringTreemap;

use crate::audience::{self, Audience};
use crate::domain::{
    Address, Campaign, Content, Country, Names, PersonKey, Recipient, RecipientNumber, Row, Standing,
};
use crate::journal::Journal;
use crate::provider::Provider;
use crate::template::{Filter, MessageTemplate, TemplateError};

use super::error::PlanError;
use super::spread::channel_of;

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The definition's `where` leaves it out.
    Filtered,
    /// The person stood in an earlier row.
    Duplicate,
    /// It cannot be sent.
    Invalid(Fault),
    /// It is a recipient.
    Recipient(Recipient),
}

/// Why a row cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The column, or the field of the definition, that is to blame.
    pub column: String,
    /// Why, in a sentence.
    pub sentence: String,
}

/// Judges the rows of one audience in order.
#[derive(Debug)]
pub struct Judge<'a> {
    campaign: &'a Campaign,
    providers: &'a [&'a dyn Provider],
    filter: Option<Filter>,
    message: MessageTemplate,
    phone_column: usize,
    phone_name: String,
    country: Country,
    seen: RoaringTreemap,
    /// Whom earlier runs of the occurrence have.
    reached: RoaringTreemap,
    journal: &'a Journal,
    next: u32,
}

impl<'a> Judge<'a> {
    /// A judge of the rows of `audience`. `providers` are the campaign's channels', in their order.
    ///
    /// # Errors
    /// When a template or expression does not fit the audience's columns.
    pub fn new(
        campaign: &'a Campaign,
        audience: &Audience,
        providers: &'a [&'a dyn Provider],
        journal: &'a Journal,
        reached: RoaringTreemap,
    ) -> Result<Self, PlanError> {
        let unfit = |source| PlanError::Template { file: campaign.file.clone(), source };
        let names = Names::new(&audience.columns, &campaign.audience.columns)
            .map_err(|source| PlanError::UnknownColumn { file: campaign.file.clone(), source })?;
        let filter = campaign.audience.filter.as_deref();
        let filter = filter.map(|source| Filter::compile(source, &names)).transpose().map_err(unfit)?;
        Ok(Self {
            campaign,
            providers,
            filter,
            message: MessageTemplate::compile(&campaign.message, &names).map_err(unfit)?,
            phone_column: audience.phone_column,
            phone_name: audience.columns.names()[audience.phone_column].clone(),
            country: campaign.audience.country,
            seen: RoaringTreemap::new(),
            reached,
            journal,
            next: 0,
        })
    }

    /// What becomes of a row. Recipients are numbered in order.
    pub fn judge(&mut self, row: &Row) -> Fate {
        match self.filter.as_ref().map_or(Ok(true), |filter| filter.keeps(row)) {
            Ok(true) => {}
            Ok(false) => return Fate::Filtered,
            Err(error) => return unrendered(error),
        }
        let number = row.values.get(self.phone_column).map_or("", String::as_str);
        let phone = match audience::phone::read(number, self.country) {
            Ok(phone) => phone,
            Err(error) => return invalid(&self.phone_name, error.to_string()),
        };
        let address = Address::Phone(phone);
        let person = address.person();
        if self.seen.contains(person.as_u64()) {
            return Fate::Duplicate;
        }
        let content = match self.message.render(row) {
            Ok(content) => content,
            Err(error) => return unrendered(error),
        };
        let channel = channel_of(person, &self.campaign.channels);
        if let Err(fault) = self.check(&address, &content, channel) {
            return Fate::Invalid(fault);
        }
        self.seen.insert(person.as_u64());
        let recipient = Recipient {
            number: RecipientNumber(self.next),
            row: row.number,
            address,
            channel,
            standing: self.standing(person),
            content,
        };
        self.next += 1;
        Fate::Recipient(recipient)
    }

    fn check(&self, address: &Address, content: &Content, channel: u16) -> Result<(), Fault> {
        let Some(provider) = self.providers.get(usize::from(channel)) else { return Ok(()) };
        provider
            .check(address, content)
            .map_err(|problem| Fault { column: problem.field.to_owned(), sentence: problem.sentence })
    }

    fn standing(&self, person: PersonKey) -> Standing {
        if self.reached.contains(person.as_u64()) {
            Standing::Already
        } else if !self.journal.suppressed_among(std::iter::once(person)).is_empty() {
            Standing::Suppressed
        } else {
            Standing::Send
        }
    }
}

fn unrendered(error: TemplateError) -> Fate {
    match error {
        TemplateError::Row { field, sentence, .. } => invalid(&field, sentence),
        other => invalid(other.field(), other.to_string()),
    }
}

fn invalid(column: &str, sentence: String) -> Fate {
    Fate::Invalid(Fault { column: column.to_owned(), sentence })
}
