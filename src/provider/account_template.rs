//! Checks a message's template against those that the account really has, before anything is sent: the
//! name, the approval, the language, the parameters.

use std::collections::BTreeSet;

use crate::domain::account::AccountTemplate;
use crate::domain::naming::hint_of_known;
use crate::domain::{Content, Params};

use super::ContentProblem;

/// How providers write that a template may be sent.
const APPROVED: &str = "APPROVED";

const ID: &str = "message.template.id";
const LANGUAGE: &str = "message.template.language";
const PARAMS: &str = "message.template.params";

/// Checks that the account has the template of a message, in its language and approved, and that the
/// message gives exactly the parameters that the template takes. `account` is everything that the provider
/// lists ([`Query::Templates`](crate::domain::Query::Templates), all pages); what it leaves open (a
/// language, a status) hinders nothing. Content that is no template passes.
///
/// Every recipient of a campaign has the same template and parameters of the same names, so that one
/// recipient's content stands for all.
///
/// # Errors
/// The first thing that does not fit, with what was probably meant.
pub fn check_template(content: &Content, account: &[AccountTemplate]) -> Result<(), ContentProblem> {
    let Content::Template { id, language, params, .. } = content else {
        return Ok(());
    };
    let named: Vec<&AccountTemplate> = account.iter().filter(|template| template.name == *id).collect();
    if named.is_empty() {
        let known: BTreeSet<&str> = account.iter().map(|template| template.name.as_str()).collect();
        let hint = hint_of_known(id, "templates of the account", known);
        return Err(ContentProblem::new(ID, format!("the account has no template `{id}`; {hint}")));
    }
    let spoken = in_language(id, language.as_deref(), &named)?;
    let Some(template) = spoken.iter().find(|template| is_approved(template)) else {
        let status = spoken.iter().find_map(|template| template.status.as_deref()).unwrap_or("unknown");
        return Err(ContentProblem::new(
            ID,
            format!("the template `{id}` is not approved, its status is {status}; wait for its approval"),
        ));
    };
    check_params(id, params, &template.params)
}

/// Those of the wanted language; all of them where none is wanted.
fn in_language<'a>(
    id: &str,
    wanted: Option<&str>,
    named: &[&'a AccountTemplate],
) -> Result<Vec<&'a AccountTemplate>, ContentProblem> {
    let Some(wanted) = wanted else {
        return Ok(named.to_vec());
    };
    let is_wanted =
        |language: &str| language.replace('-', "_").eq_ignore_ascii_case(&wanted.replace('-', "_"));
    let fitting: Vec<_> =
        named.iter().copied().filter(|template| template.language.as_deref().is_none_or(is_wanted)).collect();
    if fitting.is_empty() {
        let known = named.iter().filter_map(|template| template.language.as_deref());
        let hint = hint_of_known(wanted, "languages of the template", known);
        return Err(ContentProblem::new(
            LANGUAGE,
            format!("the template `{id}` does not exist in {wanted}; {hint}"),
        ));
    }
    Ok(fitting)
}

fn is_approved(template: &AccountTemplate) -> bool {
    template.status.as_deref().is_none_or(|status| status.trim().eq_ignore_ascii_case(APPROVED))
}

fn check_params(id: &str, params: &Params, taken: &[String]) -> Result<(), ContentProblem> {
    match params {
        Params::Positional(values) => {
            let is_positional = taken.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
            if !is_positional && !values.is_empty() {
                return Err(ContentProblem::new(
                    PARAMS,
                    format!(
                        "the template `{id}` calls its parameters by name; write params = {{ {} }}",
                        taken.iter().map(|name| format!("{name} = \"…\"")).collect::<Vec<_>>().join(", ")
                    ),
                ));
            }
            if values.len() == taken.len() {
                return Ok(());
            }
            let sentence = match taken {
                [] => {
                    format!("the template `{id}` takes no parameters, and the message gives {}", values.len())
                }
                names => format!(
                    "the template `{id}` takes {} ({}), and the message gives {}",
                    counted(names.len()),
                    names.join(", "),
                    values.len()
                ),
            };
            Err(ContentProblem::new(PARAMS, sentence))
        }
        Params::Named(values) => {
            let given = || values.iter().map(|(name, _)| name.as_str());
            if let Some(unknown) = given().find(|name| !taken.iter().any(|known| known == name)) {
                let hint =
                    hint_of_known(unknown, "parameters of the template", taken.iter().map(String::as_str));
                return Err(ContentProblem::new(
                    PARAMS,
                    format!("the template `{id}` has no parameter `{unknown}`; {hint}"),
                ));
            }
            match taken.iter().find(|name| !given().any(|known| known == *name)) {
                Some(missing) => Err(ContentProblem::new(
                    PARAMS,
                    format!("the template `{id}` takes `{missing}`, for which the message has no value"),
                )),
                None => Ok(()),
            }
        }
    }
}

fn counted(parameters: usize) -> String {
    match parameters {
        1 => "1 parameter".to_owned(),
        many => format!("{many} parameters"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(name: &str, language: Option<&str>, status: &str, params: &[&str]) -> AccountTemplate {
        AccountTemplate {
            name: name.to_owned(),
            language: language.map(str::to_owned),
            status: Some(status.to_owned()),
            params: params.iter().map(|name| (*name).to_owned()).collect(),
            ..AccountTemplate::default()
        }
    }

    fn account() -> Vec<AccountTemplate> {
        vec![
            template("promo", Some("pt_BR"), "APPROVED", &["nome", "cupom"]),
            template("promo", Some("en_US"), "PENDING", &["nome", "cupom"]),
            template("numbered", Some("es"), "approved", &["1", "2"]),
            template("plain", None, "APPROVED", &[]),
            template("waiting", Some("pt_BR"), "PENDING", &[]),
        ]
    }

    fn content(id: &str, language: Option<&str>, params: Params) -> Content {
        Content::Template { id: id.to_owned(), language: language.map(str::to_owned), params, validity: None }
    }

    fn named(names: &[&str]) -> Params {
        Params::Named(names.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect())
    }

    fn positional(count: usize) -> Params {
        Params::Positional(vec!["x".to_owned(); count])
    }

    #[test]
    fn what_the_account_has_passes() {
        let nothing = AccountTemplate { name: "bare".to_owned(), ..AccountTemplate::default() };
        let mut account = account();
        account.push(nothing);
        for content in [
            content("promo", None, named(&["cupom", "nome"])),
            content("promo", Some("pt_BR"), named(&["nome", "cupom"])),
            content("promo", Some("pt-br"), named(&["nome", "cupom"])),
            content("numbered", None, positional(2)),
            content("numbered", Some("es"), named(&["2", "1"])),
            content("plain", Some("pt_BR"), positional(0)),
            content("bare", None, named(&[])),
            Content::Text { text: "Oi".to_owned() },
        ] {
            assert_eq!(check_template(&content, &account), Ok(()), "{content:?}");
        }
    }

    #[test]
    fn what_does_not_fit_the_account_is_said_with_what_was_meant() {
        let sentences: Vec<String> = [
            content("prmo", None, positional(0)),
            content("Promo", None, positional(0)),
            content("promo", Some("pt_PT"), named(&["nome", "cupom"])),
            content("promo", Some("en_US"), named(&["nome", "cupom"])),
            content("waiting", None, positional(0)),
            content("promo", None, named(&["nome", "cupon"])),
            content("promo", None, named(&["nome"])),
            content("promo", None, positional(2)),
            content("numbered", None, positional(1)),
            content("plain", None, positional(1)),
            content("plain", None, named(&["nome"])),
        ]
        .iter()
        .map(|content| check_template(content, &account()).expect_err("a problem").to_string())
        .collect();
        insta::assert_snapshot!(sentences.join("\n"));
    }

    #[test]
    fn an_account_without_templates_says_so() {
        let problem = check_template(&content("promo", None, positional(0)), &[]).expect_err("none");
        insta::assert_snapshot!(problem.to_string());
    }
}
