//! The door for other machines: a TCP listener behind which only those are heard who prove that they know the token.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use blake3::Hash;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::task::{AbortHandle, JoinSet};

use crate::clock::{Clock, Sleep};

use super::ControlError;
use super::protocol::{self, Line};
use super::token::{self, Challenge, Claim, Role, Token, Welcome};

/// How long somebody may take to say who they are.
const CLAIM_TIME: Duration = Duration::from_secs(5);

/// Connections that have not said who they are, at most; of more, the oldest goes.
const MOST_STRANGERS: usize = 32;

/// Claims that wait to be judged, at most; more are told to come back.
const MOST_CLAIMS: usize = 16;

/// How long nobody else is judged after a wrong claim: four guesses a second.
const AFTER_A_GUESS: Duration = Duration::from_millis(250);

/// Bytes of a line of the greeting, at most.
const LONGEST_GREETING: u64 = 512;

/// See the module.
#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    address: SocketAddr,
    token: Token,
    clock: Arc<dyn Clock>,
    strangers: JoinSet<Option<Claimed>>,
    handles: VecDeque<AbortHandle>,
    judged: JoinSet<Option<BufReader<TcpStream>>>,
    /// Held by whoever is judged.
    turn: Arc<Mutex<()>>,
}

/// Somebody who says that they know the token.
#[derive(Debug)]
struct Claimed {
    reader: BufReader<TcpStream>,
    from: SocketAddr,
    challenge: Hash,
    nonce: Hash,
    proof: Hash,
}

impl Door {
    /// Listens there.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub fn bind(address: SocketAddr, token: Token, clock: Arc<dyn Clock>) -> Result<Self, ControlError> {
        let error = |source| ControlError::Socket {
            doing: "listen for commands on",
            path: address.to_string().into(),
            source,
        };
        let listener = std::net::TcpListener::bind(address).map_err(error)?;
        listener.set_nonblocking(true).map_err(error)?;
        let listener = TcpListener::from_std(listener).map_err(error)?;
        let address = listener.local_addr().map_err(error)?;
        Ok(Self {
            listener,
            address,
            token,
            clock,
            strangers: JoinSet::new(),
            handles: VecDeque::new(),
            judged: JoinSet::new(),
            turn: Arc::default(),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next who has proved to know the token. May be dropped and called again: nobody is lost.
    pub(super) async fn guest(&mut self) -> BufReader<TcpStream> {
        loop {
            tokio::select! {
                Some(judged) = self.judged.join_next() => {
                    if let Ok(Some(guest)) = judged {
                        return guest;
                    }
                }
                Some(claimed) = self.strangers.join_next() => {
                    if let Ok(Some(claimed)) = claimed {
                        self.judge(claimed);
                    }
                }
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, from)) => self.receive(stream, from),
                    Err(error) => {
                        tracing::warn!(%error, "failed to take a connection for commands");
                        // Out of file descriptors, most likely: without a pause this would spin.
                        after(&*self.clock, Duration::from_millis(100)).await;
                    }
                },
            }
        }
    }

    fn receive(&mut self, stream: TcpStream, from: SocketAddr) {
        self.handles.retain(|handle| !handle.is_finished());
        if self.handles.len() >= MOST_STRANGERS
            && let Some(oldest) = self.handles.pop_front()
        {
            oldest.abort();
        }
        let patience = after(&*self.clock, CLAIM_TIME);
        self.handles.push_back(self.strangers.spawn(async move {
            tokio::select! {
                claimed = hear(stream, from) => claimed.ok().flatten(),
                () = patience => None,
            }
        }));
    }

    fn judge(&mut self, claimed: Claimed) {
        let is_full = self.judged.len() >= MOST_CLAIMS;
        let (token, clock, turn) = (self.token.clone(), Arc::clone(&self.clock), Arc::clone(&self.turn));
        self.judged.spawn(async move {
            let Claimed { mut reader, from, challenge, nonce, proof } = claimed;
            if is_full {
                say(&mut reader, &Welcome::Busy).await;
                return None;
            }
            let guard = turn.lock().await;
            if proof != token.proof(Role::Client, &challenge, &nonce) {
                tracing::warn!(%from, "refused commands: whoever wants to give them does not know the token");
                after(&*clock, AFTER_A_GUESS).await;
                say(&mut reader, &Welcome::Refused).await;
                return None;
            }
            drop(guard);
            let proof = token.proof(Role::Server, &challenge, &nonce).to_hex().to_string();
            say(&mut reader, &Welcome::Proof(proof)).await.then_some(reader)
        });
    }
}

/// What somebody claims who has just come; `None` where that cannot be read.
async fn hear(stream: TcpStream, from: SocketAddr) -> io::Result<Option<Claimed>> {
    stream.set_nodelay(true)?;
    let challenge = token::draw();
    let mut reader = BufReader::new(stream);
    let greeting = protocol::line(&Challenge { challenge: challenge.to_hex().to_string() })?;
    reader.get_mut().write_all(&greeting).await?;
    let Line::Whole(line) = protocol::read_line_within(&mut reader, LONGEST_GREETING).await? else {
        return Ok(None);
    };
    let Ok(Claim { nonce, proof }) = serde_json::from_slice(&line) else { return Ok(None) };
    let (Ok(nonce), Ok(proof)) = (Hash::from_hex(nonce), Hash::from_hex(proof)) else { return Ok(None) };
    Ok(Some(Claimed { reader, from, challenge, nonce, proof }))
}

/// Answers; false where nobody hears it any more.
async fn say(reader: &mut BufReader<TcpStream>, welcome: &Welcome) -> bool {
    match protocol::line(welcome) {
        // A few bytes: they find room in the socket's own memory.
        Ok(line) => reader.get_mut().write_all(&line).await.is_ok(),
        Err(_) => false,
    }
}

/// The client's side of the greeting, over a connection just made.
///
/// # Errors
/// When the other side does not take the token, does not know it, or is no `disparo` at all.
pub(super) async fn greet(stream: TcpStream, token: &Token) -> Result<BufReader<TcpStream>, ControlError> {
    let lost = |_: io::Error| ControlError::NoGreeting;
    stream.set_nodelay(true).map_err(lost)?;
    let mut reader = BufReader::new(stream);
    let Challenge { challenge } = read(&mut reader).await?;
    let challenge = Hash::from_hex(challenge).map_err(|_| ControlError::NoGreeting)?;
    let nonce = token::draw();
    let proof = token.proof(Role::Client, &challenge, &nonce).to_hex().to_string();
    let claim = Claim { nonce: nonce.to_hex().to_string(), proof };
    let line = protocol::line(&claim).map_err(|_| ControlError::NoGreeting)?;
    reader.get_mut().write_all(&line).await.map_err(lost)?;
    match read(&mut reader).await? {
        Welcome::Refused => Err(ControlError::WrongToken),
        Welcome::Busy => Err(ControlError::Busy),
        Welcome::Proof(proof) => {
            let proof = Hash::from_hex(proof).map_err(|_| ControlError::NoGreeting)?;
            let is_known = proof == token.proof(Role::Server, &challenge, &nonce);
            if is_known { Ok(reader) } else { Err(ControlError::Impostor) }
        }
    }
}

async fn read<T: serde::de::DeserializeOwned>(reader: &mut BufReader<TcpStream>) -> Result<T, ControlError> {
    match protocol::read_line_within(reader, LONGEST_GREETING).await {
        Ok(Line::Whole(line)) => serde_json::from_slice(&line).map_err(|_| ControlError::NoGreeting),
        Ok(Line::Ended | Line::TooLong) | Err(_) => Err(ControlError::NoGreeting),
    }
}

/// A wait of this much time from now.
fn after(clock: &dyn Clock, time: Duration) -> Sleep {
    clock.sleep_until(clock.tick().after(time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[tokio::test]
    async fn guesses_are_judged_one_after_the_other_and_slowly() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let address = "127.0.0.1:0".parse().expect("an address");
        let mut door =
            Door::bind(address, Token::new("what nobody guesses"), Arc::clone(&clock)).expect("binds");
        let address = door.address();
        let began = clock.tick();
        let guess = || async {
            let stream = TcpStream::connect(address).await.expect("connects");
            greet(stream, &Token::new("what somebody guesses")).await
        };
        tokio::select! {
            (one, two, three) = async { tokio::join!(guess(), guess(), guess()) } => {
                for told in [one, two, three] {
                    assert!(matches!(told, Err(ControlError::WrongToken)), "{told:?}");
                }
            }
            _ = door.guest() => panic!("nobody knows the token"),
        }
        assert!(clock.tick().since(began) >= 3 * AFTER_A_GUESS);
    }

    #[tokio::test]
    async fn of_many_who_say_nothing_the_oldest_goes() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let address = "127.0.0.1:0".parse().expect("an address");
        let mut door = Door::bind(address, Token::new("what friends know"), clock).expect("binds");
        let address = door.address();
        let came = async {
            let mut silent = Vec::new();
            for _ in 0..3 * MOST_STRANGERS {
                silent.push(TcpStream::connect(address).await.expect("connects"));
            }
            let stream = TcpStream::connect(address).await.expect("connects");
            let greeted = greet(stream, &Token::new("what friends know")).await;
            greeted.map(|_| silent.len())
        };
        let (came, _guest) = tokio::join!(came, door.guest());
        assert_eq!(came.expect("known"), 3 * MOST_STRANGERS);
        assert!(door.strangers.len() <= 3 * MOST_STRANGERS && door.handles.len() <= MOST_STRANGERS);
    }
}
