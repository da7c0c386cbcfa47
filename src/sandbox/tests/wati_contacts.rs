//! Wati's contacts: made, changed, listed.

use serde_json::{Value, json};

use super::bench::Bench;

async fn add(bench: &Bench, number: &str, name: &str, city: &str) -> Value {
    let body = json!({ "name": name, "customParams": [{ "name": "cidade", "value": city }] });
    bench.wati_json("POST", &format!("/1/api/v1/addContact/{number}"), &body).await
}

async fn names(bench: &Bench, query: &str) -> Vec<Value> {
    let list = bench.wati_json("GET", &format!("/1/api/v1/getContacts{query}"), &Value::Null).await;
    assert_eq!(list["result"], "success");
    list["contact_list"].as_array().expect("a list").iter().map(|one| one["fullName"].clone()).collect()
}

#[tokio::test]
async fn a_contact_is_made_once_and_keeps_its_id() {
    let bench = Bench::new("");
    let first = add(&bench, "5511987654321", "Ana", "Rio").await;
    assert_eq!((&first["result"], &first["contact"]["fullName"]), (&json!(true), &json!("Ana")));
    // Without the ninth digit it is the same person.
    let again = add(&bench, "551187654321", "Ana Maria", "Natal").await;
    assert_eq!(first["contact"]["id"], again["contact"]["id"]);
    assert_eq!(again["contact"]["customParams"], json!([{ "name": "cidade", "value": "Natal" }]));
    assert_eq!(names(&bench, "").await, ["Ana Maria"]);
    let response = bench.ask_wati("POST", "/1/api/v1/addContact/12", &json!({ "name": "x" })).await;
    assert_eq!(response.status(), 400);
}

#[tokio::test]
async fn contacts_come_in_pages_and_by_filter() {
    let bench = Bench::new("");
    for index in 0..25 {
        let city = if index % 2 == 0 { "Rio" } else { "Natal" };
        add(&bench, &format!("55119{:08}", 87_000_000 + index), &format!("Pessoa {index}"), city).await;
    }
    assert_eq!(names(&bench, "").await.len(), 10);
    assert_eq!(names(&bench, "?pageSize=10&pageNumber=3").await.len(), 5);
    assert_eq!(names(&bench, "?pageSize=10&pageNumber=4").await.len(), 0);
    let list = bench.wati_json("GET", "/1/api/v1/getContacts?pageSize=20", &Value::Null).await;
    assert_eq!(
        list["link"],
        json!({
            "prevPage": null, "nextPage": "/1/api/v1/getContacts?pageSize=20&pageNumber=2",
            "pageNumber": 1, "pageSize": 20, "total": 25,
        })
    );
    assert_eq!(names(&bench, "?name=pessoa%2024").await, ["Pessoa 24"]);
    let by = |operator: &str, value: &str| {
        let filter = json!([{ "name": "cidade", "operator": operator, "value": value }]).to_string();
        let filter = filter.replace(' ', "%20").replace('"', "%22").replace('[', "%5B").replace(']', "%5D");
        let filter = filter.replace('{', "%7B").replace('}', "%7D");
        format!("?pageSize=100&attribute={filter}")
    };
    for (operator, value, expected) in
        [("==", "Rio", 13), ("!=", "Rio", 12), ("contain", "ata", 12), ("exist", "", 25), ("notExist", "", 0)]
    {
        assert_eq!(names(&bench, &by(operator, value)).await.len(), expected, "{operator} {value}");
    }
    assert_eq!(names(&bench, "?createdDate=2001-01-01").await.len(), 0);
    for query in ["?pageSize=0", "?pageNumber=x", "?attribute=cidade", "?createdDate=yesterday"] {
        let path = format!("/1/api/v1/getContacts{query}");
        assert_eq!(bench.ask_wati("GET", &path, &Value::Null).await.status(), 400, "{query}");
    }
}

#[tokio::test]
async fn attributes_must_be_known_to_the_account() {
    let bench = Bench::new("[wati]\nattributes = [\"cidade\"]\nrefuse_strangers = true");
    let path = "/1/api/v1/updateContactAttributes/5511987654321";
    let set = |name: &str| json!({ "customParams": [{ "name": name, "value": "x" }] });
    let stranger = bench.wati_json("POST", path, &set("cidade")).await;
    assert_eq!(stranger, json!({ "result": false, "info": "Contact not found" }));
    add(&bench, "5511987654321", "Ana", "Rio").await;
    assert_eq!(bench.wati_json("POST", path, &set("cidade")).await, json!({ "result": true }));
    let unknown = bench.wati_json("POST", path, &set("bairro")).await;
    assert_eq!(unknown, json!({ "result": false, "info": "Attribute does not exist" }));
    for body in [json!({}), json!({ "customParams": [] }), json!({ "customParams": [{ "value": "x" }] })] {
        assert_eq!(bench.ask_wati("POST", path, &body).await.status(), 400, "{body}");
    }
}

#[tokio::test]
async fn many_contacts_change_in_one_call_and_the_refused_are_named() {
    let bench = Bench::new("");
    let path = "/1/api/v1/updateContactAttributesForMultiContacts";
    let one = |number: &str| json!({ "whatsappNumber": number, "customParams": [{ "name": "cidade", "value": "Rio" }] });
    let all = json!({ "contacts": [one("5511987654321"), one("5521987654321")] });
    assert_eq!(bench.wati_json("POST", path, &all).await, json!({ "result": true }));
    let some = json!({ "contacts": [one("5511987654321"), one("12")] });
    let answer = bench.wati_json("POST", path, &some).await;
    assert_eq!(answer["result"], true);
    assert_eq!(answer["errors"]["invalidWhatsappNumbers"], json!(["12"]));
    let none = bench.wati_json("POST", path, &json!({ "contacts": [one("12")] })).await;
    assert_eq!(none["result"], false);
    assert_eq!(bench.ask_wati("POST", path, &json!({ "contacts": [] })).await.status(), 400);
    let state = bench.sandbox.record().state();
    assert_eq!((state.accepted, state.refused), (3, 2));
}
