//! The JSON Schema of a definition, from the very shapes that read it.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::Value;

use super::raw::RawDefinition;
use crate::document::Homes;

/// The JSON Schema (draft 7, which editors' TOML plug-ins read) of a campaign's definition.
#[must_use]
pub fn schema() -> Value {
    let generator = SchemaSettings::draft07()
        .with(|settings| settings.inline_subschemas = true)
        .with_transform(RecursiveTransform(without_null))
        .with_transform(RecursiveTransform(on_one_line))
        .into_generator();
    generator.into_root_schema_for::<RawDefinition>().to_value()
}

/// An optional key is left out: TOML has no null.
fn without_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            for (key, value) in only {
                // What the key says of itself is more than what its type says.
                if schema.get(&key).is_none() {
                    schema.insert(key, value);
                }
            }
        }
    }
}

/// The source wraps its lines, an editor wraps them again.
fn on_one_line(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ");
    }
}

/// Which table each key belongs in. Of tables that stand on one line with their key nobody thinks as homes.
pub(super) fn homes() -> Homes {
    let on_one_line = ["action.", "audience.source"];
    let mut homes = Homes::default();
    each_key(&schema(), "", &mut |table, key| {
        if !on_one_line.iter().any(|begin| table.starts_with(begin)) {
            homes.add(key, table);
        }
    });
    homes
}

/// Calls `tell` with every table and key that the schema names; tables by path, the top by the empty one.
fn each_key(schema: &Value, table: &str, tell: &mut impl FnMut(&str, &str)) {
    let Some(Value::Object(keys)) = schema.get("properties") else { return };
    for (key, inner) in keys {
        tell(table, key);
        let path = if table.is_empty() { key.clone() } else { format!("{table}.{key}") };
        each_key(inner, &path, tell);
    }
}
