//! What is changed about contacts, which all numbers of an account share (seed 003 §5; bodies as in
//! providers.md §3.3 and §3.4).

use std::borrow::Cow;

use serde::Serialize;

use super::template::Parameter;

/// Body of `POST /{tenant}/api/v1/addContact/{number}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddContact<'a> {
    /// The person's name.
    pub name: Cow<'a, str>,
    /// Names and values of attributes.
    pub custom_params: Vec<Parameter<'a>>,
}

/// Body of `POST /{tenant}/api/v1/updateContactAttributes/{number}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attributes<'a> {
    /// Names and values. The account must know the names already.
    pub custom_params: Vec<Parameter<'a>>,
}

/// Body of `POST /{tenant}/api/v1/updateContactAttributesForMultiContacts`.
///
/// The shape is that of Wati's published OpenAPI of v1, which the seed does not repeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManyAttributes<'a> {
    /// Whose.
    pub contacts: Vec<ContactAttributes<'a>>,
}

/// One contact of [`ManyAttributes`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactAttributes<'a> {
    /// The number's digits.
    pub whatsapp_number: String,
    /// Names and values.
    pub custom_params: Vec<Parameter<'a>>,
}

/// Body of `POST /api/ext/v3/contacts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreateContact<'a> {
    /// The number's digits.
    pub whatsapp_number: String,
    /// The person's name.
    pub name: Cow<'a, str>,
    /// Names and values of attributes.
    pub custom_params: Vec<Parameter<'a>>,
}

/// Body of `PUT /api/ext/v3/contacts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UpdateContacts<'a> {
    /// Whose.
    pub contacts: Vec<TargetAttributes<'a>>,
}

/// One contact of [`UpdateContacts`]: the one place of v3 that writes `camelCase`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetAttributes<'a> {
    /// The number's digits, or the contact's id.
    pub target: String,
    /// Names and values.
    pub custom_params: Vec<Parameter<'a>>,
}
