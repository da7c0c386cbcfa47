//! The JSON Schema against the reader: both must know the same keys.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use disparo::definition;
use serde_json::Value;

use super::files;

/// Every table of the schema with its keys; the top is the empty path.
fn keys_of_the_schema() -> BTreeMap<String, BTreeSet<String>> {
    fn walk(schema: &Value, path: &str, tables: &mut BTreeMap<String, BTreeSet<String>>) {
        let Some(properties) = schema["properties"].as_object() else { return };
        assert_eq!(schema["additionalProperties"], false, "`{path}` lets unknown keys through");
        tables.insert(path.to_owned(), properties.keys().cloned().collect());
        for (key, inner) in properties {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            walk(inner, &path, tables);
        }
    }
    let mut tables = BTreeMap::new();
    walk(&definition::schema(), "", &mut tables);
    tables
}

/// The keys that the reader names when it meets one that it cannot know.
fn keys_of_the_reader(table: &str) -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("x.toml");
    let header = if table.is_empty() { String::new() } else { format!("[{table}]\n") };
    fs::write(&file, format!("{header}qqqqqqqqqq = 1\n")).expect("a writable folder");
    let problems =
        definition::load(&file, folder.path(), &crate::campaigns::defaults()).expect_err("an unknown key");
    let unknown = problems.list().iter().find(|problem| problem.sentence == "unknown key `qqqqqqqqqq`");
    let hint = unknown.and_then(|problem| problem.hint.as_deref()).expect("a hint");
    let known = hint.strip_prefix("the keys here are: ").expect("a list");
    known.split(", ").map(str::to_owned).collect()
}

#[test]
fn it_lists_exactly_the_keys_that_are_read() {
    let tables = keys_of_the_schema();
    let named: Vec<&str> = tables.keys().map(String::as_str).collect();
    for table in
        ["", "action", "action.create_group", "audience.source.contacts", "fallback", "message.location"]
    {
        assert!(named.contains(&table), "`{table}` is not among {named:?}");
    }
    for (table, keys) in tables {
        assert_eq!(keys, keys_of_the_reader(&table), "`{table}`");
    }
}

#[test]
fn every_key_is_described() {
    fn walk(schema: &Value, path: &str) {
        for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{key}");
            let description = inner["description"].as_str().unwrap_or_default();
            assert!(description.ends_with('.'), "`{path}` has no description: {inner}");
            walk(inner, &path);
        }
    }
    walk(&definition::schema(), "");
}

#[test]
fn it_has_no_null_and_says_what_is_required() {
    let schema = definition::schema();
    assert!(!schema.to_string().contains("\"null\""), "TOML has no null");
    assert_eq!(schema["required"], serde_json::json!(["version", "name", "channel", "audience"]));
    let exactly_one =
        |one: &str, other: &str| serde_json::json!([{ "required": [one] }, { "required": [other] }]);
    assert_eq!(schema["oneOf"], exactly_one("message", "action"));
    assert_eq!(schema["properties"]["audience"]["oneOf"], exactly_one("file", "source"));
    assert_eq!(schema["properties"]["version"]["const"], 1);
}

#[test]
fn the_examples_keep_to_it() {
    fn walk(written: &toml::Table, schema: &Value, path: &str) {
        for (key, value) in written {
            let path = format!("{path}.{key}");
            let inner = &schema["properties"][key];
            assert!(inner.is_object(), "the schema does not know `{path}`");
            if let (toml::Value::Table(table), true) = (value, inner["properties"].is_object()) {
                walk(table, inner, &path);
            }
        }
        for key in schema["required"].as_array().into_iter().flatten() {
            let key = key.as_str().expect("a key");
            assert!(written.contains_key(key), "the schema requires `{path}.{key}`");
        }
    }
    let mut examples = files::all_in("campaigns");
    examples.retain(|file| !files::is_settings(file));
    examples.extend(files::all_in("tests/data/campaigns/good"));
    assert!(examples.iter().any(|file| file.starts_with(Path::new("campaigns"))));
    for example in examples {
        let text = fs::read_to_string(&example).expect("readable");
        let written: toml::Table = text.parse().expect("TOML");
        walk(&written, &definition::schema(), &example.display().to_string());
    }
}

#[test]
fn it_is_as_editors_have_seen_it() {
    insta::assert_json_snapshot!(definition::schema());
}
