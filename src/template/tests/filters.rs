//! `audience.where`: rows that stay, rows that go, and rows of which nobody can say.

use super::*;

fn filter(source: &str) -> Filter {
    Filter::compile(source, &names()).unwrap_or_else(|error| panic!("{source}: {error}"))
}

#[test]
fn conditions_over_columns() {
    let paulista = row(["Ana", "A1", "R$ 1.234,56", "SP"]);
    for (source, keeps) in [
        ("uf == 'SP' and total|float > 100", true),
        ("uf == 'RJ'", false),
        ("uf in ['SP', 'RJ']", true),
        ("total|int == 1234", true),
        ("not cupom", false),
        ("cupom is defined", true),
        ("segmento is defined", false),
        ("segmento|default('x') == 'x'", true),
        ("nome|length > 2 or false", true),
        ("nascimento[:4]|int < 2000", true),
        ("endereço == 'Rua A'", true),
        ("true", true),
    ] {
        assert_eq!(filter(source).keeps(&paulista), Ok(keeps), "{source}");
    }
}

#[test]
fn rows_of_which_nobody_can_say_are_bad() {
    let odd = row(["Ana", "", "isento", "SP"]);
    let riddle = row(["Ana", "", "1.234", "SP"]);
    let empty = row(["Ana", "", " ", "SP"]);
    let reasons = [
        filter("uf == 'SP' and total|float > 100").keeps(&odd),
        filter("total|float > 100").keeps(&riddle),
        filter("total|int > 100").keeps(&empty),
        filter("uf").keeps(&odd),
        filter("1").keeps(&odd),
        filter("segmento is defined and segmento == 'x' or segmento == 'y'").keeps(&odd),
    ]
    .map(|kept| kept.expect_err("neither true nor false").to_string());
    insta::assert_snapshot!(reasons.join("\n"), @r#"
    `float`: "isento" is not a number
    `float`: "1.234" may mean two numbers; say which sign is the decimal one, as in float(decimal=',') or float(decimal='.')
    `int`: the cell is empty; a default can be given, as in float(0) or int(0)
    the condition gives a text, neither true nor false; compare it with something, as in uf == 'SP'
    the condition gives a number, neither true nor false
    `or segmento == 'y'`: `segmento` is undefined
    "#);
    assert_eq!(filter("total|float(decimal=',') > 100").keeps(&riddle), Ok(true));
    assert_eq!(filter("total|float(decimal='.') > 100").keeps(&riddle), Ok(false));
    assert_eq!(filter("total|float(0) > 100").keeps(&empty), Ok(false));
}

#[test]
fn expressions_that_are_none() {
    let sentences = [
        "uf = 'SP'",
        "uff == 'SP'",
        "total|flot > 1",
        "uf is grande",
        "total|float('a', 'b', 3)",
        "total > 100",
        "uf == 'SP",
        "",
    ]
    .map(|source| told(&Filter::compile(source, &names()).expect_err(source)));
    insta::assert_snapshot!(sentences.join("\n"), @r#"
    audience.where: `=` sets a value; to compare, write `==`
    audience.where uses {{ uff }}, but the audience has no column "uff"
      hint: did you mean "uf"? The columns are: nascimento, nome, cupom, total, uf, endereço, data de nascimento
    audience.where: `flot`: filter flot is unknown
    audience.where: `grande`: test grande is unknown
    audience.where: `float('a', 'b', 3)`: too many arguments
    audience.where: compares the text of the column "total" with the number 100; write total|float > 100
    audience.where: unexpected end of string
    audience.where: unexpected end of input, expected expression
    "#);
}
