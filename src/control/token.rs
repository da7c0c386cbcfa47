//! The token of commands from other machines. It never travels: each side proves that it knows it, over two
//! numbers of which each side has drawn one.

use std::fmt;

use blake3::Hash;
use serde::{Deserialize, Serialize};

/// Separates these keys from all others that may be made of the same token.
const CONTEXT: &str = "disparo 2026-11 control socket over TCP";

/// What both sides know.
#[derive(Clone)]
pub struct Token {
    key: [u8; 32],
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Token").finish_non_exhaustive()
    }
}

/// Who proves it: what one side says is of no use to whoever wants to be the other.
#[derive(Debug, Clone, Copy)]
pub(super) enum Role {
    /// Who asks.
    Client,
    /// Who owns the store.
    Server,
}

impl Token {
    /// The least characters of a token: with fewer, somebody who listens to a proof could try all of them.
    pub const LEAST: usize = 16;

    /// From its text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { key: blake3::derive_key(CONTEXT, text.as_bytes()) }
    }

    /// That somebody knows it. Proofs are compared with `==` of [`Hash`] alone, which takes the same time wherever
    /// they differ.
    pub(super) fn proof(&self, role: Role, challenge: &Hash, nonce: &Hash) -> Hash {
        let word: &[u8] = match role {
            Role::Client => b"client",
            Role::Server => b"server",
        };
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(challenge.as_bytes()).update(nonce.as_bytes()).update(word);
        hasher.finalize()
    }
}

/// 32 bytes that nobody has drawn before.
pub(super) fn draw() -> Hash {
    Hash::from_bytes(rand::random())
}

/// The first line: the server's number, in hexadecimal digits.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Challenge {
    pub(super) challenge: String,
}

/// The second: the client's number and its proof.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claim {
    pub(super) nonce: String,
    pub(super) proof: String,
}

/// The third: the server's proof, or that it does not take the client's.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Welcome {
    Proof(String),
    Refused,
    Busy,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_of_one_token_one_role_and_two_numbers() {
        let token = Token::new("a token of sixteen and more");
        let (challenge, nonce) = (draw(), draw());
        let proof = token.proof(Role::Client, &challenge, &nonce);
        assert_eq!(Token::new("a token of sixteen and more").proof(Role::Client, &challenge, &nonce), proof);
        for other in [
            Token::new("a token of sixteen and mere").proof(Role::Client, &challenge, &nonce),
            token.proof(Role::Server, &challenge, &nonce),
            token.proof(Role::Client, &draw(), &nonce),
            token.proof(Role::Client, &challenge, &draw()),
            token.proof(Role::Client, &nonce, &challenge),
        ] {
            assert_ne!(other, proof);
        }
        assert!(!format!("{token:?}").contains("sixteen"));
    }
}
