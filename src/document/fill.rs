//! From a TOML table to a serde shape, going on after each mistake until all are found.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::Findings;
use super::mistake::{Homes, Refused, below, explain};
use crate::domain::Problem;

/// Reads `table`, which is called `under` (empty for the top of the file), as a `Shape` all of whose
/// fields are optional.
///
/// serde stops at the first mistake. Here what it stopped at is reported and taken out of the table, and
/// the rest is read again until nothing is left to complain about, so that one plain shape gives every
/// unknown key and every value of a wrong type.
pub fn fill<Shape>(table: &Spanned<DeTable<'_>>, under: &str, homes: &Homes, findings: &mut Findings) -> Shape
where
    Shape: DeserializeOwned + Default,
{
    let mut rest = table.clone();
    loop {
        let error = match Shape::deserialize(toml::Deserializer::from(rest.clone())) {
            Ok(shape) => return shape,
            Err(error) => error,
        };
        let taken = error.span().and_then(|span| Some((take_out(rest.get_mut(), &span)?, span)));
        let Some((taken, span)) = taken else {
            findings.report(Problem::about(under, format!("cannot be read: {}", error.message())));
            return Shape::default();
        };
        let key = below(under, &taken.path.join("."));
        let refused = Refused {
            key: &key,
            value: taken.value.get_ref(),
            key_span: taken.key_span,
            span,
            is_element: taken.is_element,
        };
        let (problem, meant) = explain(error.message(), &refused, homes);
        findings.report(problem);
        meant.into_iter().for_each(|meant| findings.speak_of(meant));
    }
}

/// What was taken out of a table.
struct Taken<'t> {
    /// Keys from the table inwards. A list's elements go by the list's key.
    path: Vec<String>,
    key_span: Range<usize>,
    value: Spanned<DeValue<'t>>,
    is_element: bool,
}

/// Takes the entry or list element out whose key or value stands at `span`.
fn take_out<'t>(table: &mut DeTable<'t>, span: &Range<usize>) -> Option<Taken<'t>> {
    let here = table.iter().find(|(key, value)| key.span() == *span || value.span() == *span);
    if let Some(name) = here.map(|(key, _)| key.get_ref().clone()) {
        let (key, value) = table.remove_entry(&*name)?;
        return Some(Taken { path: vec![name.into_owned()], key_span: key.span(), value, is_element: false });
    }
    table.iter_mut().find_map(|(key, value)| {
        let inner = match value.get_mut() {
            DeValue::Table(inner) => take_out(inner, span),
            DeValue::Array(list) => {
                let Some(position) = list.iter().position(|element| element.span() == *span) else {
                    return take_out_of_tables(list, key.get_ref(), span);
                };
                let value = list[position].clone();
                let others = list.iter().enumerate().filter(|(index, _)| *index != position);
                *list = others.map(|(_, element)| element.clone()).collect();
                let path = vec![key.get_ref().to_string()];
                return Some(Taken { path, key_span: key.span(), value, is_element: true });
            }
            _ => None,
        };
        inner.map(|mut taken| {
            taken.path.insert(0, key.get_ref().to_string());
            taken
        })
    })
}

/// Takes out of a list of tables, each of which goes by its place: `faults[0]`.
fn take_out_of_tables<'t>(list: &mut DeArray<'t>, name: &str, span: &Range<usize>) -> Option<Taken<'t>> {
    list.iter_mut().enumerate().find_map(|(index, element)| {
        let DeValue::Table(table) = element.get_mut() else { return None };
        let mut taken = take_out(table, span)?;
        taken.path.insert(0, format!("{name}[{index}]"));
        Some(taken)
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::document::{OfRate, Placed, Table, TextList, TextOrTexts, Texts, parse};

    #[derive(Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Shape {
        name: Option<Placed<String>>,
        count: Option<Placed<i64>>,
        on: Option<Placed<bool>>,
        kind: Option<Placed<Kind>>,
        rate: Option<Placed<TextOrTexts<OfRate>>>,
        list: Option<Placed<TextList>>,
        params: Option<Placed<Texts>>,
        inner: Option<Placed<Table<Inner>>>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        depth: Option<Placed<i64>>,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Small,
        Large,
    }

    fn read(source: &str) -> (Shape, Vec<String>) {
        read_as(source)
    }

    fn read_as<T: DeserializeOwned + Default>(source: &str) -> (T, Vec<String>) {
        let mut findings = Findings::default();
        let table = parse(source, &mut findings);
        let mut homes = Homes::default();
        homes.add("depth", "inner");
        let shape = fill(&table, "", &homes, &mut findings);
        let problems = findings.into_problems("x".as_ref(), source);
        let told = problems.iter().flat_map(|problems| {
            problems.list().iter().map(|problem| {
                let place = problems.place(problem).expect("a place");
                let hint = problem.hint.as_deref().unwrap_or("-");
                format!("{place} {} | {hint}", problem.sentence)
            })
        });
        (shape, told.collect())
    }

    #[test]
    fn one_reading_tells_every_mistake() {
        let source = "naem = 'a'\ncount = 'many'\non = 'true'\nrate = ['1/s', 2]\ndepth = 1\n\
                      [params]\na = 1\nb = 'x'\n[inner]\ndepth = '1.000'\nother = 1\n";
        let (shape, told) = read(source);
        assert_eq!(
            told,
            [
                "1:1 unknown key `naem` | did you mean \"name\"? The keys here are: name, count, on, kind, rate, list, params, inner",
                "2:9 `count` must be a whole number, not text | -",
                "3:6 `on` must be true or false, not text | write it without quotes: true",
                "4:16 all that stands in `rate` must be a rate in quotes, such as \"40/s\", not a number | -",
                "5:1 unknown key `depth` | `depth` belongs in [inner]",
                "7:5 `params.a` must be text in quotes, not a number | write it in quotes: \"1\"",
                "10:9 `inner.depth` must be a whole number, not text | write it without quotes: 1000",
                "11:1 unknown key `other` | the keys here are: depth",
            ]
        );
        // What is right is read all the same.
        let Some(Placed { value: Texts::Named(params), .. }) = shape.params else { panic!("params") };
        assert_eq!(params.0.len(), 1);
        assert_eq!(shape.rate.map(|rate| rate.into_texts().len()), Some(1));
        assert!(shape.name.is_none() && shape.count.is_none() && shape.on.is_none() && shape.kind.is_none());
        assert!(shape.list.is_none());
        assert_eq!(shape.inner.map(|inner| inner.value.0.depth), Some(None));
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Layered {
        layers: Option<Vec<Table<Inner>>>,
    }

    #[test]
    fn tables_of_a_list_go_by_their_place() {
        let source = "[[layers]]\ndepth = 1\n[[layers]]\ndeep = 2\ndepth = 'x'\n[[layers]]\ndepth = 3\n";
        let (shape, told): (Layered, _) = read_as(source);
        assert_eq!(
            told,
            [
                "4:1 unknown key `deep` | the keys here are: depth",
                "5:9 `layers[1].depth` must be a whole number, not text | -",
            ]
        );
        let layers = shape.layers.into_iter().flatten();
        let depths: Vec<_> = layers.map(|Table(layer)| layer.depth.map(|depth| depth.value)).collect();
        assert_eq!(depths, [Some(1), None, Some(3)]);
    }

    #[test]
    fn every_type_is_told_from_every_other() {
        for (source, expected) in [
            ("name = []", "1:8 `name` must be text in quotes, not a list | -"),
            ("name = 1979-05-27", "1:8 `name` must be text in quotes, not a date | -"),
            ("count = 1.5", "1:9 `count` must be a whole number, not a number with a fraction | -"),
            ("count = 99999999999999999999", "1:9 `count` is a number beyond all measure | -"),
            ("count = 9999999999999999999", "1:9 `count` is a number beyond all measure | -"),
            (
                "kind = 'Small'",
                "1:8 `kind` cannot be \"Small\" | did you mean \"small\"? The possible values are: small, large",
            ),
            ("kind = 'huge'", "1:8 `kind` cannot be \"huge\" | the possible values are: small, large"),
            ("kind = 3", "1:8 `kind` must be text in quotes, not a number | write it in quotes: \"3\""),
            (
                "rate = {}",
                "1:8 `rate` must be a rate in quotes, such as \"40/s\", or a list of them, not a table | -",
            ),
            ("list = 'a'", "1:8 `list` must be a list of texts, not text | write it in brackets: [\"a\"]"),
            (
                "count = 50.000",
                "1:9 `count` must be a whole number, not a number with a fraction | write it without the dot: 50000",
            ),
            ("params = 'a'", "1:10 `params` must be a list of texts or a table of texts, not text | -"),
            ("inner = true", "1:9 `inner` must be a table, not true or false | -"),
            ("inner = [1]", "1:9 `inner` must be a table, not a list | -"),
            ("[[inner]]", "1:1 `inner` must be a table, not a list | -"),
            ("[name]\na = 1", "1:1 `name` must be text in quotes, not a table | -"),
            ("name.first = 'a'", "1:1 `name` must be text in quotes, not a table | -"),
        ] {
            assert_eq!(read(source).1, [expected], "{source}");
        }
    }
}
