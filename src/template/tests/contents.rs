//! `[message]` in its three kinds, and the mistakes that are found before anything is sent.

use super::*;
use crate::domain::{Content, ContentSpec, Params, ParamsSpec};

fn text(source: &str) -> ContentSpec {
    ContentSpec::Text(source.to_owned())
}

fn rendered(source: &str, row: &Row) -> Result<String, TemplateError> {
    match ContentTemplate::compile(&text(source), &names())?.render(row)? {
        Rendered::Content(Content::Text { text }) => Ok(text),
        other => panic!("{other:?}"),
    }
}

#[test]
fn texts_are_filled_in() {
    let ana = row(["ANA MARIA", "A1", "10,50", "SP"]);
    for (source, expected) in [
        ("Oi {{ nome | title }}! Seu cupom é {{ cupom }}.", "Oi Ana Maria! Seu cupom é A1."),
        ("Oi {{ nome | first_name }}!", "Oi Ana!"),
        ("{% if uf == 'SP' %}capital{% else %}interior{% endif %}", "capital"),
        ("{{ '%.2f' | format(total | float) }}", "10.50"),
        ("{{ segmento | default('cliente') }}", "cliente"),
        ("{% if segmento is defined %}{{ segmento }}{% endif %}x", "x"),
        ("{% for letra in cupom %}{{ letra }}.{% endfor %}", "A.1."),
        ("{% set total = 3 %}{{ total }}", "3"),
        ("{{ endereço }}, {{ nascimento }}", "Rua A, 1990-05-17"),
        ("a & b <{{ cupom }}>", "a & b <A1>"),
        ("linha um\nlinha dois\n", "linha um\nlinha dois"),
    ] {
        assert_eq!(rendered(source, &ana).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn values_are_text_and_never_template() {
    let sly = row(["{{ cupom }}", "{% raw %}", "", ""]);
    assert_eq!(rendered("{{ nome }}/{{ cupom }}", &sly).as_deref(), Ok("{{ cupom }}/{% raw %}"));
    assert_eq!(rendered("{{ nome ~ cupom }}", &sly).as_deref(), Ok("{{ cupom }}{% raw %}"));
}

#[test]
fn templates_and_media() {
    let ana = row(["Ana", "A1", "", "SP"]);
    let positional = ContentSpec::Template {
        id: "bf_2026".to_owned(),
        language: Some("pt_BR".to_owned()),
        params: ParamsSpec::Positional(vec!["{{ nome }}".to_owned(), "{{ total }}".to_owned()]),
        validity: Some(3),
    };
    let template = ContentTemplate::compile(&positional, &names()).expect("compiles");
    assert_eq!(
        template.render(&ana).expect("renders"),
        Rendered::Content(Content::Template {
            id: "bf_2026".to_owned(),
            language: Some("pt_BR".to_owned()),
            params: Params::Positional(vec!["Ana".to_owned(), String::new()]),
            validity: Some(3),
        })
    );
    let media = ContentSpec::Media {
        url: "https://exemplo.com/{{ cupom | lower }}.png".to_owned(),
        content_type: Some("image/png".to_owned()),
        name: None,
        text: Some("Oi {{ nome }}".to_owned()),
    };
    let template = ContentTemplate::compile(&media, &names()).expect("compiles");
    assert_eq!(
        template.render(&ana).expect("renders"),
        Rendered::Content(Content::Media {
            url: "https://exemplo.com/a1.png".to_owned(),
            content_type: Some("image/png".to_owned()),
            name: None,
            text: Some("Oi Ana".to_owned()),
        })
    );
}

#[test]
fn mistakes_are_found_before_any_row() {
    let named = |source: &str| ContentSpec::Template {
        id: "t".to_owned(),
        language: None,
        params: ParamsSpec::Named(vec![("cliente".to_owned(), source.to_owned())]),
        validity: None,
    };
    let sentences = [
        text("Oi {{ nome }}, use {{ cupon }}"),
        text("Nascido em {{ data_de_nascimento }}"),
        text("{{ nome | titel }}"),
        text("{{ nome"),
        text("{% if nome %}x"),
        text("{{ nome.grita() }}"),
        text("{% include 'outro' %}"),
        text("{{ data de nascimento }}"),
        named("{{ apelido }}"),
    ]
    .map(|spec| told(&ContentTemplate::compile(&spec, &names()).expect_err("a mistake")));
    insta::assert_snapshot!(sentences.join("\n"), @r#"
    message.text uses {{ cupon }}, but the audience has no column "cupon"
      hint: did you mean "cupom"? The columns are: nascimento, nome, cupom, total, uf, endereço, data de nascimento
    message.text uses {{ data_de_nascimento }}, but the audience has no column "data_de_nascimento"
      hint: a template cannot write the column "data de nascimento": name it under [audience], as in columns = { data_de_nascimento = "data de nascimento" }
    message.text: `titel`: filter titel is unknown
    message.text: `nome`: unexpected end of input, expected end of variable block
    message.text: `x`: unexpected end of input, expected end of block
    message.text: `.grita()`: string has no method named grita
    message.text: `include 'outro'`: tried to include non-existing template 'outro'
    message.text: `de`: unexpected identifier, expected end of variable block
    message.template.params.cliente uses {{ apelido }}, but the audience has no column "apelido"
      hint: the columns are: nascimento, nome, cupom, total, uf, endereço, data de nascimento
    "#);
}

#[test]
fn mistakes_of_one_row_name_it() {
    let ana = row(["Ana", "", "isento", "SP"]);
    let sentences = [
        "{{ (total | float) + 1 }}",
        "{{ total + 1 }}",
        "{% if uf == 'SP' and segmento is not defined %}{{ segmento }}{% endif %}",
        "{{ nome[20].x }}",
    ]
    .map(|source| rendered(source, &ana).expect_err(source).to_string());
    insta::assert_snapshot!(sentences.join("\n"), @r#"
    `float`: "isento" is not a number
    `total + 1`: tried to use + operator on unsupported types string and number
    `segmento`: `segmento` is undefined
    `[20].x`: `nome[20]` is undefined
    "#);
}
