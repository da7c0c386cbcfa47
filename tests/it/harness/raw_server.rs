//! A server that breaks connections in ways that no HTTP server would.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// What it does with a connection once something of the request has arrived.
#[derive(Debug, Clone, Copy)]
pub enum Breakage {
    /// Ends it with a reset.
    Reset,
    /// Reads the whole request, writes this, and ends the connection.
    Say(&'static str),
}

/// Serves one connection after the other, each with the next breakage. Gives its address; the thread
/// ends after the last.
pub fn breaking(breakages: impl IntoIterator<Item = Breakage> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for breakage in breakages {
            let (connection, _) = listener.accept().expect("somebody connects");
            serve(connection, breakage);
        }
    });
    address.to_string()
}

fn serve(mut connection: TcpStream, breakage: Breakage) {
    // What the far side does when it is cut off is no fault of this server.
    match breakage {
        Breakage::Reset => {
            // Linux resets a connection that is closed with bytes in it that nobody has read.
            drop(connection.peek(&mut [0]));
        }
        Breakage::Say(words) => {
            read_request(&mut connection);
            drop(connection.write_all(words.as_bytes()));
        }
    }
}

/// Reads up to the end of a body of JSON objects.
fn read_request(connection: &mut TcpStream) {
    let mut request = Vec::new();
    let mut buffer = [0; 4_096];
    while let Ok(length @ 1..) = connection.read(&mut buffer) {
        request.extend_from_slice(&buffer[..length]);
        if is_whole(&request) {
            return;
        }
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    request.len() >= head.len() + 4 + length.unwrap_or(0_usize)
}
