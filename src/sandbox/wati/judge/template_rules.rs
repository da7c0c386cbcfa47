//! What Wati demands of a template and of the number that sends it.

use super::super::WatiRefusal;
use crate::provider::wati::wire::Parameter;
use crate::sandbox::plausible;
use crate::sandbox::scenario::{WatiRules, WatiTemplate};

/// The seed makes the account's number obligatory.
pub(super) fn channel_refusal(channel: Option<&str>, rules: &WatiRules) -> Option<WatiRefusal> {
    let number = channel.and_then(plausible::phone);
    let is_own = number.is_some_and(|number| rules.numbers.is_empty() || rules.numbers.contains(&number));
    (!is_own).then_some(WatiRefusal::UnknownChannelNumber)
}

/// What is wrong with a template as such, whoever gets it.
pub(super) fn template_refusal(name: &str, rules: &WatiRules) -> Option<WatiRefusal> {
    if name.trim().is_empty() {
        return Some(WatiRefusal::TemplateTypo);
    }
    if rules.templates.is_empty() {
        return None;
    }
    match rules.templates.get(name) {
        Some(template) => (!template.approved).then_some(WatiRefusal::TemplateNotApproved),
        None => Some(WatiRefusal::TemplateTypo),
    }
}

/// What is wrong with one recipient's parameters.
pub(super) fn parameters_refusal(
    template: &str,
    parameters: &[Parameter<'_>],
    rules: &WatiRules,
) -> Option<WatiRefusal> {
    let is_blank = |text: &str| text.trim().is_empty();
    let has_blank = parameters.iter().any(|one| is_blank(&one.name) || is_blank(&one.value));
    let fits = rules.templates.get(template).is_none_or(|known| has_params(known, parameters));
    (has_blank || !fits).then_some(WatiRefusal::TemplateTypo)
}

fn has_params(template: &WatiTemplate, parameters: &[Parameter<'_>]) -> bool {
    let are_known = parameters.iter().all(|parameter| template.params.contains(parameter.name.as_ref()));
    are_known && parameters.len() == template.params.len()
}
