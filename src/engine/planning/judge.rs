//! What becomes of one row: filtered, duplicate, invalid, or a recipient.

use roaring::RoaringTreemap;

use crate::audience::{self, Audience, fetched};
use crate::domain::{Address, AddressSource, Campaign, Content, Names, Recipient, RecipientNumber, Row};
use crate::template::{ContentTemplate, Filter, Rendered, TemplateError};

use super::complete::Completion;
use super::error::PlanError;
use super::freeze::Source;
use super::prepare::Prepared;
use super::spread::channel_of;
use super::standing::StandingRule;

/// What became of a row.
#[expect(clippy::large_enum_variant, reason = "one at a time, and most are the large one")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The definition's `where` leaves it out.
    Filtered,
    /// The account leaves the contact alone, and so does every campaign.
    Ignored,
    /// The person stood in an earlier row, for the same group where the work is about one.
    Duplicate,
    /// It cannot be sent.
    Invalid(Fault),
    /// It is a recipient.
    Recipient {
        /// Who, and what.
        recipient: Recipient,
        /// Why the fallback could not take it, where there is one and it could not.
        stranded: Option<Fault>,
    },
}

/// Why a row cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The column, or the field of the definition, that is to blame.
    pub column: String,
    /// Why, in a sentence.
    pub sentence: String,
}

impl Fault {
    /// A fault of a column or field.
    pub(super) fn new(column: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { column: column.into(), sentence: sentence.into() }
    }
}

impl From<TemplateError> for Fault {
    fn from(error: TemplateError) -> Self {
        match error {
            TemplateError::Row { field, sentence, .. } => Self { column: field, sentence },
            other => Self::new(other.field(), other.to_string()),
        }
    }
}

/// Why a group among an account's contacts is no recipient.
const A_GROUP: &str = "it is a group and not a person; groups are reached by an audience of their own, \
     source = { contacts = { type = \"group\" } }";

/// Whether a column that Disparo itself writes says so.
fn is_true(column: Option<usize>, row: &Row) -> bool {
    column.and_then(|column| row.values.get(column)).is_some_and(|value| value == "true")
}

/// Judges the rows of one audience in order.
#[derive(Debug)]
pub struct Judge<'a> {
    campaign: &'a Campaign,
    source: &'a Source<'a>,
    filter: Option<Filter>,
    content: ContentTemplate,
    completion: Completion<'a>,
    /// The column with the address and its name.
    address: Option<(usize, String)>,
    /// The column that says whom the account leaves alone.
    ignored: Option<usize>,
    /// The column that says what is a group and no person.
    is_group: Option<usize>,
    /// Keys of the recipients of earlier rows.
    seen: RoaringTreemap,
    rule: StandingRule<'a>,
    next: u32,
}

impl<'a> Judge<'a> {
    /// A judge of the rows of `audience`, which `prepared` opened.
    ///
    /// # Errors
    /// When a template or expression does not fit the audience's columns.
    pub fn new(
        source: &'a Source<'a>,
        prepared: &'a Prepared,
        audience: &Audience,
        rule: StandingRule<'a>,
    ) -> Result<Self, PlanError> {
        let campaign = source.campaign;
        let unfit = |source| PlanError::Template { file: campaign.file.clone(), source };
        let names = Names::new(&audience.columns, &campaign.audience.columns)
            .map_err(|source| PlanError::UnknownColumn { file: campaign.file.clone(), source })?;
        let filter = campaign.audience.filter.as_deref();
        let filter = filter.map(|source| Filter::compile(source, &names)).transpose().map_err(unfit)?;
        let name_of = |column: usize| audience.columns.names().get(column).cloned().unwrap_or_default();
        Ok(Self {
            campaign,
            source,
            filter,
            content: ContentTemplate::compile(&campaign.content, &names).map_err(unfit)?,
            completion: Completion::new(campaign, source.channels, prepared),
            address: audience.address_column.map(|column| (column, name_of(column))),
            ignored: prepared.own_column(&audience.columns, fetched::IGNORED),
            is_group: prepared.own_column(&audience.columns, fetched::IS_GROUP),
            seen: RoaringTreemap::new(),
            rule,
            next: 0,
        })
    }

    /// What becomes of a row. Recipients are numbered in order.
    pub fn judge(&mut self, row: &Row) -> Fate {
        match self.filter.as_ref().map_or(Ok(true), |filter| filter.keeps(row)) {
            Ok(true) => {}
            Ok(false) => return Fate::Filtered,
            Err(error) => return Fate::Invalid(error.into()),
        }
        if is_true(self.ignored, row) {
            return Fate::Ignored;
        }
        self.recipient(row).unwrap_or_else(Fate::Invalid)
    }

    fn recipient(&mut self, row: &Row) -> Result<Fate, Fault> {
        let of_column = self.address_of(row)?;
        let noted = of_column.as_ref().map(|address| address.person().as_u64());
        // One look for whether they are known and to note them: of a large audience it is what costs most.
        if noted.is_some_and(|person| !self.seen.insert(person)) {
            return Ok(Fate::Duplicate);
        }
        let fate = self.recipient_of(row, of_column, noted);
        let is_recipient = matches!(&fate, Ok(Fate::Recipient { recipient, .. })
            if Some(recipient.address.key(&recipient.content).as_u64()) == noted);
        if let Some(person) = noted.filter(|_| !is_recipient) {
            self.seen.remove(person);
        }
        fate
    }

    /// The same of a row that is no duplicate by its column's address, which is `noted` among the keys.
    fn recipient_of(
        &mut self,
        row: &Row,
        of_column: Option<Address>,
        noted: Option<u64>,
    ) -> Result<Fate, Fault> {
        let rendered = self.content.render(row)?;
        let address = match (of_column, &rendered) {
            (Some(address), _) => address,
            (None, Rendered::Action(action)) => {
                let name = action.address.as_deref().unwrap_or_default();
                Address::Named(name.into())
            }
            (None, Rendered::Content(_)) => {
                return Err(Fault::new("audience", "the row has no address"));
            }
        };
        let person = address.person();
        if noted.is_none() && self.seen.contains(person.as_u64()) {
            return Ok(Fate::Duplicate);
        }
        let channel = channel_of(person, &self.campaign.channels);
        let content = self.completion.complete(rendered, channel)?;
        let key = address.key(&content).as_u64();
        if Some(key) != noted && self.seen.contains(key) {
            return Ok(Fate::Duplicate);
        }
        self.check(&address, &content, channel)?;
        let stranded = self.source.fallback.and_then(|provider| {
            let problem = provider.check(&address, &content).err()?;
            Some(Fault::new(problem.field, problem.sentence))
        });
        if Some(key) != noted {
            self.seen.insert(key);
        }
        let standing = self.rule.standing(&address, &content);
        let number = RecipientNumber(self.next);
        self.next += 1;
        let recipient = Recipient { number, row: row.number, address, channel, standing, content };
        Ok(Fate::Recipient { recipient, stranded })
    }

    /// The address that a column holds; `None` where no column does.
    fn address_of(&self, row: &Row) -> Result<Option<Address>, Fault> {
        let Some((column, name)) = &self.address else { return Ok(None) };
        let value = row.values.get(*column).map_or("", String::as_str);
        match &self.campaign.audience.address {
            AddressSource::Group(_) => {
                let id = value.trim();
                if id.is_empty() {
                    return Err(Fault::new(name, "there is no group"));
                }
                Ok(Some(Address::Group(id.into())))
            }
            AddressSource::Phone(_) if is_true(self.is_group, row) => Err(Fault::new(name, A_GROUP)),
            AddressSource::Phone(_) | AddressSource::Action => {
                let phone = audience::phone::read(value, self.campaign.audience.country);
                let phone = phone.map_err(|error| Fault::new(name, error.to_string()))?;
                Ok(Some(Address::Phone(phone)))
            }
        }
    }

    fn check(&self, address: &Address, content: &Content, channel: u16) -> Result<(), Fault> {
        let Some(provider) = self.source.providers.get(usize::from(channel)) else { return Ok(()) };
        provider.check(address, content).map_err(|problem| Fault::new(problem.field, problem.sentence))
    }
}
