//! Which message of a conversation is whose, where no identifier tells: by its text and by its time.

use std::collections::{HashMap, HashSet};

use crate::domain::{Content, MessageId, Params};
use crate::reconcile::matching::Whose;

/// How much the provider's clock may differ from this machine's, in milliseconds.
pub const SKEW: i64 = 120_000;

/// Somebody whose message has no identifier that is known: it may be in their conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Whose.
    pub whose: Whose,
    /// The message was made at the provider no sooner than this, in milliseconds since the Unix epoch.
    pub from: i64,
    /// And no later.
    pub until: i64,
    /// The template's name, of a template.
    pub template: Option<String>,
    /// Texts of which it has one; empty where nobody knows its text.
    pub texts: Vec<Plain>,
}

/// A message of ours in the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The provider's identifier.
    pub id: MessageId,
    /// Whose it is, where that is known.
    pub owner: Option<Whose>,
    /// Its template's name, where the provider says.
    pub template: Option<String>,
    /// What it says.
    pub text: Option<Plain>,
    /// When it was made there, in milliseconds since the Unix epoch.
    pub at: Option<i64>,
}

/// A text without what providers change in it: white space.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Plain(String);

impl Plain {
    /// The text's visible characters.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(text.chars().filter(|character| !character.is_whitespace()).collect())
    }
}

impl Claim {
    fn fits(&self, sighting: &Sighting) -> bool {
        let is_in_time = sighting.at.is_some_and(|at| (self.from..=self.until).contains(&at));
        let says_it = || sighting.text.as_ref().is_some_and(|text| self.texts.contains(text));
        let is_other_template = match (&self.template, &sighting.template) {
            (Some(claimed), Some(seen)) => claimed != seen,
            // A free text has none.
            (None, Some(_)) => true,
            (_, None) => false,
        };
        is_in_time && !is_other_template && (self.texts.is_empty() || says_it())
    }
}

/// Which sighting proves which claim. A claim that several fit, or a sighting that fits several claims, proves
/// nothing; neither does that there is none.
#[must_use]
pub fn proofs(claims: &[Claim], sightings: &[Sighting]) -> Vec<(Whose, MessageId)> {
    let bound: HashSet<Whose> = sightings.iter().filter_map(|sighting| sighting.owner).collect();
    let open: Vec<&Claim> = claims.iter().filter(|claim| !bound.contains(&claim.whose)).collect();
    let free: Vec<&Sighting> = sightings.iter().filter(|sighting| sighting.owner.is_none()).collect();
    let mut wanted: HashMap<usize, usize> = HashMap::new();
    let fitting: Vec<Vec<usize>> =
        open.iter().map(|claim| (0..free.len()).filter(|place| claim.fits(free[*place])).collect()).collect();
    for place in fitting.iter().flatten() {
        *wanted.entry(*place).or_default() += 1;
    }
    let mut proofs = Vec::new();
    for (claim, fitting) in open.iter().zip(&fitting) {
        if let [place] = fitting[..]
            && wanted.get(&place) == Some(&1)
        {
            proofs.push((claim.whose, free[place].id.clone()));
        }
    }
    proofs
}

/// The texts that a person may see of this: of a template one for each of its `bodies`, which are in different
/// languages. Empty where nobody knows.
#[must_use]
pub fn texts_of(content: &Content, bodies: &[String]) -> Vec<Plain> {
    match content {
        Content::Text { text } => vec![Plain::of(text)],
        Content::Template { params, .. } => {
            bodies.iter().map(|body| Plain::of(&fill(body, params))).collect()
        }
        Content::Media { .. } | Content::Location { .. } | Content::Contacts { .. } | Content::Action(_) => {
            Vec::new()
        }
    }
}

/// The body with its placeholders filled; those without a value stay.
fn fill(body: &str, params: &Params) -> String {
    let value = |name: &str| match params {
        Params::Named(values) => values.iter().find(|(known, _)| known == name).map(|(_, value)| value),
        Params::Positional(values) => {
            name.parse::<usize>().ok().and_then(|place| values.get(place.checked_sub(1)?))
        }
    };
    let mut filled = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        filled.push_str(before);
        match value(name.trim()) {
            Some(value) => filled.push_str(value),
            None => filled.extend(["{{", name, "}}"]),
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{RecipientNumber, RunId};

    fn whose(run: u32) -> Whose {
        (RunId(run), RecipientNumber(0))
    }

    fn claim(run: u32, from: i64, until: i64) -> Claim {
        let template = Some("oi".to_owned());
        Claim { whose: whose(run), from, until, template, texts: vec![Plain::of("Oi, Ana!")] }
    }

    fn sighting(id: &str, at: i64) -> Sighting {
        let text = Some(Plain::of("Oi,\n Ana!"));
        Sighting { id: id.into(), owner: None, template: None, text, at: Some(at) }
    }

    #[test]
    fn one_message_in_time_with_the_text_is_the_one() {
        let other = Sighting { text: Some(Plain::of("Oi, Bia!")), ..sighting("b", 5) };
        let of_another = Sighting { template: Some("tchau".to_owned()), ..sighting("d", 5) };
        let timeless = Sighting { at: None, ..sighting("c", 0) };
        let seen =
            [other, of_another, sighting("a", 5), timeless, sighting("late", 11), sighting("early", -1)];
        assert_eq!(proofs(&[claim(1, 0, 10)], &seen), [(whose(1), "a".into())]);
    }

    #[test]
    fn several_prove_nothing_and_neither_does_none() {
        assert_eq!(proofs(&[claim(1, 0, 10)], &[sighting("a", 5), sighting("b", 6)]), []);
        assert_eq!(proofs(&[claim(1, 0, 10)], &[]), []);
    }

    #[test]
    fn the_message_of_another_run_with_the_same_text_is_not_taken_for_it() {
        let bound = Sighting { owner: Some(whose(1)), ..sighting("a", 5) };
        let claims = [claim(1, 0, 10), claim(2, 0, 10)];
        assert_eq!(proofs(&claims, std::slice::from_ref(&bound)), []);
        assert_eq!(proofs(&claims, &[bound, sighting("b", 6)]), [(whose(2), "b".into())]);
    }

    #[test]
    fn a_message_that_may_be_of_two_runs_proves_neither() {
        let claims = [claim(1, 0, 10), claim(2, 4, 14)];
        assert_eq!(proofs(&claims, &[sighting("a", 5)]), []);
        // It came when only one of them could have sent it.
        assert_eq!(proofs(&claims, &[sighting("a", 2)]), [(whose(1), "a".into())]);
    }

    #[test]
    fn where_nobody_knows_the_text_a_single_message_in_time_is_the_one() {
        let unknown = Claim { texts: Vec::new(), ..claim(1, 0, 10) };
        assert_eq!(proofs(std::slice::from_ref(&unknown), &[sighting("a", 5)]), [(whose(1), "a".into())]);
        assert_eq!(proofs(&[unknown], &[sighting("a", 5), sighting("b", 5)]), []);
    }

    #[test]
    fn a_template_is_filled_as_the_provider_fills_it() {
        let named = Params::Named(vec![("nome".to_owned(), "Ana {{x}}".to_owned())]);
        let template =
            |params| Content::Template { id: "promo".to_owned(), language: None, params, validity: None };
        let bodies = ["Olá {{ nome }}, {{loja}}!".to_owned(), "Hi {{nome}} {{".to_owned()];
        let texts = texts_of(&template(named), &bodies);
        assert_eq!(texts, [Plain::of("Olá Ana {{x}}, {{loja}}!"), Plain::of("Hi Ana {{x}} {{")]);
        let positional = Params::Positional(vec!["Ana".to_owned(), "10%".to_owned()]);
        let texts = texts_of(&template(positional), &["{{1}}: {{2}} {{3}} {{0}}".to_owned()]);
        assert_eq!(texts, [Plain::of("Ana: 10% {{3}} {{0}}")]);
    }
}
