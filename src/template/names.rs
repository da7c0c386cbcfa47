//! The names that a template uses, held against the columns that there are.

use std::collections::HashSet;

use super::TemplateError;
use crate::domain::Names;
use crate::domain::naming::{closest, folded, hint_of_known};

/// The columns that a source may use, by name and position.
///
/// A name that is nowhere is an error, unless the source itself asks whether it is there (`is defined`,
/// `default`): then it is undefined for every row. `undeclared` is what Jinja finds, which misses the
/// base of a slice (`nome[:3]`); so every column whose name is written in the source is given to it.
/// `known` are Jinja's own names.
pub(super) fn used_columns(
    field: &str,
    source: &str,
    undeclared: HashSet<String>,
    known: &HashSet<String>,
    names: &Names,
) -> Result<Vec<(String, usize)>, TemplateError> {
    let mut undeclared: Vec<String> = undeclared.into_iter().collect();
    undeclared.sort_unstable();
    let is_missing = |name: &String| {
        names.position(name).is_none() && !known.contains(name) && !asks_whether_defined(source, name)
    };
    if let Some(name) = undeclared.into_iter().find(is_missing) {
        let hint = hint(&name, names);
        return Err(TemplateError::UnknownName { field: field.to_owned(), name, hint });
    }
    let written = names.iter().filter(|name| is_identifier(name) && source.contains(name));
    Ok(written.filter_map(|name| Some((name.to_owned(), names.position(name)?))).collect())
}

fn hint(name: &str, names: &Names) -> String {
    let as_identifier = |column: &str| {
        let folded = folded(column);
        let words = folded.split(|letter: char| !letter.is_alphanumeric());
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
    };
    let wanted = folded(name);
    let unwritable = names.iter().find(|column| !is_identifier(column) && as_identifier(column) == wanted);
    let nearest = closest(name, names.iter()).filter(|column| !is_identifier(column));
    match unwritable.or(nearest) {
        Some(column) => format!(
            "a template cannot write the column \"{column}\": name it under [audience], as in \
             columns = {{ {name} = \"{column}\" }}"
        ),
        None => hint_of_known(name, "columns", names.iter()),
    }
}

/// Whether a template can write the name.
pub(super) fn is_identifier(name: &str) -> bool {
    const WORDS: [&str; 20] = [
        "true",
        "True",
        "false",
        "False",
        "none",
        "None",
        "and",
        "or",
        "not",
        "in",
        "is",
        "if",
        "else",
        "loop",
        "self",
        "super",
        "range",
        "dict",
        "namespace",
        "caller",
    ];
    let mut letters = name.chars();
    letters.next().is_some_and(|letter| letter.is_alphabetic() || letter == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
        && !WORDS.contains(&name)
}

/// Whether the source somewhere has `name is defined`, `name is not defined` or `name | default`.
fn asks_whether_defined(source: &str, name: &str) -> bool {
    let is_part_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    source.match_indices(name).any(|(start, _)| {
        let behind = &source[start + name.len()..];
        let is_whole = !source[..start].ends_with(is_part_of_name) && !behind.starts_with(is_part_of_name);
        let mut rest = behind.trim_start();
        if let Some(test) = rest.strip_prefix("is ") {
            rest = test.trim_start();
            rest = rest.strip_prefix("not ").unwrap_or(rest).trim_start();
            return is_whole && (rest.starts_with("defined") || rest.starts_with("undefined"));
        }
        let filter = rest.strip_prefix('|').map(str::trim_start).unwrap_or_default();
        let word = filter.split(|letter| !is_part_of_name(letter)).next();
        is_whole && matches!(word, Some("default" | "d"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Columns;

    #[test]
    fn asking_is_no_use() {
        for source in [
            "{% if cupom is defined %}{{ cupom }}{% endif %}",
            "{{ cupom|default('x') }}",
            "{{ cupom | d('x') }}",
            "{% if cupom  is not  defined %}",
            "{{ 1 if cupom is undefined else 2 }}",
        ] {
            assert!(asks_whether_defined(source, "cupom"), "{source}");
        }
        for source in ["{{ cupom }}", "{{ cupom|title }}", "{{ xcupom|default('') }}", "{{ cupom.default }}"]
        {
            assert!(!asks_whether_defined(source, "cupom"), "{source}");
        }
    }

    #[test]
    fn hints_lead_to_something_that_works() {
        let columns = Columns::new(["nome", "first name", "Cupom %"].map(str::to_owned).to_vec());
        let names = Names::new(&columns, &[]).expect("no renames");
        assert_eq!(
            hint("nomes", &names),
            "did you mean \"nome\"? The columns are: nome, first name, Cupom %"
        );
        let renamed = "a template cannot write the column \"first name\": name it under [audience], as in \
                       columns = { first_name = \"first name\" }";
        assert_eq!(hint("first_name", &names), renamed);
        assert!(hint("cupom", &names).ends_with("columns = { cupom = \"Cupom %\" }"));
    }
}
