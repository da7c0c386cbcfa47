//! What comes of an operation: questions are answered from the account, changes are made in it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::account::Contact;
use super::operation::{
    self, Comparison, Condition, ContactAttributes, Filter, Form, Operation, Page, Question,
};
use super::{Account, WatiRefusal, answer};
use crate::domain::{Address, PersonKey, Phone};
use crate::sandbox::accepting::Change;
use crate::sandbox::digest;
use crate::sandbox::far_side::{Context, Operation as _, Performed};
use crate::sandbox::reply::Answer;
use crate::sandbox::scenario::WatiRules;
use crate::sandbox::statuses::Courses;

/// Answers or does it.
pub(super) fn perform(
    operation: Operation,
    account: &mut Account,
    context: &Context<'_, WatiRefusal>,
) -> Performed {
    let kind = operation.word();
    let asked_for = match operation {
        Operation::Change(asked_for) => asked_for,
        Operation::Question(question) => {
            return Performed::answered(answered(&question, account, context), 0);
        }
    };
    match asked_for {
        operation::Change::CreateContact { phone, name, attributes, third } => {
            create_contact(kind, phone, name, attributes, third, account, context)
        }
        operation::Change::SetAttributes { contacts, form } => {
            set_attributes(kind, contacts, form, account, context)
        }
        operation::Change::SetChatStatus { phone, channel, status, third } => {
            let to = Address::Phone(phone);
            if let Some(refusal) = context.refusal(&to).copied().or_else(|| stranger(phone, account, context))
            {
                return Performed::answered(answer::not_done(refusal.sentence()), 1);
            }
            account.contact_mut(phone, context.arrival.wall);
            account.conversation_mut((phone.person(), channel)).status = status;
            let content = [kind.into(), status.into()];
            let sender = channel.map(Phone::digits).unwrap_or_default();
            let info = if third { json!({}) } else { json!({ "info": "" }) };
            changed(answer::done(info), vec![change(kind, to, sender, content)])
        }
    }
}

fn create_contact(
    kind: &'static str,
    phone: Phone,
    name: Option<String>,
    attributes: Vec<(String, String)>,
    third: bool,
    account: &mut Account,
    context: &Context<'_, WatiRefusal>,
) -> Performed {
    let to = Address::Phone(phone);
    let rules = &context.scenario.wati;
    let is_foreign =
        |(name, _): &(String, String)| !rules.attributes.is_empty() && !rules.attributes.contains(name);
    let unknown = attributes.iter().any(is_foreign).then_some(WatiRefusal::UnknownAttribute);
    if let Some(refusal) = context.refusal(&to).copied().or(unknown) {
        return Performed::answered(answer::not_done(refusal.sentence()), 1);
    }
    let content = [kind.into(), name.clone().into(), pairs(&attributes)];
    account.attributes.extend(attributes.iter().map(|(name, _)| name.clone()));
    let at = context.arrival.wall;
    let contact = account.contact_mut(phone, at);
    if let Some(name) = name {
        contact.name = name;
    }
    contact.set(&attributes, at);
    let shape = if third { answer::contact_v3(contact) } else { answer::contact(contact) };
    changed(answer::done(json!({ "contact": shape })), vec![change(kind, to, String::new(), content)])
}

fn set_attributes(
    kind: &'static str,
    contacts: Vec<ContactAttributes>,
    form: Form,
    account: &mut Account,
    context: &Context<'_, WatiRefusal>,
) -> Performed {
    let mut changes = Vec::new();
    let mut refused = Vec::new();
    let mut set = Vec::new();
    for one in contacts {
        match refusal_of(&one, account, context) {
            (_, Some(refusal)) => refused.push((one.target, refusal)),
            (None, None) => refused.push((one.target, WatiRefusal::ImplausibleNumber)),
            (Some(phone), None) => {
                let contact = account.contact_mut(phone, context.arrival.wall);
                contact.set(&one.attributes, context.arrival.wall);
                set.push(answer::contact_v3(contact));
                let content = [kind.into(), pairs(&one.attributes)];
                changes.push(change(kind, Address::Phone(phone), String::new(), content));
            }
        }
    }
    let first = refused.first().map(|(_, refusal)| refusal.sentence());
    let numbers: Vec<_> = refused.iter().map(|(target, _)| target).collect();
    let answer = match (form, first) {
        (Form::One, None) => answer::done(json!({})),
        (Form::One, Some(sentence)) => answer::not_done(sentence),
        (Form::Many, _) => {
            of_many(first, !changes.is_empty(), json!({ "error": first, "invalidWhatsappNumbers": numbers }))
        }
        (Form::Third, _) => {
            of_many(first, !changes.is_empty(), json!({ "contact_list": set, "error": first }))
        }
    };
    Performed { answer, changes, refused: refused.len() }
}

/// The answer for a list: true as soon as anybody was changed, and yet it may name those who were not.
fn of_many(first: Option<&str>, is_any: bool, errors: Value) -> Answer {
    match first {
        Some(sentence) if !is_any => {
            Answer::json(200, json!({ "result": false, "info": sentence, "errors": errors }).to_string())
        }
        Some(_) => answer::done(json!({ "errors": errors })),
        None => answer::done(json!({})),
    }
}

fn refusal_of(
    one: &ContactAttributes,
    account: &Account,
    context: &Context<'_, WatiRefusal>,
) -> (Option<Phone>, Option<WatiRefusal>) {
    let Some(phone) = one.phone else { return (None, None) };
    let rules = &context.scenario.wati;
    let is_foreign = |(name, _): &(String, String)| {
        !rules.attributes.is_empty() && !rules.attributes.contains(name) && !account.attributes.contains(name)
    };
    let unknown = one.attributes.iter().any(is_foreign).then_some(WatiRefusal::UnknownAttribute);
    let refusal = context.refusal(&Address::Phone(phone)).copied();
    (Some(phone), refusal.or_else(|| stranger(phone, account, context)).or(unknown))
}

/// Whom the account does not know is refused where the scenario says so.
fn stranger(phone: Phone, account: &Account, context: &Context<'_, WatiRefusal>) -> Option<WatiRefusal> {
    let is_stranger = account.contact(phone.person()).is_none();
    (context.scenario.wati.refuses_strangers && is_stranger).then_some(WatiRefusal::UnknownContact)
}

fn pairs(attributes: &[(String, String)]) -> Value {
    attributes.iter().map(|(name, value)| json!([name, value])).collect()
}

fn change(
    kind: &'static str,
    to: Address,
    sender: String,
    content: impl IntoIterator<Item = Value>,
) -> Change<'static> {
    Change { kind, sender: sender.into(), to, callback_data: "".into(), digest: digest::of(content) }
}

fn changed(answer: Answer, changes: Vec<Change<'static>>) -> Performed {
    Performed { answer, changes, refused: 0 }
}

fn answered(question: &Question, account: &Account, context: &Context<'_, WatiRefusal>) -> Answer {
    let (rules, courses) = (&context.scenario.wati, &context.courses);
    let absent = || Answer::new(404, answer::usual_body(404, Some(context.arrival.wall)));
    match question {
        Question::Messages { person, channel, page } => messages(account, *person, *channel, page, courses),
        Question::Contacts { filter, page } => {
            let fits = |contact: &&Contact| filter.fits(contact);
            let all: Vec<_> = account.contacts().iter().filter(fits).collect();
            answer::contact_page(&all, page)
        }
        // Where any template is taken, there is no list of them: an empty one would say that there are none.
        Question::Templates { page } if rules.templates.is_empty() => {
            let at = page.third.then_some(context.arrival.wall);
            Answer::new(404, answer::usual_body(404, at))
        }
        Question::Templates { page } => {
            answer::template_page(&rules.templates.iter().collect::<Vec<_>>(), page)
        }
        Question::Broadcast { id } => match account.broadcasts.get(id) {
            Some(broadcast) => {
                Answer::json(200, answer::broadcast(*id, broadcast, account, courses).to_string())
            }
            None => absent(),
        },
        Question::BroadcastRecipients { id, page } => match account.broadcasts.get(id) {
            Some(broadcast) => answer::recipient_page(*id, broadcast, page, courses),
            None => absent(),
        },
        Question::ContactCount => {
            Answer::json(200, json!({ "contact_count": account.contacts().len() }).to_string())
        }
        Question::Channels => channels(account, rules),
    }
}

/// The newest first.
fn messages(
    account: &Account,
    person: PersonKey,
    channel: Option<Phone>,
    page: &Page,
    courses: &Courses,
) -> Answer {
    let conversations = account.conversations_with(person);
    let wanted = conversations.filter(|((_, own), _)| channel.is_none() || *own == channel);
    let mut all: Vec<_> =
        wanted.flat_map(|(key, one)| one.messages.iter().map(|message| (*key, message))).collect();
    all.sort_by_key(|(_, message)| std::cmp::Reverse(message.number));
    answer::message_page(&all, page, courses)
}

/// The account's numbers: the scenario's, or those that it has sent from.
fn channels(account: &Account, rules: &WatiRules) -> Answer {
    let mut numbers = rules.numbers.clone();
    if numbers.is_empty() {
        numbers.extend(account.conversations.keys().filter_map(|(_, channel)| *channel));
    }
    let list: Vec<_> = numbers.into_iter().map(answer::channel).collect();
    Answer::json(200, json!({ "channels": list }).to_string())
}

impl Filter {
    fn fits(&self, contact: &Contact) -> bool {
        let day = |at: Timestamp| at.to_string().chars().take(10).collect::<String>();
        self.name.as_ref().is_none_or(|part| contact.name.to_lowercase().contains(part))
            && self.created.as_ref().is_none_or(|wanted| day(contact.created) == *wanted)
            && self.attributes.iter().all(|condition| condition.holds(contact))
    }
}

impl Condition {
    fn holds(&self, contact: &Contact) -> bool {
        let value = contact.value(&self.name);
        match self.comparison {
            Comparison::Exists => value.is_some(),
            Comparison::NotExists => value.is_none(),
            Comparison::Equal => value.as_ref() == Some(&self.value),
            Comparison::NotEqual => value.as_ref() != Some(&self.value),
            Comparison::Contains => value.is_some_and(|value| value.contains(&self.value)),
            Comparison::NotContains => !value.is_some_and(|value| value.contains(&self.value)),
        }
    }
}
