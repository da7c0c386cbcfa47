//! Both sides of the socket, over a real one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::{Barrier, Notify, mpsc};
use tokio::task::JoinHandle;

use crate::clock::{ManualClock, SystemClock};

use super::{Client, ControlError, Output, Request, Server, Session, socket};

fn request(arguments: &[&str]) -> Request {
    Request {
        version: Request::VERSION.to_owned(),
        arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
        colour: false,
        width: 80,
        live: false,
        cwd: PathBuf::from("/"),
    }
}

async fn connect(store: &Path) -> Client {
    Client::connect(store).await.expect("connects").expect("somebody owns the store")
}

fn nothing(_: Output) -> bool {
    true
}

async fn nobody(_: String) -> Option<String> {
    None
}

fn no_interrupts() -> mpsc::Receiver<()> {
    mpsc::channel(1).1
}

/// Hands the command over; what it printed on stdout and on stderr, and its exit code.
async fn ask(store: &Path, arguments: &[&str]) -> (String, String, u8) {
    let client = connect(store).await;
    let (mut out, mut err) = (String::new(), String::new());
    let print = |output| match output {
        Output::Stdout(text) => {
            out.push_str(&text);
            true
        }
        Output::Stderr(text) => {
            err.push_str(&text);
            true
        }
    };
    let code = client.execute(&request(arguments), print, nobody, no_interrupts()).await.expect("answered");
    (out, err, code)
}

fn bind(store: &Path) -> Result<Server, ControlError> {
    Server::bind(store, Arc::new(SystemClock::new()))
}

/// Serves with an executor that prints its arguments, a line each; ends when told.
fn echo(store: &Path) -> (JoinHandle<()>, Arc<Notify>) {
    let server = bind(store).expect("binds");
    let end = Arc::new(Notify::new());
    let ending = Arc::clone(&end);
    let executor = |request: Request, session: Session| async move {
        for argument in &request.arguments {
            session.sink().stdout(&format!("{argument}\n")).expect("somebody reads");
        }
        session.sink().stderr("done\n").expect("somebody reads");
        7
    };
    (tokio::spawn(async move { server.serve(executor, ending.notified()).await }), end)
}

#[tokio::test]
async fn a_command_is_carried_out_by_the_owner() {
    let folder = tempfile::tempdir().expect("folder");
    let store = folder.path().join(".disparo");
    assert!(Client::connect(&store).await.expect("no folder is no error").is_none());
    let (served, end) = echo(&store);
    let long = "é".repeat(300_000);
    assert_eq!(ask(&store, &["status", &long]).await, (format!("status\n{long}\n"), "done\n".to_owned(), 7));

    let mode = |path: &Path| fs::metadata(path).expect("exists").permissions().mode() & 0o777;
    assert_eq!((mode(&store), mode(&socket::path(&store))), (0o700, 0o600));
    assert!(matches!(bind(&store), Err(ControlError::InUse { .. })));
    end.notify_one();
    served.await.expect("ends");
    assert!(!socket::path(&store).exists(), "an owner that ends leaves no socket");
    assert!(Client::connect(&store).await.expect("no socket is no error").is_none());
}

#[tokio::test]
async fn a_workspace_may_lie_deep_and_be_open_to_others() {
    let folder = tempfile::tempdir().expect("folder");
    let store = folder.path().join("a-long-name-".repeat(12)).join("a-long-name-".repeat(12));
    fs::create_dir_all(&store).expect("folders");
    fs::set_permissions(&store, fs::Permissions::from_mode(0o755)).expect("rights");
    assert!(Client::connect(&store).await.expect("no socket is no error").is_none());
    let (served, end) = echo(&store);
    assert_eq!(ask(&store, &["status"]).await, ("status\n".to_owned(), "done\n".to_owned(), 7));
    assert_eq!(fs::metadata(&store).expect("exists").permissions().mode() & 0o777, 0o700);
    end.notify_one();
    served.await.expect("ends");
    assert!(!socket::path(&store).exists());
}

#[tokio::test]
async fn what_a_dead_owner_left_is_replaced_but_a_successor_is_not_disturbed() {
    let folder = tempfile::tempdir().expect("folder");
    let stale = std::os::unix::net::UnixListener::bind(socket::path(folder.path())).expect("binds");
    drop(stale);
    assert!(Client::connect(folder.path()).await.expect("stale is no error").is_none());
    let first = bind(folder.path()).expect("the stale socket is removed");
    fs::remove_file(socket::path(folder.path())).expect("somebody cleans up");
    let (served, end) = echo(folder.path());
    drop(first);
    assert_eq!(ask(folder.path(), &["status"]).await.0, "status\n", "the successor's socket is still there");
    end.notify_one();
    served.await.expect("ends");
}

#[tokio::test]
async fn clients_do_not_wait_for_each_other() {
    let folder = tempfile::tempdir().expect("folder");
    let server = bind(folder.path()).expect("binds");
    let silent = UnixStream::connect(socket::path(folder.path())).await.expect("connects");
    // Both commands must be under way at once for either to end.
    let both = Arc::new(Barrier::new(2));
    let executor = move |_, _| {
        let both = Arc::clone(&both);
        async move {
            both.wait().await;
            0
        }
    };
    let served = tokio::spawn(server.serve(executor, std::future::pending()));
    let (first, second) = tokio::join!(ask(folder.path(), &["a"]), ask(folder.path(), &["b"]));
    assert_eq!((first.2, second.2), (0, 0));
    drop(silent);
    served.abort();
}

#[tokio::test]
async fn a_client_that_says_nothing_is_sent_away() {
    let folder = tempfile::tempdir().expect("folder");
    let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
    let server = Server::bind(folder.path(), Arc::new(clock.clone())).expect("binds");
    let served = tokio::spawn(server.serve(|_, _| async { 0 }, std::future::pending()));
    let mut silent = UnixStream::connect(socket::path(folder.path())).await.expect("connects");
    silent.write_all(b"{\"version\"").await.expect("writes");
    // The connection was accepted before this command was answered.
    assert_eq!(ask(folder.path(), &[]).await.2, 0);
    clock.advance(Duration::from_secs(60));
    assert_eq!(silent.read(&mut [0]).await.expect("ends"), 0);
    served.abort();
}

#[tokio::test]
async fn a_client_that_leaves_cancels_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let server = bind(folder.path()).expect("binds");
    let (begun, left, finished) = (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(Notify::new()));
    let executor = {
        let (begun, left, finished) = (Arc::clone(&begun), Arc::clone(&left), Arc::clone(&finished));
        move |_, session: Session| {
            let (begun, left, finished) = (Arc::clone(&begun), Arc::clone(&left), Arc::clone(&finished));
            async move {
                begun.notify_one();
                left.notified().await;
                let error = session.sink().stdout("nobody reads").expect_err("the client left");
                assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
                finished.notify_one();
                0
            }
        }
    };
    let served = tokio::spawn(server.serve(executor, std::future::pending()));
    let client = connect(folder.path()).await;
    let asked =
        tokio::spawn(
            async move { client.execute(&request(&["pause"]), nothing, nobody, no_interrupts()).await },
        );
    begun.notified().await;
    asked.abort();
    assert!(asked.await.expect_err("aborted").is_cancelled());
    left.notify_one();
    finished.notified().await;
    served.abort();
}

#[tokio::test]
async fn an_owner_that_ends_lets_commands_finish_and_ends_those_that_watch() {
    let folder = tempfile::tempdir().expect("folder");
    let server = bind(folder.path()).expect("binds");
    let (begun, end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let executor = {
        let begun = Arc::clone(&begun);
        move |_, session: Session| {
            let begun = Arc::clone(&begun);
            async move {
                begun.notify_one();
                session.closing().await;
                session.sink().stdout("the last picture\n").expect("somebody reads");
                0
            }
        }
    };
    let ending = Arc::clone(&end);
    let served = tokio::spawn(async move { server.serve(executor, ending.notified()).await });
    let store = folder.path().to_owned();
    let watched = tokio::spawn(async move { ask(&store, &["status", "--watch"]).await });
    begun.notified().await;
    end.notify_one();
    served.await.expect("ends");
    assert_eq!(watched.await.expect("ends").0, "the last picture\n");
}

#[tokio::test]
async fn a_person_is_asked_and_ctrl_c_passed_on() {
    let folder = tempfile::tempdir().expect("folder");
    let server = bind(folder.path()).expect("binds");
    let executor = |_, session: Session| async move {
        assert_eq!(session.ask("Send? ").await.as_deref(), Some("y\n"));
        let pressed = session.interrupted(0).await;
        let answered = session.ask("Really? ").await;
        assert_eq!(answered, None);
        u8::try_from(pressed).expect("a few")
    };
    let served = tokio::spawn(server.serve(executor, std::future::pending()));
    let (press, interrupts) = mpsc::channel(2);
    let ask = async |question: String| match question.as_str() {
        "Send? " => {
            press.send(()).await.expect("heard");
            Some("y\n".to_owned())
        }
        _ => None,
    };
    let request = request(&["run"]);
    let code = connect(folder.path()).await.execute(&request, nothing, ask, interrupts).await;
    assert_eq!(code.expect("answered"), 1);
    served.abort();
}

#[tokio::test]
async fn a_command_that_nobody_reads_learns_of_it() {
    let folder = tempfile::tempdir().expect("folder");
    let server = bind(folder.path()).expect("binds");
    let executor = |_, session: Session| async move {
        // Some lines may be written before the news arrives.
        while session.sink().stdout("line\n").is_ok() {
            tokio::task::yield_now().await;
        }
        session.sink().stderr("the rest is silence\n").expect("stderr is read");
        0
    };
    let served = tokio::spawn(server.serve(executor, std::future::pending()));
    let mut said = String::new();
    let print = |output| match output {
        Output::Stdout(_) => false,
        Output::Stderr(text) => {
            said.push_str(&text);
            true
        }
    };
    let request = request(&["status", "--watch"]);
    let code = connect(folder.path()).await.execute(&request, print, nobody, no_interrupts()).await;
    assert_eq!((code.expect("answered"), said.as_str()), (0, "the rest is silence\n"));
    served.abort();
}

#[tokio::test]
async fn an_owner_that_dies_is_said_to_have_ended() {
    let folder = tempfile::tempdir().expect("folder");
    let server = bind(folder.path()).expect("binds");
    let executor = |request: Request, _| async move {
        assert!(request.arguments.is_empty(), "die");
        0
    };
    let served = tokio::spawn(server.serve(executor, std::future::pending()));
    let client = connect(folder.path()).await;
    let error =
        client.execute(&request(&["die"]), nothing, nobody, no_interrupts()).await.expect_err("no answer");
    assert!(matches!(error, ControlError::OwnerEnded), "{error}");
    assert_eq!(ask(folder.path(), &[]).await.2, 0, "the next command is served");
    served.abort();
}

#[tokio::test]
async fn an_owner_that_ends_first_has_not_taken_the_command() {
    let folder = tempfile::tempdir().expect("folder");
    let server = bind(folder.path()).expect("binds");
    let client = connect(folder.path()).await;
    drop(server);
    let error = client.execute(&request(&["pause"]), nothing, nobody, no_interrupts()).await;
    assert!(matches!(error, Err(ControlError::NotTaken)), "{error:?}");
}

#[tokio::test]
async fn nonsense_is_answered_with_a_sentence_in_bounded_memory() {
    let folder = tempfile::tempdir().expect("folder");
    let (served, end) = echo(folder.path());
    for nonsense in [b"{\"version\":\"0.0.1\"}\n".to_vec(), b"GET / HTTP/1.1\n".to_vec(), vec![b'['; 2 << 20]]
    {
        let mut stream = UnixStream::connect(socket::path(folder.path())).await.expect("connects");
        let (mut reading, mut writing) = stream.split();
        let mut answer = String::new();
        // Of what is too long the server reads a part: writing the rest may fail.
        let (_, read) = tokio::join!(writing.write_all(&nonsense), reading.read_to_string(&mut answer));
        if nonsense.len() < 100 {
            read.expect("answered");
            assert!(answer.starts_with("{\"stderr\":\"error: "), "{answer}");
            assert!(answer.ends_with("{\"exit\":1}\n"), "{answer}");
        }
    }
    assert_eq!(ask(folder.path(), &["status"]).await.2, 7);
    let too_long = "a".repeat(2 << 20);
    let client = connect(folder.path()).await;
    let refused = client.execute(&request(&[&too_long]), nothing, nobody, no_interrupts()).await;
    assert!(matches!(refused, Err(ControlError::TooLong)));
    end.notify_one();
    tokio::time::timeout(Duration::from_secs(30), served).await.expect("ends").expect("no panic");
}
