//! The seeds' own samples, byte for byte.

use serde_json::Value;

use super::bench::Bench;
use crate::provider::devino::wire::SendResponse;

/// The body of seed 002's curl sample, "Solicitar exemplo".
const CURL_BODY: &str = r#"{ 
    "messages": [ 
        { 
            "from": "MyCompany",
            "to": "79034567890",
            "text": "Code: 1234"
        }
    ]
}"#;

/// The body of its JSON sample.
const JSON_BODY: &str =
    r#"{ "messages": [ { "from": "MyCompany", "to": "79034567890", "text": "Code: 1234" } ] }"#;

/// "Resposta exemplo".
const ANSWER: &str = r#"{
    "result": [
        {
            "code": "OK",
            "messageId": "3482512350952730368"
        }
    ]
}"#;

/// What curl sends for the sample.
fn curl(body: &str, accept: &str) -> String {
    format!(
        "POST /whatsapp/messages HTTP/1.1\r\nHost: api.devino.online\r\nUser-Agent: curl/8.5.0\r\nAccept: {accept}\r\n\
         Authorization: Key QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\nContent-Type: application/json\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn devinos_samples_get_devinos_answer() {
    for request in [curl(CURL_BODY, "*/*"), curl(JSON_BODY, "application/json")] {
        let bench = Bench::new("");
        let answer = bench.raw(&request).await;
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(head.contains("content-type: application/json"), "{head}");
        let expected: Value = serde_json::from_str(ANSWER).expect("JSON");
        assert_eq!(serde_json::from_str::<Value>(body).expect("JSON"), expected);
        let [entry] = &bench.sandbox.record().accepted()[..] else { panic!("one entry") };
        assert_eq!((&*entry.sender, entry.to.in_full().as_str()), ("MyCompany", "79034567890"));
        assert_eq!(entry.message_id(), "3482512350952730368");
    }
}

#[tokio::test]
async fn the_clients_types_read_the_seeds_answer_and_ours_alike() {
    let bench = Bench::new("");
    let answer = bench.raw(&curl(CURL_BODY, "*/*")).await;
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let ours: SendResponse<'_> = serde_json::from_str(body).expect("the wire's type");
    let theirs: SendResponse<'_> = serde_json::from_str(ANSWER).expect("the wire's type");
    assert_eq!(ours, theirs);
}

#[tokio::test]
async fn the_model_of_a_rejection_is_the_seeds() {
    let bench = Bench::new("");
    let answer = bench.raw(&curl(&CURL_BODY.replace("79034567890", "7903-456"), "*/*")).await;
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let body: Value = serde_json::from_str(body).expect("JSON");
    let expected = r#"{"result":[{"code":"REJECTED","description":"Número de telefone incorreto","reasons":[{"key":"invalid","ref":"messages[0].to"}]}]}"#;
    assert_eq!(body.to_string(), expected);
}
