//! Made-up people with valid Brazilian mobile numbers, the same for the same seed.

use std::collections::HashSet;
use std::fmt::Write;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const NAMES: [&str; 8] = ["Ana", "José", "Conceição", "João", "Márcia", "Zé", "Luísa", "Caio"];
/// Area codes of states that kept and of states that dropped the ninth digit.
const AREAS: [u64; 6] = [11, 19, 21, 51, 71, 92];

/// An audience: nobody is in it twice, nobody is invalid.
#[derive(Debug, Clone)]
pub struct People {
    phones: Vec<String>,
}

impl People {
    /// `count` people, the same for the same `seed`.
    pub fn seeded(seed: u64, count: usize) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut seen = HashSet::with_capacity(count);
        let mut phones = Vec::with_capacity(count);
        while phones.len() < count {
            let area = AREAS[random.random_range(0..AREAS.len())];
            let phone =
                5_500_900_000_000 + area * 1_000_000_000 + random.random_range(60_000_000..100_000_000);
            if seen.insert(phone) {
                phones.push(phone.to_string());
            }
        }
        Self { phones }
    }

    /// The first `count` of them, and the others.
    pub fn split(mut self, count: usize) -> (Self, Self) {
        let others = self.phones.split_off(count);
        (self, Self { phones: others })
    }

    /// Their numbers as digits, in the order of the rows.
    pub fn phones(&self) -> &[String] {
        &self.phones
    }

    /// A CSV with the columns `nome`, `telefone` and `n`, which counts from 1.
    pub fn csv(&self) -> String {
        let mut csv = "nome,telefone,n\n".to_owned();
        for (index, phone) in self.phones.iter().enumerate() {
            let name = NAMES[index % NAMES.len()];
            writeln!(csv, "{name},+{phone},{}", index + 1).expect("a string takes everything");
        }
        csv
    }
}
