//! Jinja as Disparo speaks it: strict about what is undefined, with filters for names and amounts.

use std::borrow::Cow;

use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, Value, filters};

use super::{numbers, words};

/// An environment without templates.
pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Errors then know which part of the source is at fault.
    environment.set_debug(true);
    // It would print whole rows into messages.
    environment.remove_global("debug");
    environment.add_filter("float", float);
    environment.add_filter("int", int);
    environment.add_filter("first_name", |name: Cow<'_, str>| words::first_name(&name));
    environment
}

/// Jinja's `float`, which also reads `1.234,56` and `R$ 10,00`; `decimal=','` settles a riddle.
fn float(state: &State, value: &Value, default: Option<Value>, named: Kwargs) -> Result<Value, Error> {
    let default = default.or(named.get("default")?);
    let sign: Option<String> = named.get("decimal")?;
    named.assert_all_used()?;
    match value.as_str() {
        Some(text) => number(text, sign.as_deref()).map(Value::from).or_else(|error| default.ok_or(error)),
        None => filters::float(state, value, default, no_names()),
    }
}

/// Jinja's `int`, which reads the same numbers as `float` and cuts off what is behind the sign.
fn int(
    state: &State,
    value: &Value,
    default: Option<Value>,
    base: Option<u32>,
    named: Kwargs,
) -> Result<Value, Error> {
    let default = default.or(named.get("default")?);
    let base = base.or(named.get("base")?);
    let sign: Option<String> = named.get("decimal")?;
    named.assert_all_used()?;
    let Some(text) = value.as_str().filter(|_| base.is_none()) else {
        return filters::int(state, value, default, base, no_names());
    };
    if let Ok(whole) = text.trim().parse::<i64>() {
        return Ok(Value::from(whole));
    }
    match number(text, sign.as_deref()) {
        Ok(number) => filters::int(state, &Value::from(number), None, None, no_names()),
        Err(error) => default.ok_or(error),
    }
}

fn number(text: &str, sign: Option<&str>) -> Result<f64, Error> {
    let decimal = match sign {
        None => None,
        Some(",") => Some(','),
        Some(".") => Some('.'),
        Some(_) => return Err(Error::new(ErrorKind::InvalidOperation, "decimal is either ',' or '.'")),
    };
    numbers::decimal(text, decimal)
        .map_err(|not_a_number| Error::new(ErrorKind::InvalidOperation, not_a_number.to_string()))
}

fn no_names() -> Kwargs {
    std::iter::empty::<(&str, Value)>().collect()
}
