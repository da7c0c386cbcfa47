//! Posts as a provider makes them, over a connection that stays open: byte for byte, and the answer as it came.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// One connection after the other to one address.
pub struct Poster {
    address: String,
    connection: Option<TcpStream>,
}

/// An answer, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The head in lower case, with the line of the status.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the answer says nothing but its status.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty() && self.head.contains("\r\ncontent-length: 0\r\n")
    }
}

impl Poster {
    /// Connects when the first post is made.
    pub fn to(base_url: &str) -> Self {
        let address = base_url.strip_prefix("http://").unwrap_or_else(|| panic!("{base_url} is no HTTP"));
        Self { address: address.to_owned(), connection: None }
    }

    /// Posts JSON to a path.
    ///
    /// # Errors
    /// When no whole answer comes; the next post opens another connection.
    pub fn post(&mut self, path: &str, body: &[u8]) -> io::Result<Answer> {
        self.say(&Self::request("POST", path, body))
    }

    /// The bytes of a request.
    pub fn request(method: &str, path: &str, body: &[u8]) -> Vec<u8> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: hooks.example\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    }

    /// Says anything at all, and reads an answer.
    ///
    /// # Errors
    /// As [`Poster::post`].
    pub fn say(&mut self, request: &[u8]) -> io::Result<Answer> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect()?,
        };
        connection.write_all(request)?;
        let answer = read(&mut connection)?;
        if !answer.head.contains("\r\nconnection: close\r\n") {
            self.connection = Some(connection);
        }
        Ok(answer)
    }

    /// Says something, and leaves without an answer.
    pub fn say_and_leave(&mut self, request: &[u8]) {
        let mut connection = self.connect().expect("somebody listens");
        connection.write_all(request).expect("somebody reads");
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let connection = TcpStream::connect(&self.address)?;
        connection.set_nodelay(true)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        Ok(connection)
    }
}

/// Reads one answer, which says how long it is.
fn read(connection: &mut TcpStream) -> io::Result<Answer> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        if let Some(answer) = whole(&bytes) {
            return Ok(answer);
        }
        match connection.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => bytes.extend_from_slice(&buffer[..length]),
        }
    }
}

fn whole(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let body = bytes[end..].to_vec();
    (body.len() >= length.unwrap_or(0_usize)).then_some(Answer { status, head, body })
}
