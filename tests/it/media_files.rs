//! The files of a message, asked after by `disparo check` before anything is sent.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::harness::Workspace;

/// A server of files for as long as the test's process lives; it has nothing for anything but HEAD. Gives its
/// address.
fn files() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for connection in listener.incoming() {
            // Whoever asks and goes away is no fault of this server.
            drop(connection.and_then(|connection| serve(&connection)));
        }
    });
    format!("http://{address}")
}

fn serve(connection: &TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let head = match first.split(' ').collect::<Vec<_>>().as_slice() {
        ["HEAD", "/promo.png", _] => "200 OK\r\nContent-Type: image/png\r\nContent-Length: 1234",
        ["HEAD", "/page.png", _] => "200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 99",
        ["HEAD", "/huge.png", _] => "200 OK\r\nContent-Type: image/png\r\nContent-Length: 9000000000",
        ["HEAD", "/short", _] => "302 Found\r\nLocation: /promo.png\r\nContent-Length: 0",
        _ => "404 Not Found\r\nContent-Length: 0",
    };
    let mut writer = connection;
    write!(writer, "HTTP/1.1 {head}\r\nConnection: close\r\n\r\n")
}

/// A campaign of one picture for each of the files.
fn workspace(addresses: &[String]) -> Workspace {
    let workspace = Workspace::new();
    let people: String =
        addresses.iter().zip(0..).map(|(address, n)| format!("551198765430{n},{address}\n")).collect();
    workspace.write("audiences/a.csv", format!("telefone,arquivo\n{people}"));
    workspace.write(
        "fotos.toml",
        "version = 1\nname = \"fotos\"\nchannel = \"devino\"\n[audience]\nfile = \"audiences/a.csv\"\n\
         [message]\nmedia = { url = \"{{ arquivo }}\", type = \"image/png\" }\n",
    );
    workspace
}

#[test]
fn files_of_another_type_or_too_large_are_told_by_row_and_not_sent() {
    let base = files();
    let addresses = ["/promo.png", "/page.png", "/huge.png", "/short"].map(|path| format!("{base}{path}"));
    let workspace = workspace(&addresses);
    let checked = workspace.disparo(["check", "fotos", "--format", "json"]).finish().expect(0).json();
    assert_eq!((&checked["to_send"], &checked["notes"]), (&2.into(), &serde_json::json!([])), "{checked}");
    let invalid = checked["invalid"].as_array().expect("rows");
    let told: Vec<_> = invalid
        .iter()
        .map(|row| format!("{} {} {}", row["row"], row["column"], row["reason"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0], "2 \"message.media.type\" the file is text/html, not image/png");
    assert!(told[1].starts_with("3 \"message.media.url\" the file has 9.0 GB"), "{told:?}");
    assert_eq!(workspace.run("fotos").expect(0).tally().accepted, 2);
}

#[test]
fn files_that_cannot_be_looked_at_are_noted_and_sent_all_the_same() {
    let base = files();
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
    for (address, cause) in
        [(format!("{base}/none.png"), "HTTP status 404"), (format!("http://{closed}/a.png"), "no connection")]
    {
        let workspace = workspace(std::slice::from_ref(&address));
        let check = workspace.disparo(["check", "fotos"]).finish().expect(0);
        let note = format!("1 of 1 files could not be looked at, the first is {address}: {cause}");
        assert!(check.stdout.contains(&note), "{check}");
        assert_eq!(workspace.run("fotos").expect(0).tally().accepted, 1);
    }
}
