//! The key of a channel that says where a provider's operations are: a table of routes.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use crate::document::{Findings, value};
use crate::domain::{KnownRoute, Problem, Route, naming};

/// The routes as lines, `name = METHOD /path`, in the order of their names, so that the same table always
/// freezes alike. `None` when it is no table; whatever is wrong in it is reported.
pub fn read(
    given: &Spanned<DeValue<'_>>,
    known: &[KnownRoute],
    key: &str,
    findings: &mut Findings,
) -> Option<String> {
    let DeValue::Table(table) = given.get_ref() else {
        let example = known.first().map(|known| format!("{} = \"{}\"", known.name, known.route));
        findings.report(
            Problem::at(given.span(), key, format!("`{key}` must be a table of routes"))
                .with_hint(format!("write {{ {} }}", example.unwrap_or_default())),
        );
        return None;
    };
    let mut routes = BTreeMap::new();
    for (name, written) in table {
        let path = format!("{key}.{}", name.get_ref());
        let Some(operation) = known.iter().find(|known| known.name == name.get_ref().as_ref()) else {
            findings.report(unknown(name.get_ref(), name.span(), &path, known));
            continue;
        };
        let route = value::given_text(written, &path)
            .and_then(|text| route(&text.value, operation).map_err(|why| told(written.span(), &path, why)));
        if let Some(route) = findings.keep(route) {
            routes.insert(operation.name, route);
        }
    }
    Some(routes.into_iter().map(|(name, route)| format!("{name} = {route}")).collect::<Vec<_>>().join("\n"))
}

fn unknown(name: &str, span: Range<usize>, path: &str, known: &[KnownRoute]) -> Problem {
    let names: Vec<&str> = known.iter().map(|known| known.name).collect();
    Problem::at(span, path, format!("there is no operation `{name}`")).with_hint(naming::hint_of_known(
        name,
        "operations",
        names,
    ))
}

/// What is wrong with a route, and what to do about it.
type Objection = (String, String);

fn told(span: Range<usize>, path: &str, (sentence, hint): Objection) -> Problem {
    Problem::at(span, path, format!("`{path}` {sentence}")).with_hint(hint)
}

fn route(text: &str, operation: &KnownRoute) -> Result<Route, Objection> {
    let usual = format!("the usual route is \"{}\"", operation.route);
    let route: Route = text.parse().map_err(|why| (format!("is not a route: {why}"), usual.clone()))?;
    let own = operation.route.parse::<Route>().ok();
    let own = own.as_ref().map(Route::placeholders).unwrap_or_default();
    match route.placeholders().difference(&own).next() {
        Some(foreign) => {
            Err((format!("has a placeholder {{{foreign}}} that the operation cannot fill"), usual))
        }
        None => Ok(route),
    }
}
