//! `[sinch]`: what the seed leaves open about Sinch's account.

use std::num::NonZeroU32;

use serde::Deserialize;

use crate::document::{Findings, Placed, value};

/// What the seed leaves open about Sinch's account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SinchRules {
    /// As many groups may be without use; `None` for any number.
    pub most_unused_groups: Option<NonZeroU32>,
    /// How success is said that has nothing to tell.
    pub success: SinchSuccess,
}

/// "200 OK e `null` ou `{}`" (seed 001).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum SinchSuccess {
    /// `null`.
    #[default]
    #[serde(rename = "null")]
    Null,
    /// `{}`.
    #[serde(rename = "{}")]
    Empty,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSinch {
    most_unused_groups: Option<Placed<i64>>,
    success: Option<SinchSuccess>,
}

impl RawSinch {
    pub(super) fn read(self, findings: &mut Findings) -> SinchRules {
        const MOST: &str = "sinch.most_unused_groups";
        SinchRules {
            most_unused_groups: self
                .most_unused_groups
                .and_then(|given| findings.keep(value::count(&given, MOST))),
            success: self.success.unwrap_or_default(),
        }
    }
}
