//! Whether a text or a condition is Jinja, and where not.

use std::ops::Range;

use minijinja::{Environment, Error};

use crate::document::Placed;
use crate::domain::Problem;

/// Checks the syntax of a text with placeholders. `source` is the definition's.
///
/// # Errors
/// With the place inside the text, as far as it can be told.
pub fn check_text(text: &Placed<String>, key: &str, source: &str) -> Result<(), Problem> {
    match environment().template_from_str(&text.value) {
        Ok(_) => Ok(()),
        Err(error) => Err(problem(&error, text, key, source, hint_for_text)),
    }
}

/// Checks that a text whose syntax is right uses no other names than `known`. One with a mistake passes here.
///
/// # Errors
/// The first name that is another, with its place.
pub fn check_names(text: &Placed<String>, key: &str, known: &[&str], source: &str) -> Result<(), Problem> {
    let environment = environment();
    let Ok(template) = environment.template_from_str(&text.value) else { return Ok(()) };
    let mut others: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    others.retain(|name| {
        !known.contains(&name.as_str()) && !environment.globals().any(|(global, _)| global == name)
    });
    others.sort_unstable_by_key(|name| text.value.find(name.as_str()));
    let Some(name) = others.first() else { return Ok(()) };
    let span = text.value.find(name.as_str()).and_then(|at| inside(text, &(at..at + name.len()), source));
    let sentence = format!("`{key}` uses `{name}`, and is the same for everybody: it knows no columns");
    let names: Vec<_> = known.iter().map(|name| format!("{{{{ {name} }}}}")).collect();
    Err(Problem::at(span.unwrap_or_else(|| text.span.clone()), key, sentence)
        .with_hint(format!("only {} can be used here", names.join(" and "))))
}

/// Checks the syntax of a condition.
///
/// # Errors
/// With the place inside the condition, as far as it can be told.
pub fn check_condition(condition: &Placed<String>, key: &str, source: &str) -> Result<(), Problem> {
    match environment().compile_expression(&condition.value) {
        Ok(_) => Ok(()),
        Err(error) if has_placeholders(&condition.value) => {
            let hint: Hint = |_, _| Some("in a condition the names of columns stand without {{ }}");
            Err(problem(&error, condition, key, source, hint))
        }
        Err(error) => Err(problem(&error, condition, key, source, hint_for_condition)),
    }
}

/// Whether a text has placeholders, for keys that may have none.
pub fn has_placeholders(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|opening| text.contains(opening))
}

/// Whether a placeholder can name a value like this.
pub fn is_name(name: &str) -> bool {
    let environment = environment();
    let names = environment.compile_expression(name).map(|expression| expression.undeclared_variables(false));
    names.is_ok_and(|names| names.len() == 1 && names.contains(name))
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    // Without it, errors have no range.
    environment.set_debug(true);
    environment
}

/// What to do about an error, from its words and from what was found at its place.
type Hint = fn(&str, &str) -> Option<&'static str>;

fn problem(error: &Error, text: &Placed<String>, key: &str, source: &str, hint: Hint) -> Problem {
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let span = error.range().and_then(|range| inside(text, &range, source));
    let found = span.clone().map_or("", |span| source.get(span).unwrap_or_default());
    let hint = hint(&detail, found);
    let sentence = format!("`{key}` has a mistake: {detail}");
    let problem = Problem::at(span.unwrap_or_else(|| text.span.clone()), key, sentence);
    match hint {
        Some(hint) => problem.with_hint(hint),
        None => problem,
    }
}

/// Where `range` of the text stands in the definition. A text with escapes (`\n`, `\"`) is written
/// differently from how it reads, so that there only the text as a whole can be shown.
fn inside(text: &Placed<String>, range: &Range<usize>, source: &str) -> Option<Range<usize>> {
    if text.value.is_empty() {
        return None;
    }
    let written = source.get(text.span.clone())?;
    let start = text.span.start + written.find(&text.value)?;
    let last = text.value.floor_char_boundary(text.value.len() - 1);
    let from = text.value.floor_char_boundary(range.start.min(last));
    let to = text.value.ceil_char_boundary(range.end.max(from + 1));
    Some(start + from..start + to)
}

fn hint_for_text(detail: &str, found: &str) -> Option<&'static str> {
    if detail.contains("end of input, expected end of block") {
        return Some("what {% if … %} or {% for … %} opens, {% endif %} or {% endfor %} ends");
    }
    if detail.contains("unexpected identifier, expected end of variable block") {
        return Some(
            "the name of a column with spaces cannot stand in a placeholder; give it another in audience.columns",
        );
    }
    if detail.contains("end of string") {
        return Some(QUOTES);
    }
    let is_open = detail.contains("unexpected end of input") || detail.contains("unexpected character");
    (is_open || found == "}").then_some("a placeholder looks like this: {{ name }}")
}

fn hint_for_condition(detail: &str, found: &str) -> Option<&'static str> {
    if detail.contains("end of string") {
        return Some(QUOTES);
    }
    match found {
        "=" => Some("two things are compared with =="),
        "&" | "|" => Some("conditions are joined with `and` and `or`"),
        "!" => Some("a condition is turned round with `not`; two things differ with !="),
        _ => None,
    }
}

const QUOTES: &str = "a text in quotes is not closed";

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the text between the first two quotes of a line of TOML.
    fn check(line: &str, value: &str) -> Option<(String, String)> {
        let start = line.find(['"', '\'']).expect("a quote");
        let text = Placed { value: value.to_owned(), span: start..line.len() };
        let problem = check_text(&text, "message.text", line).err()?;
        let span = problem.span.expect("a place");
        Some((line[span].to_owned(), problem.sentence))
    }

    #[test]
    fn the_place_is_inside_the_text() {
        for (line, value, underlined) in [
            (r#"text = "Oi {{ nome | }}!""#, "Oi {{ nome | }}!", "}}"),
            (r#"text = 'Olá, ção {{ nome'"#, "Olá, ção {{ nome", "nome"),
            ("text = \"\"\"\nOi\n{{ a b }}\"\"\"", "Oi\n{{ a b }}", "b"),
            // With an escape the text reads differently from how it is written.
            (r#"text = "\"Oi\" {{ nome""#, "\"Oi\" {{ nome", r#""\"Oi\" {{ nome""#),
            (r#"text = "é {# é""#, "é {# é", "é"),
        ] {
            let (shown, sentence) = check(line, value).expect("a mistake");
            assert_eq!(shown, underlined, "{line}: {sentence}");
        }
        assert_eq!(check(r#"text = "Oi {{ nome | title }}!""#, "Oi {{ nome | title }}!"), None);
    }

    #[test]
    fn a_name_is_what_a_placeholder_takes() {
        for (name, expected) in [
            ("nome", true),
            ("_1", true),
            ("descrição", true),
            ("first name", false),
            ("first-name", false),
            ("a.b", false),
            ("1st", false),
            ("true", false),
            ("not", false),
            (" nome", false),
            ("", false),
        ] {
            assert_eq!(is_name(name), expected, "{name}");
        }
    }

    #[test]
    fn a_condition_is_one_expression() {
        for (condition, underlined) in [
            ("uf == 'SP' and total|float > 100", None),
            ("uf = 'SP'", Some("=")),
            ("a && b", Some("&")),
            ("", Some("''")),
            ("(a", Some("a")),
        ] {
            let source = format!("where = '{condition}'");
            let text = Placed { value: condition.to_owned(), span: 8..source.len() };
            let problem = check_condition(&text, "audience.where", &source).err();
            let shown = problem.map(|problem| source[problem.span.expect("a place")].to_owned());
            assert_eq!(shown.as_deref(), underlined, "{condition}");
        }
    }
}
