//! `serve` as a service of systemd: it says when it is up, that it lives, and when it ends.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::harness::Workspace;

/// What the service manager hears, until it hears `last`.
fn hear(socket: &UnixDatagram, last: &str) -> String {
    let mut heard = String::new();
    let mut message = [0; 4_096];
    while !heard.contains(last) {
        let length = socket.recv(&mut message).unwrap_or_else(|error| panic!("{error} after {heard}"));
        heard.push_str(std::str::from_utf8(&message[..length]).expect("text"));
    }
    heard
}

#[test]
fn the_service_manager_is_told() {
    let workspace = Workspace::new();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
    let serve = workspace
        .disparo(["serve", "--listen", "127.0.0.1:0"])
        .environment("NOTIFY_SOCKET", &path.to_string_lossy())
        .environment("WATCHDOG_USEC", "100000")
        .start();
    let heard = hear(&socket, "READY=1");
    assert!(!heard.contains("STOPPING"), "{heard}");
    hear(&socket, "STATUS=0 schedules");
    hear(&socket, "WATCHDOG=1\n");
    hear(&socket, "WATCHDOG=1\n");
    serve.terminate();
    hear(&socket, "STOPPING=1");
    serve.wait().expect(0);
}
