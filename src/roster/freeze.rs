//! The plan file: the frozen facts of a run under one hash.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::RosterError;
use super::format::{FORMAT, OLDEST_FORMAT};
use crate::domain::{Plan, PlanHash, RunId};

/// Separates plan hashes from all other uses of BLAKE3.
const HASH_CONTEXT: &str = "disparo 2026-11 plan hash, roster format 1";

/// Everything that the plan hash covers, in the order in which it is hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Frozen {
    /// How many there are.
    pub(super) recipients: u32,
    /// Bytes of the file `recipients`, which stays as long as it is when a person is forgotten.
    pub(super) bytes: u64,
    /// BLAKE3 of the file `digests`, in hexadecimal.
    pub(super) digests: String,
    /// BLAKE3 of the file `index`, in hexadecimal.
    pub(super) index: String,
    /// The plan.
    pub(super) plan: Plan,
}

/// `plan.json`.
#[derive(Debug, Serialize, Deserialize)]
struct PlanFile {
    format: u32,
    hash: PlanHash,
    frozen: Frozen,
}

/// As much of `plan.json` as every version has.
#[derive(Debug, Deserialize)]
struct Versioned {
    format: u32,
}

impl Frozen {
    /// BLAKE3 over the compact JSON of all facts. Fields that are added later and left out where they
    /// are empty keep old hashes as they are.
    ///
    /// # Errors
    /// None that are known: the facts are plain values.
    pub(super) fn hash(&self) -> Result<PlanHash, serde_json::Error> {
        let facts = serde_json::to_vec(self)?;
        Ok(PlanHash(*blake3::Hasher::new_derive_key(HASH_CONTEXT).update(&facts).finalize().as_bytes()))
    }

    /// The content of `plan.json` in `format`.
    ///
    /// # Errors
    /// None that are known: the facts are plain values.
    pub(super) fn to_json(&self, format: u32) -> Result<Vec<u8>, serde_json::Error> {
        let file = PlanFile { format, hash: self.hash()?, frozen: self.clone() };
        let mut json = serde_json::to_vec_pretty(&file)?;
        json.push(b'\n');
        Ok(json)
    }

    /// Reads `plan.json` and proves that nothing in it has changed.
    pub(super) fn from_json(json: &[u8], run: RunId, path: &Path) -> Result<(Self, PlanHash), RosterError> {
        let damaged = |what| RosterError::Damaged { run, path: path.to_owned(), what };
        let unreadable = |_| damaged("cannot be read as a plan");
        let Versioned { format } = serde_json::from_slice(json).map_err(unreadable)?;
        if !(OLDEST_FORMAT..=FORMAT).contains(&format) {
            return Err(RosterError::Format { path: path.to_owned(), found: format });
        }
        let PlanFile { hash, frozen, .. } = serde_json::from_slice(json).map_err(unreadable)?;
        if frozen.hash().map_err(unreadable)? != hash {
            return Err(damaged("does not match its hash"));
        }
        if frozen.plan.run != run {
            return Err(damaged("is the plan of another run"));
        }
        Ok((frozen, hash))
    }
}
