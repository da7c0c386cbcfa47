//! The owner's end of one connection while a command is carried out: what it prints, whom it may ask,
//! and whether the other side has pressed Ctrl-C.

use std::io::{BufReader, Cursor, Read};
use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, watch};

use super::FrameSink;
use super::protocol::{self, Frame, Message};
use super::stream::Stream;

/// Answers that may wait to be heard. There is never more than one question at a time.
const ANSWERS: usize = 1;

/// One command's connection to the process that asked for it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Session {
    sink: FrameSink,
    answers: Arc<Mutex<mpsc::Receiver<Option<String>>>>,
    interrupts: watch::Receiver<u32>,
    closing: watch::Receiver<bool>,
    is_remote: bool,
}

impl Session {
    /// A session over a blocking stream, and the one who listens to the other side for it.
    /// `heard` is what the other side has already said beyond its request.
    pub(super) fn new(
        stream: Stream,
        heard: Vec<u8>,
        closing: watch::Receiver<bool>,
        is_remote: bool,
    ) -> std::io::Result<(Self, Listener)> {
        let (answer, answers) = mpsc::channel(ANSWERS);
        let (interrupt, interrupts) = watch::channel(0);
        let listening = stream.try_clone()?;
        let sink = FrameSink::new(stream);
        let listener = Listener { stream: listening, heard, sink: sink.clone(), answer, interrupt };
        let answers = Arc::new(Mutex::new(answers));
        Ok((Self { sink, answers, interrupts, closing, is_remote }, listener))
    }

    /// Whether the command comes from another machine: paths that it names are this one's all the same.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.is_remote
    }

    /// Where the command prints.
    #[must_use]
    pub fn sink(&self) -> &FrameSink {
        &self.sink
    }

    /// Asks the person at the other end; `None` when nobody is there to answer.
    pub async fn ask(&self, question: &str) -> Option<String> {
        let mut answers = self.answers.lock().await;
        // What was said before the question is no answer to it.
        while answers.try_recv().is_ok() {}
        self.sink.send(&Frame::Question(question.to_owned())).ok()?;
        answers.recv().await.flatten()
    }

    /// Waits until Ctrl-C has been pressed there more than `heard` times, and gives how often it was.
    /// Never returns once the other side has left: a command goes on without its client.
    pub async fn interrupted(&self, heard: u32) -> u32 {
        let mut interrupts = self.interrupts.clone();
        match interrupts.wait_for(|pressed| *pressed > heard).await {
            Ok(pressed) => *pressed,
            Err(_) => std::future::pending().await,
        }
    }

    /// Waits until the owner has done its own work. A command that would go on for ever ends now.
    pub async fn closing(&self) {
        // An error says that the server is gone, which is the same news.
        drop(self.closing.clone().wait_for(|closing| *closing).await);
    }
}

/// Hears what the other side says until it leaves or the command has ended.
#[derive(Debug)]
pub(super) struct Listener {
    stream: Stream,
    heard: Vec<u8>,
    sink: FrameSink,
    answer: mpsc::Sender<Option<String>>,
    interrupt: watch::Sender<u32>,
}

impl Listener {
    /// Blocks its thread.
    pub(super) fn listen(self) {
        let mut reader = BufReader::new(Cursor::new(self.heard).chain(&self.stream));
        while let Some(line) = protocol::read_line_blocking(&mut reader) {
            match serde_json::from_slice(&line) {
                Ok(Message::Interrupt) => self.interrupt.send_modify(|pressed| *pressed += 1),
                // Who answers more often than asked is not heard.
                Ok(Message::Answer(answer)) => drop(self.answer.try_send(answer)),
                Ok(Message::Closed) => self.sink.close_stdout(),
                Err(_) => break,
            }
        }
    }

    /// A handle that ends the listening.
    pub(super) fn end(&self) -> std::io::Result<impl FnOnce() + Send + 'static> {
        let stream = self.stream.try_clone()?;
        // What was written before still arrives.
        Ok(move || drop(stream.shut_down()))
    }
}
