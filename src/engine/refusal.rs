//! Refused calls that name nobody: who of the chunk is to blame?
//!
//! A refused chunk is bisected, so that one bad recipient sinks only itself. When both halves are
//! refused alike at every step of the way down to four recipients, it is not the people: the campaign
//! is refused. A provider that takes one recipient a call cannot be bisected; there, recipients
//! refused alike are *suspects* until something is accepted (they are to blame) or until there are
//! four in a row (the campaign is).

use std::collections::{HashMap, HashSet};

use crate::domain::{ChunkRecipients, Reason, RecipientNumber};

/// Chunks up to this size are small enough to blame the campaign, and so many suspects are enough.
const FEW: usize = 4;

/// Where a chunk comes from: the refused chunk that it is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Piece {
    family: u64,
    /// Position in the tree of halves: the whole is 1, the halves of n are 2n and 2n + 1.
    node: u64,
}

impl Piece {
    /// How many times the whole was halved.
    #[must_use]
    pub fn depth(self) -> u32 {
        self.node.ilog2()
    }
}

/// What to do about a refused chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Send these parts as new chunks, before anything else.
    Bisect([(Piece, ChunkRecipients); 2]),
    /// These recipients are to blame.
    Recipient(ChunkRecipients, Reason),
    /// Nobody knows yet: the recipient is kept aside.
    Suspect,
    /// The campaign is refused; everyone of the chunk and every suspect is still pending.
    Campaign(Reason),
}

#[derive(Debug)]
struct Family {
    reason: Reason,
    /// Whether every refusal so far gave that reason and nothing was accepted.
    alike: bool,
    refused: HashSet<u64>,
}

/// The refusals of one channel's calls in one launch.
#[derive(Debug, Default)]
pub struct Refusals {
    families: HashMap<u64, Family>,
    next_family: u64,
    suspects: Vec<RecipientNumber>,
    suspicion: Option<Reason>,
}

impl Refusals {
    /// A chunk was refused and nobody was named.
    pub fn refused(&mut self, chunk: &ChunkRecipients, piece: Option<Piece>, reason: &Reason) -> Judgement {
        let piece = match piece {
            Some(piece) => piece,
            None if chunk.len() == 1 => return self.suspect(chunk, reason),
            None => self.found(reason),
        };
        let Some(family) = self.families.get_mut(&piece.family) else { return Judgement::Suspect };
        family.alike &= family.reason == *reason;
        family.refused.insert(piece.node);
        let both_halves_all_the_way =
            std::iter::successors(Some(piece.node), |node| Some(node / 2)).take_while(|node| *node > 1);
        let is_campaign = piece.node > 1
            && chunk.len() <= FEW
            && family.alike
            && both_halves_all_the_way.into_iter().all(|node| family.refused.contains(&(node ^ 1)));
        if is_campaign {
            return Judgement::Campaign(reason.clone());
        }
        let part = |node| Piece { family: piece.family, node };
        match chunk.halves() {
            Some((first, second)) => {
                Judgement::Bisect([(part(2 * piece.node), first), (part(2 * piece.node + 1), second)])
            }
            None => Judgement::Recipient(chunk.clone(), reason.clone()),
        }
    }

    /// Something was accepted or rejected by name: the campaign is not refused. Gives the suspects, who
    /// are to blame after all.
    pub fn answered(&mut self, piece: Option<Piece>) -> Option<(ChunkRecipients, Reason)> {
        if let Some(family) = piece.and_then(|piece| self.families.get_mut(&piece.family)) {
            family.alike = false;
        }
        self.convict()
    }

    /// Nothing is left to be sent: gives the suspects, who have to be blamed then.
    pub fn convict(&mut self) -> Option<(ChunkRecipients, Reason)> {
        let reason = self.suspicion.take()?;
        ChunkRecipients::new(std::mem::take(&mut self.suspects)).map(|suspects| (suspects, reason))
    }

    fn suspect(&mut self, chunk: &ChunkRecipients, reason: &Reason) -> Judgement {
        let differs = self.suspicion.as_ref().is_some_and(|suspicion| suspicion != reason);
        let blamed = if differs { self.convict() } else { None };
        self.suspicion = Some(reason.clone());
        self.suspects.extend(chunk.iter());
        match blamed {
            // Refusals that differ blame the people.
            Some((blamed, reason)) => Judgement::Recipient(blamed, reason),
            None if self.suspects.len() < FEW => Judgement::Suspect,
            None => Judgement::Campaign(reason.clone()),
        }
    }

    fn found(&mut self, reason: &Reason) -> Piece {
        let family = self.next_family;
        self.next_family += 1;
        self.families.insert(family, Family { reason: reason.clone(), alike: true, refused: HashSet::new() });
        Piece { family, node: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason() -> Reason {
        Reason::new("400", "refused")
    }

    fn chunk(numbers: std::ops::Range<u32>) -> ChunkRecipients {
        ChunkRecipients::new(numbers.map(RecipientNumber).collect()).expect("not empty")
    }

    /// Plays a provider that refuses every chunk with somebody of `bad` in it, deepest parts first.
    fn play(size: u32, bad: &[u32]) -> (Vec<u32>, usize, bool) {
        let mut refusals = Refusals::default();
        let mut queue: Vec<(Option<Piece>, ChunkRecipients)> = vec![(None, chunk(0..size))];
        let (mut blamed, mut calls) = (Vec::new(), 0);
        while !queue.is_empty() {
            let deepest = (0..queue.len()).rev().max_by_key(|&at| queue[at].0.map_or(0, Piece::depth));
            let (piece, part) = queue.remove(deepest.expect("not empty"));
            calls += 1;
            if !part.iter().any(|recipient| bad.contains(&recipient.0)) {
                assert_eq!(refusals.answered(piece), None);
                continue;
            }
            match refusals.refused(&part, piece, &reason()) {
                Judgement::Bisect(parts) => queue.extend(parts.map(|(piece, part)| (Some(piece), part))),
                Judgement::Recipient(one, _) => blamed.extend(one.iter().map(|recipient| recipient.0)),
                Judgement::Campaign(_) => return (blamed, calls, true),
                Judgement::Suspect => panic!("a chunk of several has no suspects"),
            }
        }
        blamed.sort_unstable();
        (blamed, calls, false)
    }

    #[test]
    fn one_bad_recipient_sinks_only_itself() {
        for bad in [0, 1, 49, 50, 99] {
            let (blamed, calls, campaign) = play(100, &[bad]);
            assert_eq!(blamed, [bad]);
            assert!(!campaign);
            assert!(calls <= 16, "{calls} calls");
        }
        assert_eq!(play(100, &[3, 50, 51, 98]).0, [3, 50, 51, 98]);
    }

    #[test]
    fn a_refused_campaign_is_found_without_blaming_anyone() {
        for size in [2, 3, 4, 5, 8, 100, 1_000] {
            let all: Vec<_> = (0..size).collect();
            let (blamed, calls, campaign) = play(size, &all);
            assert!(campaign, "{size}");
            assert!(blamed.is_empty());
            assert!(calls <= 2 * 10 + 1, "{calls} calls for {size}");
        }
    }

    #[test]
    fn singles_are_suspects_until_something_is_known() {
        let mut refusals = Refusals::default();
        for number in 0..3 {
            assert_eq!(refusals.refused(&chunk(number..number + 1), None, &reason()), Judgement::Suspect);
        }
        assert_eq!(refusals.answered(None), Some((chunk(0..3), reason())));
        assert_eq!(refusals.convict(), None);
        for number in 0..3 {
            assert_eq!(refusals.refused(&chunk(number..number + 1), None, &reason()), Judgement::Suspect);
        }
        assert_eq!(refusals.refused(&chunk(9..10), None, &reason()), Judgement::Campaign(reason()));
    }

    #[test]
    fn refusals_that_differ_blame_the_people() {
        let mut refusals = Refusals::default();
        assert_eq!(refusals.refused(&chunk(0..1), None, &reason()), Judgement::Suspect);
        let other = Reason::new("other", "other");
        let expected = Judgement::Recipient(chunk(0..1), reason());
        assert_eq!(refusals.refused(&chunk(1..2), None, &other), expected);
        assert_eq!(refusals.convict(), Some((chunk(1..2), other)));
    }
}
