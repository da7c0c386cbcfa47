//! The short way renders exactly what Jinja renders.

use proptest::prelude::*;

use super::super::compiled::Compiled;
use super::*;

#[test]
fn plain_templates_take_the_short_way() {
    let is_short =
        |source: &str| Compiled::new("message.text", source, &names()).expect("compiles").is_short();
    for source in ["", "Oi", "Oi {{ nome }}!", "{{nome|title}} {{ cupom | upper }}", "{{ endereço }}\n"] {
        assert!(is_short(source), "{source}");
    }
    for source in [
        "{{- nome }}",
        "{{ nome|trim }}",
        "{{ nome ~ uf }}",
        "{# x #}",
        "{% if uf %}{% endif %}",
        "{{ 'a' }}",
    ] {
        assert!(!is_short(source), "{source}");
    }
}

#[test]
fn templates_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<ContentTemplate>();
    shared::<Filter>();
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~áé\r\n]{0,6}",
        prop::sample::select(vec![
            "{{ nome }}",
            "{{cupom}}",
            "{{ nome|title }}",
            "{{ uf | upper }}",
            "{{ nome | lower }}",
            "{{ nome|first_name }}",
            "{{\nendereço\n}}",
            "\n",
            "\r\n",
            "}}",
            "{",
            "}",
            "{{",
            "{{ nome }",
            "{{{ nome }}}",
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #[test]
    fn both_ways_agree(
        pieces in prop::collection::vec(piece(), 0..6),
        values in prop::array::uniform4("\\PC{0,8}|[A-Z ]{0,8}|ǆ|ß|İ"),
    ) {
        let source = pieces.concat();
        let row = row(values.each_ref().map(String::as_str));
        if let Ok(short) = Compiled::new("message.text", &source, &names()) {
            let jinja = Compiled::by_jinja(&source, &names());
            prop_assert!(jinja.is_ok(), "{:?} is a template one way only: {:?}", source, jinja);
            if let Ok(jinja) = jinja {
                prop_assert_eq!(short.render(&row), jinja.render(&row), "{:?}", source);
            }
        }
    }

    #[test]
    fn any_source_is_compiled_or_refused(source in "\\PC{0,40}|([{}%#|a-z .'\"=()-]){0,40}") {
        if let Ok(template) = Compiled::new("message.text", &source, &names()) {
            let _ = template.render(&row(["a", "b", "c", "d"]));
        }
        if let Ok(filter) = Filter::compile(&source, &names()) {
            let _ = filter.keeps(&row(["a", "b", "c", "d"]));
        }
    }
}
