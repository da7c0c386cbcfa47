//! Values that the bodies of both APIs share: a template's parameters, a contact's attributes.

use std::borrow::Cow;

use crate::domain::{Action, ContactFields, Content, Params};
use crate::provider::wati::wire::Parameter;

/// A template's values; positions are names too: `1` for `{{1}}`.
pub fn parameters(params: &Params) -> Vec<Parameter<'_>> {
    match params {
        Params::Positional(values) => (1_usize..)
            .zip(values)
            .map(|(position, value)| Parameter {
                name: Cow::Owned(position.to_string()),
                value: Cow::Borrowed(value),
            })
            .collect(),
        Params::Named(values) => attributes(values),
    }
}

/// Names and values.
pub fn attributes(values: &[(String, String)]) -> Vec<Parameter<'_>> {
    values
        .iter()
        .map(|(name, value)| Parameter { name: Cow::Borrowed(name), value: Cow::Borrowed(value) })
        .collect()
}

/// A template's name and its values.
pub fn template(content: &Content) -> Option<(&str, &Params)> {
    match content {
        Content::Template { id, params, .. } => Some((id, params)),
        _ => None,
    }
}

/// The contact that is to be there afterwards.
pub fn contact(content: &Content) -> Option<&ContactFields> {
    match content {
        Content::Action(Action::CreateContact { fields } | Action::UpsertContact { fields }) => Some(fields),
        _ => None,
    }
}

/// Attributes of a contact that are set.
#[derive(Debug, Clone, Copy)]
pub struct Changes<'a> {
    /// Names and values.
    pub attributes: &'a [(String, String)],
    /// The contact's id where it is given.
    pub contact: Option<&'a str>,
}

/// The attributes that are set.
pub fn changes(content: &Content) -> Option<Changes<'_>> {
    match content {
        Content::Action(Action::SetAttributes { attributes }) => Some(Changes { attributes, contact: None }),
        Content::Action(Action::UpdateContact { contact, fields }) => {
            Some(Changes { attributes: &fields.attributes, contact: contact.as_deref() })
        }
        _ => None,
    }
}
