//! What is no webhook, posted to the real `serve`: refused in one way for each kind, and without harm.

use crate::harness::{People, Poster, Serve, Workspace};

/// The largest body that is taken.
const LARGEST: usize = 1 << 20;

/// How much memory may have grown by what was refused: far less than what was posted.
const GROWTH: u64 = 48 << 20;

/// Times that everything is posted.
const ROUNDS: usize = 40;

/// A request in pieces, which says nowhere how long it is.
fn in_pieces(path: &str, body: &[u8]) -> Vec<u8> {
    let mut request =
        format!("POST {path} HTTP/1.1\r\nhost: hooks.example\r\ntransfer-encoding: chunked\r\n\r\n")
            .into_bytes();
    for piece in body.chunks(16 << 10) {
        request.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        request.extend_from_slice(piece);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    request
}

/// JSON of this length that would be taken if it were not too long.
fn status_of_length(length: usize, phone: &str) -> Vec<u8> {
    let (before, after) = (format!("[{{\"messageId\": 1, \"status\": \"SENT\", \"ip\": \"{phone}"), "\"}]");
    let filling = " ".repeat(length - before.len() - after.len());
    [before.as_bytes(), filling.as_bytes(), after.as_bytes()].concat()
}

#[test]
fn what_is_no_webhook_is_refused_without_harm() {
    let workspace = Workspace::new();
    let serve = Serve::start_with(&workspace, ["-v"]);
    workspace.only_devino(&format!("callback_url = \"{}\"", serve.base_url()));
    let people = People::seeded(1, 1);
    let phone = &people.phones()[0];
    let url = serve.url(&workspace, "devino");
    let path = url.strip_prefix(serve.base_url()).expect("below the listener's address");
    let (before, secret) = path.rsplit_once('/').expect("a secret");
    let status = format!("[{{\"messageId\": 1, \"status\": \"SENT\", \"options\": \"{phone}\"}}]");
    let status = status.as_bytes();
    let post = |path: &str, body: &[u8]| Poster::request("POST", path, body);

    let mut wrong_secret = secret.to_owned();
    let last = wrong_secret.pop().expect("a secret");
    wrong_secret.push(if last == 'A' { 'B' } else { 'A' });
    let too_long = status_of_length(LARGEST + 1, phone);
    let deep = format!(
        "[{{\"messageId\": 1, \"status\": {}\"{phone}\"{}}}]",
        "[".repeat(400_000),
        "]".repeat(400_000)
    );
    let not_utf8 = [status, b"\xff\xfe"].concat();
    let cases: [(&str, Vec<u8>, u16); 16] = [
        ("wrong secret", post(&format!("{before}/{wrong_secret}"), status), 404),
        ("the secret's beginning", post(&format!("{before}/{}", &secret[..42]), status), 404),
        ("no secret", post(before, status), 404),
        ("an empty secret", post(&format!("{before}/"), status), 404),
        ("more behind the secret", post(&format!("{path}/more"), status), 404),
        ("unknown channel", post(&format!("/webhooks/nobody/{secret}"), status), 404),
        ("another channel's secret", post(&format!("/webhooks/wati-a/{secret}"), status), 404),
        ("wrong path", post(&format!("/hooks/devino/{secret}"), status), 404),
        ("the root", post("/", status), 404),
        ("wrong method", Poster::request("GET", path, b""), 404),
        ("another wrong method", Poster::request("PUT", path, status), 404),
        ("a byte too long", post(path, &too_long), 413),
        ("a byte too long, in pieces", in_pieces(path, &too_long), 413),
        ("cut JSON", post(path, &status[..status.len() - 3]), 400),
        ("no UTF-8", post(path, &not_utf8), 400),
        ("nested deeply", post(path, deep.as_bytes()), 400),
    ];
    let mut poster = Poster::to(serve.base_url());
    let pour = |poster: &mut Poster| {
        for (what, request, expected) in &cases {
            let answer = poster.say(request).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!((answer.status, answer.is_empty()), (*expected, true), "{what}: {answer:?}");
        }
        // Whoever breaks off in the middle is missed by nobody.
        let whole = post(path, &too_long[..LARGEST]);
        poster.say_and_leave(&whole[..whole.len() / 2]);
    };
    pour(&mut poster);
    let mut serve = serve;
    let memory = serve.process().memory();
    for _ in 0..ROUNDS {
        pour(&mut poster);
    }
    let grown = serve.process().memory().saturating_sub(memory);
    assert!(grown < GROWTH, "{} MiB more than before", grown >> 20);

    let longest = status_of_length(LARGEST, phone);
    for good in [post(path, status), in_pieces(path, status), post(path, &longest)] {
        let answer = poster.say(&good).expect("an answer");
        assert_eq!((answer.status, answer.is_empty()), (200, true), "{answer:?}");
    }
    let ended = serve.terminate().expect(0);
    let rounds = ROUNDS + 1;
    assert!(
        ended.stderr.contains(&format!("3 webhooks taken with 3 events, {} malformed", 3 * rounds)),
        "{ended}"
    );
    let said = format!("{}{}", ended.stdout, ended.stderr);
    assert!(!said.contains(secret) && !said.contains(&wrong_secret), "a secret is shown");
    assert!(!said.contains(phone.as_str()), "a number is shown");
    assert!(ended.stderr.contains("a webhook is malformed"), "the log says what was refused: {ended}");
}
