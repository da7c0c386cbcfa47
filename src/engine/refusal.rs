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
    fn depth(self) -> u32 {
        self.node.ilog2()
    }

    fn sibling(self) -> Self {
        Self { node: self.node ^ 1, ..self }
    }

    /// Which of the waiting pieces to try next: the other half of one that was tried, so that both are
    /// known before either is halved again; otherwise the smallest, oldest first.
    #[must_use]
    pub fn next_of(waiting: &[Self]) -> Option<usize> {
        let half_tried = waiting.iter().position(|piece| !waiting.contains(&piece.sibling()));
        half_tried.or_else(|| (0..waiting.len()).rev().max_by_key(|&at| waiting[at].depth()))
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
    /// Single recipients whose blame depends on the other half.
    aside: Vec<RecipientNumber>,
}

impl Family {
    fn blame(&mut self, more: &[RecipientNumber]) -> Option<(ChunkRecipients, Reason)> {
        let mut blamed = std::mem::take(&mut self.aside);
        blamed.extend(more);
        ChunkRecipients::new(blamed).map(|blamed| (blamed, self.reason.clone()))
    }
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
        let mut all_the_way =
            std::iter::successors(Some(piece.node), |node| Some(node / 2)).take_while(|node| *node > 1);
        let is_few = piece.node > 1 && chunk.len() <= FEW;
        if is_few && family.alike && all_the_way.all(|node| family.refused.contains(&(node ^ 1))) {
            return Judgement::Campaign(reason.clone());
        }
        let part = |node| Piece { family: piece.family, node };
        match chunk.halves() {
            Some((first, second)) => {
                Judgement::Bisect([(part(2 * piece.node), first), (part(2 * piece.node + 1), second)])
            }
            None if family.alike => {
                family.aside.extend(chunk.iter());
                Judgement::Suspect
            }
            None => match family.blame(chunk.as_slice()) {
                Some((blamed, _)) => Judgement::Recipient(blamed, reason.clone()),
                None => Judgement::Suspect,
            },
        }
    }

    /// A chunk was refused because of somebody in it: it is halved until each of them is alone.
    pub fn somebody_refused(
        &mut self,
        chunk: &ChunkRecipients,
        piece: Option<Piece>,
        reason: &Reason,
    ) -> Judgement {
        let Some((first, second)) = chunk.halves() else {
            return Judgement::Recipient(chunk.clone(), reason.clone());
        };
        let piece = piece.unwrap_or_else(|| self.found(reason));
        if let Some(family) = self.families.get_mut(&piece.family) {
            family.alike = false;
            family.refused.insert(piece.node);
        }
        let part = |node| Piece { family: piece.family, node };
        Judgement::Bisect([(part(2 * piece.node), first), (part(2 * piece.node + 1), second)])
    }

    /// Something was accepted or rejected by name: the campaign is not refused. Gives the suspects, who
    /// are to blame after all.
    pub fn answered(&mut self, piece: Option<Piece>) -> Option<(ChunkRecipients, Reason)> {
        let family = piece.and_then(|piece| self.families.get_mut(&piece.family));
        let of_family = family.and_then(|family| {
            family.alike = false;
            family.blame(&[])
        });
        of_family.or_else(|| self.convict_singles())
    }

    /// Nothing is left to be sent: gives some of the suspects, who have to be blamed then; none when
    /// there are no more.
    pub fn convict(&mut self) -> Option<(ChunkRecipients, Reason)> {
        let of_family = self.families.values_mut().find_map(|family| family.blame(&[]));
        of_family.or_else(|| self.convict_singles())
    }

    fn convict_singles(&mut self) -> Option<(ChunkRecipients, Reason)> {
        let reason = self.suspicion.take()?;
        ChunkRecipients::new(std::mem::take(&mut self.suspects)).map(|suspects| (suspects, reason))
    }

    fn suspect(&mut self, chunk: &ChunkRecipients, reason: &Reason) -> Judgement {
        let differs = self.suspicion.as_ref().is_some_and(|suspicion| suspicion != reason);
        let blamed = if differs { self.convict_singles() } else { None };
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
        let new = Family { reason: reason.clone(), alike: true, refused: HashSet::new(), aside: Vec::new() };
        self.families.insert(family, new);
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

    #[test]
    fn whoever_is_to_blame_is_found_even_when_it_is_everybody() {
        let mut refusals = Refusals::default();
        let mut queue = vec![(None, chunk(0..100))];
        let mut blamed = Vec::new();
        while let Some((piece, part)) = queue.pop() {
            match refusals.somebody_refused(&part, piece, &reason()) {
                Judgement::Bisect(parts) => queue.extend(parts.map(|(piece, part)| (Some(piece), part))),
                Judgement::Recipient(part, _) => blamed.extend(part.iter().map(|recipient| recipient.0)),
                other => panic!("{other:?}"),
            }
        }
        blamed.sort_unstable();
        assert_eq!(blamed, (0..100).collect::<Vec<_>>());
    }

    /// Plays a provider that refuses every chunk with somebody of `bad` in it, deepest parts first.
    fn play(size: u32, bad: &[u32]) -> (Vec<u32>, usize, bool) {
        let mut refusals = Refusals::default();
        let mut queue: Vec<(Option<Piece>, ChunkRecipients)> = vec![(None, chunk(0..size))];
        let (mut blamed, mut calls) = (Vec::new(), 0);
        while !queue.is_empty() {
            let pieces: Vec<_> = queue.iter().filter_map(|(piece, _)| *piece).collect();
            let (piece, part) = queue.remove(Piece::next_of(&pieces).unwrap_or(0));
            calls += 1;
            if !part.iter().any(|recipient| bad.contains(&recipient.0)) {
                let convicted = refusals
                    .answered(piece)
                    .into_iter()
                    .flat_map(|(aside, _)| aside.iter().collect::<Vec<_>>());
                blamed.extend(convicted.map(|recipient| recipient.0));
                continue;
            }
            match refusals.refused(&part, piece, &reason()) {
                Judgement::Bisect(parts) => queue.extend(parts.map(|(piece, part)| (Some(piece), part))),
                Judgement::Recipient(one, _) => blamed.extend(one.iter().map(|recipient| recipient.0)),
                Judgement::Campaign(_) => return (blamed, calls, true),
                Judgement::Suspect => {}
            }
        }
        while let Some((aside, _)) = refusals.convict() {
            blamed.extend(aside.iter().map(|recipient| recipient.0));
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
